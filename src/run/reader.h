// Reads a run file of this or an older schema version, also while it is being written. Foreign bytes: everything is checked.
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "base/expected.h"
#include "run/rows.h"
#include "run/run_error.h"

namespace headroom::run {
struct ReadLimits {
  std::uint64_t max_rows = 50'000'000;  // over all tables
  std::uint64_t max_text = 1U << 20U;   // bytes of one text or blob value
};

/// Checked: schema version, types, ranges (times and sums within ±2^62, name indexes within `names`), sizes, histograms.
/// Not checked: that steps exist which rows name, and the order of a sample's times.
[[nodiscard]] expected<Run, RunError> read(const std::string& path, const ReadLimits& limits = {});
/// The same from the bytes of a closed run file, which outlive the call.
[[nodiscard]] expected<Run, RunError> read_bytes(std::span<const std::byte> bytes, const ReadLimits& limits = {});
}  // namespace headroom::run
