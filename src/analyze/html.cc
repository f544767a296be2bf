#include "analyze/document.h"
#include "base/check.h"
#include "generated/report_page.h"

namespace headroom::analyze {
std::string to_html(const Report& report, const run::Run& run) {
  // The page has this element once, empty; the document in it holds no '<', so nothing in a run can end it.
  constexpr std::string_view kPlace = R"(<script type="application/json" id="report">)";
  const std::string_view page = embedded::report_page;
  const auto at = page.find(kPlace);
  CHECK(at != std::string_view::npos);
  std::string html(page.substr(0, at + kPlace.size()));
  html += to_json(report, run);
  html += page.substr(at + kPlace.size());
  return html;
}
}  // namespace headroom::analyze
