#pragma once
#include <vector>

#include "run/rows.h"

namespace headroom::run {
/// Several recordings of one session (the load generator's, each server's) as one run. The first that has steps says what the steps
/// are; steps of others follow with new ids. Names are shared by text. Replicas of the same name in two files become "NAME (2)".
/// meta: the first file's; a key that only later files have is taken from them.
/// Joined on trace id: a sample without server times gets those of the server request with its trace id, and its second's sums too.
/// Only durations are joined, so clocks of different machines do no harm.
[[nodiscard]] Run merge(std::vector<Run> runs);
}  // namespace headroom::run
