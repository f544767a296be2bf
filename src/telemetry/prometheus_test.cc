#include "telemetry/prometheus.h"

#include <gtest/gtest.h>

namespace headroom::telemetry {
namespace {
MetricsPage a_page() {
  MetricsPage page;
  RequestRecord record;
  record.route = Route::predict;
  record.method = HttpMethod::post;
  record.status = 200;
  record.stage_ns[static_cast<std::size_t>(Stage::predict)] = 30'000;
  record.total_ns = 30'000;
  record.rows = 4;
  page.requests.add(record);
  record.total_ns = 60'000'000'000;
  page.requests.add(record);
  page.models = {{"a\"b\\c\n", "1", "scikit-learn 1.3", "Pipeline"}};
  page.self.spans_dropped = 5;
  page.process.threads = 3;
  page.version = "0.1.0";
  return page;
}
bool has_line(const std::string& text, const std::string& line) { return ("\n" + text).find("\n" + line + "\n") != std::string::npos; }

TEST(Metrics, BucketsCountUpwardsAndEndInAll) {
  const auto text = metrics_text(a_page(), MetricsFormat::prometheus);
  const std::string labels = R"({http_request_method="POST",http_response_status_code="200",http_route="/predict",url_scheme="http")";
  const std::string name = "http_server_request_duration_seconds";
  EXPECT_TRUE(has_line(text, name + "_bucket" + labels + R"(,le="2.5e-05"} 0)")) << text;
  EXPECT_TRUE(has_line(text, name + "_bucket" + labels + R"(,le="5e-05"} 1)"));
  EXPECT_TRUE(has_line(text, name + "_bucket" + labels + R"(,le="30"} 1)"));
  EXPECT_TRUE(has_line(text, name + "_bucket" + labels + R"(,le="+Inf"} 2)"));
  EXPECT_TRUE(has_line(text, name + "_count" + labels + "} 2"));
  EXPECT_TRUE(has_line(text, "headroom_rows_total 8"));
  EXPECT_TRUE(has_line(text, R"(otel_sdk_processor_span_processed_total{error_type="queue_full"} 5)"));
}

TEST(Metrics, LabelsAreEscapedAndWhatIsNotKnownIsNotTold) {
  const auto text = metrics_text(a_page(), MetricsFormat::prometheus);
  EXPECT_NE(text.find(R"(headroom_model_info{name="a\"b\\c\n",version="1")"), std::string::npos);
  EXPECT_TRUE(has_line(text, "process_threads 3"));
  EXPECT_EQ(text.find("process_open_fds"), std::string::npos);
}

TEST(Metrics, OpenMetricsNamesCounterFamiliesWithoutTotalAndEnds) {
  const auto text = metrics_text(a_page(), MetricsFormat::open_metrics);
  EXPECT_TRUE(has_line(text, "# TYPE headroom_rows counter"));
  EXPECT_TRUE(has_line(text, "headroom_rows_total 8"));
  EXPECT_NE(text.find(R"(le="1.0")"), std::string::npos);
  EXPECT_TRUE(text.ends_with("# EOF\n"));
  EXPECT_EQ(choose_format("application/openmetrics-text;version=1.0.0,text/plain;q=0.5"), MetricsFormat::open_metrics);
  EXPECT_EQ(choose_format("*/*"), MetricsFormat::prometheus);
}

TEST(Metrics, AFloodOfStatusCodesStaysBounded) {
  RequestMetrics metrics;
  for (int status = 100; status < 1000; ++status) {
    RequestRecord record;
    record.status = static_cast<std::uint16_t>(status);
    metrics.add(record);
  }
  EXPECT_LE(metrics.of(Route::other).answered.size(), RequestMetrics::kStatuses + 1);
  std::uint64_t n = 0;
  for (const auto& [key, counts] : metrics.of(Route::other).answered) n += counts.n;
  EXPECT_EQ(n, 900U);
}
}  // namespace
}  // namespace headroom::telemetry
