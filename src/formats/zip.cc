#include "formats/zip.h"

#include <zlib.h>

#include <algorithm>

#include "base/byte_reader.h"
#include "formats/decoders.h"

namespace headroom::formats {
namespace {
constexpr std::uint32_t kEndMark = 0x06054b50;
constexpr std::uint32_t kEntryMark = 0x02014b50;
constexpr std::uint32_t kLocalMark = 0x04034b50;
constexpr std::size_t kEndSize = 22;
constexpr std::size_t kMostComment = 0xffff;
constexpr std::uint16_t kStored = 0;
constexpr std::uint16_t kDeflated = 8;
constexpr std::uint16_t kEncrypted = 1;
constexpr std::uint32_t kInZip64 = 0xffffffff;

auto fail(std::size_t offset, std::string what, ParseCode code = ParseCode::malformed) { return unexpected(ParseError{code, offset, std::move(what)}); }
auto cut(std::size_t offset) { return fail(offset, "the zip archive ends inside its central directory", ParseCode::truncated); }

/// Little-endian numbers of a record whose length was checked.
class Fields {
 public:
  explicit Fields(std::span<const std::byte> bytes) : reader_(bytes) {}
  std::uint16_t u16() { return reader_.little<std::uint16_t>().value_or(0); }
  std::uint32_t u32() { return reader_.little<std::uint32_t>().value_or(0); }
  void skip(std::size_t count) { static_cast<void>(reader_.take(count)); }

 private:
  ByteReader reader_;
};

std::uint32_t mark_at(std::span<const std::byte> file, std::size_t offset) { return Fields(file.subspan(offset, 4)).u32(); }

/// Where the end record stands: the last one whose comment reaches exactly to the end of the file.
std::size_t find_end(std::span<const std::byte> file) {
  if (file.size() < kEndSize) return file.size();
  const std::size_t last = file.size() - kEndSize;
  const std::size_t first = last > kMostComment ? last - kMostComment : 0;
  for (std::size_t at = last + 1; at-- > first;) {
    if (mark_at(file, at) != kEndMark) continue;
    if (Fields(file.subspan(at + 20, 2)).u16() == file.size() - at - kEndSize) return at;
  }
  return file.size();
}

std::string quoted(std::string_view name) { return "the member '" + printable(name, 60) + "'"; }

/// Raw deflate of exactly `size` bytes of content.
expected<std::shared_ptr<const Inflated>, ParseError> inflate_raw(std::span<const std::byte> packed, std::uint32_t size) {
  auto out = std::make_shared<Inflated>(size, packed.size());
  z_stream z{};
  if (inflateInit2(&z, -15) != Z_OK) return fail(0, "zlib could not be started");
  z.next_in = const_cast<Bytef*>(reinterpret_cast<const Bytef*>(packed.data()));
  z.avail_in = static_cast<unsigned>(packed.size());   // < 4 GiB, as the directory says
  int code = Z_OK;
  while (code == Z_OK) {
    const auto room = out->room();
    if (room.empty()) break;
    z.next_out = reinterpret_cast<Bytef*>(room.data());
    z.avail_out = static_cast<unsigned>(std::min<std::size_t>(room.size(), 1U << 30U));
    const auto before = z.avail_out;
    code = ::inflate(&z, Z_NO_FLUSH);
    out->wrote(before - z.avail_out);
  }
  const bool is_whole = code == Z_STREAM_END && z.avail_in == 0 && out->bytes().size() == size;
  inflateEnd(&z);
  if (!is_whole) return fail(0, "does not inflate to the size that the archive announces");
  return std::shared_ptr<const Inflated>(std::move(out));
}

std::uint32_t crc_of(std::span<const std::byte> bytes) {
  return static_cast<std::uint32_t>(crc32_z(crc32(0, nullptr, 0), reinterpret_cast<const Bytef*>(bytes.data()), bytes.size()));
}
}  // namespace

expected<Zip, ParseError> Zip::open(std::span<const std::byte> file, const Limits& limits) {
  Zip zip(file, limits.inflated(file.size()));
  HEADROOM_TRY_VOID(zip.read_directory());
  return zip;
}

expected<void, ParseError> Zip::read_directory() {
  const auto end = find_end(file_);
  if (end == file_.size()) return fail(file_.size(), "the zip archive has no end of its central directory: it is cut off", ParseCode::truncated);
  Fields fields(file_.subspan(end + 4, kEndSize - 4));
  const auto disk = fields.u16();
  const auto directory_disk = fields.u16();
  const auto here = fields.u16();
  const auto total = fields.u16();
  const std::uint32_t size = fields.u32();
  const std::uint32_t offset = fields.u32();
  if (disk != 0 || directory_disk != 0 || here != total) return fail(end, "a zip archive of several parts", ParseCode::unsupported);
  if (total == 0xffff || size == kInZip64 || offset == kInZip64) return fail(end, "a zip archive of more than 65 534 members or 4 GiB (zip64)", ParseCode::unsupported);
  if (std::uint64_t{offset} + size != end) return fail(end, "the central directory of the zip archive is not where its end says");
  ByteReader reader(file_.subspan(0, end));
  static_cast<void>(reader.take(offset));
  for (std::size_t i = 0; i < total; ++i) {
    const auto at = reader.offset();
    const auto head = reader.take(46);
    if (!head || mark_at(*head, 0) != kEntryMark) return cut(at);
    Fields entry_fields(head->subspan(8));
    const auto flags = entry_fields.u16();
    Entry entry;
    entry.method = entry_fields.u16();
    entry_fields.skip(4);
    entry.crc = entry_fields.u32();
    entry.packed = entry_fields.u32();
    entry.size = entry_fields.u32();
    const auto name_length = entry_fields.u16();
    const auto extra_length = entry_fields.u16();
    const auto comment_length = entry_fields.u16();
    entry_fields.skip(8);
    entry.header = entry_fields.u32();
    const auto name = reader.take(name_length);
    if (!name || !reader.take(std::size_t{extra_length} + comment_length)) return cut(at);
    const std::string text(reinterpret_cast<const char*>(name->data()), name->size());
    if ((flags & kEncrypted) != 0) return fail(at, quoted(text) + " is encrypted", ParseCode::unsupported);
    if (entry.packed == kInZip64 || entry.size == kInZip64 || entry.header == kInZip64) return fail(at, quoted(text) + " is larger than 4 GiB (zip64)", ParseCode::unsupported);
    if (!entries_.emplace(text, std::move(entry)).second) return fail(at, quoted(text) + " is there twice (a duplicate)");
  }
  if (reader.left() != 0) return fail(reader.offset(), "the central directory of the zip archive holds more than its members");
  return {};
}

/// Holds the local header against the directory.
expected<void, ParseError> Zip::find_data(std::string_view name, Entry& entry) const {
  ByteReader reader(file_);
  const auto head = reader.take(entry.header).and_then([&](auto) { return reader.take(30); });
  if (!head || mark_at(*head, 0) != kLocalMark) return fail(entry.header, quoted(name) + " is not where the central directory says");
  Fields fields(head->subspan(26));
  const auto name_length = fields.u16();
  const auto extra_length = fields.u16();
  const auto local = reader.take(name_length);
  if (!local || std::string_view(reinterpret_cast<const char*>(local->data()), local->size()) != name) return fail(entry.header, quoted(name) + " has another name in its own header");
  if (!reader.take(extra_length) || reader.left() < entry.packed) return fail(entry.header, quoted(name) + " reaches beyond the end of the file", ParseCode::truncated);
  entry.data = reader.offset();
  return {};
}

expected<std::span<const std::byte>, ParseError> Zip::read(std::string_view name) {
  const auto found = entries_.find(name);
  if (found == entries_.end()) return fail(0, "the archive has no member '" + printable(name, 60) + "'");
  Entry& entry = found->second;
  if (entry.was_checked) return entry.content;
  HEADROOM_TRY_VOID(find_data(name, entry));
  entry.content = file_.subspan(entry.data, entry.packed);
  if (entry.method == kDeflated) {
    if (entry.size > budget_) return fail(entry.data, quoted(name) + " would inflate beyond the limit of size for such a file", ParseCode::over_limit);
    budget_ -= entry.size;
    auto inflated = inflate_raw(entry.content, entry.size);
    if (!inflated) return fail(entry.data, quoted(name) + " " + inflated.error().what);
    entry.inflated = std::move(*inflated);
    entry.content = entry.inflated->bytes();
  } else if (entry.method != kStored) {
    return fail(entry.data, quoted(name) + " is packed by the compression method " + std::to_string(entry.method) + "; stored and deflated ones are read", ParseCode::unsupported);
  }
  if (entry.content.size() != entry.size) return fail(entry.data, quoted(name) + " has another size than the archive announces");
  if (crc_of(entry.content) != entry.crc) return fail(entry.data, quoted(name) + " is damaged: its checksum (CRC-32) does not fit");
  entry.was_checked = true;
  return entry.content;
}
}  // namespace headroom::formats
