// The modules that scikit-learn's classes lived in before 0.22, when most were renamed.
#pragma once
#include <string>
#include <string_view>

namespace headroom::importers {
/// "sklearn.svm.classes.SVC" → "sklearn.svm._classes.SVC"; a name that is not old comes back as it is.
[[nodiscard]] std::string modern_name(std::string_view type);
}  // namespace headroom::importers
