// Estimators of scikit-learn that are left out for a reason.
#pragma once
#include <string_view>

namespace headroom::importers {
/// Why a class, by its full name since 0.22, is not served, and what to do instead; empty for all others.
[[nodiscard]] std::string_view why_not_served(std::string_view type);
}  // namespace headroom::importers
