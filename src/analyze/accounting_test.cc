#include "analyze/accounting.h"

#include <gtest/gtest.h>

#include <numeric>

#include "analyze/analyze.h"
#include "testing/run_builder.h"

namespace headroom::analyze {
using telemetry::Stage;

namespace {
using testing::Level;
using testing::RunBuilder;
using testing_stages::stages;

double sum(const Accounting& accounting) { return std::accumulate(accounting.cells.begin(), accounting.cells.end(), 0.0); }

/// 1000 requests of 10 ms from the intended time: 1 late, 2 to connect, 7 of service, of which the server saw 4.
ClientSums thousand() {
  ClientSums client;
  client.requests = client.with_server = 1000;
  client.lag = 1e9;
  client.connect = 2e9;
  client.service = client.with_server_service = 9e9;
  client.latency = 10e9;
  client.server = stages<double>({{Stage::parse, 0.5e9}, {Stage::decode, 0.5e9}, {Stage::queue, 1e9}, {Stage::predict, 1.5e9}, {Stage::encode, 0.5e9}});
  for (int i = 0; i < 1000; ++i) client.latency_histogram.add(10'000'000);
  return client;
}

TEST(Accounting, EveryMillisecondStandsInOneCell) {
  const auto accounting = account(thousand(), {});
  EXPECT_DOUBLE_EQ(accounting[Cell::generator_lag], 1);
  EXPECT_DOUBLE_EQ(accounting[Cell::connect], 2);
  EXPECT_DOUBLE_EQ(accounting[Cell::network], 3);
  EXPECT_DOUBLE_EQ(accounting[Stage::predict], 1.5);
  EXPECT_DOUBLE_EQ(accounting[Stage::queue], 1);
  EXPECT_DOUBLE_EQ(accounting.server_ms(), 4);
  EXPECT_NEAR(accounting[Cell::unexplained], 0, 1e-12);
  EXPECT_NEAR(sum(accounting), accounting.mean_ms, 1e-12);
  EXPECT_NEAR(accounting.bookkeeping_error_ms, 0, 1e-9);
}

TEST(Accounting, AStageThatServerTimingLacksIsTakenFromTheServersRows) {
  ServerSums server;
  server.requests = 500;
  server.stages = stages<double>({{Stage::predict, 99e9}, {Stage::write, 0.05e9}});  // 0.1 ms of write; predict is known from the client already
  const auto accounting = account(thousand(), server);
  EXPECT_DOUBLE_EQ(accounting[Stage::write], 0.1);
  EXPECT_DOUBLE_EQ(accounting[Stage::predict], 1.5);
  EXPECT_NEAR(accounting[Cell::network], 2.9, 1e-12);
  EXPECT_NEAR(sum(accounting), 10, 1e-12);
}

TEST(Accounting, RequestsWithoutAnAnswerAreUnexplainedNotSpread) {
  auto client = thousand();
  client.requests = 1100;  // 100 timeouts of 20 ms: no Server-Timing came back
  client.service += 100 * 20e6;
  client.latency += 100 * 20e6;
  const auto accounting = account(client, {});
  EXPECT_NEAR(accounting[Cell::unexplained], 100 * 20.0 / 1100, 1e-9);
  EXPECT_NEAR(accounting[Stage::predict], 1000 * 1.5 / 1100, 1e-9);
  EXPECT_NEAR(sum(accounting), accounting.mean_ms, 1e-12);
}

TEST(Accounting, WithoutTheServersViewTheServiceTimeIsUnexplained) {
  auto client = thousand();
  client.with_server = 0;
  client.with_server_service = 0;
  client.server = {};
  const auto accounting = account(client, {});
  EXPECT_FALSE(accounting.server_known);
  EXPECT_DOUBLE_EQ(accounting[Cell::network], 0);
  EXPECT_NEAR(accounting[Cell::unexplained], 7, 1e-12);
  EXPECT_NEAR(accounting.residual_share(), 0.7, 1e-12);
}

TEST(Accounting, AServerThatClaimsMoreThanTheClientWaitedShowsInTheResidual) {
  auto client = thousand();
  client.server[5] = 9e9;  // predict alone 9 ms of 7
  const auto accounting = account(client, {});
  EXPECT_DOUBLE_EQ(accounting[Cell::network], 0);
  EXPECT_LT(accounting[Cell::unexplained], -4);
  EXPECT_NEAR(sum(accounting), accounting.mean_ms, 1e-12);
}

TEST(Accounting, AnEmptyStepHasNone) {
  const auto accounting = account({}, {});
  EXPECT_EQ(accounting.mean_ms, 0);
  EXPECT_EQ(accounting.residual_share(), 0);
}

TEST(Steps, LittlesLawHoldsInARunThatObeysIt) {
  const auto run = RunBuilder().step({.users = 200, .rps = 400, .network_ms = 49.972, .lag_ms = 0.02}).build();
  const auto report = analyze(run);
  const auto& step = report.parts.at(0).steps.at(0);
  EXPECT_DOUBLE_EQ(step.rps, 400);
  EXPECT_NEAR(step.mean_ms, 50, 1e-6);
  ASSERT_TRUE(step.little.known);
  EXPECT_NEAR(step.little.rate_times_latency, 20, 1e-4);
  EXPECT_LT(step.little.residual_share(), 0.02);
  EXPECT_NEAR(step.closed.think_ms, 450, 1e-4);
}

TEST(Steps, ASecondWithoutAnyAnswerCountsAsTime) {
  auto run = RunBuilder().step({.users = 10, .rps = 100}).build();
  auto& seconds = run.client_seconds;
  seconds.erase(seconds.begin() + 4, seconds.begin() + 6);  // two seconds of stall in ten
  EXPECT_DOUBLE_EQ(analyze(run).parts.at(0).steps.at(0).rps, 80);
}

TEST(Steps, TimesAtTheEndsOfTheRangeAreNoOverflow) {
  auto run = RunBuilder().step({.users = 10}).build();
  constexpr std::int64_t kFar = std::int64_t{1} << 62;
  run.steps.push_back({.id = 9, .part = "", .label = "far", .users = 1, .rate = 0, .start_ns = -kFar, .steady_ns = -kFar, .end_ns = kFar});
  run.samples.push_back({.step = 9, .name = 0, .intended_ns = -kFar, .sent_ns = 0, .first_byte_ns = 0, .done_ns = kFar});
  run.replica_samples.push_back({.t_ns = -kFar, .replica = "r", .cpu_ns = -kFar});
  run.replica_samples.push_back({.t_ns = kFar - 1, .replica = "r", .cpu_ns = kFar});
  EXPECT_EQ(analyze(run).parts.at(0).steps.size(), 2U);
}
}  // namespace
}  // namespace headroom::analyze
