// What an ONNX graph's outputs answer, and which labels they can give.
#pragma once
#include <optional>
#include <vector>

#include "formats/onnx.h"
#include "model/model.h"

namespace headroom::importers {
/// The values that each column of the graph's output `name` can take, in the order of the classes: from the labels of the
/// classifier, the constant that an extractor picks from, … Nothing where that cannot be told. positions: how many an ArgMax behind
/// it tells apart.
[[nodiscard]] std::optional<std::vector<std::vector<model::Label>>> onnx_labels(const formats::OnnxGraph& graph, std::string_view name, std::size_t columns, std::size_t positions);
/// The class labels of the first ZipMap; empty if there is none.
[[nodiscard]] std::vector<model::Label> onnx_zip_labels(const formats::OnnxGraph& graph);
}  // namespace headroom::importers
