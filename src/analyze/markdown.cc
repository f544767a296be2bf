// The report as markdown and CSV.
#include <cstdio>

#include "analyze/document.h"
#include "analyze/table.h"
#include "analyze/words.h"

namespace headroom::analyze {
namespace {
/// Text of a run inside markdown: no HTML, no table cell, link, code or line of its own.
std::string escaped(const std::string& text) {
  std::string result;
  for (const char c : text) {
    if (static_cast<unsigned char>(c) < 0x20) result += ' ';
    else if (c == '<') result += "&lt;";
    else if (c == '>') result += "&gt;";
    else if (c == '&') result += "&amp;";
    else if (std::string_view("|`*_[]\\!#").find(c) != std::string_view::npos) (result += '\\') += c;
    else result += c;
  }
  return result;
}

std::string row(const std::vector<std::string>& cells) {
  std::string line = "|";
  for (const auto& cell : cells) line += " " + escaped(cell) + " |";
  return line + "\n";
}

std::string finding_text(const Finding& finding) {
  std::string text = "### " + escaped(finding.title) + "\n\n";
  text += "Cause `" + finding.cause + "`, confidence " + percent(finding.confidence) + (finding.at.empty() ? "" : ", seen at " + escaped(finding.at)) + ".\n\n";
  if (!finding.evidence.empty()) text += "| evidence | value | from table |\n|---|---:|---|\n";
  for (const auto& item : finding.evidence) text += row({item.what, number(item.value) + " " + item.unit, item.source});
  text += "\n**Fix.** " + escaped(finding.fix) + "\n\n";
  if (const auto& gain = finding.gain) {
    text += "**Predicted gain.** " + gain->metric + " " + number(gain->from) + " → " + number(gain->to) + " (" + number(gain->low) + " to " +
            number(gain->high) + "). Model: " + escaped(gain->model) + ".\n\n";
  }
  return text;
}

std::string cells_table(const PartReport& part) {
  std::string text = "Mean latency, and where it went (ms a request; the cells sum to the mean):\n\n| step | mean |";
  for (const auto name : kCellNames) text += " " + escaped(std::string(name)) + " |";
  text += "\n|---|" + [] { std::string rule; for (std::size_t i = 0; i <= kCells; ++i) rule += "---:|"; return rule; }() + "\n";
  for (const auto& step : part.steps) {
    if (!step.counted()) continue;
    std::vector<std::string> cells{step.label, number(step.mean_ms)};
    for (const double ms : step.accounting.cells) cells.push_back(number(ms));
    text += row(cells);
  }
  return text + "\n";
}

std::string csv_text(std::string text) {
  if (!text.empty() && std::string_view("=+-@\t\r").find(text[0]) != std::string_view::npos) text.insert(0, "'");
  std::string result = "\"";
  for (const char c : text) {
    if (c == '"') result += '"';
    result += c;
  }
  return result + "\"";
}
}  // namespace

std::string to_markdown(const Report& report, const run::Run& run) {
  std::string text = "# Headroom report\n\n**" + escaped(report.verdict) + "**\n\n";
  for (const auto& part : report.parts) {
    if (!part.name.empty()) text += "## " + escaped(part.name) + "\n\n" + escaped(part.verdict) + ".\n\n";
    text += row(table_head()) + "|---|---:|---:|---:|---:|---:|---:|---:|---|\n";
    for (const auto& step : part.steps) text += row(table_row(step));
    text += "\n" + cells_table(part);
    for (const auto& finding : report.findings) {
      if (finding.part == part.name) text += finding_text(finding);
    }
  }
  text += "## How it was measured\n\n| | |\n|---|---|\n";
  for (const auto& [key, value] : run.meta) text += row({key, value});
  return text;
}

std::string steps_csv(const Report& report) {
  std::string text = "part,label,users,rate,seconds,requests,failures,rps,mean_ms,p50_ms,p95_ms,p99_ms,success,replicas_from,replicas_to,cause";
  for (const auto name : kCellNames) text += "," + std::string(name) + "_ms";
  text += "\r\n";
  for (const auto& part : report.parts) {
    for (const auto& step : part.steps) {
      char figures[400];
      std::snprintf(figures, sizeof figures, "%d,%.9g,%.9g,%llu,%llu,%.9g,%.9g,%.9g,%.9g,%.9g,%.9g,%d,%d", step.users, step.rate, step.seconds,
                    static_cast<unsigned long long>(step.requests), static_cast<unsigned long long>(step.failures), step.rps, step.mean_ms, step.p50_ms,
                    step.p95_ms, step.p99_ms, step.success, step.replicas.from, step.replicas.to);
      text += csv_text(step.part) + "," + csv_text(step.label) + "," + figures + "," + csv_text(step.cause);
      for (const double ms : step.accounting.cells) {
        char cell[32];
        std::snprintf(cell, sizeof cell, ",%.9g", ms);
        text += cell;
      }
      text += "\r\n";
    }
  }
  return text;
}
}  // namespace headroom::analyze
