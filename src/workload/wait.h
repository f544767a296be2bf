// When a user's next task begins, after one has ended.
#pragma once
#include "base/rng.h"
#include "base/time.h"
#include "workload/scenario.h"

namespace headroom::workload {
/// The intended time of the next task. `began`: intended time of the task that ended at `ended`; never before `ended`.
/// Source: locust/user/wait_time.py.
[[nodiscard]] Instant next_start(const Wait& wait, Instant began, Instant ended, Rng& rng);
}  // namespace headroom::workload
