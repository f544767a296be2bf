// `headroom load` from outside: the real program against a real server; exit codes, files, documents. Nothing here is timed: runs
// end by count and Ctrl-C, or are so short of a steady part that the generator's verdict (which a busy machine may rightly turn)
// is not asked for.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <simdjson.h>

#include <algorithm>
#include <filesystem>
#include <regex>
#include <sstream>

#include "testing/command_run.h"
#include "testing/socket_server.h"

namespace headroom::load {
namespace {
using headroom::testing::CommandRun;
using headroom::testing::contents_of;
using headroom::testing::say;
using headroom::testing::ScratchFolder;
using headroom::testing::SocketServer;
using ::testing::HasSubstr;
using ::testing::Not;
using Flags = std::vector<std::string>;

bool good(int socket, int) { return say(socket, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"); }
bool bad(int socket, int) { return say(socket, "HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n"); }
bool every_second_is_bad(int socket, int number) { return number % 2 == 0 ? bad(socket, number) : good(socket, number); }
bool silent(int, int) { return true; }

CommandRun load(const Flags& first, const Flags& more = {}) {
  Flags flags{"load"};
  flags.insert(flags.end(), first.begin(), first.end());
  flags.insert(flags.end(), more.begin(), more.end());
  return {HEADROOM_BINARY, flags};
}
/// Users come to the very end, so no part of it is steady; what is in flight at the end is waited for.
Flags short_run(const SocketServer& server) {
  return {server.url() + "/x", "--method", "GET", "-u", "100", "-r", "1", "-t", "3s", "-s", "60s", "--timeout", "60s"};
}
/// Until a signal comes.
Flags long_run(const std::string& url) { return {url + "/x", "--method", "GET", "--max-rate", "-u", "2", "-r", "1000", "--timeout", "60s"}; }

struct CodeRow {
  const char* promise;
  SocketServer::Answer answer;
  Flags flags;
  const char* ending;
};
class LoadEnds : public ::testing::TestWithParam<CodeRow> {};
TEST_P(LoadEnds, WithTheCodeOfItsPage) {
  SocketServer server(GetParam().answer);
  auto run = load(short_run(server), GetParam().flags);
  EXPECT_EQ(run.ending(), GetParam().ending) << run.out() << run.error();
  EXPECT_THAT(run.out(), HasSubstr("Aggregated"));
  EXPECT_GT(server.requests(), 0);
}
INSTANTIATE_TEST_SUITE_P(Table, LoadEnds,
                         ::testing::Values(CodeRow{"Good", good, {}, "exit 0"}, CodeRow{"Failures", bad, {}, "exit 1"},
                                           CodeRow{"FailuresAsAsked", bad, {"--exit-code-on-error", "7"}, "exit 7"},
                                           CodeRow{"FailuresAreFine", every_second_is_bad, {"--exit-code-on-error", "0"}, "exit 0"},
                                           CodeRow{"SloWithoutASteadyPart", good, {"--slo", "p50<50s"}, "exit 1"}),
                         [](const auto& row) { return std::string(row.param.promise); });

TEST(LoadCommand, AMissedSloIs1AndSaysWhichTerm) {
  SocketServer server(every_second_is_bad);
  auto run = load({server.url() + "/x", "--method", "GET", "--max-rate", "-c", "2", "-t", "3s", "--exit-code-on-error", "0", "--slo", "p50<50s, errors<1%"});
  EXPECT_EQ(run.ending(), "exit 1");
  EXPECT_THAT(run.out(), HasSubstr("SLO MISSED errors<1%: "));
  EXPECT_THAT(run.out(), HasSubstr("SLO met    p50<50s: "));
}

class LoadRefuses : public ::testing::TestWithParam<std::pair<Flags, const char*>> {};
TEST_P(LoadRefuses, WhatItCannotUnderstandWith2) {
  const ScratchFolder folder;
  std::ofstream(folder / "bad.yml") << "users: {U: {tasks: t}}\ntasks: {t: {gte: /}}\n";
  auto [flags, words] = GetParam();
  for (auto& flag : flags) {
    if (flag == "bad.yml") flag = folder / flag;
  }
  auto run = load(flags);
  EXPECT_EQ(run.ending(), "exit 2");
  EXPECT_EQ(run.out(), "");
  const std::string error = run.error();
  EXPECT_THAT(error, HasSubstr(words));
  EXPECT_LE(std::count(error.begin(), error.end(), '\n'), 5) << error;
}
INSTANTIATE_TEST_SUITE_P(Table, LoadRefuses,
                         ::testing::Values(std::pair{Flags{"http://127.0.0.1:1", "--users", "many"}, "--users"},
                                           std::pair{Flags{"http://127.0.0.1:1", "--usres", "3"}, "--users"},
                                           std::pair{Flags{"ftp://127.0.0.1:1", "-u", "3"}, "ftp"},
                                           std::pair{Flags{"http://127.0.0.1:1", "-u", "3", "--rate", "5/s"}, "--rate"},
                                           std::pair{Flags{"http://127.0.0.1:1", "-t", "soon"}, "soon"},
                                           std::pair{Flags{"http://127.0.0.1:1", "--slo", "p95 is fine"}, "--slo"},
                                           std::pair{Flags{"-f", "bad.yml", "-H", "http://127.0.0.1:1"}, "bad.yml:2:"},
                                           std::pair{Flags{}, "nothing says what to load"}));

TEST(LoadCommand, WhereNobodyListensIs3WithTheTables) {
  std::string url;
  { url = SocketServer(good).url(); }
  auto run = load({url + "/x", "--method", "GET", "-u", "100", "-r", "1", "-t", "2s"});
  EXPECT_EQ(run.ending(), "exit 3");
  EXPECT_THAT(run.out(), HasSubstr("GET /x: connection refused"));
  EXPECT_THAT(run.error(), HasSubstr("no connection could be made: connection refused"));
}

TEST(LoadCommand, ARunTimeCutsTheScenariosShape) {
  const std::string iris = std::string(HEADROOM_SOURCE_DIR) + "/examples/iris/iris.yml";  // a stage of 60 s, then one of 120 s
  auto first = load({"-f", iris, "-t", "20s", "--print-scenario"});
  EXPECT_EQ(first.ending(), "exit 0");
  EXPECT_THAT(first.out(), HasSubstr("stages:\n  - {duration: 20s, users: 150, spawn_rate: 10/s}\n"));
  EXPECT_THAT(first.out(), Not(HasSubstr("300")));
  auto second = load({"-f", iris, "-t", "90s", "--print-scenario"});
  EXPECT_EQ(second.ending(), "exit 0");
  EXPECT_THAT(second.out(), HasSubstr("  - {duration: 60s, users: 150, spawn_rate: 10/s}\n  - {duration: 30s, users: 300, spawn_rate: 10/s}\n"));
}

TEST(LoadCommand, ForAScenarioThatIsNotThereItIs3) {
  auto run = load({"-f", "no/such.yml", "-H", "http://127.0.0.1:1"});
  EXPECT_EQ(run.ending(), "exit 3");
  EXPECT_THAT(run.error(), HasSubstr("no/such.yml"));
}

TEST(LoadCommand, WhatCannotBeWrittenIs3BeforeTheFirstRequest) {
  const ScratchFolder folder;
  std::ofstream(folder / "file") << "x";
  std::filesystem::create_symlink("/dev/full", folder / "full_stats_history.csv");
  SocketServer server(good);
  for (const auto& flags : {Flags{"--csv", folder / "file/prefix"}, Flags{"--csv", folder / "full"}, Flags{"--output", folder / "none/out"},
                            Flags{"--record", folder / "none/run.db"}}) {
    auto run = load(long_run(server.url()), flags);
    EXPECT_EQ(run.ending(), "exit 3") << flags[0];
    EXPECT_THAT(run.error(), HasSubstr(std::string(folder / "")));
  }
  EXPECT_EQ(server.requests(), 0);
}

TEST(LoadCommand, ResultsThatTheDiskHasNoRoomForGoToStdout) {
  SocketServer server(good);
  auto run = load(short_run(server), {"--output", "/dev/full"});
  EXPECT_EQ(run.ending(), "exit 3");
  EXPECT_THAT(run.error(), HasSubstr("no space left"));
  EXPECT_THAT(run.out(), HasSubstr("Aggregated"));
}

// ---- Ctrl-C
TEST(LoadCommand, CtrlCEndsItWithEverythingWritten) {
  for (const int number : {SIGINT, SIGTERM}) {
    const ScratchFolder folder;
    SocketServer server(good);
    auto run = load(long_run(server.url()), {"--csv", folder / "c", "--record", folder / "run.db", "-s", "60s"});
    ASSERT_TRUE(server.has_seen(50));
    run.signal(number);
    EXPECT_EQ(run.ending(), "exit 130") << run.error();
    EXPECT_THAT(run.out(), HasSubstr("Aggregated"));
    EXPECT_THAT(run.out(), HasSubstr("Response time percentiles"));
    EXPECT_THAT(contents_of(folder / "c_stats.csv"), HasSubstr("\r\n,Aggregated," + std::to_string(server.requests()) + ",0,"));
    EXPECT_THAT(contents_of(folder / "run.db"), HasSubstr("SQLite format 3"));
    EXPECT_FALSE(std::filesystem::exists(folder / "run.db-wal"));
  }
}

TEST(LoadCommand, ASecondCtrlCEndsItAtOnce) {
  SocketServer server(silent);
  auto run = load({server.url() + "/x", "--method", "GET", "-u", "1", "--timeout", "1h", "-s", "1h"});
  ASSERT_TRUE(server.has_seen(1));
  run.signal(SIGINT);
  ASSERT_TRUE(run.says("once more ends it at once"));
  run.signal(SIGINT);
  EXPECT_EQ(run.ending(), "exit 130");
}

// ---- what it writes
std::vector<std::vector<std::string>> rows_of(const std::string& csv) {
  std::vector<std::vector<std::string>> rows;
  std::istringstream lines(csv);
  for (std::string line; std::getline(lines, line, '\n');) {
    EXPECT_TRUE(line.ends_with('\r')) << line;
    line.pop_back();
    std::istringstream cells(line);
    rows.emplace_back();
    for (std::string cell; std::getline(cells, cell, ',');) rows.back().push_back(cell);
  }
  return rows;
}
std::string joined(const std::vector<std::string>& cells) {
  std::string text;
  for (const auto& cell : cells) text += (text.empty() ? "" : ",") + cell;
  return text;
}
// The regular expressions know a whole number from one with decimals: Locust writes some columns so and some so.
constexpr const char* kWhole = "[0-9]+";
constexpr const char* kReal = "[0-9]+\\.[0-9]+";
constexpr const char* kMedian = "[0-9]+(\\.[0-9]+)?";
std::string columns(const std::vector<std::string>& kinds) { return joined(kinds); }
std::vector<std::string> percentiles() { return std::vector<std::string>(11, kWhole); }
std::vector<std::string> operator+(std::vector<std::string> a, const std::vector<std::string>& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}
const std::vector<std::string> kCounts{kWhole, kWhole, kMedian, kReal, kReal, kReal, kReal};

constexpr const char* kStatsHeader =
    "Type,Name,Request Count,Failure Count,Median Response Time,Average Response Time,Min Response Time,Max Response Time,Average Content Size,"
    "Requests/s,Failures/s,50%,66%,75%,80%,90%,95%,98%,99%,99.9%,99.99%,100%";
constexpr const char* kHistoryHeader =
    "Timestamp,User Count,Type,Name,Requests/s,Failures/s,50%,66%,75%,80%,90%,95%,98%,99%,99.9%,99.99%,100%,Total Request Count,Total Failure Count,"
    "Total Median Response Time,Total Average Response Time,Total Min Response Time,Total Max Response Time,Total Average Content Size";

bool is(const std::vector<std::string>& row, const std::vector<std::string>& kinds) {
  return std::regex_match(joined(row), std::regex(columns(kinds)));
}

class LoadFiles : public ::testing::Test {
 protected:
  // Two names, of which one fails; ended by count.
  void SetUp() override {
    std::ofstream(folder_ / "two.yml") << "users: {U: {tasks: [{a: 1}, {b: 1}]}}\ntasks: {b: {get: /b, expect: {status: 404}}, a: {get: /a}}\n";
    auto run = load({"-f", folder_ / "two.yml", "-H", server_.url(), "-u", "3", "-r", "1000", "--csv", folder_ / "new/folder/c", "-s", "60s"});
    ASSERT_TRUE(server_.has_seen(300));
    run.signal(SIGINT);
    ASSERT_EQ(run.ending(), "exit 130") << run.error();
  }
  [[nodiscard]] std::vector<std::vector<std::string>> rows(const std::string& file) const { return rows_of(contents_of(folder_ / ("new/folder/c_" + file))); }
  ScratchFolder folder_;
  SocketServer server_{good};
};

TEST_F(LoadFiles, StatsAreLocusts) {
  const auto stats = rows("stats.csv");
  ASSERT_EQ(stats.size(), 4U);
  EXPECT_EQ(joined(stats[0]), kStatsHeader);
  const auto kinds = [&](const char* type, const char* name) { return std::vector<std::string>{type, name} + kCounts + std::vector<std::string>{kReal, kReal} + percentiles(); };
  EXPECT_TRUE(is(stats[1], kinds("GET", "/a"))) << joined(stats[1]);
  EXPECT_TRUE(is(stats[2], kinds("GET", "/b"))) << joined(stats[2]);
  EXPECT_TRUE(is(stats[3], kinds("", "Aggregated"))) << joined(stats[3]);
  EXPECT_EQ(stats[3][2], std::to_string(server_.requests()));
  EXPECT_EQ(std::stoi(stats[1][2]) + std::stoi(stats[2][2]), server_.requests());
  EXPECT_EQ(stats[1][3], "0");
  EXPECT_EQ(stats[2][3], stats[2][2]) << "every /b fails";
  EXPECT_EQ(stats[3][8], "2.0") << "bytes of a body";
  EXPECT_LE(std::stod(stats[3][6]), std::stod(stats[3][4]));
  EXPECT_LE(std::stod(stats[3][4]), std::stod(stats[3][7]));
}

TEST_F(LoadFiles, TheHistoryHasARowASecondAndEndsWithTheWhole) {
  const auto history = rows("stats_history.csv");
  ASSERT_GE(history.size(), 3U);
  EXPECT_EQ(joined(history[0]), kHistoryHeader);
  EXPECT_TRUE(is(history[1], std::vector<std::string>{kWhole, "0", "", "Aggregated", "0\\.000000", "0\\.000000"} + std::vector<std::string>(11, "N/A") +
                                 std::vector<std::string>{"0", "0", "0", "0\\.0", "0", "0", "0"}))
      << joined(history[1]);
  for (std::size_t i = 2; i < history.size(); ++i) {
    EXPECT_TRUE(is(history[i], std::vector<std::string>{kWhole, kWhole, "", "Aggregated", "[0-9]+\\.[0-9]{6}", "[0-9]+\\.[0-9]{6}"} + percentiles() + kCounts))
        << joined(history[i]);
    EXPECT_GT(std::stoll(history[i][0]), std::stoll(history[i - 1][0]));
    EXPECT_GE(std::stoll(history[i][17]), std::stoll(history[i - 1][17]));
  }
  EXPECT_EQ(history.back()[17], std::to_string(server_.requests()));
}

TEST_F(LoadFiles, FailuresSayWhenTheyWereSeen) {
  const auto failures = rows("failures.csv");
  ASSERT_EQ(failures.size(), 2U);
  EXPECT_EQ(joined(failures[0]), "Method,Name,Error,Occurrences,First Seen,Last Seen");
  constexpr const char* kTime = "20[0-9]{2}-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-6][0-9]Z";
  EXPECT_TRUE(is(failures[1], {"GET", "/b", "HTTP 200", kWhole, kTime, kTime})) << joined(failures[1]);
  EXPECT_EQ(failures[1][3], rows("stats.csv")[2][3]);
  EXPECT_LE(failures[1][4], failures[1][5]);
  EXPECT_EQ(contents_of(folder_ / "new/folder/c_exceptions.csv"), "Count,Message,Traceback,Nodes\r\n");
}

void expect_keys(simdjson::dom::object object, const std::vector<std::string>& keys) {
  for (const auto& key : keys) EXPECT_EQ(object[key].error(), simdjson::SUCCESS) << key;
}

TEST(LoadCommand, TheJsonDocumentHasTheKeysOfItsPage) {
  SocketServer server(every_second_is_bad);
  auto run = load({server.url() + "/x", "--method", "GET", "--max-rate", "-c", "2", "-t", "3s", "-s", "60s", "--json", "--slo", "p95<50s, errors<1%"});
  EXPECT_EQ(run.ending(), "exit 1");
  simdjson::dom::parser parser;
  simdjson::dom::object root;
  ASSERT_EQ(parser.parse(run.out()).get(root), simdjson::SUCCESS) << run.out();
  EXPECT_EQ(std::string_view(root["url"]), server.url() + "/x");
  expect_keys(root, {"url", "duration_s", "users", "requests", "failures", "rps", "latency", "service_time", "send_lag", "errors", "by_name", "steps", "generator", "slo"});
  for (const char* times : {"latency", "service_time", "send_lag"}) {
    expect_keys(root[times].get_object(), {"mean_ms", "min_ms", "p50_ms", "p90_ms", "p95_ms", "p99_ms", "p999_ms", "max_ms"});
  }
  simdjson::dom::object name = root["by_name"].at(0).get_object();
  expect_keys(name, {"method", "name", "requests", "failures", "rps", "latency", "service_time", "send_lag", "errors"});
  EXPECT_EQ(std::string_view(name["name"]), "/x");
  EXPECT_EQ(int64_t(name["requests"]), server.requests());
  EXPECT_EQ(int64_t(name["errors"]["HTTP 503"]), int64_t(name["failures"]));
  expect_keys(root["generator"].get_object(), {"limited", "reasons", "cpu_share"});
  expect_keys(root["steps"].at(0).get_object(), {"users", "requests", "latency"});
  EXPECT_FALSE(bool(root["slo"]["met"]));
  expect_keys(root["slo"]["terms"].at(1).get_object(), {"term", "measured", "met"});
  EXPECT_EQ(std::string_view(root["slo"]["terms"].at(1)["term"]), "errors<1%");
}

// The generator itself is held beyond the end of its run: what was due meanwhile is sent, late, and counts from when it was due.
TEST(LoadCommand, AnOpenLoopThatWasStoppedOwesNoArrival) {
  SocketServer server(good);
  auto run = load({server.url() + "/x", "--method", "GET", "--rate", "50/s", "--arrivals", "uniform", "-t", "2s", "-s", "60s", "--timeout", "60s", "--json"});
  ASSERT_TRUE(server.has_seen(5));
  run.signal(SIGSTOP);
  std::this_thread::sleep_for(std::chrono::milliseconds(2500));
  run.signal(SIGCONT);
  EXPECT_THAT(run.ending(), ::testing::StartsWith("exit "));  // whether it is to be believed is another question
  simdjson::dom::parser parser;
  simdjson::dom::object root;
  ASSERT_EQ(parser.parse(run.out()).get(root), simdjson::SUCCESS) << run.out();
  EXPECT_EQ(int64_t(root["whole_run"]["requests"]), 100);
  EXPECT_EQ(server.requests(), 100);
  EXPECT_GT(double(root["whole_run"]["send_lag"]["max_ms"]), 500.0);
}

TEST(LoadCommand, SlowRequestsAreLoggedWithTheirInputAndTrace) {
  SocketServer server([](int socket, int number) {
    std::this_thread::sleep_for(std::chrono::milliseconds(2));  // never less, whatever else the machine does
    return good(socket, number);
  });
  auto run = load({server.url() + "/x", "--body", "{\"features\":[{{row}}]}", "--data", "iris", "--max-rate", "-u", "1", "--slow", "1ms", "-s", "60s"});
  ASSERT_TRUE(server.has_seen(5));
  run.signal(SIGINT);
  EXPECT_EQ(run.ending(), "exit 130");
  const std::string request = server.last_request();
  const auto trace = request.find("traceparent: 00-");
  ASSERT_NE(trace, std::string::npos) << request;
  const std::string body = request.substr(request.find("\r\n\r\n") + 4);
  EXPECT_THAT(run.error(), HasSubstr("POST /x status 200 trace " + request.substr(trace + 16, 32) + " input " + body + "\n"));
}

TEST(LoadCommand, ASlowRequestWithoutABodyHasNoInput) {
  SocketServer server([](int socket, int number) {
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
    return good(socket, number);
  });
  auto run = load({server.url() + "/x", "--max-rate", "-u", "1", "--slow", "1ms", "-s", "60s"});
  ASSERT_TRUE(server.has_seen(5));
  run.signal(SIGINT);
  EXPECT_EQ(run.ending(), "exit 130");
  EXPECT_THAT(run.error(), HasSubstr("slow: "));
  EXPECT_THAT(run.error(), Not(HasSubstr("input")));
}
}  // namespace
}  // namespace headroom::load
