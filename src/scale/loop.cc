#include "scale/loop.h"

#include <algorithm>
#include <utility>

#include "io/clock.h"

namespace headroom::scale {
namespace {
constexpr Duration kLongestWait = std::chrono::milliseconds(200);
constexpr Duration kRetry = std::chrono::milliseconds(2);  // for channels that were full
constexpr int kAcceptsInATurn = 64;                        // so that a flood of connections does not starve the rest

int threads_for(const io::CgroupLimits& limits) {
  const double cores = limits.cpu_cores;
  return cores > 0 ? std::max(1, static_cast<int>(cores + 0.999)) : 0;
}
}  // namespace

Loop::Loop(const Options& options, io::Acceptor& acceptor, LimitKeeper keeper, run::Writer* writer, Shared& shared)
    : options_(options),
      acceptor_(acceptor),
      keeper_(std::move(keeper)),
      writer_(writer),
      shared_(shared),
      rng_(options.seed),
      command_{options.program.empty() ? io::own_program() : options.program, options.model, options.serve_flags,
               threads_for(keeper_.limits())},
      container_(options.deployment && !options.deployment->containers.empty() ? options.deployment->containers.front().name : "server"),
      pipeline_(options.time_scale),
      anchor_(io::anchor()),
      now_(anchor_.instant),
      began_(now_),
      next_sample_(now_ + std::chrono::seconds(1)),
      next_kubelet_(now_),
      next_scrape_(now_ + real_time(kScrapePeriod / 2)),
      next_pass_(now_ + real_time(options.controller.sync_period)),
      next_publish_(now_) {
  int wanted = options.replicas.value_or(options.deployment ? options.deployment->replicas.value_or(1) : 1);
  if (options.hpa && !options.replicas) wanted = std::clamp(wanted, options.hpa->min.value_or(1), options.hpa->max);
  desired_ = wanted;
}

void Loop::run() {
  for (int i = 0; i < desired_ && !stopping_; ++i) add_replica();
  if (desired_ == 0) {
    starting_ = false;
    shared_.started.set(std::nullopt);
  }
  while (!stopping_ || !members_.empty()) {
    wait();
    ++turns_;
    if (shared_.stopping && !stopping_) begin_stop();
    see_exits();
    kill_overdue();
    restart_due();
    place_waiting();
    accept_some();
    if (!stopping_) sense();
    if (now_ >= next_publish_) publish();
  }
  waiting_.clear();
  publish();
  if (starting_) shared_.started.set(Failure{ExitCode::interrupted, "stopped before the replicas were ready", "", ""});
}

bool Loop::anyone_ready() const {
  return std::any_of(members_.begin(), members_.end(),
                     [](const MemberPtr& each) { return each->replica.state == Replica::State::ready; });
}

Duration Loop::until_next() const {
  Duration most = kLongestWait;
  const auto until = [&](Instant when) { most = std::min(most, std::max(Duration{}, when - now_)); };
  until(next_publish_);
  // Only what sense() would do then: a moment that nobody moves on lies in the past forever, and the loop would spin.
  if (!stopping_) until(next_sample_);
  if (senses_for_hpa() && !stopping_) {
    for (const auto when : {next_kubelet_, next_scrape_, next_pass_}) until(when);
  }
  for (const auto& member : members_) {
    if (member->replica.state == Replica::State::waiting) until(member->replica.restart_at);
    if (member->replica.state == Replica::State::draining) until(member->replica.drain_deadline);
  }
  return most;
}

void Loop::wait() {
  // No replica ready: connections stay in the kernel's backlog, which is the bounded queue in front of the session.
  const bool accepting = !stopping_ && !exhausted_ && anyone_ready();
  std::vector<io::Watch> watches{{shared_.wake.descriptor()}, {accepting ? acceptor_.fd() : -1}};
  bool all_flushed = !exhausted_;
  for (const auto& member : members_) {
    auto& replica = member->replica;
    if (replica.process) all_flushed = replica.flush() && all_flushed;
    watches.push_back({replica.channel.get()});
    watches.push_back({replica.record.get()});
    watches.push_back({replica.log_pipe.get()});
    watches.push_back({replica.process ? replica.process->exit_descriptor() : -1});
  }
  io::wait_readable(watches, all_flushed ? until_next() : std::min(until_next(), kRetry));
  now_ = io::now();
  exhausted_ = false;
  if (watches[0].readable) shared_.wake.clear();
  const std::size_t count = members_.size();  // place() inside read_channel never adds members
  for (std::size_t i = 0; i < count; ++i) {
    Member& member = *members_[i];
    const io::Watch* mine = &watches[2 + 4 * i];
    if (mine[0].readable) read_channel(member);
    if (mine[1].readable && !member.telemetry.read(member.replica.record.get())) member.replica.record = io::Fd();
    if (mine[2].readable) member.replica.read_log();
  }
}

void Loop::accept_some() {
  if (stopping_ || !anyone_ready()) return;
  for (int i = 0; i < kAcceptsInATurn && !exhausted_; ++i) {
    auto [step, connection] = acceptor_.next();
    if (step == io::Acceptor::Step::accepted) {
      place(std::move(connection));
      continue;
    }
    exhausted_ = step != io::Acceptor::Step::nothing;
    if (step == io::Acceptor::Step::refused) ++refused_;
    return;
  }
}

std::vector<Candidate> Loop::candidates() const {
  std::vector<Candidate> list;
  list.reserve(members_.size());
  for (const auto& each : members_) list.push_back({each->replica.state == Replica::State::ready, each->replica.connections});
  return list;
}

/// Long-lived connections stay where they were placed; without this a new replica would wait for new clients.
void Loop::rebalance() {
  if (options_.balance != Balance::least || stopping_) return;
  const auto back = surplus(candidates());
  for (std::size_t i = 0; i < members_.size(); ++i) {
    if (members_[i]->replica.state == Replica::State::ready) members_[i]->replica.give_back(back[i]);
  }
}

void Loop::place(io::Fd connection) {
  const auto chosen = pick(candidates(), options_.balance, rng_);
  if (chosen) {
    members_[*chosen]->replica.give(std::move(connection));
  } else {
    waiting_.push_back(std::move(connection));
  }
}

void Loop::place_waiting() {
  if (stopping_) waiting_.clear();  // idle, and nobody is left to serve them
  while (!waiting_.empty() && anyone_ready()) {
    io::Fd next = std::move(waiting_.front());
    waiting_.pop_front();
    place(std::move(next));
  }
}

void Loop::read_channel(Member& member) {
  auto& replica = member.replica;
  while (replica.channel) {
    auto message = io::receive_handoff(replica.channel.get());
    if (!message) {
      if (message.error() == io::HandoffEnd::broken && replica.process) replica.process->send(io::ChildSignal::kill);
      replica.channel = io::Fd();
      return;
    }
    if (!*message) return;
    switch ((*message)->kind) {
      case io::HandoffKind::ready: on_ready(member); break;
      case io::HandoffKind::leaving:
        if (replica.state != Replica::State::draining) drain(member, false);
        break;
      case io::HandoffKind::closed: replica.connections -= static_cast<int>((*message)->count); break;
      case io::HandoffKind::returned:
        --replica.connections;
        place(std::move((*message)->descriptor));
        break;
      case io::HandoffKind::connection:
      case io::HandoffKind::give_back:
      case io::HandoffKind::drain: break;  // ours to send; a replica that echoes them changes nothing
    }
  }
}

void Loop::see_exits() {
  for (auto& member : members_) {
    auto& replica = member->replica;
    if (!replica.process || !replica.process->ended_unreaped()) continue;
    read_channel(*member);  // what it gave back before it ended is still there
    if (replica.record) member->telemetry.read(replica.record.get());
    if (replica.log_pipe) replica.read_log();
    keeper_.ended(*replica.process);
    on_exit(*member, replica.process->ended().value_or(io::ExitStatus{}));  // its pid is free from here
  }
  std::erase_if(members_, [](const MemberPtr& each) { return each->replica.deleting && !each->replica.process; });
}

void Loop::begin_stop() {
  stopping_ = true;
  for (auto& member : members_) {
    auto& replica = member->replica;
    replica.deleting = true;
    if (replica.state == Replica::State::draining) continue;
    if (replica.process) drain(*member);
  }
}
}  // namespace headroom::scale
