// The kinds we read, one function each. They throw ManifestError (cursor.h).
#pragma once
#include "manifest/cursor.h"
#include "manifest/manifest.h"

namespace headroom::manifest {
/// document: kind Deployment, apiVersion apps/v1.
[[nodiscard]] Deployment read_deployment(const Cursor& document);
/// document: kind HorizontalPodAutoscaler, apiVersion autoscaling/v2 or autoscaling/v1.
[[nodiscard]] Autoscaler read_autoscaler(const Cursor& document, bool v1);

struct Metadata {
  std::string name{};
  std::string name_space = "default";
};
[[nodiscard]] Metadata read_metadata(const Cursor& document);
}  // namespace headroom::manifest
