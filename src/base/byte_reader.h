// A cursor over foreign bytes: every length is held against what is left before it is used.
#pragma once
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>
#include <type_traits>
#include <utility>

#include "base/expected.h"

namespace headroom {
/// The input ended before `wanted` more bytes. `offset`: bytes from the start, where the read began.
struct Truncated {
  std::size_t offset;
  std::size_t wanted;
};

/// Borrowed input; results borrow from it too. The cursor does not move on error.
class ByteReader {
 public:
  explicit ByteReader(std::span<const std::byte> bytes) : bytes_(bytes) {}

  [[nodiscard]] std::size_t offset() const noexcept { return offset_; }
  [[nodiscard]] std::size_t left() const noexcept { return bytes_.size() - offset_; }

  [[nodiscard]] expected<std::span<const std::byte>, Truncated> take(std::size_t count) {
    if (count > left()) return unexpected(Truncated{offset_, count});
    return bytes_.subspan(std::exchange(offset_, offset_ + count), count);
  }
  /// A little-endian number of T's width, as stored on x86 and in every format that we read unless it says otherwise.
  template <class T>
  [[nodiscard]] expected<T, Truncated> little() requires std::is_arithmetic_v<T> {
    if (sizeof(T) > left()) return unexpected(Truncated{offset_, sizeof(T)});
    T value;
    std::memcpy(&value, bytes_.data() + offset_, sizeof(T));
    offset_ += sizeof(T);
    return value;
  }
  /// Text up to `end`, which is consumed and not returned.
  [[nodiscard]] expected<std::string_view, Truncated> until(char end) {
    const auto* start = reinterpret_cast<const char*>(bytes_.data()) + offset_;
    const std::string_view rest(start, left());
    const auto at = rest.find(end);
    if (at == std::string_view::npos) return unexpected(Truncated{offset_, left() + 1});
    offset_ += at + 1;
    return rest.substr(0, at);
  }

 private:
  std::span<const std::byte> bytes_;
  std::size_t offset_ = 0;  // <= bytes_.size(), so the subtraction in left() cannot wrap
};
}  // namespace headroom
