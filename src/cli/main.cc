// headroom COMMAND …: the table of commands, what holds for all of them (environment, configuration file, exit codes).
#include <array>
#include <cctype>
#include <cstdio>
#include <memory>
#include <string>

#include "cli/command.h"
#include "cli/commands.h"
#include "cli/config.h"
#include "generated/version.h"

namespace headroom::cli {
namespace {
/// --max-body of any command can be set as HEADROOM_MAX_BODY.
void bind_environment(CLI::App& command) {
  for (auto* option : command.get_options()) {
    std::string name = option->get_single_name();
    if (option->get_lnames().empty() || name == "help" || name == "config" || name == "version") continue;
    std::string variable = "HEADROOM_";
    for (const char c : name) variable += c == '-' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    option->envname(variable);
  }
}

int exit_code(const CLI::App& app, const CLI::ParseError& error) {
  if (error.get_exit_code() == 0) return app.exit(error);  // --help, --version
  std::fprintf(stderr, "headroom: %s\n  fix: headroom %s--help lists what is allowed\n", error.what(),
               app.get_subcommands().empty() ? "" : (app.get_subcommands().front()->get_name() + " ").c_str());
  return static_cast<int>(ExitCode::wrong_use);
}

int run(int argc, char** argv) {
  CLI::App app{"Serve, load, scale and explain a trained classifier.", "headroom"};
  app.set_version_flag("--version", std::string("headroom ") + kVersion);
  app.require_subcommand(1);
  app.config_formatter(std::make_shared<YamlConfig>());
  app.set_config("--config", "", "Flags from a YAML file (flag beats environment beats file)");
  app.fallthrough(false);
  std::array<Action, std::size(kCommands)> actions;
  std::array<CLI::App*, std::size(kCommands)> commands{};
  for (std::size_t i = 0; i < std::size(kCommands); ++i) {
    commands[i] = app.add_subcommand(kCommands[i].name, kCommands[i].description);
    commands[i]->configurable(true);
    actions[i] = kCommands[i].add(*commands[i]);
    bind_environment(*commands[i]);
  }
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return exit_code(app, error);
  }
  for (std::size_t i = 0; i < std::size(kCommands); ++i) {
    if (commands[i]->parsed()) return actions[i]();
  }
  return static_cast<int>(ExitCode::wrong_use);
}
}  // namespace
}  // namespace headroom::cli

int main(int argc, char** argv) { return headroom::cli::run(argc, argv); }
