// Requests and answers of the Open Inference Protocol, without a server around them.
#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstring>
#include <string>
#include <vector>

#include "serve/infer_answer.h"
#include "serve/infer_json.h"
#include "serve/infer_rows.h"
#include "testing/toy_model.h"

namespace headroom::serve {
namespace {
using namespace std::string_literals;

template <class Element>
std::string raw(std::initializer_list<Element> values) {
  std::string bytes(values.size() * sizeof(Element), '\0');
  std::memcpy(bytes.data(), std::data(values), bytes.size());
  return bytes;
}
std::string raw_text(const std::string& text) { return raw({static_cast<std::uint32_t>(text.size())}) + text; }

class Infer : public ::testing::Test {
 protected:
  /// The rows that a body asks about, or why it is refused.
  expected<model::Rows, InferError> rows(const std::string& json, const std::string& blobs = "") {
    body_ = json + blobs + std::string(64, ' ');
    HEADROOM_TRY(request, decoder_.decode(std::string_view(body_).substr(0, json.size() + blobs.size()), json.size()));
    request_ = request;
    return rows_.of(*request, served_, 3);
  }
  std::string fault(const std::string& json, const std::string& blobs = "") {
    const auto found = rows(json, blobs);
    return found ? "" : std::to_string(found.error().status) + " " + found.error().message;
  }
  /// One row, as the request says it.
  std::vector<double> row(const std::string& json, const std::string& blobs = "") {
    const auto found = rows(json, blobs);
    if (!found) return {};
    const auto first = found->dense().row(0);
    return {first.begin(), first.end()};
  }
  std::string answer(const std::string& json, const std::string& blobs = "") {
    const auto found = rows(json, blobs);
    if (!found) return found.error().message;
    std::vector<PlannedOutput> planned;
    if (const auto done = plan_outputs(*request_, schema_, planned); !done) return done.error().message;
    std::vector<model::Output> outputs(planned.size());
    std::vector<const model::Output*> answers;
    model::Scratch scratch;
    for (std::size_t i = 0; i < planned.size(); ++i) {
      served_.model->predict(planned[i].output->method, *found, outputs[i], scratch);
      answers.push_back(&outputs[i]);
    }
    http::ByteBuffer out;
    json_size_ = append_infer_reply(out, {"toy", "1", request_->id}, planned, schema_, answers);
    return std::string(out.view());
  }

  ServedModel served_ = *offer(headroom::testing::toy_classifier(), "toy");
  InferSchema schema_ = schema_of(served_);
  InferDecoder decoder_;
  InferRows rows_;
  std::string body_;
  const InferRequest* request_ = nullptr;
  std::size_t json_size_ = 0;
};
constexpr const char* kRow = R"({"inputs":[{"name":"any","shape":[1,4],"datatype":"FP64","data":[5.5,3.5,1.5,2]}])";

TEST_F(Infer, AllFormsGiveTheSameRow) {
  const std::vector<double> want{5.5, 3.5, 1.5, 2};
  EXPECT_EQ(row(kRow + "}"s), want);
  EXPECT_EQ(row(R"({"inputs":[{"data":[[5.5,3.5,1.5,2]],"datatype":"FP32","shape":[1,4],"name":"x"}]})"), want);
  const auto binary = [](const char* type, std::size_t size) {
    return R"({"inputs":[{"name":"x","shape":[1,4],"datatype":")"s + type + R"(","parameters":{"binary_data_size":)" + std::to_string(size) + "}}]}";
  };
  EXPECT_EQ(row(binary("FP64", 32), raw({5.5, 3.5, 1.5, 2.0})), want);
  EXPECT_EQ(row(binary("FP32", 16), raw({5.5F, 3.5F, 1.5F, 2.0F})), want);
  EXPECT_EQ(row(binary("FP16", 8), raw<std::uint16_t>({0x4580, 0x4300, 0x3e00, 0x4000})), want);
  EXPECT_EQ(row(binary("INT8", 4), raw<std::int8_t>({-1, 2, 3, 4})), (std::vector<double>{-1, 2, 3, 4}));
  EXPECT_EQ(row(binary("UINT64", 32), raw<std::uint64_t>({1, 2, 3, std::uint64_t{1} << 63U})), (std::vector<double>{1, 2, 3, 0x1p63}));
  EXPECT_EQ(row(binary("BOOL", 4), "\x01\x00\x01\x01"s), (std::vector<double>{1, 0, 1, 1}));
  EXPECT_EQ(row(R"({"inputs":[{"name":"petal_width","shape":[1],"datatype":"FP64","data":[2]},{"name":"sepal_length","shape":[1,1],"datatype":"FP64","data":[5.5]},)"
                R"({"name":"sepal_width","shape":[1],"datatype":"FP64","data":[3.5]},{"name":"petal_length","shape":[1],"datatype":"FP64","data":[1.5]}]})"), want);
}

TEST_F(Infer, AnswersAreTensorsWithTheRequestsId) {
  EXPECT_EQ(answer(kRow + R"(,"id":"a\"1"})"s), R"({"model_name":"toy","model_version":"1","id":"a\"1","outputs":[{"name":"predict","datatype":"BYTES","shape":[1,1],"data":["setosa"]},)"
                                                R"({"name":"predict_proba","datatype":"FP64","shape":[1,3],"data":[0.75,0.125,0.125]}]})");
  EXPECT_EQ(answer(kRow + R"(,"outputs":[{"name":"predict_proba","parameters":{"classification":2}}]})"s),
            R"({"model_name":"toy","model_version":"1","outputs":[{"name":"predict_proba","datatype":"BYTES","shape":[1,2],"data":["0.75:0:setosa","0.125:1:versicolor"]}]})");
  const auto mixed = answer(kRow + R"(,"parameters":{"binary_data_output":true},"outputs":[{"name":"predict"},{"name":"predict_proba","parameters":{"binary_data":false}}]})"s);
  EXPECT_EQ(mixed, R"({"model_name":"toy","model_version":"1","outputs":[{"name":"predict","datatype":"BYTES","shape":[1,1],"parameters":{"binary_data_size":10}},)"
                   R"({"name":"predict_proba","datatype":"FP64","shape":[1,3],"data":[0.75,0.125,0.125]}]})" + raw_text("setosa"));
  EXPECT_EQ(json_size_, mixed.size() - 10);
  const auto all = answer(kRow + R"(,"parameters":{"binary_data_output":true}})"s);
  EXPECT_TRUE(all.ends_with(raw_text("setosa") + raw({0.75, 0.125, 0.125})));
}

TEST_F(Infer, FaultsAreNamed) {
  const struct { std::string json; const char* says; } faults[] = {
      {"", "not JSON"}, {"[]", "the body is no object"}, {"{}", "has no inputs"}, {R"({"inputs":[]})", "0 inputs"}, {R"({"inputs":[1]})", "an input is no object"},
      {R"({"inputs":[{"shape":[1,4],"datatype":"FP64","data":[]}]})", "has no name"}, {R"({"inputs":[{"name":"x","datatype":"FP64","data":[]}]})", "has no shape"},
      {R"({"inputs":[{"name":"x","shape":[1,4],"data":[]}]})", "has no datatype"}, {R"({"inputs":[{"name":"x","shape":[1,4],"datatype":"STRING","data":[]}]})", "'STRING' is not known"},
      {R"({"inputs":[{"name":"x","shape":[-1,4],"datatype":"FP64","data":[]}]})", "no whole number from 0 on"}, {R"({"inputs":[{"name":"x","shape":[1,4],"datatype":"FP64"}]})", "has no data"},
      {R"({"inputs":[{"name":"x","shape":[1,4],"datatype":"FP64","data":[1,2,3]}]})", "3 elements, but the shape asks for 4"},
      {R"({"inputs":[{"name":"x","shape":[1,3],"datatype":"FP64","data":[1,2,3]}]})", "has the shape [1,3]; the model takes [rows,4]"},
      {R"({"inputs":[{"name":"x","shape":[1,4],"datatype":"FP64","data":[1,2,3,"4"]}]})", "element 3 of its data is no number"},
      {R"({"inputs":[{"name":"x","shape":[1,4],"datatype":"INT8","data":[1,2,3,128]}]})", "element 3 of its data is no INT8"},
      {R"({"inputs":[{"name":"x","shape":[1,4],"datatype":"INT64","data":[1,2,3,1.5]}]})", "element 3 of its data is no INT64"},
      {R"({"inputs":[{"name":"x","shape":[1,4],"datatype":"FP32","data":[1,2,3,1e39]}]})", "element 3 of its data is beyond FP32"},
      {R"({"inputs":[{"name":"x","shape":[1,4],"datatype":"BYTES","data":["1","2","3","4"]}]})", "is BYTES, but the feature 'sepal_length' is a number"},
      {R"({"inputs":[{"name":"x","shape":[1,4],"datatype":"FP16","data":[1,2,3,4]}]})", "FP16 cannot be sent as JSON"},
      {R"({"inputs":[{"name":"x","shape":[4,4],"datatype":"FP64","data":[]}]})", "413 4 rows, more than the 3"}, {R"({"inputs":[{"name":"x","shape":[0,4],"datatype":"FP64","data":[]}]})", "there is no row"},
      {R"({"inputs":[{"name":"x","shape":[1,4],"datatype":"FP64","parameters":{"binary_data_size":8}}]})", "binary_data_size is 8, but 0 bytes are left"},
      {R"({"inputs":[{"name":"x","shape":[1,4],"datatype":"FP64","data":[1,2,3,4],"parameters":{"shared_memory_region":"r"}}]})", "shared memory is not served"},
      {kRow + R"(,"parameters":{"triton_x":1}})"s, "'triton_x' is reserved"}, {kRow + R"(,"parameters":{"sequence_id":7}})"s, "sequences are not served"},
      {R"({"inputs":[{"name":"sepal_length","shape":[1],"datatype":"FP64","data":[1]}]})", "inputs are missing: sepal_width, petal_length, petal_width"},
      {R"({"inputs":[{"name":"sepal_length","shape":[1],"datatype":"FP64","data":[1]},{"name":"other","shape":[1],"datatype":"FP64","data":[1]}]})", "has no feature 'other'"},
      {R"({"inputs":[{"name":"sepal_length","shape":[1],"datatype":"FP64","data":[1]},{"name":"sepal_width","shape":[2],"datatype":"FP64","data":[1,2]}]})", "has 2 rows, those before it 1"},
  };
  for (const auto& [json, says] : faults) EXPECT_NE(fault(json).find(says), std::string::npos) << json << "\n" << fault(json);
  EXPECT_NE(fault(kRow + "}"s, "left").find("4 bytes are left behind"), std::string::npos);
  EXPECT_NE(answer(kRow + R"(,"outputs":[{"name":"logits"}]})"s).find("no output 'logits'; it has predict, predict_proba"), std::string::npos);
  EXPECT_NE(answer(kRow + R"(,"outputs":[{"name":"predict"},{"name":"predict"}]})"s).find("asked for twice"), std::string::npos);
}

TEST_F(Infer, NullIsNoNumberAndSequencesThatAreNoneAreFine) {
  const auto missing = row(R"({"inputs":[{"name":"x","shape":[1,4],"datatype":"FP64","data":[null,2,3,4]}]})");
  ASSERT_EQ(missing.size(), 4U);
  EXPECT_TRUE(std::isnan(missing[0]));
  EXPECT_EQ(fault(kRow + R"(,"parameters":{"sequence_id":0,"sequence_start":false,"priority":1,"timeout":1000}})"s), "");
  EXPECT_EQ(request_->timeout_us, 1000U);
}

TEST(InferSchema, LabelsHaveTheTypeOfTheirClasses) {
  const auto type = [](std::vector<model::Label> classes) {
    const auto served = *offer(headroom::testing::toy_classifier(true, std::move(classes)), "toy");
    return schema_of(served).outputs[0].tensor.type;
  };
  EXPECT_EQ(type({std::int64_t{0}, std::int64_t{1}, std::int64_t{2}}), TensorType::i64);
  EXPECT_EQ(type({0.5, 1.0, 2.0}), TensorType::f64);
  EXPECT_EQ(type({false, true, true}), TensorType::boolean);
  EXPECT_EQ(type({std::string("a"), true, std::int64_t{2}}), TensorType::bytes);
}
}  // namespace
}  // namespace headroom::serve
