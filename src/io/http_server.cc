#include "io/http_server.h"

#include <sys/socket.h>

#include <algorithm>
#include <atomic>
#include <mutex>
#include <string_view>
#include <thread>
#include <utility>

#include "http/reply.h"
#include "io/clock.h"
#include "io/http_connection.h"

namespace headroom::io {
namespace {
constexpr std::string_view kFull =
    "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nRetry-After: 1\r\nConnection: close\r\n\r\n";
constexpr Duration kDateStep = std::chrono::milliseconds(250);

// Deadlines are looked at this often: a quarter of the shortest of them, but no busier than 100 times a second.
Duration sweep_interval(const HttpOptions& options) {
  const Duration shortest = std::min({options.head_timeout, options.body_timeout, options.idle_timeout, options.write_timeout});
  return std::clamp<Duration>(shortest / 4, std::chrono::milliseconds(10), std::chrono::milliseconds(250));
}
}  // namespace

struct HttpServer::Shared {
  Shared(const HttpOptions& o, EventLoop& l) : options(o), owner(l) {}
  const HttpOptions options;
  EventLoop& owner;
  std::atomic<Phase> phase{Phase::serving};
  std::atomic<std::uint32_t> wanted_back{0};
  std::atomic<bool> stopping{false};
  std::atomic<std::uint64_t> ended{0};
  std::mutex mutex;
  std::vector<Fd> returned;
};

class HttpServer::Worker {
 public:
  Worker(Shared& shared, HandlerRef handler) : shared_(shared), thread_(shared.options, handler, shared.phase, shared.wanted_back), runner_([this] { run(); }) {}

  void adopt(Fd connection, Instant accepted) {
    count_.fetch_add(1, std::memory_order_relaxed);
    {
      const std::lock_guard lock(mutex_);
      inbox_.emplace_back(std::move(connection), accepted);
    }
    thread_.loop.wake();
  }
  [[nodiscard]] std::size_t count() const noexcept { return count_.load(std::memory_order_acquire); }
  void wake() { thread_.loop.wake(); }
  void join() { runner_.join(); }

 private:
  using Next = HttpConnection::Next;

  void run() {
    const Duration interval = sweep_interval(shared_.options);
    Instant next_sweep{};
    Instant next_date{};
    Phase seen = Phase::serving;
    while (!shared_.stopping.load(std::memory_order_relaxed)) {
      const auto ready = thread_.loop.wait(connections_.empty() ? std::nullopt : std::optional(interval));
      thread_.turn = thread_.last = io::now();
      if (thread_.turn >= next_date) {
        http::write_date(thread_.date, wall_now());
        next_date = thread_.turn + kDateStep;
      }
      thread_.waiting = static_cast<std::uint32_t>(ready.size());
      for (const auto& event : ready) {
        --thread_.waiting;
        auto& connection = *static_cast<HttpConnection*>(event.tag);
        apply(connection, connection.ready(event.events));
      }
      take_inbox();
      const Phase phase = shared_.phase.load();
      if (thread_.turn >= next_sweep || phase != seen) {
        sweep();
        next_sweep = thread_.turn + interval;
        seen = phase;
      }
    }
    connections_.clear();
  }

  void take_inbox() {
    std::vector<std::pair<Fd, Instant>> arrived;
    {
      const std::lock_guard lock(mutex_);
      arrived.swap(inbox_);
    }
    for (auto& [socket, accepted] : arrived) {
      auto connection = std::make_unique<HttpConnection>(std::move(socket), accepted, thread_);
      connection->index = connections_.size();
      const bool watched = thread_.loop.watch(connection->fd(), EPOLLIN | EPOLLRDHUP, connection.get());
      connections_.push_back(std::move(connection));
      if (!watched) apply(*connections_.back(), Next::close);
    }
    if (!arrived.empty() && shared_.phase.load() != Phase::serving) sweep();
  }

  void sweep() {
    for (std::size_t i = connections_.size(); i-- > 0;) apply(*connections_[i], connections_[i]->check(thread_.turn));
  }

  void apply(HttpConnection& connection, Next next) {
    if (next == Next::keep) return;
    if (next == Next::give_back) {
      thread_.loop.forget(connection.fd());
      const std::lock_guard lock(shared_.mutex);
      shared_.returned.push_back(connection.release());
    } else {
      shared_.ended.fetch_add(1, std::memory_order_relaxed);
    }
    const std::size_t index = connection.index;
    std::swap(connections_[index], connections_.back());
    connections_[index]->index = index;
    connections_.pop_back();
    count_.fetch_sub(1, std::memory_order_release);
    if (next == Next::give_back || shared_.phase.load(std::memory_order_relaxed) != Phase::serving) shared_.owner.wake();
  }

  Shared& shared_;
  HttpThread thread_;
  std::vector<std::unique_ptr<HttpConnection>> connections_;
  std::atomic<std::size_t> count_{0};
  std::mutex mutex_;
  std::vector<std::pair<Fd, Instant>> inbox_;
  std::thread runner_;  // last: it uses all of the above
};

HttpServer::HttpServer(const HttpOptions& options, const std::vector<HandlerRef>& handlers, EventLoop& owner)
    : shared_(std::make_unique<Shared>(options, owner)) {
  for (const auto& handler : handlers) workers_.push_back(std::make_unique<Worker>(*shared_, handler));
}

HttpServer::~HttpServer() { stop(); }

void HttpServer::adopt(Fd connection, Instant accepted) {
  if (connections() >= shared_->options.max_connections) {
    ::send(connection.get(), kFull.data(), kFull.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    ::shutdown(connection.get(), SHUT_WR);
    shared_->ended.fetch_add(1, std::memory_order_relaxed);
    return;
  }
  auto& emptiest = *std::min_element(workers_.begin(), workers_.end(), [](const auto& a, const auto& b) { return a->count() < b->count(); });
  emptiest->adopt(std::move(connection), accepted);
}

void HttpServer::set_phase(Phase phase) {
  shared_->phase.store(phase);
  for (auto& worker : workers_) worker->wake();
}

Phase HttpServer::phase() const noexcept { return shared_->phase.load(); }

void HttpServer::give_back(std::uint32_t count) { shared_->wanted_back.store(count, std::memory_order_relaxed); }

std::size_t HttpServer::connections() const noexcept {
  std::size_t total = 0;
  for (const auto& worker : workers_) total += worker->count();
  return total;
}

std::uint64_t HttpServer::ended() const noexcept { return shared_->ended.load(std::memory_order_relaxed); }

std::vector<Fd> HttpServer::take_returned() {
  const std::lock_guard lock(shared_->mutex);
  return std::exchange(shared_->returned, {});
}

void HttpServer::stop() {
  shared_->stopping.store(true);
  for (auto& worker : workers_) worker->wake();
  for (auto& worker : workers_) worker->join();
  workers_.clear();
}
}  // namespace headroom::io
