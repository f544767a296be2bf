// Figures as people read them in titles, tables and fixes.
#pragma once
#include <string>

namespace headroom::analyze {
/// Three significant digits without an exponent, thousands apart by a thin space from 10 000 on: "0.412", "12.5", "1840", "27 300".
[[nodiscard]] std::string number(double value);
/// "12 %", "0.4 %", "99.98 %".
[[nodiscard]] std::string percent(double share);
/// Milliseconds with a unit that fits: "85 µs", "1.25 ms", "2.4 s".
[[nodiscard]] std::string time_text(double ms);
/// Thousandths of a core as Kubernetes writes them: "10m", "1500m".
[[nodiscard]] std::string millicores(double cores);
/// "1 replica", "3 replicas".
[[nodiscard]] std::string count_of(long long n, const std::string& noun);
}  // namespace headroom::analyze
