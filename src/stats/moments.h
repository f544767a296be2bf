// Mean and variance of a stream, by Welford's recurrence; and what operational analysis says of any measured interval.
#pragma once
#include <cmath>
#include <cstdint>

namespace headroom::stats {
/// Not thread-safe. Source: Welford 1962; merge: Chan, Golub and LeVeque 1979.
class Moments {
 public:
  void add(double value) {
    ++n_;
    const double delta = value - mean_;
    mean_ += delta / static_cast<double>(n_);
    squares_ += delta * (value - mean_);
  }
  void merge(const Moments& other) {
    if (other.n_ == 0) return;
    const double all = static_cast<double>(n_ + other.n_), delta = other.mean_ - mean_;
    squares_ += other.squares_ + delta * delta * static_cast<double>(n_) * static_cast<double>(other.n_) / all;
    mean_ += delta * static_cast<double>(other.n_) / all;
    n_ += other.n_;
  }
  [[nodiscard]] std::uint64_t count() const { return n_; }
  [[nodiscard]] double mean() const { return mean_; }
  /// Of the sample (divided by n-1); 0 below two values.
  [[nodiscard]] double variance() const { return n_ < 2 ? 0 : squares_ / static_cast<double>(n_ - 1); }
  /// Coefficient of variation; 0 where the mean is.
  [[nodiscard]] double cv() const { return mean_ == 0 ? 0 : std::sqrt(variance()) / std::abs(mean_); }

 private:
  std::uint64_t n_ = 0;
  double mean_ = 0, squares_ = 0;
};

/// Little's law, L = λW: requests in the system on average, of `rate` a second that each stay `seconds`. True of any interval that
/// begins and ends empty, whatever the distributions.
[[nodiscard]] constexpr double littles_law(double rate, double seconds) { return rate * seconds; }
/// Utilization law, U = XD: the share of `servers` that `demand_seconds` of work a request keeps busy. Above 1: it cannot be.
[[nodiscard]] constexpr double utilization(double rate, double demand_seconds, double servers) { return rate * demand_seconds / servers; }
}  // namespace headroom::stats
