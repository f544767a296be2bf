// `headroom inspect`: what is in a model file, without running it.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/expected.h"
#include "base/failure.h"
#include "importers/load.h"

namespace headroom::inspect {
/// How fast it predicts on this machine.
struct Bench {
  double one_row_p50_ns = 0, one_row_p99_ns = 0;
  double batch_row_p50_ns = 0;   // per row, in batches of 1000
};

struct Report {
  std::string file;
  std::uint64_t file_bytes = 0;
  std::string format;                 // "joblib/pickle", "unknown"
  std::string container = "none";     // compression
  importers::FileFacts facts;         // of a pickle or skops file
  double load_ms = 0;
  model::ModelPtr model;              // nullptr if it cannot be served
  std::string unservable;             // why the model, read completely, is nothing to serve; "" = it is
  std::optional<importers::LoadError> error;
  std::optional<Bench> bench;

  /// 0 servable, 1 readable but not servable, 2 refused or corrupt.
  [[nodiscard]] ExitCode exit_code() const;
};

struct InspectOptions {
  std::string file;
  std::string bench_rows;             // "" = no measurement
  importers::LoadOptions load;
};

/// Reads the file and says what is in it; a failure only where the file or the rows cannot be had at all.
[[nodiscard]] expected<Report, Failure> inspect_file(const InspectOptions& options);

[[nodiscard]] std::string as_text(const Report& report);
/// The keys of docs/inspect.md.
[[nodiscard]] std::string as_json(const Report& report);
}  // namespace headroom::inspect
