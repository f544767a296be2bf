#include <memory>

#include "cli/commands.h"
#include "scale/scale.h"

namespace headroom::cli {
Action add_scale(CLI::App& command) {
  using scale::Balance;
  using scale::Enforcement;
  const auto options = std::make_shared<scale::ScaleOptions>();
  auto& session = options->session;
  session.port = 8000;
  command.add_option("MODEL", session.model, "Model file of scikit-learn, XGBoost, LightGBM, skops or ONNX; told by content, not by name")->required();
  command.add_option("--hpa", options->hpa_file, "HorizontalPodAutoscaler (autoscaling/v2 or v1); without it the replicas stay as many")
      ->type_name("FILE")->group("Manifests");
  command.add_option("--deployment", options->deployment_file, "Deployment: requests, limits, replicas, grace period")
      ->type_name("FILE")->group("Manifests");
  command.add_option("--replicas", session.replicas, "How many to start with (default: the Deployment's, raised to the HPA's minimum)")
      ->check(CLI::Range(1, 1000))->group("Replicas");
  add_choice(command, "--limits", session.enforcement, "How CPU limits are held",
             {{"auto", Enforcement::automatic}, {"cgroup", Enforcement::cgroup}, {"emulated", Enforcement::emulated}, {"none", Enforcement::none}})
      ->type_name("HOW")->group("Replicas");
  add_choice(command, "--balance", session.balance, "Who gets a new connection, the replica with the fewest or any (as kube-proxy)", {{"least", Balance::least}, {"random", Balance::random}})
      ->type_name("HOW")->group("Replicas");
  command.add_option("--serve-flag", session.serve_flags, "A flag for each `headroom serve`, such as --serve-flag=--max-rows=100; repeats")
      ->type_name("FLAG")->group("Replicas");
  command.add_option("--seed", session.seed, "Seed of the choice between equal replicas")->capture_default_str()->group("Replicas");
  command.add_option("--host", session.host, "Address to listen on")->capture_default_str()->group("Listening");
  command.add_option("--port", session.port, "Port to listen on; 0: a free one")->check(CLI::Range(0, 65535))->capture_default_str()->group("Listening");
  command.add_option("--time-scale", session.time_scale, "Controller seconds in one real second: 10 makes a 15 s sync period 1.5 s")
      ->check(number_between(0.1, 100))->capture_default_str()->group("Run");
  add_duration(command, "--run-time,-t", options->run_time, "End after this time; 0: until Ctrl-C")->group("Run");
  command.add_option("--record", options->record, "Write what happens into this run file")->type_name("RUN.db")->group("Run");
  command.footer(
      "Examples:\n"
      "  headroom scale --hpa examples/iris/hpa.yml --deployment examples/iris/deployment.yml examples/iris/model.joblib\n"
      "  headroom scale --hpa hpa.yml --deployment deployment.yml model.joblib --time-scale 10 --run-time 1m --record run.db");
  return [options] { return scale::run_scale(*options); };
}
}  // namespace headroom::cli
