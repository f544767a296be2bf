// Several files of one session as one run: the load's own, and those that servers or collectors recorded beside it.
#pragma once
#include "run/rows.h"

namespace headroom::analyze {
/// Adds what `other` saw of servers, replicas and the autoscaler; its client rows too when `run` has no steps of its own (then
/// `other` is the load's file). Recorded requests without Server-Timing get their stages from the server's record of the same
/// trace id. Times are compared as they are: both writers' clocks are the caller's promise.
void join(run::Run& run, run::Run&& other);
}  // namespace headroom::analyze
