// Bodies for a model that takes text beside numbers.
#include <gtest/gtest.h>

#include <cmath>
#include <string>

#include "model/encoder.h"
#include "model/linear.h"
#include "model/pipeline.h"
#include "model/union.h"
#include "serve/decode.h"
#include "serve/openapi.h"

namespace headroom::serve {
namespace {
/// age passes; city is one of Oslo and Lima, others are neither.
model::ModelPtr typed_model() {
  std::vector<model::EncodedFeature> features;
  features.push_back({model::Categories({std::string("Lima"), std::string("Oslo")}), 2, true, {0, 1, -1}, {}});
  std::vector<model::UnionPart> parts;
  parts.push_back({std::make_shared<model::Encoder>(std::move(features), model::Unknown::encode, model::Encoder::Missing::is_a_category), {1}, {}});
  parts.push_back({nullptr, {0}, {}});
  model::Linear::Spec linear;
  linear.n_features = 3;
  linear.n_classes = 2;
  linear.coef = {1, 2, 3};
  linear.intercept = {0};
  auto pipeline = std::make_shared<model::Pipeline>(std::vector<model::CompiledPtr>{std::make_shared<model::Union>(2, std::move(parts)), std::make_shared<model::Linear>(std::move(linear))});
  pipeline->edit_info().features = {"age", "city"};
  pipeline->edit_info().classes = {std::int64_t{0}, std::int64_t{1}};
  return pipeline;
}

class TypedBodies : public testing::Test {
 protected:
  expected<Decoded, RequestError> decode(const std::string& body) {
    text_ = body + std::string(64, ' ');
    return decoder_.decode(std::string_view(text_).substr(0, body.size()));
  }
  ServedModel served_ = *offer(typed_model(), "typed");
  Decoder decoder_{served_, {3}};
  std::string text_;
};

TEST_F(TypedBodies, TextsAndNumbersBecomeColumns) {
  const auto decoded = decode(R"({"instances":[{"city":"S\u00e3o","age":1.5},{"age":null,"city":null},[true,""]]})");
  ASSERT_TRUE(decoded) << decoded.error().message;
  const auto columns = decoded->rows.columns();
  ASSERT_EQ(columns.size(), 2U);
  EXPECT_EQ(columns[0].f64[0], 1.5);
  EXPECT_TRUE(std::isnan(columns[0].f64[1]));
  EXPECT_EQ(columns[0].f64[2], 1);
  EXPECT_EQ(columns[1].text[0], "São");
  EXPECT_EQ(columns[1].text[1].data(), nullptr);
  EXPECT_NE(columns[1].text[2].data(), nullptr);
}

TEST_F(TypedBodies, ANumberForATextIsNamedWithItsPlace) {
  const auto decoded = decode(R"({"instances":[[1,"Oslo"],[1,2]]})");
  ASSERT_FALSE(decoded);
  EXPECT_EQ(decoded.error().loc, R"(["instances",1,1])");
  EXPECT_EQ(decoded.error().input, "2");
}

TEST_F(TypedBodies, TheExampleIsARowThatTheModelKnows) {
  EXPECT_EQ(served_.example.json(0), "1.0");
  EXPECT_EQ(served_.example.json(1), R"("Lima")");
  ExampleRow::Memory memory;
  EXPECT_TRUE(served_.model->validate(served_.example.rows(memory)));
}

TEST_F(TypedBodies, AnAnswerFollowsTheText) {
  const auto decoded = decode(R"({"features":[-1,"Oslo"]})");
  ASSERT_TRUE(decoded);
  model::Output out;
  model::Scratch scratch;
  served_.model->predict(model::Method::decision_function, decoded->rows, out, scratch);
  EXPECT_EQ(out.f64[0], -1.0);   // 2 of Oslo, −3 of the age
}
}  // namespace
}  // namespace headroom::serve
