// The first levels of a tree for 64 rows at once: every node's comparison is made for all rows, and each row's own are picked out.
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>

namespace headroom::model {
/// Levels that are compared this way. Bytes come 16 to 64 in a register, so more levels pay.
template <class Value>
inline constexpr unsigned kTopLevels = sizeof(Value) == 1 ? 6 : sizeof(Value) == 4 ? 5 : 4;
template <class Value>
inline constexpr unsigned kTopNodes = (1U << kTopLevels<Value>) - 1;

/// thresholds, features: kTopNodes in heap order. columns: feature after feature, 64 values each. paths: for each of 64 rows the
/// decisions from the root on as bits, 1 = right, the first one highest.
struct TopKernels {
  const char* name;   // "AVX2"
  void (*bytes)(const std::int8_t* thresholds, const std::uint16_t* features, const std::int8_t* columns, std::int8_t* paths) noexcept;
  void (*shorts)(const std::int16_t* thresholds, const std::uint16_t* features, const std::int16_t* columns, std::int16_t* paths) noexcept;
  void (*words)(const std::int32_t* thresholds, const std::uint16_t* features, const std::int32_t* columns, std::int32_t* paths) noexcept;
};

/// Those that this processor can run, the fastest last. All give the same.
[[nodiscard]] std::span<const TopKernels> top_kernels() noexcept;
}  // namespace headroom::model
