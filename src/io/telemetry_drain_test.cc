// From rings to a collector, a file and a pipe.
#include "io/telemetry_drain.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <thread>

#include "io/fd.h"
#include "io/trace_file.h"
#include "telemetry/record_stream.h"
#include "testing/canned_server.h"
#include "testing/records.h"

namespace headroom::io {
namespace {
using namespace std::chrono_literals;
using Collector = headroom::testing::CannedServer;

const std::string kOk = "HTTP/1.1 200 OK\r\nContent-Type: application/x-protobuf\r\nContent-Length: 0\r\n\r\n";

using headroom::testing::a_record;

class Drain : public ::testing::Test {
 protected:
  Drain() {
    std::string pattern = ::testing::TempDir() + "headroom_drain_XXXXXX";
    folder_ = ::mkdtemp(pattern.data());
  }
  ~Drain() override { std::filesystem::remove_all(folder_); }
  [[nodiscard]] std::string path(const std::string& name) const { return folder_ + "/" + name; }

 private:
  std::string folder_;
};

TEST_F(Drain, StopLosesNothingThatIsInTheRings) {
  constexpr int kThreads = 3, kEach = 20'000;
  std::vector<std::unique_ptr<RecordRing>> rings;
  TelemetryOptions options;
  for (int t = 0; t < kThreads; ++t) {
    rings.push_back(std::make_unique<RecordRing>(1U << 15U));
    options.rings.push_back(rings.back().get());
  }
  std::uint64_t in_seconds = 0, kept = 0;
  options.on_second = [&](const telemetry::RouteSecond& second) { in_seconds += second.requests; };
  options.on_record = [&](const telemetry::RequestRecord&) { ++kept; };
  auto drain = TelemetryDrain::start(options);
  ASSERT_TRUE(drain);
  std::vector<std::thread> producers;
  for (auto& ring : rings) {
    producers.emplace_back([&ring] {
      for (int i = 0; i < kEach; ++i) ring->push(a_record(i));
    });
  }
  for (auto& producer : producers) producer.join();
  (*drain)->stop();
  std::uint64_t dropped = 0;
  for (const auto& ring : rings) dropped += ring->dropped();
  EXPECT_EQ(in_seconds + dropped, std::uint64_t{kThreads} * kEach);
  EXPECT_EQ(kept, in_seconds);
  const auto metrics = (*drain)->requests();
  EXPECT_EQ(metrics.of(telemetry::Route::predict).rows, in_seconds);
  EXPECT_EQ((*drain)->self().records_dropped, dropped);
}

TEST_F(Drain, SpansArriveAtTheCollectorAndInTheFile) {
  Collector collector({kOk});
  RecordRing ring(64);
  TelemetryOptions options;
  options.rings = {&ring};
  options.otlp_url = collector.url();
  options.trace_file = path("spans.jsonl");
  auto drain = TelemetryDrain::start(options);
  ASSERT_TRUE(drain);
  (*drain)->add(telemetry::model_loading_span({.name = "iris", .estimator = "Pipeline", .features = {}, .classes = {}}, 1, 2, 3));
  for (int i = 0; i < 10; ++i) ring.push(a_record(i));
  (*drain)->stop();
  EXPECT_EQ((*drain)->self().spans_exported, 31U);
  EXPECT_EQ((*drain)->self().spans_written, 31U);
  std::ifstream file(path("spans.jsonl"));
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  EXPECT_TRUE(text.starts_with(R"({"resourceSpans":[)"));
  EXPECT_TRUE(text.ends_with("}\n"));
  EXPECT_NE(text.find("model_loading"), std::string::npos);
}

TEST_F(Drain, UnsampledRequestsAreCountedButNotTracedUnlessTheyFail) {
  RecordRing ring(64);
  TelemetryOptions options;
  options.rings = {&ring};
  options.trace_file = path("spans.jsonl");
  auto drain = TelemetryDrain::start(options);
  auto record = a_record();
  record.sampled = false;
  ring.push(record);
  record.status = 500;
  ring.push(record);
  (*drain)->stop();
  EXPECT_EQ((*drain)->self().spans_written, 2U) << "the failed one has no inference";
  EXPECT_EQ((*drain)->requests().of(telemetry::Route::predict).rows, 2U);
}

TEST_F(Drain, AReplicasRecordsComeOutOfThePipe) {
  std::array<int, 2> ends{};
  ASSERT_EQ(::pipe(ends.data()), 0);
  const Fd from(ends[0]);
  Fd into(ends[1]);
  RecordRing ring(1024);
  TelemetryOptions options;
  options.rings = {&ring};
  options.record_fd = into.get();
  options.replica = "pod-7";
  telemetry::StreamParser parser;
  std::size_t records = 0;
  std::uint64_t in_seconds = 0;
  std::string replica;
  std::thread reader([&] {  // a slow one
    std::array<std::byte, 1000> piece;
    for (ssize_t n = 0; (n = ::read(from.get(), piece.data(), piece.size())) > 0;) {
      parser.feed(std::span(piece).first(static_cast<std::size_t>(n)));
      for (auto item = parser.next(); item && *item; item = parser.next()) {
        if (auto* hello = std::get_if<telemetry::StreamHello>(&**item)) replica = hello->replica;
        if (std::get_if<telemetry::RequestRecord>(&**item)) ++records;
        if (auto* second = std::get_if<telemetry::RouteSecond>(&**item)) in_seconds += second->requests;
      }
    }
  });
  auto drain = TelemetryDrain::start(options);
  for (int i = 0; i < 1000; ++i) ring.push(a_record(i));
  (*drain)->stop();
  ::close(into.release());
  reader.join();
  EXPECT_EQ(replica, "pod-7");
  EXPECT_EQ(records, 1000U);
  EXPECT_EQ(in_seconds, 1000U);
}

TEST_F(Drain, AFileThatCannotBeOpenedAndAUrlThatIsNoneAreRefusedAtTheStart) {
  TelemetryOptions options;
  options.trace_file = path("no/such/folder.jsonl");
  auto drain = TelemetryDrain::start(options);
  ASSERT_FALSE(drain);
  EXPECT_NE(drain.error().message.find("No such file or directory"), std::string::npos);
  options.trace_file.clear();
  options.otlp_url = "collector:4318";
  drain = TelemetryDrain::start(options);
  ASSERT_FALSE(drain);
  EXPECT_EQ(drain.error().message, "the OTLP endpoint 'collector:4318' is no http:// or https:// URL");
}

TEST_F(Drain, AFullDiskLosesWholeLinesAndNeverTearsOne) {
  auto file = TraceFile::open(path("spans.jsonl"));
  ASSERT_TRUE(file);
  rlimit before{};
  ::getrlimit(RLIMIT_FSIZE, &before);
  const rlimit small{100, before.rlim_max};
  auto* old = std::signal(SIGXFSZ, SIG_IGN);
  ::setrlimit(RLIMIT_FSIZE, &small);
  const bool first = file->append(std::string(60, 'a'));
  const bool second = file->append(std::string(60, 'b'));
  ::setrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, old);
  const bool third = file->append("c");
  EXPECT_TRUE(first && !second && third);
  std::ifstream written(path("spans.jsonl"));
  EXPECT_EQ(std::string(std::istreambuf_iterator<char>(written), {}), std::string(60, 'a') + "\nc\n");
}
}  // namespace
}  // namespace headroom::io
