// KMeans, MiniBatchKMeans, Birch, MeanShift, AffinityPropagation.
#include <algorithm>

#include "importers/matrix.h"
#include "importers/members.h"
#include "importers/values.h"
#include "model/centres.h"

namespace headroom::importers {
namespace {
/// Which cluster each centre stands for. Only Birch has more centres than clusters.
Read<std::vector<std::size_t>> labels_of(const Estimator& estimator, std::size_t count) {
  std::vector<std::size_t> labels;
  if (estimator.name != "Birch") {
    for (std::size_t c = 0; c < count; ++c) labels.push_back(c);
    return labels;
  }
  HEADROOM_TRY(place, estimator.place.need("subcluster_labels_"));
  HEADROOM_TRY(found, indexes_of(place, count));
  if (found.size() != count) return place.refuse("there are " + std::to_string(found.size()) + " labels for " + std::to_string(count) + " centres");
  return found;
}
}  // namespace

Imported import_centres(const Estimator& estimator) {
  const bool is_birch = estimator.name == "Birch";
  HEADROOM_TRY(place, estimator.place.need(is_birch ? "subcluster_centers_" : "cluster_centers_"));
  HEADROOM_TRY(centres, matrix_of(place, estimator));
  if (centres.rows == 0 || centres.columns == 0) return place.refuse("there are no centres");
  HEADROOM_TRY_VOID(check_width(estimator, centres.columns, "the centres"));
  HEADROOM_TRY_VOID(spend(estimator, centres.rows * 2 * sizeof(double)));
  HEADROOM_TRY(labels, labels_of(estimator, centres.rows));
  model::Centres::Spec spec;
  model::ModelInfo classes;
  classes.classes = encoded(std::ranges::max(labels) + 1);
  classes.classes_dtype = is_birch || estimator.name == "MeanShift" || estimator.name == "AffinityPropagation" ? "<i8" : "<i4";
  spec.n_features = centres.columns;
  spec.centres = std::move(centres.values);
  spec.labels = std::move(labels);
  const bool is_older = estimator.version < Version{0, 23};
  spec.by_whole_distance = is_birch ? !is_older : is_older || !estimator.name.ends_with("KMeans");
  spec.has_transform = is_birch || estimator.name.ends_with("KMeans");
  return finish(estimator, std::make_shared<model::Centres>(std::move(spec)), std::move(classes));
}
}  // namespace headroom::importers
