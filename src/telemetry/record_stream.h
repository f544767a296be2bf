// What a replica tells its parent through an inherited pipe (--record-fd): its records and its seconds, as frames.
// frame = kind (1 byte) length (4 bytes, little-endian, of what follows) payload. Both ends are the same binary: a record travels as
// its bytes, and the first frame says how many those are. What comes out of the pipe is still checked like a stranger's bytes.
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "base/expected.h"
#include "telemetry/aggregate.h"
#include "telemetry/request_record.h"

namespace headroom::telemetry {
/// First frame of every stream.
struct StreamHello {
  std::string replica;  // at most 255 bytes
};
/// Records that never came because a ring or the pipe was full. Counted since the start; the last frame counts.
struct StreamDrops {
  std::uint64_t records = 0;
};
using StreamItem = std::variant<StreamHello, RequestRecord, RouteSecond, StreamDrops>;

/// Appends one frame to `out`.
void append_frame(std::string& out, const StreamHello& hello);
void append_frame(std::string& out, const RequestRecord& record);
void append_frame(std::string& out, const RouteSecond& second);
void append_frame(std::string& out, const StreamDrops& drops);

/// Fed with whatever read() gave, gives whole items. After an error it stays in error: a stream cannot be found again.
class StreamParser {
 public:
  static constexpr std::size_t kLongestFrame = 1U << 20U;

  void feed(std::span<const std::byte> bytes);
  /// nullopt: more bytes are needed. The error says what was wrong.
  [[nodiscard]] expected<std::optional<StreamItem>, std::string> next();

 private:
  [[nodiscard]] expected<StreamItem, std::string> parse(std::uint8_t kind, std::string_view payload);
  std::string buffer_;
  std::size_t at_ = 0;
  bool greeted_ = false;
  std::string error_;
};
}  // namespace headroom::telemetry
