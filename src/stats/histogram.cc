#include "stats/histogram.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>
#include <optional>

namespace headroom::stats {
namespace {
constexpr std::int64_t kLinear = std::int64_t{1} << Histogram::kPrecisionBits;

void put_varint(std::string& out, std::uint64_t value) {
  for (; value >= 0x80; value >>= 7) out += static_cast<char>(value | 0x80);
  out += static_cast<char>(value);
}

/// Takes one varint off the front; nullopt if it is cut, longer than 64 bits, or not the shortest form.
std::optional<std::uint64_t> take_varint(std::string_view& bytes) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < bytes.size() && i < 10; ++i) {
    const auto byte = static_cast<std::uint8_t>(bytes[i]);
    if (i == 9 && byte > 1) return std::nullopt;
    value |= static_cast<std::uint64_t>(byte & 0x7f) << (7 * i);
    if (byte & 0x80) continue;
    if (byte == 0 && i > 0) return std::nullopt;
    bytes.remove_prefix(i + 1);
    return value;
  }
  return std::nullopt;
}
}  // namespace

// Below 2·1024 a bucket is one value; above, each octave [2^k, 2^(k+1)) has 1024 buckets of width 2^(k-10).
std::size_t Histogram::index(std::int64_t value) noexcept {
  if (value < 2 * kLinear) return static_cast<std::size_t>(value);
  const int shift = static_cast<int>(std::bit_width(static_cast<std::uint64_t>(value))) - kPrecisionBits - 1;
  return static_cast<std::size_t>(shift * kLinear + (value >> shift));
}

std::int64_t Histogram::highest(std::size_t index) noexcept {
  const auto i = static_cast<std::int64_t>(index);
  if (i < 2 * kLinear) return i;
  const std::int64_t shift = i / kLinear - 1;
  return ((i - shift * kLinear + 1) << shift) - 1;
}

void Histogram::make_dense() {
  if (sparse_.empty()) return;
  buckets_.assign(sparse_.back().bucket + 1, 0);
  for (const auto& [bucket, n] : sparse_) buckets_[bucket] = n;
  sparse_ = {};
}

void Histogram::count_bucket(std::size_t bucket, std::uint64_t n) {
  if (bucket >= buckets_.size()) buckets_.resize(bucket + 1);
  buckets_[bucket] += n;
}

void Histogram::add(std::int64_t value, std::uint64_t count) {
  if (count == 0) return;
  make_dense();
  value = std::clamp<std::int64_t>(value, 0, kHighest);
  min_ = count_ ? std::min(min_, value) : value;
  max_ = count_ ? std::max(max_, value) : value;
  count_bucket(index(value), count);
  count_ += count;
  sum_ += static_cast<double>(value) * static_cast<double>(count);
}

void Histogram::merge(const Histogram& other) {
  if (other.count_ == 0) return;
  if (count_ == 0) {
    *this = other;
    return;
  }
  make_dense();
  if (const auto top = index(other.max_); top >= buckets_.size()) buckets_.resize(top + 1);
  for (const auto& [bucket, n] : other.sparse_) buckets_[bucket] += n;
  for (std::size_t i = 0; i < other.buckets_.size(); ++i) buckets_[i] += other.buckets_[i];
  min_ = std::min(min_, other.min_);
  max_ = std::max(max_, other.max_);
  count_ += other.count_;
  sum_ += other.sum_;
}

void Histogram::clear() { *this = Histogram(); }

std::int64_t Histogram::quantile(double q) const {
  if (count_ == 0) return 0;
  // The factor undoes the rounding of q: 0.07 · 100 is a little above 7 and must not become rank 8.
  const double wanted = std::ceil(std::clamp(q, 0.0, 1.0) * static_cast<double>(count_) * (1 - 1e-13));
  const auto rank = std::clamp<std::uint64_t>(static_cast<std::uint64_t>(wanted), 1, count_);
  if (rank == 1) return min_;
  std::uint64_t seen = 0;
  for (const auto& [bucket, n] : sparse_) {
    if ((seen += n) >= rank) return std::clamp(highest(bucket), min_, max_);
  }
  for (std::size_t i = index(min_); i < buckets_.size(); ++i) {
    if ((seen += buckets_[i]) >= rank) return std::clamp(highest(i), min_, max_);
  }
  return max_;
}

std::uint64_t Histogram::count_at_most(std::int64_t value) const {
  if (count_ == 0 || value < min_) return 0;
  if (value >= max_) return count_;
  const std::size_t last = index(value);
  std::uint64_t seen = 0;
  for (const auto& [bucket, n] : sparse_) {
    if (bucket > last) return seen;
    seen += n;
  }
  for (std::size_t i = index(min_); i <= last && i < buckets_.size(); ++i) seen += buckets_[i];
  return seen;
}

std::string Histogram::encode() const {
  if (count_ == 0) return {};
  std::string out(1, static_cast<char>(kPrecisionBits));
  put_varint(out, count_);
  put_varint(out, static_cast<std::uint64_t>(min_));
  put_varint(out, static_cast<std::uint64_t>(max_));
  std::array<char, sizeof(double)> sum;
  std::memcpy(sum.data(), &sum_, sum.size());
  out.append(sum.data(), sum.size());
  std::size_t next = 0;  // first bucket that the next pair may name
  const auto pair = [&](std::size_t bucket, std::uint64_t n) {
    put_varint(out, bucket - next);
    put_varint(out, n);
    next = bucket + 1;
  };
  for (const auto& [bucket, n] : sparse_) pair(bucket, n);
  for (std::size_t i = index(min_); i < buckets_.size(); ++i) {
    if (buckets_[i]) pair(i, buckets_[i]);
  }
  return out;
}

bool Histogram::decode_buckets(std::string_view bytes) {
  std::size_t next = 0;
  std::uint64_t seen = 0;
  while (!bytes.empty()) {
    const auto gap = take_varint(bytes);
    const auto n = gap ? take_varint(bytes) : std::nullopt;
    if (!n || *n == 0 || *n > count_ - seen || *gap > index(kHighest) - next) return false;
    sparse_.push_back({next + *gap, *n});
    seen += *n;
    next = sparse_.back().bucket + 1;
    if (next > index(kHighest) && !bytes.empty()) return false;
  }
  return seen == count_ && !sparse_.empty() && sparse_.front().bucket == index(min_) && sparse_.back().bucket == index(max_);
}

expected<Histogram, std::string> Histogram::decode(std::string_view bytes) {
  Histogram result;
  if (bytes.empty()) return result;
  const auto refused = [](const char* why) { return unexpected(std::string("histogram: ") + why); };
  if (bytes[0] != static_cast<char>(kPrecisionBits)) return refused("unknown precision");
  bytes.remove_prefix(1);
  const auto count = take_varint(bytes);
  const auto min = count ? take_varint(bytes) : std::nullopt;
  const auto max = min ? take_varint(bytes) : std::nullopt;
  if (!max || bytes.size() < sizeof(double)) return refused("cut short");
  if (*count == 0 || *min > *max || *max > static_cast<std::uint64_t>(kHighest)) return refused("count, min and max disagree");
  std::memcpy(&result.sum_, bytes.data(), sizeof(double));
  bytes.remove_prefix(sizeof(double));
  const double n = static_cast<double>(*count);
  // 1e-9: what a million roundings of the running sum may be off.
  const bool plausible = std::isfinite(result.sum_) && result.sum_ >= n * static_cast<double>(*min) * (1 - 1e-9) &&
                         result.sum_ <= n * static_cast<double>(*max) * (1 + 1e-9);
  if (!plausible) return refused("the sum cannot be");
  result.count_ = *count;
  result.min_ = static_cast<std::int64_t>(*min);
  result.max_ = static_cast<std::int64_t>(*max);
  if (!result.decode_buckets(bytes)) return refused("the buckets cannot be");
  return result;
}
}  // namespace headroom::stats
