#include "model/neighbors.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "model/answer.h"
#include "model/check_rows.h"
#include "model/sums.h"

namespace headroom::model {
namespace {
/// Distances in scratch.a become weights, in the order of the neighbours.
void invert(std::span<double> distances) noexcept {
  const bool has_match = std::ranges::any_of(distances, [](double d) { return std::isinf(1.0 / d); });
  for (double& d : distances) d = has_match ? (std::isinf(1.0 / d) ? 1.0 : 0.0) : 1.0 / d;
}

/// No distance between such values overflows.
bool is_moderate(double value) noexcept { return std::fabs(value) < 1e100; }
}  // namespace

Neighbors::Neighbors(Spec spec) : spec_(std::move(spec)) {
  const std::size_t count = spec_.search.count();
  CHECK(count > 0 && spec_.search.k <= count);
  const bool is_classifier = !spec_.classes.empty();
  CHECK(is_classifier ? spec_.classes.size() == spec_.outputs && spec_.labels.size() == count * spec_.outputs : spec_.targets.size() == count * spec_.outputs);
  n_shares_ = std::accumulate(spec_.classes.begin(), spec_.classes.end(), std::size_t{0});
  ModelInfo& info = edit_info();
  info.task = is_classifier ? Task::classification : Task::regression;
  info.n_features = spec_.search.n_features;
  info.methods = {Method::predict};
  if (is_classifier) info.methods.push_back(Method::predict_proba);
  info.bytes = (spec_.search.rows.size() + spec_.targets.size()) * sizeof(double) + spec_.labels.size() * sizeof(std::size_t);
}

expected<void, RowError> Neighbors::validate(const Rows& rows) const {
  HEADROOM_TRY_VOID(check_rows(rows, info(), Nan::refuse, Width::f64));
  const bool lonely = spec_.search.k == 0 && !spec_.classes.empty() && spec_.outlier.empty();
  const bool weightless = spec_.by_distance && spec_.refuse_weightless;
  if (!lonely && !weightless) return {};
  Scratch scratch;
  const auto matrix = densify(rows, scratch.b);
  for (std::size_t i = 0; i < matrix.rows(); ++i) {
    if (!lonely && std::ranges::all_of(matrix.row(i), is_moderate)) continue;
    const std::size_t found = find(matrix.row(i), scratch);
    if (weightless && found > 0 && std::all_of(scratch.a.begin(), scratch.a.begin() + static_cast<std::ptrdiff_t>(found), [](double weight) { return weight == 0; })) {
      return unexpected(RowError{i, 0, "All neighbors of some sample is getting zero weights."});
    }
    if (found == 0) return unexpected(RowError{i, 0, "No neighbors found for test samples: none within the radius, and outlier_label is None"});
  }
  return {};
}

bool Neighbors::takes_all_within(double magnitude) const noexcept {
  const bool lonely = spec_.search.k == 0 && !spec_.classes.empty() && spec_.outlier.empty();
  return !lonely && (!spec_.refuse_weightless || is_moderate(magnitude));
}

/// Neighbours' rows in scratch.indexes and their weights in scratch.a, nearest first; how many.
std::size_t Neighbors::find(std::span<const double> row, Scratch& scratch) const noexcept {
  const std::size_t found = spec_.search.find(row, scratch);
  if (spec_.by_distance) {
    invert({scratch.a.data(), found});
  } else {
    std::fill_n(scratch.a.begin(), found, 1.0);
  }
  return found;
}

/// The share of each class of each output.
void Neighbors::vote(std::size_t found, Scratch& scratch, double* shares) const noexcept {
  std::fill_n(shares, n_shares_, 0.0);
  for (std::size_t o = 0; o < spec_.outputs; ++o) {
    const std::span<double> of_output(shares, spec_.classes[o]);
    for (std::size_t i = 0; i < found; ++i) of_output[spec_.labels[scratch.indexes[i] * spec_.outputs + o]] += scratch.a[i];
    if (found == 0 && !spec_.outlier.empty()) of_output[spec_.outlier[o]] = 1.0;
    const double sum = numpy_sum({of_output.data(), of_output.size()});
    if (sum != 0) {
      for (double& share : of_output) share /= sum;
    }
    shares += spec_.classes[o];
  }
}

/// The class of each output with the largest weight, summed over all neighbours as scipy's weighted mode does.
void Neighbors::choose(std::size_t found, Scratch& scratch, std::int64_t* out) const noexcept {
  scratch.c.resize(found);
  for (std::size_t o = 0; o < spec_.outputs; ++o) {
    double most = 0;
    out[o] = 0;
    for (std::size_t c = 0; c < spec_.classes[o]; ++c) {
      for (std::size_t i = 0; i < found; ++i) scratch.c[i] = spec_.labels[scratch.indexes[i] * spec_.outputs + o] == c ? scratch.a[i] : 0.0;
      const double weight = numpy_sum({scratch.c.data(), found});
      if (weight <= most) continue;
      most = weight;
      out[o] = static_cast<std::int64_t>(c);
    }
  }
}

/// The class of each output with the first largest share, as a radius classifier chooses.
void Neighbors::choose_share(std::size_t found, Scratch& scratch, std::int64_t* out) const noexcept {
  scratch.c.resize(n_shares_);
  vote(found, scratch, scratch.c.data());
  const double* shares = scratch.c.data();
  for (std::size_t o = 0; o < spec_.outputs; shares += spec_.classes[o], ++o) out[o] = static_cast<std::int64_t>(argmax({shares, spec_.classes[o]}));
}

void Neighbors::average(std::size_t found, Scratch& scratch, double* out) const noexcept {
  if (found == 0) {
    std::fill_n(out, spec_.outputs, spec_.lonely);
    return;
  }
  const double weight = numpy_sum({scratch.a.data(), found});
  scratch.c.resize(found);
  for (std::size_t o = 0; o < spec_.outputs; ++o) {
    double sequential = 0;
    for (std::size_t i = 0; i < found; ++i) {
      const double target = spec_.targets[scratch.indexes[i] * spec_.outputs + o];
      scratch.c[i] = spec_.by_distance ? target * scratch.a[i] : target;
      sequential += scratch.c[i];
    }
    // numpy runs along the outputs where there are several and no weights, so it adds neighbour by neighbour.
    const bool in_order = !spec_.by_distance && spec_.outputs > 1;
    out[o] = (in_order ? sequential : numpy_sum({scratch.c.data(), found})) / weight;
  }
}

void Neighbors::predict(Method method, const Rows& rows, Output& out, Scratch& scratch) const noexcept {
  const bool is_classifier = !spec_.classes.empty();
  CHECK(method == Method::predict || (method == Method::predict_proba && is_classifier));
  const auto matrix = densify(rows, scratch.b);
  const bool as_labels = is_classifier && method == Method::predict;
  const std::size_t columns = method == Method::predict_proba ? n_shares_ : spec_.outputs;
  std::int64_t* labels = as_labels ? answer_indexes(out, matrix.rows(), columns) : nullptr;
  double* numbers = as_labels ? nullptr : answer_numbers(out, matrix.rows(), columns);
  for (std::size_t i = 0; i < matrix.rows(); ++i) {
    const std::size_t found = find(matrix.row(i), scratch);
    if (as_labels && spec_.search.k == 0) {
      choose_share(found, scratch, labels + i * columns);
    } else if (as_labels) {
      choose(found, scratch, labels + i * columns);
    } else if (is_classifier) {
      vote(found, scratch, numbers + i * columns);
    } else {
      average(found, scratch, numbers + i * columns);
    }
  }
}
}  // namespace headroom::model
