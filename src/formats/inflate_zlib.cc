#include <zlib.h>

#include <algorithm>
#include <limits>

#include "formats/decoders.h"

namespace headroom::formats {
namespace {
constexpr int kZlibWindow = 15;
constexpr int kGzipWindow = 15 + 16;

/// Owns a z_stream for one file.
class Decoder {
 public:
  explicit Decoder(int window) { ready_ = inflateInit2(&stream_, window) == Z_OK; }
  ~Decoder() { inflateEnd(&stream_); }
  Decoder(const Decoder&) = delete;
  Decoder& operator=(const Decoder&) = delete;
  [[nodiscard]] bool ready() const { return ready_; }
  z_stream& stream() { return stream_; }

 private:
  z_stream stream_{};
  bool ready_ = false;
};

unsigned clamp(std::size_t count) { return static_cast<unsigned>(std::min<std::size_t>(count, std::numeric_limits<unsigned>::max() / 2)); }
}  // namespace

Inflation inflate_zlib(std::span<const std::byte> file, Container container, Inflated& out) {
  const char* name = name_of(container);
  Decoder decoder(container == Container::gzip ? kGzipWindow : kZlibWindow);
  if (!decoder.ready()) return broken(0, std::string(name) + " could not be started");
  z_stream& z = decoder.stream();
  std::size_t read = 0;
  while (true) {
    const auto room = out.room();
    if (room.empty()) return {};
    z.next_in = const_cast<Bytef*>(reinterpret_cast<const Bytef*>(file.data() + read));
    z.avail_in = clamp(file.size() - read);
    z.next_out = reinterpret_cast<Bytef*>(room.data());
    z.avail_out = clamp(room.size());
    const auto in_before = z.avail_in;
    const auto out_before = z.avail_out;
    const int code = ::inflate(&z, Z_NO_FLUSH);
    read += in_before - z.avail_in;
    out.wrote(out_before - z.avail_out);
    if (code == Z_STREAM_END) {
      const auto rest = file.subspan(read);
      if (rest.empty() || (container == Container::gzip && only_nuls(rest))) return {};
      if (container == Container::zlib) return {};   // bytes behind it are ignored, as Python's decompressobj does
      if (inflateReset(&z) != Z_OK) return broken(read, "gzip could not be restarted");
      continue;
    }
    if (code == Z_NEED_DICT) return broken(read, "the zlib stream needs a preset dictionary");
    if (code == Z_BUF_ERROR || (code == Z_OK && read == file.size() && z.avail_out > 0)) return cut_off(read, name);
    if (code != Z_OK) return broken(read, std::string("the ") + name + " stream is damaged (" + (z.msg != nullptr ? z.msg : "no reason given") + ")");
  }
}
}  // namespace headroom::formats
