#include "load/sender.h"

#include <algorithm>

#include "io/clock.h"
#include "io/thread_clock.h"
#include "workload/wait.h"

namespace headroom::load {
namespace {
constexpr Duration kSecond = std::chrono::seconds(1);
// A user whose connection could not be made waits at least this long: without a wait of its own it would do nothing but try.
constexpr Duration kAfterNoConnection = std::chrono::milliseconds(100);
constexpr std::size_t kMaxPending = 4'000'000;

RecorderOptions recorder_options(const Plan& plan, const SenderOptions& options) {
  return {plan.names.size(), options.thread, options.samples_per_second, options.client.timeout, options.client.seed ^ 0x5a5a};
}
}  // namespace

Sender::Sender(const Plan& plan, const SenderOptions& options, io::Mailbox<Slice>& slices)
    : plan_(plan), options_(options), slices_(slices), recorder_(recorder_options(plan, options)),
      client_(plan, options.client, loop_, [this](Slot slot, const Outcome& outcome) { answered(slot, outcome); }),
      waits_(options.client.seed ^ 0x3a175), choices_(options.client.seed ^ 0xc401ce),
      population_(plan.shares, options.thread, options.threads), slice_start_(options.start) {
  recorder_.begin(options.start, {});
  plan_cut();
}

void Sender::post(const Order& order) {
  orders_.put(order);
  ordered_.store(true, std::memory_order_release);
  loop_.wake();
}

void Sender::run() {
  io::make_waits_exact();
  cpu_seen_ = io::thread_cpu_time();
  waited_seen_ = io::thread_wait_time().value_or(Duration::zero());
  while (true) {
    take_orders();
    advance(io::now());
    if (finished_) return;
    for (const auto& ready : loop_.wait(time_left())) client_.handle(ready);
  }
}

void Sender::take_orders() {
  if (!ordered_.exchange(false, std::memory_order_acquire)) return;
  for (const auto& order : orders_.take(Duration::zero())) {
    if (order.level) levels_.push_back(*order.level);
    if (order.stop_at && (!stop_at_ || *order.stop_at < *stop_at_)) stop_at_ = order.stop_at;
    if (order.stop_at) grace_ = order.grace;
  }
}

void Sender::advance(Instant now) {
  cut_slices(now);
  if (stop_at_ && now >= *stop_at_) {
    let_arrive(*stop_at_ - Duration(1));  // what was due before it, however late it is now
    stopping_ = true;
    schedule_.reset();
    next_arrival_.reset();
  }
  if (!stopping_) {
    while (!levels_.empty() && levels_.front().at <= now) {
      const Level level = levels_.front();
      levels_.pop_front();
      begin_level(level);
    }
    change_users(now);
    while (const auto due = waiting_.take(now)) {
      const User& user = users_[due->user];
      if (user.alive && user.life == due->life) begin_task(due->user, due->when);
    }
    let_arrive(now);
  }
  client_.expire(now);
  if (stopping_ && (client_.in_flight() + pending_.size() == 0 || now >= *stop_at_ + grace_)) end(now);
}

void Sender::begin_level(const Level& level) {
  let_arrive(level.at - Duration(1));
  level_ = level;
  cut(std::max(level.at, slice_start_));
  // An open loop's arrivals are nobody's: users go at once.
  population_.aim(level.users, level.rate > 0 ? 1e9 : level.spawn_rate, level.at);
  schedule_.reset();
  next_arrival_.reset();
  if (level.rate <= 0) return;
  // The schedule reaches beyond the level's end: the next level, or the stop, ends it.
  const Instant far = level.at + std::chrono::hours(24 * 365);
  schedule_.emplace(options_.arrivals, Rate{level.rate}, level.at, far, Rng(options_.seed + 0x9e37 * static_cast<std::uint64_t>(level.step)));
  for (int i = 0; i < options_.thread; ++i) static_cast<void>(schedule_->next());
  next_arrival_ = schedule_->next();
}

// The earliest time at which the present slice must end: a whole second, or where the scope changes.
void Sender::plan_cut() {
  Instant at = options_.start + ((slice_start_ - options_.start) / kSecond + 1) * kSecond;
  if (level_) {
    for (const Instant change : {level_->steady_from, level_->end}) {
      if (change > slice_start_) at = std::min(at, change);
    }
  }
  next_cut_ = at;
}

Scope Sender::scope_at(Instant at) const {
  if (!level_) return {};
  return {level_->step, at >= level_->steady_from && (at < level_->end || stopping_) && level_->steady_from < level_->end};
}

void Sender::cut_slices(Instant now) {
  while (now >= next_cut_) cut(next_cut_);
}

void Sender::cut(Instant at) {
  Slice slice = recorder_.finish(at);
  const Duration cpu = io::thread_cpu_time();
  slice.cpu = cpu - std::exchange(cpu_seen_, cpu);
  if (const auto waited = io::thread_wait_time()) slice.waited = *waited - std::exchange(waited_seen_, *waited);
  slice.users = population_.own();
  slice.connections = client_.open_connections();
  slices_.put(std::move(slice));
  slice_start_ = at;
  if (stop_at_ && at >= *stop_at_) stopping_ = true;
  recorder_.begin(at, scope_at(at));
  plan_cut();
}

Duration Sender::time_left() const {
  Instant next = next_cut_;
  const auto consider = [&](const std::optional<Instant>& at) {
    if (at) next = std::min(next, *at);
  };
  consider(client_.next_deadline());
  if (stopping_) {
    consider(*stop_at_ + grace_);
  } else {
    consider(stop_at_);
    consider(population_.next_change());
    consider(waiting_.next());
    consider(next_arrival_);
    if (!levels_.empty()) consider(levels_.front().at);
  }
  return std::max(Duration::zero(), next - io::now());
}

// ---- closed loop
void Sender::change_users(Instant now) {
  while (const auto change = population_.change(now)) {
    if (change->user >= users_.size()) {
      users_.resize(change->user + 1);
      users_[change->user].slot = client_.add_slot();
      owners_.push_back(change->user);
    }
    User& user = users_[change->user];
    if (change->came) {
      user.user_class = change->user_class;
      user.alive = true;
      begin_task(change->user, now);
    } else {
      user.alive = false;
      ++user.life;
      if (user.busy) continue;  // it finishes its request first: nothing is lost on the way down
      client_.hang_up(user.slot);
      population_.release(change->user);
    }
  }
}

void Sender::begin_task(Population::UserId id, Instant intended) {
  User& user = users_[id];
  user.busy = true;
  client_.send(user.slot, plan_.classes[user.user_class].tasks.draw(choices_), intended);
}

void Sender::user_answered(Population::UserId id, const Outcome& outcome) {
  User& user = users_[id];
  user.busy = false;
  if (!user.alive) {
    client_.hang_up(user.slot);
    population_.release(id);
    return;
  }
  if (stopping_) return;
  Instant next = workload::next_start(plan_.classes[user.user_class].wait, outcome.intended, outcome.done, waits_);
  if (!outcome.connected) next = std::max(next, outcome.done + kAfterNoConnection);
  if (next <= outcome.done) return begin_task(id, next);
  waiting_.add(next, id, user.life);
}

void Sender::answered(Slot slot, const Outcome& outcome) {
  if (outcome.done >= next_cut_) cut_slices(outcome.done);
  recorder_.add(outcome);
  if (owners_[slot] != kNobody) return user_answered(owners_[slot], outcome);
  free_.push_back(slot);
  if (!draining_) drain();
}

// ---- open loop
void Sender::let_arrive(Instant now) {
  while (next_arrival_ && *next_arrival_ <= now) {
    const std::size_t task = plan_.classes[plan_.class_choice.draw(choices_)].tasks.draw(choices_);
    if (pending_.size() < kMaxPending) {
      pending_.push_back({*next_arrival_, task});
    } else {
      ++never_sent_;
    }
    for (int i = 1; i < options_.threads; ++i) static_cast<void>(schedule_->next());  // the other threads' arrivals
    next_arrival_ = schedule_->next();
    drain();
    if (!pending_.empty()) pending_.back().queued = true;
  }
}

std::optional<Slot> Sender::free_slot() {
  if (!free_.empty()) {
    const Slot slot = free_.back();
    free_.pop_back();
    return slot;
  }
  if (open_loop_slots_ >= options_.connections) return std::nullopt;
  ++open_loop_slots_;
  owners_.push_back(kNobody);
  return client_.add_slot();
}

// Sending may fail at once and so free the slot again: the loop here, not a recursion, goes on with it.
void Sender::drain() {
  draining_ = true;
  while (!pending_.empty()) {
    const auto slot = free_slot();
    if (!slot) break;
    const Arrival arrival = pending_.front();
    pending_.pop_front();
    client_.send(*slot, arrival.task, arrival.intended, arrival.queued);
  }
  draining_ = false;
}

void Sender::end(Instant now) {
  cut_slices(now);
  std::uint64_t unfinished = 0;
  Duration oldest{};
  client_.for_each_in_flight([&](std::size_t name, Instant intended) {
    recorder_.add_unfinished(name, now - intended);
    oldest = std::max(oldest, now - intended);
    ++unfinished;
  });
  for (const auto& arrival : pending_) {
    recorder_.add_unfinished(plan_.tasks[arrival.task].name, now - arrival.intended);
    oldest = std::max(oldest, now - arrival.intended);
  }
  Slice slice = recorder_.finish(now);
  slice.cpu = io::thread_cpu_time() - cpu_seen_;
  slice.users = population_.own();
  slice.connections = client_.open_connections();
  slice.unfinished = unfinished;
  slice.unfinished_oldest = oldest;
  slice.never_sent = never_sent_ + pending_.size();
  slice.last = true;
  slices_.put(std::move(slice));
  finished_ = true;
}
}  // namespace headroom::load
