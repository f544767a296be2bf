#include "model/svm.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "model/answer.h"
#include "model/check_rows.h"
#include "model/couple.h"

namespace headroom::model {
namespace {
std::size_t bytes_of(const SupportVectors& support) { return support.vectors.size() * sizeof(double) + support.precomputed.size() * sizeof(std::size_t); }

/// libsvm's sigmoid, written so that neither branch overflows.
double platt(double decision, double a, double b) noexcept {
  const double x = decision * a + b;
  return x >= 0 ? std::exp(-x) / (1.0 + std::exp(-x)) : 1.0 / (1 + std::exp(x));
}

void check_support(const SupportVectors& support) {
  CHECK(support.precomputed.empty() ? support.vectors.size() == support.count * support.n_features : support.precomputed.size() == support.count);
}
}  // namespace

void SupportVectors::evaluate(const double* row, double* out) const noexcept {
  if (!precomputed.empty()) {
    for (std::size_t i = 0; i < count; ++i) out[i] = row[precomputed[i]];
    return;
  }
  for (std::size_t i = 0; i < count; ++i) out[i] = kernel(row, vectors.data() + i * n_features, n_features);
}

SvmClassifier::SvmClassifier(Spec spec) : spec_(std::move(spec)) {
  check_support(spec_.support);
  const std::size_t k = n_classes();
  CHECK(k >= 2 && n_pairs() == k * (k - 1) / 2 && spec_.coef.size() == (k - 1) * spec_.support.count);
  CHECK(spec_.prob_a.size() == spec_.prob_b.size() && (spec_.prob_a.empty() || spec_.prob_a.size() == n_pairs()));
  starts_.resize(k);
  std::exclusive_scan(spec_.per_class.begin(), spec_.per_class.end(), starts_.begin(), std::size_t{0});
  CHECK(starts_.back() + spec_.per_class.back() == spec_.support.count);
  ModelInfo& info = edit_info();
  info.task = Task::classification;
  info.n_features = spec_.support.n_features;
  info.methods = {Method::predict};
  if (!spec_.prob_a.empty()) info.methods.push_back(Method::predict_proba);
  info.methods.push_back(Method::decision_function);
  info.bytes = bytes_of(spec_.support) + (spec_.coef.size() + 3 * n_pairs()) * sizeof(double);
}

expected<void, RowError> SvmClassifier::validate(const Rows& rows) const { return check_rows(rows, info(), Nan::refuse, Width::f64); }

/// Fills in the decisions of all pairs; the class with the most votes.
std::size_t SvmClassifier::decide(const double* kernels, double* decisions) const noexcept {
  const std::size_t k = n_classes();
  std::size_t pair = 0;
  for (std::size_t i = 0; i < k; ++i) {
    for (std::size_t j = i + 1; j < k; ++j, ++pair) {
      const double* of_i = spec_.coef.data() + (j - 1) * spec_.support.count;
      const double* of_j = spec_.coef.data() + i * spec_.support.count;
      double sum = 0;
      for (std::size_t s = starts_[i]; s < starts_[i] + spec_.per_class[i]; ++s) sum += of_i[s] * kernels[s];
      for (std::size_t s = starts_[j]; s < starts_[j] + spec_.per_class[j]; ++s) sum += of_j[s] * kernels[s];
      decisions[pair] = sum + spec_.intercept[pair];
    }
  }
  std::size_t best = 0, best_votes = 0;
  for (std::size_t c = 0; c < k; ++c) {
    std::size_t votes = 0;
    pair = 0;
    for (std::size_t i = 0; i < k; ++i) {
      for (std::size_t j = i + 1; j < k; ++j, ++pair) votes += decisions[pair] > 0 ? c == i : c == j;
    }
    if (c == 0 || votes > best_votes) {
      best = c;
      best_votes = votes;
    }
  }
  return best;
}

void SvmClassifier::count_votes(const double* decisions, double* votes, double* confidences) const noexcept {
  const std::size_t k = n_classes();
  for (std::size_t c = 0; c < k; ++c) {
    votes[c] = confidences[c] = 0;
    std::size_t pair = 0;
    for (std::size_t i = 0; i < k; ++i) {
      for (std::size_t j = i + 1; j < k; ++j, ++pair) {
        if (c != i && c != j) continue;
        const double negated = -decisions[pair];
        confidences[c] += c == i ? -negated : negated;
        votes[c] += (decisions[pair] < 0) == (c == j) ? 1.0 : 0.0;
      }
    }
  }
}

void SvmClassifier::probabilities(const double* decisions, std::vector<double>& buffer, double* out) const noexcept {
  constexpr double kLeast = 1e-7;
  const std::size_t k = n_classes();
  buffer.resize(k * k + couple_buffer(k));
  double* pairwise = buffer.data();
  std::size_t pair = 0;
  for (std::size_t i = 0; i < k; ++i) {
    for (std::size_t j = i + 1; j < k; ++j, ++pair) {
      const double p = std::min(std::max(platt(decisions[pair], spec_.prob_a[pair], spec_.prob_b[pair]), kLeast), 1 - kLeast);
      pairwise[i * k + j] = p;
      pairwise[j * k + i] = 1 - p;
    }
  }
  couple(k, pairwise, buffer.data() + k * k, out);
}

void SvmClassifier::predict(Method method, const Rows& rows, Output& out, Scratch& scratch) const noexcept {
  CHECK(std::ranges::find(info().methods, method) != info().methods.end());
  const auto matrix = densify(rows, scratch.b);
  const std::size_t k = n_classes();
  const std::size_t count = spec_.support.count;
  scratch.a.resize(count + n_pairs() + 2 * k);
  double* kernels = scratch.a.data();
  double* decisions = kernels + count;
  double* votes = decisions + n_pairs();
  double* confidences = votes + k;
  const bool as_pairs = k == 2 || spec_.shape == Shape::one_versus_one;
  const bool as_rest = method == Method::decision_function && !as_pairs;
  const std::size_t columns = method == Method::predict_proba ? k : as_pairs ? n_pairs() : k;
  if (as_rest) scratch.c.resize(matrix.rows() * k);
  double* numbers = method == Method::predict ? nullptr : answer_numbers(out, matrix.rows(), columns);
  std::int64_t* labels = method == Method::predict ? answer_indexes(out, matrix.rows()) : nullptr;
  for (std::size_t i = 0; i < matrix.rows(); ++i) {
    spec_.support.evaluate(matrix.row(i).data(), kernels);
    const std::size_t winner = decide(kernels, decisions);
    if (method == Method::predict_proba) {
      probabilities(decisions, scratch.c, numbers + i * columns);
    } else if (method == Method::decision_function && as_pairs) {
      for (std::size_t p = 0; p < columns; ++p) numbers[i * columns + p] = k == 2 ? -decisions[p] : decisions[p];
    } else if (method == Method::decision_function) {
      count_votes(decisions, numbers + i * columns, scratch.c.data() + i * columns);
    } else if (labels != nullptr) {
      const bool by_confidence = spec_.break_ties && k > 2;
      if (by_confidence) {
        count_votes(decisions, votes, confidences);
        add_confidences(spec_.confidence, {votes, k}, {confidences, k});
      }
      labels[i] = static_cast<std::int64_t>(by_confidence ? argmax({votes, k}) : winner);
    }
  }
  if (as_rest) add_confidences(spec_.confidence, {numbers, matrix.rows() * k}, scratch.c);
}

KernelMachine::KernelMachine(Spec spec) : spec_(std::move(spec)) {
  check_support(spec_.support);
  CHECK(!spec_.intercept.empty() && spec_.coef.size() == spec_.intercept.size() * spec_.support.count);
  ModelInfo& info = edit_info();
  info.task = spec_.is_outlier_detector ? Task::outlier : Task::regression;
  info.n_features = spec_.support.n_features;
  info.methods = {Method::predict};
  if (spec_.is_outlier_detector) info.methods.push_back(Method::decision_function);
  info.bytes = bytes_of(spec_.support) + (spec_.coef.size() + spec_.intercept.size()) * sizeof(double);
}

expected<void, RowError> KernelMachine::validate(const Rows& rows) const { return check_rows(rows, info(), Nan::refuse, Width::f64); }

void KernelMachine::predict(Method method, const Rows& rows, Output& out, Scratch& scratch) const noexcept {
  const bool is_label = method == Method::predict && spec_.is_outlier_detector;
  CHECK(method == Method::predict || (method == Method::decision_function && spec_.is_outlier_detector));
  const auto matrix = densify(rows, scratch.b);
  const std::size_t outputs = spec_.intercept.size();
  const std::size_t count = spec_.support.count;
  double* numbers = is_label ? nullptr : answer_numbers(out, matrix.rows(), outputs);
  std::int64_t* labels = is_label ? answer_indexes(out, matrix.rows()) : nullptr;
  scratch.a.resize(count);
  for (std::size_t i = 0; i < matrix.rows(); ++i) {
    spec_.support.evaluate(matrix.row(i).data(), scratch.a.data());
    for (std::size_t o = 0; o < outputs; ++o) {
      double sum = 0;
      for (std::size_t s = 0; s < count; ++s) sum += spec_.coef[o * count + s] * scratch.a[s];
      sum += spec_.intercept[o];
      if (is_label) {
        labels[i] = sum > 0 || (sum == 0 && spec_.zero_is_inlier) ? 1 : -1;
      } else {
        numbers[i * outputs + o] = sum;
      }
    }
  }
}
}  // namespace headroom::model
