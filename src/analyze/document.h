// The report as one JSON document: what --json prints and what the page draws. docs/analyze.md lists the keys.
#pragma once
#include <string>

#include "analyze/analyze.h"

namespace headroom::analyze {
/// Holds no '<', '>' or '&' (json_text.h), so it may stand in a page.
[[nodiscard]] std::string to_json(const Report& report, const run::Run& run);
/// One file that works offline: the page with the document inside.
[[nodiscard]] std::string to_html(const Report& report, const run::Run& run);
[[nodiscard]] std::string to_markdown(const Report& report, const run::Run& run);
/// For a terminal; colour: ANSI escapes may be used. No control character of the run's strings gets through.
[[nodiscard]] std::string to_text(const Report& report, bool colour);
/// The steps as CSV (RFC 4180, a header line); texts that a spreadsheet would take for formulas are quoted with an apostrophe.
[[nodiscard]] std::string steps_csv(const Report& report);
}  // namespace headroom::analyze
