#include "inspect/csv.h"

#include <algorithm>

namespace headroom::inspect {
expected<std::string, CsvError> CsvReader::cell() {
  std::string text;
  if (text_[at_] != '"') {
    const auto end = std::min(text_.find_first_of(",\n", at_), text_.size());
    text = text_.substr(at_, end - at_);
    at_ = end;
    if (text.ends_with('\r')) text.pop_back();
    return text;
  }
  const auto start = line_;
  ++at_;
  while (true) {
    const auto quote = text_.find('"', at_);
    if (quote == std::string_view::npos) return unexpected(CsvError{start, "a quote is not closed"});
    const auto part = text_.substr(at_, quote - at_);
    for (const char c : part) line_ += c == '\n' ? 1 : 0;
    text += part;
    at_ = quote + 1;
    if (at_ >= text_.size() || text_[at_] != '"') break;
    text += '"';
    ++at_;
  }
  if (at_ < text_.size() && text_[at_] == '\r') ++at_;
  if (at_ < text_.size() && text_[at_] != ',' && text_[at_] != '\n') return unexpected(CsvError{line_, "text stands behind a closing quote"});
  return text;
}

expected<CsvLine, CsvError> CsvReader::next() {
  CsvLine record{line_, {}};
  while (true) {
    if (at_ >= text_.size()) {
      record.cells.emplace_back();   // the line ends with a comma
      return record;
    }
    HEADROOM_TRY(text, cell());
    record.cells.push_back(std::move(text));
    if (at_ >= text_.size()) return record;
    if (text_[at_++] == '\n') {
      ++line_;
      return record;
    }
  }
}

std::string csv_cell(std::string_view text) {
  if (text.data() == nullptr) return {};
  if (!text.empty() && text.find_first_of(",\"\r\n") == std::string_view::npos) return std::string(text);
  std::string out = "\"";
  for (const char c : text) out += c == '"' ? std::string("\"\"") : std::string(1, c);
  return out + '"';
}
}  // namespace headroom::inspect
