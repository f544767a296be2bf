// What stop_words='english' stands for.
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace headroom::importers {
/// Source: sklearn.feature_extraction._stop_words.ENGLISH_STOP_WORDS.
[[nodiscard]] std::vector<std::string> english_stop_words();
}  // namespace headroom::importers
