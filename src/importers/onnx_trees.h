// What the importers of ONNX's tree ensembles share.
#pragma once
#include "importers/onnx_node.h"
#include "model/onnx_trees.h"

namespace headroom::importers {
/// The feature's index; refused if the node's input has no such column.
[[nodiscard]] Read<std::uint32_t> tree_feature(const OnnxNodeReader& node, std::int64_t feature);
/// Each node is reached once from the roots, at most. attribute: for the refusal.
[[nodiscard]] Read<bool> check_trees(const OnnxNodeReader& node, const model::OnnxTrees& trees, std::string_view attribute);
}  // namespace headroom::importers
