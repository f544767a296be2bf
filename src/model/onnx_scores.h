// What ONNX-ML's classifiers and regressors share: labels, and what becomes of raw scores (post_transform).
#pragma once
#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

#include "model/tensor.h"

namespace headroom::model {
enum class PostTransform : std::uint8_t { none, softmax, logistic, softmax_zero, probit };

struct OnnxLabels {
  std::vector<std::int64_t> whole;     // one of the two is filled
  std::vector<std::string> texts;
  [[nodiscard]] std::size_t size() const noexcept { return texts.empty() ? whole.size() : texts.size(); }
};

/// Writes labels of rows as output 0, [rows]. chosen: an index into labels for each row.
[[nodiscard]] inline Trouble write_labels(const Call& call, const OnnxLabels& labels, std::span<const std::int64_t> chosen) {
  const Shape shape{static_cast<std::int64_t>(chosen.size())};
  if (!labels.texts.empty()) {
    auto* out = call.make<std::string_view>(0, shape);
    if (out == nullptr) return kTooLarge;
    for (const auto k : chosen) *out++ = labels.texts[static_cast<std::size_t>(k)];
    return kFine;
  }
  auto* out = call.make<std::int64_t>(0, shape);
  if (out == nullptr) return kTooLarge;
  for (const auto k : chosen) *out++ = labels.whole[static_cast<std::size_t>(k)];
  return kFine;
}

/// Source of these four: ONNX Runtime, core/providers/cpu/ml/ml_common.h.
[[nodiscard]] inline float onnx_logistic(float x) noexcept {
  const float v = 1 / (1 + std::exp(-std::abs(x)));
  return x < 0 ? 1 - v : v;
}

[[nodiscard]] inline float onnx_probit(float p) noexcept {
  const float x = 2 * p - 1;
  const float sign = x < 0 ? -1.0F : 1.0F;
  const float log = std::log((1 - x) * (1 + x));
  const float v = 2 / (3.14159265358979323846F * 0.147F) + 0.5F * log;
  const float v2 = 1 / 0.147F * log;
  const float v3 = -v + std::sqrt(v * v - v2);
  return static_cast<float>(1.41421356237309504880) * (sign * std::sqrt(v3));
}

template <class T>
void onnx_softmax(std::span<T> scores, bool skips_zero) noexcept {
  float most = -std::numeric_limits<float>::max();
  for (const T score : scores) most = std::max(most, static_cast<float>(score));
  const float at_zero = std::exp(-most);
  float sum = 0;
  for (T& score : scores) {
    const auto x = static_cast<float>(score);
    if (!skips_zero || x > 0.0000001F || x < -0.0000001F) {
      score = static_cast<T>(std::exp(x - most));
      sum += static_cast<float>(score);
    } else {
      score = score * static_cast<T>(at_zero);
    }
  }
  for (T& score : scores) score = skips_zero ? score / static_cast<T>(sum) : static_cast<T>(static_cast<float>(score) / sum);
}

/// Two and more scores of a row, in place.
template <class T>
void transform_scores(PostTransform transform, std::span<T> scores) noexcept {
  switch (transform) {
    case PostTransform::none: return;
    case PostTransform::softmax: return onnx_softmax(scores, false);
    case PostTransform::softmax_zero: return onnx_softmax(scores, true);
    case PostTransform::logistic:
      for (T& score : scores) score = static_cast<T>(onnx_logistic(static_cast<float>(score)));
      return;
    case PostTransform::probit:
      for (T& score : scores) score = static_cast<T>(onnx_probit(static_cast<float>(score)));
      return;
  }
}
}  // namespace headroom::model
