// Models of several releases against the answers of those releases, bit for bit.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <sstream>

#include "formats/npy.h"
#include "importers/load.h"
#include "formats/joblib.h"
#include "testing/files.h"
#include "testing/reference_model.h"

namespace headroom::importers {
namespace {
using model::Method;
namespace fs = std::filesystem;

struct Numbers {
  std::vector<double> values;
  std::size_t rows = 0, columns = 0;
};

Numbers numbers(const fs::path& path) {
  const auto bytes = testing_files::read_bytes(path);
  const auto array = formats::read_npy(bytes, {});
  EXPECT_TRUE(array) << path;
  Numbers out;
  out.rows = array->shape.empty() ? 0 : array->shape[0];
  out.columns = array->shape.size() == 2 ? array->shape[1] : 1;
  for (std::size_t i = 0; i < array->count(); ++i) out.values.push_back(formats::read_double(array->dtype, array->element(i)));
  return out;
}

/// Lines of a one-column .csv behind its header.
std::vector<std::string> lines(const fs::path& path) {
  const auto bytes = testing_files::read_bytes(path);
  std::istringstream text(std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size()));
  std::vector<std::string> out;
  for (std::string line; std::getline(text, line);) {
    if (line.ends_with('\r')) line.pop_back();
    out.push_back(line);
  }
  out.erase(out.begin());
  return out;
}

double number_of(const model::Label& label) {
  if (const auto* flag = std::get_if<bool>(&label)) return *flag ? 1 : 0;
  if (const auto* whole = std::get_if<std::int64_t>(&label)) return static_cast<double>(*whole);
  return std::get<double>(label);
}

model::Output answer(const model::Model& model, Method method, const Numbers& rows) {
  const model::Rows view(MatrixView<const double>(rows.values.data(), rows.rows, rows.columns));
  EXPECT_TRUE(model.validate(view));
  model::Output out;
  model::Scratch scratch;
  model.predict(method, view, out, scratch);
  return out;
}

void expect_labels(const model::Model& model, const fs::path& folder, const model::Output& got) {
  const auto& classes = model.info().classes;
  if (fs::exists(folder / "predict.csv")) {
    const auto want = lines(folder / "predict.csv");
    ASSERT_EQ(want.size(), got.rows);
    for (std::size_t i = 0; i < want.size(); ++i) ASSERT_EQ(model::to_text(classes[static_cast<std::size_t>(got.i64[i])]), want[i]) << "row " << i;
    return;
  }
  const auto want = numbers(folder / "predict.npy");
  ASSERT_EQ(got.i64.size(), want.values.size());
  if (!model.info().output_classes.empty()) {
    for (std::size_t i = 0; i < want.values.size(); ++i) {
      const auto& labels = model.info().output_classes[i % got.columns].labels;
      ASSERT_EQ(number_of(labels[static_cast<std::size_t>(got.i64[i])]), want.values[i]) << "value " << i;
    }
    return;
  }
  if (classes.empty()) {   // an outlier detector's 1 and -1, or several labels' 0 and 1
    for (std::size_t i = 0; i < want.values.size(); ++i) ASSERT_EQ(static_cast<double>(got.i64[i]), want.values[i]) << "value " << i;
    return;
  }
  for (std::size_t i = 0; i < want.values.size(); ++i) ASSERT_EQ(number_of(classes[static_cast<std::size_t>(got.i64[i])]), want.values[i]) << "row " << i;
}

void expect_numbers(const fs::path& folder, const std::string& method, const model::Output& got) {
  const auto want = numbers(folder / (method + ".npy"));
  const bool has_bound = fs::exists(folder / (method + ".bound.npy"));
  const auto bound = has_bound ? numbers(folder / (method + ".bound.npy")) : Numbers{};
  ASSERT_EQ(got.rows * got.columns, want.values.size());
  for (std::size_t i = 0; i < want.values.size(); ++i) {
    const double value = got.dtype == model::DType::f32 ? static_cast<double>(got.f32[i]) : got.f64[i];
    if (std::isnan(want.values[i])) {
      ASSERT_TRUE(std::isnan(value)) << "value " << i;
    } else {
      ASSERT_LE(std::fabs(value - want.values[i]), has_bound ? bound.values[i] : 0.0) << method << ", value " << i;
    }
  }
}

class Golden : public testing::TestWithParam<std::string> {};

TEST_P(Golden, AnswersAreThoseOfTheReleaseThatTrainedIt) {
  const fs::path folder = fs::path(HEADROOM_SOURCE_DIR) / "tests/data/models" / GetParam();
  const auto rows = numbers(folder / "rows.npy");
  int checked = 0;
  for (const auto& entry : fs::directory_iterator(folder)) {
    const auto name = entry.path().filename().string();
    if (!name.starts_with("model.")) continue;
    SCOPED_TRACE(name);
    const auto model = load_model(testing_files::read_bytes(entry.path()));
    ASSERT_TRUE(model) << model.error().what << " " << model.error().path;
    const std::pair<const char*, Method> methods[] = {{"predict", Method::predict}, {"predict_proba", Method::predict_proba}, {"decision_function", Method::decision_function}, {"transform", Method::transform}};
    for (const auto& [text, method] : methods) {
      if (!std::count((*model)->info().methods.begin(), (*model)->info().methods.end(), method)) continue;
      if (!fs::exists(folder / (std::string(text) + ".npy")) && !fs::exists(folder / (std::string(text) + ".csv"))) continue;   // not asked of the origin
      const auto got = answer(**model, method, rows);
      if (got.dtype == model::DType::i64) {
        expect_labels(**model, folder, got);
      } else {
        expect_numbers(folder, text, got);
      }
      ++checked;
    }
  }
  EXPECT_GT(checked, 0);
}

std::vector<std::string> folders() {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(fs::path(HEADROOM_SOURCE_DIR) / "tests/data/models")) {
    if (entry.is_directory()) names.push_back(entry.path().filename());
  }
  std::sort(names.begin(), names.end());
  return names;
}
INSTANTIATE_TEST_SUITE_P(Models, Golden, testing::ValuesIn(folders()), [](const auto& test) {
  std::string name = test.param;
  for (char& c : name) c = std::isalnum(static_cast<unsigned char>(c)) ? c : '_';
  return name;
});

/// Its first release knew no missing values.
TEST(HistGradientBoosting, Of021RefusesWhatIsNotFinite) {
  const auto model = load_model(testing_files::read_bytes(HEADROOM_SOURCE_DIR "/tests/data/models/sklearn-0.21.3_hgb_reg/model.joblib"));
  ASSERT_TRUE(model) << model.error().what;
  for (const double value : {std::nan(""), HUGE_VAL}) {
    const double row[] = {0.5, value, 0.5};
    const auto refused = (*model)->validate(model::Rows(MatrixView<const double>(row, 1, 3)));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().column, 1U);
  }
}

TEST(IrisExample, IsServedWithItsNamesAndRanges) {
  const auto model = load_model(testing_files::read_bytes(HEADROOM_SOURCE_DIR "/examples/iris/model.joblib"));
  ASSERT_TRUE(model) << model.error().what;
  const auto& info = (*model)->info();
  EXPECT_EQ(info.estimator, "RandomForestClassifier");
  EXPECT_THAT(info.features, testing::ElementsAre("sepal_length", "sepal_width", "petal_length", "petal_width"));
  EXPECT_EQ(info.classes.at(0), model::Label(std::string("setosa")));
  EXPECT_EQ(info.feature_ranges.size(), 4U);
  EXPECT_LT(info.feature_ranges[2].low, 3.0);
  const fs::path folder = HEADROOM_SOURCE_DIR "/examples/iris";
  for (const char* name : {"model", "tree"}) {
    const auto found = load_model(testing_files::read_bytes(folder / (std::string(name) + ".joblib")));
    ASSERT_TRUE(found) << name;
    const auto want = numbers(folder / "golden" / (std::string(name) + ".predict_proba.npy"));
    EXPECT_EQ(answer(**found, Method::predict_proba, numbers(folder / "rows.npy")).f64, want.values) << name;
  }
}

TEST(Load, CompiledTreesAnswerAsTheSlowReferenceDoes) {
  for (const char* name : {"examples/iris/model.joblib", "examples/iris/tree.joblib", "tests/data/models/sklearn-1.2.2_seed_iris_forest100/model.joblib"}) {
    const auto bytes = testing_files::read_bytes(std::string(HEADROOM_SOURCE_DIR "/") + name);
    const auto graph = formats::read_joblib(bytes, {});
    const auto model = load_model(bytes);
    ASSERT_TRUE(graph && model) << name;
    const auto rows = numbers(HEADROOM_SOURCE_DIR "/examples/iris/rows.npy");
    const auto got = answer(**model, Method::predict_proba, rows);
    for (std::size_t i = 0; i < rows.rows; ++i) {
      const auto want = testing_models::reference_answer(*graph, std::span(rows.values).subspan(i * 4, 4));
      ASSERT_TRUE(want);
      ASSERT_TRUE(std::equal(want->begin(), want->end(), got.f64.begin() + static_cast<std::ptrdiff_t>(i * 3))) << name << ", row " << i;
    }
  }
}

TEST(Load, NamesThatAreGivenReplaceMissingOnes) {
  const auto bytes = testing_files::read_bytes(HEADROOM_SOURCE_DIR "/tests/data/models/sklearn-1.2.2_seed_iris_forest100/model.joblib");
  LoadOptions options;
  options.features = {"a", "b", "c", "d"};
  options.classes = {"x", "y", "z"};
  const auto model = load_model(bytes, options);
  ASSERT_TRUE(model);
  EXPECT_EQ((*model)->info().features[3], "d");
  EXPECT_EQ((*model)->info().classes[2], model::Label(std::string("z")));
  options.classes.pop_back();
  EXPECT_EQ(load_model(bytes, options).error().what, "--classes names 2 classes, the model has 3");
}

TEST(Load, NanIsTakenWhereTheReleaseTakesIt) {
  const double nan = std::nan("");
  const double row[] = {5.1, nan, 1.4, 0.2};
  const model::Rows rows(MatrixView<const double>(row, 1, 4));
  const auto old_forest = load_model(testing_files::read_bytes(HEADROOM_SOURCE_DIR "/tests/data/models/sklearn-1.2.2_seed_iris_forest100/model.joblib"));
  const auto refused = (*old_forest)->validate(rows);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().column, 1U);
  EXPECT_EQ(refused.error().message, "Input X contains NaN.");
  const auto new_forest = load_model(testing_files::read_bytes(HEADROOM_SOURCE_DIR "/examples/iris/model.joblib"));
  EXPECT_TRUE((*new_forest)->validate(rows));
}
}  // namespace
}  // namespace headroom::importers
