// JSON bodies → rows. All forms of docs/serve.md: a named object, {"features":[…]}, {"instances":[[…] or {…}, …]}.
#pragma once
#include <cstddef>
#include <memory>
#include <string_view>

#include "base/expected.h"
#include "model/rows.h"
#include "serve/problem.h"
#include "serve/served_model.h"

namespace headroom::serve {
struct DecodeLimits {
  std::size_t max_rows = 10'000;
};

struct Decoded {
  model::Rows rows;        // dense, or columns if the model takes text; borrows from the decoder until its next call
  bool as_instances;       // asked as "instances", so the answer is "predictions"
  bool named = false;      // rows were objects
};

/// One thread's decoder; its memory is reused, so that a warm call allocates nothing. The model outlives it.
///
/// Refuses with 400 what is no JSON, 413 too many rows, 422 the wrong shape, type or name; the first fault in the text wins.
/// Strict: unknown, missing and repeated names are faults, and so are strings, booleans and null for numbers, and numbers for text.
/// For a model that takes text, null is a missing cell, true and false are numbers.
/// Depth needs no limit: nothing nested deeper is entered.
class Decoder {
 public:
  Decoder(const ServedModel& served, const DecodeLimits& limits);
  ~Decoder();
  Decoder(Decoder&&) noexcept;
  Decoder& operator=(Decoder&&) noexcept;

  /// body: 64 bytes beyond its end are readable.
  [[nodiscard]] expected<Decoded, RequestError> decode(std::string_view body);

  /// A model's objection to a row of the last decode(), with its place in the body.
  [[nodiscard]] RequestError place(const model::RowError& error, const Decoded& decoded) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};
}  // namespace headroom::serve
