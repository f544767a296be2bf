// One thread's HTTP connections: each sends one request at a time, keeps its connection, and says what became of each request.
#pragma once
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/rng.h"
#include "base/time.h"
#include "http/response.h"
#include "io/dial.h"
#include "io/event_loop.h"
#include "load/expectation.h"
#include "load/plan.h"
#include "load/recorder.h"

namespace headroom::load {
struct ClientOptions {
  io::Address address;
  Duration timeout{};
  std::optional<Duration> slow;  // for tasks that say nothing
  double trace_sample = 1;
  std::uint64_t seed = 1;
};

/// Index of a connection slot; a slot's TCP connection is opened when first needed and again whenever the server has closed it.
using Slot = std::uint32_t;

/// Rules, as docs/load.md tells them: a request is never written to a connection that is known to be closed; one that was written
/// is never sent again (a prediction is a POST, and a retry would hide a failure), so a connection that the server closes at that
/// very moment is the failure "connection closed before an answer". Nothing waits longer than the timeout.
/// One thread. `loop` is borrowed; its tags are ours.
class Client {
 public:
  /// The slot is free again when this is called, and may be used at once. The outcome's views end with the call.
  using OnDone = std::function<void(Slot, const Outcome&)>;

  Client(const Plan& plan, const ClientOptions& options, io::EventLoop& loop, OnDone on_done);
  ~Client();
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  [[nodiscard]] Slot add_slot();
  /// Starts a request on a free slot. May end at once, and so call on_done before it returns, when no connection can be made.
  /// queued: it had to wait for a slot.
  void send(Slot slot, std::size_t task, Instant intended, bool queued = false);
  /// Closes a free slot's connection.
  void hang_up(Slot slot);

  void handle(const io::EventLoop::Ready& ready);
  /// Ends what has waited too long.
  void expire(Instant now);
  [[nodiscard]] std::optional<Instant> next_deadline() const;

  [[nodiscard]] std::size_t in_flight() const noexcept { return in_flight_; }
  [[nodiscard]] int open_connections() const noexcept { return open_; }
  /// Visits (name, intended) of each request in flight.
  void for_each_in_flight(const std::function<void(std::size_t, Instant)>& visit) const;

 private:
  struct Connection;
  void connect(Connection& connection);
  void write(Connection& connection);
  void read(Connection& connection);
  void take(Connection& connection, std::string_view bytes);
  void answered(Connection& connection);
  void failed(Connection& connection, std::string_view error);
  void done(Connection& connection, std::string_view error);
  void close(Connection& connection);
  void link(Connection& connection);
  void unlink(Connection& connection);
  void write_trace();

  const Plan& plan_;
  ClientOptions options_;
  io::EventLoop& loop_;
  OnDone on_done_;
  Rng ids_;
  Rng rows_;
  std::vector<Expectation> expectations_;  // one a task
  std::deque<Connection> connections_;     // stable addresses: they are the loop's tags
  Connection* oldest_ = nullptr;           // requests in flight, by the time they were sent
  Connection* newest_ = nullptr;
  std::size_t in_flight_ = 0;
  int open_ = 0;
  std::vector<char> buffer_;
  std::vector<double> scratch_;
  telemetry::TraceId trace_id_;
  std::string traceparent_;
};
}  // namespace headroom::load
