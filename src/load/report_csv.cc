#include <array>
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
std::string ms(double ns) { return fixed(ns / 1e6, 3); }

// As Python's csv module writes: quotes only where they are needed.
std::string cell(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char c : text) quoted += c == '"' ? "\"\"" : std::string(1, c);
  return quoted + '"';
}

std::string percentiles(const Stats& stats) {
  std::string out;
  for (const double p : kPercentiles) out += "," + (stats.requests ? ms(static_cast<double>(stats.service.quantile(p))) : std::string("N/A"));
  return out;
}

// Request Count … Average Content Size, common to both files.
std::string counts(const Stats& stats) {
  const auto& service = stats.service;
  const double size = stats.requests ? static_cast<double>(stats.response_bytes) / static_cast<double>(stats.requests) : 0;
  return std::to_string(stats.requests) + "," + std::to_string(stats.failures) + "," + ms(static_cast<double>(service.quantile(0.5))) + "," +
         ms(service.mean()) + "," + ms(static_cast<double>(service.min())) + "," + ms(static_cast<double>(service.max())) + "," + fixed(size, 2);
}

std::string stats_row(const std::string& method, const std::string& name, const Stats& stats, Duration span) {
  const double length = span > Duration::zero() ? seconds(span) : 1;
  return method + "," + cell(name) + "," + counts(stats) + "," + fixed(static_cast<double>(stats.requests) / length, 6) + "," +
         fixed(static_cast<double>(stats.failures) / length, 6) + percentiles(stats) + "\r\n";
}
}  // namespace

std::string stats_csv(const Result& result) {
  std::string out =
      "Type,Name,Request Count,Failure Count,Median Response Time,Average Response Time,Min Response Time,Max Response Time,"
      "Average Content Size,Requests/s,Failures/s," + std::string(kPercentileColumns) + "\r\n";
  for (const auto& each : result.by_name) out += stats_row(each.method, each.name, each.stats, result.duration);
  return out + stats_row("", "Aggregated", result.total, result.duration);
}

std::string failures_csv(const Result& result) {
  std::string out = "Method,Name,Error,Occurrences,First Seen,Last Seen\r\n";
  for (const auto& each : result.by_name) {
    for (const auto& [error, count] : each.stats.errors) {
      out += each.method + "," + cell(each.name) + "," + cell(error) + "," + std::to_string(count) + ",,\r\n";
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
