// SplineTransformer.
#include <algorithm>
#include <cmath>

#include "formats/error.h"
#include "importers/matrix.h"
#include "importers/values.h"
#include "model/spline.h"

namespace headroom::importers {
using Beyond = model::SplineTransform::Beyond;

namespace {
/// An attribute of scipy's BSpline: "t" until scipy 1.14, then "_t", then "t" of the _BSpline that its state begins with.
Read<Place> part_of(const Place& spline, const std::string& name) {
  const auto state = spline.value().state();
  const bool delegates = state.is(formats::Kind::tuple) && !state.items().empty();
  const Place holder = delegates ? Place(state.items()[0], spline.path()) : spline;
  if (auto found = holder.find("_" + name)) return std::move(*found);
  return holder.need(name);
}

Read<model::Splines> splines_of(const Place& place, const Estimator& estimator, std::size_t degree) {
  if (!place.value().is(formats::Kind::object) || !place.value().callee().text().ends_with("BSpline")) return place.mismatch("a BSpline");
  model::Splines splines;
  splines.degree = degree;
  HEADROOM_TRY(own_degree, part_of(place, "k"));
  HEADROOM_TRY(k, own_degree.count());
  if (k != degree) return own_degree.refuse("its degree is not that of the transformer");
  HEADROOM_TRY(knots_place, part_of(place, "t"));
  HEADROOM_TRY(array, knots_place.array());
  if (array->shape.size() != 1 || array->count() < 2 * degree + 2) return knots_place.mismatch("a vector of more than " + std::to_string(2 * degree + 1) + " knots");
  HEADROOM_TRY_VOID(spend(estimator, array->count() * sizeof(double)));
  HEADROOM_TRY(knots, knots_place.numbers());
  if (!std::ranges::all_of(knots, [](double knot) { return std::isfinite(knot); }) || !std::ranges::is_sorted(knots)) return knots_place.refuse("the knots do not ascend");
  splines.knots = std::move(knots);
  splines.inwards = degree;
  if (!(splines.low() < splines.high())) return knots_place.refuse("the knots have no room between them");
  HEADROOM_TRY(coef_place, part_of(place, "c"));
  HEADROOM_TRY(coef, matrix_of(coef_place, estimator));
  // Periodic splines may be as few as the degree.
  if (coef.rows != splines.n_bases() || coef.columns == 0 || coef.columns < degree) return coef_place.refuse("it does not fit the knots");
  splines.coef = std::move(coef.values);
  return splines;
}

Read<Beyond> beyond_of(const Estimator& estimator) {
  constexpr std::pair<std::string_view, Beyond> kNames[] = {
      {"error", Beyond::refused}, {"constant", Beyond::constant}, {"linear", Beyond::linear}, {"continue", Beyond::going_on}, {"periodic", Beyond::periodic}};
  HEADROOM_TRY(text, text_of(estimator, "extrapolation"));
  for (const auto& [name, beyond] : kNames) {
    if (name == text) return beyond;
  }
  return estimator.place.find("extrapolation")->refuse("'" + formats::printable(text, 40) + "' is not known");
}
}  // namespace

Imported import_spline(const Estimator& estimator) {
  constexpr std::size_t kMostDegree = 31;
  model::SplineTransform::Spec spec;
  HEADROOM_TRY(degree_place, estimator.place.need("degree"));
  HEADROOM_TRY(degree, degree_place.count());
  if (degree > kMostDegree) return degree_place.refuse("degrees up to " + std::to_string(kMostDegree) + " are served");
  HEADROOM_TRY(list, estimator.place.need("bsplines_"));
  HEADROOM_TRY(count, list.size());
  if (count == 0) return list.refuse("it is empty");
  HEADROOM_TRY_VOID(check_width(estimator, count, "bsplines_"));
  for (std::size_t j = 0; j < count; ++j) {
    HEADROOM_TRY(splines, splines_of(list.item(j), estimator, degree));
    if (j > 0 && splines.n_outputs() != spec.features[0].n_outputs()) return list.item(j).refuse("it has another number of splines than the first");
    spec.features.push_back(std::move(splines));
  }
  HEADROOM_TRY(beyond, beyond_of(estimator));
  HEADROOM_TRY(has_bias, flag_of(estimator, "include_bias", true));
  spec.beyond = beyond;
  for (std::size_t j = 0; beyond == Beyond::linear && degree <= 1 && j < count; ++j) {
    auto& splines = spec.features[j];
    splines.inwards = degree == 1 ? std::min<std::size_t>(j + 1, 2) : std::min<std::size_t>(j, 2);
    const std::size_t lines = std::min<std::size_t>(splines.inwards + 1, 2);
    if (splines.inwards >= splines.knots.size() || splines.n_outputs() < lines) return list.item(j).refuse("it has too few knots to go on in lines, for scikit-learn too");
  }
  spec.has_bias = has_bias;
  if (!has_bias && spec.features[0].n_outputs() < 2) return estimator.place.refuse("gives no columns");
  if (const auto missing = estimator.place.find("handle_missing"); missing && missing->value().is(formats::Kind::text)) {
    const auto how = missing->value().text();
    if (how != "error" && how != "zeros") return missing->refuse("'" + formats::printable(how, 40) + "' is not known");
    spec.nan_is_zeros = how == "zeros";
  }
  return finish(estimator, std::make_shared<model::SplineTransform>(std::move(spec)));
}
}  // namespace headroom::importers
