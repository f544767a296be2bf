#include "cli/program.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>
#include <vector>

namespace headroom::cli {
namespace {
using testing::HasSubstr;
using testing::StartsWith;

/// What the toy command was given. One at a time.
struct Given {
  int port = 8000;
  Duration drain = std::chrono::seconds(10);
  bool watch = false;
  std::vector<std::string> features;
  std::string model;
  enum class Limits : std::uint8_t { automatic, none } limits = Limits::automatic;
} given;

Action add_serve(CLI::App& command) {
  given = {};
  command.add_option("MODEL", given.model)->required();
  command.add_option("--port", given.port)->check(CLI::Range(0, 65535));
  add_duration(command, "--drain", given.drain, "how long");
  command.add_flag("--watch", given.watch);
  add_choice(command, "--limits", given.limits, "who", {{"auto", Given::Limits::automatic}, {"none", Given::Limits::none}});
  command.add_option("--features", given.features)->delimiter(',');
  return [] { return 0; };
}
Action add_load(CLI::App& command) {
  static int users = 0;
  command.add_option("--users", users);
  return [] { return 1; };
}
constexpr Command kToy[] = {{"serve", "Serve", add_serve}, {"load", "Load", add_load}};

struct Result {
  int code;
  std::string out, err;
};
Result run_toy(std::vector<const char*> words) {
  words.insert(words.begin(), "headroom");
  testing::internal::CaptureStdout();
  testing::internal::CaptureStderr();
  const int code = run(kToy, static_cast<int>(words.size()), words.data());
  return {code, testing::internal::GetCapturedStdout(), testing::internal::GetCapturedStderr()};
}

/// A file that is gone at the end of the test.
struct ConfigFile {
  // ctest runs each test as a process of its own, several at once: they must not share the file.
  explicit ConfigFile(const std::string& text) : path(testing::TempDir() + "headroom_program_" + std::to_string(::getpid()) + ".yml") {
    std::ofstream(path) << text;
  }
  ~ConfigFile() { std::remove(path.c_str()); }
  std::string path;
};
struct Environment {
  Environment(const char* variable, const char* value) : name(variable) { ::setenv(name, value, 1); }
  ~Environment() { ::unsetenv(name); }
  const char* name;
};

TEST(Program, AFlagBeatsTheEnvironmentBeatsTheFile) {
  const ConfigFile file("port: 1\nserve: {drain: 1s}\n");
  EXPECT_EQ(run_toy({"serve", "m", "--config", file.path.c_str()}).code, 0);
  EXPECT_EQ(given.port, 1);
  EXPECT_EQ(given.drain, std::chrono::seconds(1));
  const Environment port("HEADROOM_PORT", "2");
  EXPECT_EQ(run_toy({"serve", "m", "--config", file.path.c_str()}).code, 0);
  EXPECT_EQ(given.port, 2);
  EXPECT_EQ(run_toy({"serve", "m", "--config", file.path.c_str(), "--port", "3"}).code, 0);
  EXPECT_EQ(given.port, 3);
  EXPECT_EQ(given.drain, std::chrono::seconds(1));
}

TEST(Program, TheFileMayStandBeforeTheCommand) {
  const ConfigFile file("watch: true\nfeatures: [a, b]\n");
  EXPECT_EQ(run_toy({"--config", file.path.c_str(), "serve", "m"}).code, 0);
  EXPECT_TRUE(given.watch);
  EXPECT_THAT(given.features, testing::ElementsAre("a", "b"));
}

TEST(Program, WhatIsMeantForAnotherCommandIsLeftAlone) {
  const ConfigFile file("users: 7\nload: {users: 9}\nport: 5\n");
  EXPECT_EQ(run_toy({"serve", "m", "--config", file.path.c_str()}).code, 0);
  EXPECT_EQ(given.port, 5);
  EXPECT_EQ(run_toy({"load", "--config", file.path.c_str()}).code, 1) << "the command's own exit code";
}

TEST(Program, TheEnvironmentSetsDurationsAndFlags) {
  const Environment drain("HEADROOM_DRAIN", "250ms"), watch("HEADROOM_WATCH", "true");
  EXPECT_EQ(run_toy({"serve", "m"}).code, 0);
  EXPECT_EQ(given.drain, std::chrono::milliseconds(250));
  EXPECT_TRUE(given.watch);
}

TEST(Program, TheEnvironmentNamesTheFileWhereNoFlagDoes) {
  const ConfigFile file("port: 5\n");
  const Environment config("HEADROOM_CONFIG", file.path.c_str());
  EXPECT_EQ(run_toy({"serve", "m"}).code, 0);
  EXPECT_EQ(given.port, 5);
  EXPECT_EQ(run_toy({"serve", "m", "--config", "no/such.yml"}).code, 3);
}

TEST(Program, AMisspeltVariableIsNotedAndAStrangersIsNot) {
  const Environment port("HEADROOM_PORTT", "5"), service("HEADROOM_SERVICE_PORT_HTTP", "80");
  const auto result = run_toy({"serve", "m"});
  EXPECT_EQ(result.code, 0);
  EXPECT_EQ(result.err, "headroom: note: HEADROOM_PORTT in the environment sets no flag; did you mean HEADROOM_PORT?\n");
  const Environment known("HEADROOM_USERS", "5");
  EXPECT_EQ(run_toy({"serve", "m"}).err, result.err) << "a flag of another command is known";
}

TEST(Program, AWordOfAChoiceIsWhatItStandsFor) {
  EXPECT_EQ(run_toy({"serve", "m", "--limits", "none"}).code, 0);
  EXPECT_EQ(given.limits, Given::Limits::none);
}

TEST(Program, HelpAndVersionGoToStdout) {
  EXPECT_THAT(run_toy({"--version"}).out, StartsWith("headroom "));
  EXPECT_THAT(run_toy({"--help"}).out, HasSubstr("serve"));
  const auto help = run_toy({"serve", "--help"});
  EXPECT_EQ(help.code, 0);
  EXPECT_THAT(help.out, HasSubstr("--drain DURATION [10s]"));
  EXPECT_EQ(help.err, "");
}

struct Wrong {
  const char* name;
  std::vector<const char*> words;
  int code;
  const char* says;
};
class WrongUse : public testing::TestWithParam<Wrong> {};
TEST_P(WrongUse, IsNamedInAtMostFiveLines) {
  const auto result = run_toy(GetParam().words);
  EXPECT_EQ(result.code, GetParam().code);
  EXPECT_THAT(result.err, HasSubstr(GetParam().says));
  EXPECT_LE(std::count(result.err.begin(), result.err.end(), '\n'), 5) << result.err;
  EXPECT_EQ(result.out, "");
}
INSTANTIATE_TEST_SUITE_P(Table, WrongUse, testing::Values(
    Wrong{"a command misspelt", {"sevre", "--port", "1"}, 2, "did you mean headroom serve?"},
    Wrong{"no such command", {"xyz"}, 2, "there is no command 'xyz'"},
    Wrong{"only a flag", {"--prot"}, 2, "takes no '--prot' before a command"},
    Wrong{"a flag misspelt", {"serve", "m", "--prot", "1"}, 2, "did you mean --port?"},
    Wrong{"a flag misspelt, with its value", {"serve", "m", "--prot=1"}, 2, "did you mean --port?"},
    Wrong{"the model is missing", {"serve"}, 2, "MODEL"},
    Wrong{"no number", {"serve", "m", "--port", "abc"}, 2, "abc"},
    Wrong{"a port too large", {"serve", "m", "--port", "70000"}, 2, "70000"},
    Wrong{"a duration without a unit", {"serve", "m", "--drain", "10"}, 2, "a duration such as 250ms"},
    Wrong{"a flag without its value", {"serve", "m", "--port"}, 2, "--port needs a value"},
    Wrong{"a flag twice", {"serve", "m", "--port", "1", "--port", "2"}, 2, "--port is given more than once"},
    Wrong{"a value for a flag that takes none", {"serve", "m", "--watch=perhaps"}, 2, "--watch does not take 'perhaps'"},
    Wrong{"none of the words", {"serve", "m", "--limits", "cgroup2"}, 2, "'cgroup2' is none of auto, none"},
    Wrong{"one argument too many", {"serve", "m", "n"}, 2, "'n'"},
    Wrong{"no such file", {"serve", "m", "--config", "no/such.yml"}, 3, "no/such.yml"}),
    [](const auto& row) { return "Row" + std::to_string(row.index); });

struct WrongFile {
  const char* text;
  const char* says;
};
class WrongConfig : public testing::TestWithParam<WrongFile> {};
TEST_P(WrongConfig, IsNamedWithItsLine) {
  const ConfigFile file(GetParam().text);
  const auto result = run_toy({"serve", "m", "--config", file.path.c_str()});
  EXPECT_EQ(result.code, 2);
  EXPECT_THAT(result.err, HasSubstr(GetParam().says));
  EXPECT_THAT(result.err, HasSubstr(file.path));
  EXPECT_LE(std::count(result.err.begin(), result.err.end(), '\n'), 5) << result.err;
}
INSTANTIATE_TEST_SUITE_P(Table, WrongConfig, testing::Values(
    WrongFile{"\nprot: 1\n", "line 2: no command has a flag 'prot'; did you mean 'port'?"},
    WrongFile{"serve: {users: 1}\n", "line 1: serve has no flag 'users'"},
    WrongFile{"sevre: {port: 1}\n", "there is no command 'sevre'; did you mean 'serve'?"},
    WrongFile{"serve: {port: {a: 1}}\n", "nested too deep"},
    WrongFile{"port: [1, [2]]\n", "expected a word"},
    WrongFile{"- a\n- b\n", "expected lines such as"},
    WrongFile{"port: 1\n  x: [\n", "line 2"},
    WrongFile{"port: 1\nport: 2\n", "line 2: 'port' stands here twice"},
    WrongFile{"serve: {port: 1}\nserve: {port: 2}\n", "line 2: 'port' stands here twice"},
    WrongFile{"serve: 3\n", "line 1: 'serve' is a command: its flags stand below it"},
    WrongFile{"port: 70000\n", "70000"}),
    [](const auto& row) { return "Row" + std::to_string(row.index); });
}  // namespace
}  // namespace headroom::cli
