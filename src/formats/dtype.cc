#include "formats/dtype.h"

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstring>
#include <limits>
#include <utility>

#include "formats/error.h"
#include "formats/value.h"

namespace headroom::formats {
namespace {
constexpr std::uint32_t kMaxItem = 1U << 30U;

/// Whether numpy knows elements of this kind with that many bytes.
bool is_size_of(char kind, std::uint32_t size) {
  switch (kind) {
    case 'b': return size == 1;
    case 'i':
    case 'u': return size == 1 || size == 2 || size == 4 || size == 8;
    case 'f': return size == 2 || size == 4 || size == 8 || size == 12 || size == 16;
    case 'c': return size == 8 || size == 16 || size == 24 || size == 32;
    case 'O': return size == 4 || size == 8;
    case 'M':
    case 'm': return size == 8;
    case 'U': return size > 0 && size % 4 == 0;
    case 'S':
    case 'V': return size > 0;
    default: return false;
  }
}

template <class T>
T load(const std::byte* data, bool swapped) {
  std::array<std::byte, sizeof(T)> raw;
  std::memcpy(raw.data(), data, sizeof(T));
  if (swapped) std::ranges::reverse(raw);
  return std::bit_cast<T>(raw);
}

double from_half(std::uint16_t half) {
  const int exponent = (half >> 10) & 0x1f;
  const int fraction = half & 0x3ff;
  const double sign = (half & 0x8000) != 0 ? -1.0 : 1.0;
  if (exponent == 31) return fraction != 0 ? std::numeric_limits<double>::quiet_NaN() : sign * std::numeric_limits<double>::infinity();
  return sign * (exponent == 0 ? std::ldexp(fraction, -24) : std::ldexp(fraction + 1024, exponent - 25));
}

std::int64_t read_signed(const DType& type, const std::byte* data) {
  switch (type.itemsize) {
    case 1: return load<std::int8_t>(data, false);
    case 2: return load<std::int16_t>(data, type.swapped);
    case 4: return load<std::int32_t>(data, type.swapped);
    default: return load<std::int64_t>(data, type.swapped);
  }
}

std::int64_t read_unsigned(const DType& type, const std::byte* data) {
  switch (type.itemsize) {
    case 1: return load<std::uint8_t>(data, false);
    case 2: return load<std::uint16_t>(data, type.swapped);
    case 4: return load<std::uint32_t>(data, type.swapped);
    default: break;
  }
  constexpr std::uint64_t most = std::numeric_limits<std::int64_t>::max();
  return static_cast<std::int64_t>(std::min(load<std::uint64_t>(data, type.swapped), most));
}

std::int64_t read_whole(const DType& type, const std::byte* data) { return type.kind == 'i' ? read_signed(type, data) : read_unsigned(type, data); }
}  // namespace

const DType::Field* DType::field(std::string_view name) const {
  const auto found = std::ranges::find(fields, name, &Field::name);
  return found == fields.end() ? nullptr : &*found;
}

bool DType::is_numeric() const {
  return kind == 'b' || kind == 'i' || kind == 'u' || (kind == 'f' && itemsize <= 8);
}

std::string DType::descr() const {
  const bool has_order = itemsize > 1 && kind != 'S' && kind != 'V' && kind != 'O';
  std::string code{has_order ? (swapped ? '>' : '<') : '|', kind};
  if (kind == 'O') return code;
  return code + std::to_string(kind == 'U' ? itemsize / 4 : itemsize);
}

std::optional<DType> parse_dtype(std::string_view code) {
  DType type;
  if (!code.empty() && std::string_view("<>|=").find(code[0]) != std::string_view::npos) {
    type.swapped = code[0] == '>';
    code.remove_prefix(1);
  }
  if (code.empty()) return std::nullopt;
  type.kind = code[0];
  const auto digits = code.substr(1);
  std::uint32_t size = type.kind == 'O' ? 8 : 0;
  if (!digits.empty()) {
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), size);
    if (error != std::errc{} || end != digits.data() + digits.size() || size > kMaxItem) return std::nullopt;
  }
  type.itemsize = type.kind == 'U' ? size * 4 : size;
  if (!is_size_of(type.kind, type.itemsize)) return std::nullopt;
  if (type.itemsize == 1) type.swapped = false;
  return type;
}

std::optional<DType> with_fields(DType type, std::vector<DType::Field> fields) {
  std::ranges::stable_sort(fields, {}, &DType::Field::offset);
  std::uint64_t end = 0;
  for (const auto& field : fields) {
    if (field.offset < end || field.type.kind == 'O') return std::nullopt;
    end = std::uint64_t{field.offset} + field.type.itemsize;
  }
  if (end > type.itemsize) return std::nullopt;
  std::vector<std::string_view> names;
  for (const auto& field : fields) names.push_back(field.name);
  std::ranges::sort(names);
  if (std::ranges::adjacent_find(names) != names.end()) return std::nullopt;
  type.fields = std::move(fields);
  return type;
}

double read_double(const DType& type, const std::byte* data) {
  if (type.kind == 'b') return static_cast<std::uint8_t>(*data) != 0 ? 1.0 : 0.0;
  if (type.kind == 'u' && type.itemsize == 8) return static_cast<double>(load<std::uint64_t>(data, type.swapped));
  if (type.kind != 'f') return static_cast<double>(read_whole(type, data));
  switch (type.itemsize) {
    case 2: return from_half(load<std::uint16_t>(data, type.swapped));
    case 4: return static_cast<double>(load<float>(data, type.swapped));
    default: return load<double>(data, type.swapped);
  }
}

std::int64_t read_int(const DType& type, const std::byte* data) {
  if (type.kind == 'b') return static_cast<std::uint8_t>(*data) != 0 ? 1 : 0;
  if (type.kind != 'f') return read_whole(type, data);
  const double value = read_double(type, data);
  return value >= -0x1p63 && value < 0x1p63 ? static_cast<std::int64_t>(value) : std::numeric_limits<std::int64_t>::min();
}

std::string read_text(const DType& type, const std::byte* data) {
  std::string text;
  if (type.kind == 'S') {
    text.assign(reinterpret_cast<const char*>(data), type.itemsize);
    while (!text.empty() && text.back() == '\0') text.pop_back();
    return text;
  }
  std::size_t length = type.itemsize / 4;
  while (length > 0 && load<std::uint32_t>(data + (length - 1) * 4, type.swapped) == 0) --length;
  for (std::size_t i = 0; i < length; ++i) append_utf8(text, load<std::uint32_t>(data + i * 4, type.swapped));
  return text;
}

std::uint64_t NdArray::count() const {
  std::uint64_t product = 1;
  for (const auto dimension : shape) product *= dimension;
  return product;
}

std::size_t NdArray::stored_index(std::size_t c_index) const {
  if (!fortran || shape.size() < 2) return c_index;
  std::size_t stored = 0;
  std::size_t stride = count();
  for (std::size_t axis = shape.size(); axis-- > 0;) {
    stride /= shape[axis];
    stored += c_index % shape[axis] * stride;
    c_index /= shape[axis];
  }
  return stored;
}

namespace {
/// out[i] = the number at data + i * step.
template <class T, bool swapped>
void read_all(const std::byte* data, std::size_t step, std::span<double> out) {
  for (double& value : out) value = static_cast<double>(load<T>(std::exchange(data, data + step), swapped));
}

void read_strided(const DType& type, const std::byte* data, std::size_t step, std::span<double> out) {
  const bool is_float = type.kind == 'f';
  if (is_float && type.itemsize == 8 && !type.swapped && step == sizeof(double)) {
    if (!out.empty()) std::memcpy(out.data(), data, out.size_bytes());
    return;
  }
  // What files hold many of; the others one by one.
  if (is_float && type.itemsize == 8 && !type.swapped) return read_all<double, false>(data, step, out);
  if (is_float && type.itemsize == 4) return type.swapped ? read_all<float, true>(data, step, out) : read_all<float, false>(data, step, out);
  if (type.kind == 'i' && type.itemsize == 4) return type.swapped ? read_all<std::int32_t, true>(data, step, out) : read_all<std::int32_t, false>(data, step, out);
  if (type.kind == 'u' && type.itemsize == 1) return read_all<std::uint8_t, false>(data, step, out);
  for (double& value : out) value = read_double(type, std::exchange(data, data + step));
}
}  // namespace

std::vector<double> read_doubles(const NdArray& array) {
  std::vector<double> values;
  read_doubles(array, values);
  return values;
}

void read_doubles(const NdArray& array, std::vector<double>& values) {
  values.resize(array.count());
  const std::size_t size = array.dtype.itemsize;
  if (!array.fortran || array.shape.size() < 2) {
    read_strided(array.dtype, array.data.data(), size, values);
  } else if (array.shape.size() == 2 && !values.empty()) {
    // Some columns of one row after the other, so that what is read of a cache line is read while it is there.
    const std::size_t rows = array.shape[0], columns = array.shape[1];
    constexpr std::size_t kTogether = 64;
    for (std::size_t first = 0; first < columns; first += kTogether) {
      const std::size_t count = std::min(kTogether, columns - first);
      for (std::size_t i = 0; i < rows; ++i) read_strided(array.dtype, array.data.data() + (first * rows + i) * size, rows * size, {values.data() + i * columns + first, count});
    }
  } else {
    for (std::size_t i = 0; i < values.size(); ++i) values[i] = read_double(array.dtype, array.element(i));
  }
}

std::optional<std::uint64_t> element_count(std::span<const std::uint64_t> shape, std::uint64_t most) {
  std::uint64_t product = 1;
  bool is_empty = false;
  for (const auto dimension : shape) {
    if (dimension > most) return std::nullopt;
    if (dimension == 0) {
      is_empty = true;
    } else {
      if (product > most / dimension) return std::nullopt;
      product *= dimension;
    }
  }
  return is_empty ? 0 : product;
}
}  // namespace headroom::formats
