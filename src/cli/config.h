// --config FILE.yml: each key is a flag's long name, at the top for every command or below a command's name for that one.
#pragma once
#include <CLI/CLI.hpp>

#include <string>
#include <string_view>
#include <vector>

#include "base/expected.h"

namespace headroom::cli {
/// One `flag: value` of a configuration file. A list gives several values, null none.
struct ConfigEntry {
  std::string command;  // "" at the top of the file
  std::string flag;     // without dashes
  std::vector<std::string> values;
  int line;  // from 1
};
struct ConfigError {
  int line;  // from 1; 0 = the whole file
  std::string what;
};

/// The entries of a file's text, in its order. Bounded: 1 MiB, 10000 entries and values, 64 KiB a value; what is no map of
/// scalars, lists of scalars and maps of these is an error.
[[nodiscard]] expected<std::vector<ConfigEntry>, ConfigError> read_config(std::string_view text);

/// HEADROOM_MAX_BODY for max-body: the variable that sets a flag of any command.
[[nodiscard]] std::string environment_name(std::string_view flag);

/// CLI11's reader of configuration files. Refuses (CLI::FileError, with the line and what to write instead) what read_config
/// refuses, unknown commands and unknown flags. Leaves out what is meant for another command than the chosen one, and what
/// the environment sets.
class YamlConfig : public CLI::Config {
 public:
  /// app: the program with its commands, already parsed when a file is read; outlives this.
  explicit YamlConfig(const CLI::App& app) : app_(app) {}
  [[nodiscard]] std::string to_config(const CLI::App*, bool, bool, std::string) const override { return {}; }
  [[nodiscard]] std::vector<CLI::ConfigItem> from_config(std::istream& input) const override;

 private:
  const CLI::App& app_;
};
}  // namespace headroom::cli
