// The one thread of a session: connections in, replicas up and down, samples taken, the HPA asked each sync period.
#pragma once
#include <atomic>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/failure.h"
#include "base/rng.h"
#include "base/time.h"
#include "hpa/observation.h"
#include "hpa/state.h"
#include "io/socket.h"
#include "io/thread.h"
#include "io/wait.h"
#include "run/writer.h"
#include "scale/dispatch.h"
#include "scale/limits.h"
#include "scale/podmodel.h"
#include "scale/replica.h"
#include "scale/session.h"
#include "scale/telemetry_pipe.h"

namespace headroom::scale {
/// What the session's owner and its thread share.
struct Shared {
  io::Wake wake;
  std::atomic<bool> stopping{false};
  io::Guarded<SessionStatus> status;
  io::Promise<std::optional<Failure>> started;  // nullopt: all first replicas are ready
};

/// Built, run and destroyed in the session's thread: children die with the thread that started them.
class Loop {
 public:
  Loop(const Options& options, io::Acceptor& acceptor, LimitKeeper keeper, run::Writer* writer, Shared& shared);
  /// Until stop was asked for and every replica has ended.
  void run();

 private:
  struct Seen {  // of a replica, at the last sample
    Usage usage;
    Instant at{};
    double cores = 0;
    double throttled = 0;
  };
  struct Member {
    Replica replica;
    TelemetryPipe telemetry;
    Seen seen;
  };
  using MemberPtr = std::unique_ptr<Member>;

  // loop.cc: waiting and what it finds
  void wait();
  void accept_some();
  void read_channel(Member& member);
  void place(io::Fd connection);
  void rebalance();
  [[nodiscard]] std::vector<Candidate> candidates() const;
  void place_waiting();
  void see_exits();
  void begin_stop();
  [[nodiscard]] bool anyone_ready() const;
  [[nodiscard]] Duration until_next() const;

  // actuate.cc: replicas up and down
  void add_replica();
  void launch(Member& member);
  void remove_replicas(std::size_t count);
  void drain(Member& member, bool going = true);
  void restart_due();
  void kill_overdue();
  void on_exit(Member& member, const io::ExitStatus& status);
  void on_ready(Member& member);
  void scale_to(int wanted);
  void event(const Member& member, const char* what, const std::string& detail);
  void start_failed(const Failure& failure);

  // sense.cc: samples and the HPA's passes
  void sense();
  void sample_replicas();
  void refresh_kubelet();
  void decide();
  [[nodiscard]] hpa::Observation observe() const;
  [[nodiscard]] hpa::Pod pod_of(const Member& member) const;
  void publish();
  [[nodiscard]] bool senses_for_hpa() const { return options_.hpa && !starting_; }
  [[nodiscard]] Instant controller_time(Instant real) const;
  [[nodiscard]] Duration real_time(Duration controller) const;

  void say(const std::string& line) const {
    if (options_.say) options_.say(line);
  }

  const Options& options_;
  io::Acceptor& acceptor_;
  LimitKeeper keeper_;
  run::Writer* writer_;
  Shared& shared_;
  Rng rng_;
  ReplicaCommand command_;
  std::string container_;           // name of the one container that is measured
  MetricsPipeline pipeline_;
  std::vector<MemberPtr> members_;
  std::deque<io::Fd> waiting_;      // given back while no replica was ready
  ClockAnchor anchor_;
  Instant now_;
  Instant began_;
  Instant next_sample_, next_kubelet_, next_scrape_, next_pass_, next_publish_;
  int desired_ = 0;
  int made_ = 0;
  bool starting_ = true;
  bool stopping_ = false;
  std::uint64_t refused_ = 0;
  std::uint64_t turns_ = 0;
  bool exhausted_ = false;          // out of descriptors: accepting pauses until the next turn
  hpa::State hpa_state_;
  std::string message_;
};
}  // namespace headroom::scale
