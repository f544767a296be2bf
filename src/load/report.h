// What the end of a load run says: tables as Locust prints them, then what Locust does not know. Text and JSON, from a Result alone.
#pragma once
#include <cstdint>
#include <string>
#include <utility>

#include "load/result.h"

namespace headroom::load {
/// Locust's table of requests. Times are service times in milliseconds; below 10 ms with decimals, where Locust would show 0.
[[nodiscard]] std::string request_table(const std::vector<NamedStats>& by_name, const Stats& total, Duration span);
/// The tables, errors, latency from the intended time, steps, SLO, and whether the generator can be believed.
[[nodiscard]] std::string final_report(const Result& result);
/// The document of `--json`; docs/load.md lists its keys.
[[nodiscard]] std::string to_json(const Result& result);
/// Locust's PREFIX_stats.csv, PREFIX_failures.csv and PREFIX_exceptions.csv as texts: its headers, order of columns, kinds of numbers.
[[nodiscard]] std::string stats_csv(const std::vector<NamedStats>& by_name, const Stats& total, Duration span);
[[nodiscard]] std::string failures_csv(const std::vector<NamedStats>& by_name, const ClockAnchor& anchor);
[[nodiscard]] std::string exceptions_csv();
/// PREFIX_stats_history.csv: its header, and the Aggregated row of one second. rates: requests and failures a second, of late.
[[nodiscard]] std::string history_csv_header();
[[nodiscard]] std::string history_csv_row(std::int64_t epoch_seconds, int users, std::pair<double, double> rates, const Stats& total);
}  // namespace headroom::load
