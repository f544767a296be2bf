#include "serve/infer_path.h"

#include <array>
#include <utility>

namespace headroom::serve {
namespace {
/// The next part of a path, without its slash; the rest stays in `path`.
std::string_view next_part(std::string_view& path) noexcept {
  if (path.starts_with('/')) path.remove_prefix(1);
  const auto part = path.substr(0, path.find('/'));
  path.remove_prefix(part.size());
  return part;
}

constexpr std::array<std::pair<std::string_view, InferTarget>, 5> kOfModel{
    {{"infer", InferTarget::infer}, {"", InferTarget::model}, {"ready", InferTarget::model_ready}, {"config", InferTarget::config}, {"stats", InferTarget::statistics}}};

/// path: behind "/v2/models".
InferPath model_path(std::string_view path) noexcept {
  InferPath found;
  found.model = next_part(path);
  if (found.model == "stats" && path.empty()) return {InferTarget::statistics, {}, {}};
  if (found.model.empty()) return {};
  auto word = next_part(path);
  if (word == "versions") {
    found.version = next_part(path);
    if (found.version.empty()) return {};
    word = next_part(path);
  }
  if (!path.empty()) return {};
  for (const auto& [name, target] : kOfModel) {
    if (name == word) found.target = target;
  }
  return found.target == InferTarget::unknown ? InferPath() : found;
}

/// path: behind "/v2/repository".
InferPath repository_path(std::string_view path) noexcept {
  const auto word = next_part(path);
  if (word == "index" && path.empty()) return {InferTarget::index, {}, {}};
  if (word != "models") return {};
  const auto model = next_part(path);
  const auto what = next_part(path);
  if (model.empty() || !path.empty()) return {};
  if (what == "load") return {InferTarget::load, model, {}};
  return what == "unload" ? InferPath{InferTarget::unload, model, {}} : InferPath();
}
}  // namespace

InferPath infer_path(std::string_view path) noexcept {
  if (path == "/v2" || path == "/v2/") return {InferTarget::server, {}, {}};
  if (!path.starts_with("/v2/") || path.ends_with('/')) return {};
  path.remove_prefix(3);
  const auto first = next_part(path);
  if (first == "models") return model_path(path);
  if (first == "repository") return repository_path(path);
  if (first != "health") return {};
  const auto what = next_part(path);
  if (!path.empty()) return {};
  return what == "live" ? InferPath{InferTarget::live, {}, {}} : what == "ready" ? InferPath{InferTarget::ready, {}, {}} : InferPath();
}

bool takes_post(InferTarget target) noexcept { return target == InferTarget::infer || target == InferTarget::index || target == InferTarget::load || target == InferTarget::unload; }
}  // namespace headroom::serve
