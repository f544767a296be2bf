#include "serve/decode.h"

#include <simdjson.h>

#include <charconv>
#include <limits>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "http/reply.h"
#include "serve/encode.h"
#include "serve/json_fault.h"
#include "serve/typed_columns.h"

namespace headroom::serve {
namespace {
namespace od = simdjson::ondemand;
constexpr std::size_t kShownInput = 200;

std::string json_text(std::string_view text) {
  http::ByteBuffer out;
  out.append('"');
  http::append_escaped(out, text.substr(0, kShownInput));
  out.append('"');
  return std::string(out.view());
}

RequestError not_json(simdjson::error_code code) { return {400, json_fault(code), "", ""}; }

// Whether a number that cannot be read is one of JSON nonetheless: only too large for a double.
bool is_beyond_double(std::string_view token) {
  while (!token.empty() && static_cast<unsigned char>(token.back()) <= ' ') token.remove_suffix(1);
  const auto digits = token.substr(token.starts_with('-') ? 1 : 0);
  const bool is_number = !digits.empty() && digits[0] >= '0' && digits[0] <= '9' && !(digits.size() > 1 && digits[0] == '0' && digits[1] != '.' && digits[1] != 'e' && digits[1] != 'E');
  const auto point = digits.find('.');
  if (!is_number || (point != std::string_view::npos && (point + 1 == digits.size() || digits[point + 1] < '0' || digits[point + 1] > '9'))) return false;
  double ignored = 0;
  const auto [end, error] = std::from_chars(token.data(), token.data() + token.size(), ignored);
  return error == std::errc::result_out_of_range && end == token.data() + token.size();
}

// The text of a value that is not what was wanted, as JSON.
std::string shown(od::value& value) {
  od::json_type type{};
  if (value.type().get(type) != simdjson::SUCCESS) return "";
  if (type == od::json_type::array) return R"("[…]")";
  if (type == od::json_type::object) return R"("{…}")";
  if (type == od::json_type::string) {
    std::string_view text;
    return value.get_string().get(text) == simdjson::SUCCESS ? json_text(text) : "";
  }
  std::string_view token = value.raw_json_token();
  double number = 0;
  const bool plain = token.size() <= kShownInput && type == od::json_type::number && value.get_double().get(number) == simdjson::SUCCESS;
  while (!token.empty() && static_cast<unsigned char>(token.back()) <= ' ') token.remove_suffix(1);
  return plain || token == "true" || token == "false" || token == "null" ? std::string(token) : json_text(token);
}

// Where in the body a value stands. Only turned into text when there is something to complain about.
struct Place {
  const char* form = nullptr;  // "features", "instances", or none for a named object
  std::size_t row = 0;
  bool has_row = false;
  bool has_column = false;
  std::size_t column = 0;
  std::string_view name{};  // of a named value

  [[nodiscard]] std::string json() const {
    std::string text = "[";
    const auto add = [&](const std::string& part) { text += (text.size() > 1 ? "," : "") + part; };
    if (form != nullptr) add(json_text(form));
    if (has_row) add(std::to_string(row));
    if (has_column) add(std::to_string(column));
    if (name.data() != nullptr) add(json_text(name));
    return text + "]";
  }
};
}  // namespace

struct Decoder::Impl {
  Impl(const ServedModel& model, const DecodeLimits& most) : served(model), limits(most), width(model.features.size()), is_typed(!model.info().feature_kinds.empty()), seen(width, 0) {}

  using Error = expected<void, RequestError>;
  static auto fail(std::uint16_t status, std::string message, const Place& place, std::string input = "") {
    return unexpected(RequestError{status, std::move(message), place.json(), std::move(input)});
  }
  static auto fail(simdjson::error_code code) { return unexpected(not_json(code)); }

  // One number into `target`.
  Error number(od::value value, double& target, const Place& place) {
    od::json_type type{};
    if (const auto code = value.type().get(type)) return fail(code);
    if (type == od::json_type::number) {
      const auto code = value.get_double().get(target);
      if (code == simdjson::SUCCESS) return {};
      if (const auto token = value.raw_json_token(); is_beyond_double(token)) return fail(422, "the number is too large for a double", place, json_text(token.substr(0, token.find_last_of("0123456789") + 1)));
      return fail(code);
    }
    return fail(422, "the value is no number", place, shown(value));
  }

  // A cell of a model that takes text: a text, or null for a missing one.
  Error text(od::value value, std::string_view& target, const Place& place) {
    od::json_type type{};
    if (const auto code = value.type().get(type)) return fail(code);
    if (type == od::json_type::null) return fail_unless_null(value);
    if (type != od::json_type::string) return fail(422, "the value is no text", place, shown(value));
    if (const auto code = value.get_string().get(target)) return fail(code);
    if (target.data() == nullptr) target = "";
    return {};
  }
  static Error fail_unless_null(od::value& value) {
    bool is_null = false;
    if (const auto code = value.is_null().get(is_null)) return fail(code);
    if (!is_null) return fail(simdjson::TAPE_ERROR);
    return {};
  }

  // Beside texts a number may be true, false or null (missing): such rows come from data frames.
  Error typed_number(od::value value, double& target, const Place& place) {
    od::json_type type{};
    if (const auto code = value.type().get(type)) return fail(code);
    if (type == od::json_type::null) {
      target = std::numeric_limits<double>::quiet_NaN();
      return fail_unless_null(value);
    }
    if (type != od::json_type::boolean) return number(value, target, place);
    bool flag = false;
    if (const auto code = value.get_bool().get(flag)) return fail(code);
    target = flag ? 1 : 0;
    return {};
  }

  // The value of a feature into the cell at `at`, counted over all rows.
  Error cell(od::value value, std::size_t at, std::size_t column, const Place& place) {
    if (!is_typed) return number(value, values[at], place);
    texts.resize(values.size());   // what is new is missing
    using model::FeatureKind;
    const auto kind = served.info().feature_kinds[column];
    if (kind == FeatureKind::number) return typed_number(value, values[at], place);
    od::json_type type{};
    if (const auto code = value.type().get(type)) return fail(code);
    if (kind == FeatureKind::any && type != od::json_type::string) return typed_number(value, values[at], place);
    return text(value, texts[at], place);
  }

  Error array_row(od::array array, Place place) {
    std::size_t column = 0;
    place.has_column = true;
    for (auto element : array) {
      od::value value;
      if (const auto code = std::move(element).get(value)) return fail(code);
      place.column = column;
      od::json_type type{};  // of "[1,]" there is none
      if (const auto code = value.type().get(type)) return fail(code);
      if (column == width) return fail(422, "the row has more than " + expectation(), place, shown(value));
      values.push_back(0);
      if (auto done = cell(value, values.size() - 1, column, place); !done) return done;
      ++column;
    }
    place.has_column = false;
    if (column < width) return fail(422, "the row has " + std::to_string(column) + " values, not " + expectation(), place);
    return {};
  }

  [[nodiscard]] std::string expectation() const {
    return "the " + std::to_string(width) + (width == 1 ? " feature" : " features") + " that this model takes";
  }

  // Index of a feature, width if there is none. Names mostly come in the model's order, so the search begins at `likely`.
  [[nodiscard]] std::size_t find(std::string_view name, std::size_t likely) const {
    if (likely < width && served.features[likely] == name) return likely;
    for (std::size_t i = 0; i < width; ++i) {
      if (served.features[i] == name) return i;
    }
    return width;
  }

  // The fields of a named row, one by one.
  void begin_named_row() {
    values.resize(values.size() + width);
    ++generation;
    named_count = 0;
  }
  Error named_value(std::string_view name, od::value value, Place place) {
    place.name = name;
    const std::size_t index = find(name, named_count);
    if (index == width) return fail(422, "the model has no feature of this name; /openapi.json lists them", place, shown(value));
    if (seen[index] == generation) return fail(422, "the feature is given twice", place, shown(value));
    seen[index] = generation;
    ++named_count;
    return cell(value, values.size() - width + index, index, place);
  }
  Error end_named_row(Place place) const {
    if (named_count == width) return {};
    std::string others;
    for (std::size_t i = 0; i < width; ++i) {
      if (seen[i] == generation) continue;
      if (place.name.data() == nullptr) {
        place.name = served.features[i];
      } else if (others.size() < kShownInput) {
        others += (others.empty() ? ", as are " : ", ") + served.features[i];
      }
    }
    return fail(422, "the feature is missing" + others, place);
  }

  Error object_row(od::object object, const Place& place) {
    begin_named_row();
    for (auto field : object) {
      std::string_view name;
      od::value value;
      if (const auto code = field.unescaped_key().get(name)) return fail(code);
      if (const auto code = field.value().get(value)) return fail(code);
      if (auto done = named_value(name, value, place); !done) return done;
    }
    return end_named_row(place);
  }

  Error features(od::value value) {
    const Place place{"features"};
    od::array array;
    const auto code = value.get_array().get(array);
    if (code == simdjson::INCORRECT_TYPE) return fail(422, "features is no array of numbers", place, shown(value));
    if (code) return fail(code);
    rows = 1;
    return array_row(array, place);
  }

  Error instances(od::value value) {
    Place place{"instances"};
    od::array array;
    const auto code = value.get_array().get(array);
    if (code == simdjson::INCORRECT_TYPE) return fail(422, "instances is no array of rows", place, shown(value));
    if (code) return fail(code);
    place.has_row = true;
    for (auto element : array) {
      od::value row;
      if (const auto failed = std::move(element).get(row)) return fail(failed);
      place.row = rows;
      if (rows == limits.max_rows) return fail(413, "more than " + std::to_string(limits.max_rows) + " rows (--max-rows)", place);
      if (auto done = instance(row, place); !done) return done;
      ++rows;
    }
    place.has_row = false;
    if (rows == 0) return fail(422, "there is no row", place);
    return {};
  }

  Error instance(od::value row, const Place& place) {
    od::json_type type{};
    if (const auto code = row.type().get(type)) return fail(code);
    if (type == od::json_type::array) {
      od::array array;
      if (const auto code = row.get_array().get(array)) return fail(code);
      return array_row(array, place);
    }
    if (type != od::json_type::object) return fail(422, "the row is no array and no object", place, shown(row));
    named = true;
    od::object object;
    if (const auto code = row.get_object().get(object)) return fail(code);
    return object_row(object, place);
  }

  // The first key says which form it is.
  Error body(od::object object) {
    enum class Form : std::uint8_t { unknown, features, instances, by_name };
    Form form = Form::unknown;
    for (auto field : object) {
      std::string_view name;
      od::value value;
      if (const auto code = field.unescaped_key().get(name)) return fail(code);
      if (const auto code = field.value().get(value)) return fail(code);
      if (form == Form::unknown) {
        form = name == "features" ? Form::features : name == "instances" ? Form::instances : Form::by_name;
        if (form == Form::by_name) {
          begin_named_row();
          rows = 1;
          named = true;
        }
      } else if (form != Form::by_name) {
        Place place;
        place.name = name;
        const std::string_view first = form == Form::features ? "features" : "instances";
        return fail(422, name == first ? "it is given twice" : "nothing may stand beside " + std::string(first), place, shown(value));
      }
      as_instances = form == Form::instances;
      auto done = form == Form::features ? features(value) : form == Form::instances ? instances(value) : named_value(name, value, Place());
      if (!done) return done;
    }
    if (form == Form::unknown) begin_named_row();
    return form == Form::features || form == Form::instances ? Error() : end_named_row(Place());
  }

  Error document(std::string_view text) {
    od::document document;
    if (const auto code = parser.iterate(text.data(), text.size(), text.size() + simdjson::SIMDJSON_PADDING).get(document)) return fail(code);
    od::json_type type{};
    if (const auto code = document.type().get(type)) return fail(code);
    if (type != od::json_type::object) {
      return fail(422, R"(the body is no object: send {"features":[…]}, {"instances":[…]} or an object of the features' names)", Place());
    }
    od::object object;
    if (const auto code = document.get_object().get(object)) return fail(code);
    if (auto done = body(object); !done) return done;
    const char* rest = nullptr;
    if (document.current_location().get(rest) != simdjson::OUT_OF_BOUNDS) return fail(simdjson::TRAILING_CONTENT);
    return {};
  }

  // Reading on demand stops at the first fault, so what stands behind it is unread: a body that is no JSON there is told so first (400, not 422).
  static RequestError judged(RequestError error, std::string_view text) {
    if (error.status != 422) return error;
    simdjson::dom::parser whole;
    const auto code = whole.parse(text.data(), text.size(), false).error();
    const bool broken = code == simdjson::TAPE_ERROR || code == simdjson::DEPTH_ERROR || code == simdjson::UTF8_ERROR || code == simdjson::STRING_ERROR ||
                        code == simdjson::UNCLOSED_STRING || code == simdjson::UNESCAPED_CHARS || code == simdjson::T_ATOM_ERROR ||
                        code == simdjson::F_ATOM_ERROR || code == simdjson::N_ATOM_ERROR;
    return broken ? not_json(code) : std::move(error);  // others are about sizes of numbers, which JSON allows
  }

  const ServedModel& served;
  const DecodeLimits limits;
  const std::size_t width;
  const bool is_typed;  // some feature is no number
  od::parser parser;
  std::vector<double> values;
  std::vector<std::string_view> texts;  // beside values, if is_typed; views of the parser's memory
  TypedColumns by_column;
  std::vector<std::uint32_t> seen;  // generation of the row that last named each feature
  std::uint32_t generation = 0;
  std::size_t named_count = 0;
  std::size_t rows = 0;
  bool as_instances = false;
  bool named = false;
};

Decoder::Decoder(const ServedModel& served, const DecodeLimits& limits) : impl_(std::make_unique<Impl>(served, limits)) {}
Decoder::~Decoder() = default;
Decoder::Decoder(Decoder&&) noexcept = default;
Decoder& Decoder::operator=(Decoder&&) noexcept = default;

expected<Decoded, RequestError> Decoder::decode(std::string_view body) {
  impl_->values.clear();
  impl_->texts.clear();
  impl_->rows = 0;
  impl_->as_instances = impl_->named = false;
  if (auto done = impl_->document(body); !done) return unexpected(Impl::judged(std::move(done).error(), body));
  if (impl_->is_typed) return Decoded{impl_->by_column.turn(impl_->served.info(), impl_->values, impl_->texts, impl_->rows), impl_->as_instances, impl_->named};
  const MatrixView<const double> dense(impl_->values.data(), impl_->rows, impl_->width);
  return Decoded{model::Rows(dense), impl_->as_instances, impl_->named};
}

RequestError Decoder::place(const model::RowError& error, const Decoded& decoded) const {
  Place place;
  place.form = decoded.as_instances ? "instances" : decoded.named ? nullptr : "features";
  place.row = error.row;
  place.has_row = decoded.as_instances;
  std::string input;
  if (error.column < impl_->width) {
    if (decoded.named) place.name = impl_->served.features[error.column];
    place.has_column = !decoded.named;
    place.column = error.column;
    if (decoded.rows.is_dense() || decoded.rows.columns()[error.column].type != model::ColumnType::text) {
      http::ByteBuffer text;
      append_double(text, decoded.rows.is_dense() ? decoded.rows.dense()(error.row, error.column) : decoded.rows.columns()[error.column].f64[error.row]);
      input = text.view();
    } else {
      const auto cell = decoded.rows.columns()[error.column].text[error.row];
      input = cell.data() == nullptr ? "null" : json_text(cell);
    }
  }
  return {422, error.message, place.json(), std::move(input)};
}
}  // namespace headroom::serve
