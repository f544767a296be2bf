// What a stranger's file may cost us. Every reader of this room takes these and holds each length against them before it allocates.
#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace headroom::formats {
/// Memory grows with the size of the file on disk, so that a small file can never ask for much (a bomb), while an honest large
/// model still loads. The factors are far above what scikit-learn's files need (they inflate 3 to 20 times, rarely 50).
struct Limits {
  std::uint64_t max_file = 4ULL << 30U;           // bytes on disk
  std::uint64_t max_inflated = 8ULL << 30U;       // bytes after decompression, whatever the ratio
  std::uint64_t inflated_floor = 64ULL << 20U;    // any file may inflate to this …
  std::uint64_t inflated_ratio = 100;             // … and further to this many times its size
  std::uint64_t graph_floor = 128ULL << 20U;      // memory of the value graph beside the bytes, for any file …
  std::uint64_t graph_ratio = 4;                  // … and further this many times the file's size
  std::uint64_t decoder_memory = 160ULL << 20U;   // what lzma and xz may use for a dictionary (xz -9 needs 65 MiB)
  std::size_t max_depth = 8;                      // pickles inside pickles (joblib's object arrays)
  std::size_t max_name = 1024;                    // bytes of a module, class or field name
  std::size_t max_dimensions = 32;                // of an array, as numpy's

  [[nodiscard]] std::uint64_t inflated(std::uint64_t file_bytes) const {
    return std::min(max_inflated, std::max(inflated_floor, saturating(file_bytes, inflated_ratio)));
  }
  [[nodiscard]] std::uint64_t graph(std::uint64_t file_bytes) const { return graph_floor + saturating(file_bytes, graph_ratio); }

 private:
  [[nodiscard]] static std::uint64_t saturating(std::uint64_t a, std::uint64_t factor) {
    constexpr std::uint64_t most = 1ULL << 62U;
    return a > most / std::max<std::uint64_t>(factor, 1) ? most : a * factor;
  }
};
}  // namespace headroom::formats
