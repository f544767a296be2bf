// The whole thing, with the real binary: a model served, loaded for two short steps, recorded, explained.
#include <gtest/gtest.h>
#include <simdjson.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include "run/reader.h"

namespace headroom {
namespace {
struct Ended {
  int code = -1;
  std::string output;
};

Ended command(const std::string& arguments) {
  Ended ended;
  FILE* pipe = ::popen((std::string(HEADROOM_BINARY) + " " + arguments + " 2>&1").c_str(), "r");
  std::array<char, 4096> piece{};
  while (const auto n = std::fread(piece.data(), 1, piece.size(), pipe)) ended.output.append(piece.data(), n);
  const int status = ::pclose(pipe);
  ended.code = WIFEXITED(status) ? WEXITSTATUS(status) : 128;
  return ended;
}

std::string contents(const std::filesystem::path& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

class Experiment : public testing::Test {
 protected:
  Experiment() : folder_(std::filesystem::temp_directory_path() / ("headroom_experiment_" + std::to_string(::getpid()))) {
    std::filesystem::create_directories(folder_);
  }
  ~Experiment() override { std::filesystem::remove_all(folder_); }
  std::string write(const std::string& name, const std::string& text) {
    std::ofstream(folder_ / name) << text;
    return (folder_ / name).string();
  }
  std::filesystem::path folder_;
};

constexpr const char* kTwoSteps =
    "serve: {model: examples/iris/model.joblib}\n"
    "load: {scenario: examples/iris/iris.yml, steps: [{users: 10}, {users: 20}], spawn_rate: 50, duration: 2s}\n"
    "slo: \"p95<5s, errors<0.1%\"\n";

TEST_F(Experiment, ServesLoadsRecordsAndExplains) {
  const auto ended = command("experiment " + write("two.yml", kTwoSteps) + " --out " + (folder_ / "out").string());
  ASSERT_EQ(ended.code, 0) << ended.output;
  EXPECT_NE(ended.output.find("out/report.html"), std::string::npos) << ended.output;

  const auto run = run::read((folder_ / "out/run.db").string());
  ASSERT_TRUE(run) << run.error().message;
  std::uint64_t client[3] = {};
  std::uint64_t failed = 0;
  for (const auto& second : run->client_seconds) {
    ASSERT_TRUE(second.step == 1 || second.step == 2);
    if (second.steady) client[second.step] += second.requests;
    failed += second.failures;
  }
  EXPECT_EQ(failed, 0U);

  simdjson::dom::parser parser;
  simdjson::dom::element report;
  ASSERT_FALSE(parser.load((folder_ / "out/report.json").string()).get(report));
  simdjson::dom::array steps;
  ASSERT_FALSE(report["steps"].get(steps));
  ASSERT_EQ(steps.size(), 2U);
  int id = 0;
  for (const simdjson::dom::element step : steps) {
    ++id;
    EXPECT_EQ(std::uint64_t(step["requests"]), client[id]);
    EXPECT_GT(client[id], 5U);
    EXPECT_EQ(double(step["success"]), 1.0);
    EXPECT_EQ(int64_t(step["replicas_to"]), 1);
    double cells = double(step["unexplained_ms"]);
    for (const auto cell : simdjson::dom::object(step["cells"])) cells += double(cell.value);
    EXPECT_NEAR(cells, double(step["mean_ms"]), 1e-6);
    EXPECT_GT(double(step["cells"]["predict"]), 0);
  }
  const auto html = contents(folder_ / "out/report.html");
  EXPECT_EQ(html.find("http://"), std::string::npos);
  EXPECT_EQ(html.find("https://"), std::string::npos);
  EXPECT_NE(contents(folder_ / "out/report.md").find("20 users"), std::string::npos);

  const auto again = command("analyze " + (folder_ / "out/run.db").string() + " --json");
  EXPECT_EQ(again.code, 0);
  EXPECT_EQ(again.output, contents(folder_ / "out/report.json"));
}

TEST_F(Experiment, WhatIsMissingIsSaidBeforeAnythingIsStarted) {
  const auto ended = command("experiment " + write("bad.yml", "serve: {model: no_such.joblib}\nload: {scenario: examples/iris/iris.yml, steps: [{users: 1}]}\n") +
                             " --out " + (folder_ / "out").string());
  EXPECT_EQ(ended.code, 3) << ended.output;
  EXPECT_NE(ended.output.find("no_such.joblib"), std::string::npos) << ended.output;
  EXPECT_FALSE(std::filesystem::exists(folder_ / "out"));
}

TEST_F(Experiment, AWrongKeyIsNamedWithItsPlace) {
  const auto file = write("wrong.yml", "serve: {modell: x}\n");
  const auto ended = command("experiment " + file);
  EXPECT_EQ(ended.code, 2);
  EXPECT_NE(ended.output.find(file + ":1:9"), std::string::npos) << ended.output;
  EXPECT_NE(ended.output.find("unknown key 'modell'"), std::string::npos) << ended.output;
}

TEST_F(Experiment, AnalyzeRefusesWhatIsNoRunFile) {
  const auto ended = command("analyze " + write("run.db", "not a run"));
  EXPECT_EQ(ended.code, 2);
  EXPECT_LE(std::count(ended.output.begin(), ended.output.end(), '\n'), 5);
  EXPECT_EQ(command("analyze " + (folder_ / "none.db").string()).code, 3);
}
}  // namespace
}  // namespace headroom
