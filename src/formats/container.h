// The compression around a file, told by its first bytes, and its bounded, streaming removal.
#pragma once
#include <cstddef>
#include <cstdint>
#include <cstdlib>
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

/// Bytes that grow to a limit. realloc moves large blocks by remapping pages, so that growing copies nothing.
class Inflated {
 public:
  explicit Inflated(std::uint64_t most) : most_(most) {}
  [[nodiscard]] std::span<const std::byte> bytes() const noexcept { return {data_.get(), size_}; }
  /// At least one byte of room, up to the limit and one byte beyond it, so that the limit is seen to be passed. Empty: it is passed.
  [[nodiscard]] std::span<std::byte> room();
  /// `count` bytes of room() have been written.
  void wrote(std::size_t count) noexcept { size_ += count; }

 private:
  struct Free {
    void operator()(std::byte* data) const noexcept { std::free(data); }
  };
  std::uint64_t most_;
  std::unique_ptr<std::byte, Free> data_;
  std::size_t size_ = 0;
  std::size_t capacity_ = 0;
};

/// The content of a compressed file, at most limits.inflated(file.size()) bytes. sniff_container(file) is not none.
/// Checksums are held; a stream that ends early is an error, and so is garbage after it, except padding and trailing NULs.
/// Offsets of errors count in the file itself.
[[nodiscard]] expected<std::shared_ptr<const Inflated>, ParseError> inflate(std::span<const std::byte> file, const Limits& limits);
}  // namespace headroom::formats
