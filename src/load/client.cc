#include "load/client.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

#include "base/check.h"
#include "http/server_timing.h"
#include "http/traceparent.h"
#include "io/clock.h"

namespace headroom::load {
namespace {
constexpr std::size_t kReadBytes = 64U << 10U;

http::ResponseLimits limits_for(const Plan& plan) {
  http::ResponseLimits limits;
  limits.keep_body = plan.needs_bodies ? 1U << 20U : 0;
  return limits;
}
}  // namespace

struct Client::Connection {
  enum class State : std::uint8_t { closed, idle, connecting, writing, waiting };
  Connection(Slot own_slot, const http::ResponseLimits& limits) : slot(own_slot), parser(limits) {}

  Slot slot;
  State state = State::closed;
  bool reused = false;     // it has answered before
  bool any_byte = false;   // of the present answer
  bool queued = false;
  bool connected = false;  // for the present request
  io::Fd socket;
  http::ResponseParser parser;
  std::string out;         // the request, kept for the slow log
  std::size_t out_at = 0;
  std::size_t body_at = 0;
  std::size_t task = 0;
  Instant intended;
  Instant sent;
  Instant first_byte;
  Duration connect_time{};
  telemetry::TraceId trace_id;
  Connection* before = nullptr;
  Connection* after = nullptr;

  [[nodiscard]] bool busy() const { return state != State::closed && state != State::idle; }
};

Client::Client(const Plan& plan, const ClientOptions& options, io::EventLoop& loop, OnDone on_done)
    : plan_(plan), options_(options), loop_(loop), on_done_(std::move(on_done)), ids_(options.seed), rows_(ids_.split()),
      buffer_(kReadBytes), traceparent_(http::kTraceparentSize, '0') {
  for (const auto& task : plan.tasks) expectations_.emplace_back(task.expect);
}
Client::~Client() = default;

Slot Client::add_slot() {
  connections_.emplace_back(static_cast<Slot>(connections_.size()), limits_for(plan_));
  return connections_.back().slot;
}

void Client::write_trace() {
  http::Traceparent parent;
  const std::array<std::uint64_t, 3> words{ids_.next(), ids_.next() | 1U, ids_.next() | 1U};  // an id of zeros is invalid
  std::memcpy(parent.trace_id.data(), words.data(), 16);
  std::memcpy(parent.parent_id.data(), &words[2], 8);
  parent.sampled = options_.trace_sample >= 1 || ids_.uniform() < options_.trace_sample;
  http::write_traceparent(traceparent_.data(), parent);
  trace_id_.bytes = parent.trace_id;
}

void Client::send(Slot slot, std::size_t task, Instant intended, bool queued) {
  Connection& connection = connections_[slot];
  CHECK(!connection.busy());
  write_trace();
  connection.task = task;
  connection.intended = intended;
  connection.queued = queued;
  connection.trace_id = trace_id_;
  connection.out.clear();
  connection.out_at = 0;
  connection.any_byte = false;
  connection.connect_time = Duration::zero();
  connection.body_at = write_request(plan_.tasks[task], traceparent_, rows_, scratch_, connection.out);
  connection.parser.start(plan_.tasks[task].head_request);
  connection.sent = connection.first_byte = io::now();
  link(connection);
  connection.connected = connection.state != Connection::State::closed;
  if (!connection.connected) return connect(connection);
  connection.state = Connection::State::writing;
  write(connection);
}

void Client::connect(Connection& connection) {
  io::Dial dial = io::dial(options_.address);
  if (dial.error != 0) return failed(connection, io::error_name(dial.error));
  connection.socket = std::move(dial.socket);
  connection.reused = connection.connected = false;
  connection.state = Connection::State::connecting;
  ++open_;
  if (!loop_.watch(connection.socket.get(), EPOLLIN | EPOLLOUT | EPOLLRDHUP, &connection)) failed(connection, "no room for a connection");
}

void Client::write(Connection& connection) {
  const std::string_view rest = std::string_view(connection.out).substr(connection.out_at);
  const auto written = io::transmit(connection.socket.get(), rest);
  if (written.error != 0 && !io::would_block(written.error)) {
    // The kernel took no byte of it: the server closed while the connection was idle. Nobody has seen the request.
    const bool unseen = connection.reused && connection.out_at == 0;
    if (!unseen) return failed(connection, io::error_name(written.error));
    close(connection);
    return connect(connection);
  }
  connection.out_at += written.count;
  const bool all = connection.out_at == connection.out.size();
  if (!all && connection.state != Connection::State::writing) return;
  if (!all) return loop_.rewatch(connection.socket.get(), EPOLLIN | EPOLLOUT | EPOLLRDHUP, &connection);
  connection.state = Connection::State::waiting;
}

void Client::handle(const io::EventLoop::Ready& ready) {
  Connection& connection = *static_cast<Connection*>(ready.tag);
  using State = Connection::State;
  if (connection.state == State::closed) return;  // an event of a socket that was closed earlier in this batch
  if (connection.state == State::connecting) {
    if ((ready.events & (EPOLLOUT | EPOLLERR | EPOLLHUP)) == 0) return;
    if (const int error = io::dial_error(connection.socket.get()); error != 0) return failed(connection, io::error_name(error));
    connection.connect_time = io::now() - connection.sent;
    connection.connected = true;
    connection.state = State::writing;
    loop_.rewatch(connection.socket.get(), EPOLLIN | EPOLLRDHUP, &connection);
    return write(connection);
  }
  if (connection.state == State::writing && (ready.events & EPOLLOUT) != 0) {
    write(connection);
    if (connection.state == State::waiting) loop_.rewatch(connection.socket.get(), EPOLLIN | EPOLLRDHUP, &connection);
    return;
  }
  read(connection);
}

void Client::read(Connection& connection) {
  const auto got = io::receive(connection.socket.get(), buffer_);
  if (io::would_block(got.error)) return;
  if (!connection.busy()) return close(connection);  // the server closed, or says something unasked: not to be used again
  if (got.error != 0) return failed(connection, io::error_name(got.error));
  if (got.count > 0) return take(connection, {buffer_.data(), got.count});
  const bool any = connection.any_byte;
  const auto ended = connection.parser.finish();
  if (ended) return answered(connection);
  failed(connection, any ? "bad response: cut off" : "connection closed before an answer");
}

void Client::take(Connection& connection, std::string_view bytes) {
  if (!connection.any_byte) {
    connection.any_byte = true;
    connection.first_byte = io::now();
  }
  const auto taken = connection.parser.feed(bytes);
  if (!taken) return failed(connection, std::string("bad response: ") + taken.error().reason);
  if (!connection.parser.done()) return;
  if (*taken < bytes.size()) return failed(connection, "bad response: more bytes than one answer");
  answered(connection);
}

void Client::answered(Connection& connection) {
  const Instant now = io::now();
  const auto& head = connection.parser.head();
  const auto broken = expectations_[connection.task].broken({head.status, connection.parser.body(), now - connection.sent});
  const bool unfinished = connection.out_at < connection.out.size();  // it answered before it had read all
  if (!head.keep_alive || unfinished) close(connection);
  done(connection, broken.value_or(std::string_view()));
}

void Client::failed(Connection& connection, std::string_view error) {
  const std::string kept(error);
  close(connection);
  connection.parser.start();  // what has come of an answer is not an answer
  done(connection, kept);
}

void Client::done(Connection& connection, std::string_view error) {
  Outcome outcome;
  const PlannedTask& task = plan_.tasks[connection.task];
  outcome.name = task.name;
  outcome.error = error;
  outcome.intended = connection.intended;
  outcome.sent = connection.sent;
  outcome.first_byte = connection.first_byte;
  outcome.done = io::now();
  outcome.connect = connection.connect_time;
  outcome.trace_id = connection.trace_id;
  outcome.connected = connection.connected;
  outcome.queued = connection.queued;
  if (connection.parser.done()) {
    const auto& head = connection.parser.head();
    outcome.status = head.status;
    outcome.bytes = connection.parser.body_size();
    if (!head.server_timing.empty()) {
      outcome.has_server = http::parse_server_timing(head.server_timing, telemetry::kStageNames, outcome.server_ns) > 0;
    }
  }
  const auto& slow = task.slow ? task.slow : options_.slow;
  outcome.slow = slow && outcome.done - outcome.intended > *slow;
  outcome.request_body = std::string_view(connection.out).substr(std::min(connection.body_at, connection.out.size()));
  unlink(connection);
  if (connection.state != Connection::State::closed) {
    connection.state = Connection::State::idle;
    connection.reused = true;
  }
  on_done_(connection.slot, outcome);
}

void Client::close(Connection& connection) {
  if (connection.socket) --open_;
  connection.socket = io::Fd();
  connection.state = Connection::State::closed;
}

void Client::hang_up(Slot slot) {
  CHECK(!connections_[slot].busy());
  close(connections_[slot]);
}

void Client::expire(Instant now) {
  while (oldest_ != nullptr && now - oldest_->sent >= options_.timeout) failed(*oldest_, "timeout");
}

std::optional<Instant> Client::next_deadline() const {
  return oldest_ == nullptr ? std::nullopt : std::optional(oldest_->sent + options_.timeout);
}

void Client::for_each_in_flight(const std::function<void(std::size_t, Instant)>& visit) const {
  for (const Connection* each = oldest_; each != nullptr; each = each->after) visit(plan_.tasks[each->task].name, each->intended);
}

void Client::link(Connection& connection) {
  connection.before = newest_;
  connection.after = nullptr;
  (newest_ == nullptr ? oldest_ : newest_->after) = &connection;
  newest_ = &connection;
  ++in_flight_;
}

void Client::unlink(Connection& connection) {
  (connection.before == nullptr ? oldest_ : connection.before->after) = connection.after;
  (connection.after == nullptr ? newest_ : connection.after->before) = connection.before;
  connection.before = connection.after = nullptr;
  --in_flight_;
}
}  // namespace headroom::load
