#include "http/chunked.h"

#include <algorithm>

#include "http/grammar.h"

namespace headroom::http {
namespace {
constexpr std::uint32_t kMaxExtension = 4096;
constexpr std::uint32_t kMaxTrailers = 8192;
constexpr std::uint64_t kMaxSize = std::uint64_t{1} << 56U;  // far below where the next digit could wrap
}  // namespace

bool ChunkDecoder::size_digit(char c) {
  const int digit = grammar::hex_digit(c);
  if (digit < 0 || left_ >= kMaxSize) return false;
  left_ = left_ * 16 + static_cast<std::uint64_t>(digit);
  return true;
}

// One character outside of chunk data.
ChunkStep ChunkDecoder::line(char c) {
  switch (at_) {
    case At::size_first:
      left_ = 0;
      overhead_ = 0;
      at_ = At::size;
      return size_digit(c) ? ChunkStep::more : ChunkStep::bad;
    case At::size:
      if (c == '\r') at_ = At::size_lf;
      else if (c == ';') at_ = At::extension;
      else if (!size_digit(c)) return ChunkStep::bad;
      return ++overhead_ > 16 && at_ == At::size ? ChunkStep::bad : ChunkStep::more;  // leading zeros without end
    case At::extension:
      if (c == '\r') at_ = At::size_lf;
      else if (!grammar::is(c, grammar::kValue)) return ChunkStep::bad;
      return ++overhead_ > kMaxExtension ? ChunkStep::too_long : ChunkStep::more;
    case At::size_lf:
      if (c != '\n') return ChunkStep::bad;
      overhead_ = 0;
      at_ = left_ == 0 ? At::trailer : At::data;
      return ChunkStep::more;
    case At::data_cr:
      at_ = At::data_lf;
      return c == '\r' ? ChunkStep::more : ChunkStep::bad;
    case At::data_lf:
      at_ = At::size_first;
      return c == '\n' ? ChunkStep::more : ChunkStep::bad;
    case At::trailer:
      if (c == '\r') {
        at_ = At::last_lf;
        return ChunkStep::more;
      }
      at_ = At::trailer_line;
      return grammar::is(c, grammar::kToken) ? ChunkStep::more : ChunkStep::bad;
    case At::trailer_line:
      if (c == '\r') at_ = At::trailer_lf;
      else if (!grammar::is(c, grammar::kValue)) return ChunkStep::bad;
      return ++overhead_ > kMaxTrailers ? ChunkStep::too_long : ChunkStep::more;
    case At::trailer_lf:
      at_ = At::trailer;
      return c == '\n' ? ChunkStep::more : ChunkStep::bad;
    case At::last_lf:
      at_ = At::done;
      return c == '\n' ? ChunkStep::end : ChunkStep::bad;
    case At::data:
    case At::done:
      break;
  }
  return ChunkStep::bad;
}

ChunkDecoder::Step ChunkDecoder::next(std::string_view input) {
  for (std::size_t i = 0; i < input.size(); ++i) {
    if (at_ == At::data) {
      const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(left_, input.size() - i));
      left_ -= count;
      if (left_ == 0) at_ = At::data_cr;
      return {ChunkStep::data, i + count, input.substr(i, count)};
    }
    const ChunkStep step = line(input[i]);
    if (step != ChunkStep::more) return {step, i + 1, {}};
  }
  return {ChunkStep::more, input.size(), {}};
}
}  // namespace headroom::http
