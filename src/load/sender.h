// One thread of the generator: follows the levels of load that it is told, keeps the time of its users and arrivals, and hands its
// measurements over each second. Senders share nothing but the plan.
#pragma once
#include <atomic>
#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

#include "base/rng.h"
#include "base/time.h"
#include "io/event_loop.h"
#include "io/mailbox.h"
#include "load/client.h"
#include "load/plan.h"
#include "load/population.h"
#include "load/recorder.h"
#include "workload/schedule.h"

namespace headroom::load {
/// What is to be done from `at` on, until the next level.
struct Level {
  Instant at;
  int step = 0;             // index
  int users = 0;
  double spawn_rate = 1;
  double rate = 0;          // arrivals a second of all threads together; 0 = closed loop
  Instant steady_from;      // a whole second after the run's start; >= end: no steady part
  Instant end;
};

/// A level, or the end: at `stop_at` nothing new begins; what is in flight may take `grace`.
struct Order {
  std::optional<Level> level;
  std::optional<Instant> stop_at;
  Duration grace{};
};

struct SenderOptions {
  int thread = 0;
  int threads = 1;
  Instant start;              // of the run: seconds are counted from here
  int connections = 1000;     // open loop: this thread's share
  workload::ArrivalKind arrivals = workload::ArrivalKind::poisson;
  std::uint64_t seed = 1;     // the same for all threads: arrivals are drawn alike and dealt out
  int samples_per_second = 0; // this thread's share
  ClientOptions client;
};

class Sender {
 public:
  /// plan and slices are borrowed. Slices go to `slices` as they are finished; the one with `last` set is the end.
  Sender(const Plan& plan, const SenderOptions& options, io::Mailbox<Slice>& slices);

  /// Any thread. Levels begin in the order in which they are posted.
  void post(const Order& order);
  /// The thread's work: returns after the end that an order gave.
  void run();

 private:
  struct User {
    std::size_t user_class = 0;
    std::uint32_t life = 0;
    Slot slot = 0;
    bool alive = false;
    bool busy = false;
  };
  struct Arrival {
    Instant intended;
    std::size_t task;
    bool queued = false;  // it came when every connection was busy
  };

  void take_orders();
  void advance(Instant now);
  void begin_level(const Level& level);
  void cut_slices(Instant now);
  void cut(Instant at);
  void plan_cut();
  [[nodiscard]] Scope scope_at(Instant at) const;
  [[nodiscard]] Duration time_left() const;
  void change_users(Instant now);
  void begin_task(Population::UserId id, Instant intended);
  void answered(Slot slot, const Outcome& outcome);
  void user_answered(Population::UserId id, const Outcome& outcome);
  void draw_arrival();
  void let_arrive(Instant now);
  void drain();
  [[nodiscard]] std::optional<Slot> free_slot();
  void end(Instant now);

  static constexpr Population::UserId kNobody = ~Population::UserId{0};

  const Plan& plan_;
  SenderOptions options_;
  io::Mailbox<Slice>& slices_;
  io::EventLoop loop_;
  io::Mailbox<Order> orders_;
  std::atomic<bool> ordered_{false};
  Recorder recorder_;
  Client client_;
  Rng waits_;
  Rng choices_;

  Population population_;
  WaitingUsers waiting_;
  std::vector<User> users_;                 // by UserId
  std::vector<Population::UserId> owners_;  // by Slot; kNobody: of the open loop

  std::optional<workload::Schedule> schedule_;
  std::optional<Instant> next_arrival_;
  std::deque<Arrival> pending_;   // due, but every connection is busy
  std::vector<Slot> free_;
  int open_loop_slots_ = 0;
  bool draining_ = false;
  std::uint64_t never_sent_ = 0;

  std::deque<Level> levels_;      // to come
  std::optional<Level> level_;
  std::optional<Instant> stop_at_;
  Duration grace_{};
  bool stopping_ = false;
  bool finished_ = false;
  Instant slice_start_;
  Instant next_cut_;              // the present slice ends here
  Duration cpu_seen_{};
  Duration waited_seen_{};
};
}  // namespace headroom::load
