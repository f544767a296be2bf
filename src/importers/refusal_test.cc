// Files whose parts contradict one another are refused with the part's name, never served as something near.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>
#include <string>

#include "formats/joblib.h"
#include "importers/load.h"
#include "testing/files.h"

namespace headroom::importers {
namespace {
using testing::EndsWith;
using testing::HasSubstr;

std::vector<std::byte> file(const std::string& name) { return testing_files::read_bytes(HEADROOM_SOURCE_DIR "/tests/data/" + name); }

/// The file with the first occurrence of `from` replaced.
std::vector<std::byte> edited(std::vector<std::byte> bytes, const std::string& from, const std::string& to) {
  std::string text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  const auto at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  text.replace(at, from.size(), to);
  const auto view = std::as_bytes(std::span(text));
  return {view.begin(), view.end()};
}

LoadError refusal(std::span<const std::byte> bytes) {
  const auto model = load_model(bytes);
  EXPECT_FALSE(model);
  return model ? LoadError{} : model.error();
}

TEST(Refusal, OneInterceptForThreeDecisions) {
  const auto error = refusal(file("refused/logreg_one_intercept.pkl"));
  EXPECT_EQ(error.what, "1 numbers, but 3 are needed");
  EXPECT_THAT(error.path, EndsWith(".intercept_"));
}

struct Edit {
  const char* from;
  const char* to;
  const char* where;
};

TEST(Refusal, XgboostWhoseCountsLie) {
  const auto whole = file("models/xgboost-3.4.1_xgb_reg_vector_leaf/model.json");
  ASSERT_TRUE(load_model(whole));
  const Edit edits[] = {
      {R"("num_nodes":"15")", R"("num_nodes":"16")", ".num_nodes"},         {R"("num_nodes":"15")", R"("num_nodes":"-15")", ".num_nodes"},
      {R"("num_trees":"5")", R"("num_trees":"50")", ".num_trees"},           {R"("iteration_indptr":[0,1,2,3,4,5])", R"("iteration_indptr":[0,1,2,3,4,6])", ".iteration_indptr"},
      {R"("iteration_indptr":[0,1,2)", R"("iteration_indptr":[0,3,2)", ".iteration_indptr"}, {R"("left_children":[1,)", R"("left_children":[1.5,)", ".left_children"},
      {R"("left_children":[1,)", R"("left_children":[-5,)", ".left_children"},
  };
  for (const auto& [from, to, where] : edits) {
    SCOPED_TRACE(to);
    EXPECT_THAT(refusal(edited(whole, from, to)).path, EndsWith(where));
  }
}

TEST(Refusal, LightgbmWhoseCountsLie) {
  const auto whole = file("models/lightgbm-4.7.0_lgb_stump_leaf1/model.txt");
  ASSERT_TRUE(load_model(whole));
  EXPECT_THAT(refusal(edited(whole, "num_class=1\n", "num_class=9\n")).what, HasSubstr("num_class 9"));
  EXPECT_THAT(refusal(edited(whole, "num_tree_per_iteration=1\n", "num_tree_per_iteration=2\n")).what, HasSubstr("num_tree_per_iteration 2"));
}

/// The tree is walked without further checks.
TEST(Refusal, SearchTreeThatIsNoOrderOfTheRows) {
  const auto whole = file("models/sklearn-1.2.2_knn_distance/model.joblib");
  ASSERT_TRUE(load_model(whole));
  const auto graph = formats::read_joblib(whole, {});
  ASSERT_TRUE(graph);
  const auto* tree = graph->root.state().find("_tree");
  ASSERT_NE(tree, nullptr);
  const auto parts = tree->state().items();
  const auto set = [&](std::size_t part, std::size_t offset, std::int64_t value) {
    auto bytes = whole;
    const auto at = static_cast<std::size_t>(parts[part].array()->data.data() - whole.data()) + offset;
    std::memcpy(bytes.data() + at, &value, sizeof value);
    return refusal(bytes).path;
  };
  constexpr std::size_t kIndexes = 1, kNodes = 2;
  EXPECT_THAT(set(kIndexes, 0, -1), EndsWith("_tree.idx_array"));
  EXPECT_THAT(set(kIndexes, 0, 1'000'000), EndsWith("_tree.idx_array"));
  std::int64_t second = 0;
  std::memcpy(&second, parts[kIndexes].array()->data.data() + sizeof second, sizeof second);
  EXPECT_THAT(set(kIndexes, 0, second), EndsWith("_tree.idx_array")) << "one row twice, another never";
  EXPECT_THAT(set(kNodes, 0, -1), EndsWith("_tree.node_data"));
  EXPECT_THAT(set(kNodes, sizeof(std::int64_t), 10'000'000), EndsWith("_tree.node_data"));
  const std::size_t is_leaf_of_last = parts[kNodes].array()->data.size() - 2 * sizeof(std::int64_t);
  EXPECT_THAT(set(kNodes, is_leaf_of_last, 0), EndsWith("_tree.node_data")) << "a last node with halves behind it";
}

TEST(Refusal, KnnImputerThatIsCodeOrContradictsItself) {
  const auto whole = file("models/sklearn-1.3.2_t_knn_imputer/model.joblib");
  ASSERT_TRUE(load_model(whole));
  const Edit edits[] = {{"nan_euclidean", "nan_cityblock", ".metric"}, {"uniform", "uniforn", ".weights"}, {"1.3.2", "1.2.2", ".add_indicator"}};
  for (const auto& [from, to, where] : edits) {
    SCOPED_TRACE(to);
    EXPECT_THAT(refusal(edited(whole, from, to)).path, EndsWith(where));
  }
  const auto graph = formats::read_joblib(whole, {});
  ASSERT_TRUE(graph);
  for (const char* name : {"_mask_fit_X", "_valid_mask"}) {
    auto bytes = whole;
    auto& first = bytes[static_cast<std::size_t>(graph->root.state().find(name)->array()->data.data() - whole.data())];
    first ^= std::byte{1};
    EXPECT_THAT(refusal(bytes).path, EndsWith(name));
  }
}
}  // namespace
}  // namespace headroom::importers
