// The command scale: manifests read, a session run until its time is over or somebody ends it, decisions and replicas shown.
#pragma once
#include <optional>
#include <string>

#include "base/expected.h"
#include "base/failure.h"
#include "base/time.h"
#include "base/units.h"
#include "scale/session.h"

namespace headroom::scale {
struct ScaleOptions {
  std::string hpa_file;         // "" = replicas stay as they are
  std::string deployment_file;  // "" = no limits; may be the same file as hpa_file
  std::string record;           // run file; "" = none
  Duration run_time{};          // 0 = until a signal
  Options session{};            // deployment and hpa are filled from the files
};

/// The files' deployment and autoscaler into options.session. Where a file holds several, the HPA's target names the Deployment.
expected<void, Failure> read_manifests(ScaleOptions& options);
/// Decisions and replica events on stdout; on a terminal a table below them that keeps itself fresh, else a line each 5 s.
int run_scale(ScaleOptions options);
}  // namespace headroom::scale
