#include "model/couple.h"

#include <algorithm>
#include <cmath>

namespace headroom::model {
namespace {
/// The quadratic form that the probabilities minimize.
void fill_form(std::size_t k, const double* r, double* q) noexcept {
  for (std::size_t t = 0; t < k; ++t) {
    double diagonal = 0;
    for (std::size_t j = 0; j < k; ++j) {
      if (j == t) continue;
      diagonal += r[j * k + t] * r[j * k + t];
      q[t * k + j] = j < t ? q[j * k + t] : -r[j * k + t] * r[t * k + j];
    }
    q[t * k + t] = diagonal;
  }
}

/// One round over all classes; qp = q·p and pqp = p·q·p follow along.
void step(std::size_t k, const double* q, double* qp, double pqp, double* p) noexcept {
  for (std::size_t t = 0; t < k; ++t) {
    const double diff = (-qp[t] + pqp) / q[t * k + t];
    p[t] += diff;
    pqp = (pqp + diff * (diff * q[t * k + t] + 2 * qp[t])) / (1 + diff) / (1 + diff);
    for (std::size_t j = 0; j < k; ++j) {
      qp[j] = (qp[j] + diff * q[t * k + j]) / (1 + diff);
      p[j] /= (1 + diff);
    }
  }
}
}  // namespace

void couple(std::size_t k, const double* pairwise, double* buffer, double* out) noexcept {
  const double classes = static_cast<double>(k);
  const double tolerance = 0.005 / classes;
  const std::size_t rounds = std::max<std::size_t>(100, k);
  double* q = buffer;
  double* qp = buffer + k * k;
  fill_form(k, pairwise, q);
  std::fill_n(out, k, 1.0 / classes);
  for (std::size_t round = 0; round < rounds; ++round) {
    double pqp = 0;
    for (std::size_t t = 0; t < k; ++t) {
      qp[t] = 0;
      for (std::size_t j = 0; j < k; ++j) qp[t] += q[t * k + j] * out[j];
      pqp += out[t] * qp[t];
    }
    double largest = 0;
    for (std::size_t t = 0; t < k; ++t) largest = std::max(largest, std::fabs(qp[t] - pqp));
    if (largest < tolerance) break;
    step(k, q, qp, pqp, out);
  }
}
}  // namespace headroom::model
