// KNeighborsClassifier and -Regressor, RadiusNeighborsClassifier and -Regressor.
#include "model/neighbors.h"

#include <limits>

#include "formats/error.h"
#include "importers/estimator.h"
#include "importers/matrix.h"
#include "importers/neighbor_search.h"

namespace headroom::importers {
using formats::Kind;
using Spec = model::Neighbors::Spec;

namespace {
Read<bool> read_how_many(const Estimator& estimator, model::NeighborSearch& search) {
  if (estimator.name.starts_with("Radius")) {
    HEADROOM_TRY(place, estimator.place.need("radius"));
    HEADROOM_TRY(radius, number_of(place));
    search.radius = radius;
    return true;
  }
  HEADROOM_TRY(k, neighbor_count(estimator, "n_neighbors", search));
  search.k = k;
  return true;
}

Read<bool> read_weights(const Estimator& estimator, Spec& spec) {
  HEADROOM_TRY(place, estimator.place.need("weights"));
  if (place.is_none()) return true;
  if (!place.value().is(Kind::text)) return place.refuse("weights that are " + formats::describe(place.value()) + " cannot be served: they are code");
  const auto word = place.value().text();
  if (word != "uniform" && word != "distance") return place.refuse("weights '" + formats::printable(word, 40) + "' are not known");
  spec.by_distance = word == "distance";
  return true;
}

/// Rows, metric, weights: what classifiers and regressors share.
Read<Spec> spec_of(const Estimator& estimator) {
  Spec spec;
  HEADROOM_TRY(search, neighbor_search(estimator));
  spec.search = std::move(search);
  HEADROOM_TRY_VOID(read_how_many(estimator, spec.search));
  HEADROOM_TRY_VOID(read_weights(estimator, spec));
  return spec;
}

/// classes_: one array, or a list of them, one an output.
Read<bool> read_classes(const Estimator& estimator, model::ModelInfo& info, Spec& spec) {
  HEADROOM_TRY(several_place, estimator.place.need("outputs_2d_"));
  HEADROOM_TRY(several, several_place.boolean());
  if (!several) {
    HEADROOM_TRY_VOID(describe_classes(estimator, info));
    spec.classes = {info.classes.size()};
    return true;
  }
  HEADROOM_TRY(list, estimator.place.need("classes_"));
  HEADROOM_TRY(n_outputs, list.size());
  for (std::size_t o = 0; o < n_outputs; ++o) {
    HEADROOM_TRY(labels, list.item(o).labels());
    if (labels.empty()) return list.item(o).refuse("an output without classes");
    spec.classes.push_back(labels.size());
    info.output_classes.push_back({std::move(labels), list.item(o).value().array()->dtype.descr()});
  }
  if (n_outputs == 0) return list.refuse("classes_ is empty");
  spec.outputs = n_outputs;
  return true;
}

/// _y of a classifier: the index of each training row's class.
Read<bool> read_labels(const Estimator& estimator, Spec& spec) {
  HEADROOM_TRY(place, estimator.place.need("_y"));
  HEADROOM_TRY(array, place.array());
  const std::size_t count = spec.search.count();
  const bool is_whole = array->dtype.kind == 'i' || array->dtype.kind == 'u';
  if (!is_whole || array->shape.empty() || array->shape[0] != count || array->count() != count * spec.outputs) return place.mismatch("an array with the class of each training row");
  HEADROOM_TRY_VOID(spend(estimator, array->count() * sizeof(std::size_t)));
  for (std::size_t i = 0; i < count * spec.outputs; ++i) {
    const auto label = formats::read_int(array->dtype, array->element(i));
    if (label < 0 || static_cast<std::size_t>(label) >= spec.classes[i % spec.outputs]) return place.refuse("element " + std::to_string(i) + " is no index into classes_");
    spec.labels.push_back(static_cast<std::size_t>(label));
  }
  return true;
}

/// outlier_label_ of a radius classifier: None, or one label for each output, which must be a class.
Read<bool> read_outlier(const Estimator& estimator, const model::ModelInfo& info, Spec& spec) {
  if (!estimator.name.starts_with("Radius")) return true;
  const bool is_old = estimator.version < Version{0, 22} && !estimator.place.find("outlier_label_");   // then as it was asked for
  HEADROOM_TRY(place, estimator.place.need(is_old ? "outlier_label" : "outlier_label_"));
  if (place.is_none()) return true;
  if (!info.output_classes.empty()) return place.refuse("an outlier label for several outputs is not served");
  std::vector<model::Label> wanted;
  if (place.value().array() != nullptr) {
    HEADROOM_TRY(labels, place.labels());
    wanted = std::move(labels);
  } else if (place.value().is(Kind::integer)) {
    wanted = {place.value().integer()};
  } else if (place.value().is(Kind::text)) {
    wanted = {std::string(place.value().text())};
  } else {
    HEADROOM_TRY(size, place.size());
    if (size == 1 && place.item(0).value().is(Kind::integer)) wanted = {place.item(0).value().integer()};
    if (size == 1 && place.item(0).value().is(Kind::text)) wanted = {std::string(place.item(0).value().text())};
  }
  for (std::size_t c = 0; c < info.classes.size() && wanted.size() == 1; ++c) {
    if (info.classes[c] == wanted[0]) spec.outlier = {c};
  }
  if (spec.outlier.empty()) return place.refuse("an outlier label that is none of classes_ is not served");
  return true;
}
}  // namespace

Imported import_neighbors_classifier(const Estimator& estimator) {
  model::ModelInfo classes;
  HEADROOM_TRY(spec, spec_of(estimator));
  HEADROOM_TRY_VOID(read_classes(estimator, classes, spec));
  HEADROOM_TRY_VOID(read_labels(estimator, spec));
  HEADROOM_TRY_VOID(read_outlier(estimator, classes, spec));
  spec.refuse_weightless = estimator.version >= Version{1, 3} && spec.search.k > 0;
  return finish(estimator, std::make_shared<model::Neighbors>(std::move(spec)), std::move(classes));
}

Imported import_neighbors_regressor(const Estimator& estimator) {
  HEADROOM_TRY(spec, spec_of(estimator));
  const std::size_t count = spec.search.count();
  HEADROOM_TRY(place, estimator.place.need("_y"));
  HEADROOM_TRY(array, place.array());
  if (array->shape.empty() || array->shape.size() > 2 || array->shape[0] != count || array->count() == 0) return place.mismatch("an array with the target of each training row");
  HEADROOM_TRY_VOID(spend(estimator, array->count() * sizeof(double)));
  HEADROOM_TRY(targets, place.numbers());
  spec.outputs = array->shape.size() == 2 ? array->shape[1] : 1;
  spec.targets = std::move(targets);
  // NaN, as it comes out of an array of the targets' type.
  spec.lonely = array->dtype.kind == 'f' ? std::numeric_limits<double>::quiet_NaN() : static_cast<double>(std::numeric_limits<std::int64_t>::min());
  return finish(estimator, std::make_shared<model::Neighbors>(std::move(spec)));
}
}  // namespace headroom::importers
