// StandardScaler.
#include "importers/estimator.h"
#include "model/scaler.h"

namespace headroom::importers {
namespace {
/// mean_ or scale_ where with_mean or with_std asks for it; empty where not.
Read<std::vector<double>> vector_of(const Estimator& estimator, std::string_view flag, std::string_view name, std::size_t n_features) {
  HEADROOM_TRY(flag_place, estimator.place.need(flag));
  HEADROOM_TRY(wanted, flag_place.boolean());
  if (!wanted) return std::vector<double>();
  HEADROOM_TRY(place, estimator.place.need(name));
  return place.numbers({n_features});
}
}  // namespace

Imported import_standard_scaler(const Estimator& estimator) {
  HEADROOM_TRY(n_features, n_features_of(estimator));
  HEADROOM_TRY_VOID(spend(estimator, n_features * 16));
  HEADROOM_TRY(mean, vector_of(estimator, "with_mean", "mean_", n_features));
  HEADROOM_TRY(scale, vector_of(estimator, "with_std", "scale_", n_features));
  auto model = std::make_shared<model::Scaler>(n_features, std::move(mean), std::move(scale));
  HEADROOM_TRY_VOID(describe(estimator, model->edit_info()));
  return model::CompiledPtr(std::move(model));
}
}  // namespace headroom::importers
