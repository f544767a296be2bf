#include "telemetry/otel_config.h"

#include <gtest/gtest.h>

#include "telemetry/sampler.h"

namespace headroom::telemetry {
namespace {
using namespace std::chrono_literals;

TEST(OtelConfig, WithoutVariablesNothingIsSent) {
  const auto config = read_otel_config({});
  EXPECT_EQ(config.traces_endpoint, "");
  EXPECT_EQ(config.service_name, "headroom");
  EXPECT_FALSE(config.disabled);
  EXPECT_TRUE(config.warnings.empty());
}

TEST(OtelConfig, TheBaseEndpointGetsThePathAndTheTracesOwnDoesNot) {
  EXPECT_EQ(read_otel_config({{"OTEL_EXPORTER_OTLP_ENDPOINT", "http://c:4318/"}}).traces_endpoint, "http://c:4318/v1/traces");
  EXPECT_EQ(read_otel_config({{"OTEL_EXPORTER_OTLP_ENDPOINT", "http://c/p"}}).traces_endpoint, "http://c/p/v1/traces");
  EXPECT_EQ(read_otel_config({{"OTEL_EXPORTER_OTLP_ENDPOINT", "http://c"}, {"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "http://d/x"}})
                .traces_endpoint,
            "http://d/x");
}

TEST(OtelConfig, HeadersTimeoutsAndBatchesAreRead) {
  const auto config = read_otel_config({{"OTEL_EXPORTER_OTLP_HEADERS", "a=1, b=x%3Dy"},
                                        {"OTEL_EXPORTER_OTLP_TIMEOUT", "250"},
                                        {"OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "100"},
                                        {"OTEL_BSP_MAX_QUEUE_SIZE", "200"},
                                        {"OTEL_BSP_SCHEDULE_DELAY", "5"},
                                        {"OTEL_SDK_DISABLED", "true"},
                                        {"OTEL_SERVICE_NAME", "iris"},
                                        {"OTEL_RESOURCE_ATTRIBUTES", "service.name=other"}});
  EXPECT_EQ(config.headers, (Headers{{"a", "1"}, {"b", "x=y"}}));
  EXPECT_EQ(config.timeout, 250ms);
  EXPECT_EQ(config.batch.batch, 100U);
  EXPECT_EQ(config.batch.queue, 200U);
  EXPECT_EQ(config.batch.delay, 5ms);
  EXPECT_TRUE(config.disabled);
  EXPECT_EQ(config.service_name, "iris");
  EXPECT_TRUE(config.warnings.empty());
}

struct Wrong {
  const char* name;
  const char* value;
};
class WrongVariable : public testing::TestWithParam<Wrong> {};
TEST_P(WrongVariable, IsIgnoredWithAWarningThatNamesIt) {
  const auto config = read_otel_config({{GetParam().name, GetParam().value}});
  ASSERT_EQ(config.warnings.size(), 1U) << GetParam().name;
  EXPECT_TRUE(config.warnings[0].starts_with(GetParam().name)) << config.warnings[0];
  EXPECT_TRUE(config.headers.empty() && config.resource.empty() && !config.sampling);
}
INSTANTIATE_TEST_SUITE_P(Table, WrongVariable,
                         testing::Values(Wrong{"OTEL_RESOURCE_ATTRIBUTES", "a=%zz"}, Wrong{"OTEL_RESOURCE_ATTRIBUTES", "novalue"},
                                         Wrong{"OTEL_RESOURCE_ATTRIBUTES", "a=1,b=%4"}, Wrong{"OTEL_EXPORTER_OTLP_HEADERS", "=x"},
                                         Wrong{"OTEL_EXPORTER_OTLP_HEADERS", "a=b%0d%0aX: y"},
                                         Wrong{"OTEL_EXPORTER_OTLP_TIMEOUT", "10s"}, Wrong{"OTEL_BSP_MAX_QUEUE_SIZE", "-1"},
                                         Wrong{"OTEL_BSP_MAX_QUEUE_SIZE", "99999999999999999999999"},
                                         Wrong{"OTEL_EXPORTER_OTLP_PROTOCOL", "grpc"}, Wrong{"OTEL_TRACES_SAMPLER", "jaeger_remote"}));

TEST(OtelConfig, TheSamplersOfTheSpecification) {
  const auto policy = [](const char* name, const char* arg) {
    return *read_otel_config({{"OTEL_TRACES_SAMPLER", name}, {"OTEL_TRACES_SAMPLER_ARG", arg}}).sampling;
  };
  EXPECT_EQ(policy("always_off", "").probability, 0);
  EXPECT_FALSE(policy("always_on", "").follow_parent);
  EXPECT_EQ(policy("parentbased_traceidratio", "0.25").probability, 0.25);
  EXPECT_TRUE(policy("parentbased_traceidratio", "0.25").follow_parent);
  EXPECT_EQ(policy("traceidratio", "2").probability, 1) << "a wrong argument is as none";
}

TEST(TracesUrl, AFlagMayNameTheHostOrTheWholePath) {
  EXPECT_EQ(traces_url("http://c:4318"), "http://c:4318/v1/traces");
  EXPECT_EQ(traces_url("http://c:4318/"), "http://c:4318/v1/traces");
  EXPECT_EQ(traces_url("https://c/v1/traces"), "https://c/v1/traces");
}

TEST(Sampler, KeepsByTheLast56BitsOfTheTraceId) {
  TraceId low, high;
  high.bytes.fill(0xff);
  low.bytes[8] = 0xff;  // above the 56 bits: of no account
  EXPECT_FALSE(in_probability(low, 0.999));
  EXPECT_TRUE(in_probability(low, 1.0));
  EXPECT_TRUE(in_probability(high, 0.001));
  EXPECT_FALSE(in_probability(high, 0));
  TraceId edge;  // 1 %: the threshold is fd70a3d70a3d71 (the specification rounds it to fd70a4)
  edge.bytes = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0xfd, 0x70, 0xa4, 0, 0, 0, 0};
  EXPECT_TRUE(in_probability(edge, 0.01));
  edge.bytes[11] = 0xa3;
  EXPECT_FALSE(in_probability(edge, 0.01));
}

TEST(Sampler, TheCallersFlagDecidesWhereItIsFollowed) {
  const SamplingPolicy never{.probability = 0};
  EXPECT_TRUE(sample_at_head(never, {}, true));
  EXPECT_FALSE(sample_at_head(never, {}, std::nullopt));
  EXPECT_FALSE(sample_at_head({.probability = 1}, {}, false));
  EXPECT_TRUE(sample_at_head({.probability = 1, .follow_parent = false}, {}, false));
}

TEST(Sampler, FailuresAndSlowOnesAreAlwaysKept) {
  RequestRecord record;
  record.sampled = false;
  record.status = 200;
  record.total_ns = 1000;
  EXPECT_FALSE(keep_at_end({}, record));
  EXPECT_TRUE(keep_at_end({.slow = 1us}, record));
  record.status = 500;
  EXPECT_TRUE(keep_at_end({}, record));
}
}  // namespace
}  // namespace headroom::telemetry
