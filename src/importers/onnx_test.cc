// ONNX files whose parts contradict one another, and what their rows may hold.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "importers/load.h"
#include "testing/files.h"

namespace headroom::importers {
namespace {
using model::Method;
using testing::HasSubstr;

std::vector<std::byte> seed(const std::string& name) { return testing_files::read_bytes(HEADROOM_SOURCE_DIR "/tests/corpus/" + name); }

/// The file with the first occurrence of `from` replaced by as many bytes.
std::vector<std::byte> edited(std::vector<std::byte> bytes, std::string_view from, std::string_view to) {
  EXPECT_EQ(from.size(), to.size());
  std::string text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  const auto at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  text.replace(at, from.size(), to);
  const auto view = std::as_bytes(std::span(text));
  return {view.begin(), view.end()};
}

struct Edit {
  const char* file;
  const char* from;
  const char* to;
  const char* what;
  const char* path;
};

TEST(OnnxRefusal, NamesTheNodeAndItsAttribute) {
  const Edit edits[] = {
      {"onnx_fuzz/tree", "BRANCH_LEQ", "BRANCH_XYZ", "the mode BRANCH_XYZ is not known", "nodes_modes"},
      {"onnx_fuzz/tree", "nodes_values", "nodes_volume", "the attribute is not known", "nodes_volume"},
      {"onnx_fuzz/tree", "NONE", "NINE", "the post_transform NINE is not known", "post_transform"},
      {"onnx_fuzz/gnb", "reshaped_input", "reshaped_imput", "'reshaped_input' is given by no node before it", "graph.node[1] (Sub)"},
      {"onnx_fuzz/gnb", "\x22\x06" "ArgMax", "\x22\x06" "ArgMix", "the operator ArgMix is not served", "graph.node"},
      {"onnx_fuzz/linreg", "coefficients", "coefficienty", "the attribute is not known", "coefficienty"},
      {"onnx_fuzz/knn_scan", "num_scan_inputs", "num_scan_imputs", "the attribute is not known", "num_scan_imputs"},
      {"onnx_fuzz/mixed", "cats_strings", "cats_strangs", "the attribute is not known", "cats_strangs"},
  };
  for (const auto& [file, from, to, what, path] : edits) {
    SCOPED_TRACE(to);
    const auto model = load_model(edited(seed(file), from, to));
    ASSERT_FALSE(model);
    EXPECT_THAT(model.error().what, HasSubstr(what));
    EXPECT_THAT(model.error().path, HasSubstr(path));
  }
}

/// An ArgMax over three columns beside scores of two: the file means two classes, and what is none is found before it is answered.
TEST(OnnxLabels, ARowWhoseLabelIsNoClassIsRefused) {
  const auto model = load_model(testing_files::read_bytes(HEADROOM_SOURCE_DIR "/tests/data/refused/label_beyond_its_classes.onnx"));
  ASSERT_TRUE(model) << model.error().what;
  const double rows[] = {1, 2, 0, 0, 1, 9};
  EXPECT_TRUE((*model)->validate(model::Rows(MatrixView<const double>(rows, 1, 3))));
  const auto refused = (*model)->validate(model::Rows(MatrixView<const double>(rows, 2, 3)));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().row, 1U);
  EXPECT_THAT(refused.error().message, HasSubstr("none of its classes"));
}

class MixedInputs : public testing::Test {
 protected:
  MixedInputs() {
    auto loaded = load_model(seed("onnx_fuzz/mixed"));
    EXPECT_TRUE(loaded) << loaded.error().what;
    model = std::move(*loaded);
  }
  /// age and income as given, then two texts.
  [[nodiscard]] expected<void, model::RowError> validate(std::string_view city) const {
    const double numbers[] = {31.5};
    const std::string_view cities[] = {city};
    const std::string_view colors[] = {"blue"};
    model::Column columns[4];
    for (auto& column : columns) column.f64 = numbers;
    columns[2].type = columns[3].type = model::ColumnType::text;
    columns[2].text = cities;
    columns[3].text = colors;
    return model->validate(model::Rows(columns, 1));
  }
  model::ModelPtr model;
};

TEST_F(MixedInputs, AreFeaturesWithNamesAndKinds) {
  const auto& info = model->info();
  EXPECT_THAT(info.features, testing::ElementsAre("age", "income", "city", "color"));
  EXPECT_EQ(info.feature_kinds[1], model::FeatureKind::number);
  EXPECT_EQ(info.feature_kinds[2], model::FeatureKind::document);
  EXPECT_THAT(info.methods, testing::ElementsAre(Method::predict, Method::predict_proba));
  EXPECT_THAT(info.classes, testing::ElementsAre(model::Label(std::int64_t{0}), model::Label(std::int64_t{1})));
}

TEST_F(MixedInputs, TakeUnknownTextButNoMissingOneAndNoNumber) {
  EXPECT_TRUE(validate("nowhere"));
  EXPECT_TRUE(validate(""));
  const auto missing = validate(std::string_view());
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().column, 2U);
  EXPECT_THAT(missing.error().message, HasSubstr("takes text"));
  const double row[] = {1, 2, 3, 4};
  EXPECT_FALSE(model->validate(model::Rows(MatrixView<const double>(row, 1, 4))));
}

/// Rows run through the graph in chunks; how many there are must not matter.
TEST(OnnxModel, AnswersOneRowAsAmongMany) {
  const auto model = load_model(seed("onnx_fuzz/knn_scan"));
  ASSERT_TRUE(model) << model.error().what;
  constexpr std::size_t kRows = 150;
  std::vector<double> rows;
  for (std::size_t i = 0; i < kRows * 4; ++i) rows.push_back(static_cast<double>(i * 7919 % 80) / 10);
  model::Output all, one;
  model::Scratch scratch;
  (*model)->predict(Method::predict_proba, model::Rows(MatrixView<const double>(rows.data(), kRows, 4)), all, scratch);
  for (std::size_t i = 0; i < kRows; ++i) {
    (*model)->predict(Method::predict_proba, model::Rows(MatrixView<const double>(rows.data() + i * 4, 1, 4)), one, scratch);
    for (std::size_t k = 0; k < 3; ++k) ASSERT_EQ(one.f32[k], all.f32[i * 3 + k]) << "row " << i;
  }
}
}  // namespace
}  // namespace headroom::importers
