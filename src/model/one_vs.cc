#include "model/one_vs.h"

#include <algorithm>
#include <cmath>

#include "model/answer.h"
#include "model/check_rows.h"
#include "model/sums.h"

namespace headroom::model {
std::size_t largest_of_rest(std::span<const double> scores, bool last_of_equals) noexcept {
  std::size_t best = 0;
  double most = -std::numeric_limits<double>::infinity();
  for (std::size_t i = 0; i < scores.size(); ++i) {
    const std::size_t c = last_of_equals ? i : scores.size() - 1 - i;
    if (std::isnan(scores[c])) break;
    if (scores[c] < most) continue;
    most = scores[c];
    best = c;
  }
  return best;
}

OneVs::OneVs(Spec spec) : spec_(std::move(spec)) {
  CHECK(!spec_.members.empty());
  ModelInfo& info = edit_info();
  info.task = Task::classification;
  info.n_features = spec_.n_features;
  info.methods = spec_.methods;
  for (const auto& member : spec_.members) info.bytes += member.model->info().bytes;
}

expected<void, RowError> OneVs::validate(const Rows& rows) const {
  if (spec_.finite_only) HEADROOM_TRY_VOID(check_rows(rows, info(), Nan::refuse, Width::f64));
  return validate_members(spec_.members, rows);
}

/// out[rows, members]: probabilities of the second class, decisions, or what the scheme compares (predict).
void OneVs::ask_scores(Method method, const Rows& rows, double* out, Scratch& scratch) const noexcept {
  const std::size_t m = spec_.members.size();
  scratch.c.resize(rows.count());
  for (std::size_t k = 0; k < m; ++k) {
    const Member& member = spec_.members[k];
    if (method == Method::predict_proba) {
      const Output& answer = ask(member, Method::predict_proba, rows, part(scratch, 0));
      for (std::size_t i = 0; i < rows.count(); ++i) out[i * m + k] = value_at(answer, i * answer.columns + 1);
      continue;
    }
    ask_score(member, rows, scratch.c.data(), part(scratch, 0));
    for (std::size_t i = 0; i < rows.count(); ++i) out[i * m + k] = scratch.c[i];
  }
}

/// out[rows, classes]: votes plus the confidences' sum, made so small that it only decides ties.
void OneVs::pair_votes(const Rows& rows, double* out, Scratch& scratch) const noexcept {
  const std::size_t k = spec_.n_classes;
  std::fill_n(out, rows.count() * k, 0.0);
  std::vector<double>& confidence = scratch.b;
  confidence.assign(rows.count() * k, 0.0);
  scratch.c.resize(rows.count());
  std::size_t pair = 0;
  for (std::size_t a = 0; a < k; ++a) {
    for (std::size_t b = a + 1; b < k; ++b, ++pair) {
      const Member& member = spec_.members[pair];
      ask_score(member, rows, scratch.c.data(), part(scratch, 0));
      const Output& labels = ask(member, Method::predict, rows, part(scratch, 1));
      for (std::size_t i = 0; i < rows.count(); ++i) {
        confidence[i * k + a] -= scratch.c[i];
        confidence[i * k + b] += scratch.c[i];
        const double label = member.is_classifier() ? static_cast<double>(member.classes[static_cast<std::size_t>(value_at(labels, i))]) : value_at(labels, i);
        if (label == 0) out[i * k + a] += 1;
        if (label == 1) out[i * k + b] += 1;
      }
    }
  }
  add_confidences(spec_.confidence, {out, rows.count() * k}, confidence);
}

std::int64_t OneVs::label(const double* scores) const noexcept {
  const std::size_t m = spec_.members.size();
  const std::size_t k = spec_.n_classes;
  if (spec_.scheme == Scheme::rest_binary) return static_cast<std::int64_t>(scores[0] > spec_.threshold);
  if (spec_.scheme == Scheme::one) return k == 2 ? static_cast<std::int64_t>(scores[1] > spec_.threshold) : static_cast<std::int64_t>(argmax({scores, k}));
  if (spec_.scheme == Scheme::rest) return static_cast<std::int64_t>(largest_of_rest({scores, m}, spec_.last_of_equals));
  return static_cast<std::int64_t>(nearest_code(scores));
}

/// By ‖scores‖² − 2 scores·code + ‖code‖², rounded as the origin does: huge scores make all codes equally far.
std::size_t OneVs::nearest_code(const double* scores) const noexcept {
  const std::size_t m = spec_.members.size();
  std::size_t best = 0;
  double least = std::numeric_limits<double>::max();
  for (std::size_t c = 0; c < spec_.n_classes; ++c) {
    const double* code = spec_.code_book.data() + c * m;
    const double squared = dot(scores, scores, m) + -2 * dot(scores, code, m) + dot(code, code, m);
    const double distance = spec_.root_of_distance ? std::sqrt(std::max(squared, 0.0)) : std::max(squared, 0.0);
    if (distance < least) {
      least = distance;
      best = c;
    }
  }
  return best;
}

void OneVs::probabilities(const double* scores, double* out) const noexcept {
  const std::size_t m = spec_.members.size();
  if (spec_.scheme == Scheme::rest_binary) {
    out[0] = 1 - scores[0];
    out[1] = scores[0];
  } else {
    std::copy_n(scores, m, out);
  }
  if (spec_.scheme == Scheme::rest_labels) return;
  const std::size_t k = spec_.n_classes;
  double sum = 0;
  for (std::size_t c = 0; c < k; ++c) sum += out[c];
  if (sum == 0 && spec_.keep_zero_row) return;
  for (std::size_t c = 0; c < k; ++c) out[c] /= sum;
}

void OneVs::predict(Method method, const Rows& rows, Output& out, Scratch& scratch) const noexcept {
  const std::size_t k = spec_.n_classes;
  const bool is_pairs = spec_.scheme == Scheme::one;
  const bool is_labels = spec_.scheme == Scheme::rest_labels;
  const std::size_t width = is_pairs ? k : spec_.members.size();
  scratch.a.resize(rows.count() * width);
  is_pairs ? pair_votes(rows, scratch.a.data(), scratch) : ask_scores(method, rows, scratch.a.data(), scratch);
  std::size_t columns = is_labels ? width : 1;
  if (method == Method::decision_function) columns = is_pairs && k == 2 ? 1 : width;
  if (method == Method::predict_proba && !is_labels) columns = k;
  std::int64_t* labels = method == Method::predict ? answer_indexes(out, rows.count(), columns) : nullptr;
  double* numbers = method == Method::predict ? nullptr : answer_numbers(out, rows.count(), columns);
  for (std::size_t i = 0; i < out.rows; ++i) {
    const double* scores = scratch.a.data() + i * width;
    if (method == Method::predict_proba) {
      probabilities(scores, numbers + i * columns);
    } else if (method == Method::decision_function) {
      std::copy_n(scores + (columns == 1 && is_pairs ? 1 : 0), columns, numbers + i * columns);
    }
    if (labels == nullptr) continue;   // only predict has them
    if (is_labels) {
      for (std::size_t c = 0; c < width; ++c) labels[i * width + c] = scores[c] > spec_.threshold ? 1 : 0;
    } else {
      labels[i] = label(scores);
    }
  }
}
}  // namespace headroom::model
