#include "formats/container.h"

#include <algorithm>
#include <cstring>
#include <string>
#include <string_view>

#include "base/check.h"
#include "formats/decoders.h"

namespace headroom::formats {
namespace {
bool starts_with(std::span<const std::byte> file, std::string_view magic) {
  return file.size() >= magic.size() && std::memcmp(file.data(), magic.data(), magic.size()) == 0;
}
}  // namespace

Container sniff_container(std::span<const std::byte> file) {
  using namespace std::string_view_literals;
  if (starts_with(file, "ZF"sv)) return Container::zf;
  if (starts_with(file, "x"sv)) return Container::zlib;
  if (starts_with(file, "\x1f\x8b"sv)) return Container::gzip;
  if (starts_with(file, "BZ"sv)) return Container::bz2;
  if (starts_with(file, "\xfd\x37zXZ"sv)) return Container::xz;
  if (starts_with(file, "\x5d\0"sv)) return Container::lzma;
  if (starts_with(file, "\x04\x22\x4d\x18"sv)) return Container::lz4;
  return Container::none;
}

const char* name_of(Container container) {
  switch (container) {
    case Container::none: return "none";
    case Container::zlib: return "zlib";
    case Container::gzip: return "gzip";
    case Container::bz2: return "bz2";
    case Container::xz: return "xz";
    case Container::lzma: return "lzma";
    case Container::lz4: return "lz4";
    case Container::zf: return "ZF";
  }
  return "none";
}

std::span<std::byte> Inflated::room() {
  if (size_ == capacity_) {
    const std::uint64_t wanted = std::max({guess_, std::uint64_t{capacity_} * 2, std::uint64_t{64} << 10U});
    const auto capacity = static_cast<std::size_t>(std::min(wanted, most_ + 1));
    if (capacity <= capacity_) return {};
    auto larger = std::make_unique_for_overwrite<std::byte[]>(capacity);
    if (size_ > 0) std::memcpy(larger.get(), data_.get(), size_);
    data_ = std::move(larger);
    capacity_ = capacity;
  }
  return {data_.get() + size_, capacity_ - size_};
}

expected<std::shared_ptr<const Inflated>, ParseError> inflate(std::span<const std::byte> file, const Limits& limits) {
  const auto container = sniff_container(file);
  const auto most = limits.inflated(file.size());
  auto out = std::make_shared<Inflated>(most, file.size());
  expected<void, ParseError> done;
  switch (container) {
    case Container::zlib:
    case Container::gzip: done = inflate_zlib(file, container, *out); break;
    case Container::bz2: done = inflate_bz2(file, *out); break;
    case Container::xz:
    case Container::lzma: done = inflate_lzma(file, container, limits.decoder_memory, *out); break;
    case Container::lz4: done = inflate_lz4(file, *out); break;
    case Container::zf:
      return unexpected(ParseError{ParseCode::unsupported, 0, "a joblib file of the old ZF format (joblib before 0.10), which is not read"});
    case Container::none: CHECK(container != Container::none);
  }
  if (!done) return unexpected(std::move(done).error());
  if (out->bytes().size() > most) {
    return unexpected(ParseError{ParseCode::over_limit, 0, "the " + std::string(name_of(container)) + " stream inflates to more than " +
                                                              std::to_string(most >> 20U) + " MiB, which no honest model of this size does"});
  }
  return std::shared_ptr<const Inflated>(std::move(out));
}
}  // namespace headroom::formats
