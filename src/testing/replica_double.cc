#include "testing/replica_double.h"

#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "io/cgroup_paths.h"
#include "io/clock.h"
#include "io/handoff.h"
#include "io/http_server.h"
#include "io/process.h"
#include "io/signal.h"

namespace headroom::testing {
namespace {
struct Answering {
  std::string name;
  bool slow = false;

  bool answer(const io::Request& request, http::ByteBuffer& out) const {
    const auto until = io::cpu_time_of(::getpid()).value_or(Duration{}) + std::chrono::milliseconds(1);
    while (slow && io::cpu_time_of(::getpid()).value_or(until) < until) {
    }
    put(out, "200 OK", request.closing, name);
    return !request.closing;
  }
  void refuse(const http::Refusal&, const io::Request&, http::ByteBuffer& out) const { put(out, "400 Bad Request", true, ""); }
  void written(Instant) const {}

  static void put(http::ByteBuffer& out, const char* status, bool closing, const std::string& body) {
    const std::string text = std::string("HTTP/1.1 ") + status + "\r\nContent-Length: " + std::to_string(body.size()) +
                             (closing ? "\r\nConnection: close" : "") + "\r\n\r\n" + body;
    out.append(text);
  }
};

std::vector<std::string> own_arguments() {
  std::vector<std::string> list;
  const std::string all = io::read_small("/proc/self/cmdline");
  for (std::size_t at = 0; at < all.size();) {
    list.emplace_back(&all[at]);
    at += list.back().size() + 1;
  }
  return list;
}

std::string value_of(const std::vector<std::string>& arguments, const char* flag) {
  for (std::size_t i = 0; i + 1 < arguments.size(); ++i) {
    if (arguments[i] == flag) return arguments[i + 1];
  }
  return "";
}

void serve_until_drained(int channel, Answering& answering) {
  io::SignalQueue signals({io::Signal::terminate});
  io::EventLoop loop;
  io::HttpServer server({}, {io::HandlerRef(answering)}, loop);
  if (!loop.watch(channel, EPOLLIN, &loop) || !loop.watch(signals.fd(), EPOLLIN, &signals)) std::_Exit(3);
  (void)io::send_handoff(channel, io::HandoffKind::ready);
  std::deque<io::Fd> returned;
  std::uint64_t told = 0;
  bool dismissed = false;
  for (;;) {
    (void)loop.wait(std::chrono::milliseconds(20));
    if (signals.next()) {
      (void)io::send_handoff(channel, io::HandoffKind::leaving);
      server.set_phase(io::Phase::returning);
    }
    for (;;) {
      auto message = io::receive_handoff(channel);
      if (!message) std::_Exit(0);  // the parent is gone
      if (!*message) break;
      if ((*message)->kind == io::HandoffKind::give_back) server.give_back((*message)->count);
      dismissed = dismissed || (*message)->kind == io::HandoffKind::drain;
      if ((*message)->kind == io::HandoffKind::drain) server.set_phase(io::Phase::returning);
      if ((*message)->kind == io::HandoffKind::connection) server.adopt(std::move((*message)->descriptor), io::now());
    }
    const bool nobody = server.phase() != io::Phase::serving && server.connections() == 0;  // before the last look at what came back
    for (auto& connection : server.take_returned()) returned.push_back(std::move(connection));
    while (!returned.empty() && io::send_handoff(channel, io::HandoffKind::returned, returned.front().get())) returned.pop_front();
    const auto ended = server.ended();
    if (ended != told && io::send_handoff(channel, io::HandoffKind::closed, -1, static_cast<std::uint32_t>(ended - told))) told = ended;
    if (nobody && dismissed && returned.empty() && told == server.ended()) return;
  }
}
}  // namespace

bool become_replica_if_asked() {
  const auto arguments = own_arguments();
  if (arguments.size() < 3 || arguments[1] != "serve") return false;
  if (arguments[2] == "broken") {
    std::fputs("headroom: this model is broken\n", stderr);
    std::fflush(stderr);
    std::_Exit(2);
  }
  Answering answering{value_of(arguments, "--replica"), arguments[2] == "slow"};
  serve_until_drained(std::stoi(value_of(arguments, "--handoff-fd")), answering);
  std::_Exit(0);
}
}  // namespace headroom::testing
