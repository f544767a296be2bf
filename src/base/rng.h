// Randomness as a value that is handed down. Each dimension (waits, rows, arrivals, ids) has its own Rng with its own seed.
#pragma once
#include <array>
#include <cmath>
#include <cstdint>
#include <numbers>

namespace headroom {
/// xoshiro256**, seeded by splitmix64. Same seed, same numbers, on every machine. Not for secrets. Not thread-safe: one per thread.
/// Source: Blackman and Vigna, "Scrambled linear pseudorandom number generators", 2021.
class Rng {
 public:
  explicit Rng(std::uint64_t seed) noexcept {
    for (auto& word : state_) {
      seed += 0x9e3779b97f4a7c15;
      std::uint64_t z = seed;
      z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
      z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
      word = z ^ (z >> 31);
    }
  }

  [[nodiscard]] std::uint64_t next() noexcept {
    const std::uint64_t result = rotl(state_[1] * 5, 7) * 9;
    const std::uint64_t t = state_[1] << 17;
    state_[2] ^= state_[0];
    state_[3] ^= state_[1];
    state_[1] ^= state_[2];
    state_[0] ^= state_[3];
    state_[2] ^= t;
    state_[3] = rotl(state_[3], 45);
    return result;
  }

  /// In [0, 1), 53 bits.
  [[nodiscard]] double uniform() noexcept { return static_cast<double>(next() >> 11) * 0x1.0p-53; }
  /// In [low, high).
  [[nodiscard]] double uniform(double low, double high) noexcept { return low + (high - low) * uniform(); }
  /// In [0, bound); bound > 0. The bias is below 2^-64 * bound.
  [[nodiscard]] std::uint64_t below(std::uint64_t bound) noexcept {
    return static_cast<std::uint64_t>((static_cast<unsigned __int128>(next()) * bound) >> 64);
  }
  /// Exponential with mean 1 (gaps of a Poisson process).
  [[nodiscard]] double exponential() noexcept { return -std::log1p(-uniform()); }
  /// Standard normal, by Box and Muller's transform.
  [[nodiscard]] double normal() noexcept {
    const double radius = std::sqrt(2.0 * exponential());
    return radius * std::cos(2.0 * std::numbers::pi * uniform());
  }
  /// A generator for a sub-dimension, independent of this one's later numbers.
  [[nodiscard]] Rng split() noexcept { return Rng(next()); }

 private:
  static constexpr std::uint64_t rotl(std::uint64_t x, int k) noexcept { return (x << k) | (x >> (64 - k)); }
  std::array<std::uint64_t, 4> state_{};
};
}  // namespace headroom
