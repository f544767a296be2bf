// StandardScaler, MinMaxScaler, MaxAbsScaler, RobustScaler, Normalizer.
#include "formats/error.h"
#include "importers/values.h"
#include "model/affine.h"
#include "model/normalizer.h"
#include "model/scaler.h"

namespace headroom::importers {
namespace {
/// The learned vector where a flag of the constructor asks for it; empty where not.
Read<std::vector<double>> vector_if(const Estimator& estimator, std::string_view flag, std::string_view name, std::size_t n_features) {
  HEADROOM_TRY(flag_place, estimator.place.need(flag));
  HEADROOM_TRY(wanted, flag_place.boolean());
  if (!wanted) return std::vector<double>();
  return vector_of(estimator, name, n_features);
}

/// Width by n_features_in_, which there is since 0.23; before, by the length of a learned vector.
Read<std::size_t> width_by(const Estimator& estimator, std::string_view learned) {
  const auto place = estimator.place.find(learned);
  if (estimator.place.find("n_features_in_") || !place || place->value().array() == nullptr) return width_of(estimator);
  const auto count = place->value().array()->count();
  if (count == 0) return place->refuse("no features");
  return static_cast<std::size_t>(count);
}

Imported finish(const Estimator& estimator, model::Affine::Spec spec) {
  HEADROOM_TRY_VOID(spend(estimator, spec.n_features * 4 * sizeof(double)));
  auto model = std::make_shared<model::Affine>(std::move(spec));
  HEADROOM_TRY_VOID(describe(estimator, model->edit_info()));
  return model::CompiledPtr(std::move(model));
}
}  // namespace

Imported import_standard_scaler(const Estimator& estimator) {
  const auto scale_place = estimator.place.find("scale_");
  const bool has_scale = scale_place && !scale_place->is_none();   // with_std
  const auto mean_place = estimator.place.find("mean_");
  const bool learns = has_scale || (mean_place && !mean_place->is_none());
  HEADROOM_TRY(n_features, learns ? width_by(estimator, has_scale ? "scale_" : "mean_") : width_or_any(estimator));
  HEADROOM_TRY_VOID(spend(estimator, n_features * 16));
  HEADROOM_TRY(mean, vector_if(estimator, "with_mean", "mean_", n_features));
  HEADROOM_TRY(scale, vector_if(estimator, "with_std", "scale_", n_features));
  auto model = std::make_shared<model::Scaler>(n_features, std::move(mean), std::move(scale));
  HEADROOM_TRY_VOID(describe(estimator, model->edit_info()));
  return model::CompiledPtr(std::move(model));
}

Imported import_minmax_scaler(const Estimator& estimator) {
  model::Affine::Spec spec;
  HEADROOM_TRY(n_features, width_by(estimator, "scale_"));
  HEADROOM_TRY(scale, vector_of(estimator, "scale_", n_features));
  HEADROOM_TRY(shift, vector_of(estimator, "min_", n_features));
  spec.n_features = n_features;
  spec.multiply = std::move(scale);
  spec.add = std::move(shift);
  HEADROOM_TRY(clip, flag_of(estimator, "clip", false));
  if (clip) {
    HEADROOM_TRY(range, estimator.place.need("feature_range"));
    HEADROOM_TRY(count, range.size());
    if (count != 2) return range.mismatch("a pair (low, high)");
    HEADROOM_TRY(low, real_of(range.item(0)));
    HEADROOM_TRY(high, real_of(range.item(1)));
    spec.clip.emplace(low, high);
  }
  return finish(estimator, std::move(spec));
}

Imported import_maxabs_scaler(const Estimator& estimator) {
  model::Affine::Spec spec;
  HEADROOM_TRY(n_features, width_by(estimator, "scale_"));
  HEADROOM_TRY(scale, vector_of(estimator, "scale_", n_features));
  spec.n_features = n_features;
  spec.divide = std::move(scale);
  HEADROOM_TRY(clip, flag_of(estimator, "clip", false));
  if (clip) spec.clip.emplace(-1.0, 1.0);
  return finish(estimator, std::move(spec));
}

Imported import_robust_scaler(const Estimator& estimator) {
  model::Affine::Spec spec;
  const auto* learned = estimator.place.find("scale_") && !estimator.place.find("scale_")->is_none() ? "scale_" : "center_";
  HEADROOM_TRY(n_features, width_by(estimator, learned));
  spec.n_features = n_features;
  HEADROOM_TRY(center, vector_if(estimator, "with_centering", "center_", n_features));
  HEADROOM_TRY(scale, vector_if(estimator, "with_scaling", "scale_", n_features));
  spec.subtract = std::move(center);
  spec.divide = std::move(scale);
  return finish(estimator, std::move(spec));
}

Imported import_normalizer(const Estimator& estimator) {
  HEADROOM_TRY(n_features, width_or_any(estimator));
  HEADROOM_TRY(name, text_of(estimator, "norm"));
  if (name != "l1" && name != "l2" && name != "max") return estimator.place.find("norm")->refuse("the norm '" + formats::printable(name, 40) + "' is not known");
  const auto norm = name == "l1" ? model::Norm::l1 : name == "l2" ? model::Norm::l2 : estimator.version < Version{0, 23} ? model::Norm::signed_max : model::Norm::max;
  // Since 1.0 what is nearly zero counts as zero (_handle_zeros_in_scale).
  const double smallest = estimator.version < Version{1, 0} ? 0.0 : 10 * std::numeric_limits<double>::epsilon();
  auto model = std::make_shared<model::Normalizer>(n_features, norm, smallest);
  HEADROOM_TRY_VOID(describe(estimator, model->edit_info()));
  return model::CompiledPtr(std::move(model));
}
}  // namespace headroom::importers
