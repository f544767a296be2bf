// The Open Inference Protocol over real sockets, byte by byte as tritonclient sends it.
#include <gtest/gtest.h>

#include <cstring>
#include <string>

#include "testing/serving.h"

namespace headroom::serve {
namespace {
using headroom::testing::Serving;

std::string get(const std::string& path) { return "GET " + path + " HTTP/1.1\r\nHost: test\r\n\r\n"; }
std::string post(const std::string& path, const std::string& body, const std::string& fields = "") {
  return "POST " + path + " HTTP/1.1\r\nHost: test\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" + fields + "\r\n" + body;
}
std::string doubles(std::initializer_list<double> values) {
  std::string raw(values.size() * sizeof(double), '\0');
  std::memcpy(raw.data(), std::data(values), raw.size());
  return raw;
}
constexpr const char* kInfer = "/v2/models/toy/infer";

TEST_F(Serving, TheProtocolsDocumentsAreServed) {
  auto peer = connect();
  const auto body = [&](const std::string& path) { return peer.ask(get(path)).body; };
  EXPECT_EQ(body("/v2"), R"({"name":"headroom","version":"1.2.3","extensions":["binary_tensor_data","classification","model_configuration","parameters","statistics"]})");
  EXPECT_EQ(body("/v2/health/live"), R"({"live":true})");
  EXPECT_EQ(body("/v2/health/ready"), R"({"ready":true,"live":true})");
  EXPECT_EQ(body("/v2/models/toy/ready"), R"({"name":"toy","ready":true})");
  EXPECT_NE(body("/v2/models/toy").find(R"("inputs":[{"name":"predict","datatype":"FP64","shape":[-1,4]}],"outputs":[{"name":"predict","datatype":"BYTES","shape":[-1,1]},)"
                                        R"({"name":"predict_proba","datatype":"FP64","shape":[-1,3]}])"), std::string::npos);
  EXPECT_EQ(body("/v2/models/toy/versions/1"), body("/v2/models/t%6Fy"));
  EXPECT_NE(body("/v2/models/toy/config").find(R"("max_batch_size":0)"), std::string::npos);
  EXPECT_NE(body("/v2/models/toy/stats").find(R"("inference_count":5)"), std::string::npos);
  EXPECT_EQ(body("/v2/models/stats"), body("/v2/models/toy/versions/1/stats"));
  EXPECT_EQ(peer.ask(post("/v2/repository/index", "")).body, R"([{"name":"toy","version":"1","state":"READY","reason":""}])");
}

TEST_F(Serving, ATensorIsAnsweredByTensorsAndRecordedAsAPrediction) {
  auto peer = connect();
  const auto reply = peer.ask(post(kInfer, R"({"id":"7","inputs":[{"name":"predict","shape":[2,4],"datatype":"FP64","data":[5.1,3.5,1.4,0.2,6.3,3.3,6.0,2.5]}],"outputs":[{"name":"predict"}]})"));
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.body, R"({"model_name":"toy","model_version":"1","id":"7","outputs":[{"name":"predict","datatype":"BYTES","shape":[2,1],"data":["setosa","virginica"]}]})");
  const auto recorded = record();
  EXPECT_EQ(recorded.route, telemetry::Route::infer);
  EXPECT_EQ(recorded.rows, 2U);
  EXPECT_EQ(recorded.predicted, 0);
  EXPECT_GT(recorded.stage_ns[static_cast<std::size_t>(telemetry::Stage::predict)], 0);
}

TEST_F(Serving, RawTensorsFollowTheJsonAsTheHeadSays) {
  auto peer = connect();
  const std::string json = R"({"inputs":[{"name":"predict","shape":[1,4],"datatype":"FP64","parameters":{"binary_data_size":32}}],"outputs":[{"name":"predict_proba","parameters":{"binary_data":true}}]})";
  const auto reply = peer.ask(post(kInfer, json + doubles({5.1, 3.5, 1.4, 0.2}), "Inference-Header-Content-Length: " + std::to_string(json.size()) + "\r\n"));
  EXPECT_EQ(reply.status, 200) << reply.body;
  const std::string head = R"({"model_name":"toy","model_version":"1","outputs":[{"name":"predict_proba","datatype":"FP64","shape":[1,3],"parameters":{"binary_data_size":24}}]})";
  EXPECT_EQ(reply.body, head + doubles({0.75, 0.125, 0.125}));
  EXPECT_EQ(reply.json_size, std::to_string(head.size()));
  EXPECT_EQ(reply.content_type, "application/octet-stream");
}

TEST_F(Serving, ABodyThatIsNothingButATensorIsTaken) {
  auto peer = connect();
  const auto reply = peer.ask(post(kInfer, doubles({6.3, 3.3, 6.0, 2.5}), "Inference-Header-Content-Length: 0\r\n"));
  EXPECT_EQ(reply.status, 200) << reply.body;
  EXPECT_TRUE(reply.body.ends_with(doubles({0.125, 0.125, 0.75})));
  EXPECT_EQ(peer.ask(post(kInfer, "12345", "Inference-Header-Content-Length: 0\r\n")).status, 400);
}

TEST_F(Serving, CompressedBodiesAreTakenAndGivenWhereTheyAreAskedFor) {
  BodyCoder coder;
  http::ByteBuffer packed;
  coder.gzip(R"({"features":[5.1,3.5,1.4,0.2]})", packed);
  auto peer = connect();
  EXPECT_EQ(peer.ask(post("/predict", std::string(packed.view()), "Content-Encoding: gzip\r\n")).status, 200);
  EXPECT_EQ(peer.ask(post("/predict", "{}", "Content-Encoding: gzip\r\n")).status, 400);
  EXPECT_EQ(peer.ask(post("/predict", "{}", "Content-Encoding: br\r\n")).status, 415);
  packed.clear();
  coder.gzip(std::string(100'000, ' ') + R"({"features":[5.1,3.5,1.4,0.2]})", packed);
  service_.max_body = 4096;
  EXPECT_EQ(peer.ask(post("/predict", std::string(packed.view()), "Content-Encoding: gzip\r\n")).status, 413);
  std::string rows = R"({"inputs":[{"name":"predict","shape":[50,4],"datatype":"FP64","data":[5.1)";
  for (int i = 1; i < 200; ++i) rows += ",1";
  const auto plain = peer.ask(post(kInfer, rows + "]}]}"));
  const auto asked = peer.ask(post(kInfer, rows + "]}]}", "Accept-Encoding: gzip\r\n"));
  EXPECT_EQ(asked.content_encoding, "gzip");
  EXPECT_LT(asked.body.size(), plain.body.size() / 4);
  EXPECT_EQ(coder.undo(Coding::gzip, asked.body, 1 << 20).value(), plain.body);
}

TEST_F(Serving, ErrorsOfTheProtocolHaveItsForm) {
  auto peer = connect();
  const struct { std::string request; int status; const char* says; } faults[] = {
      {get("/v2/models/other"), 404, "there is no model 'other'; there is toy"},
      {get("/v2/models/toy/versions/2"), 404, "the model has no version '2'; it has 1"},
      {get("/v2/nothing"), 404, "nothing at this path"},
      {get(kInfer), 405, "answers POST"},
      {post("/v2", "{}"), 405, "answers GET"},
      {post(kInfer, "{"), 400, "not JSON"},
      {post(kInfer, "x=1", "Content-Type: text/plain\r\n"), 415, "send Content-Type: application/json"},
      {post(kInfer, "{}", "Inference-Header-Content-Length: 3\r\n"), 400, "no size of a part of the body"},
      {post(kInfer, "{}", "Inference-Header-Content-Length: x\r\n"), 400, "no size of a part of the body"},
      {post(kInfer, R"({"inputs":[{"name":"x","shape":[1,4],"datatype":"FP64","data":[1,2,null,4]}]})"), 400, "row 0, feature 'petal_length': Input X contains NaN."},
      {post("/v2/repository/models/toy/load", "{}"), 501, "started with one model"},
  };
  for (const auto& [request, status, says] : faults) {
    const auto reply = peer.ask(request);
    EXPECT_EQ(reply.status, status) << request;
    EXPECT_TRUE(reply.body.starts_with(R"({"error":")")) << reply.body;
    EXPECT_NE(reply.body.find(says), std::string::npos) << request << "\n" << reply.body;
  }
}
}  // namespace
}  // namespace headroom::serve
