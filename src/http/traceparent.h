// The W3C Trace Context header: who called us, and what we tell those whom we answer or call.
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace headroom::http {
struct Traceparent {
  std::array<std::uint8_t, 16> trace_id{};
  std::array<std::uint8_t, 8> parent_id{};
  bool sampled = false;
};

inline constexpr std::size_t kTraceparentSize = 55;

/// nullopt for what the specification calls invalid (then a new trace begins): zero ids, version ff, upper case, wrong length.
/// Versions above 00 may carry more after the flags, behind a dash. Source: W3C Trace Context, section 3.2.
[[nodiscard]] std::optional<Traceparent> parse_traceparent(std::string_view value);

/// Writes the 55 bytes of version 00 at `out`; returns the end.
char* write_traceparent(char* out, const Traceparent& value);
/// Writes two lower-case digits a byte; returns the end.
char* write_hex(char* out, const std::uint8_t* bytes, std::size_t count);
}  // namespace headroom::http
