#include "inspect/answer_file.h"

#include <algorithm>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstring>

#include "base/check.h"
#include "formats/dtype.h"
#include "formats/npy.h"
#include "inspect/csv.h"
#include "inspect/json_text.h"

namespace headroom::inspect {
using model::Label;
using model::Method;
using model::ModelInfo;
using model::Output;
using model::to_text;

namespace {
bool is_labels(const ModelInfo& info, Method method, const Output& output) {
  return method == Method::predict && output.dtype == model::DType::i64 && !(info.classes.empty() && info.output_classes.empty());
}

/// The classes that a column of labels indexes.
const std::vector<Label>& classes_of(const ModelInfo& info, std::size_t column) {
  return info.output_classes.empty() ? info.classes : info.output_classes[column].labels;
}

/// Those of all columns together, and the dtype that holds them (numpy takes the first output's).
std::vector<Label> all_classes(const ModelInfo& info) {
  std::vector<Label> all = info.classes;
  for (const auto& one : info.output_classes) all.insert(all.end(), one.labels.begin(), one.labels.end());
  return all;
}
const std::string& classes_dtype(const ModelInfo& info) { return info.output_classes.empty() ? info.classes_dtype : info.output_classes[0].dtype; }

template <class T>
void append(std::string& out, T value) {
  out.append(reinterpret_cast<const char*>(&value), sizeof(value));
}

std::u32string code_points(std::string_view text) {
  std::u32string out;
  for (std::size_t i = 0; i < text.size();) {
    const auto first = static_cast<unsigned char>(text[i]);
    const std::size_t length = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
    char32_t point = length == 1 ? first : first & (0x7fU >> length);
    for (std::size_t k = 1; k < length && i + k < text.size(); ++k) point = (point << 6U) | (static_cast<unsigned char>(text[i + k]) & 0x3fU);
    out += point;
    i += length;
  }
  return out;
}

/// <U with room for the longest label, each label's code points padded with NULs.
struct TextCoding {
  std::vector<std::u32string> texts;
  std::size_t length = 1;
};

TextCoding text_coding(const std::vector<Label>& classes) {
  TextCoding coding;
  for (const auto& label : classes) {
    coding.texts.push_back(code_points(to_text(label)));
    coding.length = std::max(coding.length, coding.texts.back().size());
  }
  return coding;
}

/// A label's value in a numeric dtype of classes_.
void append_number(std::string& out, const formats::DType& type, const Label& label) {
  const double real = std::visit([](const auto& v) -> double { if constexpr (std::is_arithmetic_v<std::decay_t<decltype(v)>>) return static_cast<double>(v); else return 0; }, label);
  const auto whole = std::holds_alternative<std::int64_t>(label) ? std::get<std::int64_t>(label) : std::holds_alternative<bool>(label) ? std::int64_t{std::get<bool>(label)} : 0;
  if (type.kind == 'f' && type.itemsize == 8) return append(out, real);
  if (type.kind == 'f') return append(out, static_cast<float>(real));
  out.append(reinterpret_cast<const char*>(&whole), type.itemsize);   // little-endian: the low bytes come first
}

/// The dtype for predict: that of classes_, except that what numpy would have to pickle becomes text, integers or booleans.
formats::DType label_dtype(const ModelInfo& info, const std::vector<Label>& classes) {
  auto type = formats::parse_dtype(classes_dtype(info)).value_or(formats::DType{'O', false, 8, {}});
  type.swapped = false;
  if (type.is_numeric() && !(type.kind == 'f' && type.itemsize == 2)) return type;
  const auto all = [&](auto holds) { return std::ranges::all_of(classes, holds); };
  if (type.kind == 'O' && all([](const Label& l) { return std::holds_alternative<std::int64_t>(l); })) return {'i', false, 8, {}};
  if (type.kind == 'O' && all([](const Label& l) { return std::holds_alternative<bool>(l); })) return {'b', false, 1, {}};
  if (all([](const Label& l) { return std::holds_alternative<double>(l); })) return {'f', false, 8, {}};
  return {'U', false, 4, {}};
}

std::string labels_as_npy(const ModelInfo& info, const Output& output) {
  const auto classes = all_classes(info);   // of several outputs one after the other
  auto type = label_dtype(info, classes);
  std::vector<std::uint64_t> shape{output.rows};
  if (!info.output_classes.empty()) shape.push_back(output.columns);
  std::vector<std::string> encoded;
  if (type.kind == 'U') {
    const auto coding = text_coding(classes);
    type.itemsize = static_cast<std::uint32_t>(coding.length * 4);
    for (const auto& text : coding.texts) {
      std::string bytes(type.itemsize, '\0');
      std::memcpy(bytes.data(), text.data(), text.size() * 4);
      encoded.push_back(std::move(bytes));
    }
  } else {
    for (const auto& label : classes) append_number(encoded.emplace_back(), type, label);
  }
  std::string out = formats::npy_header(type.descr(), shape);
  std::vector<std::size_t> first(output.columns, 0);
  for (std::size_t k = 1; k < output.columns; ++k) first[k] = first[k - 1] + classes_of(info, k - 1).size();
  for (std::size_t at = 0; at < output.rows * output.columns; ++at) out += encoded[first[at % output.columns] + static_cast<std::size_t>(output.i64[at])];
  return out;
}

std::vector<std::string> column_names(const ModelInfo& info, Method method, const Output& output) {
  std::vector<std::string> names;
  for (std::size_t k = 0; k < output.columns; ++k) {
    const std::string number = output.columns == 1 ? "" : std::to_string(k);
    if (output.columns == info.classes.size() && method != Method::transform && method != Method::predict) {
      names.push_back(to_text(info.classes[k]));
    } else if (method == Method::transform) {
      names.push_back(output.columns == info.features.size() ? info.features[k] : "x" + std::to_string(k));
    } else {
      names.push_back((method == Method::predict ? "prediction" : "decision") + number);
    }
  }
  return names;
}

std::string number_text(double value) {
  if (std::isnan(value)) return "nan";
  if (std::isinf(value)) return value > 0 ? "inf" : "-inf";
  return json_number(value);
}

/// A missing text is an empty cell.
std::string typed_text(const model::TypedColumn& column, std::size_t row) {
  return column.type == model::ColumnType::text ? csv_cell(column.text[row]) : number_text(column.f64[row]);
}

std::string cell_text(const ModelInfo& info, Method method, const Output& output, std::size_t at) {
  if (is_labels(info, method, output)) {
    const auto& label = classes_of(info, at % output.columns)[static_cast<std::size_t>(output.i64[at])];
    if (const auto* flag = std::get_if<bool>(&label)) return *flag ? "True" : "False";   // as Python prints them
    return csv_cell(to_text(label));
  }
  if (output.dtype == model::DType::typed) return typed_text(output.typed[at % output.columns], at / output.columns);
  if (output.dtype == model::DType::i64) return std::to_string(output.i64[at]);
  return number_text(output.dtype == model::DType::f64 ? output.f64[at] : static_cast<double>(output.f32[at]));
}
}  // namespace

std::string answers_as_npy(const ModelInfo& info, Method method, const Output& output) {
  if (is_labels(info, method, output)) return labels_as_npy(info, output);
  // One number a row is a plain vector in numpy, but probabilities and features stay a matrix.
  const bool is_vector = output.columns == 1 && (method == Method::predict || method == Method::decision_function);
  std::vector<std::uint64_t> shape{output.rows};
  if (!is_vector) shape.push_back(output.columns);
  const auto bytes = [&](const auto& values) { return std::string(reinterpret_cast<const char*>(values.data()), output.rows * output.columns * sizeof(values[0])); };
  switch (output.dtype) {
    case model::DType::f64: return formats::npy_header("<f8", shape) + bytes(output.f64);
    case model::DType::f32: return formats::npy_header("<f4", shape) + bytes(output.f32);
    case model::DType::typed: CHECK(output.dtype != model::DType::typed);
    case model::DType::i64: break;
  }
  return formats::npy_header("<i8", shape) + bytes(output.i64);
}

std::string answers_as_csv(const ModelInfo& info, Method method, const Output& output) {
  std::string out;
  if (is_labels(info, method, output) && output.columns == 1) {
    out = "prediction";
  } else {
    for (const auto& name : column_names(info, method, output)) out += (out.empty() ? "" : ",") + csv_cell(name);
  }
  out += '\n';
  for (std::size_t i = 0; i < output.rows; ++i) {
    for (std::size_t k = 0; k < output.columns; ++k) out += (k > 0 ? "," : "") + cell_text(info, method, output, i * output.columns + k);
    out += '\n';
  }
  return out;
}
}  // namespace headroom::inspect
