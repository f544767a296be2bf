// Kubernetes manifests in: text of a stranger → checked, defaulted descriptions, or an error that names file, line and field.
#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/expected.h"
#include "hpa/spec.h"
#include "manifest/deployment.h"

namespace headroom::manifest {
struct Limits {
  std::size_t max_bytes = 1U << 20U;
  int max_depth = 64;
  std::size_t max_nodes = 100'000;  // aliases counted each time they are used
  std::size_t max_documents = 256;
};

struct ManifestError {
  std::string file{};
  int line = 0;         // from 1
  std::string field{};    // "spec.maxReplicas"; may be empty
  std::string message{};  // "must be at least 1"
  /// "hpa.yml:8: spec.maxReplicas: must be at least 1".
  [[nodiscard]] std::string text() const;
};

struct Autoscaler {
  std::string file{};
  int line = 0;
  std::string name{};
  std::string name_space = "default";
  hpa::Spec spec;  // as the API keeps it: after hpa::with_defaults; autoscaling/v1 is converted
};

/// What a file holds that we know; documents of other kinds (Service, ConfigMap, …) are checked as YAML and counted.
struct Manifest {
  std::vector<Deployment> deployments{};
  std::vector<Autoscaler> autoscalers{};
  int others = 0;
};

/// text: the whole file, one or several documents. file: the name that errors carry.
[[nodiscard]] expected<Manifest, ManifestError> read(std::string_view text, const std::string& file, const Limits& limits = {});
}  // namespace headroom::manifest
