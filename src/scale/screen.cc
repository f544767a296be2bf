#include "scale/screen.h"

#include <fmt/format.h>

#include <cstdio>

#include "base/units.h"

namespace headroom::scale {
std::string summary(const SessionStatus& status, const Options& options) {
  const std::string bounds = options.hpa ? fmt::format("  min {} max {}", options.hpa->min.value_or(1), options.hpa->max) : "";
  return fmt::format("{}{}replicas {} ready {} desired {}{}  limits: {}{}{}", status.message, status.message.empty() ? "" : "  ",
                     status.replicas, status.ready, status.desired, bounds, status.enforcement,
                     status.waiting > 0 ? fmt::format("  waiting connections {}", status.waiting) : "",
                     status.refused > 0 ? fmt::format("  refused connections {} (raise `ulimit -n`)", status.refused) : "");
}

std::vector<std::string> table(const SessionStatus& status, const Options& options) {
  const std::string cpu = fmt::format("CPU ({})", status.enforcement);
  std::vector<std::string> rows{summary(status, options),
                                fmt::format("{:<14} {:<9} {:>11} {:>17} {:>10} {:>10} {:>8}", "REPLICA", "STATE", "CONNECTIONS", cpu,
                                            "THROTTLED", "MEMORY", "RESTARTS")};
  for (const auto& row : status.rows) {
    rows.push_back(fmt::format("{:<14} {:<9} {:>11} {:>16.0f}m {:>9.0f}% {:>10} {:>8}", row.name, row.state, row.connections,
                               row.cpu_cores * 1000, row.throttled * 100, to_text(Bytes{row.memory_bytes}), row.restarts));
  }
  return rows;
}

void Screen::erase() {
  if (!shown_.empty()) std::printf("\x1b[%zuA\x1b[J", shown_.size());
  shown_.clear();
}

void Screen::line(const std::string& text) {
  const auto below = shown_;
  erase();
  std::printf("%s\n", text.c_str());
  show(below);
  std::fflush(stdout);
}

void Screen::show(const std::vector<std::string>& rows) {
  if (!terminal_) return;
  erase();
  for (const auto& row : rows) std::printf("%s\n", row.substr(0, 160).c_str());
  shown_ = rows;
  std::fflush(stdout);
}
}  // namespace headroom::scale
