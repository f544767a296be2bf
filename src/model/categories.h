// The categories of one feature, and where a value stands among them.
#pragma once
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "model/model.h"
#include "model/typed.h"

namespace headroom::model {
/// None, a number (NaN too) or a text, as categories_ holds them.
using Category = std::variant<std::monostate, double, std::string>;

/// Numbers equal if their values are (0.0 and -0.0, 1 and True), NaN equals NaN, a text only the same text.
/// Source: sklearn.utils._encode._check_unknown and _encode.
class Categories {
 public:
  static constexpr std::int32_t kUnknown = -1;

  explicit Categories(const std::vector<Category>& categories);
  /// Index among the categories, or kUnknown. A missing text is nan, where that is a category, else None.
  [[nodiscard]] std::int32_t find(double value) const noexcept;
  [[nodiscard]] std::int32_t find(std::string_view text) const noexcept;
  [[nodiscard]] std::int32_t find(const Cells& cells, std::size_t row) const noexcept {
    return cells.is_text() ? find(cells.text(row)) : find(cells.number(row));
  }

  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  [[nodiscard]] std::int32_t nan() const noexcept { return nan_; }   // index of the category NaN, or kUnknown
  /// One of them: a text ("" if there is none), and a number (NaN).
  [[nodiscard]] std::string a_text() const { return texts_.empty() ? std::string() : texts_.front().first; }
  [[nodiscard]] double a_number() const noexcept { return numbers_.empty() ? std::numeric_limits<double>::quiet_NaN() : numbers_.front().first; }
  [[nodiscard]] FeatureKind kind() const noexcept;
  [[nodiscard]] std::size_t bytes() const noexcept;

 private:
  std::vector<std::pair<double, std::int32_t>> numbers_;       // by value
  std::vector<std::pair<std::string, std::int32_t>> texts_;    // by bytes
  std::int32_t nan_ = kUnknown;
  std::int32_t none_ = kUnknown;
  std::size_t size_ = 0;
};
}  // namespace headroom::model
