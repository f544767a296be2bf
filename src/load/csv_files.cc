#include "load/csv_files.h"

#include <algorithm>
#include <span>

#include "io/file.h"
#include "io/folder.h"
#include "load/report.h"

namespace headroom::load {
namespace {
constexpr Duration kReplaceEvery = std::chrono::seconds(5);  // as Locust flushes
constexpr std::size_t kRateSeconds = 10;

std::int64_t epoch(WallTime at) { return std::chrono::duration_cast<std::chrono::seconds>(at.time_since_epoch()).count(); }
std::span<const std::byte> bytes(const std::string& text) { return std::as_bytes(std::span(text)); }
}  // namespace

expected<CsvFiles, Failure> CsvFiles::create(const std::string& prefix, WallTime start) {
  if (const auto slash = prefix.rfind('/'); slash != std::string::npos && slash > 0) {
    if (const auto made = io::make_folders(prefix.substr(0, slash)); !made) return unexpected(io::to_failure(made.error()));
  }
  CsvFiles files(prefix);
  auto history = io::create_file(prefix + "_stats_history.csv");
  if (!history) return unexpected(io::to_failure(history.error()));
  files.history_ = std::move(*history);
  files.last_second_ = epoch(start);
  files.append(history_csv_header() + history_csv_row(files.last_second_, 0, {0, 0}, {}));
  files.replace_all({}, {}, {}, {});
  if (files.trouble_) return unexpected(*files.trouble_);
  return files;
}

void CsvFiles::append(const std::string& text) {
  const auto wrote = io::write_descriptor(history_.get(), prefix_ + "_stats_history.csv", bytes(text));
  if (!wrote && !trouble_) trouble_ = io::to_failure(wrote.error());
}

void CsvFiles::replace(const char* suffix, const std::string& text) {
  const auto wrote = io::write_file_atomically(prefix_ + suffix, bytes(text));
  if (!wrote && !trouble_) trouble_ = io::to_failure(wrote.error());
}

void CsvFiles::replace_all(const std::vector<NamedStats>& by_name, const Stats& total, Duration span, const ClockAnchor& anchor) {
  replace("_stats.csv", stats_csv(by_name, total, span));
  replace("_failures.csv", failures_csv(by_name, anchor));
  replace("_exceptions.csv", exceptions_csv());
}

void CsvFiles::add(const Progress& progress) {
  // What is left after the last whole second has a row of its own only if something happened in it.
  if (progress.total.requests > counts_.back().requests || epoch(progress.at) > last_second_) add_row(progress);
  if (progress.elapsed - replaced_ < kReplaceEvery) return;
  replaced_ = progress.elapsed;
  replace_all(progress.by_name, progress.total, progress.elapsed, progress.anchor);
}

void CsvFiles::add_row(const Progress& progress) {
  counts_.push_back({progress.elapsed, progress.total.requests, progress.total.failures});
  if (counts_.size() > kRateSeconds + 1) counts_.pop_front();
  const Counts& before = counts_.front();
  const double span = std::max(seconds(progress.elapsed - before.elapsed), 1e-3);
  const auto rate = [&](std::uint64_t now, std::uint64_t then) { return static_cast<double>(now - then) / span; };
  last_second_ = std::max(epoch(progress.at), last_second_ + 1);  // one row a second: plots take the column as their axis
  append(history_csv_row(last_second_, progress.users, {rate(progress.total.requests, before.requests), rate(progress.total.failures, before.failures)},
                         progress.total));
}

expected<void, Failure> CsvFiles::finish(const Result& result) {
  replace_all(result.by_name, result.total, result.duration, result.anchor);
  if (trouble_) return unexpected(*trouble_);
  return {};
}
}  // namespace headroom::load
