// One recorded run → what limits the service, with the figures that say so. Pure; every report can be made again from the file.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "analyze/finding.h"
#include "analyze/steps.h"
#include "run/rows.h"
#include "stats/slo.h"

namespace headroom::analyze {
struct Options {
  std::optional<stats::Slo> slo;  // unset = the run's own (meta "slo"), which may be none
};

struct PartReport {
  std::string name;
  std::string verdict;  // one sentence
  double confidence = 0;
  std::string cause;    // of the first finding; "none", "unknown"
  std::vector<StepRow> steps;
};

/// findings: of all parts, those of the first part first; each part's in their rank. `none` and `unknown` are findings too.
struct Report {
  std::string verdict;  // the parts' sentences, joined, after the caveat
  std::string caveat;   // what keeps the file from being the whole run: "The recording was cut off…"; "" = nothing
  double confidence = 0;  // the least of the parts'
  std::string slo;        // as judged, "" = none
  std::vector<Finding> findings;
  std::vector<PartReport> parts;
};

/// Time: linear in the rows. A run without steps gives one finding "unknown" which says what to record.
[[nodiscard]] Report analyze(const run::Run& run, const Options& options = {});
}  // namespace headroom::analyze
