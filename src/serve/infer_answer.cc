#include "serve/infer_answer.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstring>
#include <numeric>
#include <string>

#include "http/reply.h"
#include "model/member.h"
#include "serve/encode.h"

namespace headroom::serve {
namespace {
template <class Element>
void append_bits(http::ByteBuffer& out, Element value) {
  char* at = out.room(sizeof(value));
  std::memcpy(at, &value, sizeof(value));
  out.end_at(at + sizeof(value));
}
void append_raw_text(http::ByteBuffer& out, std::string_view text) {
  append_bits(out, static_cast<std::uint32_t>(text.size()));
  out.append(text);
}
void append_json_text(http::ByteBuffer& out, std::string_view text) {
  out.append('"');
  http::append_escaped(out, text);
  out.append('"');
}

/// The classes of a column of predict; nullptr where it is no label.
const LabelElements* labels_of(const PlannedOutput& output, const InferSchema& schema, std::size_t column) {
  if (output.output->method != model::Method::predict || schema.labels.empty()) return nullptr;
  return &schema.labels[schema.labels.size() == 1 ? 0 : column];
}

/// Calls number(double), whole(int64) or text(string_view) for each element.
template <class Sink>
void each_element(const PlannedOutput& output, const InferSchema& schema, const model::Output& answer, Sink& sink) {
  for (std::size_t i = 0; i < answer.rows * answer.columns; ++i) {
    const auto* labels = labels_of(output, schema, i % answer.columns);
    if (labels == nullptr) {
      if (answer.dtype == model::DType::i64) sink.whole(answer.i64[i]);
      else sink.number(model::value_at(answer, i));
      continue;
    }
    const auto index = static_cast<std::size_t>(answer.i64[i]);
    switch (output.output->tensor.type) {
      case TensorType::f64: sink.number(labels->real[index]); break;
      case TensorType::bytes: sink.text(labels->text[index]); break;
      default: sink.whole(labels->whole[index]); break;
    }
  }
}

/// "0.97:2:virginica": value, class, label.
void write_class(std::string& out, double value, std::size_t index, const InferSchema& schema) {
  char number[32];
  const auto end = std::to_chars(number, number + sizeof(number), value).ptr;
  out.assign(number, end);
  out += ":" + std::to_string(index);
  if (schema.labels.size() == 1 && index < schema.labels[0].text.size()) out += ":" + schema.labels[0].text[index];
}

/// The best classes of each row, best first; of equal ones the first.
template <class Sink>
void each_best(const PlannedOutput& output, const InferSchema& schema, const model::Output& answer, Sink& sink) {
  std::vector<std::size_t> order(answer.columns);
  std::string text;
  for (std::size_t row = 0; row < answer.rows; ++row) {
    const auto value = [&](std::size_t column) { return model::value_at(answer, row * answer.columns + column); };
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return value(a) > value(b); });
    for (std::size_t k = 0; k < output.best; ++k) {
      write_class(text, value(order[k]), order[k], schema);
      sink.text(text);
    }
  }
}

template <class Sink>
void each(const PlannedOutput& output, const InferSchema& schema, const model::Output& answer, Sink& sink) {
  output.best > 0 ? each_best(output, schema, answer, sink) : each_element(output, schema, answer, sink);
}

struct RawSink {
  http::ByteBuffer& out;
  TensorType type;
  void number(double value) { type == TensorType::f32 ? append_bits(out, static_cast<float>(value)) : append_bits(out, value); }
  void whole(std::int64_t value) { type == TensorType::boolean ? append_bits(out, static_cast<std::uint8_t>(value)) : append_bits(out, value); }
  void text(std::string_view value) { append_raw_text(out, value); }
};

struct JsonSink {
  http::ByteBuffer& out;
  TensorType type;
  bool is_first = true;
  void comma() {
    if (!is_first) out.append(',');
    is_first = false;
  }
  void number(double value) {
    comma();
    if (type != TensorType::f32 || !std::isfinite(value)) return append_double(out, value);
    char* room = out.room(24);   // the shortest that reads back as the same float32
    out.end_at(std::to_chars(room, room + 24, static_cast<float>(value)).ptr);
  }
  void whole(std::int64_t value) {
    comma();
    if (type == TensorType::boolean) return out.append(value != 0 ? "true" : "false");
    char* room = out.room(24);
    out.end_at(std::to_chars(room, room + 24, value).ptr);
  }
  void text(std::string_view value) {
    comma();
    append_json_text(out, value);
  }
};

std::size_t raw_size(const PlannedOutput& output, const InferSchema& schema, const model::Output& answer) {
  if (const auto size = size_of(output.type()); size > 0) return size * answer.rows * output.columns();
  struct {
    std::size_t total = 0;
    void number(double) {}
    void whole(std::int64_t) {}
    void text(std::string_view value) { total += sizeof(std::uint32_t) + value.size(); }
  } sink;
  each(output, schema, answer, sink);
  return sink.total;
}
}  // namespace

expected<void, InferError> plan_outputs(const InferRequest& request, const InferSchema& schema, std::vector<PlannedOutput>& out) {
  out.clear();
  if (request.outputs.empty()) {
    for (std::size_t i = 0; i < schema.given; ++i) out.push_back({&schema.outputs[i], 0, request.binary_by_default});
    return {};
  }
  for (const auto& asked : request.outputs) {
    const auto found = std::ranges::find(schema.outputs, asked.name, [](const InferOutput& output) { return std::string_view(output.tensor.name); });
    if (found == schema.outputs.end()) {
      std::string names;
      for (const auto& output : schema.outputs) names += (names.empty() ? "" : ", ") + output.tensor.name;
      return unexpected(InferError{400, "the model has no output '" + std::string(asked.name.substr(0, 80)) + "'; it has " + names});
    }
    if (std::ranges::any_of(out, [&](const PlannedOutput& planned) { return planned.output == &*found; })) return unexpected(InferError{400, "the output '" + found->tensor.name + "' is asked for twice"});
    PlannedOutput planned{&*found, 0, asked.binary.value_or(request.binary_by_default)};
    if (asked.classification > 0) {
      if (found->method == model::Method::predict) return unexpected(InferError{400, "classification is of predict_proba or decision_function; predict has one class a row"});
      planned.best = std::min<std::size_t>(asked.classification, found->tensor.columns);
    }
    out.push_back(planned);
  }
  return {};
}

void append_raw(http::ByteBuffer& out, const PlannedOutput& output, const InferSchema& schema, const model::Output& answer) {
  RawSink sink{out, output.type()};
  each(output, schema, answer, sink);
}

void append_data(http::ByteBuffer& out, const PlannedOutput& output, const InferSchema& schema, const model::Output& answer) {
  out.append('[');
  JsonSink sink{out, output.type()};
  each(output, schema, answer, sink);
  out.append(']');
}

std::size_t append_infer_reply(http::ByteBuffer& out, const InferReply& reply, std::span<const PlannedOutput> outputs, const InferSchema& schema, std::span<const model::Output* const> answers) {
  const std::size_t begin = out.size();
  out.append(R"({"model_name":)");
  append_json_text(out, reply.model);
  out.append(R"(,"model_version":)");
  append_json_text(out, reply.version);
  if (!reply.id.empty()) {
    out.append(R"(,"id":)");
    append_json_text(out, reply.id);
  }
  out.append(R"(,"outputs":[)");
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    const auto& output = outputs[i];
    out.append(i == 0 ? R"({"name":)" : R"(,{"name":)");
    append_json_text(out, output.output->tensor.name);
    out.append(R"(,"datatype":")");
    out.append(name_of(output.type()));
    out.append(R"(","shape":[)");
    out.append_number(answers[i]->rows);
    out.append(',');
    out.append_number(output.columns());
    if (output.is_binary) {
      out.append(R"(],"parameters":{"binary_data_size":)");
      out.append_number(raw_size(output, schema, *answers[i]));
      out.append("}}");
    } else {
      out.append(R"(],"data":)");
      append_data(out, output, schema, *answers[i]);
      out.append('}');
    }
  }
  out.append("]}");
  const std::size_t json = out.size() - begin;
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    if (outputs[i].is_binary) append_raw(out, outputs[i], schema, *answers[i]);
  }
  return json;
}
}  // namespace headroom::serve
