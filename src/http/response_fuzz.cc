// Any bytes, cut anywhere: no crash, limits held, and the same answer as in one piece.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "base/check.h"
#include "http/response.h"
#include "http/server_timing.h"
#include "http/traceparent.h"

namespace {
using headroom::http::ResponseParser;

std::string run(std::string_view bytes, std::size_t step) {
  ResponseParser parser({.max_head = 4096, .max_fields = 50, .max_body = 65536, .keep_body = 512});
  parser.start();
  while (!bytes.empty() && !parser.done()) {
    const auto piece = bytes.substr(0, step);
    const auto count = parser.feed(piece);
    if (!count) return count.error().reason;
    CHECK(*count <= piece.size());
    if (*count < piece.size()) CHECK(parser.done());
    bytes.remove_prefix(*count);
  }
  if (!parser.finish()) return "cut";
  CHECK(parser.body().size() <= 512);
  std::int64_t ns = 0;
  const std::string_view name = "predict";
  headroom::http::parse_server_timing(parser.head().server_timing, {&name, 1}, {&ns, 1});
  if (const auto parent = headroom::http::parse_traceparent(parser.field("traceparent"))) CHECK(parent->parent_id != decltype(parent->parent_id){});
  return std::to_string(parser.head().status) + ":" + std::to_string(bytes.size()) + ":" + std::string(parser.body());
}
}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 1) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  const auto whole = run(bytes, bytes.size() + 1);
  const auto pieces = run(bytes, data[0] % 17U + 1U);
  const bool both_answers = whole.find(':') != std::string::npos && pieces.find(':') != std::string::npos;
  if (both_answers) CHECK(whole == pieces);
  return 0;
}
