// Any bytes as a body: refused with a place and a reason that are JSON, or rows of the model's width, all finite.
#include <simdjson.h>

#include <cmath>
#include <cstdint>
#include <string>

#include "base/check.h"
#include "serve/decode.h"
#include "testing/toy_model.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace headroom;
  static const auto served = serve::offer(testing::toy_classifier(), "toy");
  static serve::Decoder decoder(*served, {100});
  std::string body(reinterpret_cast<const char*>(data), size);
  body.resize(size + 64, '\0');
  const auto decoded = decoder.decode(std::string_view(body).substr(0, size));
  if (decoded) {
    CHECK(decoded->rows.width() == 4 && decoded->rows.count() >= 1 && decoded->rows.count() <= 100);
    const auto rows = decoded->rows.dense();
    for (std::size_t i = 0; i < rows.rows() * rows.columns(); ++i) CHECK(std::isfinite(rows.data()[i]));
    return 0;
  }
  const auto& error = decoded.error();
  CHECK(error.status == 400 || error.status == 413 || error.status == 422);
  CHECK(!error.message.empty());
  simdjson::dom::parser parser;
  for (const auto& text : {error.loc, error.input}) {
    if (text.empty()) continue;
    // A whole number beyond 64 bits is JSON, though not to this parser; its releases have different codes for that.
    const bool whole = text.find_first_not_of("-0123456789") == std::string::npos;
    const auto code = parser.parse(text).error();
    CHECK(whole || code == simdjson::SUCCESS || code == simdjson::NUMBER_ERROR);
  }
  return 0;
}
