#include "model/score_link.h"

#include <algorithm>
#include <cmath>

#include "model/sums.h"

namespace headroom::model {
namespace {
template <class Score>
std::size_t first_largest(std::span<const Score> values) noexcept {
  std::size_t best = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (std::isnan(values[i])) return i;
    if (values[i] > values[best]) best = i;
  }
  return best;
}

double logistic(double x) noexcept { return 1.0 / (1.0 + std::exp(-x)); }
/// XGBoost's, which keeps exp from overflowing.
float logistic(float x) noexcept {
  constexpr float kTiny = 1e-16F;
  return 1.0F / (std::exp(std::min(-x, 88.7F)) + 1.0F + kTiny);
}

template <class Score>
Score sum_of(std::span<const Score> values, bool sequential) noexcept {
  if constexpr (sizeof(Score) == 8) {
    if (!sequential) return numpy_sum(values);
  }
  Score sum = 0;
  for (const Score value : values) sum += value;
  return sum;
}

/// XGBoost sums floats in double, then rounds the sum.
void softmax(std::span<const float> scores, float* out) noexcept {
  const float largest = *std::ranges::max_element(scores);
  double sum = 0;
  for (std::size_t i = 0; i < scores.size(); ++i) sum += static_cast<double>(out[i] = std::exp(scores[i] - largest));
  for (std::size_t i = 0; i < scores.size(); ++i) out[i] /= static_cast<float>(sum);
}

void softmax(std::span<const double> scores, double* out, bool sequential) noexcept {
  const double largest = *std::ranges::max_element(scores);
  for (std::size_t i = 0; i < scores.size(); ++i) out[i] = std::exp(scores[i] - largest);
  const double sum = sum_of(std::span<const double>(out, scores.size()), sequential);
  for (std::size_t i = 0; i < scores.size(); ++i) out[i] /= sum;
}

template <class Score>
void log_softmax(std::span<const Score> scores, const ScoreLink& link, Score* out) noexcept {
  const auto exp = [&](Score x) { return static_cast<Score>(numpy_exp(static_cast<double>(x), link.exp)); };
  const Score largest = *std::ranges::max_element(scores);
  for (std::size_t i = 0; i < scores.size(); ++i) out[i] = exp(scores[i] - largest);
  const double sum = static_cast<double>(sum_of(std::span<const Score>(out, scores.size()), link.sequential_sum));
  const Score total = static_cast<Score>(numpy_log(sum, link.log)) + largest;
  for (std::size_t i = 0; i < scores.size(); ++i) out[i] = exp(scores[i] - total);
}
}  // namespace

std::vector<Method> ScoreLink::methods() const {
  std::vector<Method> methods{Method::predict};
  if (answer != Answer::values && has_proba) methods.push_back(Method::predict_proba);
  if (has_decision) methods.push_back(Method::decision_function);
  return methods;
}

template <class Score>
void ScoreLink::probabilities(std::span<const Score> scores, Score* out) const noexcept {
  const auto each = [&](auto&& function) {
    for (std::size_t i = 0; i < scores.size(); ++i) out[i] = function(scores[i]);
  };
  switch (link) {
    case Link::none: each([](Score x) { return x; }); break;
    case Link::logistic: each([&](Score x) { return logistic(static_cast<Score>(slope) * x); }); break;
    case Link::softmax:
      if constexpr (sizeof(Score) == 4) {
        softmax(scores, out);
      } else {
        softmax(scores, out, sequential_sum);
      }
      break;
    case Link::log_softmax: log_softmax(scores, *this, out); break;
    case Link::exponential: each([](Score x) { return std::exp(x); }); break;
    case Link::signed_square: each([](Score x) { return std::copysign(x * x, x); }); break;
    case Link::log1p_exp: each([](Score x) { return std::log1p(std::exp(x)); }); break;
    case Link::step: each([](Score x) { return static_cast<Score>(x > 0); }); break;
  }
  if (answer != Answer::two_classes) return;
  out[1] = out[0];
  out[0] = 1 - out[1];
}

template <class Score>
std::int64_t ScoreLink::label(std::span<const Score> scores, Score* room) const noexcept {
  switch (choice) {
    case Choice::above_zero: return static_cast<std::int64_t>(scores[0] > 0);
    case Choice::zero_or_more: return static_cast<std::int64_t>(scores[0] >= 0);
    case Choice::largest_score: return static_cast<std::int64_t>(first_largest(scores));
    case Choice::half_or_more:
    case Choice::above_half:
    case Choice::largest_probability: break;
  }
  probabilities(scores, room);
  if (choice == Choice::above_half) return static_cast<std::int64_t>(room[1] > Score{0.5});
  if (choice == Choice::half_or_more) return static_cast<std::int64_t>(room[1] >= Score{0.5});
  return static_cast<std::int64_t>(first_largest(std::span<const Score>(room, columns(scores.size()))));
}

template void ScoreLink::probabilities(std::span<const float>, float*) const noexcept;
template void ScoreLink::probabilities(std::span<const double>, double*) const noexcept;
template std::int64_t ScoreLink::label(std::span<const float>, float*) const noexcept;
template std::int64_t ScoreLink::label(std::span<const double>, double*) const noexcept;
}  // namespace headroom::model
