// Local replicas behind one port, scaled as the HPA decides: what `headroom scale` and `headroom experiment` run.
#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/expected.h"
#include "base/failure.h"
#include "base/time.h"
#include "hpa/spec.h"
#include "manifest/deployment.h"
#include "run/writer.h"

namespace headroom::scale {
/// How a pod's CPU limit is held. automatic: cgroup where this machine lets us, else emulated.
enum class Enforcement : std::uint8_t { automatic, cgroup, emulated, none };
/// Which ready replica an accepted connection goes to. least: the one with the fewest connections (ties by
/// chance), and open connections move between two requests so that no replica holds more than its share.
/// random: as kube-proxy does, by connection and blind to load.
enum class Balance : std::uint8_t { least, random };

struct Options {
  std::string model{};                     // path of the model file
  std::vector<std::string> serve_flags{};  // passed on to each `headroom serve`
  std::string program{};                   // the binary to run; empty = this one
  std::optional<manifest::Deployment> deployment{};  // requests, limits, grace period; absent = no limits
  std::optional<hpa::Spec> hpa{};          // after defaults; absent = `replicas` is kept
  hpa::Controller controller;
  std::optional<int> replicas{};           // to start with; unset = the deployment's, raised to the HPA's min, else 1
  std::string host = "127.0.0.1";
  std::uint16_t port = 0;                // 0 = a free one
  double time_scale = 1;                 // controller seconds in one real second, >= 0.1, <= 100
  Enforcement enforcement = Enforcement::automatic;
  Balance balance = Balance::least;
  std::uint64_t seed = 1;
  std::string name = "replica";          // replicas are NAME-1, NAME-2, …
  std::string part{};                      // experiment part; goes before the replica names in the run ("limited/replica-3") if not empty
  /// Called from the session's thread with each line a person might want (decisions, conditions, events, replica starts and exits).
  std::function<void(const std::string&)> say;
};

struct ReplicaStatus {
  std::string name{};
  int pid = 0;                // 0 between a crash and the restart
  std::string state{};        // "starting", "ready", "draining", "waiting" (after a crash)
  int connections = 0;
  double cpu_cores = 0;     // in the last second or so
  double throttled = 0;     // share of the last second or so
  std::uint64_t memory_bytes = 0;
  int restarts = 0;
};

struct SessionStatus {
  int replicas = 0;  // that exist, draining ones not counted
  int ready = 0;
  int desired = 0;
  std::string message{};      // of the last decision, "" before the first
  std::string enforcement{};  // "cgroup v1", "cgroup v2", "emulated", "none"
  std::uint64_t waiting = 0;  // connections that wait for a ready replica
  std::uint64_t refused = 0;  // connections closed at once for want of file descriptors
  std::uint64_t turns = 0;    // how often the session's thread has woken up
  std::vector<ReplicaStatus> rows{};
};

/// Owns the listening port, the replica processes, their cgroups and one thread. Functions may be called from any thread.
class Session {
 public:
  /// Returns when all first replicas are ready, or with the reason why one will not be (its last lines of stderr included).
  /// writer: outlives the session; may be null. Server seconds, sampled requests, replica samples and events and HPA passes go there.
  static expected<std::unique_ptr<Session>, Failure> start(Options options, run::Writer* writer);
  ~Session();  // stop()
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  [[nodiscard]] std::uint16_t port() const;
  [[nodiscard]] SessionStatus status() const;
  /// Stops accepting, drains every replica (at most the grace period), returns when all children are gone. Again: nothing.
  void stop();

 private:
  struct Impl;
  explicit Session(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};
}  // namespace headroom::scale
