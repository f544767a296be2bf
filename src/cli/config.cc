#include "cli/config.h"

#include <yaml-cpp/yaml.h>

namespace headroom::cli {
namespace {
constexpr std::size_t kMaxConfigBytes = 1U << 20U;

void flatten(const YAML::Node& map, std::vector<std::string>& parents, std::vector<CLI::ConfigItem>& items) {
  for (const auto& pair : map) {
    const auto key = pair.first.as<std::string>();
    if (pair.second.IsMap()) {
      if (parents.size() >= 2) throw CLI::FileError("config: '" + key + "' is nested too deep; write flag: value below a command");
      parents.push_back(key);
      flatten(pair.second, parents, items);
      parents.pop_back();
      continue;
    }
    CLI::ConfigItem item;
    item.parents = parents;
    item.name = key;
    if (pair.second.IsSequence()) {
      for (const auto& value : pair.second) item.inputs.push_back(value.as<std::string>());
    } else {
      item.inputs.push_back(pair.second.IsNull() ? "" : pair.second.as<std::string>());
    }
    items.push_back(std::move(item));
  }
}
}  // namespace

std::vector<CLI::ConfigItem> YamlConfig::from_config(std::istream& input) const {
  std::string text(kMaxConfigBytes + 1, '\0');
  input.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(input.gcount()));
  if (text.size() > kMaxConfigBytes) throw CLI::FileError("config: larger than 1 MiB");
  std::vector<CLI::ConfigItem> found;
  try {
    const YAML::Node root = YAML::Load(text);
    if (root.IsNull()) return found;
    if (!root.IsMap()) throw CLI::FileError("config: expected a map such as 'port: 9000'");
    std::vector<std::string> parents;
    flatten(root, parents, found);
  } catch (const YAML::Exception& error) {
    throw CLI::FileError("config: line " + std::to_string(error.mark.line + 1) + ": " + error.msg);
  }
  return found;
}
}  // namespace headroom::cli
