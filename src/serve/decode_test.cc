#include "serve/decode.h"

#include <gtest/gtest.h>

#include <ostream>
#include <string>
#include <vector>

#include "serve/encode.h"
#include "testing/toy_model.h"

namespace headroom::serve {
namespace {
class DecodeBodies : public ::testing::Test {
 protected:
  expected<Decoded, RequestError> decode(const std::string& body) {
    text_ = body + std::string(64, ' ');
    return decoder_.decode(std::string_view(text_).substr(0, body.size()));
  }
  ServedModel served_ = *offer(headroom::testing::toy_classifier(), "toy");
  Decoder decoder_{served_, {3}};
  std::string text_;
};

TEST_F(DecodeBodies, AllFormsGiveTheSameRow) {
  for (const char* body : {R"({"features":[5.1,3.5,1.4,2]})", R"({"sepal_length":5.1,"sepal_width":3.5,"petal_length":1.4,"petal_width":2})",
                           R"({"petal_width":2,"petal_length":1.4,"sepal_width":3.5,"sepal_length":5.1})", R"({"instances":[[5.1,3.5,1.4,2]]})",
                           R"({"instances":[{"petal_width":2,"sepal_length":5.1,"sepal_width":3.5,"petal_length":1.4}]})",
                           " \r\n{\"\\u0066eatures\" : [ 5.1 , 35e-1, 1.4,2.0 ] }\t"}) {
    const auto decoded = decode(body);
    ASSERT_TRUE(decoded) << body << decoded.error().message;
    ASSERT_EQ(decoded->rows.count(), 1U);
    const auto row = decoded->rows.dense().row(0);
    EXPECT_EQ(std::vector<double>(row.begin(), row.end()), (std::vector<double>{5.1, 3.5, 1.4, 2})) << body;
    EXPECT_EQ(decoded->as_instances, std::string(body).find("instances") != std::string::npos);
  }
}

struct Fault {
  const char* name;
  std::string body;
  int status;
  std::string loc;
  std::string input;
  friend void PrintTo(const Fault& row, std::ostream* out) { *out << row.name; }
};
class Faults : public DecodeBodies, public ::testing::WithParamInterface<Fault> {};
TEST_P(Faults, AreNamedWithTheirPlace) {
  const auto decoded = decode(GetParam().body);
  ASSERT_FALSE(decoded);
  EXPECT_EQ(decoded.error().status, GetParam().status);
  EXPECT_EQ(decoded.error().loc, GetParam().loc);
  EXPECT_EQ(decoded.error().input, GetParam().input);
}
INSTANTIATE_TEST_SUITE_P(Table, Faults, ::testing::Values(
    Fault{"empty", "", 400, "", ""}, Fault{"word", "hello", 400, "", ""}, Fault{"cut off", R"({"features":[1,2,3,4])", 400, "", ""},
    Fault{"something behind", R"({"features":[1,2,3,4]} x)", 400, "", ""}, Fault{"two documents", R"({"features":[1,2,3,4]}{"features":[1,2,3,4]})", 400, "", ""},
    Fault{"trailing comma", R"({"features":[1,2,3,4,]})", 400, "", ""}, Fault{"broken behind a fault", R"({"features":["x",2,3,4})", 400, "", ""}, Fault{"deep array", std::string(5000, '['), 400, "", ""},
    Fault{"deep and whole", std::string(5000, '[') + std::string(5000, ']'), 400, "", ""}, Fault{"huge integer behind a fault", R"({"features":["x",99999999999999999999,3,4]})", 422, R"(["features",0])", R"("x")"},
    Fault{"no comma", R"({"features":[1 2,3,4]})", 400, "", ""},
    Fault{"leading zero", R"({"features":[01,2,3,4]})", 400, "", ""}, Fault{"NaN", R"({"features":[NaN,2,3,4]})", 400, "", ""},
    Fault{"beyond a double", R"({"features":[1e999,2,3,4]})", 422, R"(["features",0])", R"("1e999")"}, Fault{"beyond a double, by name", R"({"sepal_length":-1.5E+400 })", 422, R"(["sepal_length"])", R"("-1.5E+400")"},
    Fault{"no number of JSON", R"({"features":[01e999,2,3,4]})", 400, "", ""}, Fault{"no fraction", R"({"features":[1.e999,2,3,4]})", 400, "", ""}, Fault{"features twice", R"({"features":[1,2,3,4],"features":[1,2,3,4]})", 422, R"(["features"])", R"("[…]")"}, Fault{"not UTF-8", "{\"\xff\":1}", 400, "", ""},
    Fault{"an array", "[1,2,3,4]", 422, "[]", ""}, Fault{"a number", "5", 422, "[]", ""}, Fault{"nothing named", "{}", 422, R"(["sepal_length"])", ""},
    Fault{"a string", R"({"features":[1,2,"x",4]})", 422, R"(["features",2])", R"("x")"}, Fault{"a flag", R"({"features":[true,2,3,4]})", 422, R"(["features",0])", "true"},
    Fault{"null", R"({"features":[1,null,3,4]})", 422, R"(["features",1])", "null"}, Fault{"nested", R"({"features":[[1,2,3,4]]})", 422, R"(["features",0])", R"("[…]")"},
    Fault{"too few", R"({"features":[1,2,3]})", 422, R"(["features"])", ""}, Fault{"too many", R"({"features":[1,2,3,4,5]})", 422, R"(["features",4])", "5"},
    Fault{"features no array", R"({"features":{"a":1}})", 422, R"(["features"])", R"("{…}")"},
    Fault{"beside features", R"({"features":[1,2,3,4],"x":1})", 422, R"(["x"])", "1"},
    Fault{"unknown name", R"({"sepal_length":1,"colour":"red"})", 422, R"(["colour"])", R"("red")"},
    Fault{"missing name", R"({"sepal_length":1,"sepal_width":1,"petal_width":1})", 422, R"(["petal_length"])", ""},
    Fault{"name twice", R"({"sepal_length":1,"sepal_length":1})", 422, R"(["sepal_length"])", "1"},
    Fault{"no row", R"({"instances":[]})", 422, R"(["instances"])", ""}, Fault{"flat instances", R"({"instances":[1,2,3,4]})", 422, R"(["instances",0])", "1"},
    Fault{"ragged", R"({"instances":[[1,2,3,4],[1,2,3]]})", 422, R"(["instances",1])", ""},
    Fault{"deep in instances", R"({"instances":[[1,2,3,4],{"sepal_length":"1"}]})", 422, R"(["instances",1,"sepal_length"])", R"("1")"},
    Fault{"too many rows", R"({"instances":[[1,2,3,4],[1,2,3,4],[1,2,3,4],[1,2,3,4]]})", 413, R"(["instances",3])", ""}));

std::string encoded(const ServedModel& served, const std::vector<double>& row, bool as_instances) {
  model::Output predicted, detail;
  model::Scratch scratch;
  const model::Rows rows(MatrixView<const double>(row.data(), 1, row.size()));
  served.model->predict(model::Method::predict, rows, predicted, scratch);
  if (served.kind == AnswerKind::probabilities) served.model->predict(model::Method::predict_proba, rows, detail, scratch);
  http::ByteBuffer out;
  append_answer(out, served, {predicted, detail}, as_instances);
  return std::string(out.view());
}

TEST(Encode, LabelsKeepTheirTypeAndKeysAreTheirText) {
  const auto served = *offer(headroom::testing::toy_classifier(true, {std::int64_t{7}, true, std::string("a\"b")}), "toy");
  EXPECT_EQ(encoded(served, {1, 1, 1, 1}, false), R"({"prediction":7,"confidence":0.75,"probabilities":{"7":0.75,"true":0.125,"a\"b":0.125}})");
  EXPECT_EQ(encoded(served, {1, 1, 9, 1}, true),
            R"({"predictions":[{"prediction":"a\"b","confidence":0.75,"probabilities":{"7":0.125,"true":0.125,"a\"b":0.75}}]})");
}

TEST(Encode, ARegressorAnswersANumber) {
  const auto served = *offer(headroom::testing::toy_regressor(), "toy");
  EXPECT_EQ(encoded(served, {1, 2.2}, false), R"({"prediction":3.2})");
  EXPECT_EQ(encoded(served, {1, 2}, false), R"({"prediction":3.0})");
}

ServedModel served_as(AnswerKind kind, std::vector<std::string> labels) {
  ServedModel served;
  served.kind = kind;
  for (auto& label : labels) {
    served.label_key.push_back("\"" + label + "\":");
    served.label_json.push_back(std::move(label));
  }
  return served;
}

std::string answered(const ServedModel& served, const model::Output& predicted, const model::Output& detail = {}) {
  http::ByteBuffer out;
  append_answer(out, served, {predicted, detail}, true);
  return std::string(out.view());
}

TEST(Encode, Float32ProbabilitiesAreAnsweredAsTheDoublesTheyAre) {
  const model::Output predicted{model::DType::i64, 2, 1, {}, {}, {1, 0}, {}};
  const model::Output detail{model::DType::f32, 2, 2, {}, {0.25F, 0.75F, 0.9F, 0.1F}, {}, {}};
  EXPECT_EQ(answered(served_as(AnswerKind::probabilities, {"0", "1"}), predicted, detail),
            R"({"predictions":[{"prediction":1,"confidence":0.75,"probabilities":{"0":0.25,"1":0.75}},)"
            R"({"prediction":0,"confidence":0.8999999761581421,"probabilities":{"0":0.8999999761581421,"1":0.10000000149011612}}]})");
}

TEST(Encode, SeveralOutputsAnswerALabelEach) {
  auto served = served_as(AnswerKind::number, {});
  served.output_label_json = {{"\"red\"", "\"blue\""}, {"-3", "7"}};
  const model::Output predicted{model::DType::i64, 2, 2, {}, {}, {0, 1, 1, 0}, {}};
  EXPECT_EQ(answered(served, predicted), R"({"predictions":[{"prediction":["red",7]},{"prediction":["blue",-3]}]})");
}

TEST(Encode, SeveralLabelsAndSeveralNumbersAreLists) {
  const auto served = served_as(AnswerKind::number, {});
  EXPECT_EQ(answered(served, {model::DType::i64, 1, 3, {}, {}, {1, 0, 1}, {}}), R"({"predictions":[{"prediction":[1,0,1]}]})");
  EXPECT_EQ(answered(served, {model::DType::f64, 1, 2, {0.5, -2}, {}, {}, {}}), R"({"predictions":[{"prediction":[0.5,-2.0]}]})");
}

TEST(Encode, AnOutlierDetectorAnswersItsLabelAndItsScore) {
  const model::Output predicted{model::DType::i64, 1, 1, {}, {}, {0}, {}};
  const model::Output detail{model::DType::f64, 1, 1, {-0.25}, {}, {}, {}};
  EXPECT_EQ(answered(served_as(AnswerKind::scores, {"-1", "1"}), predicted, detail), R"({"predictions":[{"prediction":-1,"scores":-0.25}]})");
}

TEST(Encode, DoublesReadBackAsTheSameAndStayDoubles) {
  const auto text = [](double value) {
    http::ByteBuffer out;
    append_double(out, value);
    return std::string(out.view());
  };
  EXPECT_EQ(text(0), "0.0");
  EXPECT_EQ(text(-0.0), "-0.0");
  EXPECT_EQ(text(0.1), "0.1");
  EXPECT_EQ(text(1e300), "1e+300");
  EXPECT_EQ(text(5e-324), "5e-324");
  EXPECT_EQ(text(1.0 / 0.0), "null");
}
}  // namespace
}  // namespace headroom::serve
