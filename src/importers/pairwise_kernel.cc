#include "importers/pairwise_kernel.h"

#include "formats/error.h"
#include "importers/matrix.h"

namespace headroom::importers {
using formats::Kind;
using model::Kernel;

namespace {
Read<double> number_or(const Estimator& estimator, std::string_view name, double otherwise) {
  const auto place = estimator.place.find(name);
  if (!place || place->is_none()) return otherwise;
  return number_of(*place);
}
}  // namespace

Read<Kernel> pairwise_kernel(const Estimator& estimator, std::size_t n_features) {
  constexpr std::pair<std::string_view, Kernel::Kind> kKinds[] = {{"linear", Kernel::Kind::linear}, {"poly", Kernel::Kind::poly},       {"polynomial", Kernel::Kind::poly}, {"rbf", Kernel::Kind::rbf},
                                                                  {"sigmoid", Kernel::Kind::sigmoid}, {"laplacian", Kernel::Kind::laplacian}, {"cosine", Kernel::Kind::cosine}};
  HEADROOM_TRY(place, estimator.place.need("kernel"));
  if (!place.value().is(Kind::text)) return place.refuse("a kernel that is " + formats::describe(place.value()) + " cannot be served: it is code");
  Kernel kernel;
  bool is_known = false;
  for (const auto& [word, kind] : kKinds) {
    if (word != place.value().text()) continue;
    kernel.kind = kind;
    is_known = true;
  }
  if (!is_known) return place.refuse("the kernel '" + formats::printable(place.value().text(), 40) + "' is not served");
  const double usual = 1.0 / static_cast<double>(n_features);
  HEADROOM_TRY(gamma, number_or(estimator, estimator.place.find("gamma_") ? "gamma_" : "gamma", usual));
  HEADROOM_TRY(coef0, number_or(estimator, "coef0", 1));
  HEADROOM_TRY(degree, number_or(estimator, "degree", 3));
  kernel.gamma = gamma;
  kernel.coef0 = coef0;
  kernel.degree = degree;
  kernel.whole_degree = false;
  return kernel;
}
}  // namespace headroom::importers
