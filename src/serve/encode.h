// Answers as JSON, written by hand: shortest decimal text that reads back as the same double, nothing allocated when warm.
#pragma once
#include <cstddef>
#include <span>

#include "http/byte_buffer.h"
#include "model/model.h"
#include "serve/served_model.h"

namespace headroom::serve {
/// What the model said of some rows. predicted: the answer of Method::predict; detail: of predict_proba or decision_function,
/// as ServedModel::kind says, not read for the other kinds. Borrowed.
struct Answer {
  const model::Output& predicted;
  const model::Output& detail;
};

/// Appends {"prediction":…} for one row; as_instances: {"predictions":[…]} for all of them.
void append_answer(http::ByteBuffer& out, const ServedModel& served, const Answer& answer, bool as_instances);

/// Appends 0.97, 1.0, 1e+30: a JSON number that shows it is a double; null for what JSON has no number for (NaN, infinities).
void append_double(http::ByteBuffer& out, double value);

/// Index of the first largest value, as numpy's argmax. values: not empty.
[[nodiscard]] std::size_t first_largest(std::span<const double> values);
}  // namespace headroom::serve
