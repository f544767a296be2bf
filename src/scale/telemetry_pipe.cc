#include "scale/telemetry_pipe.h"

#include <algorithm>
#include <array>
#include <utility>

#include "io/wait.h"
#include "run/server_second.h"
#include "telemetry/record_stream.h"

namespace headroom::scale {
struct TelemetryPipe::Impl {
  std::string replica;
  run::Writer* writer;
  telemetry::StreamParser parser{};
  std::uint64_t dropped = 0;
};

TelemetryPipe::TelemetryPipe(std::string replica, run::Writer* writer)
    : impl_(std::make_unique<Impl>(Impl{std::move(replica), writer})) {}
TelemetryPipe::~TelemetryPipe() = default;
TelemetryPipe::TelemetryPipe(TelemetryPipe&&) noexcept = default;
TelemetryPipe& TelemetryPipe::operator=(TelemetryPipe&&) noexcept = default;

bool TelemetryPipe::read(int descriptor) {
  std::array<std::byte, 65536> part;
  while (const auto got = io::read_some(descriptor, part)) {
    if (*got == 0) return false;
    if (impl_->writer == nullptr) continue;
    impl_->parser.feed(std::span(part).first(*got));
    if (!take_items()) return false;
  }
  return true;
}

bool TelemetryPipe::take_items() {
  for (;;) {
    auto item = impl_->parser.next();
    if (!item) return false;
    if (!*item) return true;
    if (auto* second = std::get_if<telemetry::RouteSecond>(&**item)) {
      impl_->writer->add(run::server_second(impl_->replica, std::move(*second)));
    } else if (const auto* record = std::get_if<telemetry::RequestRecord>(&**item)) {
      impl_->writer->add(run::ServerRequest{impl_->replica, *record});
    } else if (const auto* drops = std::get_if<telemetry::StreamDrops>(&**item)) {
      impl_->writer->note_dropped(drops->records - std::min(drops->records, impl_->dropped));
      impl_->dropped = drops->records;
    }
  }
}

std::uint64_t TelemetryPipe::dropped() const { return impl_->dropped; }
}  // namespace headroom::scale
