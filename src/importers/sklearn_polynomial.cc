// PolynomialFeatures.
#include "importers/values.h"
#include "model/polynomial.h"

namespace headroom::importers {
using Term = model::Polynomial::Term;

namespace {
constexpr std::size_t kMostTerms = 1U << 22U;
constexpr std::size_t kMostDegree = 64;

struct Degrees {
  std::size_t least = 0;
  std::size_t most = 0;
};

/// degree: a number, or since 1.0 a pair (least, most).
Read<Degrees> degrees_of(const Estimator& estimator) {
  HEADROOM_TRY(place, estimator.place.need("degree"));
  Degrees degrees;
  if (place.value().is(formats::Kind::integer)) {
    HEADROOM_TRY(most, place.count());
    degrees.most = most;
  } else {
    HEADROOM_TRY(count, place.size());
    if (count != 2) return place.mismatch("a number or a pair (least, most)");
    HEADROOM_TRY(least, place.item(0).count());
    HEADROOM_TRY(most, place.item(1).count());
    degrees = {least, most};
  }
  if (degrees.most > kMostDegree || degrees.least > degrees.most) return place.refuse("degrees up to " + std::to_string(kMostDegree) + " are served");
  return degrees;
}

/// The terms in the origin's order: the features, then degree by degree the terms of the degree before times each feature.
Read<std::vector<Term>> terms_of(const Estimator& estimator, std::size_t n_features, std::size_t degree, bool interaction_only) {
  std::vector<Term> terms;
  std::vector<std::size_t> index;   // where in the last degree the terms begin whose first feature is j
  for (std::uint32_t j = 0; j < n_features; ++j) {
    index.push_back(j);
    terms.push_back({Term::kNone, j});
  }
  index.push_back(n_features);
  for (std::size_t d = 2; d <= degree; ++d) {
    std::vector<std::size_t> next;
    const std::size_t end = index.back();
    for (std::uint32_t j = 0; j < n_features; ++j) {
      next.push_back(terms.size());
      const std::size_t start = interaction_only ? index[j + 1] : index[j];
      if (terms.size() + (end - start) > kMostTerms) return estimator.place.refuse("more than " + std::to_string(kMostTerms) + " terms");
      for (std::size_t k = start; k < end; ++k) terms.push_back({static_cast<std::uint32_t>(k), j});
    }
    if (next.front() == terms.size()) break;   // no interactions of so many features
    next.push_back(terms.size());
    index = std::move(next);
  }
  return terms;
}
/// The same before 0.22: all terms of a degree in the order of their features, multiplied from the first feature to the last.
Read<std::vector<Term>> older_terms_of(const Estimator& estimator, std::size_t n_features, std::size_t degree, bool interaction_only) {
  std::vector<Term> terms;
  for (std::uint32_t j = 0; j < n_features; ++j) terms.push_back({Term::kNone, j});
  std::size_t first = 0;   // of the degree before
  for (std::size_t d = 2; d <= degree; ++d) {
    const std::size_t end = terms.size();
    for (std::size_t k = first; k < end; ++k) {
      const std::uint32_t last = terms[k].feature;
      const std::size_t from = interaction_only ? last + std::size_t{1} : last;
      if (terms.size() + n_features > kMostTerms) return estimator.place.refuse("more than " + std::to_string(kMostTerms) + " terms");
      for (std::size_t j = from; j < n_features; ++j) terms.push_back({static_cast<std::uint32_t>(k), static_cast<std::uint32_t>(j)});
    }
    first = end;
  }
  return terms;
}
}  // namespace

Imported import_polynomial(const Estimator& estimator) {
  const auto older = estimator.place.find("n_input_features_");   // before 0.24
  HEADROOM_TRY(n_features, older && !estimator.place.find("n_features_in_") ? older->count() : width_of(estimator));
  if (n_features == 0 || n_features > kMostTerms) return estimator.place.refuse(std::to_string(n_features) + " features");
  HEADROOM_TRY(degrees, degrees_of(estimator));
  HEADROOM_TRY(interaction_only, flag_of(estimator, "interaction_only", false));
  HEADROOM_TRY(include_bias, flag_of(estimator, "include_bias", true));
  std::vector<Term> terms;
  if (degrees.most > 0) {
    const auto make = estimator.version < Version{0, 22} ? older_terms_of : terms_of;
    HEADROOM_TRY(made, make(estimator, n_features, degrees.most, interaction_only));
    terms = std::move(made);
  }
  HEADROOM_TRY_VOID(spend(estimator, terms.size() * sizeof(Term)));
  std::size_t first_out = 0;
  std::vector<std::size_t> degree_of(terms.size(), 1);
  for (std::size_t k = 0; k < terms.size(); ++k) {
    if (terms[k].earlier != Term::kNone) degree_of[k] = degree_of[terms[k].earlier] + 1;
    if (degree_of[k] < degrees.least) first_out = k + 1;
  }
  if (first_out == terms.size() && !include_bias) return estimator.place.refuse("gives no columns");
  auto model = std::make_shared<model::Polynomial>(n_features, std::move(terms), first_out, include_bias);
  HEADROOM_TRY_VOID(describe(estimator, model->edit_info()));
  return model::CompiledPtr(std::move(model));
}
}  // namespace headroom::importers
