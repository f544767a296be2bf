// KNNImputer.
#include <cmath>

#include "formats/error.h"
#include "importers/matrix.h"
#include "importers/numpy_era.h"
#include "importers/values.h"
#include "model/knn_imputer.h"

namespace headroom::importers {
using formats::Kind;
using Spec = model::KnnImputer::Spec;

namespace {
/// metric and weights, both of which may be code; n_neighbors; the release's rules.
Read<bool> read_rule(const Estimator& estimator, Spec& spec) {
  HEADROOM_TRY(metric, estimator.place.need("metric"));
  if (!metric.value().is(Kind::text)) return metric.refuse("a metric that is " + formats::describe(metric.value()) + " cannot be served: it is code");
  if (metric.value().text() != "nan_euclidean") return metric.refuse("the metric '" + formats::printable(metric.value().text(), 40) + "' is not known");
  HEADROOM_TRY(weights, estimator.place.need("weights"));
  if (!weights.is_none()) {
    if (!weights.value().is(Kind::text)) return weights.refuse("weights that are " + formats::describe(weights.value()) + " cannot be served: they are code");
    const auto word = weights.value().text();
    if (word != "uniform" && word != "distance") return weights.refuse("weights '" + formats::printable(word, 40) + "' are not known");
    spec.by_distance = word == "distance";
  }
  HEADROOM_TRY(k_place, estimator.place.need("n_neighbors"));
  HEADROOM_TRY(k, k_place.count());
  if (k == 0) return k_place.refuse("n_neighbors is 0");
  spec.k = k;
  spec.averages_strangers = estimator.version < Version{1, 6};
  spec.partition = partition_of(estimator.version);
  return true;
}

Read<bool> read_missing(const Estimator& estimator, Spec& spec) {
  HEADROOM_TRY(place, estimator.place.need("missing_values"));
  HEADROOM_TRY(number, real_of(place));
  spec.missing = number;
  return true;
}

/// Other types than float64 are summed in that type.
Read<bool> read_rows(const Estimator& estimator, Spec& spec) {
  HEADROOM_TRY(place, estimator.place.need("_fit_X"));
  HEADROOM_TRY(array, place.array());
  if (array->dtype.kind != 'f' || array->dtype.itemsize != sizeof(double)) return place.refuse("training rows of dtype " + array->dtype.descr() + " are not served, only float64");
  HEADROOM_TRY(rows, matrix_of(place, estimator));
  if (rows.rows == 0 || rows.columns == 0 || rows.rows > std::numeric_limits<std::uint32_t>::max()) return place.refuse(std::to_string(rows.rows) + " training rows");
  HEADROOM_TRY_VOID(check_width(estimator, rows.columns, "_fit_X"));
  HEADROOM_TRY_VOID(spend(estimator, model::KnnImputer::bytes_of(rows.rows, rows.columns)));
  for (std::size_t i = 0; i < rows.values.size(); ++i) {
    if (!std::isfinite(rows.values[i]) && !spec.is_missing(rows.values[i])) return place.refuse("element " + std::to_string(i) + " is neither finite nor missing");
  }
  spec.n_features = rows.columns;
  spec.rows = std::move(rows.values);
  return true;
}

/// What the estimator stores beside its rows must say of them what they say themselves.
Read<bool> check_masks(const Estimator& estimator, const std::vector<bool>& has_donors, const Spec& spec) {
  HEADROOM_TRY(mask_place, estimator.place.need("_mask_fit_X"));
  HEADROOM_TRY(mask, matrix_of(mask_place, estimator, spec.rows.size() / spec.n_features, spec.n_features));
  for (std::size_t i = 0; i < mask.size(); ++i) {
    if ((mask[i] != 0) != spec.is_missing(spec.rows[i])) return mask_place.refuse("element " + std::to_string(i) + " is not what _fit_X and missing_values say");
  }
  const auto valid_place = estimator.place.find("_valid_mask");   // since 1.1
  if (!valid_place) return true;
  HEADROOM_TRY(valid, mask_of(*valid_place, spec.n_features));
  if (valid != has_donors) return valid_place->refuse("it is not which columns of _fit_X have values");
  return true;
}

Read<bool> keep(const Estimator& estimator, Spec& spec) {
  HEADROOM_TRY(keeps_empty, flag_of(estimator, "keep_empty_features", false));
  std::vector<bool> has_donors(spec.n_features);
  for (std::size_t i = 0; i < spec.rows.size(); ++i) {
    if (!spec.is_missing(spec.rows[i])) has_donors[i % spec.n_features] = true;
  }
  HEADROOM_TRY_VOID(check_masks(estimator, has_donors, spec));
  for (std::size_t j = 0; j < spec.n_features; ++j) {
    if (keeps_empty || has_donors[j]) spec.kept.push_back(static_cast<std::uint32_t>(j));
  }
  return true;
}

Read<bool> indicate(const Estimator& estimator, Spec& spec) {
  HEADROOM_TRY(add_indicator, flag_of(estimator, "add_indicator", false));
  if (!add_indicator) return true;
  // Before, rows among which nothing was missing got no such columns, so the answer's width depended on the batch.
  const auto stamp = estimator.place.find("_sklearn_version");
  const bool is_1_3_0 = stamp && stamp->value().is(Kind::text) && stamp->value().text() == "1.3.0";
  if (estimator.version < Version{1, 3} || is_1_3_0) {
    HEADROOM_TRY(flag_place, estimator.place.need("add_indicator"));
    return flag_place.refuse("an indicator is served from scikit-learn 1.3.1 on: before, its columns came and went with the rows");
  }
  HEADROOM_TRY(features, indicated_features(estimator, spec.n_features));
  spec.indicated = std::move(features);
  return true;
}
}  // namespace

Imported import_knn_imputer(const Estimator& estimator) {
  Spec spec;
  HEADROOM_TRY_VOID(read_rule(estimator, spec));
  HEADROOM_TRY_VOID(read_missing(estimator, spec));
  HEADROOM_TRY_VOID(read_rows(estimator, spec));
  HEADROOM_TRY_VOID(keep(estimator, spec));
  HEADROOM_TRY_VOID(indicate(estimator, spec));
  if (spec.kept.empty() && spec.indicated.empty()) return estimator.place.refuse("gives no columns");
  return finish(estimator, std::make_shared<model::KnnImputer>(std::move(spec)));
}
}  // namespace headroom::importers
