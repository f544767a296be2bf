// numpy's .npy files, versions 1 to 3.
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/expected.h"
#include "formats/error.h"
#include "formats/limits.h"
#include "formats/value.h"

namespace headroom::formats {
/// Whether these are the first bytes of a .npy file.
[[nodiscard]] bool is_npy(std::span<const std::byte> file);

/// The array in `file`, from which its data borrows. Arrays of Python objects are refused: they would need a pickle.
/// The data must fill the file exactly.
[[nodiscard]] expected<NdArray, ParseError> read_npy(std::span<const std::byte> file, const Limits& limits);

/// The bytes before the data of a C-ordered array, as numpy.save writes them: magic, version 1.0 (3.0 never: `descr` is ASCII),
/// header padded to 64 bytes.   descr: "<f8", "<U10", …
[[nodiscard]] std::string npy_header(std::string_view descr, std::span<const std::uint64_t> shape);
}  // namespace headroom::formats
