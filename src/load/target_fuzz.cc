// Whatever a server answers to GET /openapi.json: nothing, or a target whose scenario can be planned.
#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "load/plan.h"
#include "load/target.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace headroom::load;
  const auto target = read_openapi({reinterpret_cast<const char*>(data), size});
  const auto url = parse_url("http://h/predict");
  const auto plan = make_plan(scenario_for(*url, {}, target), "http://h");
  CHECK(plan.has_value());
  if (target) {
    for (const auto& feature : target->features) CHECK(feature.low <= feature.high);
  }
  return 0;
}
