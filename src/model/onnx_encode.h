// ONNX-ML's operators that prepare columns: encoders, imputer, scaler.
#pragma once
#include "model/tensor.h"

namespace headroom::model {
/// (x − offset) · scale in float32; offset and scale have one value, or one a column.
[[nodiscard]] Kernel scaler_kernel(std::vector<float> offset, std::vector<float> scale);

/// One of the two pairs is filled: values of x equal to `replaced` (NaN too) become the column's, or the only, imputed value.
struct OnnxImputer {
  std::vector<float> f32;
  float replaced_f32 = 0;
  std::vector<std::int64_t> i64;
  std::int64_t replaced_i64 = 0;
};
[[nodiscard]] Kernel imputer_kernel(OnnxImputer spec);

/// x → x's shape and one more axis: float32 0 and 1. One of the lists is filled. Numbers are cut toward zero.
struct OnnxOneHot {
  std::vector<std::int64_t> whole;
  std::vector<std::string> texts;
  bool takes_unknown = true;   // all zeros; else a trouble of the row
};
[[nodiscard]] Kernel one_hot_kernel(OnnxOneHot spec);

/// key → value, for LabelEncoder and CategoryMapper. keys and values: as many, of any type; otherwise: one value of that type.
struct OnnxMapping {
  Tensor keys, values, otherwise;
};
[[nodiscard]] Kernel mapping_kernel(OnnxMapping spec);

/// Several x of any rank ≥ 1 → float32 [n, all columns].
[[nodiscard]] Kernel feature_vectorizer_kernel(std::vector<std::int64_t> widths);
}  // namespace headroom::model
