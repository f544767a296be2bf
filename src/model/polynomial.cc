#include "model/polynomial.h"

#include <algorithm>
#include <cmath>

namespace headroom::model {
Polynomial::Polynomial(std::size_t n_features, std::vector<Term> terms, std::size_t first_out, bool leads_with_one)
    : RowTransform(n_features, terms.size() - first_out + (leads_with_one ? 1 : 0), Nan::refuse),
      terms_(std::move(terms)), first_out_(first_out), leads_with_one_(leads_with_one) {
  std::vector<std::size_t> degrees;
  for (const Term& term : terms_) {
    CHECK(term.earlier == Term::kNone || term.earlier < degrees.size());
    CHECK(term.feature == Term::kNone || term.feature < n_features);
    degrees.push_back(term.feature == Term::kNone ? 0 : 1 + (term.earlier == Term::kNone ? 0 : degrees[term.earlier]));
    degree_ = std::max(degree_, degrees.back());
  }
  edit_info().bytes = terms_.size() * sizeof(Term);
}

void Polynomial::transform_row(std::span<const double> in, double* out, Scratch& scratch) const noexcept {
  double* terms = out;
  if (first_out_ > 0 || leads_with_one_) {
    scratch.a.resize(terms_.size());
    terms = scratch.a.data();
  }
  for (std::size_t k = 0; k < terms_.size(); ++k) {
    const Term& term = terms_[k];
    terms[k] = term.feature == Term::kNone ? 1.0 : term.earlier == Term::kNone ? in[term.feature] : terms[term.earlier] * in[term.feature];
  }
  if (terms == out) return;
  if (leads_with_one_) *out++ = 1;
  std::copy(terms + first_out_, terms + terms_.size(), out);
}

double Polynomial::output_bound(double magnitude) const noexcept { return std::pow(std::max(1.0, magnitude), static_cast<double>(degree_)); }
}  // namespace headroom::model
