#include "formats/dtype.h"

#include <gtest/gtest.h>

#include <cstring>
#include <string>

#include "formats/value.h"

namespace headroom::formats {
namespace {
struct Case {
  const char* name;
  const char* dtype;
  std::vector<std::uint64_t> shape;
  bool fortran;
};
class ReadDoubles : public testing::TestWithParam<Case> {};

TEST_P(ReadDoubles, AreTheElementsOneByOne) {
  NdArray array;
  array.dtype = *parse_dtype(GetParam().dtype);
  array.shape = GetParam().shape;
  array.fortran = GetParam().fortran;
  std::string bytes(array.count() * array.dtype.itemsize + 1, '\0');   // and one in front, so that nothing is aligned
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<char>(i * 37 % 113);   // no NaN in any dtype
  array.data = std::as_bytes(std::span(bytes)).subspan(1);
  const auto values = read_doubles(array);
  ASSERT_EQ(values.size(), array.count());
  for (std::size_t i = 0; i < values.size(); ++i) EXPECT_EQ(values[i], read_double(array.dtype, array.element(i))) << i;
}
INSTANTIATE_TEST_SUITE_P(Table, ReadDoubles, testing::Values(
    Case{"as_they_are_in_memory", "<f8", {7, 5}, false},
    Case{"large_and_fortran", "<f8", {3, 150}, true},
    Case{"floats", "<f4", {4, 70}, true},
    Case{"big_endian_floats", ">f4", {9}, false},
    Case{"whole_numbers", "<i4", {4, 70}, true},
    Case{"big_endian_whole_numbers", ">i4", {9}, false},
    Case{"bytes", "|u1", {9}, false},
    Case{"big_endian", ">f8", {5, 3}, true},
    Case{"halves", "<f2", {9}, true},
    Case{"integers", "<i8", {2, 3}, true},
    Case{"booleans", "|b1", {4, 66}, true},
    Case{"three_dimensions", "<f8", {2, 3, 4}, true},
    Case{"one_number", "<f8", {}, false},
    Case{"no_rows", "<f8", {0, 5}, true},
    Case{"no_columns", "<f4", {5, 0}, true}), [](const auto& row) { return std::string(row.param.name); });
}  // namespace
}  // namespace headroom::formats
