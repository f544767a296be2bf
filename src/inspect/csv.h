// RFC 4180: cells, commas, quotes, lines.
#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/expected.h"

namespace headroom::inspect {
struct CsvError {
  std::size_t line;     // counted from 1
  std::string what;
};

struct CsvLine {
  std::size_t line = 0;               // where it begins, counted from 1
  std::vector<std::string> cells;
};

/// Reads one record after the other.
class CsvReader {
 public:
  explicit CsvReader(std::string_view text) : text_(text) {}
  [[nodiscard]] bool at_end() const { return at_ >= text_.size(); }
  /// Not at_end(). A quote that is not closed, or text behind a closing quote, is an error.
  [[nodiscard]] expected<CsvLine, CsvError> next();

 private:
  [[nodiscard]] expected<std::string, CsvError> cell();
  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t line_ = 1;
};

/// `text` as a cell: quoted only where it must be. An empty text is "", a missing one (data() == nullptr) is nothing: readers skip a line of nothing.
[[nodiscard]] std::string csv_cell(std::string_view text);
}  // namespace headroom::inspect
