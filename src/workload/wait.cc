#include "workload/wait.h"

#include <algorithm>

namespace headroom::workload {
Instant next_start(const Wait& wait, Instant began, Instant ended, Rng& rng) {
  switch (wait.kind) {
    case Wait::Kind::constant: return ended + wait.low;
    case Wait::Kind::between: return ended + wait.low + from_seconds(rng.uniform() * seconds(wait.high - wait.low));
    case Wait::Kind::pacing: return std::max(ended, began + wait.low);
    case Wait::Kind::throughput: return std::max(ended, began + from_seconds(1.0 / wait.per_second));
    case Wait::Kind::exponential: return ended + from_seconds(rng.exponential() * seconds(wait.low));
  }
  return ended;
}
}  // namespace headroom::workload
