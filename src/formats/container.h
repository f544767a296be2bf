// The compression around a file, told by its first bytes, and its bounded, streaming removal.
#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "base/expected.h"
#include "formats/error.h"
#include "formats/limits.h"

namespace headroom::formats {
enum class Container : std::uint8_t { none, zlib, gzip, bz2, xz, lzma, lz4, zf };

/// Told in joblib's order. zf is joblib's own container of before 2016, which is recognised only to be refused.
[[nodiscard]] Container sniff_container(std::span<const std::byte> file);
/// "zlib", "gzip", … "none".
[[nodiscard]] const char* name_of(Container container);

/// Bytes that grow to a limit.
class Inflated {
 public:
  /// packed: bytes that they come from. Room is made for several times as many at once, so that growing seldom has to copy; what is never
  /// written to takes no memory, only addresses.
  Inflated(std::uint64_t most, std::uint64_t packed) noexcept : most_(most), guess_(kUsualRatio * packed) {}
  [[nodiscard]] std::span<const std::byte> bytes() const noexcept { return {data_.get(), size_}; }
  /// At least one byte of room, up to the limit and one byte beyond it, so that the limit is seen to be passed. Empty: it is passed.
  [[nodiscard]] std::span<std::byte> room();
  /// `count` bytes of room() have been written.
  void wrote(std::size_t count) noexcept { size_ += count; }

 private:
  static constexpr std::uint64_t kUsualRatio = 16;   // trees get 5 to 20 times smaller, most things less
  std::uint64_t most_, guess_;
  std::unique_ptr<std::byte[]> data_;
  std::size_t size_ = 0;
  std::size_t capacity_ = 0;
};

/// The content of a compressed file, at most limits.inflated(file.size()) bytes. sniff_container(file) is not none.
/// Checksums are held; a stream that ends early is an error, and so is garbage after it, except padding and trailing NULs.
/// Offsets of errors count in the file itself.
[[nodiscard]] expected<std::shared_ptr<const Inflated>, ParseError> inflate(std::span<const std::byte> file, const Limits& limits);
}  // namespace headroom::formats
