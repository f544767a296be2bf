// Any bytes: a manifest that holds together, or an error with a line of the text.
#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "manifest/manifest.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const headroom::manifest::Limits limits{.max_bytes = 1U << 16U, .max_depth = 32, .max_nodes = 10'000, .max_documents = 16};
  const auto manifest = headroom::manifest::read(text, "fuzz.yml", limits);
  if (!manifest) {
    CHECK(manifest.error().line >= 1);
    CHECK(!manifest.error().message.empty());
    return 0;
  }
  for (const auto& each : manifest->autoscalers) {
    CHECK(each.spec.max >= 1 && each.spec.min.has_value() && *each.spec.min <= each.spec.max && !each.spec.metrics.empty());
  }
  for (const auto& each : manifest->deployments) {
    CHECK(!each.containers.empty());
    (void)each.request_m("cpu");
    (void)each.limit_m("memory");
  }
  return 0;
}
