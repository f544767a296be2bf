// The report's table, as the original project's: one row a load level. Shared by the terminal, markdown and CSV.
#pragma once
#include <string>
#include <vector>

#include "analyze/analyze.h"

namespace headroom::analyze {
/// Column names: load, requests/s, mean, p50, p95, p99, success, pods, bottleneck.
[[nodiscard]] const std::vector<std::string>& table_head();
/// Texts of one row, as many as table_head(). A step that was not counted says so.
[[nodiscard]] std::vector<std::string> table_row(const StepRow& step);
}  // namespace headroom::analyze
