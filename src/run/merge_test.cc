#include "run/merge.h"

#include <gtest/gtest.h>

namespace headroom::run {
namespace {
Run a_client() {
  Run run;
  run.meta = {{"tool", "client"}};
  run.names = {"GET /health", "POST /predict"};
  run.steps = {Step{.id = 0, .label = "150 users"}};
  Sample sample{.step = 0, .name = 1, .sent_ns = 5'000'000'100, .done_ns = 5'000'000'600};
  sample.trace_id.bytes[9] = 1;
  Sample other = sample;
  other.trace_id.bytes[9] = 2;
  run.samples = {sample, other};
  run.client_seconds = {ClientSecond{.t_ns = 6'000'000'000, .name = 1}, ClientSecond{.t_ns = 5'000'000'000, .name = 1, .requests = 2}};
  return run;
}
Run a_server(const std::string& replica) {
  Run run;
  run.meta = {{"tool", "server"}, {"model", "iris"}};
  ServerRequest request{.replica = replica, .record = {}};
  request.record.trace_id.bytes[9] = 1;
  request.record.stage_ns[static_cast<std::size_t>(telemetry::Stage::predict)] = 40;
  run.server_requests = {request};
  run.server_seconds = {ServerSecond{.t_ns = 5, .replica = replica}};
  return run;
}

TEST(Merge, ClientAndServerAreJoinedOnTheTraceIdWhateverTheirOrder) {
  const auto run = merge({a_server("a"), a_client()});
  ASSERT_EQ(run.samples.size(), 2U);
  EXPECT_TRUE(run.samples[0].has_server);
  EXPECT_EQ(run.samples[0].server_ns[static_cast<std::size_t>(telemetry::Stage::predict)], 40);
  EXPECT_FALSE(run.samples[1].has_server);
  EXPECT_EQ(run.client_seconds[1].with_server, 1U);
  EXPECT_EQ(run.client_seconds[1].with_server_service_ns, 500);
  EXPECT_EQ(run.client_seconds[1].server_ns[static_cast<std::size_t>(telemetry::Stage::predict)], 40);
  EXPECT_EQ(run.client_seconds[0].with_server, 0U);
  EXPECT_EQ(run.meta, (Meta{{"tool", "client"}, {"model", "iris"}}));
}

TEST(Merge, TwoServersOfOneNameStayTwo) {
  const auto run = merge({a_client(), a_server("serve"), a_server("serve")});
  EXPECT_EQ(run.server_seconds[0].replica, "serve");
  EXPECT_EQ(run.server_seconds[1].replica, "serve (3)");
}

TEST(Merge, TwoGeneratorsShareNamesAndKeepTheirSteps) {
  auto second = a_client();
  second.names = {"POST /predict", "GET /"};
  second.samples[0].name = 1;
  second.samples[1].name = 0;
  second.client_seconds.clear();
  const auto run = merge({a_client(), second});
  EXPECT_EQ(run.names, (std::vector<std::string>{"GET /health", "POST /predict", "GET /"}));
  EXPECT_EQ(run.samples[2].name, 2);
  EXPECT_EQ(run.samples[3].name, 1);
  EXPECT_EQ(run.samples[2].step, 1);
  EXPECT_EQ(run.steps[1].id, 1);
}
}  // namespace
}  // namespace headroom::run
