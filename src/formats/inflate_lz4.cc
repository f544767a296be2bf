#include <lz4frame.h>

#include "formats/decoders.h"

namespace headroom::formats {
namespace {
class Decoder {
 public:
  Decoder() { ready_ = !LZ4F_isError(LZ4F_createDecompressionContext(&context_, LZ4F_VERSION)); }
  ~Decoder() { LZ4F_freeDecompressionContext(context_); }
  Decoder(const Decoder&) = delete;
  Decoder& operator=(const Decoder&) = delete;
  [[nodiscard]] bool ready() const { return ready_; }
  LZ4F_dctx* context() { return context_; }

 private:
  LZ4F_dctx* context_ = nullptr;
  bool ready_ = false;
};
}  // namespace

Inflation inflate_lz4(std::span<const std::byte> file, Inflated& out) {
  Decoder decoder;
  if (!decoder.ready()) return broken(0, "lz4 could not be started");
  std::size_t read = 0;
  while (true) {
    const auto room = out.room();
    if (room.empty()) return {};
    std::size_t written = room.size();
    std::size_t taken = file.size() - read;
    const std::size_t wanted = LZ4F_decompress(decoder.context(), room.data(), &written, file.data() + read, &taken, nullptr);
    if (LZ4F_isError(wanted)) return broken(read, "the lz4 stream is damaged (" + std::string(LZ4F_getErrorName(wanted)) + ")");
    read += taken;
    out.wrote(written);
    if (wanted == 0) {
      if (read == file.size()) return {};
      continue;   // frames may be concatenated
    }
    if (taken == 0 && written == 0) return cut_off(read, "lz4");
  }
}
}  // namespace headroom::formats
