#include "load/find_knee.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace headroom::load {
namespace {
constexpr double kDelivered = 0.95;  // an open loop that answers less than this of what came is saturated
}

Step KneeSearch::step(double level) {
  level_ = options_.by_rate ? level : std::round(level);
  Step next;
  if (options_.by_rate) {
    next.rate = level_;
  } else {
    next.users = static_cast<int>(level_);
  }
  next.duration = options_.duration;
  next.spawn_rate = options_.spawn_rate;
  return next;
}

Step KneeSearch::first() { return step(std::min(options_.first, options_.last)); }

// Saturated: throughput no longer follows the load. Compared with the best level below, not with the last one tried.
Broke KneeSearch::judge(const StepResult& ended) const {
  if (ended.generator_limited) return Broke::generator;
  if (!ended.slo_met) return Broke::slo;
  if (options_.by_rate) return ended.rps() < kDelivered * level_ ? Broke::saturated : Broke::no;
  const KneeLevel* below = nullptr;
  for (const auto& level : levels_) {
    if (level.broke == Broke::no && level.level < level_ && (!below || level.level > below->level)) below = &level;
  }
  if (!below || below->rps <= 0) return Broke::no;
  const double more_load = level_ / below->level - 1;
  const double more_answers = ended.rps() / below->rps - 1;
  return more_answers < options_.min_gain * more_load ? Broke::saturated : Broke::no;
}

std::optional<Step> KneeSearch::next(const StepResult& ended) {
  const Broke broke = judge(ended);
  levels_.push_back({level_, ended.rps(), broke});
  if (broke == Broke::no) {
    held_ = std::max(held_, level_);
  } else if (broken_ == 0 || level_ < broken_) {
    broken_ = level_;
    reason_ = broke;
  }
  if (static_cast<int>(levels_.size()) >= options_.max_levels) return std::nullopt;
  if (broken_ == 0) {
    if (level_ >= options_.last) return std::nullopt;
    return step(std::min(options_.last, level_ * options_.factor));
  }
  const double least = options_.by_rate ? 0 : 1;
  if (broken_ - held_ <= std::max(least, options_.resolution * held_) || (held_ == 0 && broken_ <= 1)) return std::nullopt;
  return step((held_ + broken_) / 2);
}

expected<Knee, Failure> find_knee(Options options, const KneeOptions& knee, run::Writer* writer, const OnProgress& progress,
                                  std::stop_token stop) {
  KneeSearch search(knee);
  const Step first = search.first();
  bool searching = options.steps.empty();  // the last step that has run belongs to the search
  if (searching) options.steps.push_back(first);
  options.next_step = [&](const StepResult& ended) -> std::optional<Step> {
    if (std::exchange(searching, true)) return search.next(ended);
    return first;
  };
  auto run = run_load(options, writer, progress, std::move(stop));
  if (!run) return unexpected(std::move(run).error());
  return Knee{search.knee(), search.reason(), search.levels(), std::move(*run)};
}
}  // namespace headroom::load
