#include "importers/values.h"

namespace headroom::importers {
using formats::Kind;
using formats::NdArray;
using formats::Value;

namespace {
std::optional<model::Category> category(const Value& value) {
  switch (value.kind()) {
    case Kind::none: return model::Category();
    case Kind::boolean: return model::Category(value.boolean() ? 1.0 : 0.0);
    case Kind::integer: return model::Category(static_cast<double>(value.integer()));
    case Kind::real: return model::Category(value.real());
    case Kind::text: return model::Category(std::string(value.text()));
    default: break;
  }
  const auto* array = value.array();   // a numpy scalar inside of an object array
  if (array == nullptr || array->count() != 1 || !array->dtype.is_numeric()) return std::nullopt;
  return model::Category(formats::read_double(array->dtype, array->element(0)));
}
}  // namespace

Read<double> real_of(const Place& place) {
  const auto found = category(place.value());
  if (!found || !std::holds_alternative<double>(*found)) return place.mismatch("a number");
  return std::get<double>(*found);
}

Read<bool> flag_of(const Estimator& estimator, std::string_view name, bool otherwise) {
  const auto place = estimator.place.find(name);
  if (!place) return otherwise;
  return place->boolean();
}

Read<std::string> text_of(const Estimator& estimator, std::string_view name) {
  HEADROOM_TRY(place, estimator.place.need(name));
  return place.text();
}

Read<std::vector<double>> vector_of(const Estimator& estimator, std::string_view name, std::size_t count) {
  HEADROOM_TRY(place, estimator.place.need(name));
  return place.numbers({count});
}

Read<std::optional<std::vector<double>>> optional_vector_of(const Estimator& estimator, std::string_view name, std::size_t count) {
  const auto place = estimator.place.find(name);
  if (!place || place->is_none()) return std::optional<std::vector<double>>();
  HEADROOM_TRY(values, place->numbers({count}));
  return std::optional(std::move(values));
}

Read<std::vector<bool>> mask_of(const Place& place, std::size_t count) {
  HEADROOM_TRY(array, place.array());
  if (array->dtype.kind != 'b' || array->shape.size() != 1 || array->shape[0] != count) return place.mismatch("an array of " + std::to_string(count) + " booleans");
  std::vector<bool> mask(count);
  for (std::size_t i = 0; i < count; ++i) mask[i] = formats::read_int(array->dtype, array->element(i)) != 0;
  return mask;
}

Read<std::vector<std::uint32_t>> indexes_below(const Place& place, std::size_t limit) {
  HEADROOM_TRY(values, categories_of(place));
  std::vector<std::uint32_t> indexes;
  for (const auto& value : values) {
    const auto* number = std::get_if<double>(&value);
    if (number == nullptr || !(*number >= 0 && *number < static_cast<double>(limit)) || *number != static_cast<double>(static_cast<std::uint32_t>(*number))) {
      return place.refuse("holds an index that is none below " + std::to_string(limit));
    }
    indexes.push_back(static_cast<std::uint32_t>(*number));
  }
  return indexes;
}

Read<std::vector<std::uint32_t>> indicated_features(const Estimator& imputer, std::size_t n_features) {
  HEADROOM_TRY(is_added, flag_of(imputer, "add_indicator", false));
  if (!is_added) return std::vector<std::uint32_t>();
  HEADROOM_TRY(place, imputer.place.need("indicator_"));
  HEADROOM_TRY(indicator, as_estimator(place, imputer));
  HEADROOM_TRY(features, indicator.place.need("features_"));
  return indexes_below(features, n_features);
}

Read<model::Category> category_of(const Place& place) {
  auto found = category(place.value());
  if (!found) return place.mismatch("a number, a text or None");
  return std::move(*found);
}

Read<std::vector<model::Category>> categories_of(const Place& place) {
  std::vector<model::Category> out;
  const NdArray* array = place.value().array();
  if (array != nullptr && array->dtype.kind != 'O') {
    const bool is_text = array->dtype.kind == 'U';
    if (array->shape.size() != 1 || (!is_text && !array->dtype.is_numeric())) return place.mismatch("a one-dimensional array of numbers or texts");
    for (std::size_t i = 0; i < array->count(); ++i) {
      if (is_text) {
        out.emplace_back(formats::read_text(array->dtype, array->element(i)));
      } else {
        out.emplace_back(formats::read_double(array->dtype, array->element(i)));
      }
    }
    return out;
  }
  HEADROOM_TRY(count, place.size());
  for (std::size_t i = 0; i < count; ++i) {
    HEADROOM_TRY(value, category_of(place.item(i)));
    out.push_back(std::move(value));
  }
  return out;
}
}  // namespace headroom::importers
