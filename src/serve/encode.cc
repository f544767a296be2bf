#include "serve/encode.h"

#include <charconv>
#include <cmath>
#include <cstring>

#include "base/check.h"
#include "model/member.h"

namespace headroom::serve {
namespace {
// Room for any double: sign, 17 digits, point, exponent; or ".0" behind a whole number.
constexpr std::size_t kDoubleRoom = 32;

char* write_double(char* out, double value) {
  if (value == 0 && !std::signbit(value)) {
    std::memcpy(out, "0.0", 3);
    return out + 3;
  }
  if (!std::isfinite(value)) {
    std::memcpy(out, "null", 4);
    return out + 4;
  }
  char* const end = std::to_chars(out, out + kDoubleRoom, value).ptr;
  for (const char* at = out; at != end; ++at) {
    if (*at == '.' || *at == 'e') return end;
  }
  std::memcpy(end, ".0", 2);
  return end + 2;
}

void append_number(http::ByteBuffer& out, const model::Output& predicted, std::size_t at) {
  switch (predicted.dtype) {
    case model::DType::f64: return append_double(out, predicted.f64[at]);
    case model::DType::f32: return append_double(out, static_cast<double>(predicted.f32[at]));
    case model::DType::i64: {
      char* room = out.room(24);
      return out.end_at(std::to_chars(room, room + 24, predicted.i64[at]).ptr);
    }
    case model::DType::typed: CHECK(predicted.dtype != model::DType::typed);   // only transforms give it, and those are not served
  }
}

// One number, or a list for a model with several targets.
void append_numbers(http::ByteBuffer& out, const model::Output& predicted, std::size_t row) {
  if (predicted.columns == 1) return append_number(out, predicted, row);
  for (std::size_t j = 0; j < predicted.columns; ++j) {
    out.append(j == 0 ? '[' : ',');
    append_number(out, predicted, row * predicted.columns + j);
  }
  out.append(']');
}

// One label for each output.
void append_output_labels(http::ByteBuffer& out, const ServedModel& served, const model::Output& predicted, std::size_t row) {
  for (std::size_t k = 0; k < predicted.columns; ++k) {
    out.append(k == 0 ? '[' : ',');
    out.append(served.output_label_json[k][static_cast<std::size_t>(predicted.i64[row * predicted.columns + k])]);
  }
  out.append(']');
}

void append_by_class(http::ByteBuffer& out, const ServedModel& served, const model::Output& values, std::size_t row) {
  for (std::size_t j = 0; j < values.columns; ++j) {
    out.append(j == 0 ? '{' : ',');
    out.append(served.label_key[j]);
    append_double(out, model::value_at(values, row * values.columns + j));
  }
  out.append('}');
}

void append_row(http::ByteBuffer& out, const ServedModel& served, const Answer& answer, std::size_t row) {
  out.append(R"({"prediction":)");
  if (served.kind == AnswerKind::number) {
    if (served.output_label_json.empty()) append_numbers(out, answer.predicted, row);
    else append_output_labels(out, served, answer.predicted, row);
    return out.append('}');
  }
  const auto predicted = static_cast<std::size_t>(answer.predicted.i64[row]);
  CHECK(predicted < served.label_json.size());
  out.append(served.label_json[predicted]);
  const std::size_t columns = answer.detail.columns;
  if (served.kind == AnswerKind::probabilities) {
    CHECK(columns == served.label_key.size());
    out.append(R"(,"confidence":)");
    append_double(out, model::value_at(answer.detail, row * columns + predicted));
    out.append(R"(,"probabilities":)");
    append_by_class(out, served, answer.detail, row);
  } else if (served.kind == AnswerKind::scores) {
    out.append(R"(,"scores":)");
    // A binary decision function has one column: the score of the second class.
    columns == served.label_key.size() ? append_by_class(out, served, answer.detail, row) : append_numbers(out, answer.detail, row);
  }
  out.append('}');
}
}  // namespace

void append_double(http::ByteBuffer& out, double value) { out.end_at(write_double(out.room(kDoubleRoom + 2), value)); }

void append_answer(http::ByteBuffer& out, const ServedModel& served, const Answer& answer, bool as_instances) {
  if (!as_instances) return append_row(out, served, answer, 0);
  out.append(R"({"predictions":)");
  for (std::size_t i = 0; i < answer.predicted.rows; ++i) {
    out.append(i == 0 ? '[' : ',');
    append_row(out, served, answer, i);
  }
  out.append("]}");
}

std::size_t first_largest(std::span<const double> values) {
  std::size_t best = 0;
  for (std::size_t i = 1; i < values.size(); ++i) {
    if (values[i] > values[best]) best = i;
  }
  return best;
}
}  // namespace headroom::serve
