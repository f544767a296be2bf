// What a model says of rows → tensors, as JSON with or without raw bytes behind it.
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "http/byte_buffer.h"
#include "model/model.h"
#include "serve/infer_schema.h"
#include "serve/tensor.h"

namespace headroom::serve {
/// An output that was asked for.
struct PlannedOutput {
  const InferOutput* output = nullptr;
  std::size_t best = 0;        // k > 0: that many classes as texts, "0.97:2:virginica" (classification extension)
  bool is_binary = false;
  [[nodiscard]] TensorType type() const noexcept { return best > 0 ? TensorType::bytes : output->tensor.type; }
  [[nodiscard]] std::size_t columns() const noexcept { return best > 0 ? best : output->tensor.columns; }
};

/// Which outputs a request wants. Refuses with 400 names that the model does not have, the same one twice, and classes of what has none.
[[nodiscard]] expected<void, InferError> plan_outputs(const InferRequest& request, const InferSchema& schema, std::vector<PlannedOutput>& out);

/// The elements of an output as raw little-endian bytes (texts behind their lengths). answer: of output.output->method.
void append_raw(http::ByteBuffer& out, const PlannedOutput& output, const InferSchema& schema, const model::Output& answer);

/// The same as a JSON array, flat. NaN and infinities, for which JSON has no number, are null.
void append_data(http::ByteBuffer& out, const PlannedOutput& output, const InferSchema& schema, const model::Output& answer);

/// How the answer goes out: its JSON, and how much of it that is.
struct InferReply {
  std::string_view model;
  std::string_view version;
  std::string_view id;         // "" = none was given
};
/// Appends the JSON and then the raw outputs. answers: one a planned output. Returns the size of the JSON, which equals what was appended if nothing
/// is raw.
std::size_t append_infer_reply(http::ByteBuffer& out, const InferReply& reply, std::span<const PlannedOutput> outputs, const InferSchema& schema, std::span<const model::Output* const> answers);
}  // namespace headroom::serve
