#include "telemetry/otlp.h"

#include <gtest/gtest.h>

#include <cmath>
#include <map>

#include "testing/stages.h"

namespace headroom::telemetry {
namespace {
RequestRecord a_request() {
  RequestRecord record;
  record.trace_id.bytes = {0x4b, 0xf9, 0x2f, 0x35, 0x77, 0xb3, 0x4d, 0xa6, 0xa3, 0xce, 0x92, 0x9d, 0x0e, 0x0e, 0x47, 0x36};
  record.span_id.bytes = {0, 0xf0, 0x67, 0xaa, 0x0b, 0xa9, 0x02, 0xb7};
  record.parent_span_id.bytes = {1, 2, 3, 4, 5, 6, 7, 8};
  record.start_ns = 1'000'000;
  record.stage_ns = testing_stages::stages<std::int64_t>({{Stage::accept, 5}, {Stage::read, 10}, {Stage::parse, 20}, {Stage::decode, 30}, {Stage::queue, 40}, {Stage::predict, 50}, {Stage::encode, 60}, {Stage::write, 70}});
  record.total_ns = 285;
  record.status = 200;
  record.rows = 1;
  record.route = Route::predict;
  record.method = HttpMethod::post;
  record.predicted = 1;
  record.confidence = 0.75;
  record.n_inputs = 2;
  record.inputs = {5.1, 3.5};
  return record;
}
SpanCatalog a_catalog(TraceInputs inputs = TraceInputs::on) {
  return {.models = {{.name = "iris", .estimator = "Pipeline", .features = {"sepal_length", "sepal_width"}, .classes = {"a", "b"}}},
          .inputs = inputs};
}
const AttributeValue* find(const Span& span, const std::string& key) {
  for (const auto& attribute : span.attributes) {
    if (attribute.key == key) return &attribute.value;
  }
  return nullptr;
}

TEST(Spans, APredictionIsARequestWithPreparationAndInferenceInside) {
  const auto spans = spans_of(a_request(), a_catalog());
  ASSERT_EQ(spans.size(), 3U);
  EXPECT_EQ(spans[0].name, "prediction_request");
  EXPECT_EQ(spans[0].kind, SpanKind::server);
  EXPECT_EQ(spans[0].parent, a_request().parent_span_id);
  EXPECT_EQ(spans[0].start_ns, 1'000'000);
  EXPECT_EQ(spans[0].end_ns, 1'000'280) << "the accept stage lies before the first byte";
  EXPECT_EQ(spans[1].name, "data_preparation");
  EXPECT_EQ(spans[1].start_ns, 1'000'030);
  EXPECT_EQ(spans[1].end_ns, 1'000'060);
  EXPECT_EQ(spans[2].name, "model_inference");
  EXPECT_EQ(spans[2].start_ns, 1'000'100);
  EXPECT_EQ(spans[2].end_ns, 1'000'150);
  for (const auto* child : {&spans[1], &spans[2]}) {
    EXPECT_EQ(child->parent, spans[0].id);
    EXPECT_EQ(child->trace_id, spans[0].trace_id);
    EXPECT_NE(child->id, spans[0].id);
  }
  EXPECT_NE(spans[1].id, spans[2].id);
  EXPECT_EQ(*find(spans[0], "input.sepal_width"), AttributeValue(3.5));
  EXPECT_EQ(*find(spans[0], "prediction.result"), AttributeValue("b"));
  EXPECT_EQ(*find(spans[0], "prediction.confidence"), AttributeValue(0.75));
  EXPECT_EQ(*find(spans[0], "http.response.status_code"), AttributeValue(std::int64_t{200}));
  EXPECT_EQ(*find(spans[0], "headroom.stage.predict_ms"), AttributeValue(50e-6));
}

TEST(Spans, InputsAreLeftOutOrHashedWhenAskedFor) {
  EXPECT_EQ(find(spans_of(a_request(), a_catalog(TraceInputs::off))[0], "input.sepal_width"), nullptr);
  const auto hashed = spans_of(a_request(), a_catalog(TraceInputs::hash));
  const auto* value = find(hashed[0], "input.sepal_width");
  ASSERT_TRUE(value);
  EXPECT_EQ(std::get<std::string>(*value).size(), 16U);
  EXPECT_EQ(*value, *find(spans_of(a_request(), a_catalog(TraceInputs::hash))[0], "input.sepal_width"));
}

TEST(Spans, AServersFaultIsAnErrorAndACallersIsNot) {
  auto record = a_request();
  record.status = 503;
  EXPECT_TRUE(spans_of(record, a_catalog())[0].failed);
  EXPECT_EQ(*find(spans_of(record, a_catalog())[0], "error.type"), AttributeValue("503"));
  record.status = 422;
  record.rows = 0;
  const auto refused = spans_of(record, a_catalog());
  ASSERT_EQ(refused.size(), 1U);
  EXPECT_FALSE(refused[0].failed);
  EXPECT_EQ(find(refused[0], "prediction.result"), nullptr);
}

TEST(Spans, HealthIsOneSpanAndAScrapeIsNone) {
  auto record = a_request();
  record.route = Route::health;
  const auto spans = spans_of(record, a_catalog());
  ASSERT_EQ(spans.size(), 1U);
  EXPECT_EQ(spans[0].name, "health_check");
  record.route = Route::metrics;
  EXPECT_TRUE(spans_of(record, a_catalog()).empty());
}

TEST(Spans, ARecordOfAnUnknownModelIsStillASpan) {
  auto record = a_request();
  record.model = 9;
  record.predicted = 77;
  EXPECT_EQ(*find(spans_of(record, a_catalog())[0], "input.1"), AttributeValue(3.5));
}

TEST(OtlpJson, IsWrittenAsTheSpecificationAsks) {
  Span span;
  span.trace_id = a_request().trace_id;
  span.id = a_request().span_id;
  span.name = "a \"b\"\n";
  span.start_ns = 1;
  span.end_ns = 1'700'000'000'000'000'000;
  span.attributes = {{"i", std::int64_t{1} << 60}, {"d", std::nan("")}, {"b", true}, {"s", "ü"}};
  span.failed = true;
  EXPECT_EQ(otlp_json({{"service.name", "x"}}, std::span(&span, 1)),
            R"({"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"x"}}]},"scopeSpans":[{"scope":{"name":"headroom"},"spans":[)"
            R"({"traceId":"4bf92f3577b34da6a3ce929d0e0e4736","spanId":"00f067aa0ba902b7","flags":1,"name":"a \"b\"\u000a","kind":1,)"
            R"("startTimeUnixNano":"1","endTimeUnixNano":"1700000000000000000","attributes":[{"key":"i","value":{"intValue":"1152921504606846976"}},)"
            R"({"key":"d","value":{"doubleValue":"NaN"}},{"key":"b","value":{"boolValue":true}},{"key":"s","value":{"stringValue":"ü"}}],"status":{"code":2}}]}]}]})");
}

TEST(OtlpAnswer, HostileBytesCountNothing) {
  for (const auto& bytes : {std::string("\x0a\xff\xff", 3), std::string(100, '\xff'), std::string("\x0a\x05\x08", 3)}) {
    EXPECT_EQ(read_export_answer(bytes).rejected, 0U);
  }
  EXPECT_EQ(read_export_answer(std::string("\x0a\x02\x08\x07", 4)).rejected, 7U);
}

TEST(Resource, TheEnvironmentAddsAndWins) {
  const auto config = read_otel_config({{"OTEL_RESOURCE_ATTRIBUTES", "service.version=9,deployment.environment.name=a%20b"}});
  const auto resource = make_resource(config, "0.1.0", "id");
  const std::map<std::string, std::string> found(resource.begin(), resource.end());
  EXPECT_EQ(found.at("service.name"), "headroom");
  EXPECT_EQ(found.at("service.version"), "9");
  EXPECT_EQ(found.at("deployment.environment.name"), "a b");
  EXPECT_EQ(found.at("telemetry.sdk.language"), "cpp");
}
}  // namespace
}  // namespace headroom::telemetry
