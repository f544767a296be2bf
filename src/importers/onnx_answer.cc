#include "importers/onnx_answer.h"

#include <algorithm>
#include <set>
#include <unordered_map>

namespace headroom::importers {
namespace {
using formats::OnnxAttribute;
using formats::OnnxNode;
using formats::OnnxTensor;
using model::Label;
using Labels = std::vector<Label>;

const OnnxAttribute* find(const OnnxNode& node, std::string_view name) {
  const auto found = std::find_if(node.attributes.begin(), node.attributes.end(), [&](const auto& one) { return one.name == name; });
  return found == node.attributes.end() ? nullptr : &*found;
}

/// The first of these lists that is not empty.
Labels listed(const OnnxNode& node, std::initializer_list<std::string_view> names) {
  Labels out;
  for (const auto name : names) {
    const auto* attribute = find(node, name);
    if (attribute == nullptr || !out.empty()) continue;
    for (const auto text : attribute->texts) out.emplace_back(std::string(text));
    for (const auto whole : attribute->wholes) out.emplace_back(whole);
  }
  return out;
}

std::optional<Labels> values_of(const OnnxTensor& tensor) {
  Labels out;
  for (const auto text : tensor.texts) out.emplace_back(std::string(text));
  for (const auto whole : tensor.whole) out.emplace_back(whole);
  const auto add = [&](const auto& reals) {
    for (const auto real : reals) {
      if (!(real >= -9e15 && real <= 9e15) || real != static_cast<decltype(real)>(static_cast<std::int64_t>(real))) return false;
      out.emplace_back(static_cast<std::int64_t>(real));
    }
    return true;
  };
  if (!add(tensor.f32) || !add(tensor.f64)) return std::nullopt;
  return out;
}

class Tracer {
 public:
  Tracer(const formats::OnnxGraph& graph, std::size_t positions) : positions_(positions) {
    for (const auto& node : graph.nodes) {
      for (std::size_t k = 0; k < node.outputs.size(); ++k) givers_.emplace(node.outputs[k], std::pair(&node, k));
    }
    for (const auto& constant : graph.constants) constants_.emplace(constant.name, &constant);
  }

  std::optional<Labels> trace(std::string_view name, int depth = 0) const {
    constexpr int kMaxDepth = 64;
    if (depth > kMaxDepth) return std::nullopt;
    if (const auto constant = constants_.find(name); constant != constants_.end()) return values_of(*constant->second);
    const auto giver = givers_.find(name);
    if (giver == givers_.end()) return std::nullopt;
    const auto& [node, output] = giver->second;
    const auto op = node->op;
    if (op == "Constant") {
      const auto* value = find(*node, "value");
      return value != nullptr && value->tensor != nullptr ? values_of(*value->tensor) : std::nullopt;
    }
    if (op == "Cast") return cast(*node, depth);
    for (const auto moves : {"Identity", "Reshape", "Flatten", "Squeeze", "Unsqueeze", "Transpose", "ArrayFeatureExtractor", "Gather", "GatherElements"}) {
      if (op == moves) return node->inputs.empty() ? std::nullopt : trace(node->inputs[0], depth + 1);
    }
    if (op == "Where") return both(*node, 1, depth);
    if (op == "ArgMax" || op == "ArgMin") {
      is_certain_ = false;   // what it looks at may be wider
      return counted(positions_);
    }
    for (const auto asks : {"Equal", "Greater", "Less", "GreaterOrEqual", "LessOrEqual", "And", "Or", "Not", "Xor", "Binarizer"}) {
      if (op == asks) return counted(2);
    }
    return output == 0 ? of_classifier(*node) : std::nullopt;
  }

  [[nodiscard]] bool is_certain() const { return is_certain_; }

  /// The inputs that are joined as columns to make `name`, behind casts; empty if it is not joined.
  std::vector<std::string_view> parts(std::string_view name) const {
    for (int depth = 0; depth < 8; ++depth) {
      const auto giver = givers_.find(name);
      if (giver == givers_.end()) return {};
      const OnnxNode& node = *giver->second.first;
      if (node.op == "Concat") return node.inputs;
      if ((node.op != "Cast" && node.op != "Identity") || node.inputs.empty()) return {};
      name = node.inputs[0];
    }
    return {};
  }

 private:
  static Labels counted(std::size_t count) {
    Labels out;
    for (std::size_t k = 0; k < count; ++k) out.emplace_back(static_cast<std::int64_t>(k));
    return out;
  }

  std::optional<Labels> both(const OnnxNode& node, std::size_t first, int depth) const {
    if (node.inputs.size() < first + 2) return std::nullopt;
    auto out = trace(node.inputs[first], depth + 1);
    const auto more = trace(node.inputs[first + 1], depth + 1);
    if (!out || !more) return std::nullopt;
    for (const auto& label : *more) {
      if (std::find(out->begin(), out->end(), label) == out->end()) out->push_back(label);
    }
    std::sort(out->begin(), out->end());
    return out;
  }

  /// To integers and floats, whole labels stay what they are; to text they are written.
  std::optional<Labels> cast(const OnnxNode& node, int depth) const {
    const auto* to = find(node, "to");
    auto labels = node.inputs.empty() || to == nullptr ? std::nullopt : trace(node.inputs[0], depth + 1);
    if (!labels) return std::nullopt;
    const auto type = to->whole.value_or(0);
    const bool to_text = type == static_cast<std::int64_t>(formats::OnnxType::text);
    const bool keeps_all = type == static_cast<std::int64_t>(formats::OnnxType::i64);
    for (Label& label : *labels) {
      const bool is_text = std::holds_alternative<std::string>(label);
      if (is_text && !to_text) return std::nullopt;
      if (!is_text && !keeps_all) is_certain_ = false;   // a narrower type holds another number, a text may be written otherwise
      if (!is_text && to_text) label = model::to_text(label);
    }
    return labels;
  }

  static std::optional<Labels> of_classifier(const OnnxNode& node) {
    if (node.op == "LinearClassifier" || node.op == "SVMClassifier" || node.op == "TreeEnsembleClassifier") {
      auto out = listed(node, {"classlabels_strings", "classlabels_ints", "classlabels_int64s"});
      return out.empty() ? std::nullopt : std::optional(std::move(out));
    }
    if (node.op != "LabelEncoder") return std::nullopt;
    auto out = listed(node, {"values_strings", "values_int64s"});
    if (out.empty()) out = listed(node, {"classes_strings"});
    const auto* otherwise = find(node, std::holds_alternative<std::string>(out.empty() ? Label() : out[0]) ? "default_string" : "default_int64");
    Label more = out.empty() || std::holds_alternative<std::int64_t>(out[0]) ? Label(std::int64_t{-1}) : Label(std::string("_Unused"));
    if (otherwise != nullptr && otherwise->text) more = std::string(*otherwise->text);
    if (otherwise != nullptr && otherwise->whole) more = *otherwise->whole;
    if (out.empty() || find(node, "default_tensor") != nullptr) return std::nullopt;
    if (std::find(out.begin(), out.end(), more) == out.end()) out.push_back(more);
    return out;
  }

  std::unordered_map<std::string_view, std::pair<const OnnxNode*, std::size_t>> givers_;
  std::unordered_map<std::string_view, const OnnxTensor*> constants_;
  std::size_t positions_;
  mutable bool is_certain_ = true;
};
}  // namespace

namespace {
/// Of equal labels the first; mixed kinds are no classes.
std::optional<Labels> distinct(std::optional<Labels> labels) {
  if (!labels || labels->empty()) return std::nullopt;
  const std::size_t kind = (*labels)[0].index();
  Labels out;
  std::set<Label> seen;
  for (auto& label : *labels) {
    if (label.index() != kind) return std::nullopt;
    if (seen.insert(label).second) out.push_back(std::move(label));
  }
  return out;
}
}  // namespace

std::optional<OnnxClasses> onnx_labels(const formats::OnnxGraph& graph, std::string_view name, std::size_t columns, std::size_t positions) {
  const Tracer tracer(graph, positions);
  std::vector<std::string_view> parts = tracer.parts(name);
  if (parts.size() != columns) parts.assign(columns, name);
  OnnxClasses out;
  for (const auto part : parts) {
    auto labels = distinct(tracer.trace(part));
    if (!labels) return std::nullopt;
    out.columns.push_back(std::move(*labels));
  }
  out.certain = tracer.is_certain();
  return out;
}

Labels onnx_zip_labels(const formats::OnnxGraph& graph) {
  for (const auto& node : graph.nodes) {
    if (node.op == "ZipMap") return listed(node, {"classlabels_strings", "classlabels_int64s"});
  }
  return {};
}
}  // namespace headroom::importers
