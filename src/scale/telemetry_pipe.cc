#include "scale/telemetry_pipe.h"

#include <array>
#include <utility>

#include "io/wait.h"

namespace headroom::scale {
struct TelemetryPipe::Impl {
  std::string replica;
  run::Writer* writer;
};

TelemetryPipe::TelemetryPipe(std::string replica, run::Writer* writer)
    : impl_(std::make_unique<Impl>(Impl{std::move(replica), writer})) {}
TelemetryPipe::~TelemetryPipe() = default;
TelemetryPipe::TelemetryPipe(TelemetryPipe&&) noexcept = default;

bool TelemetryPipe::read(int descriptor) {
  std::array<std::byte, 65536> part;
  while (const auto got = io::read_some(descriptor, part)) {
    if (*got == 0) return false;
  }
  return true;
}
}  // namespace headroom::scale
