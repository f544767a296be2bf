#include <bzlib.h>

#include <algorithm>
#include <limits>

#include "formats/decoders.h"

namespace headroom::formats {
namespace {
class Decoder {
 public:
  Decoder() { ready_ = BZ2_bzDecompressInit(&stream_, 0, 0) == BZ_OK; }
  ~Decoder() { BZ2_bzDecompressEnd(&stream_); }
  Decoder(const Decoder&) = delete;
  Decoder& operator=(const Decoder&) = delete;
  bool restart() {
    BZ2_bzDecompressEnd(&stream_);
    stream_ = {};
    return ready_ = BZ2_bzDecompressInit(&stream_, 0, 0) == BZ_OK;
  }
  [[nodiscard]] bool ready() const { return ready_; }
  bz_stream& stream() { return stream_; }

 private:
  bz_stream stream_{};
  bool ready_ = false;
};

unsigned clamp(std::size_t count) { return static_cast<unsigned>(std::min<std::size_t>(count, std::numeric_limits<unsigned>::max() / 2)); }
}  // namespace

Inflation inflate_bz2(std::span<const std::byte> file, Inflated& out) {
  Decoder decoder;
  if (!decoder.ready()) return broken(0, "bz2 could not be started");
  std::size_t read = 0;
  while (true) {
    bz_stream& z = decoder.stream();
    const auto room = out.room();
    if (room.empty()) return {};
    z.next_in = const_cast<char*>(reinterpret_cast<const char*>(file.data() + read));
    z.avail_in = clamp(file.size() - read);
    z.next_out = reinterpret_cast<char*>(room.data());
    z.avail_out = clamp(room.size());
    const auto in_before = z.avail_in;
    const auto out_before = z.avail_out;
    const int code = BZ2_bzDecompress(&z);
    read += in_before - z.avail_in;
    out.wrote(out_before - z.avail_out);
    if (code == BZ_STREAM_END) {
      // Streams may be concatenated; what follows and is none is ignored, as Python's bz2 does.
      const auto rest = file.subspan(read);
      if (rest.size() < 4 || rest[0] != std::byte{'B'} || rest[1] != std::byte{'Z'}) return {};
      if (!decoder.restart()) return broken(read, "bz2 could not be restarted");
      continue;
    }
    if (code != BZ_OK) return broken(read, "the bz2 stream is damaged (its header or a checksum does not fit)");
    if (read == file.size() && z.avail_out > 0) return cut_off(read, "bz2");
  }
}
}  // namespace headroom::formats
