// Whatever the bytes: an error with a place, or a scenario that prints and reads back as itself.
#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "workload/scenario.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace headroom::workload;
  const ScenarioLimits limits{.max_bytes = 1U << 16U, .max_nodes = 10'000};
  const auto scenario = read_scenario({reinterpret_cast<const char*>(data), size}, limits);
  if (!scenario) {
    CHECK(!scenario.error().message.empty());
    return 0;
  }
  const auto again = read_scenario(print_scenario(*scenario));
  CHECK(again && *again == *scenario);
  return 0;
}
