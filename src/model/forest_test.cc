#include "model/forest.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "testing/reference_model.h"
#include "testing/toy_forest.h"

namespace headroom::model {
namespace {
TEST(Forest, ThresholdsAreComparedAsTheOriginDoes) {
  // 0.1 is no float: float32(0.1) is a little larger, so the origin sends it right, and the float below it left.
  TreeSpec tree;
  tree.left = {1, -1, -1};
  tree.right = {2, -1, -1};
  tree.feature = {0, -2, -2};
  tree.threshold = {0.1, -2, -2};
  tree.values = {0, 0, 1, 0, 0, 1};
  ForestSpec spec;
  spec.n_features = 1;
  spec.width = 2;
  spec.averaged = false;
  const auto forest = testing_models::compile(spec, {tree});
  const double rows[] = {0.1, std::nextafter(0.1F, 0.0F), -1e30, 3e38};
  Output out;
  Scratch scratch;
  forest->predict(Method::predict, MatrixView<const double>(rows, 4, 1), out, scratch);
  EXPECT_EQ(out.i64, (std::vector<std::int64_t>{1, 0, 0, 1}));
}

TEST(Forest, WideTreesAnswerAsTheDefinitionSays) {
  Rng rng(3);
  testing_models::ToyForest shape{2, 16, 5, 2, true};   // more nodes than 16 bits count
  const auto trees = testing_models::toy_trees(shape, rng);
  ForestSpec spec;
  spec.n_features = 5;
  spec.width = 2;
  const auto forest = testing_models::compile(spec, trees);
  EXPECT_THAT(forest->kernel(), testing::StartsWith("8 walks in flight, 16-byte nodes; batches: "));
  Output out;
  Scratch scratch;
  for (int i = 0; i < 50; ++i) {
    std::vector<double> row(5);
    for (double& value : row) value = rng.uniform();
    forest->predict(Method::predict_proba, MatrixView<const double>(row.data(), 1, 5), out, scratch);
    EXPECT_EQ(out.f64, testing_models::reference_forest(spec, trees, row));
  }
}

TEST(Forest, InfinityAndFloatOverflowAreRefusedWithTheirPlace) {
  Rng rng(1);
  ForestSpec spec;
  spec.n_features = 2;
  spec.width = 3;
  const auto forest = testing_models::compile(spec, testing_models::toy_trees({1, 2, 2, 3, true}, rng));
  const double rows[] = {1, 2, 3, 1e39};
  const auto refused = forest->validate(MatrixView<const double>(rows, 2, 2));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().row, 1U);
  EXPECT_EQ(refused.error().column, 1U);
  EXPECT_EQ(refused.error().message, "Input X contains infinity or a value too large for dtype('float32').");
}
}  // namespace
}  // namespace headroom::model
