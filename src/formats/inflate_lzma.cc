#include <lzma.h>

#include "formats/decoders.h"

namespace headroom::formats {
namespace {
class Decoder {
 public:
  Decoder(Container container, std::uint64_t memory) {
    code_ = container == Container::xz ? lzma_stream_decoder(&stream_, memory, LZMA_CONCATENATED) : lzma_alone_decoder(&stream_, memory);
  }
  ~Decoder() { lzma_end(&stream_); }
  Decoder(const Decoder&) = delete;
  Decoder& operator=(const Decoder&) = delete;
  [[nodiscard]] bool ready() const { return code_ == LZMA_OK; }
  lzma_stream& stream() { return stream_; }

 private:
  lzma_stream stream_ = LZMA_STREAM_INIT;
  lzma_ret code_ = LZMA_OK;
};

std::string reason(lzma_ret code, const char* name) {
  if (code == LZMA_MEMLIMIT_ERROR) return std::string("the ") + name + " stream needs a dictionary larger than allowed";
  if (code == LZMA_FORMAT_ERROR || code == LZMA_OPTIONS_ERROR) return std::string("the header of the ") + name + " stream is not known";
  return std::string("the ") + name + " stream is damaged (a checksum or length does not fit)";
}
}  // namespace

Inflation inflate_lzma(std::span<const std::byte> file, Container container, std::uint64_t memory, Inflated& out) {
  const char* name = name_of(container);
  Decoder decoder(container, memory);
  if (!decoder.ready()) return broken(0, std::string(name) + " could not be started");
  lzma_stream& z = decoder.stream();
  z.next_in = reinterpret_cast<const std::uint8_t*>(file.data());
  z.avail_in = file.size();
  while (true) {
    const auto room = out.room();
    if (room.empty()) return {};
    z.next_out = reinterpret_cast<std::uint8_t*>(room.data());
    z.avail_out = room.size();
    const auto before = z.avail_out;
    const lzma_ret code = lzma_code(&z, LZMA_FINISH);
    out.wrote(before - z.avail_out);
    const std::size_t read = file.size() - z.avail_in;
    if (code == LZMA_STREAM_END) return {};
    if (code == LZMA_BUF_ERROR) return cut_off(read, name);
    if (code == LZMA_MEMLIMIT_ERROR) return unexpected(ParseError{ParseCode::over_limit, read, reason(code, name)});
    if (code != LZMA_OK) return broken(read, reason(code, name));
    if (z.avail_in == 0 && z.avail_out > 0) return cut_off(read, name);
  }
}
}  // namespace headroom::formats
