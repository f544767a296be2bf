#pragma once
#include <cstdint>
#include <string>

#include "telemetry/record_stream.h"

namespace headroom::io {
/// Writes frames into an inherited pipe without waiting for its reader: what does not fit waits, at most kMostWaiting bytes; then
/// records are dropped and counted, seconds still go in.
class RecordPipe {
 public:
  static constexpr std::size_t kMostWaiting = 4U << 20U;
  /// `descriptor` stays the caller's; it is made non-blocking.
  RecordPipe(int descriptor, const std::string& replica);

  void add(const telemetry::RequestRecord& record);
  void add(const telemetry::RouteSecond& second);
  /// Records that others have lost before they came here.
  void lost_before(std::uint64_t records) { lost_before_ = records; }
  [[nodiscard]] std::uint64_t dropped() const { return dropped_; }
  /// As much as the pipe takes now.
  void flush();
  /// The rest, waiting for the reader for at most `patience_ms`.
  void finish(int patience_ms);

 private:
  void note_drops();
  int descriptor_;
  std::string waiting_;
  std::size_t sent_ = 0;  // of waiting_
  std::uint64_t lost_before_ = 0, dropped_ = 0, told_ = 0;
  bool broken_ = false;   // the reader is gone
};
}  // namespace headroom::io
