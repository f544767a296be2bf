#include "load/report.h"

#include <array>
#include <cstdio>

#include "base/units.h"

namespace headroom::load {
namespace {
constexpr std::array kPercentiles{0.5, 0.66, 0.75, 0.8, 0.9, 0.95, 0.98, 0.99, 0.999, 0.9999, 1.0};
constexpr std::array kPercentileNames{"50%", "66%", "75%", "80%", "90%", "95%", "98%", "99%", "99.9%", "99.99%", "100%"};

template <class... Values>
std::string format(const char* pattern, Values... values) {
  std::array<char, 512> text{};
  std::snprintf(text.data(), text.size(), pattern, values...);
  return text.data();
}

std::string ms(double ns) {
  const double value = ns / 1e6;
  return format(value < 10 ? "%.2f" : value < 100 ? "%.1f" : "%.0f", value);
}
std::string ms(std::int64_t ns) { return ms(static_cast<double>(ns)); }

double per_second(std::uint64_t count, Duration span) { return span > Duration::zero() ? static_cast<double>(count) / seconds(span) : 0; }

std::string request_row(const std::string& method, const std::string& name, const Stats& stats, Duration span) {
  const double share = stats.requests ? 100.0 * static_cast<double>(stats.failures) / static_cast<double>(stats.requests) : 0;
  const auto& service = stats.service;
  const std::string fails = format("%llu(%.2f%%)", static_cast<unsigned long long>(stats.failures), share);
  return format("%-8s %-40.40s %7llu %12s |%7s %7s %7s%7s | %7.2f %11.2f\n", method.c_str(), name.c_str(),
                static_cast<unsigned long long>(stats.requests), fails.c_str(), ms(service.mean()).c_str(), ms(service.min()).c_str(),
                ms(service.max()).c_str(), ms(service.quantile(0.5)).c_str(), per_second(stats.requests, span), per_second(stats.failures, span));
}

std::string percentile_row(const std::string& method, const std::string& name, const Stats& stats) {
  std::string row = format("%-8s %-40.40s", method.c_str(), name.c_str());
  for (const double p : kPercentiles) row += format(" %6s", ms(stats.service.quantile(p)).c_str());
  return row + format(" %8llu\n", static_cast<unsigned long long>(stats.requests));
}

std::string percentile_table(const Result& result) {
  std::string out = "Response time percentiles (ms)\n" + format("%-8s %-40s", "Type", "Name");
  for (const char* name : kPercentileNames) out += format(" %6s", name);
  const std::string line = std::string(8, '-') + "|" + std::string(40, '-') + "|" + std::string(86, '-') + "\n";
  out += format(" %8s\n", "# reqs") + line;
  for (const auto& each : result.by_name) out += percentile_row(each.method, each.name, each.stats);
  return out + line + percentile_row("", "Aggregated", result.total);
}

std::string error_table(const Result& result) {
  std::string rows;
  for (const auto& each : result.by_name) {
    for (const auto& [error, seen] : each.stats.errors) {
      rows += format("%-18llu ", static_cast<unsigned long long>(seen.count)) + each.method + " " + each.name + ": " + error + "\n";
    }
  }
  if (rows.empty()) return "";
  const std::string line = std::string(18, '-') + "|" + std::string(80, '-') + "\n";
  return "\nError report\n" + format("%-18s Error\n", "# occurrences") + line + rows + line;
}

std::string step_table(const Result& result) {
  std::string out = "\nSteps, steady part: latency from the intended time, ms\n" +
                    format("%-16s %9s %10s %8s %8s %8s %8s %9s\n", "Step", "steady s", "req/s", "mean", "p50", "p95", "p99", "success");
  for (const auto& step : result.steps) {
    if (step.steady <= Duration::zero()) {
      out += format("%-16.16s it ended before its users had settled\n", step.label.c_str());
      continue;
    }
    const auto& stats = step.stats;
    const double success = stats.requests ? 100.0 - 100.0 * static_cast<double>(stats.failures) / static_cast<double>(stats.requests) : 0;
    out += format("%-16.16s %9.1f %10.2f %8s %8s %8s %8s %8.2f%%%s\n", step.label.c_str(), seconds(step.steady), step.rps(),
                  ms(stats.latency.mean()).c_str(), ms(stats.latency.quantile(0.5)).c_str(), ms(stats.latency.quantile(0.95)).c_str(),
                  ms(stats.latency.quantile(0.99)).c_str(), success, step.generator_limited ? "  generator limited" : "");
  }
  return out;
}

std::string slo_lines(const Result& result) {
  std::string out;
  for (const auto& step : result.steps) {
    for (const auto& term : step.slo) {
      out += std::string(out.empty() ? "\n" : "") + "SLO " + (term.met ? "met    " : "MISSED ") + term.term + ": " + term.measured_text + " (" + step.label + ")\n";
    }
  }
  if (result.slo_unjudged) out += "\nSLO not judged: the run ended before its users had settled. Let it run longer.\n";
  return out;
}

std::string generator_lines(const Result& result) {
  if (result.steady_span <= Duration::zero()) return "\nGenerator: not judged, there was no steady part.\n";
  std::string out = "\nGenerator: " + format("%.0f %%", result.generator.cpu_share * 100) + " of a core a thread, send lag p50 " +
                    to_text(Duration(result.steady.lag.quantile(0.5))) + ", p99 " + to_text(Duration(result.steady.lag.quantile(0.99))) + ". ";
  if (!result.generator.limited) return out + "It can be believed.\n";
  out += "GENERATOR LIMITED: these figures are at least partly its own.\n";
  for (const auto& reason : result.generator.reasons) out += "  - " + reason + "\n";
  return out;
}
}  // namespace

std::string request_table(const std::vector<NamedStats>& by_name, const Stats& total, Duration span) {
  const std::string line = std::string(8, '-') + "|" + std::string(40, '-') + "|-------|-------------|-------|-------|-------|-------|--------|-----------\n";
  std::string out = format("%-8s %-40s %7s %12s |%7s %7s %7s%7s | %7s %11s\n", "Type", "Name", "# reqs", "# fails", "Avg", "Min", "Max", "Med",
                           "req/s", "failures/s") + line;
  for (const auto& each : by_name) out += request_row(each.method, each.name, each.stats, span);
  return out + line + request_row("", "Aggregated", total, span);
}

std::string final_report(const Result& result) {
  std::string out = request_table(result.by_name, result.total, result.duration) + "\n" + percentile_table(result) + error_table(result);
  const auto& latency = result.steady.latency;
  if (latency.count() > 0) {
    out += "\nLatency from the intended time, steady part (" + to_text(result.steady_span) + "): mean " + ms(latency.mean()) + " ms, p50 " +
           ms(latency.quantile(0.5)) + ", p90 " + ms(latency.quantile(0.9)) + ", p95 " + ms(latency.quantile(0.95)) + ", p99 " +
           ms(latency.quantile(0.99)) + ", p99.9 " + ms(latency.quantile(0.999)) + ", max " + ms(latency.max()) + "\n";
  }
  if (!result.steps.empty()) out += step_table(result);
  out += slo_lines(result);
  if (result.unfinished > 0) out += "\nUnfinished at the end: " + std::to_string(result.unfinished) + ", the oldest for " + to_text(result.unfinished_oldest) + "\n";
  if (result.never_sent > 0) out += "\nNever sent, because every connection was busy to the end: " + std::to_string(result.never_sent) + "\n";
  return out + generator_lines(result);
}
}  // namespace headroom::load
