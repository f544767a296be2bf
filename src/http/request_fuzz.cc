// Any bytes as a request head, cut anywhere: no crash, the same verdict however they are cut, and what is accepted frames one way.
#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/check.h"
#include "http/chunked.h"
#include "http/reply.h"
#include "http/request.h"

namespace {
using namespace headroom::http;
constexpr Limits kLimits{.max_head = 4096, .max_fields = 40, .max_body = 1 << 16};

// Size of the head, 0 = incomplete, -status = refused.
long scan(std::string_view bytes, std::size_t step) {
  HeadScanner scanner;
  for (std::size_t have = 0; have < bytes.size();) {
    have = std::min(bytes.size(), have + step);
    const auto size = scanner.scan(bytes.substr(0, have), kLimits);
    if (!size) return -size.error().status;
    if (*size != 0) return static_cast<long>(*size);
  }
  return 0;
}

std::string unchunk(std::string_view bytes, std::size_t step) {
  ChunkDecoder decoder;
  std::string body;
  for (std::size_t at = 0; at < bytes.size();) {
    auto piece = bytes.substr(at, step);
    while (!piece.empty()) {
      const auto next = decoder.next(piece);
      CHECK(next.consumed <= piece.size() && next.data.size() <= next.consumed);
      body += next.data;
      if (next.kind == ChunkStep::bad || next.kind == ChunkStep::too_long) return "bad";
      if (next.kind == ChunkStep::end) return body + "|" + std::to_string(at + (piece.data() - bytes.substr(at).data()) + next.consumed);
      piece.remove_prefix(next.consumed);
    }
    at += std::min(step, bytes.size() - at);
  }
  return "more";
}
}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 1) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  const std::size_t step = data[0] % 31U + 1U;
  const long whole = scan(bytes, bytes.size() + 1);
  const long pieces = scan(bytes, step);
  if (whole > 0 && pieces > 0) CHECK(whole == pieces);
  CHECK(unchunk(bytes, bytes.size() + 1) == unchunk(bytes, step));
  ByteBuffer escaped;
  append_escaped(escaped, bytes);
  CHECK(escaped.view().find('\n') == std::string_view::npos);
  if (whole <= 0) return 0;
  // Parsed from a copy that ends where the head ends, so that reading past it is found.
  const std::string text(bytes.substr(0, static_cast<std::size_t>(whole)));
  Head head;
  if (!parse_head(text, kLimits, head)) return 0;
  CHECK(!(head.chunked && head.has_length));
  CHECK(head.content_length <= kLimits.max_body);
  CHECK(head.path == "*" || head.path.front() == '/' || head.method_name == "CONNECT");
  return 0;
}
