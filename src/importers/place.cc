#include "importers/place.h"

#include "formats/error.h"

namespace headroom::importers {
using formats::Kind;
using formats::NdArray;
using formats::Value;

namespace {
/// The dict that holds an object's attributes: its state, or the first part of a (dict, slots) state.
Value attributes(const Value& object) {
  const Value state = object.state();
  if (state.is(Kind::tuple) && state.items().size() == 2 && state.items()[0].is(Kind::dict)) return state.items()[0];
  return state;
}

std::optional<model::Label> label_of(const Value& value) {
  switch (value.kind()) {
    case Kind::boolean: return value.boolean();
    case Kind::integer: return value.integer();
    case Kind::real: return value.real();
    case Kind::text: return std::string(value.text());
    default: return std::nullopt;
  }
}

model::Label label_of(const NdArray& array, std::size_t index) {
  const auto& type = array.dtype;
  const std::byte* data = array.element(index);
  if (type.kind == 'b') return formats::read_int(type, data) != 0;
  if (type.kind == 'f') return formats::read_double(type, data);
  if (type.kind == 'U' || type.kind == 'S') return formats::read_text(type, data);
  return formats::read_int(type, data);
}

std::string shape_text(std::span<const std::uint64_t> shape) {
  std::string text = "(";
  for (const auto size : shape) text += (text.size() > 1 ? ", " : "") + std::to_string(size);
  return text + (shape.size() == 1 ? ",)" : ")");
}
}  // namespace

tl::unexpected<ImportError> Place::refuse(std::string what) const { return unexpected(ImportError{std::move(what), path_, value_.offset()}); }

tl::unexpected<ImportError> Place::mismatch(std::string_view wanted) const {
  return refuse("expected " + std::string(wanted) + " but it is " + formats::describe(value_));
}

std::optional<Place> Place::find(std::string_view name) const {
  const auto* found = attributes(value_).find(name);
  if (found == nullptr) return std::nullopt;
  return Place(*found, path_ + "." + std::string(name));
}

Read<Place> Place::need(std::string_view name) const {
  if (auto found = find(name)) return std::move(*found);
  return unexpected(ImportError{"the attribute is missing: the estimator is not fitted, or was written by a version that is not known",
                                path_ + "." + std::string(name), value_.offset()});
}

Place Place::item(std::size_t index) const {
  const auto* array = value_.array();
  const Value value = array != nullptr ? array->objects[array->stored_index(index)] : value_.items()[index];
  return {value, path_ + "[" + std::to_string(index) + "]"};
}

Read<std::size_t> Place::size() const {
  if (value_.is(Kind::list) || value_.is(Kind::tuple)) return value_.items().size();
  const auto* array = value_.array();
  if (array != nullptr && array->dtype.kind == 'O' && array->shape.size() == 1) return array->objects.size();
  return mismatch("a list");
}

Read<std::int64_t> Place::integer() const {
  if (!value_.is(Kind::integer)) return mismatch("an integer");
  return value_.integer();
}

Read<bool> Place::boolean() const {
  if (value_.is(Kind::boolean)) return value_.boolean();
  if (value_.is(Kind::integer) && (value_.integer() == 0 || value_.integer() == 1)) return value_.integer() == 1;
  return mismatch("True or False");
}

Read<std::string> Place::text() const {
  if (!value_.is(Kind::text)) return mismatch("a text");
  return std::string(value_.text());
}

Read<std::size_t> Place::count() const {
  HEADROOM_TRY(number, integer());
  if (number < 0) return mismatch("a count");
  return static_cast<std::size_t>(number);
}

Read<const NdArray*> Place::array() const {
  if (value_.array() == nullptr) return mismatch("an array");
  return value_.array();
}

Read<std::vector<double>> Place::numbers() const {
  HEADROOM_TRY(found, array());
  if (!found->dtype.is_numeric()) return mismatch("an array of numbers");
  return formats::read_doubles(*found);
}

Read<std::vector<double>> Place::numbers(std::vector<std::uint64_t> shape) const {
  HEADROOM_TRY(found, array());
  if (found->shape != shape) return mismatch("an array of shape " + shape_text(shape));
  return numbers();
}

Read<std::vector<model::Label>> Place::labels() const {
  HEADROOM_TRY(found, array());
  if (found->shape.size() != 1) return mismatch("a one-dimensional array of class labels");
  const bool is_object = found->dtype.kind == 'O';
  const bool is_text = found->dtype.kind == 'U' || found->dtype.kind == 'S';
  if (!is_object && !is_text && !found->dtype.is_numeric()) return mismatch("an array of class labels");
  std::vector<model::Label> labels;
  for (std::size_t i = 0; i < found->count(); ++i) {
    if (found->dtype.kind == 'u' && formats::read_double(found->dtype, found->element(i)) >= 0x1p63) return refuse("class label " + std::to_string(i) + " is 2^63 or more, which is not served");
    auto label = is_object ? label_of(found->objects[i]) : label_of(*found, i);
    if (!label) return item(i).mismatch("a class label (number, boolean or text)");
    labels.push_back(std::move(*label));
  }
  return labels;
}

Read<std::vector<std::string>> Place::names() const {
  std::vector<std::string> names;
  if (const auto* found = value_.array(); found != nullptr && found->dtype.kind == 'U' && found->shape.size() == 1) {
    for (std::size_t i = 0; i < found->count(); ++i) names.push_back(formats::read_text(found->dtype, found->element(i)));
    return names;
  }
  HEADROOM_TRY(n, size());
  for (std::size_t i = 0; i < n; ++i) {
    HEADROOM_TRY(name, item(i).text());
    names.push_back(std::move(name));
  }
  return names;
}
}  // namespace headroom::importers
