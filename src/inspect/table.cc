#include "inspect/table.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <optional>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

#include "formats/error.h"
#include "formats/npy.h"
#include "inspect/csv.h"
#include "inspect/json_text.h"

namespace headroom::inspect {
using model::FeatureKind;

namespace {
constexpr double kMissing = std::numeric_limits<double>::quiet_NaN();
constexpr std::size_t kMaxColumns = 1U << 20U;

std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' ') || text.starts_with('\t')) text.remove_prefix(1);
  while (text.ends_with(' ') || text.ends_with('\t')) text.remove_suffix(1);
  return text;
}

/// What Python's float() reads, and empty and booleans; nullopt for text.
std::optional<double> number_of(std::string_view cell) {
  cell = trimmed(cell);
  if (cell.empty()) return kMissing;
  if (cell == "True" || cell == "true") return 1.0;
  if (cell == "False" || cell == "false") return 0.0;
  if (cell.starts_with('+') && cell.size() > 1 && cell[1] != '-') cell.remove_prefix(1);
  double value = 0;
  const auto [end, error] = std::from_chars(cell.data(), cell.data() + cell.size(), value);
  if (end != cell.data() + cell.size() || error == std::errc::invalid_argument) return std::nullopt;
  if (error == std::errc::result_out_of_range) {
    // from_chars does not say whether it was too large or too small; a decimal exponent does.
    const bool is_small = cell.find("e-") != std::string_view::npos || cell.find("E-") != std::string_view::npos;
    return std::copysign(is_small ? 0.0 : std::numeric_limits<double>::infinity(), cell[0] == '-' ? -1.0 : 1.0);
  }
  return value;
}

std::string joined(const std::vector<std::string>& names) {
  std::string text;
  for (const auto& name : names) {
    if (text.size() > 200) return text + ", …";
    text += (text.empty() ? "" : ", ") + formats::printable(name, 40);
  }
  return text;
}
}  // namespace

/// Collects the records of a .csv, then turns columns into numbers or text.
class CsvTable {
 public:
  explicit CsvTable(const model::ModelInfo& info) : info_(info) {}

  expected<Table, TableError> read(std::string_view text) {
    if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);   // a byte order mark
    if (!formats::is_utf8(text)) return unexpected(TableError{"the rows are neither .npy nor UTF-8 text (.csv)", {}});
    CsvReader reader(text);
    if (reader.at_end()) return unexpected(TableError{"the .csv is empty; it needs a header line", "line 1"});
    HEADROOM_TRY(header, record(reader));
    HEADROOM_TRY_VOID(choose(header));
    cells_.resize(chosen_.size());
    while (!reader.at_end()) {
      HEADROOM_TRY(line, record(reader));
      if (line.cells.size() == 1 && line.cells[0].empty() && header.cells.size() > 1) continue;   // an empty line
      if (line.cells.size() != header.cells.size()) {
        return unexpected(TableError{std::to_string(line.cells.size()) + " cells, but the header has " + std::to_string(header.cells.size()), "line " + std::to_string(line.line)});
      }
      for (std::size_t j = 0; j < chosen_.size(); ++j) cells_[j].push_back(std::move(line.cells[chosen_[j]]));
      table_.lines_.push_back(line.line);
    }
    return finish();
  }

 private:
  static expected<CsvLine, TableError> record(CsvReader& reader) {
    auto line = reader.next();
    if (!line) return unexpected(TableError{line.error().what, "line " + std::to_string(line.error().line)});
    return std::move(*line);
  }

  /// Which columns of the file are the model's features, in the model's order.
  expected<void, TableError> choose(const CsvLine& header) {
    if (header.cells.size() > kMaxColumns) return unexpected(TableError{"more than a million columns", "line 1"});
    if (std::ranges::all_of(header.cells, [](const auto& cell) { return !trimmed(cell).empty() && number_of(cell); })) {
      return unexpected(TableError{"the first line holds numbers; a .csv needs a header line with the columns' names", "line 1"});
    }
    if (info_.features.empty()) {
      for (std::size_t j = 0; j < header.cells.size(); ++j) chosen_.push_back(j);
      return {};
    }
    std::unordered_map<std::string_view, std::size_t> place;
    std::unordered_set<std::string_view> twice;
    for (std::size_t j = 0; j < header.cells.size(); ++j) {
      if (!place.try_emplace(header.cells[j], j).second) twice.insert(header.cells[j]);
    }
    std::vector<bool> is_used(header.cells.size());
    std::vector<std::string> missing;
    for (const auto& name : info_.features) {
      const auto found = place.find(name);
      if (found == place.end()) {
        missing.push_back(name);
        continue;
      }
      if (twice.contains(name)) return unexpected(TableError{"the column " + formats::printable(name, 40) + " stands there twice", "line 1"});
      chosen_.push_back(found->second);
      is_used[found->second] = true;
    }
    if (!missing.empty()) {
      return unexpected(TableError{"the header lacks " + joined(missing) + "; the model was fitted with the columns " + joined(info_.features), "line 1"});
    }
    for (std::size_t j = 0; j < header.cells.size(); ++j) {
      if (!is_used[j]) table_.unused_.push_back(header.cells[j]);
    }
    return {};
  }

  /// What the model takes the j-th chosen column for.
  [[nodiscard]] FeatureKind kind(std::size_t j) const {
    if (info_.feature_kinds.empty()) return FeatureKind::number;
    return j < info_.feature_kinds.size() ? info_.feature_kinds[j] : FeatureKind::any;
  }

  Table finish() {
    table_.width_ = chosen_.size();
    table_.count_ = table_.lines_.size();
    bool all_numbers = true;
    table_.numbers_.resize(table_.width_);
    for (std::size_t j = 0; j < table_.width_; ++j) {
      if (kind(j) == FeatureKind::text || kind(j) == FeatureKind::document) {
        all_numbers = false;
        continue;
      }
      for (const auto& cell : cells_[j]) {
        const auto number = number_of(cell);
        if (!number) {
          table_.numbers_[j].clear();
          all_numbers = false;
          break;
        }
        table_.numbers_[j].push_back(*number);
      }
    }
    all_numbers ? make_dense() : make_columns();
    return std::move(table_);
  }

  void make_dense() {
    table_.dense_.resize(table_.count_ * table_.width_);
    for (std::size_t j = 0; j < table_.width_; ++j) {
      for (std::size_t i = 0; i < table_.count_; ++i) table_.dense_[i * table_.width_ + j] = table_.numbers_[j][i];
    }
    table_.numbers_.clear();
  }

  void make_columns() {
    table_.texts_ = std::move(cells_);
    table_.views_.resize(table_.width_);
    for (std::size_t j = 0; j < table_.width_; ++j) {
      model::Column column;
      const bool is_text = kind(j) == FeatureKind::text || kind(j) == FeatureKind::document || table_.numbers_[j].size() != table_.count_;
      if (!is_text) {
        column.f64 = table_.numbers_[j];
      } else {
        const bool is_missing_if_empty = kind(j) != FeatureKind::document;
        for (const auto& text : table_.texts_[j]) table_.views_[j].push_back(text.empty() && is_missing_if_empty ? std::string_view() : std::string_view(text));
        column.type = model::ColumnType::text;
        column.text = table_.views_[j];
      }
      table_.columns_.push_back(column);
    }
  }

  const model::ModelInfo& info_;
  std::vector<std::size_t> chosen_;
  std::vector<std::vector<std::string>> cells_;   // by column
  Table table_;
};

model::Rows Table::rows() const {
  if (!columns_.empty()) return {columns_, count_};
  return {MatrixView<const double>(dense_.data(), count_, width_)};
}

std::string Table::cell(std::size_t row, std::size_t column) const {
  if (row >= count_ || column >= width_) return {};
  if (!columns_.empty() && columns_[column].type == model::ColumnType::text) return "'" + formats::printable(texts_[column][row], 40) + "'";
  const double value = columns_.empty() ? dense_[row * width_ + column] : numbers_[column][row];
  if (std::isnan(value)) return "nan";
  if (std::isinf(value)) return value > 0 ? "inf" : "-inf";
  return json_number(value);
}

expected<Table, TableError> read_table(std::span<const std::byte> file, const model::ModelInfo& info, const formats::Limits& limits) {
  if (!formats::is_npy(file)) return CsvTable(info).read({reinterpret_cast<const char*>(file.data()), file.size()});
  const auto array = formats::read_npy(file, limits);
  if (!array) return unexpected(TableError{array.error().what, "byte " + std::to_string(array.error().offset)});
  const auto& shape = array->shape;
  if (shape.size() != 2) return unexpected(TableError{"the rows have " + std::to_string(shape.size()) + (shape.size() == 1 ? " dimension, not 2; one row is an array of shape (1, features)" : " dimensions, not 2"), {}});
  if (!array->dtype.is_numeric()) return unexpected(TableError{"the rows are of dtype " + array->dtype.descr() + "; numbers are needed", {}});
  Table table;
  table.count_ = shape[0];
  table.width_ = shape.back();
  table.dense_.resize(array->count());
  for (std::size_t i = 0; i < table.dense_.size(); ++i) table.dense_[i] = formats::read_double(array->dtype, array->element(i));
  return table;
}
}  // namespace headroom::inspect
