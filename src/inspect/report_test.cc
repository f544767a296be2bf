#include "inspect/report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string_view>

#include "inspect/predict.h"
#include "inspect/table.h"
#include "io/file.h"
#include "testing/files.h"

namespace headroom::inspect {
namespace {
using namespace std::string_literals;
using testing::HasSubstr;

const std::string kIris = HEADROOM_SOURCE_DIR "/examples/iris/";

class Inspect : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = testing::TempDir() + "headroom-inspect-XXXXXX";
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    folder_ = pattern + "/";
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }
  std::string file(const std::string& name, std::string_view content) {
    EXPECT_TRUE(io::write_file_atomically(folder_ + name, std::as_bytes(std::span(content))));
    return folder_ + name;
  }
  std::string folder_;
};

TEST_F(Inspect, AServableModelIsDescribedAndMeasured) {
  const auto report = inspect_file({kIris + "pipeline.joblib", kIris + "rows.npy", {}});
  ASSERT_TRUE(report);
  EXPECT_EQ(report->exit_code(), ExitCode::done);
  EXPECT_THAT(as_text(*report), HasSubstr("scale: StandardScaler"));
  const auto json = as_json(*report);
  for (const char* key : {"\"estimator\":\"Pipeline\"", "\"features\":[\"sepal_length\"", "\"classes\":[\"setosa\"", "\"servable\":true", "\"one_row_ns\":{\"p50\":"}) EXPECT_THAT(json, HasSubstr(key));
}

TEST_F(Inspect, ATransformerIsReadableButNothingToServe) {
  const auto report = inspect_file({HEADROOM_SOURCE_DIR "/tests/data/models/sklearn-1.7.2_t_standard/model.joblib", "", {}});
  ASSERT_TRUE(report);
  EXPECT_EQ(report->exit_code(), ExitCode::fell_short);
  EXPECT_THAT(as_text(*report), HasSubstr("no: StandardScaler transforms rows"));
  EXPECT_THAT(as_json(*report), HasSubstr("\"servable\":false,\"reason\":\"StandardScaler transforms rows"));
}

TEST_F(Inspect, AHiddenCallIsNamedWithItsOffset) {
  const auto report = inspect_file({file("evil.pkl", "\x80\x02}(X\x01\x00\x00\x00"s + "acposix\nsystem\nu."s), "", {}});
  ASSERT_TRUE(report);
  EXPECT_EQ(report->exit_code(), ExitCode::wrong_use);
  ASSERT_EQ(report->facts.suspicious.size(), 1U);
  EXPECT_EQ(report->facts.suspicious[0].global, "posix.system");
  EXPECT_EQ(report->facts.suspicious[0].offset, 10U);
}

TEST_F(Inspect, ADictIsReadableButNotServable) {
  const auto report = inspect_file({file("dict.pkl", "\x80\x02}X\x01\x00\x00\x00"s + "aNs."s), "", {}});
  ASSERT_TRUE(report);
  EXPECT_EQ(report->exit_code(), ExitCode::fell_short);
  EXPECT_THAT(report->error->what, HasSubstr("--select: 'a'"));
}

TEST_F(Inspect, PredictWritesTheGoldenBytesOrNothing) {
  ASSERT_TRUE(predict({kIris + "model.joblib", kIris + "rows.npy", "predict_proba", folder_ + "out.npy", {}}));
  EXPECT_EQ(testing_files::read_bytes(folder_ + "out.npy"), testing_files::read_bytes(kIris + "golden/model.predict_proba.npy"));
  ASSERT_TRUE(predict({kIris + "model.joblib", kIris + "rows.npy", "predict", folder_ + "labels.npy", {}}));
  EXPECT_EQ(testing_files::read_bytes(folder_ + "labels.npy"), testing_files::read_bytes(kIris + "golden/model.predict.npy"));
  const auto rows = file("rows.csv", "petal_width,petal_length,note,sepal_width,sepal_length\n0.2,1.4,x,3.5,5.1\n0.2,inf,y,3.5,5.1\n");
  const auto refused = predict({kIris + "model.joblib", rows, "predict", folder_ + "none.csv", {}});
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().where, HasSubstr("line 3, row 1, column 2 (petal_length), value inf"));
  EXPECT_FALSE(std::filesystem::exists(folder_ + "none.csv"));
}

TEST_F(Inspect, ColumnsOfACsvAreFoundByName) {
  const auto rows = file("rows.csv", "\xef\xbb\xbfpetal_width,petal_length,\"a \"\"note\"\"\",sepal_width,sepal_length\r\n0.2,1.4,\"x,\ny\",3.5,5.1\r\n");
  ASSERT_TRUE(predict({kIris + "model.joblib", rows, "predict", folder_ + "out.csv", {}}));
  const auto out = testing_files::read_bytes(folder_ + "out.csv");
  EXPECT_EQ(std::string_view(reinterpret_cast<const char*>(out.data()), out.size()), "prediction\nsetosa\n");
}

struct Row { const char* name; const char* csv; const char* what; };
class BadCsv : public testing::TestWithParam<Row> {};
TEST_P(BadCsv, IsRefusedWithItsReason) {
  model::ModelInfo info;
  info.n_features = 2;
  info.features = {"a", "b"};
  const auto table = read_table(std::as_bytes(std::span(std::string_view(GetParam().csv))), info, {});
  ASSERT_FALSE(table);
  EXPECT_THAT(table.error().what, HasSubstr(GetParam().what));
}
INSTANTIATE_TEST_SUITE_P(Table, BadCsv, testing::Values(Row{"empty", "", "empty"}, Row{"no header", "1,2\n3,4\n", "needs a header"}, Row{"missing column", "a,c\n1,2\n", "lacks b"},
                                                       Row{"short line", "a,b\n1\n", "1 cells"}, Row{"open quote", "a,b\n\"1,2\n", "not closed"}, Row{"binary", "a,b\n\xff,2\n", "UTF-8"}));
}  // namespace
}  // namespace headroom::inspect
