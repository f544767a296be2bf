// Categories of tables of pandas, as XGBoost stores their names.
#include <gtest/gtest.h>

#include "importers/load.h"
#include "testing/files.h"

namespace headroom::importers {
namespace {
using model::Column;
using model::ColumnType;

struct Table {
  explicit Table(std::vector<std::string_view> of_cities) : cities(std::move(of_cities)), numbers(cities.size(), -1.0) {
    columns[0].type = ColumnType::text;
    columns[0].text = cities;
    columns[1].f64 = numbers;
  }
  [[nodiscard]] model::Rows rows() const { return {columns, cities.size()}; }
  std::vector<std::string_view> cities;
  std::vector<double> numbers;
  Column columns[2];
};

// XGBoost 3.1.3 counted "Köln", "Lima", "São Paulo" and "東京" in characters and stored the first 19 of their 25 bytes.
TEST(XgboostCategories, NamesCountedInCharactersAreToldApart) {
  const auto model = load_model(testing_files::read_bytes(HEADROOM_SOURCE_DIR "/tests/data/xgboost_categories/model.json"));
  ASSERT_TRUE(model) << model.error().what;
  const Table known({"Köln", "Lima", "São Paulo", "東京"});
  ASSERT_TRUE((*model)->validate(known.rows()));
  model::Output out;
  model::Scratch scratch;
  (*model)->predict(model::Method::predict, known.rows(), out, scratch);
  EXPECT_EQ(out.f32, (std::vector<float>{2.00389671F, 7.03001022F, 0.0529947877F, 2.00389671F}));
  const Table unknown({"Lima", "Berlin"});
  const auto refused = (*model)->validate(unknown.rows());
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().row, 1U);
  EXPECT_EQ(refused.error().message, "Found a category not in the training set");
}

TEST(XgboostCategories, ATextWithoutStoredNamesAsksForCodes) {
  const auto model = load_model(testing_files::read_bytes(HEADROOM_SOURCE_DIR "/tests/data/models/xgboost-1.7.6_xgb_categorical/model.ubj"));
  ASSERT_TRUE(model) << model.error().what;
  std::vector<std::string_view> texts{"Oslo"};
  std::vector<Column> columns((*model)->info().n_features);
  for (auto& column : columns) {
    column.type = ColumnType::text;
    column.text = texts;
  }
  const auto refused = (*model)->validate(model::Rows(columns, 1));
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().message.find("give their codes"), std::string::npos) << refused.error().message;
}

TEST(XgboostCategories, JsonOfOthersIsNamed) {
  const auto refusal = [](std::string_view text) { return load_model(std::as_bytes(std::span(text))).error().what; };
  EXPECT_EQ(refusal(R"({"features_info":{},"model_info":{},"oblivious_trees":[]})"), "models in the format CatBoost are not served yet");
  EXPECT_NE(refusal(R"({"name":"tree","version":"v4","tree_info":[]})").find("dump_model"), std::string::npos);
  EXPECT_NE(refusal(R"({"a":1})").find("no model"), std::string::npos);
}
}  // namespace
}  // namespace headroom::importers
