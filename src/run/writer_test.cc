// The run file as those who write it meet it: written, read while it is written, killed, full disk, what is there already.
#include "run/writer.h"

#include <fcntl.h>
#include <gtest/gtest.h>
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
#include "testing/run_file.h"

namespace headroom::run {
namespace {
using namespace std::chrono_literals;
using telemetry::Stage;
using testing_run::a_record;
using testing_run::a_sample;
using testing_run::RunFile;

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
