#include "io/handoff.h"

#include <gtest/gtest.h>
#include <sys/socket.h>

#include <cerrno>

namespace headroom::io {
namespace {
TEST(Handoff, ADescriptorArrivesAndWorks) {
  auto channel = handoff_pair();
  auto stream = handoff_pair();
  ASSERT_TRUE(channel && stream);
  ASSERT_TRUE(send_handoff(channel->first.get(), HandoffKind::connection, stream->first.get()));
  auto received = receive_handoff(channel->second.get());
  ASSERT_TRUE(received && *received);
  EXPECT_EQ((*received)->kind, HandoffKind::connection);
  ASSERT_EQ(::send((*received)->descriptor.get(), "x", 1, 0), 1);
  char got = 0;
  EXPECT_EQ(::recv(stream->second.get(), &got, 1, 0), 1);
  EXPECT_EQ(got, 'x');
}

TEST(Handoff, NothingThereIsNotAnEnd) {
  auto channel = handoff_pair();
  auto received = receive_handoff(channel->second.get());
  ASSERT_TRUE(received);
  EXPECT_FALSE(*received);
}

TEST(Handoff, APeerThatIsGoneIsTold) {
  auto channel = handoff_pair();
  channel->first = Fd();
  auto received = receive_handoff(channel->second.get());
  ASSERT_FALSE(received);
  EXPECT_EQ(received.error(), HandoffEnd::peer_gone);
  EXPECT_FALSE(send_handoff(channel->second.get(), HandoffKind::ready));
  EXPECT_EQ(errno, EPIPE);
}

TEST(Handoff, StrangeBytesAreBroken) {
  auto channel = handoff_pair();
  ASSERT_EQ(::send(channel->first.get(), "hello", 5, 0), 5);
  auto received = receive_handoff(channel->second.get());
  ASSERT_FALSE(received);
  EXPECT_EQ(received.error(), HandoffEnd::broken);
}

TEST(Handoff, AConnectionWithoutADescriptorIsBroken) {
  auto channel = handoff_pair();
  ASSERT_TRUE(send_handoff(channel->first.get(), HandoffKind::connection));
  EXPECT_FALSE(receive_handoff(channel->second.get()));
}
}  // namespace
}  // namespace headroom::io
