// The paths of the Open Inference Protocol, below /v2.
#pragma once
#include <cstdint>
#include <string_view>

namespace headroom::serve {
enum class InferTarget : std::uint8_t {
  server,        // /v2
  live,          // /v2/health/live
  ready,         // /v2/health/ready
  model,         // /v2/models/M[/versions/V]
  model_ready,   // …/ready
  infer,         // …/infer
  config,        // …/config
  statistics,    // …/stats, and /v2/models/stats of all
  index,         // /v2/repository/index
  load,          // /v2/repository/models/M/load
  unload,        // …/unload
  unknown,
};

struct InferPath {
  InferTarget target = InferTarget::unknown;
  std::string_view model;     // as it stands there, percent-encoded; "" = all, or none
  std::string_view version;   // "" = the newest
};

/// path: of a request, beginning with "/v2". Views borrow from it.
[[nodiscard]] InferPath infer_path(std::string_view path) noexcept;
/// Whether the target answers POST; else GET and HEAD.
[[nodiscard]] bool takes_post(InferTarget target) noexcept;
}  // namespace headroom::serve
