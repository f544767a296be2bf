// FeatureAgglomeration.
#include "formats/error.h"
#include "importers/matrix.h"
#include "model/agglomeration.h"

namespace headroom::importers {
namespace {
Read<model::Pooling> pooling_of(const Estimator& estimator) {
  using model::Pooling;
  constexpr std::pair<std::string_view, Pooling> kFunctions[] = {{"mean", Pooling::mean}, {"sum", Pooling::sum},       {"min", Pooling::smallest},  {"amin", Pooling::smallest},
                                                                 {"max", Pooling::largest}, {"amax", Pooling::largest}, {"median", Pooling::median}};
  HEADROOM_TRY(place, estimator.place.need("pooling_func"));
  const auto name = place.value().text();
  if (place.value().is(formats::Kind::global) && name.starts_with("numpy.")) {
    for (const auto& [word, pooling] : kFunctions) {
      if (name.substr(name.rfind('.') + 1) == word) return pooling;
    }
  }
  return place.refuse("the pooling function is " + formats::describe(place.value()) + "; numpy's mean, sum, min, max and median can be served");
}
}  // namespace

Imported import_agglomeration(const Estimator& estimator) {
  HEADROOM_TRY(place, estimator.place.need("labels_"));
  HEADROOM_TRY(array, place.array());
  const std::size_t n_features = array->count();
  if (n_features == 0) return place.refuse("it is empty");
  HEADROOM_TRY_VOID(check_width(estimator, n_features, "labels_"));
  HEADROOM_TRY_VOID(spend(estimator, n_features * (sizeof(std::size_t) + sizeof(std::uint32_t) + sizeof(std::vector<std::uint32_t>))));
  HEADROOM_TRY(labels, indexes_of(place, n_features));
  std::vector<std::vector<std::uint32_t>> members;
  for (std::size_t j = 0; j < n_features; ++j) {
    if (labels[j] >= members.size()) members.resize(labels[j] + 1);
    members[labels[j]].push_back(static_cast<std::uint32_t>(j));
  }
  for (std::size_t c = 0; c < members.size(); ++c) {
    if (members[c].empty()) return place.refuse("the cluster " + std::to_string(c) + " has no feature");
  }
  HEADROOM_TRY(pooling, pooling_of(estimator));
  return finish(estimator, std::make_shared<model::Agglomeration>(n_features, std::move(members), pooling));
}
}  // namespace headroom::importers
