#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cstdio>

#include "load/report.h"

namespace headroom::load {
namespace {
constexpr std::array kPercentiles{0.5, 0.66, 0.75, 0.8, 0.9, 0.95, 0.98, 0.99, 0.999, 0.9999, 1.0};
constexpr const char* kPercentileColumns = "50%,66%,75%,80%,90%,95%,98%,99%,99.9%,99.99%,100%";

std::string fixed(double value, int decimals) {
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "%.*f", decimals, value);
  return text.data();
}

// As Python writes a float: the fewest digits that read back the same, at least one after the point.
std::string real(double value) {
  std::array<char, 400> text{};
  const auto end = std::to_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed).ptr;
  std::string out(text.data(), end);
  return out.find('.') == std::string::npos ? out + ".0" : out;
}
std::string ms(std::int64_t ns) { return real(static_cast<double>(ns) / 1e6); }

// Percentiles are whole milliseconds in Locust's files. (Its own are rounded to two digits from 100 ms on; ours are not.)
std::int64_t whole_ms(std::int64_t ns) { return (ns + 500'000) / 1'000'000; }

// So is the median, except where rounding takes it out of [min, max]: there Locust writes a bound, with decimals; we write the median.
std::string median(const stats::Histogram& times) {
  const std::int64_t exact = std::clamp(times.quantile(0.5), times.min(), times.max());
  const std::int64_t rounded = whole_ms(exact);
  const bool within = rounded * 1'000'000 >= times.min() && rounded * 1'000'000 <= times.max();
  return within ? std::to_string(rounded) : ms(exact);
}

std::string utc(WallTime at) {
  const auto day = std::chrono::floor<std::chrono::days>(at);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss clock{std::chrono::floor<std::chrono::seconds>(at - day)};
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "%04d-%02u-%02uT%02d:%02d:%02dZ", static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                static_cast<unsigned>(date.day()), static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
                static_cast<int>(clock.seconds().count()));
  return text.data();
}

// As Python's csv module writes: quotes only where they are needed.
std::string cell(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char c : text) quoted += c == '"' ? "\"\"" : std::string(1, c);
  return quoted + '"';
}

std::string percentiles(const Stats& stats) {
  std::string out;
  for (const double p : kPercentiles) out += "," + (stats.requests ? std::to_string(whole_ms(stats.service.quantile(p))) : std::string("N/A"));
  return out;
}

// Request Count … Average Content Size, common to both files.
std::string counts(const Stats& stats) {
  if (stats.requests == 0) return "0,0,0,0.0,0,0,0";
  const auto& times = stats.service;
  return std::to_string(stats.requests) + "," + std::to_string(stats.failures) + "," + median(times) + "," + real(times.mean() / 1e6) + "," + ms(times.min()) +
         "," + ms(times.max()) + "," + real(static_cast<double>(stats.response_bytes) / static_cast<double>(stats.requests));
}

std::string stats_row(const std::string& method, const std::string& name, const Stats& stats, Duration span) {
  const auto rate = [&](std::uint64_t count) { return real(span > Duration::zero() ? static_cast<double>(count) / seconds(span) : 0); };
  return cell(method) + "," + cell(name) + "," + counts(stats) + "," + rate(stats.requests) + "," + rate(stats.failures) + percentiles(stats) + "\r\n";
}
}  // namespace

std::string stats_csv(const std::vector<NamedStats>& by_name, const Stats& total, Duration span) {
  std::string out =
      "Type,Name,Request Count,Failure Count,Median Response Time,Average Response Time,Min Response Time,Max Response Time,"
      "Average Content Size,Requests/s,Failures/s," + std::string(kPercentileColumns) + "\r\n";
  for (const auto& each : by_name) out += stats_row(each.method, each.name, each.stats, span);
  return out + stats_row("", "Aggregated", total, span);
}

std::string failures_csv(const std::vector<NamedStats>& by_name, const ClockAnchor& anchor) {
  std::string out = "Method,Name,Error,Occurrences,First Seen,Last Seen\r\n";
  for (const auto& each : by_name) {
    for (const auto& [error, seen] : each.stats.errors) {
      out += cell(each.method) + "," + cell(each.name) + "," + cell(error) + "," + std::to_string(seen.count) + "," + utc(anchor.to_wall(seen.first)) + "," +
             utc(anchor.to_wall(seen.last)) + "\r\n";
    }
  }
  return out;
}

std::string exceptions_csv() { return "Count,Message,Traceback,Nodes\r\n"; }

std::string history_csv_header() {
  return "Timestamp,User Count,Type,Name,Requests/s,Failures/s," + std::string(kPercentileColumns) +
         ",Total Request Count,Total Failure Count,Total Median Response Time,Total Average Response Time,Total Min Response Time,"
         "Total Max Response Time,Total Average Content Size\r\n";
}

std::string history_csv_row(std::int64_t epoch_seconds, int users, std::pair<double, double> rates, const Stats& total) {
  return std::to_string(epoch_seconds) + "," + std::to_string(users) + ",,Aggregated," + fixed(rates.first, 6) + "," + fixed(rates.second, 6) +
         percentiles(total) + "," + counts(total) + "\r\n";
}
}  // namespace headroom::load
