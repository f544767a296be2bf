// The body of POST /v2/models/M/infer → a described request. JSON, with raw tensors behind it if the binary extension is used.
#pragma once
#include <cstddef>
#include <memory>
#include <string_view>

#include "serve/tensor.h"

namespace headroom::serve {
/// One thread's decoder; its memory is reused.
///
/// Refuses with 400 what is no JSON or has another shape than the protocol's, values that their datatype does not hold, parameters that begin
/// with "triton_" (reserved), sequences, shared memory, and raw bytes that are too few or left over.
class InferDecoder {
 public:
  InferDecoder();
  ~InferDecoder();
  InferDecoder(InferDecoder&&) noexcept;
  InferDecoder& operator=(InferDecoder&&) noexcept;

  /// body: 64 bytes beyond its end are readable. json_size: of its JSON, which raw tensors follow; body.size() if none do.
  /// The request borrows from body and from this until the next call.
  [[nodiscard]] expected<const InferRequest*, InferError> decode(std::string_view body, std::size_t json_size);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};
}  // namespace headroom::serve
