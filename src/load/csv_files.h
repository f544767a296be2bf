// `--csv PREFIX`: Locust's four files, written while the run goes on.
#pragma once
#include <cstdint>
#include <deque>
#include <optional>
#include <string>

#include "base/expected.h"
#include "base/failure.h"
#include "base/time.h"
#include "io/fd.h"
#include "load/run_load.h"

namespace headroom::load {
/// PREFIX_stats_history.csv grows by a row a second; PREFIX_stats.csv, PREFIX_failures.csv and PREFIX_exceptions.csv are replaced
/// whole each five seconds and at the end, so that a reader never sees half a file. docs/load.md says what is in them.
class CsvFiles {
 public:
  /// Makes the prefix's folder, as Locust does, and all four files, so that what cannot be written is known before the run.
  static expected<CsvFiles, Failure> create(const std::string& prefix, WallTime start);
  /// A second is over. Trouble is kept for finish(): it does not end the run.
  void add(const Progress& progress);
  /// The last rows. The first trouble that there was.
  [[nodiscard]] expected<void, Failure> finish(const Result& result);

 private:
  struct Counts {
    Duration elapsed{};
    std::uint64_t requests = 0;
    std::uint64_t failures = 0;
  };
  explicit CsvFiles(const std::string& prefix) : prefix_(prefix) {}
  void append(const std::string& text);
  void replace(const char* suffix, const std::string& text);
  void replace_all(const std::vector<NamedStats>& by_name, const Stats& total, Duration span, const ClockAnchor& anchor);
  void add_row(const Progress& progress);

  std::string prefix_;
  io::Fd history_;
  std::int64_t last_second_ = 0;   // timestamp of the last row
  std::deque<Counts> counts_{{}};  // at the ends of the last ten seconds and the one before
  Duration replaced_{};
  std::optional<Failure> trouble_;
};
}  // namespace headroom::load
