// Protocol buffers' wire format, field by field. Borrows the message's bytes.
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "formats/error.h"

namespace headroom::formats {
enum class Wire : std::uint8_t { varint = 0, fixed64 = 1, bytes = 2, fixed32 = 5 };

/// Reads one message. Errors carry the offset in the file. Groups (wire types 3 and 4) are refused: nothing since proto2 writes them.
class ProtobufReader {
 public:
  /// offset: of the message in the file.
  ProtobufReader(std::span<const std::byte> message, std::size_t offset) : bytes_(message), base_(offset) {}

  /// Moves to the next field; false at the end. The field's content must be taken or skipped before the next call.
  [[nodiscard]] expected<bool, ParseError> next();
  [[nodiscard]] std::uint32_t field() const noexcept { return field_; }
  [[nodiscard]] Wire wire() const noexcept { return wire_; }
  /// Where the field's content begins, in the file.
  [[nodiscard]] std::size_t offset() const noexcept { return base_ + at_; }
  [[nodiscard]] bool is_at_end() const noexcept { return at_ == bytes_.size(); }

  /// A varint, whatever field it belongs to: also the elements of a packed list.
  [[nodiscard]] expected<std::uint64_t, ParseError> varint();
  [[nodiscard]] expected<float, ParseError> fixed32();
  [[nodiscard]] expected<double, ParseError> fixed64();
  /// The content of a length-delimited field.
  [[nodiscard]] expected<std::span<const std::byte>, ParseError> bytes();
  [[nodiscard]] expected<std::string_view, ParseError> text();
  /// A message inside of this one.
  [[nodiscard]] expected<ProtobufReader, ParseError> message();
  [[nodiscard]] expected<void, ParseError> skip();
  /// Refuses a field whose content is not of this kind.
  [[nodiscard]] expected<void, ParseError> need(Wire wire) const;

 private:
  [[nodiscard]] tl::unexpected<ParseError> fail(std::string what, ParseCode code = ParseCode::malformed) const;
  [[nodiscard]] expected<std::span<const std::byte>, ParseError> take(std::uint64_t count);

  std::span<const std::byte> bytes_;
  std::size_t base_;
  std::size_t at_ = 0;   // <= bytes_.size()
  std::uint32_t field_ = 0;
  Wire wire_ = Wire::varint;
};
}  // namespace headroom::formats
