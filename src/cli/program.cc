#include "cli/program.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <string_view>
#include <vector>

#include "cli/config.h"
#include "cli/nearest.h"
#include "generated/version.h"
#include "io/environment.h"

namespace headroom::cli {
namespace {
/// The flags that are no setting: they ask for something at once.
bool is_setting(const CLI::Option& option) {
  const auto& names = option.get_lnames();
  return !names.empty() && names.front() != "help" && names.front() != "config" && names.front() != "version";
}

std::vector<std::string> long_flags(const CLI::App& command) {
  std::vector<std::string> flags;
  for (const auto* option : command.get_options()) {
    for (const auto& name : option->get_lnames()) flags.push_back("--" + name);
  }
  return flags;
}

/// Help without what repeats on every line (the environment, ranges): "--drain DURATION [10s]".
class Help : public CLI::Formatter {
 public:
  Help() { column_width(36); }
  [[nodiscard]] std::string make_option_opts(const CLI::Option* option) const override {
    if (option->get_type_size() == 0 || option->get_positional()) return "";
    std::string text = option->get_type_name();
    text = " " + text.substr(0, text.find(':'));
    if (!option->get_default_str().empty()) text += " [" + option->get_default_str() + "]";
    return text;
  }
  /// CLI11 writes how few of an argument there must be, "RUN.db(1x)"; that there may be more is what people need.
  [[nodiscard]] std::string make_option_usage(const CLI::Option* option) const override {
    const std::string text = option->get_name(true) + (option->get_expected_max() > 1 ? "..." : "");
    return option->get_required() ? text : "[" + text + "]";
  }
};

std::string first_line(std::string text) {
  std::replace(text.begin(), text.end(), '\n', ' ');
  constexpr std::size_t kMax = 400;  // a message may quote what somebody pasted
  return text.size() <= kMax ? text : text.substr(0, kMax) + "…";
}

/// Where a refused value came from when it was not typed: CLI11's message begins with the flag ("--port: …").
std::string origin(const CLI::App& app, const std::string& message, std::span<const char* const> words) {
  const auto flag = message.substr(0, message.find_first_of(": ="));
  if (!flag.starts_with("--")) return "";
  for (const std::string_view word : words) {
    if (word == flag || word.starts_with(flag + "=")) return "";
  }
  const auto variable = environment_name(flag.substr(2));
  if (std::getenv(variable.c_str()) != nullptr) return variable + " in the environment";
  const auto* config = app.get_config_ptr();
  return config->count() > 0 ? config->results().front() : "";
}

/// A flag or argument that nothing takes.
Failure explain_extra(const CLI::App& app, const CLI::App& command, Failure failure) {
  const auto extras = app.remaining(true);
  if (extras.empty()) return failure;
  auto extra = std::find_if(extras.begin(), extras.end(), [](const auto& word) { return word.starts_with("-"); });
  if (extra == extras.end()) extra = extras.begin();
  failure.what = first_line("headroom " + command.get_name() + " takes no '" + *extra + "'");
  if (const auto near = nearest(extra->substr(0, extra->find('=')), long_flags(command)); !near.empty() && near != *extra) {  // the same: behind "--" it is no flag
    failure.remedy = "did you mean " + near + "? " + failure.remedy;
  }
  return failure;
}

/// The words with --config FILE put in front where only the environment names the file: CLI11 reads files before it looks there.
std::vector<const char*> with_config_of_environment(std::span<const char* const> words) {
  std::vector<const char*> all(words.begin(), words.end());
  const char* file = std::getenv(environment_name("config").c_str());
  const bool is_given = std::any_of(words.begin(), words.end(), [](std::string_view word) { return word == "--config" || word.starts_with("--config="); });
  if (file != nullptr && *file != '\0' && !is_given && !all.empty()) all.insert(all.begin() + 1, {"--config", file});
  return all;
}

/// CLI11's terse messages in words that say what to change. message: "Could not convert: --port = abc", "--port: At Most 1 required but received 2".
std::string in_plain_words(CLI::ExitCodes kind, const std::string& message) {
  const auto flag = message.substr(0, message.find_first_of(": "));
  constexpr std::string_view kConversion = "Could not convert: ";
  if (kind == CLI::ExitCodes::ConversionError && message.starts_with(kConversion)) {
    const auto rest = message.substr(kConversion.size());
    const auto equals = rest.find(" = ");
    if (equals != std::string::npos) return rest.substr(0, equals) + " does not take '" + rest.substr(equals + 3) + "'";
  }
  if (kind == CLI::ExitCodes::ArgumentMismatch && message.find("At Most 1 required") != std::string::npos) return flag + " is given more than once";
  if (kind == CLI::ExitCodes::ArgumentMismatch && message.find("1 required") != std::string::npos) return flag + " needs a value";
  return message;
}

/// What CLI11 found wrong, as one of our failures.
Failure explain(const CLI::App& app, const CLI::ParseError& error, std::span<const char* const> words) {
  const auto chosen = app.get_subcommands();
  const CLI::App& command = chosen.empty() ? app : *chosen.front();
  const auto kind = static_cast<CLI::ExitCodes>(error.get_exit_code());
  const std::string message = first_line(in_plain_words(kind, error.what()));
  if (kind == CLI::ExitCodes::FileError && app.get_config_ptr()->count() > 0) {
    const auto file = app.get_config_ptr()->results().front();
    if (CLI::detail::check_path(file.c_str()) == CLI::detail::path_type::nonexistent) {
      return {ExitCode::refused, "no such configuration file", file, "name a readable YAML file with --config"};
    }
    return {ExitCode::wrong_use, message, file, "docs/cli.md says how such a file is written"};
  }
  if (kind == CLI::ExitCodes::RequiredError && chosen.empty() && !app.remaining().empty()) {
    return {ExitCode::wrong_use, first_line("headroom takes no '" + app.remaining().front() + "' before a command"), "", "headroom --help lists the commands; flags stand behind them"};
  }
  const Failure failure{ExitCode::wrong_use, message, origin(app, message, words),
                        "headroom " + (chosen.empty() ? "" : command.get_name() + " ") + "--help lists what is allowed"};
  return kind == CLI::ExitCodes::ExtrasError ? explain_extra(app, command, failure) : failure;
}

/// The first word that is no flag is to be a command; a wrong one gets its own answer, since CLI11 would complain of the flags.
/// The command among the words; "" if there is none, and `failure` says so where one is misspelt.
std::string_view named_command(std::span<const Command> commands, std::span<const char* const> words, Failure& failure) {
  std::vector<std::string> names;
  for (const auto& command : commands) names.emplace_back(command.name);
  for (std::size_t i = 1; i < words.size(); ++i) {
    const std::string_view word = words[i];
    if (word == "--config") ++i;
    if (word.starts_with("-")) continue;
    if (std::find(names.begin(), names.end(), word) != names.end()) return word;
    failure = {ExitCode::wrong_use, first_line("there is no command '" + std::string(word) + "'"), "", "headroom --help lists the commands"};
    if (const auto near = nearest(word, names); !near.empty()) failure.remedy = "did you mean headroom " + near + "? " + failure.remedy;
    return {};
  }
  return {};  // flags alone: --help and --version, or CLI11's complaint
}

/// The program's flags and each command with its own. Gives the commands' actions, in the order of `commands`.
/// chosen: the command that runs. Only its flags are set by the environment: CLI11 looks there for all, and commands have flags of one name.
std::vector<Action> describe(CLI::App& app, std::span<const Command> commands, std::string_view chosen) {
  app.set_version_flag("--version", std::string("headroom ") + kVersion + " (" + kCompiler + ")");
  app.require_subcommand(1);
  app.set_config("--config", "", "Flags from a YAML file; a flag beats the environment (HEADROOM_PORT=9000) beats the file")->type_name("FILE");
  app.footer("headroom COMMAND --help says more. Exit codes: 0 done, 1 what was tested fell short, 2 wrong use or bad input,\n"
             "3 the environment refused, 130 interrupted.");
  std::vector<Action> actions;
  for (const auto& row : commands) {
    auto* command = app.add_subcommand(row.name, row.description);
    command->fallthrough();  // so that --config may stand behind the command too
    actions.push_back(row.add(*command));
    for (auto* option : command->get_options()) {
      if (is_setting(*option) && row.name == chosen) option->envname(environment_name(option->get_lnames().front()));
    }
  }
  app.config_formatter(std::make_shared<YamlConfig>(app));
  return actions;
}
}  // namespace

namespace {
/// A misspelt variable has no effect, and nothing else would say so. One that is like no flag is somebody else's: Kubernetes sets
/// HEADROOM_SERVICE_HOST for a Service of this name.
void note_misspelt_variables(const CLI::App& app) {
  constexpr std::string_view kPrefix = "HEADROOM_";
  std::vector<std::string> known{"CONFIG"};
  for (const auto* command : app.get_subcommands({})) {
    for (const auto& flag : long_flags(*command)) known.push_back(environment_name(flag.substr(2)).substr(kPrefix.size()));
  }
  for (const auto& [name, value] : io::environment(kPrefix)) {
    const auto word = name.substr(kPrefix.size());
    if (std::find(known.begin(), known.end(), word) != known.end()) continue;
    const auto near = nearest(word, known);
    if (!near.empty()) std::fprintf(stderr, "headroom: note: %s in the environment sets no flag; did you mean HEADROOM_%s?\n", first_line(name).c_str(), near.c_str());
  }
}

/// What a command printed has to arrive: a full disk behind a redirection is a failure, whatever the command itself thinks.
int delivered(int code) {
  std::cout.flush();
  if (std::fflush(stdout) == 0 && std::ferror(stdout) == 0 && std::cout) return code;
  if (code != 0 && code != static_cast<int>(ExitCode::fell_short)) return code;  // it has a worse reason
  return print({ExitCode::refused, "the results could not be written to standard output", "", "make room there, or write elsewhere"});
}
}  // namespace

int run(std::span<const Command> commands, int argc, const char* const* argv) {
  const auto words = with_config_of_environment({argv, static_cast<std::size_t>(argc)});
  CLI::App app{"Serves, scales, loads and explains a trained classifier.", "headroom"};
  app.formatter(std::make_shared<Help>());
  Failure failure;
  const auto chosen = named_command(commands, words, failure);
  const auto actions = describe(app, commands, chosen);
  if (!failure.what.empty()) return print(failure);
  if (argc < 2) {
    std::fputs(app.help().c_str(), stderr);
    return static_cast<int>(ExitCode::wrong_use);
  }
  try {
    app.parse(static_cast<int>(words.size()), words.data());
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) return delivered(app.exit(error));  // --help, --version
    return print(explain(app, error, words));
  }
  note_misspelt_variables(app);
  for (std::size_t i = 0; i < commands.size(); ++i) {
    if (app.got_subcommand(commands[i].name)) return delivered(actions[i]());
  }
  return static_cast<int>(ExitCode::wrong_use);
}
}  // namespace headroom::cli
