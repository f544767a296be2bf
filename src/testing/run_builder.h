// Small recorded runs with known truth, made in code: what analysis must find in them is what was put in.
#pragma once
#include <array>
#include <cstdint>
#include <limits>
#include <string>

#include "run/rows.h"
#include "testing/stages.h"

namespace headroom::testing {
/// One load step of ten steady seconds after one second of ramp, the same in each second. Times in milliseconds of one request.
struct Level {
  std::string part{};
  int users = 0;       // or
  double rate = 0;
  double rps = 100;    // what came of it, whole number
  double network_ms = 0.1;
  double lag_ms = 0.01;
  double connect_ms = 0;
  std::array<double, telemetry::kStages> stages_ms = testing_stages::stages<double>({{telemetry::Stage::parse, 0.001}, {telemetry::Stage::decode, 0.002}, {telemetry::Stage::predict, 0.003},
                                                                        {telemetry::Stage::encode, 0.001}, {telemetry::Stage::write, 0.001}});
  double slow_share = 0;      // of the requests take slow_ms longer, in their queue stage
  double slow_ms = 0;
  double failed_share = 0;
  bool server_timing = true;
  // The machines; pods of the step, the same in each. cpu_cores of one pod; < 0 = not recorded.
  int pods_from = 1, pods_to = 1;  // the new ones become ready in the middle of the step
  double cpu_cores = 0.1;
  double cpu_limit = 0;
  double throttled_share = 0;  // of the periods
  int hpa_desired = -1;        // -1 = no HPA
  bool hpa_at_max = false;
  double generator_share = 0.2;  // of its one thread's core
  double lag_p99_ms = 0.05;
  double machine_busy = std::numeric_limits<double>::quiet_NaN();
};

class RunBuilder {
 public:
  RunBuilder();
  RunBuilder& meta(const std::string& key, const std::string& value);
  /// Steps follow each other; a new part stops the pods of the one before.
  RunBuilder& step(const Level& level);
  [[nodiscard]] run::Run build() const { return run_; }

 private:
  void client(const Level& level, std::int64_t second, bool steady);
  void machines(const Level& level, std::int64_t second, int pods);
  void scale_to(const Level& level, int pods, std::int64_t t_ns);

  run::Run run_;
  std::int64_t now_ns_ = 1'790'000'000'000'000'000;
  int pods_ = 0;
  std::string part_;
  std::array<run::ReplicaSample, 64> counters_{};
};
}  // namespace headroom::testing
