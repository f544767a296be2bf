// The report on a terminal.
#include <algorithm>

#include "analyze/document.h"
#include "analyze/table.h"
#include "analyze/words.h"

namespace headroom::analyze {
namespace {
/// Columns a text takes: code points, for everything the table prints is one column wide.
std::size_t width(const std::string& text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

std::string padded(const std::string& text, std::size_t to, bool right) {
  const std::string space(to > width(text) ? to - width(text) : 0, ' ');
  return right ? space + text : text + space;
}

/// A recorded name may hold escape sequences; a terminal must not obey them.
std::string plain(std::string text) {
  std::replace_if(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }, '?');
  // C1 controls are U+0080…U+009F: C2 80 … C2 9F.
  for (std::size_t i = 0; i + 1 < text.size(); ++i) {
    if (text[i] == '\xc2' && static_cast<unsigned char>(text[i + 1]) < 0xa0) text.replace(i, 2, "?");
  }
  return text;
}

class Printer {
 public:
  explicit Printer(bool colour) : colour_(colour) {}
  void line(const std::string& text = {}) { text_ += plain(text) + "\n"; }
  void styled(const char* code, const std::string& text) {
    text_ += colour_ ? std::string("\x1b[") + code + "m" + plain(text) + "\x1b[0m\n" : plain(text) + "\n";
  }
  [[nodiscard]] std::string take() { return std::move(text_); }

 private:
  bool colour_;
  std::string text_;
};

void print_table(Printer& out, const PartReport& part) {
  std::vector<std::vector<std::string>> rows{table_head()};
  for (const auto& step : part.steps) rows.push_back(table_row(step));
  std::vector<std::size_t> widths(table_head().size(), 0);
  for (auto& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], width(row[i] = plain(row[i])));
  }
  for (const auto& row : rows) {
    std::string line = " ";
    for (std::size_t i = 0; i < row.size(); ++i) {
      const bool text = i == 0 || i + 1 == row.size();
      line += " " + (i + 1 == row.size() ? row[i] : padded(row[i], widths[i], !text)) + " ";
    }
    if (&row == &rows.front()) out.styled("2", line);
    else out.line(line);
  }
}

/// Where the mean of the part's first and last counted step went, as far as it matters (1 % of the mean).
void print_cells(Printer& out, const PartReport& part) {
  for (const auto& step : part.steps) {
    const bool limit = !step.broke.empty() || &step == &part.steps.back() || &step == &part.steps.front();
    if (!step.counted() || !limit) continue;
    std::string line;
    for (std::size_t i = 0; i < kCells; ++i) {
      const double ms = step.accounting.cells[i];
      if (ms < 0.01 * step.mean_ms && -ms < 0.01 * step.mean_ms) continue;
      std::string name(kCellNames[i]);
      std::replace(name.begin(), name.end(), '_', ' ');
      // A pod that its limit has stopped reads nothing, and its own clock does not see that time.
      if (i == static_cast<std::size_t>(Cell::network) && step.cpu.is_throttled()) name += " and stopped pods";
      line += (line.empty() ? "" : " + ") + name + " " + time_text(ms);
    }
    out.line("  " + step.label + ": mean " + time_text(step.mean_ms) + " = " + line);
  }
}

void print_finding(Printer& out, const Finding& finding) {
  out.styled("1", "  " + finding.title + (finding.at.empty() ? "" : "  [" + finding.at + "]"));
  out.line("    cause " + finding.cause + ", confidence " + percent(finding.confidence));
  for (const auto& item : finding.evidence) {
    out.line("    · " + item.what + ": " + number(item.value) + (item.unit.empty() ? "" : " " + item.unit) + "  (" + item.source + ")");
  }
  if (!finding.fix.empty()) out.line("    fix: " + finding.fix);
  if (const auto& gain = finding.gain) {
    out.line("    gain: " + gain->metric + " " + number(gain->from) + " → " + number(gain->to) + " (" + number(gain->low) + " to " + number(gain->high) + "; " + gain->model + ")");
  }
}
}  // namespace

std::string to_text(const Report& report, bool colour) {
  Printer out(colour);
  if (!report.caveat.empty()) out.styled("1", report.caveat);
  for (const auto& part : report.parts) {
    out.styled("1", (part.name.empty() ? "" : part.name + ": ") + part.verdict + ".");
    out.line();
    print_table(out, part);
    out.line();
    print_cells(out, part);
    out.line();
    for (const auto& finding : report.findings) {
      if (finding.part == part.name) print_finding(out, finding);
    }
    out.line();
  }
  if (!report.slo.empty()) out.line("SLO: " + report.slo);
  return out.take();
}
}  // namespace headroom::analyze
