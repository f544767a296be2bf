#include "manifest/deployment.h"

namespace headroom::manifest {
namespace {
using List = std::map<std::string, hpa::Quantity> Resources::*;

std::optional<std::int64_t> sum_m(const Deployment& deployment, const std::string& resource, List list) {
  std::int64_t sum = 0;
  for (const auto* group : {&deployment.containers, &deployment.sidecars}) {
    for (const auto& container : *group) {
      const auto& quantities = container.resources.*list;
      const auto found = quantities.find(resource);
      if (found == quantities.end()) return std::nullopt;
      if (__builtin_add_overflow(sum, found->second.milli(), &sum)) return std::nullopt;
    }
  }
  return deployment.containers.empty() ? std::nullopt : std::optional(sum);
}
}  // namespace

std::optional<std::int64_t> Deployment::request_m(const std::string& resource) const {
  return sum_m(*this, resource, &Resources::requests);
}
std::optional<std::int64_t> Deployment::limit_m(const std::string& resource) const {
  return sum_m(*this, resource, &Resources::limits);
}
}  // namespace headroom::manifest
