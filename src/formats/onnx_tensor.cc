#include "formats/onnx_tensor.h"

#include <cstring>

namespace headroom::formats {
namespace {
tl::unexpected<OnnxError> refuse(const ProtobufReader& reader, const std::string& path, std::string what, ParseCode code = ParseCode::malformed) {
  return unexpected(OnnxError{ParseError{code, reader.offset(), std::move(what)}, path});
}

/// Bytes of an element in raw_data; 0 for types that are not read.
std::size_t size_of(std::int64_t type) {
  switch (static_cast<OnnxType>(type)) {
    case OnnxType::f32: case OnnxType::i32: case OnnxType::u32: return 4;
    case OnnxType::u8: case OnnxType::i8: case OnnxType::flag: return 1;
    case OnnxType::u16: case OnnxType::i16: return 2;
    case OnnxType::i64: case OnnxType::f64: case OnnxType::u64: return 8;
    case OnnxType::text: return 1;
    case OnnxType::none: break;
  }
  return 0;
}

template <class T, class To>
void copy_raw(std::span<const std::byte> raw, std::vector<To>& out) {
  out.reserve(raw.size() / sizeof(T));
  for (std::size_t at = 0; at < raw.size(); at += sizeof(T)) {
    T value;
    std::memcpy(&value, raw.data() + at, sizeof value);
    out.push_back(static_cast<To>(value));
  }
}

void read_raw(std::span<const std::byte> raw, OnnxTensor& out) {
  switch (out.type) {
    case OnnxType::f32: return copy_raw<float>(raw, out.f32);
    case OnnxType::f64: return copy_raw<double>(raw, out.f64);
    case OnnxType::u8: case OnnxType::flag: return copy_raw<std::uint8_t>(raw, out.whole);
    case OnnxType::i8: return copy_raw<std::int8_t>(raw, out.whole);
    case OnnxType::u16: return copy_raw<std::uint16_t>(raw, out.whole);
    case OnnxType::i16: return copy_raw<std::int16_t>(raw, out.whole);
    case OnnxType::i32: return copy_raw<std::int32_t>(raw, out.whole);
    case OnnxType::u32: return copy_raw<std::uint32_t>(raw, out.whole);
    case OnnxType::i64: case OnnxType::u64: return copy_raw<std::int64_t>(raw, out.whole);
    case OnnxType::text: case OnnxType::none: break;
  }
}

/// Elements of the shape. It is at most 2^32 then.
OnnxRead<std::uint64_t> count_of(const ProtobufReader& reader, const OnnxTensor& tensor, const std::string& path) {
  std::uint64_t count = 1;
  for (const auto size : tensor.shape) {
    if (size < 0) return refuse(reader, path + ".dims", "a dimension of " + std::to_string(size));
    if (size > 0xffffffffLL || (size > 0 && count > 0xffffffffULL / static_cast<std::uint64_t>(size))) {
      return refuse(reader, path + ".dims", "a tensor of more than 2^32 values", ParseCode::over_limit);
    }
    count *= static_cast<std::uint64_t>(size);
  }
  return count;
}

std::size_t held(const OnnxTensor& tensor) {
  switch (tensor.type) {
    case OnnxType::f32: return tensor.f32.size();
    case OnnxType::f64: return tensor.f64.size();
    case OnnxType::text: return tensor.texts.size();
    default: return tensor.whole.size();
  }
}

enum Field : std::uint32_t { dims = 1, data_type = 2, segment = 3, float_data = 4, int32_data = 5, string_data = 6, int64_data = 7, name = 8, raw_data = 9, double_data = 10, uint64_data = 11, external_data = 13, data_location = 14 };

struct Fields {
  std::int64_t type = 0;
  std::optional<std::span<const std::byte>> raw;
  bool is_external = false;
};

expected<void, ParseError> read_field(ProtobufReader& reader, OnnxBudget& budget, OnnxTensor& tensor, Fields& fields) {
  switch (reader.field()) {
    case dims: return append_whole(reader, budget, tensor.shape);
    case data_type: {
      HEADROOM_TRY_VOID(reader.need(Wire::varint));
      HEADROOM_TRY(value, reader.varint());
      fields.type = static_cast<std::int64_t>(value);
      return {};
    }
    case float_data: return append_f32(reader, budget, tensor.f32);
    case int32_data: case int64_data: case uint64_data: return append_whole(reader, budget, tensor.whole);
    case double_data: return append_f64(reader, budget, tensor.f64);
    case string_data: {
      HEADROOM_TRY(text, reader.text());
      HEADROOM_TRY_VOID(budget.charge(sizeof(std::string_view), reader.offset()));
      tensor.texts.push_back(text);
      return {};
    }
    case name: {
      HEADROOM_TRY(text, reader.text());
      tensor.name = text;
      return {};
    }
    case raw_data: {
      HEADROOM_TRY(raw, reader.bytes());
      fields.raw = raw;
      return {};
    }
    case external_data: fields.is_external = true; return reader.skip();
    case data_location: {
      HEADROOM_TRY_VOID(reader.need(Wire::varint));
      HEADROOM_TRY(value, reader.varint());
      fields.is_external |= value != 0;
      return {};
    }
    default: return reader.skip();
  }
}
}  // namespace

const char* name_of(OnnxType type) {
  switch (type) {
    case OnnxType::none: return "nothing";
    case OnnxType::f32: return "float";
    case OnnxType::u8: return "uint8";
    case OnnxType::i8: return "int8";
    case OnnxType::u16: return "uint16";
    case OnnxType::i16: return "int16";
    case OnnxType::i32: return "int32";
    case OnnxType::i64: return "int64";
    case OnnxType::text: return "string";
    case OnnxType::flag: return "bool";
    case OnnxType::f64: return "double";
    case OnnxType::u32: return "uint32";
    case OnnxType::u64: return "uint64";
  }
  return "an unknown type";
}

expected<void, ParseError> append_whole(ProtobufReader& reader, OnnxBudget& budget, std::vector<std::int64_t>& out) {
  if (reader.wire() == Wire::varint) {
    HEADROOM_TRY(value, reader.varint());
    HEADROOM_TRY_VOID(budget.charge(sizeof value, reader.offset()));
    out.push_back(static_cast<std::int64_t>(value));
    return {};
  }
  HEADROOM_TRY(packed, reader.message());
  while (!packed.is_at_end()) {
    HEADROOM_TRY(value, packed.varint());
    HEADROOM_TRY_VOID(budget.charge(sizeof value, packed.offset()));
    out.push_back(static_cast<std::int64_t>(value));
  }
  return {};
}

expected<void, ParseError> append_f32(ProtobufReader& reader, OnnxBudget& budget, std::vector<float>& out) {
  HEADROOM_TRY_VOID(budget.charge(sizeof(float), reader.offset()));
  if (reader.wire() == Wire::fixed32) {
    HEADROOM_TRY(value, reader.fixed32());
    out.push_back(value);
    return {};
  }
  HEADROOM_TRY(packed, reader.message());
  while (!packed.is_at_end()) {
    HEADROOM_TRY(value, packed.fixed32());
    HEADROOM_TRY_VOID(budget.charge(sizeof value, packed.offset()));
    out.push_back(value);
  }
  return {};
}

expected<void, ParseError> append_f64(ProtobufReader& reader, OnnxBudget& budget, std::vector<double>& out) {
  HEADROOM_TRY_VOID(budget.charge(sizeof(double), reader.offset()));
  if (reader.wire() == Wire::fixed64) {
    HEADROOM_TRY(value, reader.fixed64());
    out.push_back(value);
    return {};
  }
  HEADROOM_TRY(packed, reader.message());
  while (!packed.is_at_end()) {
    HEADROOM_TRY(value, packed.fixed64());
    HEADROOM_TRY_VOID(budget.charge(sizeof value, packed.offset()));
    out.push_back(value);
  }
  return {};
}

OnnxRead<OnnxTensor> read_onnx_tensor(ProtobufReader reader, OnnxBudget& budget, const std::string& path) {
  OnnxTensor tensor;
  Fields fields;
  for (;;) {
    HEADROOM_TRY(more, at_path(reader.next(), path));
    if (!more) break;
    if (reader.field() == segment) return refuse(reader, path, "a tensor cut into segments", ParseCode::unsupported);
    HEADROOM_TRY_VOID(at_path(read_field(reader, budget, tensor, fields), path));
  }
  if (fields.is_external) return refuse(reader, path, "its values are external data, in another file; only what stands in the model's own file is read", ParseCode::unsupported);
  const auto size = size_of(fields.type);
  if (size == 0) return refuse(reader, path + ".data_type", "the element type " + std::to_string(fields.type) + " is not read", ParseCode::unsupported);
  tensor.type = static_cast<OnnxType>(fields.type);
  if (held(tensor) != tensor.f32.size() + tensor.f64.size() + tensor.whole.size() + tensor.texts.size()) return refuse(reader, path, "it holds values of another type than its own");
  HEADROOM_TRY(count, count_of(reader, tensor, path));
  if (fields.raw) {
    if (held(tensor) > 0 || tensor.type == OnnxType::text) return refuse(reader, path, "its values stand there twice");
    if (fields.raw->size() != count * size) {
      return refuse(reader, path + ".raw_data", std::to_string(fields.raw->size()) + " bytes, but the shape needs " + std::to_string(count * size));
    }
    HEADROOM_TRY_VOID(at_path(budget.charge(count * 8, reader.offset()), path));
    read_raw(*fields.raw, tensor);
  }
  if (held(tensor) != count) return refuse(reader, path, std::to_string(held(tensor)) + " values, but the shape needs " + std::to_string(count));
  return tensor;
}
}  // namespace headroom::formats
