// Which operators of ONNX and ONNX-ML are served, and how their nodes become kernels.
#pragma once
#include "importers/onnx_node.h"
#include "model/tensor.h"

namespace headroom::importers {
using OnnxImport = Read<model::Kernel> (*)(const OnnxNodeReader& node);

struct OnnxOp {
  std::string_view domain;              // "" is ai.onnx
  std::string_view name;
  OnnxImport import;
  std::size_t least = 1, most = 1;      // inputs; most = kAny: no limit
  std::size_t outputs = 1;              // kAny: as many as the node names
  std::size_t shaped_by = kNone;        // from this input on they say what the shape is: they may not depend on a row
  std::size_t index_input = kNone;      // an index among these values may be out of range
  std::size_t index_axis_of = 0;        //   … of this input
  bool (*troubles)(const OnnxNodeReader& node) = nullptr;   // whether a row's values may be refused
  static constexpr std::size_t kAny = 1U << 20U, kNone = 1U << 21U;
};

/// The operator, or nullptr.
[[nodiscard]] const OnnxOp* find_onnx_op(std::string_view domain, std::string_view name);

// The importers, by file.
Read<model::Kernel> import_binary(const OnnxNodeReader& node);        // onnx_math.cc
Read<model::Kernel> import_variadic(const OnnxNodeReader& node);
Read<model::Kernel> import_compare(const OnnxNodeReader& node);
Read<model::Kernel> import_logic(const OnnxNodeReader& node);
Read<model::Kernel> import_unary(const OnnxNodeReader& node);
Read<model::Kernel> import_clip(const OnnxNodeReader& node);
Read<model::Kernel> import_where(const OnnxNodeReader& node);
Read<model::Kernel> import_cast(const OnnxNodeReader& node);
Read<model::Kernel> import_reduce(const OnnxNodeReader& node);
Read<model::Kernel> import_arg(const OnnxNodeReader& node);
Read<model::Kernel> import_top(const OnnxNodeReader& node);
Read<model::Kernel> import_softmax(const OnnxNodeReader& node);
Read<model::Kernel> import_lp_normalization(const OnnxNodeReader& node);
Read<model::Kernel> import_running_sum(const OnnxNodeReader& node);
Read<model::Kernel> import_matmul(const OnnxNodeReader& node);
Read<model::Kernel> import_gemm(const OnnxNodeReader& node);
Read<model::Kernel> import_distance(const OnnxNodeReader& node);

Read<model::Kernel> import_identity(const OnnxNodeReader& node);      // onnx_shape.cc
Read<model::Kernel> import_reshape(const OnnxNodeReader& node);
Read<model::Kernel> import_flatten(const OnnxNodeReader& node);
Read<model::Kernel> import_squeeze(const OnnxNodeReader& node);
Read<model::Kernel> import_transpose(const OnnxNodeReader& node);
Read<model::Kernel> import_shape(const OnnxNodeReader& node);
Read<model::Kernel> import_constant_of_shape(const OnnxNodeReader& node);
Read<model::Kernel> import_expand(const OnnxNodeReader& node);
Read<model::Kernel> import_tile(const OnnxNodeReader& node);
Read<model::Kernel> import_concat(const OnnxNodeReader& node);
Read<model::Kernel> import_split(const OnnxNodeReader& node);
Read<model::Kernel> import_slice(const OnnxNodeReader& node);
Read<model::Kernel> import_gather(const OnnxNodeReader& node);
Read<model::Kernel> import_feature_extractor(const OnnxNodeReader& node);

Read<model::Kernel> import_scaler(const OnnxNodeReader& node);        // onnx_ml.cc
Read<model::Kernel> import_normalizer(const OnnxNodeReader& node);
Read<model::Kernel> import_imputer(const OnnxNodeReader& node);
Read<model::Kernel> import_one_hot(const OnnxNodeReader& node);
Read<model::Kernel> import_label_encoder(const OnnxNodeReader& node);
Read<model::Kernel> import_category_mapper(const OnnxNodeReader& node);
Read<model::Kernel> import_binarizer(const OnnxNodeReader& node);
Read<model::Kernel> import_feature_vectorizer(const OnnxNodeReader& node);
Read<model::Kernel> import_zip_map(const OnnxNodeReader& node);
Read<model::Kernel> import_linear(const OnnxNodeReader& node);
Read<model::Kernel> import_svm_classifier(const OnnxNodeReader& node);
Read<model::Kernel> import_svm_regressor(const OnnxNodeReader& node);

Read<model::Kernel> import_trees(const OnnxNodeReader& node);         // onnx_trees.cc
Read<model::Kernel> import_tree_ensemble(const OnnxNodeReader& node); // onnx_tree_ensemble.cc
}  // namespace headroom::importers
