#include "manifest/manifest.h"

#include "manifest/kinds.h"

namespace headroom::manifest {
namespace {
void read_document(const Node& root, const std::string& file, Manifest& into) {
  const Cursor document(root, "", file);
  const std::string version = document.need("apiVersion").text();
  const std::string kind = document.need("kind").text();
  if (kind == "Deployment") {
    (void)document.need("apiVersion").word({"apps/v1"});
    into.deployments.push_back(read_deployment(document));
  } else if (kind == "HorizontalPodAutoscaler") {
    (void)document.need("apiVersion").word({"autoscaling/v2", "autoscaling/v1"});
    into.autoscalers.push_back(read_autoscaler(document, version == "autoscaling/v1"));
  } else {
    ++into.others;
  }
}
}  // namespace

Metadata read_metadata(const Cursor& document) {
  const Cursor metadata = document.need("metadata");
  metadata.only({"name", "namespace", "labels", "annotations", "generateName", "finalizers", "ownerReferences", "uid", "resourceVersion",
                 "generation", "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds", "selfLink", "managedFields"});
  Metadata read;
  read.name = metadata.need("name").name();
  if (const auto name_space = metadata.find("namespace")) read.name_space = name_space->name(true);
  for (const char* key : {"labels", "annotations"}) {
    if (const auto map = metadata.find(key)) (void)map->texts();
  }
  return read;
}

std::string ManifestError::text() const {
  return file + ":" + std::to_string(line) + ": " + (field.empty() ? "" : field + ": ") + message;
}

expected<Manifest, ManifestError> read(std::string_view text, const std::string& file, const Limits& limits) {
  HEADROOM_TRY(documents, parse_yaml(text, file, limits));
  Manifest manifest;
  bool any = false;
  try {
    for (const auto& document : documents) {
      if (document.kind == Node::Kind::null) continue;  // "---" with nothing behind it
      read_document(document, file, manifest);
      any = true;
    }
  } catch (const ManifestError& error) {
    return unexpected(error);
  }
  if (!any) return unexpected(ManifestError{file, 1, "", "empty: no YAML document in it"});
  return manifest;
}
}  // namespace headroom::manifest
