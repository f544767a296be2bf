#include "testing/reference_model.h"

#include <cmath>
#include <string_view>

namespace headroom::testing_models {
using formats::Value;

namespace {
Value attribute(const Value& object, std::string_view name) { return *object.state().find(name); }

std::vector<double> numbers(const Value& value) {
  std::vector<double> out;
  for (std::size_t i = 0; i < value.array()->count(); ++i) out.push_back(formats::read_double(value.array()->dtype, value.array()->element(i)));
  return out;
}

template <class T>
std::vector<T> column(const formats::NdArray& nodes, std::string_view name) {
  std::vector<T> out;
  const auto* field = nodes.dtype.field(name);
  if (field == nullptr) return out;
  for (std::size_t i = 0; i < nodes.count(); ++i) out.push_back(static_cast<T>(formats::read_double(field->type, nodes.element(i) + field->offset)));
  return out;
}

model::TreeSpec tree_of(const Value& estimator) {
  const Value tree = attribute(estimator, "tree_");
  const auto& nodes = *attribute(tree, "nodes").array();
  model::TreeSpec spec;
  spec.left = column<std::int32_t>(nodes, "left_child");
  spec.right = column<std::int32_t>(nodes, "right_child");
  spec.feature = column<std::int32_t>(nodes, "feature");
  spec.threshold = column<double>(nodes, "threshold");
  spec.missing_left = column<std::uint8_t>(nodes, "missing_go_to_left");
  spec.values = numbers(attribute(tree, "values"));
  return spec;
}
}  // namespace

std::vector<double> reference_forest(const model::ForestSpec& spec, std::span<const model::TreeSpec> trees, std::span<const double> row) {
  std::vector<double> total(spec.width, 0.0);
  for (const auto& tree : trees) {
    std::size_t node = 0;
    while (tree.left[node] >= 0) {
      const float x = static_cast<float>(row[static_cast<std::size_t>(tree.feature[node])]);
      const bool left = std::isnan(x) ? !tree.missing_left.empty() && tree.missing_left[node] != 0 : static_cast<double>(x) <= tree.threshold[node];
      node = static_cast<std::size_t>(left ? tree.left[node] : tree.right[node]);
    }
    double sum = 0;
    for (std::size_t k = 0; k < spec.width; ++k) sum += tree.values[node * spec.width + k];
    for (std::size_t k = 0; k < spec.width; ++k) {
      const double value = tree.values[node * spec.width + k];
      total[k] += spec.counts && sum != 0 ? value / sum : value;
    }
  }
  if (spec.averaged) {
    for (double& value : total) value /= static_cast<double>(trees.size());
  }
  return total;
}

std::optional<std::vector<double>> reference_answer(const formats::Graph& graph, std::span<const double> row) {
  const Value root = graph.root;
  const auto type = root.callee().text();
  if (type.ends_with(".LogisticRegression")) {
    const auto coef = numbers(attribute(root, "coef_"));
    auto decisions = numbers(attribute(root, "intercept_"));
    for (std::size_t k = 0; k < decisions.size(); ++k) {
      for (std::size_t j = 0; j < row.size(); ++j) decisions[k] += coef[k * row.size() + j] * row[j];
    }
    return decisions;
  }
  const bool is_forest = type.ends_with(".RandomForestClassifier") || type.ends_with(".ExtraTreesClassifier");
  if (!is_forest && !type.ends_with(".DecisionTreeClassifier")) return std::nullopt;
  std::vector<model::TreeSpec> trees;
  if (is_forest) {
    const Value estimators = attribute(root, "estimators_");
    for (const auto& estimator : estimators.items()) trees.push_back(tree_of(estimator));
  } else {
    trees.push_back(tree_of(root));
  }
  model::ForestSpec spec;
  spec.width = attribute(root, "classes_").array()->count();
  spec.averaged = is_forest;
  const auto version = attribute(root, "_sklearn_version").text();
  spec.counts = version.starts_with("0.") || version.starts_with("1.0") || version.starts_with("1.1.") || version.starts_with("1.2") || version.starts_with("1.3");
  return reference_forest(spec, trees, row);
}
}  // namespace headroom::testing_models
