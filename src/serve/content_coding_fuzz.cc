// Any bytes as a compressed body: an error, or at most what it may become; what is compressed again comes back.
#include <cstdint>
#include <string>

#include "base/check.h"
#include "serve/content_coding.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace headroom;
  static serve::BodyCoder coder;
  if (size == 0) return 0;
  constexpr std::size_t kMost = 1U << 16U;
  const auto coding = data[0] % 2 == 0 ? serve::Coding::gzip : serve::Coding::deflate;
  const std::string_view body(reinterpret_cast<const char*>(data + 1), size - 1);
  const auto plain = coder.undo(coding, body, kMost);
  static_cast<void>(serve::accepts_gzip(body));
  if (!plain) {
    CHECK(plain.error().status == 400 || plain.error().status == 413);
    return 0;
  }
  CHECK(plain->size() <= kMost);
  const std::string text(*plain);
  http::ByteBuffer packed;
  coder.gzip(text, packed);
  CHECK(coder.undo(serve::Coding::gzip, packed.view(), kMost).value() == text);
  return 0;
}
