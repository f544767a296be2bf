// What an ONNX graph's outputs answer, and which labels they can give.
#pragma once
#include <optional>
#include <vector>

#include "formats/onnx.h"
#include "model/model.h"

namespace headroom::importers {
/// The values that each column of an output takes, in the order of the classes. certain: it can take no other, whatever the rows hold;
/// else rows have to be tried before they are answered.
struct OnnxClasses {
  std::vector<std::vector<model::Label>> columns;
  bool certain = true;
};
/// Those of the graph's output `name`: from the labels of the classifier, the constant that an extractor picks from, … Nothing where
/// that cannot be told. positions: how many an ArgMax behind it should tell apart.
[[nodiscard]] std::optional<OnnxClasses> onnx_labels(const formats::OnnxGraph& graph, std::string_view name, std::size_t columns, std::size_t positions);
/// The class labels of the first ZipMap; empty if there is none.
[[nodiscard]] std::vector<model::Label> onnx_zip_labels(const formats::OnnxGraph& graph);
}  // namespace headroom::importers
