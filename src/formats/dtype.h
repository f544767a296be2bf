// numpy's element types, and arrays of them whose bytes lie in the file.
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/expected.h"

namespace headroom::formats {
class Value;

/// kind as numpy's dtype.kind: b i u f c U S O V M m. A structured type is V with fields.
struct DType {
  struct Field;
  char kind = 'V';
  bool swapped = false;          // big-endian elements; single bytes never are
  std::uint32_t itemsize = 0;    // bytes, > 0
  std::vector<Field> fields;     // in order of offset; they do not overlap and lie within itemsize

  [[nodiscard]] const Field* field(std::string_view name) const;
  /// A number that fits double or int64 without thought: b, i, u, f of 2, 4 or 8 bytes.
  [[nodiscard]] bool is_numeric() const;
  /// "<f8", "|b1", "<U10", "|O".
  [[nodiscard]] std::string descr() const;
};
struct DType::Field {
  std::string name;
  std::uint32_t offset = 0;
  DType type;
};

/// "f8" "<i4" "|b1" ">u2" "U10" "S3" "O8" "V56"; refused are commas, unknown codes, sizes that the kind does not have and size 0.
[[nodiscard]] std::optional<DType> parse_dtype(std::string_view code);

/// Sorts the fields and holds them against itemsize: nullopt if they overlap, reach beyond it, hold objects or repeat a name.
[[nodiscard]] std::optional<DType> with_fields(DType type, std::vector<DType::Field> fields);

/// Numbers as stored at `data` (type.itemsize bytes, any alignment). Only if type.is_numeric().
[[nodiscard]] double read_double(const DType& type, const std::byte* data);
/// Floats are cut toward zero; out of range gives INT64_MIN. u8 above INT64_MAX gives INT64_MAX.
[[nodiscard]] std::int64_t read_int(const DType& type, const std::byte* data);
/// UTF-8 of a U or S element, without the padding NULs.
[[nodiscard]] std::string read_text(const DType& type, const std::byte* data);

/// An n-dimensional array. data borrows from the file's (decompressed) bytes: count() * dtype.itemsize of them, checked.
struct NdArray {
  DType dtype;
  std::vector<std::uint64_t> shape;
  bool fortran = false;               // first index runs fastest
  std::span<const std::byte> data;    // empty for objects
  std::vector<Value> objects;         // for kind O, in the order of the bytes

  [[nodiscard]] std::uint64_t count() const;
  /// Where the element stands in the file for a position counted in C order (last index fastest).
  [[nodiscard]] std::size_t stored_index(std::size_t c_index) const;
  /// Bytes of the element at that position; not for objects.
  [[nodiscard]] const std::byte* element(std::size_t c_index) const {
    return data.data() + stored_index(c_index) * dtype.itemsize;
  }
};

/// All elements in C order, as read_double gives them one by one. Only if dtype.is_numeric().
[[nodiscard]] std::vector<double> read_doubles(const NdArray& array);
/// The same, instead of what `out` holds.
void read_doubles(const NdArray& array, std::vector<double>& out);

/// Elements of `shape`, 0 for an empty array, 1 for (). nullopt when the count or a dimension passes `most`.
[[nodiscard]] std::optional<std::uint64_t> element_count(std::span<const std::uint64_t> shape, std::uint64_t most);
}  // namespace headroom::formats
