// A request body with places for data, compiled once and then written without a search or an allocation of its own.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/expected.h"
#include "base/rng.h"
#include "workload/row_source.h"

namespace headroom::workload {
struct TemplateError {
  std::string message;
};

/// Placeholders, all of one request from the same drawn row: {{row}} → [5.1,3.5,1.4,0.2]; {{row_object}} → {"sepal_length":5.1,…};
/// {{row.sepal_length}} and {{row.0}} → 5.1. Anything else between {{ and }} is an error.
class BodyTemplate {
 public:
  [[nodiscard]] static expected<BodyTemplate, TemplateError> compile(std::string_view text, const Data& data);

  /// Appends the body to `out`. scratch: reused for the drawn row.
  void render(Rng& rng, std::vector<double>& scratch, std::string& out) const;
  /// No placeholder: every body is the same.
  [[nodiscard]] bool constant() const noexcept { return pieces_.size() <= 1 && !draws_; }

 private:
  enum class Kind : std::uint8_t { literal, row, row_object, cell };
  struct Piece {
    Kind kind = Kind::literal;
    std::string text;      // literal
    std::size_t cell = 0;  // cell
  };
  explicit BodyTemplate(const Data& data) : source_(data) {}
  [[nodiscard]] expected<Piece, TemplateError> placeholder(std::string_view name) const;

  RowSource source_;
  std::vector<Piece> pieces_;
  bool draws_ = false;
};

/// Appends `value` with at most `decimals` digits behind the point, without trailing zeros but the first: 5.1, 3.0, -0.25.
void append_number(std::string& out, double value, int decimals);
/// Appends `text` as a JSON string, quotes included.
void append_json_string(std::string& out, std::string_view text);
}  // namespace headroom::workload
