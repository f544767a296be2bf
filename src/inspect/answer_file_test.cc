#include "inspect/answer_file.h"

#include <gtest/gtest.h>

#include "formats/npy.h"

namespace headroom::inspect {
namespace {
using model::DType;
using model::Label;
using model::Method;

model::ModelInfo two_outputs(std::vector<Label> first, std::vector<Label> second, const std::string& dtype) {
  model::ModelInfo info;
  info.output_classes = {{std::move(first), dtype}, {std::move(second), dtype}};
  return info;
}

formats::NdArray read(const std::string& file) {
  auto array = formats::read_npy(std::as_bytes(std::span(file)), {});
  EXPECT_TRUE(array) << array.error().what;
  return std::move(*array);
}

TEST(AnswerFile, SeveralOutputsKeepTheirLabels) {
  const auto info = two_outputs({std::int64_t{-3}, std::int64_t{5}}, {std::int64_t{0}, std::int64_t{1}, std::int64_t{9}}, "|i1");
  const model::Output output{DType::i64, 2, 2, {}, {}, {0, 2, 1, 1}, {}};
  const std::string file = answers_as_npy(info, Method::predict, output);
  const auto array = read(file);
  EXPECT_EQ(array.shape, (std::vector<std::uint64_t>{2, 2}));
  EXPECT_EQ(array.dtype.descr(), "|i1");
  for (std::size_t i = 0; i < 4; ++i) EXPECT_EQ(formats::read_int(array.dtype, array.element(i)), (std::vector<std::int64_t>{-3, 9, 5, 1})[i]);
  EXPECT_EQ(answers_as_csv(info, Method::predict, output), "prediction0,prediction1\n-3,9\n5,1\n");
}

TEST(AnswerFile, TextsOfSeveralOutputsHaveRoomForTheLongest) {
  const auto info = two_outputs({std::string("a"), std::string("über")}, {std::string("no"), std::string("yes")}, "<U4");
  const model::Output output{DType::i64, 2, 2, {}, {}, {1, 0, 0, 1}, {}};
  const std::string file = answers_as_npy(info, Method::predict, output);
  const auto array = read(file);
  EXPECT_EQ(array.dtype.descr(), "<U4");
  for (std::size_t i = 0; i < 4; ++i) EXPECT_EQ(formats::read_text(array.dtype, array.element(i)), (std::vector<std::string>{"über", "no", "a", "yes"})[i]);
  EXPECT_EQ(answers_as_csv(info, Method::predict, output), "prediction0,prediction1\nüber,no\na,yes\n");
}

TEST(AnswerFile, SeveralLabelsAreZerosAndOnes) {
  const model::Output output{DType::i64, 2, 3, {}, {}, {1, 0, 1, 0, 0, 1}, {}};
  const std::string file = answers_as_npy({}, Method::predict, output);
  const auto array = read(file);
  EXPECT_EQ(array.shape, (std::vector<std::uint64_t>{2, 3}));
  EXPECT_EQ(array.dtype.descr(), "<i8");
  EXPECT_EQ(answers_as_csv({}, Method::predict, output), "prediction0,prediction1,prediction2\n1,0,1\n0,0,1\n");
}

TEST(AnswerFile, ProbabilitiesOfSeveralOutputsStandSideBySide) {
  const auto info = two_outputs({std::int64_t{0}, std::int64_t{1}}, {std::int64_t{0}, std::int64_t{1}}, "<i8");
  const model::Output output{DType::f64, 1, 4, {0.25, 0.75, 1, 0}, {}, {}, {}};
  const std::string file = answers_as_npy(info, Method::predict_proba, output);
  EXPECT_EQ(read(file).shape, (std::vector<std::uint64_t>{1, 4}));
}
}  // namespace
}  // namespace headroom::inspect
