#ifdef HEADROOM_HAS_LIBDEFLATE
#include <libdeflate.h>
#endif
#include <zlib.h>

#include <algorithm>
#include <limits>
#include <memory>

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

#ifdef HEADROOM_HAS_LIBDEFLATE
/// The content at once, twice as fast as zlib, where all of it fits into the room that was made. Otherwise nothing has happened, and zlib has to
/// read it piece by piece or say what is wrong.
bool inflate_at_once(std::span<const std::byte> file, Container container, Inflated& out) {
  struct Free {
    void operator()(libdeflate_decompressor* decoder) const noexcept { libdeflate_free_decompressor(decoder); }
  };
  const std::unique_ptr<libdeflate_decompressor, Free> decoder(libdeflate_alloc_decompressor());
  const auto room = out.room();
  if (!decoder || room.empty()) return false;
  std::size_t read = 0, wrote = 0;
  const auto decompress = container == Container::gzip ? libdeflate_gzip_decompress_ex : libdeflate_zlib_decompress_ex;
  if (decompress(decoder.get(), file.data(), file.size(), room.data(), room.size(), &read, &wrote) != LIBDEFLATE_SUCCESS) return false;
  if (container == Container::gzip && !only_nuls(file.subspan(read))) return false;   // another one follows; what follows zlib is ignored
  out.wrote(wrote);
  return true;
}
#else
bool inflate_at_once(std::span<const std::byte>, Container, Inflated&) { return false; }
#endif
}  // namespace

Inflation inflate_zlib(std::span<const std::byte> file, Container container, Inflated& out) {
  if (inflate_at_once(file, container, out)) return {};
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
