#include "telemetry/record_stream.h"

#include <gtest/gtest.h>

#include <cstring>

#include "testing/stages.h"

namespace headroom::telemetry {
namespace {
RequestRecord a_record() {
  RequestRecord record;
  record.start_ns = 5'000'000'000;
  record.total_ns = 36;
  record.stage_ns = testing_stages::stages<std::int64_t>({{Stage::accept, 1}, {Stage::read, 2}, {Stage::parse, 3}, {Stage::decode, 4}, {Stage::queue, 5}, {Stage::predict, 6}, {Stage::encode, 7}, {Stage::write, 8}});
  record.status = 503;
  record.in_flight = 4;
  record.route = Route::predict;
  record.predict_cpu_ns = 6;
  return record;
}
RouteSecond a_second() {
  SecondAggregator aggregator;
  aggregator.add(a_record());
  aggregator.add(a_record());
  return aggregator.take_all().at(0);
}
std::span<const std::byte> bytes(std::string_view text) { return std::as_bytes(std::span(text)); }
std::string a_stream() {
  std::string out;
  append_frame(out, StreamHello{"pod-1"});
  append_frame(out, a_record());
  append_frame(out, a_second());
  append_frame(out, StreamDrops{7});
  return out;
}
/// Everything in `stream`, told `piece` bytes at a time.
std::vector<StreamItem> read(std::string_view stream, std::size_t piece, std::string* error = nullptr) {
  StreamParser parser;
  std::vector<StreamItem> items;
  for (std::size_t at = 0; at < stream.size(); at += piece) {
    parser.feed(bytes(stream.substr(at, piece)));
    for (;;) {
      auto item = parser.next();
      if (!item && error) *error = item.error();
      if (!item || !*item) break;
      items.push_back(std::move(**item));
    }
  }
  return items;
}

TEST(RecordStream, WhatWentInComesOutHoweverThePipeCutsIt) {
  for (const std::size_t piece : {1U, 3U, 64U, 1U << 20U}) {
    const auto items = read(a_stream(), piece);
    ASSERT_EQ(items.size(), 4U) << piece;
    EXPECT_EQ(std::get<StreamHello>(items[0]).replica, "pod-1");
    const auto& record = std::get<RequestRecord>(items[1]);
    EXPECT_EQ(record.stage_ns, a_record().stage_ns);
    EXPECT_EQ(record.status, 503);
    const auto& second = std::get<RouteSecond>(items[2]);
    EXPECT_EQ(second.t_ns, 5'000'000'000);
    EXPECT_EQ(second.requests, 2U);
    EXPECT_EQ(second.errors, 2U);
    EXPECT_EQ(second.shed, 2U);
    EXPECT_EQ(second.stage_ns[static_cast<std::size_t>(Stage::write)], 16);
    EXPECT_EQ(second.predict_cpu_ns, 12);
    EXPECT_EQ(second.in_flight_max, 4U);
    EXPECT_EQ(second.total.encode(), a_second().total.encode());
    EXPECT_EQ(std::get<StreamDrops>(items[3]).records, 7U);
  }
}

TEST(RecordStream, ATornEndGivesWhatWasWhole) {
  const auto stream = a_stream();
  EXPECT_EQ(read(std::string_view(stream).substr(0, stream.size() - 1), 64).size(), 3U);
}

struct Broken {
  const char* name;
  std::string stream;
  const char* error;
};
std::string frame(char kind, std::string payload) {
  const auto length = static_cast<std::uint32_t>(payload.size());
  std::string out(1, kind);
  out.append(reinterpret_cast<const char*>(&length), sizeof(length));
  return out + payload;
}
std::string after_hello(const std::string& rest) {
  std::string out;
  append_frame(out, StreamHello{"pod-1"});
  return out + rest;
}
/// A record with one byte that the wire may not have.
std::string record_with(std::size_t offset, std::uint8_t byte) {
  std::string out;
  append_frame(out, a_record());
  out[5 + offset] = static_cast<char>(byte);
  return after_hello(out);
}
std::string record_after(void (*change)(RequestRecord&)) {
  RequestRecord record = a_record();
  change(record);
  std::string out;
  append_frame(out, record);
  return after_hello(out);
}
class BrokenStream : public testing::TestWithParam<Broken> {};
TEST_P(BrokenStream, IsAnErrorAndStaysOne) {
  StreamParser parser;
  parser.feed(bytes(GetParam().stream));
  auto item = parser.next();
  while (item && *item) item = parser.next();
  ASSERT_FALSE(item) << GetParam().name;
  EXPECT_EQ(item.error(), GetParam().error);
  parser.feed(bytes(a_stream()));
  EXPECT_FALSE(parser.next());
}
INSTANTIATE_TEST_SUITE_P(
    Table, BrokenStream,
    testing::Values(
        Broken{"no greeting", frame(4, std::string(8, '\0')), "no greeting"},
        Broken{"another version", frame(1, std::string("\2\0\0\0\0\0\0\0", 8)),
               "a greeting (another version of headroom?) that cannot be"},
        Broken{"unknown kind", after_hello(frame(9, "")), "an unknown frame"},
        Broken{"a length beyond the limit", after_hello(std::string("\2\xff\xff\xff\x7f", 5)), "a frame of 2147483647 bytes"},
        Broken{"a short record", after_hello(frame(2, "short")), "a record that cannot be"},
        Broken{"a bool of 2", record_with(offsetof(RequestRecord, sampled), 2), "a record that cannot be"},
        Broken{"an unknown route", record_with(offsetof(RequestRecord, route), 9), "a record that cannot be"},
        Broken{"more inputs than fit", record_with(offsetof(RequestRecord, n_inputs), 200), "a record that cannot be"},
        Broken{"a negative stage", record_after([](RequestRecord& r) { r.stage_ns[3] = -1; }), "a record that cannot be"},
        Broken{"a second that is cut", after_hello(frame(3, "short")), "a second that cannot be"},
        Broken{"a count that is cut", after_hello(frame(4, "x")), "a count that cannot be"}));

TEST(SecondAggregator, ARequestBelongsToTheSecondInWhichItEnded) {
  SecondAggregator aggregator;
  RequestRecord record;
  record.start_ns = 1'900'000'000;
  record.total_ns = 200'000'000;
  aggregator.add(record);
  EXPECT_TRUE(aggregator.take_finished(3'999'999'998).empty()) << "records may still arrive";
  const auto seconds = aggregator.take_finished(4'000'000'000);
  ASSERT_EQ(seconds.size(), 1U);
  EXPECT_EQ(seconds[0].t_ns, 2'000'000'000);
}

TEST(SecondAggregator, ManyOpenSecondsAreBoundedAndNothingIsLost) {
  SecondAggregator aggregator;
  for (std::int64_t s = 0; s < 1000; ++s) {
    RequestRecord record;
    record.start_ns = s * 1'000'000'000;
    aggregator.add(record);
  }
  std::uint64_t requests = 0;
  for (const auto& second : aggregator.take_all()) requests += second.requests;
  EXPECT_EQ(requests, 1000U);
}
}  // namespace
}  // namespace headroom::telemetry
