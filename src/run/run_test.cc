// The run file as its users meet it: written, read, read while written, torn away, full disk, foreign.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sqlite3.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cmath>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <thread>

#include "run/reader.h"
#include "run/writer.h"
#include "testing/stages.h"

namespace headroom::run {
namespace {
using namespace std::chrono_literals;
using telemetry::Stage;

class RunFile : public testing::Test {
 protected:
  RunFile() {
    std::string pattern = testing::TempDir() + "headroom_run_XXXXXX";
    folder_ = ::mkdtemp(pattern.data());
  }
  ~RunFile() override { std::filesystem::remove_all(folder_); }
  [[nodiscard]] std::string path(const std::string& name = "run.db") const { return folder_ + "/" + name; }
  std::unique_ptr<Writer> create(const WriterLimits& limits = {}) {
    auto writer = Writer::create(path(), {{"tool", "headroom 0.1.0"}}, limits);
    EXPECT_TRUE(writer) << writer.error().message;
    return std::move(*writer);
  }
  /// Does to the file what a stranger could.
  void tamper(const std::string& sql) const {
    sqlite3* database = nullptr;
    ASSERT_EQ(sqlite3_open(path().c_str(), &database), SQLITE_OK);
    char* why = nullptr;
    EXPECT_EQ(sqlite3_exec(database, sql.c_str(), nullptr, nullptr, &why), SQLITE_OK) << (why ? why : "");
    sqlite3_free(why);
    sqlite3_close(database);
  }
  [[nodiscard]] std::string error() const {
    auto run = read(path());
    return run ? "" : run.error().message;
  }

 private:
  std::string folder_;
};

telemetry::RequestRecord a_record() {
  telemetry::RequestRecord record;
  record.trace_id.bytes[15] = 7;
  record.span_id.bytes[7] = 8;
  record.start_ns = 1'700'000'000'000'000'000;
  record.total_ns = 210;
  record.stage_ns = testing_stages::stages<std::int64_t>({{Stage::read, 10}, {Stage::parse, 20}, {Stage::decode, 30}, {Stage::queue, 40}, {Stage::predict, 50}, {Stage::encode, 60}});
  record.rows = 3;
  record.status = 200;
  record.route = telemetry::Route::health;
  record.method = telemetry::HttpMethod::post;
  record.predicted = 2;
  record.confidence = 0.97;
  record.result = std::nan("");
  record.n_inputs = 3;
  record.inputs = {5.1, std::nan(""), -1e300};
  return record;
}

Sample a_sample(int name) {
  Sample sample{.step = 1, .name = name, .intended_ns = 100, .sent_ns = 150, .first_byte_ns = 300, .done_ns = 320};
  sample.status = 200;
  sample.trace_id.bytes[0] = 0xab;
  sample.server_ns[static_cast<std::size_t>(Stage::predict)] = 50;
  sample.has_server = true;
  return sample;
}

TEST_F(RunFile, EveryRowComesBackAsItWasGiven) {
  {
    auto writer = create();
    writer->add(Step{.id = 1, .part = "a", .label = "150 users", .users = 150, .start_ns = 1, .steady_ns = 2});
    EXPECT_EQ(writer->name("GET /health"), 0);
    EXPECT_EQ(writer->name("POST /predict"), 1);
    EXPECT_EQ(writer->name("GET /health"), 0);
    writer->add(a_sample(1));
    ClientSecond second{.t_ns = 5, .step = 1, .name = 1, .steady = true, .requests = 2, .failures = 1, .latency_ns = 7};
    second.latency.add(3);
    second.latency.add(4);
    writer->add(second);
    writer->add(ErrorCount{1, 0, "timeout", 3});
    writer->add(GeneratorSecond{.t_ns = 9, .users = 10, .cpu_share = 0.25, .throttled_ns = -1, .machine_busy = 0.5});
    ServerSecond server{.t_ns = 4, .replica = "pod-1", .route = telemetry::Route::predict, .requests = 9};
    server.total.add(1'000'000);
    writer->add(server);
    writer->add(ServerRequest{"pod-1", a_record()});
    writer->add(ReplicaSample{.t_ns = 3, .replica = "pod-1", .cpu_ns = 12, .memory_bytes = 1U << 24U, .cpu_limit = 0.5});
    writer->add(ReplicaEvent{8, "pod-1", "ready", "after 12 ms"});
    writer->add(HpaPass{.t_ns = 6, .current = 2, .ready = 2, .desired = 4, .reason = "ReadyForNewScale", .conditions_json = "[]"});
    writer->add(SlowRequest{.step = 1, .name = "POST /predict", .request_body = std::string("a\0b", 3)});
    writer->add(Step{.id = 1, .part = "a", .label = "150 users", .users = 150, .start_ns = 1, .steady_ns = 2, .end_ns = 99});
    ASSERT_TRUE(writer->close());
  }
  const auto run = read(path());
  ASSERT_TRUE(run) << run.error().message;
  EXPECT_EQ(run->meta, (Meta{{"complete", "yes"}, {"schema_version", "1"}, {"tool", "headroom 0.1.0"}}));
  EXPECT_EQ(run->names, (std::vector<std::string>{"GET /health", "POST /predict"}));
  ASSERT_EQ(run->steps.size(), 1U);
  EXPECT_EQ(run->steps[0].end_ns, 99);
  EXPECT_EQ(run->steps[0].label, "150 users");
  ASSERT_EQ(run->samples.size(), 1U);
  EXPECT_EQ(run->samples[0].done_ns, 320);
  EXPECT_EQ(run->samples[0].trace_id, a_sample(0).trace_id);
  EXPECT_EQ(run->samples[0].server_ns, a_sample(0).server_ns);
  EXPECT_TRUE(run->samples[0].has_server);
  ASSERT_EQ(run->client_seconds.size(), 1U);
  EXPECT_EQ(run->client_seconds[0].latency.max(), 4);
  EXPECT_EQ(run->client_seconds[0].service.count(), 0U);
  EXPECT_TRUE(run->client_seconds[0].steady);
  EXPECT_EQ(run->errors.at(0).error, "timeout");
  EXPECT_EQ(run->generator_seconds.at(0).cpu_share, 0.25);
  EXPECT_EQ(run->generator_seconds.at(0).throttled_ns, -1);
  EXPECT_EQ(run->generator_seconds.at(0).machine_busy, 0.5);
  EXPECT_EQ(run->server_seconds.at(0).total.max(), 1'000'000);
  const auto& record = run->server_requests.at(0).record;
  EXPECT_EQ(record.stage_ns, a_record().stage_ns);
  EXPECT_EQ(record.route, telemetry::Route::health);
  EXPECT_EQ(record.n_inputs, 3);
  EXPECT_EQ(record.inputs[0], 5.1);
  EXPECT_TRUE(std::isnan(record.inputs[1]));
  EXPECT_EQ(record.inputs[2], -1e300);
  EXPECT_TRUE(std::isnan(record.result));
  EXPECT_EQ(record.span_id, a_record().span_id);
  EXPECT_EQ(run->replica_samples.at(0).cpu_limit, 0.5);
  EXPECT_EQ(run->replica_events.at(0).detail, "after 12 ms");
  EXPECT_EQ(run->hpa_passes.at(0).desired, 4);
  EXPECT_EQ(run->slow_requests.at(0).request_body, std::string("a\0b", 3));
}

TEST_F(RunFile, AfterCloseItIsOnePlainFile) {
  ASSERT_TRUE(create()->close());
  EXPECT_TRUE(std::filesystem::exists(path()));
  EXPECT_FALSE(std::filesystem::exists(path() + "-wal"));
  std::ifstream file(path(), std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(file), {}};
  EXPECT_TRUE(read_bytes(std::as_bytes(std::span(bytes))));
}

TEST_F(RunFile, ItIsReadWhileItIsWritten) {
  auto writer = create();
  const int name = writer->name("GET /");
  std::atomic<bool> stop{false};
  std::thread adding([&] {
    while (!stop) {
      writer->add(a_sample(name));
      std::this_thread::sleep_for(100us);
    }
  });
  std::size_t last = 0;
  for (int reads = 0; reads < 3000 && last < 100; ++reads) {  // a minute is a hang
    const auto run = read(path());
    ASSERT_TRUE(run) << run.error().message;
    EXPECT_GE(run->samples.size(), last);
    EXPECT_EQ(run->meta.count("complete") == 0 || run->meta.at("complete") == "no", true);
    last = run->samples.size();
    std::this_thread::sleep_for(20ms);
  }
  stop = true;
  adding.join();
  EXPECT_GE(last, 100U);
  EXPECT_TRUE(writer->close());
}

TEST_F(RunFile, ManyThreadsAddAndNothingIsLost) {
  auto writer = create();
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      const int name = writer->name("name " + std::to_string(t));
      for (int i = 0; i < 5000; ++i) writer->add(a_sample(name));
    });
  }
  for (auto& thread : threads) thread.join();
  ASSERT_TRUE(writer->close());
  const auto run = read(path());
  ASSERT_TRUE(run) << run.error().message;
  EXPECT_EQ(run->samples.size(), 20'000U);
  EXPECT_EQ(run->names.size(), 4U);
}

TEST_F(RunFile, WhatWasCommittedSurvivesKillNine) {
  std::array<int, 2> ready{};
  ASSERT_EQ(::pipe(ready.data()), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    auto writer = Writer::create(path(), {});
    const int name = (*writer)->name("GET /");
    for (int i = 0; i < 1000; ++i) (*writer)->add(a_sample(name));
    while (read(path())->samples.size() < 1000) std::this_thread::sleep_for(10ms);
    (void)!::write(ready[1], "x", 1);
    ::pause();
  }
  char byte = 0;
  ASSERT_EQ(::read(ready[0], &byte, 1), 1);
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  const auto run = read(path());
  ASSERT_TRUE(run) << run.error().message;
  EXPECT_EQ(run->samples.size(), 1000U);
  EXPECT_EQ(run->meta.at("complete"), "no");
}

TEST_F(RunFile, AFullQueueDropsBulkRowsAndCountsThem) {
  auto writer = create({.bulk_rows = 10, .other_rows = 100, .histogram_bytes = 1U << 20U});
  const int name = writer->name("GET /");
  for (int i = 0; i < 50'000; ++i) writer->add(a_sample(name));
  writer->add(ReplicaEvent{.t_ns = 1, .replica = "pod-1", .event = "crash", .detail = ""});
  ASSERT_TRUE(writer->close());
  const auto run = read(path());
  ASSERT_TRUE(run) << run.error().message;
  const auto dropped = std::stoul(run->meta.at("rows_dropped"));
  EXPECT_GT(dropped, 0U);
  EXPECT_EQ(run->samples.size() + dropped, 50'000U);
  EXPECT_EQ(run->replica_events.size(), 1U) << "an event must not drown in samples";
}

TEST_F(RunFile, AFileThatMayNotGrowIsReportedByClose) {
  auto writer = create();
  rlimit before{};
  ::getrlimit(RLIMIT_FSIZE, &before);
  const rlimit small{256U << 10U, before.rlim_max};
  auto* old = std::signal(SIGXFSZ, SIG_IGN);
  ::setrlimit(RLIMIT_FSIZE, &small);
  const int name = writer->name("GET /");
  for (int i = 0; i < 20'000; ++i) writer->add(a_sample(name));
  const auto closed = writer->close();
  ::setrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, old);
  ASSERT_FALSE(closed);
  EXPECT_NE(closed.error().message.find("rows were not written"), std::string::npos) << closed.error().message;
  EXPECT_TRUE(read(path()) || !error().empty());
}

TEST_F(RunFile, AnOldRunFileIsReplaced) {
  {
    auto writer = create();
    writer->name("old");
  }
  ASSERT_TRUE(create()->close());
  EXPECT_TRUE(read(path())->names.empty());
}

TEST_F(RunFile, AnythingElseIsNotReplaced) {
  std::ofstream(path()) << "my thesis";
  const auto writer = Writer::create(path(), {});
  ASSERT_FALSE(writer);
  EXPECT_EQ(writer.error().message, "exists and is not a Headroom run file, so it is not replaced");
  std::ifstream file(path());
  EXPECT_EQ(std::string(std::istreambuf_iterator<char>(file), {}), "my thesis");
}

TEST_F(RunFile, AFileThatIsBeingWrittenIsNotReplaced) {
  auto writer = create();
  const auto second = Writer::create(path(), {});
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().message, "another headroom process is writing this file");
}

TEST_F(RunFile, AFolderThatIsNotThereIsAnError) {
  const auto writer = Writer::create(path("no/such/run.db"), {});
  ASSERT_FALSE(writer);
  EXPECT_NE(writer.error().message.find("No such file"), std::string::npos) << writer.error().message;
}

TEST_F(RunFile, WhatIsNoFileIsNotReplaced) {
  ASSERT_EQ(::mkfifo(path().c_str(), 0600), 0);
  const auto writer = Writer::create(path(), {});
  ASSERT_FALSE(writer);
  EXPECT_EQ(writer.error().message, "is a pipe, device or socket, not a regular file");
  EXPECT_TRUE(std::filesystem::is_fifo(path()));
}

TEST_F(RunFile, WhatIsNoRunFileIsSaid) {
  EXPECT_EQ(error(), "No such file or directory");
  std::ofstream(path()).flush();
  EXPECT_EQ(error(), "not a Headroom run file (it is empty)");
  std::ofstream(path()) << std::string(5000, 'x');
  EXPECT_EQ(error(), "not a Headroom run file (not an SQLite database)");
}

TEST_F(RunFile, AnotherProgramsDatabaseIsRefused) {
  tamper("CREATE TABLE meta (key TEXT, value TEXT)");
  EXPECT_EQ(error(), "not a Headroom run file (an SQLite database of something else)");
}

TEST_F(RunFile, ANumberYoungerThanTheFileIsNoneThere) {
  {
    auto writer = create();
    writer->add(GeneratorSecond{.t_ns = 9, .machine_busy = 0.5});
    ASSERT_TRUE(writer->close());
  }
  tamper("ALTER TABLE generator_seconds DROP COLUMN machine_busy");
  const auto run = read(path());
  ASSERT_TRUE(run) << run.error().message;
  EXPECT_TRUE(std::isnan(run->generator_seconds.at(0).machine_busy));
}

TEST_F(RunFile, AStageYoungerThanTheFileIsZeroThere) {
  {
    auto writer = create();
    writer->add(a_sample(writer->name("GET /")));
    writer->add(ServerRequest{"pod-1", a_record()});
    ASSERT_TRUE(writer->close());
  }
  tamper("ALTER TABLE samples DROP COLUMN server_encode_ns; ALTER TABLE server_requests DROP COLUMN encode_ns");
  const auto run = read(path());
  ASSERT_TRUE(run) << run.error().message;
  EXPECT_EQ(run->samples.at(0).server_ns[static_cast<std::size_t>(Stage::encode)], 0);
  const auto& stages = run->server_requests.at(0).record.stage_ns;
  EXPECT_EQ(stages[static_cast<std::size_t>(Stage::encode)], 0);
  EXPECT_EQ(stages[static_cast<std::size_t>(Stage::predict)], a_record().stage_ns[static_cast<std::size_t>(Stage::predict)]);
}

struct Tampered {
  const char* name;
  const char* sql;
  const char* message;
};
class TamperedRunFile : public RunFile, public testing::WithParamInterface<Tampered> {};
TEST_P(TamperedRunFile, IsRefusedWithThePlace) {
  {
    auto writer = create();
    writer->add(a_sample(writer->name("GET /")));
    writer->add(ServerRequest{"pod-1", a_record()});
    writer->add(ClientSecond{});
    ASSERT_TRUE(writer->close());
  }
  ASSERT_EQ(error(), "");
  tamper(GetParam().sql);
  EXPECT_EQ(error(), GetParam().message) << GetParam().name;
}
INSTANTIATE_TEST_SUITE_P(
    Table, TamperedRunFile,
    testing::Values(
        Tampered{"newer", "PRAGMA user_version=2", "written by a newer Headroom (schema 2; this one reads up to 1)"},
        Tampered{"no version", "PRAGMA user_version=0", "not a Headroom run file (schema 0)"},
        Tampered{"no table", "DROP TABLE meta", "not a Headroom run file (no table meta)"},
        Tampered{"a view that never ends",
                 "DROP TABLE errors; CREATE VIEW errors AS WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM c) SELECT i step, "
                 "0 name, '' error, 1 count FROM c",
                 "not a Headroom run file (no table errors)"},
        Tampered{"a computed column", "DROP TABLE errors; CREATE TABLE errors (step, name, count, error AS (hex(zeroblob(1000000))))",
                 "the run file's table errors has computed columns"},
        Tampered{"text for a number", "UPDATE samples SET done_ns='soon'",
                 "table samples, row 1: done_ns is not what the schema allows"},
        Tampered{"a number beyond its range", "UPDATE samples SET status=70000",
                 "table samples, row 1: status is not what the schema allows"},
        Tampered{"a time beyond all times", "UPDATE samples SET done_ns=9223372036854775807",
                 "table samples, row 1: done_ns is not what the schema allows"},
        Tampered{"a short trace id", "UPDATE samples SET trace_id=x'00'",
                 "table samples, row 1: trace_id is not what the schema allows"},
        Tampered{"an unknown route", "UPDATE server_requests SET route='admin'",
                 "table server_requests, row 1: route is not what the schema allows"},
        Tampered{"inputs that are no list", "UPDATE server_requests SET inputs='[1,]'",
                 "table server_requests, row 1: inputs is not what the schema allows"},
        Tampered{"too many inputs", "UPDATE server_requests SET inputs='[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17]'",
                 "table server_requests, row 1: inputs is not what the schema allows"},
        Tampered{"a name that is not there", "UPDATE samples SET name=1", "a row has a name that is not in table names"},
        Tampered{"names with a gap", "UPDATE names SET id=5", "table names: the ids are not 0, 1, 2, …"},
        Tampered{"a histogram of nonsense",
                 "UPDATE client_seconds SET latency=x'ffff'",
                 "table client_seconds, row 1: latency is not what the schema allows"},
        Tampered{"text beyond the limit", "UPDATE server_requests SET replica=hex(zeroblob(1000000))",
                 "table server_requests, row 1: replica is not what the schema allows"}));

TEST_F(RunFile, TooManyRowsAreAnError) {
  {
    auto writer = create();
    const int name = writer->name("GET /");
    for (int i = 0; i < 100; ++i) writer->add(a_sample(name));
  }
  const auto run = read(path(), {.max_rows = 50});
  ASSERT_FALSE(run);
  EXPECT_EQ(run.error().message, "more than 50 rows in the run file");
}

TEST_F(RunFile, ATornFileIsAnErrorAtEveryPage) {
  {
    auto writer = create();
    const int name = writer->name("GET /");
    for (int i = 0; i < 300; ++i) writer->add(a_sample(name));
  }
  std::ifstream file(path(), std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(file), {}};
  for (std::size_t size = 0; size + 4096 < bytes.size(); size += 1000) {
    EXPECT_FALSE(read_bytes(std::as_bytes(std::span(bytes.data(), size)))) << size;
  }
}
TEST_F(RunFile, WhatWasLostOnTheWayIsToldAndTheFileIsNotComplete) {
  auto writer = Writer::create(path(), {});
  ASSERT_TRUE(writer);
  (*writer)->note_lost(7);
  ASSERT_TRUE((*writer)->close());
  const auto run = read(path());
  ASSERT_TRUE(run);
  EXPECT_EQ(run->meta.at("complete"), "no");
  EXPECT_EQ(run->meta.at("rows_dropped"), "7");
}
}  // namespace
}  // namespace headroom::run
