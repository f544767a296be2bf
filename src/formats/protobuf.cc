#include "formats/protobuf.h"

#include <cstring>

namespace headroom::formats {
tl::unexpected<ParseError> ProtobufReader::fail(std::string what, ParseCode code) const { return unexpected(ParseError{code, offset(), std::move(what)}); }

expected<bool, ParseError> ProtobufReader::next() {
  if (is_at_end()) return false;
  const auto start = at_;
  HEADROOM_TRY(key, varint());
  const auto wire = key & 7U;
  const auto field = key >> 3U;
  if (field == 0 || field > 0x1fffffffU) {
    at_ = start;
    return fail("a protobuf field with the number " + std::to_string(field));
  }
  if (wire != 0 && wire != 1 && wire != 2 && wire != 5) {
    at_ = start;
    return fail("a protobuf field of the wire type " + std::to_string(wire) + ", which no ONNX file has");
  }
  field_ = static_cast<std::uint32_t>(field);
  wire_ = static_cast<Wire>(wire);
  return true;
}

expected<std::uint64_t, ParseError> ProtobufReader::varint() {
  std::uint64_t value = 0;
  for (unsigned shift = 0; shift < 64; shift += 7) {
    if (is_at_end()) return fail("the protobuf message ends inside a number", ParseCode::truncated);
    const auto byte = std::to_integer<std::uint64_t>(bytes_[at_]);
    if (shift == 63 && byte > 1) return fail("a protobuf number of more than 64 bits");
    ++at_;
    value |= (byte & 0x7fU) << shift;
    if (byte < 0x80) return value;
  }
  return fail("a protobuf number that does not end");
}

expected<std::span<const std::byte>, ParseError> ProtobufReader::take(std::uint64_t count) {
  const std::size_t left = bytes_.size() - at_;
  if (count > left) return fail(std::to_string(count) + " bytes are announced, but only " + std::to_string(left) + " are left", ParseCode::truncated);
  const auto taken = bytes_.subspan(at_, static_cast<std::size_t>(count));
  at_ += taken.size();
  return taken;
}

expected<float, ParseError> ProtobufReader::fixed32() {
  HEADROOM_TRY(data, take(4));
  float value = 0;
  std::memcpy(&value, data.data(), sizeof value);
  return value;
}

expected<double, ParseError> ProtobufReader::fixed64() {
  HEADROOM_TRY(data, take(8));
  double value = 0;
  std::memcpy(&value, data.data(), sizeof value);
  return value;
}

expected<std::span<const std::byte>, ParseError> ProtobufReader::bytes() {
  HEADROOM_TRY_VOID(need(Wire::bytes));
  HEADROOM_TRY(count, varint());
  return take(count);
}

expected<std::string_view, ParseError> ProtobufReader::text() {
  HEADROOM_TRY(data, bytes());
  const std::string_view content(reinterpret_cast<const char*>(data.data()), data.size());
  return content;
}

expected<ProtobufReader, ParseError> ProtobufReader::message() {
  HEADROOM_TRY(data, bytes());
  return ProtobufReader(data, offset() - data.size());
}

expected<void, ParseError> ProtobufReader::skip() {
  switch (wire_) {
    case Wire::varint: HEADROOM_TRY_VOID(varint()); return {};
    case Wire::fixed64: HEADROOM_TRY_VOID(take(8)); return {};
    case Wire::bytes: HEADROOM_TRY_VOID(bytes()); return {};
    case Wire::fixed32: HEADROOM_TRY_VOID(take(4)); return {};
  }
  return {};
}

expected<void, ParseError> ProtobufReader::need(Wire wire) const {
  if (wire_ == wire) return {};
  return fail("protobuf field " + std::to_string(field_) + " has the wire type " + std::to_string(static_cast<int>(wire_)) + ", not " + std::to_string(static_cast<int>(wire)));
}
}  // namespace headroom::formats
