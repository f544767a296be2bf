#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "experiment/plan.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto plan = headroom::experiment::read_plan({reinterpret_cast<const char*>(data), size});
  if (plan) {
    CHECK(!plan->parts.empty());
    for (const auto& part : plan->parts) CHECK(!part.steps.empty() && part.model.empty() != part.url.empty());
  }
  return 0;
}
