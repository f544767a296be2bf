#include <algorithm>
#include <utility>

#include "base/units.h"
#include "scale/loop.h"

namespace headroom::scale {
namespace {
/// What it said last, in one line: what and where of a failure.
std::string first_lines(const std::string& log) {
  const auto first = log.find('\n');
  if (first == std::string::npos) return log;
  const auto second = log.find('\n', first + 1);
  const std::string where = log.substr(first + 1, second == std::string::npos ? second : second - first - 1);
  return log.substr(0, first) + (where.starts_with("  at:  ") ? " (" + where.substr(7) + ")" : "");
}
}  // namespace

void Loop::event(const Member& member, const char* what, const std::string& detail) {
  say(member.replica.name + ": " + what + (detail.empty() ? "" : " (" + detail + ")"));
  if (writer_ == nullptr) return;
  const std::string prefix = options_.part.empty() ? "" : options_.part + "/";
  writer_->add(run::ReplicaEvent{anchor_.to_wall(now_).time_since_epoch().count(), prefix + member.replica.name, what, detail});
}

void Loop::start_failed(const Failure& failure) {
  starting_ = false;
  shared_.started.set(failure);
  shared_.stopping = true;
  begin_stop();
}

void Loop::add_replica() {
  const std::string name = options_.name + "-" + std::to_string(++made_);
  const std::string prefix = options_.part.empty() ? "" : options_.part + "/";
  members_.push_back(MemberPtr(new Member{Replica(name, now_), TelemetryPipe(prefix + name, writer_), {}}));
  launch(*members_.back());
}

void Loop::launch(Member& member) {
  auto& replica = member.replica;
  if (auto launched = replica.launch(command_, keeper_, now_); !launched) {
    if (starting_) {
      start_failed(launched.error());
      replica.deleting = true;
      return;
    }
    ++replica.restarts;
    replica.state = Replica::State::waiting;
    replica.restart_at = now_ + std::max(Duration(std::chrono::seconds(1)), real_time(restart_delay(replica.restarts)));
    event(member, "crash", launched.error().what);
    return;
  }
  member.seen = {};
  const std::string prefix = options_.part.empty() ? "" : options_.part + "/";
  member.telemetry = TelemetryPipe(prefix + replica.name, writer_);  // a restarted replica begins a new stream
  event(member, "start", "");
}

void Loop::drain(Member& member, bool going) {
  auto undelivered = member.replica.take_undelivered();
  const int grace = options_.deployment ? options_.deployment->grace_period_s : 30;
  // A process that has not become ready may not yet listen to its channel; it has nobody to lose.
  if (member.replica.state == Replica::State::starting) member.replica.process->send(io::ChildSignal::terminate);
  member.replica.drain(now_ + std::chrono::seconds(grace), going);
  member.replica.ready_changed = now_;
  pipeline_.forget(member.replica.name);
  event(member, "drain", going ? "" : "a signal ended it");
  for (auto& connection : undelivered) place(std::move(connection));
}

void Loop::remove_replicas(std::size_t count) {
  std::vector<Member*> alive;
  std::vector<Rank> ranks;
  for (auto& member : members_) {
    const auto& replica = member->replica;
    if (replica.deleting) continue;
    alive.push_back(member.get());
    ranks.push_back({replica.process.has_value(), replica.state == Replica::State::ready, replica.ready_changed, replica.restarts,
                     replica.created});
  }
  for (const std::size_t index : victims(ranks, count)) {
    if (alive[index]->replica.process) {
      drain(*alive[index]);
    } else {
      alive[index]->replica.deleting = true;  // see_exits lets go of it
    }
  }
}

void Loop::scale_to(int wanted) {
  desired_ = wanted;
  const auto alive = std::count_if(members_.begin(), members_.end(), [](const MemberPtr& each) { return !each->replica.deleting; });
  for (auto i = alive; i < wanted; ++i) add_replica();
  if (alive > wanted) remove_replicas(static_cast<std::size_t>(alive - wanted));
}

void Loop::on_ready(Member& member) {
  auto& replica = member.replica;
  if (replica.state != Replica::State::starting) return;
  replica.state = Replica::State::ready;
  replica.ready_changed = now_;
  event(member, "ready", to_text(now_ - replica.started) + " after start");
  if (!starting_) rebalance();
  const bool all = std::all_of(members_.begin(), members_.end(),
                               [](const MemberPtr& each) { return each->replica.state == Replica::State::ready; });
  if (starting_ && all) {
    starting_ = false;
    publish();
    shared_.started.set(std::nullopt);
  }
}

void Loop::on_exit(Member& member, const io::ExitStatus& status) {
  auto& replica = member.replica;
  auto undelivered = replica.take_undelivered();
  const std::string log = replica.log();
  const bool expected_exit = replica.deleting;
  replica.clear();
  pipeline_.forget(replica.name);
  if (expected_exit) {
    event(member, "exit", status.text());
  } else if (starting_) {
    Failure failure{ExitCode::refused, replica.name + " ended before it was ready: " + status.text(), first_lines(log),
                    "run `" + command_.program + " serve " + command_.model + "` to see all of it"};
    if (!status.by_signal && status.code == static_cast<int>(ExitCode::wrong_use)) failure.code = ExitCode::wrong_use;
    replica.deleting = true;
    start_failed(failure);
  } else {
    const bool left = replica.state == Replica::State::draining && status.clean();  // told to by somebody else's signal
    ++replica.restarts;
    replica.state = Replica::State::waiting;
    replica.ready_changed = now_;
    replica.restart_at = now_ + real_time(restart_delay(replica.restarts));
    event(member, left ? "exit" : "crash", status.text());
  }
  for (auto& connection : undelivered) place(std::move(connection));
}

void Loop::restart_due() {
  if (stopping_) return;
  for (auto& member : members_) {
    const auto& replica = member->replica;
    if (!replica.deleting && replica.state == Replica::State::waiting && !replica.process && now_ >= replica.restart_at) launch(*member);
  }
}

void Loop::kill_overdue() {
  for (auto& member : members_) {
    auto& replica = member->replica;
    if (replica.state != Replica::State::draining || !replica.process || now_ < replica.drain_deadline) continue;
    event(*member, "drain", "grace period over, killed");
    replica.process->send(io::ChildSignal::kill);
    replica.drain_deadline = now_ + std::chrono::hours(1);
  }
}
}  // namespace headroom::scale
