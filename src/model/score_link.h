// What the raw scores of a booster become: probabilities, labels, values. One rule for each library and release.
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "model/model.h"
#include "model/numpy_exp.h"
#include "model/numpy_log.h"

namespace headroom::model {
enum class Link : std::uint8_t {
  none,              // no predict_proba; predict of a regressor is the score
  logistic,          // 1 / (1 + exp(−slope · x)) for each score
  softmax,           // exp(x − max) / Σ
  log_softmax,       // exp(x − logsumexp(x)): GradientBoosting up to 1.3
  exponential,       // exp(x)
  signed_square,     // sign(x) · x²
  log1p_exp,         // log(1 + exp(x))
  step,              // x > 0
};
enum class Answer : std::uint8_t {
  values,        // predict: link of each score, [n, scores]
  two_classes,   // one score; predict_proba [1 − p, p]
  classes,       // a score for each class
  labels,        // multi-label: predict is 1 where p > 0.5, float64 [n, scores]; predict_proba p
};
/// How predict chooses a class.
enum class Choice : std::uint8_t { half_or_more, above_half, largest_probability, above_zero, zero_or_more, largest_score };

struct ScoreLink {
  Link link = Link::none;
  Answer answer = Answer::values;
  Choice choice = Choice::largest_probability;
  double slope = 1;
  bool has_proba = true;     // of a classifier
  bool has_decision = true;
  bool sequential_sum = false;   // sums go from left to right, not in numpy's pairs
  NumpyExp exp = NumpyExp::nearest;   // of log_softmax, where the difference of two logarithms makes much of their last bits
  NumpyLog log = NumpyLog::nearest;

  [[nodiscard]] std::vector<Method> methods() const;
  [[nodiscard]] bool is_classifier() const { return answer == Answer::two_classes || answer == Answer::classes; }
  /// Columns of predict_proba for this many scores.
  [[nodiscard]] std::size_t columns(std::size_t scores) const { return answer == Answer::two_classes ? 2 : scores; }
  /// link of each score. out: columns(scores) values.
  template <class Score>
  void probabilities(std::span<const Score> scores, Score* out) const noexcept;
  /// The class of a classifier. room: columns(scores) values.
  template <class Score>
  [[nodiscard]] std::int64_t label(std::span<const Score> scores, Score* room) const noexcept;
};
}  // namespace headroom::model
