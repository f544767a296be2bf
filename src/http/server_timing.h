// Server-Timing (W3C): how a server tells its client where the time went. Durations are milliseconds on the wire.
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace headroom::http {
/// Reads the entries of a Server-Timing value whose name is in `names`: nanoseconds[i] gets the dur of names[i], others stay as
/// they are. Foreign bytes: an entry that is malformed, negative or above an hour is left out. The number of entries used.
/// names.size() == nanoseconds.size(). At most 64 entries are looked at.
std::size_t parse_server_timing(std::string_view value, std::span<const std::string_view> names, std::span<std::int64_t> nanoseconds);

/// Writes "name;dur=0.012345" at `out` and returns the end; needs at most name.size() + 32 bytes. ns >= 0.
char* write_timing(char* out, std::string_view name, std::int64_t ns);
}  // namespace headroom::http
