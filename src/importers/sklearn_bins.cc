// KBinsDiscretizer.
#include <algorithm>
#include <cmath>

#include "formats/error.h"
#include "importers/values.h"
#include "model/bins.h"

namespace headroom::importers {
namespace {
Read<std::vector<double>> edges_of(const Place& place, const Estimator& estimator) {
  HEADROOM_TRY(array, place.array());
  if (array->shape.size() != 1 || array->count() < 2) return place.mismatch("a vector of at least two edges");
  HEADROOM_TRY_VOID(spend(estimator, array->count() * sizeof(double)));
  HEADROOM_TRY(edges, place.numbers());
  if (!std::ranges::is_sorted(edges) || std::ranges::any_of(edges, [](double edge) { return std::isnan(edge); })) return place.refuse("the edges do not ascend");
  return std::move(edges);
}
}  // namespace

Imported import_bins(const Estimator& estimator) {
  HEADROOM_TRY(place, estimator.place.need("bin_edges_"));
  HEADROOM_TRY(n_features, place.size());
  if (n_features == 0) return place.refuse("bin_edges_ is empty");
  model::Bins::Spec spec;
  for (std::size_t j = 0; j < n_features; ++j) {
    HEADROOM_TRY(edges, edges_of(place.item(j), estimator));
    spec.edges.push_back(std::move(edges));
  }
  spec.how = estimator.version < Version{1, 1} ? model::BinEdges::blurred : model::BinEdges::exact;
  HEADROOM_TRY(encode, text_of(estimator, "encode"));
  if (encode != "onehot" && encode != "onehot-dense" && encode != "ordinal") return estimator.place.find("encode")->refuse("'" + formats::printable(encode, 40) + "' is not known");
  spec.one_hot = encode != "ordinal";
  const auto dtype = estimator.place.find("dtype");   // since 0.24
  spec.in_float32 = dtype && (dtype->value().is_global("numpy.float32") || (dtype->value().dtype() != nullptr && dtype->value().dtype()->itemsize == sizeof(float)));
  if (spec.in_float32 && spec.how == model::BinEdges::blurred) return dtype->refuse("bins of float32 are served from scikit-learn 1.1 on");
  auto model = std::make_shared<model::Bins>(std::move(spec));
  HEADROOM_TRY_VOID(describe(estimator, model->edit_info()));
  return model::CompiledPtr(std::move(model));
}
}  // namespace headroom::importers
