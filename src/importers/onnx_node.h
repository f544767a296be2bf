// A node of an ONNX graph about to become a step of a program: its attributes, checked, and what is known of its inputs.
#pragma once
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "formats/onnx.h"
#include "importers/place.h"
#include "model/onnx_scores.h"

namespace headroom::importers {
/// What stands behind an input of a node.
struct OnnxInput {
  bool is_given = false;                        // an optional one may be left out
  model::Element element = model::Element::f32;
  model::Shape shape;                           // of a run with one row
  const model::Tensor* constant = nullptr;      // where it is one
};

class OnnxNodeReader {
 public:
  /// path: "graph.node[3]".
  OnnxNodeReader(const formats::OnnxNode& node, std::string path, std::int64_t opset, std::vector<OnnxInput> inputs);

  [[nodiscard]] std::string_view op() const { return node_.op; }
  [[nodiscard]] std::int64_t opset() const { return opset_; }
  [[nodiscard]] std::size_t outputs() const { return node_.outputs.size(); }
  [[nodiscard]] const std::vector<OnnxInput>& inputs() const { return inputs_; }
  /// An input; one that is not given if there are fewer.
  [[nodiscard]] OnnxInput input(std::size_t i) const { return i < inputs_.size() ? inputs_[i] : OnnxInput{}; }
  /// "graph.node[3] (TopK tree)"; with an attribute "graph.node[3] (TopK tree).axis".
  [[nodiscard]] std::string place(std::string_view attribute = {}) const;
  [[nodiscard]] tl::unexpected<ImportError> refuse(std::string what, std::string_view attribute = {}) const;

  /// Refuses an attribute whose name is none of these: it would mean something that is not served.
  [[nodiscard]] Read<bool> only(std::initializer_list<std::string_view> names) const;
  [[nodiscard]] const formats::OnnxAttribute* find(std::string_view name) const;

  /// The attribute, or `otherwise` where it is missing. Refused if it is of another type.
  [[nodiscard]] Read<std::int64_t> whole(std::string_view name, std::int64_t otherwise) const;
  [[nodiscard]] Read<float> real(std::string_view name, float otherwise) const;
  [[nodiscard]] Read<std::string_view> text(std::string_view name, std::string_view otherwise) const;
  /// Lists; empty where the attribute is missing.
  [[nodiscard]] Read<std::vector<std::int64_t>> wholes(std::string_view name) const;
  [[nodiscard]] Read<std::vector<float>> reals(std::string_view name) const;
  [[nodiscard]] Read<std::vector<std::string>> texts(std::string_view name) const;
  /// A list that is nothing if the attribute is missing.
  [[nodiscard]] Read<std::optional<model::Shape>> maybe_wholes(std::string_view name) const;
  /// A tensor's values, or nullptr.
  [[nodiscard]] Read<const formats::OnnxTensor*> tensor(std::string_view name) const;
  /// Numbers of NAME (floats) or of NAME_as_tensor (floats or doubles).
  [[nodiscard]] Read<std::vector<double>> numbers(std::string_view name) const;

  [[nodiscard]] Read<model::PostTransform> post_transform() const;
  /// The one of the two lists that is filled. It must have values.
  [[nodiscard]] Read<model::OnnxLabels> labels(std::string_view texts_name, std::string_view wholes_name) const;

 private:
  /// The attribute if it is there; refused if it says that it has another type.
  [[nodiscard]] Read<const formats::OnnxAttribute*> typed(std::string_view name, std::int64_t type, std::string_view type_name) const;

  const formats::OnnxNode& node_;
  std::string path_;
  std::int64_t opset_;
  std::vector<OnnxInput> inputs_;
};

/// A constant of the file as a tensor that owns what it needs; refused if its type is none that programs have.
[[nodiscard]] Read<model::Tensor> constant_of(const formats::OnnxTensor& from, const std::string& path);
[[nodiscard]] std::optional<model::Element> element_of(formats::OnnxType type);
}  // namespace headroom::importers
