// Members of a zip archive that lies in memory. Nothing is ever written to a disk; names are keys and nothing more.
#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/expected.h"
#include "formats/container.h"
#include "formats/error.h"
#include "formats/limits.h"

namespace headroom::formats {
/// Stored and deflated members; no zip64, no encryption, no second disk, no member named twice.
/// Source: PKWARE's APPNOTE 6.3; the central directory decides, and each local header must agree with it.
class Zip {
 public:
  /// file outlives this. Reads the central directory.
  [[nodiscard]] static expected<Zip, ParseError> open(std::span<const std::byte> file, const Limits& limits);

  [[nodiscard]] bool has(std::string_view name) const { return entries_.find(name) != entries_.end(); }
  /// A member's content, checked against its length and CRC-32; borrowed from the file, or from this if it was inflated. All members
  /// together inflate to at most limits.inflated(file size).
  [[nodiscard]] expected<std::span<const std::byte>, ParseError> read(std::string_view name);

 private:
  struct Entry {
    std::uint16_t method = 0;
    std::uint32_t crc = 0;
    std::uint32_t packed = 0;     // bytes in the file
    std::uint32_t size = 0;       // bytes of content
    std::uint32_t header = 0;     // offset of the local header
    std::size_t data = 0;         // offset of what is packed, once looked up
    bool was_checked = false;
    std::span<const std::byte> content;
    std::shared_ptr<const Inflated> inflated;
  };
  Zip(std::span<const std::byte> file, std::uint64_t budget) : file_(file), budget_(budget) {}
  [[nodiscard]] expected<void, ParseError> read_directory();
  [[nodiscard]] expected<void, ParseError> find_data(std::string_view name, Entry& entry) const;

  std::span<const std::byte> file_;
  std::uint64_t budget_;          // bytes that may still be inflated
  std::map<std::string, Entry, std::less<>> entries_;
};
}  // namespace headroom::formats
