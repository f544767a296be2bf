// IsotonicRegression.
#include <algorithm>
#include <cmath>

#include "formats/error.h"
#include "importers/matrix.h"
#include "importers/values.h"
#include "model/isotonic.h"

namespace headroom::importers {
namespace {
bool all_finite(const std::vector<double>& values) {
  return std::ranges::all_of(values, [](double value) { return std::isfinite(value); });
}
}  // namespace

Imported import_isotonic(const Estimator& estimator) {
  using Beyond = model::Isotonic::Beyond;
  model::Isotonic::Spec spec;
  const bool is_older = !estimator.place.find("X_thresholds_");   // before 0.24
  HEADROOM_TRY(x_place, estimator.place.need(is_older ? "_necessary_X_" : "X_thresholds_"));
  HEADROOM_TRY(y_place, estimator.place.need(is_older ? "_necessary_y_" : "y_thresholds_"));
  HEADROOM_TRY(array, x_place.array());
  if (array->shape.size() != 1 || array->count() == 0) return x_place.mismatch("a vector");
  if (array->dtype.itemsize != sizeof(double)) return x_place.refuse("points of dtype " + array->dtype.descr() + " are not served, only float64");
  HEADROOM_TRY_VOID(spend(estimator, 2 * array->count() * sizeof(double)));
  HEADROOM_TRY(x, x_place.numbers());
  HEADROOM_TRY(y, y_place.numbers({x.size()}));
  if (!all_finite(x) || !all_finite(y)) return x_place.refuse("a point is not finite");
  if (!std::ranges::is_sorted(x) || std::ranges::adjacent_find(x) != x.end()) return x_place.refuse("the points do not rise");
  HEADROOM_TRY(low_place, estimator.place.need("X_min_"));
  HEADROOM_TRY(low, number_of(low_place));
  HEADROOM_TRY(high_place, estimator.place.need("X_max_"));
  HEADROOM_TRY(high, number_of(high_place));
  HEADROOM_TRY(bounds, text_of(estimator, "out_of_bounds"));
  if (bounds != "nan" && bounds != "clip" && bounds != "raise") return estimator.place.find("out_of_bounds")->refuse("'" + formats::printable(bounds, 40) + "' is not known");
  spec.x = std::move(x);
  spec.y = std::move(y);
  spec.low = low;
  spec.high = high;
  spec.beyond = bounds == "nan" ? Beyond::nan : bounds == "clip" ? Beyond::clipped : Beyond::refused;
  return finish(estimator, std::make_shared<model::Isotonic>(std::move(spec)));
}
}  // namespace headroom::importers
