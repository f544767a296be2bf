// The main job: one file says what to serve, scale and load; it is done, recorded, explained, and the report written.
#pragma once
#include <functional>
#include <string>

#include "base/failure.h"

namespace headroom::experiment {
struct ExperimentOptions {
  std::string file;
  std::string out;      // folder of the report; "" = the file's `report`
  std::string version;  // of this program, for the record
};

/// Prints a line for each phase and step, then the verdict and where the report is. 0: measured, whatever came out; 2, 3: the
/// file or the machine would not have it, said before anything was started; 130: ended by a signal, what was recorded is reported.
/// Writes run.db, report.html, report.md, report.json and steps.csv into the folder.
[[nodiscard]] ExitCode run_experiment(const ExperimentOptions& options, const std::function<int(const Failure&)>& print);
}  // namespace headroom::experiment
