#include "serve/content_coding.h"

#include <zlib.h>

#include <algorithm>
#include <charconv>

#include "base/check.h"
#include "http/grammar.h"

namespace headroom::serve {
namespace {
constexpr std::size_t kPadding = 64;
constexpr std::size_t kFirstRoom = 16U << 10U;
constexpr int kGzipWindow = 15 + 16, kZlibWindow = 15;
constexpr int kFastest = 1;   // an answer of some kilobytes: the next level gains 3 % and costs half as much again

/// The weight of "gzip;q=0.5": 1 without one, 0 for what is none.
double weight_of(std::string_view parameters) noexcept {
  const auto text = http::grammar::trim(parameters);
  if (text.empty()) return 1;
  if (!text.starts_with("q=") && !text.starts_with("Q=")) return 0;
  double weight = 0;
  const auto [end, error] = std::from_chars(text.data() + 2, text.data() + text.size(), weight);
  return error == std::errc{} && end == text.data() + text.size() ? weight : 0;
}
}  // namespace

Coding coding_of(std::string_view field) noexcept {
  if (field.empty() || http::grammar::equals(field, "identity")) return Coding::identity;
  if (http::grammar::equals(field, "gzip") || http::grammar::equals(field, "x-gzip")) return Coding::gzip;
  return http::grammar::equals(field, "deflate") ? Coding::deflate : Coding::unknown;
}

bool accepts_gzip(std::string_view field) noexcept {
  double named = -1, any = -1;
  while (!field.empty()) {
    const auto comma = field.find(',');
    const auto part = field.substr(0, comma);
    field.remove_prefix(comma == std::string_view::npos ? field.size() : comma + 1);
    const auto semicolon = part.find(';');
    const auto name = http::grammar::trim(part.substr(0, semicolon));
    const double weight = weight_of(semicolon == std::string_view::npos ? std::string_view() : part.substr(semicolon + 1));
    if (http::grammar::equals(name, "gzip") || http::grammar::equals(name, "x-gzip")) named = weight;
    if (name == "*") any = weight;
  }
  return named >= 0 ? named > 0 : any > 0;
}

struct BodyCoder::Impl {
  ~Impl() {
    if (can_inflate) inflateEnd(&inflater);
    if (can_deflate) deflateEnd(&deflater);
  }
  z_stream inflater{}, deflater{};
  bool can_inflate = false, can_deflate = false;
  http::ByteBuffer plain;
};

BodyCoder::BodyCoder() : impl_(std::make_unique<Impl>()) {}
BodyCoder::~BodyCoder() = default;
BodyCoder::BodyCoder(BodyCoder&&) noexcept = default;
BodyCoder& BodyCoder::operator=(BodyCoder&&) noexcept = default;

expected<std::string_view, CodingError> BodyCoder::undo(Coding coding, std::string_view body, std::size_t most) {
  z_stream& stream = impl_->inflater;
  const int window = coding == Coding::gzip ? kGzipWindow : kZlibWindow;
  CHECK((impl_->can_inflate ? inflateReset2(&stream, window) : inflateInit2(&stream, window)) == Z_OK);
  impl_->can_inflate = true;
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(body.data()));   // zlib only reads
  stream.avail_in = static_cast<uInt>(body.size());
  http::ByteBuffer& plain = impl_->plain;
  plain.clear();
  while (true) {
    const std::size_t room = std::min(std::max(kFirstRoom, plain.size()), most + 1 - plain.size());
    char* const out = plain.room(room + kPadding);
    stream.next_out = reinterpret_cast<Bytef*>(out);
    stream.avail_out = static_cast<uInt>(room);
    const int code = inflate(&stream, Z_NO_FLUSH);
    plain.end_at(out + (room - stream.avail_out));
    if (plain.size() > most) return unexpected(CodingError{413, "the body is larger than --max-body once it is inflated"});
    if (code == Z_STREAM_END) break;
    if (code != Z_OK || (stream.avail_in == 0 && stream.avail_out > 0)) return unexpected(CodingError{400, "the compressed body is damaged or cut off"});
  }
  if (stream.avail_in > 0) return unexpected(CodingError{400, "something follows the compressed body"});
  static_cast<void>(plain.room(kPadding));
  return plain.view();
}

void BodyCoder::gzip(std::string_view text, http::ByteBuffer& out) {
  z_stream& stream = impl_->deflater;
  constexpr int kMemory = 8;
  CHECK((impl_->can_deflate ? deflateReset(&stream) : deflateInit2(&stream, kFastest, Z_DEFLATED, kGzipWindow, kMemory, Z_DEFAULT_STRATEGY)) == Z_OK);
  impl_->can_deflate = true;
  const auto bound = static_cast<std::size_t>(deflateBound(&stream, static_cast<uLong>(text.size())));
  char* const at = out.room(bound);
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(at);
  stream.avail_out = static_cast<uInt>(bound);
  CHECK(deflate(&stream, Z_FINISH) == Z_STREAM_END);
  out.end_at(at + (bound - stream.avail_out));
}
}  // namespace headroom::serve
