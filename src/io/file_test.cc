#include "io/file.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <iterator>
#include <string_view>

namespace headroom::io {
namespace {
class File : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = testing::TempDir() + "headroom-file-XXXXXX";
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }
  [[nodiscard]] std::string in_folder(const char* name) const { return folder_ + "/" + name; }
  static std::span<const std::byte> bytes(std::string_view text) { return std::as_bytes(std::span(text)); }
  static FileTrouble trouble(const std::string& path) {
    const auto read = read_file(path, Bytes{1 << 20});
    EXPECT_FALSE(read) << path;
    return read ? FileTrouble::failed : read.error().trouble;
  }
  std::string folder_;
};

TEST_F(File, WhatIsWrittenIsRead) {
  ASSERT_TRUE(write_file_atomically(in_folder("a"), bytes("first")));
  ASSERT_TRUE(write_file_atomically(in_folder("a"), bytes("second")));
  const auto read = read_file(in_folder("a"), Bytes{6});
  ASSERT_TRUE(read);
  EXPECT_TRUE(std::ranges::equal(read->bytes(), bytes("second")));
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder_), {}), 1) << "nothing is left beside it";
}

TEST_F(File, AFailedWriteLeavesTheOldContent) {
  EXPECT_EQ(write_file_atomically(in_folder("no/such/folder"), bytes("x")).error().trouble, FileTrouble::no_folder);
  EXPECT_EQ(write_file_atomically(folder_, bytes("x")).error().trouble, FileTrouble::directory);
  EXPECT_EQ(write_file_atomically("/dev/full", bytes("x")).error().trouble, FileTrouble::no_space);
}

TEST_F(File, WhatIsNoRegularFileIsNamedAndNotWaitedFor) {
  ASSERT_EQ(::mkfifo(in_folder("pipe").c_str(), 0600), 0);
  std::filesystem::create_symlink("loop", in_folder("loop"));
  std::filesystem::create_symlink("nowhere", in_folder("dangling"));
  const int listener = ::socket(AF_UNIX, SOCK_STREAM, 0);
  sockaddr_un address{.sun_family = AF_UNIX, .sun_path = {}};
  in_folder("socket").copy(address.sun_path, sizeof(address.sun_path) - 1);
  ASSERT_EQ(::bind(listener, reinterpret_cast<const sockaddr*>(&address), sizeof(address)), 0);
  EXPECT_EQ(trouble(in_folder("pipe")), FileTrouble::not_regular);
  EXPECT_EQ(trouble(in_folder("socket")), FileTrouble::not_regular);
  EXPECT_EQ(trouble("/dev/zero"), FileTrouble::not_regular);
  EXPECT_EQ(trouble(folder_), FileTrouble::directory);
  EXPECT_EQ(trouble(in_folder("loop")), FileTrouble::link_loop);
  EXPECT_EQ(trouble(in_folder("dangling")), FileTrouble::missing);
  EXPECT_EQ(trouble(in_folder("none")), FileTrouble::missing);
  ::close(listener);
}

TEST_F(File, LargerThanAllowedIsRefusedUnread) {
  ASSERT_TRUE(write_file_atomically(in_folder("sparse"), bytes("x")));
  ASSERT_EQ(::truncate(in_folder("sparse").c_str(), 8LL << 30), 0);
  const auto read = read_file(in_folder("sparse"), Bytes{1 << 20});
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().trouble, FileTrouble::too_large);
  EXPECT_EQ(to_failure(read.error()).what, "is larger than allowed (1 MiB)");
}

TEST_F(File, APipeIsReadToItsEndOrItsLimit) {
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  ASSERT_TRUE(write_descriptor(ends[1], "pipe", bytes("hello")));
  ::close(ends[1]);
  EXPECT_EQ(read_descriptor(ends[0], "standard input", Bytes{5})->size(), 5U);
  ::close(ends[0]);
}
}  // namespace
}  // namespace headroom::io
