#include "hpa/policy.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "hpa/recommend.h"

namespace headroom::hpa {
namespace {
constexpr auto kLowest = std::numeric_limits<std::int32_t>::min();
constexpr auto kHighest = std::numeric_limits<std::int32_t>::max();

std::int32_t changed_within(const std::vector<ScaleEvent>& events, std::int32_t period_s, Instant now) {
  const Instant cutoff = now - std::chrono::seconds(period_s);
  std::int32_t sum = 0;
  for (const auto& event : events) {
    if (event.at > cutoff) sum += event.change;
  }
  return sum;
}

std::int32_t period_start(std::int32_t current, const Memory& memory, std::int32_t period_s, Instant now) {
  return current - changed_within(memory.up, period_s, now) + changed_within(memory.down, period_s, now);
}

void store(std::vector<ScaleEvent>& events, const Rules& rules, std::int32_t change, Instant at) {
  std::int32_t longest = 0;
  for (const auto& policy : rules.policies) longest = std::max(longest, policy.period_s);
  ScaleEvent* reusable = nullptr;
  for (auto& event : events) {
    if (event.at < at - std::chrono::seconds(longest)) event.outdated = true;
    if (event.outdated) reusable = &event;
  }
  if (reusable != nullptr) {
    *reusable = {change, at, false};
  } else {
    events.push_back({change, at, false});
  }
}
}  // namespace

const char* reason(Limit limit) {
  switch (limit) {
    case Limit::scale_up_limit: return "ScaleUpLimit";
    case Limit::scale_down_limit: return "ScaleDownLimit";
    case Limit::too_many: return "TooManyReplicas";
    case Limit::too_few: return "TooFewReplicas";
    case Limit::within_range: break;
  }
  return "DesiredWithinRange";
}

const char* message(Limit limit) {
  switch (limit) {
    case Limit::scale_up_limit: return "the desired replica count is increasing faster than the maximum scale rate";
    case Limit::scale_down_limit: return "the desired replica count is decreasing faster than the maximum scale rate";
    case Limit::too_many: return "the desired replica count is more than the maximum replica count";
    case Limit::too_few: return "the desired replica count is less than the minimum replica count";
    case Limit::within_range: break;
  }
  return "the desired count is within the acceptable range";
}

Limited limit_plain(std::int32_t current, std::int32_t wanted, Bounds bounds, const Controller& controller) {
  const std::int32_t cap = go_int32(std::max(controller.scale_up_factor * current, static_cast<double>(controller.scale_up_floor)));
  const bool paced = bounds.max > cap;
  const std::int32_t high = paced ? cap : bounds.max;
  if (wanted < bounds.min) return {bounds.min, Limit::too_few};
  if (wanted > high) return {high, paced ? Limit::scale_up_limit : Limit::too_many};
  return {wanted, Limit::within_range};
}

std::int32_t scale_up_limit(std::int32_t current, const Memory& memory, const Rules& rules, Instant now) {
  if (rules.select == Select::disabled) return current;
  std::int32_t result = rules.select == Select::min ? kHighest : kLowest;
  for (const auto& policy : rules.policies) {
    const std::int32_t start = period_start(current, memory, policy.period_s, now);
    // 100 pods and 10 % are 111: 100 * 1.1 is a little more than 110 in binary, and upstream rounds up
    const std::int32_t proposed = policy.kind == PolicyKind::pods
                                      ? start + policy.value
                                      : go_int32(std::ceil(start * (1 + static_cast<double>(policy.value) / 100)));
    result = rules.select == Select::min ? std::min(result, proposed) : std::max(result, proposed);
  }
  return result;
}

std::int32_t scale_down_limit(std::int32_t current, const Memory& memory, const Rules& rules, Instant now) {
  if (rules.select == Select::disabled) return current;
  std::int32_t result = rules.select == Select::min ? kLowest : kHighest;
  for (const auto& policy : rules.policies) {
    const std::int32_t start = period_start(current, memory, policy.period_s, now);
    const std::int32_t proposed = policy.kind == PolicyKind::pods
                                      ? start - policy.value
                                      : go_int32(start * (1 - static_cast<double>(policy.value) / 100));
    result = rules.select == Select::min ? std::max(result, proposed) : std::min(result, proposed);
  }
  return result;
}

Limited limit_rate(std::int32_t current, std::int32_t wanted, Bounds bounds, const Behavior& behavior, const Memory& memory,
                   Instant now) {
  if (wanted > current) {
    const std::int32_t pace = std::max(current, scale_up_limit(current, memory, behavior.up, now));
    const bool paced = bounds.max > pace;
    const std::int32_t high = paced ? pace : bounds.max;
    if (wanted > high) return {high, paced ? Limit::scale_up_limit : Limit::too_many};
  } else if (wanted < current) {
    const std::int32_t pace = std::min(current, scale_down_limit(current, memory, behavior.down, now));
    const bool paced = bounds.min < pace;
    const std::int32_t low = paced ? pace : bounds.min;
    if (wanted < low) return {low, paced ? Limit::scale_down_limit : Limit::too_few};
  }
  return {wanted, Limit::within_range};
}

void store_event(Memory& memory, const Behavior& behavior, std::int32_t from, std::int32_t to, Instant at) {
  if (to > from) {
    store(memory.up, behavior.up, to - from, at);
  } else if (to < from) {
    store(memory.down, behavior.down, from - to, at);
  }
}
}  // namespace headroom::hpa
