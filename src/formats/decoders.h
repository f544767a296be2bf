// One function a compression library. Each stops without an error when `out` has passed its limit; inflate() then says so.
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "formats/container.h"

namespace headroom::formats {
using Inflation = expected<void, ParseError>;

[[nodiscard]] Inflation inflate_zlib(std::span<const std::byte> file, Container container, Inflated& out);
[[nodiscard]] Inflation inflate_bz2(std::span<const std::byte> file, Inflated& out);
[[nodiscard]] Inflation inflate_lzma(std::span<const std::byte> file, Container container, std::uint64_t memory, Inflated& out);
[[nodiscard]] Inflation inflate_lz4(std::span<const std::byte> file, Inflated& out);

inline auto broken(std::size_t offset, std::string what) {
  return unexpected(ParseError{ParseCode::malformed, offset, std::move(what)});
}
inline auto cut_off(std::size_t offset, const char* name) {
  return unexpected(ParseError{ParseCode::truncated, offset, "the " + std::string(name) + " stream is truncated: it ends before its end mark"});
}
/// Whether only NULs follow, which tapes and block devices leave and gzip and bzip2 ignore.
[[nodiscard]] inline bool only_nuls(std::span<const std::byte> rest) {
  for (const auto byte : rest) {
    if (byte != std::byte{0}) return false;
  }
  return true;
}
}  // namespace headroom::formats
