#include "importers/booster_parts.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "formats/error.h"
#include "formats/json.h"

namespace headroom::importers {
using formats::Kind;

std::optional<Place> find_child(const Place& dict, std::string_view key) {
  const auto* found = dict.value().find(key);
  if (found == nullptr) return std::nullopt;
  return Place(*found, dict.path() + "." + std::string(key));
}

Read<Place> child(const Place& dict, std::string_view key) {
  if (auto found = find_child(dict, key)) return std::move(*found);
  return unexpected(ImportError{"the key is missing", dict.path() + "." + std::string(key), dict.value().offset()});
}

Read<bool> read_number_list(const Place& place, std::vector<double>& out) {
  if (const auto* array = place.value().array()) {
    if (array->shape.size() != 1) return place.mismatch("a list of numbers");
    if (array->dtype.kind == formats::kListText) return formats::read_list_text(*array, out) ? Read<bool>(true) : place.refuse("something in this list is no number");
    if (!array->dtype.is_numeric()) return place.mismatch("an array of numbers");
    formats::read_doubles(*array, out);
    return true;
  }
  if (!place.value().is(Kind::list)) return place.mismatch("a list of numbers");
  out.clear();
  out.reserve(place.value().items().size());
  for (const auto& item : place.value().items()) {
    switch (item.kind()) {
      case Kind::boolean: out.push_back(item.boolean() ? 1 : 0); break;
      case Kind::integer: out.push_back(static_cast<double>(item.integer())); break;
      case Kind::real: out.push_back(item.real()); break;
      default: return place.item(out.size()).mismatch("a number");
    }
  }
  return true;
}

std::size_t list_size(const formats::Value& list) {
  const auto* array = list.array();
  return array != nullptr ? static_cast<std::size_t>(array->count()) : list.items().size();
}

Read<std::vector<double>> number_list(const Place& place) {
  std::vector<double> numbers;
  HEADROOM_TRY_VOID(read_number_list(place, numbers));
  return numbers;
}

Read<std::vector<double>> number_list(const Place& place, std::size_t size) {
  HEADROOM_TRY(numbers, number_list(place));
  if (numbers.size() != size) return place.refuse("there are " + std::to_string(numbers.size()) + " numbers, expected " + std::to_string(size));
  return std::move(numbers);
}

Read<double> text_number(const Place& place) {
  if (place.value().is(Kind::integer)) return static_cast<double>(place.value().integer());
  if (place.value().is(Kind::real)) return place.value().real();
  HEADROOM_TRY(text, place.text());
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) return place.mismatch("a number");
  return number;
}

Read<std::size_t> text_count(const Place& place) {
  HEADROOM_TRY(number, text_number(place));
  if (!(number >= 0 && number <= 0x7fffffff) || number != std::floor(number)) return place.mismatch("a count");
  return static_cast<std::size_t>(number);
}

std::uint32_t InputSet::number_of(std::uint64_t key) {
  const auto [entry, is_new] = known_.try_emplace(key, static_cast<std::uint32_t>(inputs_.size()));
  if (is_new) inputs_.push_back({static_cast<std::uint32_t>(key >> 8U), static_cast<model::InputKind>(key & 0xffU), {}, {}});
  return entry->second;
}

Read<model::CategoryTable> category_table(std::uint32_t column, const std::vector<model::Label>& categories, const Place& place) {
  model::CategoryTable table;
  table.column = column;
  for (std::size_t i = 0; i < categories.size(); ++i) {
    const auto code = static_cast<double>(i);
    if (const auto* text = std::get_if<std::string>(&categories[i])) {
      table.codes.emplace_back(*text, code);
    } else if (const auto* whole = std::get_if<std::int64_t>(&categories[i])) {
      table.numeric.emplace_back(static_cast<double>(*whole), code);
    } else if (const auto* real = std::get_if<double>(&categories[i])) {
      table.numeric.emplace_back(*real, code);
    } else {
      table.numeric.emplace_back(std::get<bool>(categories[i]) ? 1.0 : 0.0, code);
    }
  }
  if (!table.codes.empty() && !table.numeric.empty()) return place.refuse("the categories of one column are texts and numbers");
  std::ranges::stable_sort(table.codes, {}, [](const auto& pair) { return std::string_view(pair.first); });
  std::ranges::stable_sort(table.numeric, {}, [](const auto& pair) { return pair.first; });
  return table;
}

Imported describe_wrapper(const Estimator& wrapper, model::CompiledPtr model) {
  model::ModelInfo& info = model->edit_info();
  const auto features = info.features;
  const std::string library = info.library;
  const std::string version = info.library_version;
  HEADROOM_TRY_VOID(describe(wrapper, info));
  info.library = library;
  info.library_version = version;
  if (info.features.empty()) info.features = features;
  return model;
}

Read<bool> replace_classes(const Place& labels, model::ModelInfo& info) {
  HEADROOM_TRY(given, labels.labels());
  if (given.size() != info.classes.size()) return labels.refuse("there are " + std::to_string(given.size()) + " classes, the booster has " + std::to_string(info.classes.size()));
  info.classes = std::move(given);
  info.classes_dtype = labels.value().array()->dtype.descr();
  return true;
}

std::string structure_fault(const std::vector<std::int32_t>& left, const std::vector<std::int32_t>& right, StructureRoom& room) {
  const auto n = static_cast<std::int64_t>(left.size());
  const auto fault = [](std::size_t node, const std::string& what) { return "tree node " + std::to_string(node) + ": " + what; };
  room.seen.assign(left.size(), 0);
  room.open.assign(1, 0);
  room.seen[0] = 1;
  while (!room.open.empty()) {
    const auto node = static_cast<std::size_t>(room.open.back());
    room.open.pop_back();
    if (left[node] < 0) continue;
    for (const auto next : {left[node], right[node]}) {
      if (next < 0 || next >= n) return fault(node, "its child " + std::to_string(next) + " is no node of this tree (0 to " + std::to_string(n - 1) + ")");
      if (room.seen[static_cast<std::size_t>(next)] != 0) return fault(node, "its child " + std::to_string(next) + " has another parent, or is its own ancestor (a cycle)");
      room.seen[static_cast<std::size_t>(next)] = 1;
      room.open.push_back(next);
    }
  }
  return {};
}
}  // namespace headroom::importers
