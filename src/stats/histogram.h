// A histogram of durations with a bounded relative error: log-linear buckets, as HdrHistogram's, sparse on disk.
#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/expected.h"

namespace headroom::stats {
/// Values are nanoseconds, 0 … 2^62; negative counts as 0. Relative error of any quantile ≤ 2^-10 (0.1 %); count, sum, min, max are exact.
/// Memory: nothing while empty, then 8 bytes a bucket up to the largest value seen (90 KiB for 1 ms, at most 424 KiB); one that was
/// decoded and only read keeps its 16 bytes a used bucket. Not thread-safe.
class Histogram {
 public:
  static constexpr int kPrecisionBits = 10;  // 1024 linear buckets an octave
  static constexpr std::int64_t kHighest = std::int64_t{1} << 62;  // larger values count as this

  void add(std::int64_t value, std::uint64_t count = 1);
  void merge(const Histogram& other);
  void clear();

  [[nodiscard]] std::uint64_t count() const noexcept { return count_; }
  [[nodiscard]] std::int64_t min() const noexcept { return count_ ? min_ : 0; }
  [[nodiscard]] std::int64_t max() const noexcept { return count_ ? max_ : 0; }
  [[nodiscard]] double sum() const noexcept { return sum_; }
  [[nodiscard]] double mean() const noexcept { return count_ ? sum_ / static_cast<double>(count_) : 0; }
  /// Smallest recorded value v such that at least q·count values are ≤ v (nearest rank), within the bucket's error. 0 if empty.
  [[nodiscard]] std::int64_t quantile(double q) const;
  /// How many recorded values are ≤ value (to the bucket).
  [[nodiscard]] std::uint64_t count_at_most(std::int64_t value) const;

  [[nodiscard]] std::size_t memory_bytes() const noexcept {
    return buckets_.capacity() * sizeof(buckets_[0]) + sparse_.capacity() * sizeof(Used);
  }

  /// Calls visit(highest value of the bucket, count) for each bucket that is not empty, ascending.
  template <class Visit>
  void for_each(Visit visit) const {
    for (const auto& [bucket, n] : sparse_) visit(highest(bucket), n);
    for (std::size_t i = count_ ? index(min_) : 0; i < buckets_.size(); ++i) {
      if (buckets_[i]) visit(highest(i), buckets_[i]);
    }
  }

  /// Compact bytes (varints of index gaps and counts); docs/formats/run.md has the grammar. Empty gives "".
  [[nodiscard]] std::string encode() const;
  /// Refuses what encode() cannot have written; allocates at most 16 bytes for each two bytes read.
  [[nodiscard]] static expected<Histogram, std::string> decode(std::string_view bytes);

 private:
  struct Used {
    std::size_t bucket;
    std::uint64_t count;
  };
  [[nodiscard]] static std::size_t index(std::int64_t value) noexcept;
  [[nodiscard]] static std::int64_t highest(std::size_t index) noexcept;
  [[nodiscard]] bool decode_buckets(std::string_view bytes);
  void count_bucket(std::size_t bucket, std::uint64_t n);
  void make_dense();

  std::vector<std::uint64_t> buckets_;  // dense, while values are added
  std::vector<Used> sparse_;            // instead of buckets_ after decode(), ascending
  std::uint64_t count_ = 0;
  std::int64_t min_ = 0;
  std::int64_t max_ = 0;
  double sum_ = 0;
};
}  // namespace headroom::stats
