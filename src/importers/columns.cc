#include "importers/columns.h"

#include <algorithm>

#include "formats/error.h"

namespace headroom::importers {
using formats::Kind;

namespace {
Read<std::uint32_t> position_of(const Place& spec, const model::Category& value, std::size_t n_features, const std::vector<std::string>& names) {
  if (const auto* name = std::get_if<std::string>(&value)) {
    const auto found = std::ranges::find(names, *name);
    if (found == names.end()) return spec.refuse("the column '" + formats::printable(*name, 60) + "' is none of the feature names");
    return static_cast<std::uint32_t>(found - names.begin());
  }
  const auto* number = std::get_if<double>(&value);
  if (number == nullptr) return spec.mismatch("columns by name or number");
  const double position = *number < 0 ? *number + static_cast<double>(n_features) : *number;
  if (!(position >= 0 && position < static_cast<double>(n_features)) || position != static_cast<double>(static_cast<std::uint32_t>(position))) {
    return spec.refuse("a column beyond the " + std::to_string(n_features) + " that there are");
  }
  return static_cast<std::uint32_t>(position);
}

/// slice(start, stop, step) of numbers as Python's; of names with the stop included, as pandas has it.
Read<std::vector<std::uint32_t>> sliced(const Place& spec, std::size_t n_features, const std::vector<std::string>& names) {
  const auto args = spec.value().args().items();
  if (args.size() != 3) return spec.mismatch("slice(start, stop, step)");
  const auto bound = [&](std::size_t i, std::int64_t otherwise) -> Read<std::int64_t> {
    if (args[i].is(Kind::none)) return otherwise;
    if (args[i].is(Kind::text)) {
      HEADROOM_TRY(at, position_of(spec, model::Category(std::string(args[i].text())), n_features, names));
      return static_cast<std::int64_t>(at) + (i == 1 ? 1 : 0);
    }
    if (!args[i].is(Kind::integer)) return spec.mismatch("a slice of numbers or names");
    const auto width = static_cast<std::int64_t>(n_features);
    const auto value = args[i].integer();
    return std::clamp<std::int64_t>(value < 0 ? (value < -width ? 0 : value + width) : value, 0, width);
  };
  if (!args[2].is(Kind::none) && (!args[2].is(Kind::integer) || args[2].integer() < 1)) return spec.refuse("a slice with a step that is no number from 1 up");
  const std::int64_t step = args[2].is(Kind::none) ? 1 : args[2].integer();
  HEADROOM_TRY(start, bound(0, 0));
  HEADROOM_TRY(stop, bound(1, static_cast<std::int64_t>(n_features)));
  std::vector<std::uint32_t> out;
  for (std::int64_t at = start; at < stop; at += std::min(step, stop - at)) out.push_back(static_cast<std::uint32_t>(at));
  return out;
}

bool is_boolean_list(const Place& spec) {
  if (const auto* array = spec.value().array()) return array->dtype.kind == 'b';
  const auto items = spec.value().items();
  return !items.empty() && std::ranges::all_of(items, [](const auto& item) { return item.is(Kind::boolean); });
}
}  // namespace

Read<std::vector<std::uint32_t>> columns_named(const Place& spec, std::size_t n_features, const std::vector<std::string>& names) {
  if (spec.value().callee().is_global("builtins.slice")) return sliced(spec, n_features, names);
  std::vector<model::Category> values;
  if (spec.value().is(Kind::integer) || spec.value().is(Kind::text)) {
    HEADROOM_TRY(value, category_of(spec));
    values.push_back(std::move(value));
  } else {
    HEADROOM_TRY(list, categories_of(spec));
    values = std::move(list);
  }
  std::vector<std::uint32_t> out;
  if (is_boolean_list(spec)) {
    if (values.size() != n_features) return spec.refuse("a mask of " + std::to_string(values.size()) + " for " + std::to_string(n_features) + " columns");
    for (std::size_t j = 0; j < values.size(); ++j) {
      if (std::get<double>(values[j]) != 0) out.push_back(static_cast<std::uint32_t>(j));
    }
    return out;
  }
  for (const auto& value : values) {
    HEADROOM_TRY(position, position_of(spec, value, n_features, names));
    out.push_back(position);
  }
  return out;
}
}  // namespace headroom::importers
