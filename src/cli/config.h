// --config FILE.yml: each key is a flag's long name, at the top for every command or below a command's name for that one.
#pragma once
#include <CLI/CLI.hpp>

#include <istream>
#include <memory>
#include <string>
#include <vector>

namespace headroom::cli {
/// CLI11's reader of configuration files, for YAML. Refuses (CLI::FileError) what is no map of scalars, lists and maps.
class YamlConfig : public CLI::Config {
 public:
  [[nodiscard]] std::string to_config(const CLI::App*, bool, bool, std::string) const override { return {}; }
  [[nodiscard]] std::vector<CLI::ConfigItem> from_config(std::istream& input) const override;
};
}  // namespace headroom::cli
