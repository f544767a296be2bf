#include "model/encoder.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "model/check_rows.h"

namespace headroom::model {
namespace {
/// A cell as Python's repr() shows it.
std::string shown(const Cells& cells, std::size_t row) {
  if (cells.is_text()) {
    const auto text = cells.text(row);
    return text.data() == nullptr ? "nan" : "'" + std::string(text.substr(0, 100)) + "'";
  }
  return to_text(Label(cells.number(row)));
}
}  // namespace

Encoder::Encoder(std::vector<EncodedFeature> features, Unknown unknown, Missing missing)
    : features_(std::move(features)), unknown_(unknown), missing_(missing) {
  ModelInfo& info = edit_info();
  info.task = Task::transform;
  info.n_features = features_.size();
  info.methods = {Method::transform};
  bool has_text = false;
  for (const auto& feature : features_) {
    CHECK(feature.one_hot ? feature.hot.size() == feature.categories.size() + 1 : feature.values.size() == (feature.categories.size() + 1) * feature.width);
    info.n_outputs += feature.width;
    info.bytes += feature.categories.bytes() + feature.hot.size() * sizeof(feature.hot[0]) + feature.values.size() * sizeof(double);
    info.feature_kinds.push_back(feature.categories.kind());
    info.feature_examples.push_back(feature.categories.a_text());
    info.feature_ranges.push_back({feature.categories.a_number(), feature.categories.a_number()});
    has_text |= info.feature_kinds.back() != FeatureKind::number;
    for (const double value : feature.values) bound_ = std::isnan(value) ? value : std::max(bound_, std::fabs(value));
    if (std::isnan(bound_)) bound_ = std::numeric_limits<double>::infinity();
  }
  if (!has_text) info.feature_kinds.clear();
}

expected<void, RowError> Encoder::validate_feature(const Rows& rows, std::size_t feature) const {
  const Cells cells(rows, feature);
  for (std::size_t i = 0; i < rows.count(); ++i) {
    const bool is_missing = cells.is_text() ? cells.text(i).data() == nullptr : std::isnan(cells.number(i));
    if (is_missing && missing_ == Missing::refuse) return unexpected(RowError{i, feature, "Input contains NaN"});
    if (!cells.is_text() && std::isinf(cells.number(i))) {
      return unexpected(RowError{i, feature, "Input X contains infinity or a value too large for dtype('float64')."});
    }
    if (unknown_ == Unknown::refuse && features_[feature].categories.find(cells, i) == Categories::kUnknown) {
      return unexpected(RowError{i, feature, "Found unknown categories [" + shown(cells, i) + "] in column " + std::to_string(feature) + " during transform"});
    }
  }
  return {};
}

expected<void, RowError> Encoder::validate(const Rows& rows) const {
  HEADROOM_TRY_VOID(check_width(rows, info()));
  for (std::size_t j = 0; j < features_.size(); ++j) HEADROOM_TRY_VOID(validate_feature(rows, j));
  return {};
}

void Encoder::predict(Method method, const Rows& rows, Output& out, Scratch& scratch) const noexcept {
  CHECK(method == Method::transform);
  static_cast<void>(scratch);
  out.dtype = DType::f64;
  out.rows = rows.count();
  out.columns = info().n_outputs;
  out.f64.assign(out.rows * out.columns, 0.0);
  std::size_t first = 0;
  for (std::size_t j = 0; j < features_.size(); ++j) {
    const EncodedFeature& feature = features_[j];
    const Cells cells(rows, j);
    for (std::size_t i = 0; i < out.rows; ++i) {
      const auto found = feature.categories.find(cells, i);
      const auto category = found == Categories::kUnknown ? feature.categories.size() : static_cast<std::size_t>(found);
      double* to = out.f64.data() + i * out.columns + first;
      if (!feature.one_hot) {
        std::copy_n(feature.values.data() + category * feature.width, feature.width, to);
      } else if (feature.hot[category] >= 0) {
        to[feature.hot[category]] = 1;
      }
    }
    first += feature.width;
  }
}

double Encoder::output_bound(double magnitude) const noexcept { return magnitude >= 0 ? bound_ : magnitude; }

bool Encoder::takes_all_within(double magnitude) const noexcept { return unknown_ == Unknown::encode && magnitude >= 0; }
}  // namespace headroom::model
