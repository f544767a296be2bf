// From rings to a collector, a file and a pipe, over real sockets, with collectors that behave and that do not.
#include "io/telemetry_drain.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <sstream>
#include <thread>

#include "io/fd.h"
#include "io/http_client.h"
#include "io/otlp_exporter.h"
#include "io/trace_file.h"
#include "telemetry/record_stream.h"

namespace headroom::io {
namespace {
using namespace std::chrono_literals;

/// A server of one canned answer after another, on a port of its own; keeps the bodies it was sent. The last answer repeats.
/// "" closes the connection without a word; "hang" says nothing.
class Collector {
 public:
  explicit Collector(std::vector<std::string> answers) : answers_(std::move(answers)) {
    listener_ = Fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(::bind(listener_.get(), reinterpret_cast<sockaddr*>(&address), sizeof(address)), 0);
    EXPECT_EQ(::listen(listener_.get(), 16), 0);
    socklen_t size = sizeof(address);
    ::getsockname(listener_.get(), reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { serve(); });
  }
  ~Collector() {
    stopping_ = true;
    ::shutdown(listener_.get(), SHUT_RDWR);
    if (const int open = connection_; open >= 0) ::shutdown(open, SHUT_RDWR);
    thread_.join();
  }
  [[nodiscard]] std::string url() const { return "http://127.0.0.1:" + std::to_string(port_) + "/v1/traces"; }
  [[nodiscard]] std::vector<std::string> bodies() {
    const std::lock_guard lock(mutex_);
    return bodies_;
  }
  [[nodiscard]] std::string last_head() {
    const std::lock_guard lock(mutex_);
    return head_;
  }

 private:
  void serve() {
    while (!stopping_) {
      const Fd connection(::accept(listener_.get(), nullptr, nullptr));
      if (!connection) return;
      connection_ = connection.get();
      while (answer_one(connection.get())) {
      }
      connection_ = -1;
    }
  }
  bool answer_one(int connection) {
    std::string got;
    std::size_t head_end = 0, length = 0;
    std::array<char, 65536> piece;
    while (head_end == 0 || got.size() < head_end + length) {
      const ssize_t n = ::recv(connection, piece.data(), piece.size(), 0);
      if (n <= 0) return false;
      got.append(piece.data(), static_cast<std::size_t>(n));
      if (head_end == 0 && got.find("\r\n\r\n") != std::string::npos) {
        head_end = got.find("\r\n\r\n") + 4;
        const auto at = got.find("Content-Length: ");
        if (at != std::string::npos) length = std::stoul(got.substr(at + 16));
      }
    }
    std::string answer;
    {
      const std::lock_guard lock(mutex_);
      head_ = got.substr(0, head_end);
      answer = answers_[std::min(n_++, answers_.size() - 1)];
      if (answer.starts_with("HTTP/1.1 200")) bodies_.push_back(got.substr(head_end));
    }
    if (answer == "hang") return ::recv(connection, piece.data(), piece.size(), 0) > 0;
    return !answer.empty() && ::send(connection, answer.data(), answer.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(answer.size());
  }

  Fd listener_;
  std::uint16_t port_ = 0;
  std::vector<std::string> answers_;
  std::size_t n_ = 0;
  std::mutex mutex_;
  std::vector<std::string> bodies_;
  std::string head_;
  std::atomic<bool> stopping_{false};
  std::atomic<int> connection_{-1};
  std::thread thread_;
};

const std::string kOk = "HTTP/1.1 200 OK\r\nContent-Type: application/x-protobuf\r\nContent-Length: 0\r\n\r\n";
std::string status(int code, const std::string& field = "") {
  return "HTTP/1.1 " + std::to_string(code) + " X\r\n" + field + "Content-Length: 0\r\n\r\n";
}

telemetry::RequestRecord a_record(int i = 0) {
  telemetry::RequestRecord record;
  record.trace_id.bytes[0] = 1;
  record.span_id.bytes[0] = static_cast<std::uint8_t>(1 + i % 200);
  record.start_ns = 1'700'000'000'000'000'000 + i;
  record.stage_ns = {0, 10, 20, 30, 40, 50, 60, 70};
  record.total_ns = 280;
  record.status = 200;
  record.rows = 1;
  record.route = telemetry::Route::predict;
  record.post = true;
  return record;
}

OtlpExporterOptions to(const std::string& url) {
  OtlpExporterOptions options;
  options.url = *parse_http_url(url);
  options.batch.delay = 10ms;
  options.batch.timeout = 20s;
  return options;
}
/// Waits, in real time but not for long, until it holds.
template <class Holds>
bool soon(Holds holds) {
  for (int i = 0; i < 1000; ++i) {
    if (holds()) return true;
    std::this_thread::sleep_for(10ms);
  }
  return false;
}

TEST(OtlpExporter, ABatchIsPostedWithItsHeaders) {
  Collector collector({kOk});
  auto options = to(collector.url());
  options.headers = {{"x-api-key", "secret"}};
  OtlpExporter exporter(options);
  exporter.add(a_record());
  ASSERT_TRUE(soon([&] { return exporter.counts().exported == 3; }));
  EXPECT_TRUE(collector.last_head().starts_with("POST /v1/traces HTTP/1.1\r\n")) << collector.last_head();
  EXPECT_NE(collector.last_head().find("Content-Type: application/x-protobuf\r\n"), std::string::npos);
  EXPECT_NE(collector.last_head().find("x-api-key: secret\r\n"), std::string::npos);
  EXPECT_NE(collector.bodies().at(0).find("model_inference"), std::string::npos);
}

TEST(OtlpExporter, ABusyCollectorIsAskedAgainWhenItSaid) {
  Collector collector({status(503, "Retry-After: 0\r\n"), status(429, "Retry-After: 0\r\n"), kOk});
  OtlpExporter exporter(to(collector.url()));
  exporter.add(a_record());
  EXPECT_TRUE(soon([&] { return exporter.counts().exported == 3; }));
  EXPECT_EQ(exporter.counts().failures, 0U);
}

TEST(OtlpExporter, ALostConnectionIsTriedAgain) {
  Collector collector({"", kOk});
  OtlpExporter exporter(to(collector.url()));
  exporter.add(a_record());
  EXPECT_TRUE(soon([&] { return exporter.counts().exported == 3; }));
}

TEST(OtlpExporter, ARefusalIsNotRepeatedAndIsCounted) {
  Collector collector({status(400), kOk});
  OtlpExporter exporter(to(collector.url()));
  exporter.add(a_record());
  ASSERT_TRUE(soon([&] { return exporter.counts().rejected == 3; }));
  EXPECT_EQ(exporter.counts().last_trouble, "HTTP 400");
  EXPECT_TRUE(collector.bodies().empty());
}

TEST(OtlpExporter, APartialSuccessIsCountedAndNotRepeated) {
  const std::string partial("\x0a\x06\x08\x02\x12\x02no", 8);  // partial_success {rejected_spans 2, error_message "no"}
  Collector collector({"HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\n" + partial});
  OtlpExporter exporter(to(collector.url()));
  exporter.add(a_record());
  ASSERT_TRUE(soon([&] { return exporter.counts().rejected == 2; }));
  EXPECT_TRUE(soon([&] { return exporter.counts().exported == 1; }));
  EXPECT_EQ(exporter.counts().last_trouble, "no");
  EXPECT_EQ(collector.bodies().size(), 1U);
}

TEST(OtlpExporter, ACollectorThatSaysNothingCostsTheQueueAndNeverTheCaller) {
  Collector collector({"hang"});
  auto options = to(collector.url());
  options.batch.queue = 30;
  options.batch.batch = 3;
  OtlpExporter exporter(options);
  for (int i = 0; i < 1000; ++i) exporter.add(a_record(i));
  exporter.stop(100ms);
  EXPECT_EQ(exporter.counts().exported, 0U);
  EXPECT_EQ(exporter.counts().dropped, 3000U);
}

TEST(OtlpExporter, StopSendsWhatWaitsInBatches) {
  Collector collector({kOk});
  auto options = to(collector.url());
  options.batch.delay = 1h;
  options.batch.batch = 30;
  OtlpExporter exporter(options);
  for (int i = 0; i < 25; ++i) exporter.add(a_record(i));
  exporter.stop(10s);
  EXPECT_EQ(exporter.counts().exported, 75U);
  EXPECT_EQ(collector.bodies().size(), 3U) << "30 + 30 + 15 spans";
}

TEST(OtlpExporter, NobodyThereIsDroppedAndSaid) {
  std::string url;
  {
    Collector gone({kOk});
    url = gone.url();
  }
  OtlpExporter exporter(to(url));
  exporter.add(a_record());
  exporter.stop(50ms);
  EXPECT_EQ(exporter.counts().dropped, 3U);
}

struct Url {
  const char* text;
  const char* host;  // nullptr: refused
  int port;
  const char* target;
};
class HttpUrls : public testing::TestWithParam<Url> {};
TEST_P(HttpUrls, AreReadAsWritten) {
  const auto url = parse_http_url(GetParam().text);
  ASSERT_EQ(url.has_value(), GetParam().host != nullptr) << GetParam().text;
  if (!url) return;
  EXPECT_EQ(url->host, GetParam().host);
  EXPECT_EQ(url->port, GetParam().port);
  EXPECT_EQ(url->target, GetParam().target);
}
INSTANTIATE_TEST_SUITE_P(Table, HttpUrls,
                         testing::Values(Url{"http://a", "a", 80, "/"}, Url{"https://a.b/c?d=e", "a.b", 443, "/c?d=e"},
                                         Url{"http://[::1]:4318/v1", "::1", 4318, "/v1"}, Url{"http://a?q", "a", 80, "/?q"},
                                         Url{"ftp://a", nullptr, 0, ""}, Url{"http://", nullptr, 0, ""},
                                         Url{"http://a:0/", nullptr, 0, ""}, Url{"http://a:65536/", nullptr, 0, ""},
                                         Url{"http://user:pw@a/", nullptr, 0, ""}, Url{"http://a/b c", nullptr, 0, ""},
                                         Url{"http://[::1", nullptr, 0, ""}, Url{"http://a/\r\nX: y", nullptr, 0, ""}));

TEST(HttpClient, AnAnswerOverTheLimitIsTrouble) {
  Collector collector({"HTTP/1.1 200 OK\r\nContent-Length: 2000\r\n\r\n" + std::string(2000, 'x')});
  HttpClient client(*parse_http_url(collector.url()), {.certificates = "", .max_body = 1000});
  const auto answer = client.exchange({});
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().message, "the answer is over the size limit");
}

TEST(HttpClient, AServerThatSaysNothingTimesOut) {
  Collector collector({"hang"});
  HttpClient client(*parse_http_url(collector.url()));
  HttpAsk ask;
  ask.timeout = 50ms;
  const auto answer = client.exchange(ask);
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().message, "timed out");
}

class Drain : public testing::Test {
 protected:
  Drain() {
    std::string pattern = testing::TempDir() + "headroom_drain_XXXXXX";
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
