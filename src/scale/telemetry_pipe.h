// A replica's telemetry, from the pipe to the run file.
#pragma once
#include <cstdint>
#include <memory>
#include <string>

#include "run/writer.h"

namespace headroom::scale {
class TelemetryPipe {
 public:
  /// writer may be null: then the bytes are read and dropped, so that the replica never waits.
  TelemetryPipe(std::string replica, run::Writer* writer);
  ~TelemetryPipe();
  TelemetryPipe(TelemetryPipe&&) noexcept;
  TelemetryPipe& operator=(TelemetryPipe&&) noexcept;
  /// Reads what is there. False at the pipe's end, or when its bytes are no frames of ours.
  bool read(int descriptor);
  /// Records that the replica says it could not send.
  [[nodiscard]] std::uint64_t dropped() const;

 private:
  bool take_items();
  struct Impl;
  std::unique_ptr<Impl> impl_;
};
}  // namespace headroom::scale
