#include "cli/config.h"

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <istream>
#include <set>
#include <utility>

#include "cli/nearest.h"

namespace headroom::cli {
namespace {
constexpr std::size_t kMaxFileBytes = 1U << 20U;
constexpr std::size_t kMaxValueBytes = 1U << 16U;
constexpr std::size_t kMaxValues = 10000;

/// Walks the file's two levels. Aliases can make a small file large, so what comes out is counted, not what goes in.
class Reader {
 public:
  expected<void, ConfigError> map(const YAML::Node& node, const std::string& command) {
    for (const auto& pair : node) {
      HEADROOM_TRY(flag, scalar(pair.first));
      const int line = line_of(pair.first);
      if (pair.second.IsMap()) {
        if (!command.empty()) return unexpected(ConfigError{line, "'" + flag + "' is nested too deep; write 'flag: value' below a command"});
        HEADROOM_TRY_VOID(map(pair.second, flag));
        continue;
      }
      ConfigEntry entry{command, std::move(flag), {}, line};
      HEADROOM_TRY_VOID(values(pair.second, entry.values));
      if (!named_.emplace(entry.command, entry.flag).second) return unexpected(ConfigError{line, "'" + entry.flag + "' stands here twice"});
      entries.push_back(std::move(entry));
      if (entries.size() > kMaxValues) return unexpected(ConfigError{line, "more than 10000 entries"});
    }
    return {};
  }
  std::vector<ConfigEntry> entries;

 private:
  static int line_of(const YAML::Node& node) { return node.Mark().line + 1; }
  static expected<std::string, ConfigError> scalar(const YAML::Node& node) {
    if (!node.IsScalar()) return unexpected(ConfigError{line_of(node), "expected a word, a number or a list of them"});
    if (node.Scalar().size() > kMaxValueBytes) return unexpected(ConfigError{line_of(node), "a value longer than 64 KiB"});
    return node.Scalar();
  }
  expected<void, ConfigError> values(const YAML::Node& node, std::vector<std::string>& out) {
    if (node.IsNull()) return {};
    if (!node.IsSequence()) return add(node, out);
    for (const auto& item : node) HEADROOM_TRY_VOID(add(item, out));
    return {};
  }
  expected<void, ConfigError> add(const YAML::Node& node, std::vector<std::string>& out) {
    HEADROOM_TRY(text, scalar(node));
    bytes_ += text.size();
    if (++values_ > kMaxValues || bytes_ > kMaxFileBytes) return unexpected(ConfigError{line_of(node), "more than 10000 values or 1 MiB of them"});
    out.push_back(std::move(text));
    return {};
  }
  std::set<std::pair<std::string, std::string>> named_;  // command and flag
  std::size_t values_ = 0;
  std::size_t bytes_ = 0;
};

std::vector<std::string> flags_of(const CLI::App& command) {
  std::vector<std::string> flags;
  for (const auto* option : command.get_options()) {
    for (const auto& name : option->get_lnames()) flags.push_back(name);
  }
  return flags;
}

[[noreturn]] void refuse(int line, const std::string& what) {
  throw CLI::FileError((line > 0 ? "line " + std::to_string(line) + ": " : "") + what);
}

/// Refuses an entry that fits no flag; says which it may have meant.
void check_known(const CLI::App& app, const ConfigEntry& entry) {
  std::vector<std::string> names, flags;
  bool command_found = entry.command.empty();
  for (const auto* command : app.get_subcommands({})) {
    names.push_back(command->get_name());
    if (!entry.command.empty() && entry.command != command->get_name()) continue;
    command_found = true;
    for (auto& flag : flags_of(*command)) flags.push_back(std::move(flag));
  }
  const auto hint = [](const std::string& near) { return near.empty() ? std::string() : "; did you mean '" + near + "'?"; };
  if (entry.command.empty() && std::find(names.begin(), names.end(), entry.flag) != names.end()) {
    refuse(entry.line, "'" + entry.flag + "' is a command: its flags stand below it, '" + entry.flag + ": {FLAG: VALUE}'");
  }
  if (!command_found) refuse(entry.line, "there is no command '" + entry.command + "'" + hint(nearest(entry.command, names)));
  if (std::find(flags.begin(), flags.end(), entry.flag) != flags.end()) return;
  refuse(entry.line, (entry.command.empty() ? "no command has a flag '" : entry.command + " has no flag '") + entry.flag + "'" + hint(nearest(entry.flag, flags)));
}
}  // namespace

std::string environment_name(std::string_view flag) {
  std::string variable = "HEADROOM_";
  for (const char c : flag) variable += c == '-' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return variable;
}

expected<std::vector<ConfigEntry>, ConfigError> read_config(std::string_view text) {
  if (text.size() > kMaxFileBytes) return unexpected(ConfigError{0, "larger than 1 MiB"});
  try {
    const YAML::Node root = YAML::Load(std::string(text));
    if (root.IsNull()) return std::vector<ConfigEntry>{};
    if (!root.IsMap()) return unexpected(ConfigError{1, "expected lines such as 'port: 9000'"});
    Reader reader;
    HEADROOM_TRY_VOID(reader.map(root, ""));
    return std::move(reader.entries);
  } catch (const YAML::Exception& error) {
    return unexpected(ConfigError{error.mark.line + 1, error.msg});
  }
}

std::vector<CLI::ConfigItem> YamlConfig::from_config(std::istream& input) const {
  std::string text(kMaxFileBytes + 1, '\0');
  input.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(input.gcount()));
  auto entries = read_config(text);
  if (!entries) refuse(entries.error().line, entries.error().what);
  std::vector<CLI::ConfigItem> settings;
  const auto chosen = app_.get_subcommands();
  for (auto& entry : *entries) {
    check_known(app_, entry);
    if (chosen.empty() || (!entry.command.empty() && entry.command != chosen.front()->get_name())) continue;
    if (chosen.front()->get_option_no_throw("--" + entry.flag) == nullptr) continue;
    if (std::getenv(environment_name(entry.flag).c_str()) != nullptr) continue;
    CLI::ConfigItem item;
    item.parents = {chosen.front()->get_name()};
    item.name = std::move(entry.flag);
    item.inputs = std::move(entry.values);
    settings.push_back(std::move(item));
  }
  return settings;
}
}  // namespace headroom::cli
