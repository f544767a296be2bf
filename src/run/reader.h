// Reads a run file of this or an older schema version, also while it is being written. Foreign bytes: everything is checked.
#pragma once
#include <string>

#include "base/expected.h"
#include "run/rows.h"
#include "run/writer.h"

namespace headroom::run {
struct ReadLimits {
  std::uint64_t max_rows = 50'000'000;  // over all tables
  std::uint64_t max_text = 1U << 20U;   // bytes of one text or blob value
};

[[nodiscard]] expected<Run, RunError> read(const std::string& path, const ReadLimits& limits = {});
}  // namespace headroom::run
