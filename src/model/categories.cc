#include "model/categories.h"

#include <algorithm>
#include <cmath>

namespace headroom::model {
namespace {
/// Sorted by value; of equal ones the first in the origin's order stays first.
template <class Entries>
void sort(Entries& entries) {
  std::stable_sort(entries.begin(), entries.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
}
}  // namespace

Categories::Categories(const std::vector<Category>& categories) : size_(categories.size()) {
  for (std::size_t i = 0; i < categories.size(); ++i) {
    const auto index = static_cast<std::int32_t>(i);
    if (const auto* number = std::get_if<double>(&categories[i])) {
      if (!std::isnan(*number)) {
        numbers_.emplace_back(*number, index);
      } else if (nan_ == kUnknown) {
        nan_ = index;
      }
    } else if (const auto* text = std::get_if<std::string>(&categories[i])) {
      texts_.emplace_back(*text, index);
    } else {
      none_ = index;
    }
  }
  sort(numbers_);
  sort(texts_);
}

std::int32_t Categories::find(double value) const noexcept {
  if (std::isnan(value)) return nan_ != kUnknown ? nan_ : none_;
  const auto at = std::ranges::lower_bound(numbers_, value, {}, [](const auto& entry) { return entry.first; });
  return at != numbers_.end() && at->first == value ? at->second : kUnknown;
}

std::int32_t Categories::find(std::string_view text) const noexcept {
  if (text.data() == nullptr) return nan_ != kUnknown ? nan_ : none_;
  const auto at = std::ranges::lower_bound(texts_, text, {}, [](const auto& entry) { return std::string_view(entry.first); });
  return at != texts_.end() && at->first == text ? at->second : kUnknown;
}

FeatureKind Categories::kind() const noexcept {
  if (texts_.empty()) return numbers_.empty() ? FeatureKind::any : FeatureKind::number;
  return numbers_.empty() ? FeatureKind::text : FeatureKind::any;
}

std::size_t Categories::bytes() const noexcept {
  std::size_t bytes = numbers_.size() * sizeof(numbers_[0]) + texts_.size() * sizeof(texts_[0]);
  for (const auto& [text, index] : texts_) bytes += text.size();
  return bytes;
}
}  // namespace headroom::model
