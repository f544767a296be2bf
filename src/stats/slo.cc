#include "stats/slo.h"

#include <array>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <optional>
#include <utility>

#include "base/units.h"

namespace headroom::stats {
namespace {
constexpr std::size_t kMaxTerms = 16;

std::string_view trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

std::optional<double> number(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(value)) return std::nullopt;
  return value;
}

bool read_metric(std::string_view name, SloTerm& term) {
  using Metric = SloTerm::Metric;
  constexpr std::array<std::pair<std::string_view, Metric>, 6> named{{{"mean", Metric::mean},
                                                                      {"avg", Metric::mean},
                                                                      {"min", Metric::min},
                                                                      {"max", Metric::max},
                                                                      {"errors", Metric::errors},
                                                                      {"rps", Metric::rps}}};
  for (const auto& [text, metric] : named) {
    if (name != text) continue;
    term.metric = metric;
    return true;
  }
  if (name.size() < 2 || name[0] != 'p') return false;
  const auto percent = number(name.substr(1));
  if (!percent || *percent <= 0 || *percent > 100) return false;
  term.metric = Metric::quantile;
  term.quantile = *percent / 100;
  return true;
}

std::string read_limit(std::string_view text, SloTerm& term) {
  if (term.metric == SloTerm::Metric::errors) {
    const auto percent = text.ends_with('%') ? number(trim(text.substr(0, text.size() - 1))) : std::nullopt;
    if (!percent || *percent < 0 || *percent > 100) return "errors takes a percentage such as errors<0.1%";
    term.limit = *percent / 100;
  } else if (term.metric == SloTerm::Metric::rps) {
    const auto rate = parse_rate(text);
    if (!rate) return "rps takes " + rate.error().allowed;
    term.limit = rate->per_second;
  } else {
    const auto duration = parse_duration(text);
    if (!duration) return "its limit must be " + duration.error().allowed;
    term.limit = static_cast<double>(duration->count());
  }
  return {};
}

expected<SloTerm, SloError> read_term(std::string_view text) {
  const auto refuse = [&](const std::string& why) { return unexpected(SloError{"'" + std::string(text.substr(0, 60)) + "': " + why}); };
  SloTerm term;
  term.text = text;
  const auto at = text.find_first_of("<>");
  if (at == std::string_view::npos) return refuse("a term is METRIC<LIMIT, such as p95<200ms or errors<0.1%");
  const bool equal = at + 1 < text.size() && text[at + 1] == '=';
  if (text[at] == '<') {
    term.order = equal ? SloTerm::Order::at_most : SloTerm::Order::below;
  } else {
    term.order = equal ? SloTerm::Order::at_least : SloTerm::Order::above;
  }
  if (!read_metric(trim(text.substr(0, at)), term)) return refuse("what is measured must be p50 … p99.99, mean, min, max, errors or rps");
  if (const auto why = read_limit(trim(text.substr(at + (equal ? 2 : 1))), term); !why.empty()) return refuse(why);
  return term;
}

double measure(const SloTerm& term, const SloScope& scope) {
  switch (term.metric) {
    case SloTerm::Metric::quantile: return static_cast<double>(scope.latency.quantile(term.quantile));
    case SloTerm::Metric::mean: return scope.latency.mean();
    case SloTerm::Metric::min: return static_cast<double>(scope.latency.min());
    case SloTerm::Metric::max: return static_cast<double>(scope.latency.max());
    case SloTerm::Metric::errors: return scope.requests ? static_cast<double>(scope.failures) / static_cast<double>(scope.requests) : 0;
    case SloTerm::Metric::rps: return scope.span > Duration::zero() ? static_cast<double>(scope.requests) / seconds(scope.span) : 0;
  }
  return 0;
}

std::string written(const SloTerm& term, double value) {
  std::array<char, 48> text{};
  if (term.metric == SloTerm::Metric::errors) {
    std::snprintf(text.data(), text.size(), "%.3g%%", value * 100);
  } else if (term.metric == SloTerm::Metric::rps) {
    std::snprintf(text.data(), text.size(), "%.1f/s", value);
  } else {
    return to_text(Duration(static_cast<std::int64_t>(value)));
  }
  return text.data();
}

bool holds(const SloTerm& term, double value) {
  switch (term.order) {
    case SloTerm::Order::below: return value < term.limit;
    case SloTerm::Order::at_most: return value <= term.limit;
    case SloTerm::Order::above: return value > term.limit;
    case SloTerm::Order::at_least: return value >= term.limit;
  }
  return false;
}
}  // namespace

expected<Slo, SloError> parse_slo(std::string_view text) {
  Slo slo;
  text = trim(text);
  while (!text.empty()) {
    const auto comma = text.find(',');
    HEADROOM_TRY(term, read_term(trim(text.substr(0, comma))));
    if (slo.terms.size() >= kMaxTerms) return unexpected(SloError{"more than 16 terms"});
    slo.terms.push_back(term);
    text = comma == std::string_view::npos ? std::string_view() : text.substr(comma + 1);
  }
  return slo;
}

std::vector<SloOutcome> judge(const Slo& slo, const SloScope& scope) {
  std::vector<SloOutcome> outcomes;
  for (const auto& term : slo.terms) {
    const double measured = measure(term, scope);
    outcomes.push_back({term.text, measured, written(term, measured), scope.requests > 0 && holds(term, measured)});
  }
  return outcomes;
}

bool met(const std::vector<SloOutcome>& outcomes) {
  for (const auto& outcome : outcomes) {
    if (!outcome.met) return false;
  }
  return true;
}
}  // namespace headroom::stats
