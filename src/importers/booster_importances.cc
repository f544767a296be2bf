#include "importers/booster_importances.h"

#include <algorithm>
#include <cmath>

#include "formats/error.h"
#include "formats/lightgbm_text.h"
#include "importers/booster_parts.h"
#include "importers/lightgbm.h"
#include "importers/xgboost.h"
#include "model/sums.h"

namespace headroom::importers {
using formats::Kind;

namespace {
struct Score {
  std::string_view type;            // weight, gain, cover, total_gain, total_cover
  std::vector<float> sums;          // gain or cover
  std::vector<std::size_t> splits;
};

/// Adds the splits of one tree, the right half of each before its left.
Read<bool> add_splits(const Place& tree, Score& score) {
  HEADROOM_TRY(left_place, child(tree, "left_children"));
  HEADROOM_TRY(left, number_list(left_place));
  const std::size_t n = left.size();
  HEADROOM_TRY(right_place, child(tree, "right_children"));
  HEADROOM_TRY(right, number_list(right_place, n));
  HEADROOM_TRY(feature_place, child(tree, "split_indices"));
  HEADROOM_TRY(feature, number_list(feature_place, n));
  HEADROOM_TRY(value_place, child(tree, score.type.ends_with("cover") ? "sum_hessian" : "loss_changes"));
  HEADROOM_TRY(value, number_list(value_place, n));
  const auto is_index = [](double index, std::size_t limit) { return index >= 0 && index < static_cast<double>(limit); };
  std::vector<double> open{0};
  for (std::size_t visited = 0; !open.empty(); ++visited) {
    const double node = open.back();
    open.pop_back();
    if (!is_index(node, n) || visited >= n) return tree.refuse("its nodes are no tree");
    const auto i = static_cast<std::size_t>(node);
    if (left[i] == -1) continue;
    if (!is_index(feature[i], score.sums.size())) return feature_place.refuse("node " + std::to_string(i) + " splits a feature that there is not");
    ++score.splits[static_cast<std::size_t>(feature[i])];
    score.sums[static_cast<std::size_t>(feature[i])] += static_cast<float>(value[i]);
    open.push_back(left[i]);
    open.push_back(right[i]);
  }
  return true;
}

Read<std::vector<float>> normalised(Score score) {
  const bool is_mean = score.type == "gain" || score.type == "cover";
  for (std::size_t j = 0; j < score.sums.size(); ++j) {
    const float splits = static_cast<float>(score.splits[j]);
    if (score.type == "weight") score.sums[j] = splits;
    if (is_mean) score.sums[j] /= std::max(1.0F, splits);
  }
  const float total = float_sum(score.sums);
  for (float& value : score.sums) value = total == 0 ? value : value / total;
  return std::move(score.sums);
}

Read<std::string> importance_type(const Estimator& wrapper, std::string_view otherwise) {
  const auto place = wrapper.place.find("importance_type");
  if (!place || place->is_none()) return std::string(otherwise);
  return place->text();
}
}  // namespace

float float_sum(std::span<const float> values) {
  const std::size_t n = values.size();
  constexpr std::size_t kBlock = 128;
  if (n > kBlock) {
    const std::size_t half = n / 2 - n / 2 % 8;
    return float_sum(values.first(half)) + float_sum(values.subspan(half));
  }
  float lane[8] = {};
  std::size_t i = 0;
  for (; i + 8 <= n; i += 8) {
    for (std::size_t k = 0; k < 8; ++k) lane[k] += values[i + k];
  }
  float sum = ((lane[0] + lane[1]) + (lane[2] + lane[3])) + ((lane[4] + lane[5]) + (lane[6] + lane[7]));
  for (; i < n; ++i) sum += values[i];
  return sum;
}

Read<std::vector<float>> xgboost_importances(const Estimator& wrapper) {
  HEADROOM_TRY(type, importance_type(wrapper, "gain"));
  constexpr std::string_view kTypes[] = {"weight", "gain", "cover", "total_gain", "total_cover"};
  if (std::ranges::find(kTypes, type) == std::end(kTypes)) return wrapper.place.find("importance_type")->refuse("'" + formats::printable(type, 40) + "' is not known");
  HEADROOM_TRY(booster, wrapper.place.need("_Booster"));
  HEADROOM_TRY(handle, booster.need("handle"));
  HEADROOM_TRY(graph, xgboost_graph(handle));
  Place document(graph.root, handle.path());
  if (const auto snapshot = find_child(document, "Model")) document = *snapshot;
  HEADROOM_TRY(version_place, child(document, "version"));
  HEADROOM_TRY(version, number_list(version_place));
  if (version.size() < 2 || version[0] < 1 || (version[0] == 1 && version[1] < 5)) return version_place.refuse("the importances that features are selected by are known from XGBoost 1.5 on");
  HEADROOM_TRY(learner, child(document, "learner"));
  HEADROOM_TRY(parameters, child(learner, "learner_model_param"));
  HEADROOM_TRY(count_place, child(parameters, "num_feature"));
  HEADROOM_TRY(n_features, text_count(count_place));
  if (n_features == 0 || n_features > (1U << 24U)) return count_place.refuse(std::to_string(n_features) + " features");
  HEADROOM_TRY_VOID(spend(wrapper, n_features * (sizeof(float) + sizeof(std::size_t) + sizeof(double))));
  HEADROOM_TRY(gradient, child(learner, "gradient_booster"));
  const auto inner = find_child(gradient, "gbtree");
  HEADROOM_TRY(model, child(inner ? *inner : gradient, "model"));
  const auto trees = find_child(model, "trees");
  if (!trees) return gradient.refuse("features selected by the weights of a linear booster are not served");
  HEADROOM_TRY(n_trees, trees->size());
  Score score{type, std::vector<float>(n_features), std::vector<std::size_t>(n_features)};
  for (std::size_t i = 0; i < n_trees; ++i) {
    const auto tree = trees->item(i);
    const auto tree_parameters = find_child(tree, "tree_param");
    const auto size_place = tree_parameters ? find_child(*tree_parameters, "size_leaf_vector") : std::nullopt;
    HEADROOM_TRY(size, size_place ? text_count(*size_place) : Read<std::size_t>(std::size_t{1}));
    if (size > 1) return size_place->refuse("features selected by trees whose leaves hold several values are not served");
    HEADROOM_TRY_VOID(add_splits(tree, score));
  }
  return normalised(std::move(score));
}

Read<std::vector<double>> lightgbm_importances(const Estimator& wrapper) {
  HEADROOM_TRY(type, importance_type(wrapper, "split"));
  if (type != "split" && type != "gain") return wrapper.place.find("importance_type")->refuse("'" + formats::printable(type, 40) + "' is not known");
  HEADROOM_TRY(booster, wrapper.place.need("_Booster"));
  HEADROOM_TRY(handle, lightgbm_handle(booster));
  const auto text = formats::read_lightgbm_text(handle.place.value().text());
  if (!text) return handle.place.refuse("the model's text is damaged: " + text.error().what);
  const auto numbers = [&](const formats::LightgbmSection& section, std::string_view key) -> Read<std::vector<double>> {
    std::vector<double> out;
    const auto* value = section.find(key);
    if (value == nullptr || !formats::read_numbers(*value, out)) return handle.place.refuse("the line '" + std::string(key) + "=' is missing or holds no numbers");
    return out;
  };
  HEADROOM_TRY(last, numbers(text->header, "max_feature_idx"));
  HEADROOM_TRY(per_iteration, numbers(text->header, "num_tree_per_iteration"));
  constexpr double kMost = 1U << 24U;
  if (last.size() != 1 || !(last[0] >= 0 && last[0] < kMost) || per_iteration.size() != 1 || !(per_iteration[0] >= 1 && per_iteration[0] < kMost)) return handle.place.refuse("the header's counts are none");
  const auto n_features = static_cast<std::size_t>(last[0]) + 1;
  HEADROOM_TRY_VOID(spend(wrapper, n_features * sizeof(double)));
  std::size_t used = text->trees.size();
  if (handle.iterations > 0) used = std::min(used, handle.iterations * static_cast<std::size_t>(per_iteration[0]));
  std::vector<double> out(n_features);
  formats::LightgbmSection section;
  for (std::size_t t = 0; t < used; ++t) {
    if (const auto read = formats::read_lightgbm_tree(text->trees[t], section); !read) return handle.place.refuse("the model's text is damaged: " + read.error().what);
    if (const auto* leaves = section.find("num_leaves"); leaves != nullptr && *leaves == "1") continue;
    HEADROOM_TRY(features, numbers(section, "split_feature"));
    HEADROOM_TRY(gains, numbers(section, "split_gain"));
    if (features.size() != gains.size()) return handle.place.refuse("tree " + std::to_string(t) + " has another number of split_gain than of split_feature");
    for (std::size_t i = 0; i < features.size(); ++i) {
      if (!(features[i] >= 0 && features[i] <= last[0])) return handle.place.refuse("tree " + std::to_string(t) + " splits a feature that there is not");
      const float gain = static_cast<float>(gains[i]);
      if (gain > 0) out[static_cast<std::size_t>(features[i])] += type == "split" ? 1.0 : static_cast<double>(gain);
    }
  }
  return out;
}
}  // namespace headroom::importers
