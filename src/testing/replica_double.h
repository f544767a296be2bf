// A replica without a model: the real HTTP server and the real handoff, an answer that says which replica gave it.
#pragma once

namespace headroom::testing {
/// If this process was started as a replica (argument 1 is "serve"), is one until it is drained, and exits; else returns.
/// A model called "broken" ends at once with exit code 2, "slow" burns 1 ms of CPU for each request.
/// Call it before anything else: a test program is then its own replica.
bool become_replica_if_asked();
}  // namespace headroom::testing
