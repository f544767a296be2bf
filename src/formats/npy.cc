#include "formats/npy.h"

#include <algorithm>
#include <cstring>

#include "base/byte_reader.h"
#include "formats/literal.h"

namespace headroom::formats {
namespace {
constexpr std::string_view kMagic("\x93NUMPY", 6);
constexpr std::size_t kMaxHeader = 64U << 10U;   // numpy itself refuses more than 10 000 characters unless told otherwise
constexpr std::size_t kMaxDepth = 6;

auto fail(std::size_t offset, std::string what, ParseCode code = ParseCode::malformed) {
  return unexpected(ParseError{code, offset, std::move(what)});
}
auto ends(std::size_t offset) { return fail(offset, "the .npy file ends inside its header", ParseCode::truncated); }

struct Header {
  std::string_view text;
  std::size_t offset;      // of text
  std::size_t data;        // where the data begins
};

expected<Header, ParseError> read_header(std::span<const std::byte> file) {
  ByteReader reader(file);
  if (!is_npy(file) || !reader.take(kMagic.size())) return fail(0, "no .npy file");
  const auto major = reader.little<std::uint8_t>();
  const auto minor = reader.little<std::uint8_t>();
  if (!major || !minor) return ends(reader.offset());
  if (*major < 1 || *major > 3 || *minor != 0) {
    return fail(kMagic.size(), ".npy version " + std::to_string(*major) + "." + std::to_string(*minor) + "; 1.0 to 3.0 are known", ParseCode::unsupported);
  }
  const auto length = *major == 1 ? reader.little<std::uint16_t>().map([](auto n) { return std::uint32_t{n}; }) : reader.little<std::uint32_t>();
  if (!length) return ends(reader.offset());
  if (*length > kMaxHeader) return fail(kMagic.size() + 2, "a .npy header of " + std::to_string(*length) + " bytes", ParseCode::over_limit);
  const auto offset = reader.offset();
  const auto bytes = reader.take(*length);
  if (!bytes) return ends(offset);
  const std::string_view text(reinterpret_cast<const char*>(bytes->data()), bytes->size());
  const bool is_ascii = std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
  if (*major < 3 ? !is_ascii : !is_utf8(text)) return fail(offset, "a .npy header that is no text");
  return Header{text, offset, reader.offset()};
}

expected<DType, ParseError> read_descr(const Literal& descr, std::size_t offset, std::size_t depth);

expected<DType, ParseError> read_record(const Literal& descr, std::size_t offset, std::size_t depth) {
  DType type{'V', false, 0, {}};
  std::vector<DType::Field> fields;
  for (const auto& item : descr.items) {
    if (item.kind != Literal::Kind::sequence || item.items.size() != 2 || item.items[0].kind != Literal::Kind::text) return fail(offset, "a field of a .npy dtype that is no (name, type)");
    HEADROOM_TRY(field, read_descr(item.items[1], offset, depth + 1));
    if (field.itemsize > (1U << 30U) - type.itemsize) return fail(offset, "a .npy dtype of too many bytes", ParseCode::over_limit);
    const auto at = type.itemsize;
    type.itemsize += field.itemsize;
    // An unnamed field is padding.
    if (!item.items[0].text.empty()) fields.push_back({item.items[0].text, at, std::move(field)});
  }
  auto checked = with_fields(type, std::move(fields));
  if (!checked || checked->fields.empty()) return fail(offset, "the fields of a .npy dtype overlap, repeat or hold objects");
  return std::move(*checked);
}

expected<DType, ParseError> read_descr(const Literal& descr, std::size_t offset, std::size_t depth) {
  if (descr.kind == Literal::Kind::sequence && depth == 0) return read_record(descr, offset, depth);
  if (descr.kind != Literal::Kind::text) return fail(offset, "a .npy dtype that is not read here", ParseCode::unsupported);
  auto type = parse_dtype(descr.text);
  if (!type) return fail(offset, "unknown .npy dtype '" + printable(descr.text, 40) + "'");
  if (type->kind == 'O') return fail(offset, "a .npy file of Python objects, which only a pickle can hold", ParseCode::unsupported);
  return std::move(*type);
}

expected<std::vector<std::uint64_t>, ParseError> read_sizes(const Literal& shape, std::size_t offset, const Limits& limits, std::uint64_t most) {
  if (shape.kind != Literal::Kind::sequence || shape.items.size() > limits.max_dimensions) return fail(offset, "a .npy shape that is no tuple of sizes");
  std::vector<std::uint64_t> sizes;
  for (const auto& item : shape.items) {
    if (item.kind != Literal::Kind::integer || item.integer < 0) return fail(offset, "a .npy shape with something that is no size");
    sizes.push_back(static_cast<std::uint64_t>(item.integer));
  }
  // An array of no elements may have any other dimensions.
  const bool is_empty = std::ranges::find(sizes, 0U) != sizes.end();
  if (!element_count(sizes, is_empty ? 1ULL << 32U : most)) return fail(offset, "a .npy shape larger than the file", ParseCode::over_limit);
  return sizes;
}
}  // namespace

bool is_npy(std::span<const std::byte> file) {
  return file.size() >= kMagic.size() && std::memcmp(file.data(), kMagic.data(), kMagic.size()) == 0;
}

expected<NdArray, ParseError> read_npy(std::span<const std::byte> file, const Limits& limits) {
  HEADROOM_TRY(header, read_header(file));
  auto literal = parse_literal(header.text, kMaxDepth);
  if (!literal) return fail(header.offset + literal.error().offset, "the .npy header is no dict of literals: " + literal.error().what);
  const auto* descr = literal->find("descr");
  const auto* order = literal->find("fortran_order");
  const auto* shape = literal->find("shape");
  if (literal->kind != Literal::Kind::map || literal->items.size() != 6 || descr == nullptr || order == nullptr || shape == nullptr) {
    return fail(header.offset, "the .npy header must hold descr, fortran_order and shape, and nothing else");
  }
  if (order->kind != Literal::Kind::boolean) return fail(header.offset, "the fortran_order of a .npy file is True or False");
  NdArray array;
  array.fortran = order->boolean;
  HEADROOM_TRY(type, read_descr(*descr, header.offset, 0));
  array.dtype = std::move(type);
  const auto data = file.subspan(header.data);
  HEADROOM_TRY(sizes, read_sizes(*shape, header.offset, limits, std::max<std::uint64_t>(data.size(), 1)));
  array.shape = std::move(sizes);
  if (data.size() % array.dtype.itemsize != 0 || data.size() / array.dtype.itemsize != array.count()) {
    return fail(header.data, "the .npy file has " + std::to_string(data.size()) + " bytes of data, its shape needs another number", ParseCode::truncated);
  }
  array.data = data;
  return array;
}

std::string npy_header(std::string_view descr, std::span<const std::uint64_t> shape) {
  std::string sizes;
  for (const auto size : shape) sizes += std::to_string(size) + (shape.size() == 1 ? "," : ", ");
  if (shape.size() > 1) sizes.resize(sizes.size() - 2);
  std::string text = "{'descr': '" + std::string(descr) + "', 'fortran_order': False, 'shape': (" + sizes + "), }";
  constexpr std::size_t kPrefix = 10;
  const std::size_t padded = (kPrefix + text.size() + 1 + 63) / 64 * 64;
  text.append(padded - kPrefix - text.size() - 1, ' ').append("\n");
  std::string out(kMagic);
  out += {'\x01', '\x00', static_cast<char>(text.size() & 0xffU), static_cast<char>(text.size() >> 8U)};
  return out + text;
}
}  // namespace headroom::formats
