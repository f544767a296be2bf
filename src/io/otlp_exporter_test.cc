// Delivery over real sockets, to collectors that behave and that do not.
#include "io/otlp_exporter.h"

#include <gtest/gtest.h>

#include <thread>

#include "io/http_client.h"
#include "testing/canned_server.h"
#include "testing/records.h"

namespace headroom::io {
namespace {
using namespace std::chrono_literals;
using Collector = headroom::testing::CannedServer;

const std::string kOk = "HTTP/1.1 200 OK\r\nContent-Type: application/x-protobuf\r\nContent-Length: 0\r\n\r\n";
std::string status(int code, const std::string& field = "") {
  return "HTTP/1.1 " + std::to_string(code) + " X\r\n" + field + "Content-Length: 0\r\n\r\n";
}

using headroom::testing::a_record;

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

TEST(OtlpExporter, AtTheEndABusyCollectorIsAskedAgainToo) {
  Collector collector({status(503, "Retry-After: 3600\r\n"), status(503), kOk});
  OtlpExporter exporter(to(collector.url()));
  exporter.add(a_record());
  exporter.stop(60s);
  EXPECT_EQ(exporter.counts().exported, 3U);
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
class HttpUrls : public ::testing::TestWithParam<Url> {};
TEST_P(HttpUrls, AreReadAsWritten) {
  const auto url = parse_http_url(GetParam().text);
  ASSERT_EQ(url.has_value(), GetParam().host != nullptr) << GetParam().text;
  if (!url) return;
  EXPECT_EQ(url->host, GetParam().host);
  EXPECT_EQ(url->port, GetParam().port);
  EXPECT_EQ(url->target, GetParam().target);
}
INSTANTIATE_TEST_SUITE_P(Table, HttpUrls,
                         ::testing::Values(Url{"http://a", "a", 80, "/"}, Url{"https://a.b/c?d=e", "a.b", 443, "/c?d=e"},
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
}  // namespace
}  // namespace headroom::io
