#include <algorithm>
#include <utility>

#include "hpa/decide.h"
#include "scale/describe.h"
#include "scale/loop.h"

namespace headroom::scale {
namespace {
std::optional<std::int64_t> whole_bytes(const std::map<std::string, hpa::Quantity>& list, const char* resource) {
  const auto found = list.find(resource);
  return found == list.end() ? std::nullopt : std::optional(found->second.whole());
}
std::optional<std::int64_t> milli(const std::map<std::string, hpa::Quantity>& list, const char* resource) {
  const auto found = list.find(resource);
  return found == list.end() ? std::nullopt : std::optional(found->second.milli());
}
hpa::Container as_seen(const manifest::Container& container) {
  const auto& requests = container.resources.requests;
  return {container.name, {milli(requests, "cpu"), whole_bytes(requests, "memory")}};
}
}  // namespace

Instant Loop::controller_time(Instant real) const {
  return began_ + from_seconds(seconds(real - began_) * options_.time_scale);
}
Duration Loop::real_time(Duration controller) const { return from_seconds(seconds(controller) / options_.time_scale); }

void Loop::sense() {
  if (now_ >= next_sample_) {
    next_sample_ += std::chrono::seconds(1);
    sample_replicas();
    rebalance();
  }
  if (!senses_for_hpa()) return;
  if (now_ >= next_kubelet_) {
    next_kubelet_ = now_ + real_time(kKubeletPeriod);
    refresh_kubelet();
  }
  if (now_ >= next_scrape_) {
    next_scrape_ = now_ + real_time(kScrapePeriod);
    pipeline_.scrape();
  }
  if (now_ >= next_pass_) {
    next_pass_ = now_ + real_time(options_.controller.sync_period);  // from the end of this one, as the controller re-queues
    decide();
  }
}

void Loop::sample_replicas() {
  const std::string prefix = options_.part.empty() ? "" : options_.part + "/";
  for (auto& member : members_) {
    auto& replica = member->replica;
    if (!replica.process) continue;
    const Usage usage = keeper_.usage(*replica.process, replica.group);
    auto& seen = member->seen;
    const double elapsed = seconds(now_ - (seen.at == Instant{} ? replica.started : seen.at));
    if (elapsed > 0) {
      seen.cores = std::max(0.0, seconds(usage.cpu - seen.usage.cpu) / elapsed);
      seen.throttled = std::clamp(seconds(usage.throttled - seen.usage.throttled) / elapsed, 0.0, 1.0);
    }
    seen.usage = usage;
    seen.at = now_;
    if (writer_ == nullptr) continue;
    run::ReplicaSample row;
    row.t_ns = anchor_.to_wall(now_).time_since_epoch().count();
    row.replica = prefix + replica.name;
    row.cpu_ns = usage.cpu.count();
    row.throttled_ns = usage.throttled.count();
    row.periods = usage.periods;
    row.throttled_periods = usage.throttled_periods;
    row.memory_bytes = usage.memory_bytes;
    row.connections = replica.connections;
    row.cpu_limit = keeper_.limits().cpu_cores;
    if (options_.deployment) row.cpu_request = static_cast<double>(options_.deployment->request_m("cpu").value_or(0)) / 1000;
    writer_->add(std::move(row));
  }
}

void Loop::refresh_kubelet() {
  for (const auto& member : members_) {
    const auto& replica = member->replica;
    if (!replica.process || replica.deleting) continue;
    const Usage usage = keeper_.usage(*replica.process, replica.group);
    pipeline_.refresh(replica.name, {controller_time(replica.started), controller_time(now_), usage.cpu, usage.memory_bytes});
  }
}

hpa::Pod Loop::pod_of(const Member& member) const {
  const auto& replica = member.replica;
  hpa::Pod pod;
  pod.name = replica.name;
  pod.phase = hpa::Phase::running;  // also between a crash and its restart, as in a cluster
  pod.ready = replica.state == Replica::State::ready ? hpa::Truth::yes : hpa::Truth::no;
  pod.ready_changed = controller_time(replica.ready_changed);
  pod.start = controller_time(replica.created);
  pod.deleting = replica.deleting;
  if (!options_.deployment) {
    pod.containers.push_back({container_, {}});
    return pod;
  }
  for (const auto& each : options_.deployment->containers) pod.containers.push_back(as_seen(each));
  for (const auto& each : options_.deployment->sidecars) pod.sidecars.push_back(as_seen(each));
  for (const auto& each : options_.deployment->init) pod.init.push_back(as_seen(each));
  return pod;
}

hpa::Observation Loop::observe() const {
  hpa::Observation seen;
  for (const auto& member : members_) {
    seen.pods.push_back(pod_of(*member));
    if (!member->replica.deleting) ++seen.scale.status_replicas;
  }
  seen.scale.spec_replicas = desired_;
  seen.scale.selector = "replica";  // all of ours, and only they
  seen.usage = pipeline_.usage(container_);
  seen.readings.resize(options_.hpa->metrics.size());
  for (std::size_t i = 0; i < seen.readings.size(); ++i) {
    const auto kind = options_.hpa->metrics[i].kind;
    if (kind != hpa::MetricKind::resource && kind != hpa::MetricKind::container_resource) {
      seen.readings[i].error = "no such API: local replicas have resource metrics only";
    }
  }
  return seen;
}

void Loop::decide() {
  const auto ready = std::count_if(members_.begin(), members_.end(),
                                   [](const MemberPtr& each) { return each->replica.state == Replica::State::ready; });
  hpa::Decision decision = hpa::decide(*options_.hpa, options_.controller, hpa_state_, observe(), controller_time(now_));
  const double at = seconds(controller_time(now_) - began_);
  for (const auto& line : describe(*options_.hpa, hpa_state_.status, decision, at)) say(line);
  run::HpaPass row = to_row(*options_.hpa, decision, static_cast<int>(ready));
  message_ = targets(*options_.hpa, decision.next.status) + ", " + row.reason;
  row.t_ns = anchor_.to_wall(now_).time_since_epoch().count();
  if (writer_ != nullptr) writer_->add(std::move(row));
  hpa_state_ = std::move(decision.next);
  if (decision.written) scale_to(*decision.written);
}

void Loop::publish() {
  next_publish_ = now_ + std::chrono::milliseconds(100);
  SessionStatus status;
  status.desired = desired_;
  status.message = message_;
  status.enforcement = keeper_.name();
  status.waiting = waiting_.size();
  status.refused = refused_;
  status.turns = turns_;
  constexpr const char* kStates[] = {"starting", "ready", "draining", "waiting"};
  for (const auto& member : members_) {
    const auto& replica = member->replica;
    if (!replica.deleting) ++status.replicas;
    if (replica.state == Replica::State::ready) ++status.ready;
    status.rows.push_back({replica.name, replica.process ? replica.process->pid() : 0, kStates[static_cast<int>(replica.state)], replica.connections, member->seen.cores,
                           member->seen.throttled, member->seen.usage.memory_bytes, replica.restarts});
  }
  shared_.status.with([&](SessionStatus& shared) { shared = std::move(status); });
}
}  // namespace headroom::scale
