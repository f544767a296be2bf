#include "importers/onnx_width.h"

#include <algorithm>

namespace headroom::importers {
namespace {
using formats::OnnxNode;

const formats::OnnxAttribute* find(const OnnxNode& node, std::string_view name) {
  const auto found = std::find_if(node.attributes.begin(), node.attributes.end(), [&](const auto& one) { return one.name == name; });
  return found == node.attributes.end() ? nullptr : &*found;
}
std::int64_t reals(const OnnxNode& node, std::string_view name) {
  const auto* found = find(node, name);
  return found == nullptr ? 0 : static_cast<std::int64_t>(found->reals.size());
}

std::int64_t more_than_one(std::int64_t size) { return size > 1 ? size : -1; }

std::int64_t asked_by(const formats::OnnxGraph& graph, const OnnxNode& node) {
  if (node.op == "Scaler") return more_than_one(reals(node, "offset"));
  if (node.op == "Imputer") return more_than_one(reals(node, "imputed_value_floats"));
  if (node.op.starts_with("Linear")) {
    const auto targets = std::max<std::int64_t>(reals(node, "intercepts"), 1);
    return reals(node, "coefficients") % targets == 0 ? reals(node, "coefficients") / targets : -1;
  }
  if (node.op.starts_with("TreeEnsemble")) {
    // The widest feature that a tree asks for: what stands behind it is never looked at.
    const auto* found = find(node, "nodes_featureids");
    return found == nullptr || found->wholes.empty() ? -1 : *std::max_element(found->wholes.begin(), found->wholes.end()) + 1;
  }
  const bool is_matmul = node.op == "MatMul" || node.op == "Gemm";
  const bool is_binary = node.op == "Sub" || node.op == "Add" || node.op == "Mul" || node.op == "Div";
  if ((!is_matmul && !is_binary) || node.inputs.size() < 2) return -1;
  const auto constant = std::find_if(graph.constants.begin(), graph.constants.end(), [&](const auto& one) { return one.name == node.inputs[1]; });
  if (constant == graph.constants.end() || constant->shape.empty()) return -1;
  if (!is_matmul) return more_than_one(constant->shape.back());
  const auto* turned = find(node, "transB");
  return constant->shape.size() == 2 ? constant->shape[turned != nullptr && turned->whole.value_or(0) != 0 ? 1 : 0] : -1;
}
}  // namespace

std::int64_t onnx_width(const formats::OnnxGraph& graph, std::string_view name) {
  std::vector<std::string_view> names{name};
  std::int64_t width = -1;
  for (const auto& node : graph.nodes) {
    if (node.inputs.empty() || std::find(names.begin(), names.end(), node.inputs[0]) == names.end()) continue;
    constexpr std::size_t kMost = 16;
    if ((node.op == "Cast" || node.op == "Identity" || node.op == "Normalizer" || node.op == "Binarizer") && !node.outputs.empty() && names.size() < kMost) names.push_back(node.outputs[0]);
    width = std::max(width, asked_by(graph, node));
  }
  return width;
}
}  // namespace headroom::importers
