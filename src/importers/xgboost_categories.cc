// The names of categories in a saved XGBoost model.
#include <algorithm>

#include "importers/xgboost_document.h"

namespace headroom::importers {
using model::CategoryTable;

namespace {
/// Bytes of the UTF-8 character that begins with `first`.
std::size_t character_size(char first) {
  const auto byte = static_cast<unsigned char>(first);
  return byte < 0x80 ? 1 : byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4;
}

bool is_continuation(char byte) { return (static_cast<unsigned char>(byte) & 0xc0U) == 0x80U; }

/// Whether a name could end before bytes[at].
bool is_boundary(std::string_view bytes, std::size_t at) { return at >= bytes.size() || !is_continuation(bytes[at]); }

/// XGBoost 3.1 and 3.2 count a name of pandas' in characters, though what they store are bytes, and store as many bytes as all
/// names have characters. A file of a later release tells by a name that ends inside a character.
bool counts_characters(std::string_view bytes, const std::vector<double>& offsets, Version version) {
  const bool is_ascii = std::ranges::none_of(bytes, [](char byte) { return static_cast<unsigned char>(byte) >= 0x80; });
  if (is_ascii) return false;
  return version < Version{3, 3} || std::ranges::any_of(offsets, [&](double at) { return !is_boundary(bytes, static_cast<std::size_t>(at)); });
}

/// Names counted in characters. The last ones may be cut off: of those the beginning and the number of characters are known.
void read_characters(std::string_view bytes, const std::vector<double>& offsets, std::vector<model::Label>& names, CategoryTable& table) {
  std::size_t at = 0;
  for (std::size_t k = 0; k + 1 < offsets.size(); ++k) {
    const std::size_t begin = at;
    const auto characters = static_cast<std::size_t>(offsets[k + 1] - offsets[k]);
    bool is_whole = true;
    for (std::size_t c = 0; c < characters && is_whole; ++c) {
      is_whole = at < bytes.size() && character_size(bytes[at]) <= bytes.size() - at;
      at = is_whole ? at + character_size(bytes[at]) : bytes.size();
    }
    std::string name(bytes.substr(begin, at - begin));
    if (is_whole) {
      names.emplace_back(std::move(name));
    } else {
      table.cut.push_back({std::move(name), characters, static_cast<double>(k)});
    }
  }
}

Read<CategoryTable> read_names(const Place& entry, std::uint32_t column, const std::vector<double>& values, Version version) {
  std::vector<model::Label> names;
  CategoryTable cut;
  const auto offsets_place = find_child(entry, "offsets");
  if (!offsets_place) {
    for (const double value : values) names.emplace_back(value);
    return category_table(column, names, entry);
  }
  HEADROOM_TRY(offsets, number_list(*offsets_place));
  for (std::size_t k = 0; k < offsets.size(); ++k) {
    const bool is_in_order = offsets[k] >= (k == 0 ? 0 : offsets[k - 1]) && offsets[k] <= static_cast<double>(values.size());
    if (!is_in_order) return offsets_place->refuse("the texts of the categories overlap or lie beyond their bytes");
  }
  std::string bytes;
  for (const double value : values) {
    if (!(value >= -128 && value <= 255)) return entry.refuse("the texts of the categories are no bytes");
    bytes += static_cast<char>(static_cast<int>(value));
  }
  if (counts_characters(bytes, offsets, version)) {
    read_characters(bytes, offsets, names, cut);
  } else {
    for (std::size_t k = 0; k + 1 < offsets.size(); ++k) names.emplace_back(bytes.substr(static_cast<std::size_t>(offsets[k]), static_cast<std::size_t>(offsets[k + 1] - offsets[k])));
  }
  HEADROOM_TRY(table, category_table(column, names, entry));
  table.cut = std::move(cut.cut);
  return std::move(table);
}
}  // namespace

Read<bool> read_categories(const Place& model, const XgboostHead& head, model::BoosterInputs& inputs) {
  const auto cats = find_child(model, "cats");
  if (!cats) return true;
  HEADROOM_TRY(enc, child(*cats, "enc"));
  HEADROOM_TRY(count, enc.size());
  if (count == 0) return true;
  if (count != head.n_features) return enc.refuse("there are " + std::to_string(count) + " lists of categories for " + std::to_string(head.n_features) + " features");
  for (std::size_t i = 0; i < count; ++i) {
    const auto entry = enc.item(i);
    HEADROOM_TRY(values_place, child(entry, "values"));
    HEADROOM_TRY(values, number_list(values_place));
    if (values.empty()) continue;
    HEADROOM_TRY(table, read_names(entry, static_cast<std::uint32_t>(i), values, head.version));
    table.refuse_unknown = true;
    inputs.tables.push_back(std::move(table));
  }
  return true;
}
}  // namespace headroom::importers
