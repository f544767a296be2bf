// Runs with known truth: each verdict, and beside it the run that looks like it and is not.
#include "analyze/analyze.h"

#include <gtest/gtest.h>

#include "testing/run_builder.h"

namespace headroom::analyze {
namespace {
using telemetry::Stage;
using testing::Level;
using testing::RunBuilder;
using testing_stages::stages;

/// 150 users who wait 0.36 s: 415 requests/s, nothing busy.
Level calm() { return {.users = 150, .rps = 415, .cpu_cores = 0.05}; }
Level calm_pods() {
  auto level = calm();
  level.pods_from = level.pods_to = 2;
  level.cpu_limit = 0.01;
  level.cpu_cores = 0.002;
  level.hpa_desired = 2;
  return level;
}
/// 6000 users on 15 pods at their limit; the HPA may not add more.
Level at_the_wall() {
  return {.users = 6000, .rps = 9000, .slow_share = 0.9, .slow_ms = 280, .pods_from = 15, .pods_to = 15, .cpu_cores = 0.0098,
          .cpu_limit = 0.01, .throttled_share = 0.9, .hpa_desired = 15, .hpa_at_max = true};
}
RunBuilder with_slo() { return std::move(RunBuilder().meta("slo", "p95<200ms, errors<0.1%")); }

double evidence(const Finding& finding, const std::string& what) {
  for (const auto& item : finding.evidence) {
    if (item.what == what) return item.value;
  }
  ADD_FAILURE() << "no evidence: " << what;
  return 0;
}

TEST(Analyze, AHealthyRunHasNoBottleneck) {
  const auto report = analyze(with_slo().step(calm()).step({.users = 500, .rps = 1383, .cpu_cores = 0.15}).build());
  ASSERT_EQ(report.findings.size(), 1U);
  const auto& finding = report.findings[0];
  EXPECT_EQ(finding.cause, "none");
  EXPECT_EQ(finding.title, "No bottleneck up to 500 users");
  EXPECT_NEAR(finding.confidence, 0.95, 1e-9);
  EXPECT_NEAR(evidence(finding, "latency, p95"), 0.118, 0.001);
  // 0.15 cores for 1383 requests/s: two cores would do 18 440.
  EXPECT_NEAR(evidence(finding, "rate at which the CPU would be used up"), 18440, 1);
  EXPECT_EQ(report.verdict, "No bottleneck up to 500 users (1383 requests/s, p95 118 µs).");
}

TEST(Analyze, DecoyABusyServerThatKeepsItsPromisesIsHealthy) {
  const auto report = analyze(with_slo().step(calm()).step({.users = 500, .rps = 1383, .cpu_cores = 1.7}).build());
  EXPECT_EQ(report.findings.at(0).cause, "none");
}

TEST(Analyze, PodsAtTheirLimitAndAnHpaAtItsMaximumAreTooFewReplicas) {
  const auto report = analyze(with_slo().step(calm_pods()).step(at_the_wall()).build());
  const auto& finding = report.findings.at(0);
  EXPECT_EQ(finding.cause, "replicas");
  EXPECT_EQ(finding.at, "6000 users");
  EXPECT_NEAR(evidence(finding, "CPU of all pods, of their limits"), 98, 0.1);
  // 6000 users with the first step's cycle ask for 16 600/s; at 16.3 µs each and 80 % of 10m that is 34 pods.
  EXPECT_NEAR(evidence(finding, "rate asked for"), 16600, 1);
  EXPECT_NEAR(evidence(finding, "CPU per request"), 16.33, 0.01);
  EXPECT_EQ(finding.fix, "Raise maxReplicas to 34, or raise the pods' CPU limit.");
  ASSERT_TRUE(finding.gain);
  EXPECT_NEAR(finding.gain->from, 9000, 1);
  EXPECT_NEAR(finding.gain->to, 16600, 1);
  EXPECT_LE(finding.gain->low, finding.gain->to);
  EXPECT_GE(finding.gain->high, finding.gain->to);
  EXPECT_NEAR(finding.confidence, 0.95, 1e-9);
  EXPECT_EQ(report.parts[0].steps[1].cause, "replicas");
  EXPECT_EQ(report.parts[0].steps[0].cause, "none");
}

TEST(Analyze, DecoyAnHpaAtItsMaximumWhoseServiceHoldsIsHealthy) {
  auto full = at_the_wall();
  full.slow_share = 0;
  full.users = 3000;
  full.rps = 8300;
  const auto report = analyze(with_slo().step(calm_pods()).step(full).build());
  EXPECT_EQ(report.findings.at(0).cause, "none");
}

TEST(Analyze, APodStoppedAtItsLimitIsThrottled) {
  auto base = calm();
  base.cpu_limit = 0.1;
  base.cpu_cores = 0.02;
  const auto report = analyze(with_slo()
                                  .step(base)
                                  .step({.users = 1000, .rps = 1900, .slow_share = 1, .slow_ms = 160, .cpu_cores = 0.099, .cpu_limit = 0.1, .throttled_share = 1})
                                  .build());
  ASSERT_GE(report.findings.size(), 1U);
  const auto& finding = report.findings[0];
  EXPECT_EQ(finding.cause, "cpu-throttling");
  EXPECT_NEAR(evidence(finding, "throttled periods"), 100, 1e-9);
  EXPECT_NEAR(evidence(finding, "CPU per request"), 52.1, 0.1);
  EXPECT_EQ(finding.fix, "Raise the CPU limit from 100m to 200m (or remove it).");
  EXPECT_NEAR(finding.gain->to, 2766.7, 1);
}

TEST(Analyze, APodAtItsLimitIsNamedWhereNobodySaidWhatHoldingMeans) {
  const Level full{.users = 20, .rps = 512, .slow_share = 1, .slow_ms = 38, .cpu_cores = 0.099, .cpu_limit = 0.1, .throttled_share = 1};
  const auto report = analyze(RunBuilder().step(full).build());
  EXPECT_EQ(report.findings.at(0).cause, "cpu-throttling");
  EXPECT_GT(report.findings.at(0).gain->to, 900);
  EXPECT_EQ(analyze(RunBuilder().meta("slo", "p95<200ms").step(full).build()).findings.at(0).cause, "none") << "it keeps what was promised";
}

TEST(Analyze, DecoyUsersWhoHappenToAskLessOftenBreakNothing) {
  const Level few{.users = 10, .rps = 32, .cpu_cores = 0.01}, more{.users = 20, .rps = 54, .cpu_cores = 0.01};   // of 64 by the first level
  EXPECT_EQ(analyze(with_slo().step(few).step(more).build()).findings.at(0).cause, "none");
}

TEST(Analyze, AnEmulatedLimitIsCalledEmulated) {
  auto base = calm();
  base.cpu_limit = 0.1;
  const auto report = analyze(with_slo()
                                  .meta("limits", "emulated")
                                  .step(base)
                                  .step({.users = 1000, .rps = 1900, .slow_share = 1, .slow_ms = 300, .cpu_cores = 0.099, .cpu_limit = 0.1, .throttled_share = 1})
                                  .build());
  EXPECT_NE(report.findings.at(0).title.find("(limit emulated)"), std::string::npos);
}

TEST(Analyze, DecoyThrottledPeriodsThatCostNobodyAnythingAreHealthy) {
  auto level = calm();
  level.users = 300;
  level.rps = 830;
  level.cpu_limit = 0.1;
  level.throttled_share = 0.3;
  EXPECT_EQ(analyze(with_slo().step(calm()).step(level).build()).findings.at(0).cause, "none");
}

TEST(Analyze, ALateBusyGeneratorVetoesEveryOtherVerdict) {
  auto wall = at_the_wall();
  wall.generator_share = 0.97;
  wall.lag_ms = 60;
  wall.lag_p99_ms = 200;
  const auto report = analyze(with_slo().step(calm_pods()).step(wall).build());
  EXPECT_EQ(report.findings.at(0).cause, "generator");
  EXPECT_NEAR(evidence(report.findings[0], "CPU of a generator thread"), 97, 1e-9);
  EXPECT_NEAR(evidence(report.findings[0], "send lag, p99"), 200, 1e-9);
}

TEST(Analyze, AHeldLevelWithAFullGeneratorIsTheGeneratorsLimit) {
  const auto report = analyze(with_slo().step(calm()).step({.users = 10000, .rps = 27600, .cpu_cores = 0.4, .generator_share = 0.96}).build());
  EXPECT_EQ(report.findings.at(0).cause, "generator");
  EXPECT_EQ(report.parts[0].steps[1].cause, "generator");
}

TEST(Analyze, DecoyArrivalsThatWaitForAConnectionAreNotTheGeneratorsFault) {
  auto wall = at_the_wall();
  wall.generator_share = 0.1;  // late, but with nine tenths of its core idle
  wall.lag_ms = 60;
  wall.lag_p99_ms = 200;
  EXPECT_EQ(analyze(with_slo().step(calm_pods()).step(wall).build()).findings.at(0).cause, "replicas");
}

TEST(Analyze, AServerThatUsesUpTheCpusIsBoundByItsDearestStage) {
  Level busy{.users = 5000, .rps = 4000, .stages_ms = stages<double>({{Stage::parse, 0.01}, {Stage::decode, 0.02}, {Stage::queue, 250}, {Stage::predict, 0.3}, {Stage::encode, 0.01}, {Stage::write, 0.01}}), .cpu_cores = 1.68};
  Level base = calm();
  base.stages_ms = stages<double>({{Stage::parse, 0.01}, {Stage::decode, 0.02}, {Stage::predict, 0.3}, {Stage::encode, 0.01}, {Stage::write, 0.01}});
  const auto inference = analyze(with_slo().step(base).step(busy).build());
  EXPECT_EQ(inference.findings.at(0).cause, "cpu-inference");
  EXPECT_NEAR(evidence(inference.findings[0], "CPU per request"), 420, 0.1);
  EXPECT_NEAR(evidence(inference.findings[0], "of it predict"), 300, 0.1);

  base.stages_ms = stages<double>({{Stage::parse, 0.05}, {Stage::decode, 0.25}, {Stage::predict, 0.02}, {Stage::encode, 0.05}, {Stage::write, 0.01}});
  const auto preparation = analyze(with_slo().step(base).step(busy).build());
  EXPECT_EQ(preparation.findings.at(0).cause, "cpu-preparation");
  EXPECT_NEAR(evidence(preparation.findings[0], "of it parse, decode, encode"), 350, 0.1);
}

TEST(Analyze, ALevelThatBrokeWhileReplicasCameIsScaleUpLagWhenMoreWasHeldLater) {
  auto rising = calm_pods();
  rising.users = 1000;
  rising.rps = 2500;
  rising.slow_share = 0.5;
  rising.slow_ms = 400;
  rising.pods_to = 6;
  rising.hpa_desired = 6;
  rising.cpu_cores = 0.0099;
  auto later = calm_pods();
  later.users = 1500;
  later.rps = 4150;
  later.pods_from = later.pods_to = 6;
  const auto report = analyze(with_slo().step(calm_pods()).step(rising).step(later).build());
  ASSERT_EQ(report.findings.size(), 2U);
  EXPECT_EQ(report.findings[0].cause, "none");
  EXPECT_EQ(report.findings[0].title, "No bottleneck up to 1500 users");
  EXPECT_EQ(report.findings[1].cause, "scale-up-lag");
  EXPECT_EQ(report.findings[1].at, "1000 users");
  EXPECT_EQ(report.parts[0].steps[1].replicas.from, 2);
  EXPECT_EQ(report.parts[0].steps[1].replicas.to, 6);
}

TEST(Analyze, AMachineThatGeneratorAndServerFillIsTheGeneratorsWhereItBreaks) {
  Level held{.users = 5000, .rps = 14000, .cpu_cores = 0.47, .generator_share = 0.62, .lag_p99_ms = 3};
  Level full{.users = 25000, .rps = 73000, .network_ms = 380, .cpu_cores = 0.87, .generator_share = 0.82};
  const auto report = analyze(with_slo().step(calm()).step(held).step(full).build());
  EXPECT_EQ(report.findings.at(0).cause, "generator");
  EXPECT_EQ(report.parts[0].steps[1].cause, "none") << "3 ms late cannot change a verdict about 200 ms";
  EXPECT_EQ(report.parts[0].steps[2].cause, "generator");
}

TEST(Analyze, AnIdleGeneratorThatIsLateOnAMachineThatOthersUseIsTheNeighboursFault) {
  Level base = calm();
  base.lag_p99_ms = 40;
  Level starved{.users = 5000, .rps = 5290, .network_ms = 380, .lag_ms = 56, .cpu_cores = 0.13, .generator_share = 0.1, .lag_p99_ms = 171};
  const auto report = analyze(with_slo().step(base).step(starved).build());
  EXPECT_EQ(report.findings.at(0).cause, "noisy-neighbour");
  EXPECT_NEAR(evidence(report.findings[0], "send lag, p99"), 171, 1e-9);
  EXPECT_NEAR(report.findings[0].confidence, 0.95, 1e-9);
}

TEST(Analyze, AFullMachineBelongsToWhomeverHasMoreOfIt) {
  Level full{.users = 0, .rate = 80000, .rps = 39000, .network_ms = 24, .lag_ms = 1950, .cpu_cores = 0.76, .generator_share = 0.69, .machine_busy = 0.99};
  EXPECT_EQ(analyze(with_slo().step(calm()).step(full).build()).findings.at(0).cause, "generator");
  full.cpu_cores = 0.3, full.generator_share = 0.3;
  const auto report = analyze(with_slo().step(calm()).step(full).build());
  EXPECT_EQ(report.findings.at(0).cause, "noisy-neighbour");
  EXPECT_NEAR(evidence(report.findings[0], "CPUs of the machine in use, by whomever"), 99, 1e-9);
  full.machine_busy = 0.6;
  EXPECT_EQ(analyze(with_slo().step(calm()).step(full).build()).findings.at(0).cause, "unknown");
}

TEST(Analyze, DecoyASlowNetworkWithAPunctualGeneratorHasNoNeighbour) {
  const auto report = analyze(with_slo().step(calm()).step({.users = 5000, .rps = 5290, .network_ms = 380, .cpu_cores = 0.13, .generator_share = 0.1}).build());
  EXPECT_EQ(report.findings.at(0).cause, "unknown");
  EXPECT_NEAR(evidence(report.findings[0], "CPU of the server"), 0.13, 1e-9);
}

TEST(Analyze, ARecordingThatWasCutOffIsJudgedByWhatIsThere) {
  auto whole = with_slo().step(calm()).step({.rate = 400, .rps = 400}).build();
  whole.meta["complete"] = "no";
  auto& last = whole.steps.back();
  last.end_ns += 60'000'000'000;  // as planned; the recording ended long before
  const auto report = analyze(whole);
  EXPECT_EQ(report.findings.at(0).cause, "none") << report.verdict;
  EXPECT_NEAR(report.parts[0].steps[1].rps, 400, 1);
  EXPECT_EQ(report.verdict.find("The recording is not complete"), 0U) << report.verdict;
}

TEST(Analyze, AFailureIsNoFastAnswer) {
  auto run = with_slo().meta("slo", "p95<200ms, errors<=100%").step({.users = 150, .rps = 400, .failed_share = 1}).build();
  for (auto& second : run.client_seconds) {
    for (std::uint64_t i = 0; i < second.requests; ++i) second.slo_latency.add(10'000'000'000);
  }
  run.errors.push_back({.step = 1, .name = 0, .error = "HTTP 404", .count = 7});
  const auto report = analyze(run);
  EXPECT_EQ(report.findings.at(0).cause, "unknown");
  EXPECT_NE(report.findings[0].fix.find("HTTP 404"), std::string::npos) << report.findings[0].fix;
  EXPECT_FALSE(report.parts[0].steps[0].slo.at(0).met);
}

TEST(Analyze, WithoutTheServersSideItSaysWhatToRecord) {
  Level blind{.users = 3000, .rps = 1000, .network_ms = 900, .server_timing = false, .cpu_cores = -1};
  Level base = calm();
  base.server_timing = false;
  base.cpu_cores = -1;
  const auto report = analyze(with_slo().step(base).step(blind).build());
  EXPECT_EQ(report.findings.at(0).cause, "unknown");
  EXPECT_NE(report.findings[0].fix.find("Record the server's stages"), std::string::npos) << report.findings[0].fix;
}

TEST(Analyze, AnEmptyRunSaysWhatToRecord) {
  const auto report = analyze(run::Run{});
  EXPECT_EQ(report.findings.at(0).cause, "unknown");
  EXPECT_EQ(report.confidence, 0);
}

TEST(Analyze, PartsAreExplainedEachForItself) {
  auto open = calm();
  open.part = "one pod";
  auto small = calm_pods();
  small.part = "pods of 10m";
  auto wall = at_the_wall();
  wall.part = "pods of 10m";
  const auto report = analyze(with_slo().step(open).step(small).step(wall).build());
  ASSERT_EQ(report.parts.size(), 2U);
  EXPECT_EQ(report.parts[0].cause, "none");
  EXPECT_EQ(report.parts[1].cause, "replicas");
  EXPECT_EQ(report.findings.at(1).part, "pods of 10m");
  EXPECT_EQ(report.parts[1].steps[0].replicas.from, 2);
  EXPECT_NE(report.verdict.find("pods of 10m: Holds 150 users"), std::string::npos) << report.verdict;
}
}  // namespace
}  // namespace headroom::analyze
