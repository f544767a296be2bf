#include "model/label_propagation.h"

#include <algorithm>

#include "model/answer.h"
#include "model/check_rows.h"
#include "model/sums.h"

namespace headroom::model {
LabelPropagation::LabelPropagation(Spec spec) : spec_(std::move(spec)) {
  const std::size_t count = spec_.search.count();
  CHECK(count > 0 && spec_.search.k <= count && spec_.n_classes > 0 && spec_.distributions.size() == count * spec_.n_classes);
  ModelInfo& info = edit_info();
  info.task = Task::classification;
  info.n_features = spec_.search.n_features;
  info.methods = {Method::predict, Method::predict_proba};
  info.bytes = (spec_.search.rows.size() + spec_.distributions.size()) * sizeof(double);
}

expected<void, RowError> LabelPropagation::validate(const Rows& rows) const { return check_rows(rows, info(), Nan::refuse, Width::f64); }

void LabelPropagation::shares(std::span<const double> row, Scratch& scratch, std::span<double> out) const noexcept {
  const NeighborSearch& search = spec_.search;
  std::ranges::fill(out, 0.0);
  if (search.k > 0) {
    const std::size_t found = search.find(row, scratch);
    for (std::size_t i = 0; i < found; ++i) {
      const double* own = spec_.distributions.data() + scratch.indexes[i] * spec_.n_classes;
      for (std::size_t c = 0; c < spec_.n_classes; ++c) out[c] += own[c];
    }
  } else {
    const std::size_t count = search.count();
    Kernel kernel;
    kernel.kind = Kernel::Kind::rbf;
    kernel.gamma = spec_.gamma;
    scratch.a.resize(count);
    for (std::size_t i = 0; i < count; ++i) scratch.a[i] = kernel(row.data(), search.rows.data() + i * row.size(), row.size());
    for (std::size_t c = 0; c < spec_.n_classes; ++c) out[c] = dot(scratch.a.data(), spec_.distributions.data() + c * count, count);
  }
  const double sum = numpy_sum({out.data(), out.size()});
  for (double& share : out) share /= sum;
}

void LabelPropagation::predict(Method method, const Rows& rows, Output& out, Scratch& scratch) const noexcept {
  CHECK(method == Method::predict || method == Method::predict_proba);
  const auto matrix = densify(rows, scratch.b);
  const std::size_t k = spec_.n_classes;
  if (method == Method::predict_proba) {
    double* answer = answer_numbers(out, matrix.rows(), k);
    for (std::size_t i = 0; i < matrix.rows(); ++i) shares(matrix.row(i), scratch, {answer + i * k, k});
    return;
  }
  std::int64_t* answer = answer_indexes(out, matrix.rows());
  scratch.selected.resize(k);
  for (std::size_t i = 0; i < matrix.rows(); ++i) {
    shares(matrix.row(i), scratch, scratch.selected);
    answer[i] = static_cast<std::int64_t>(argmax(scratch.selected));
  }
}
}  // namespace headroom::model
