#include "experiment/plan.h"

#include <charconv>
#include <cmath>
#include <functional>
#include <initializer_list>

#include "base/units.h"
#include "workload/yaml_tree.h"

namespace headroom::experiment {
namespace {
using workload::YamlNode;
using Kind = YamlNode::Kind;
using Done = expected<void, PlanError>;

auto error(const YamlNode& at, std::string message) { return unexpected(PlanError{std::move(message), at.line, at.column}); }

/// One allowed key of a map, and what to do with its value.
struct Field {
  std::string_view name;
  std::function<Done(const YamlNode&)> read;
};

Done read_map(const YamlNode& node, std::string_view what, std::initializer_list<Field> fields) {
  if (node.kind != Kind::map) return error(node, std::string(what) + " must be a map of keys and values");
  for (const auto& [key, value] : node.entries) {
    std::string allowed;
    const Field* found = nullptr;
    for (const auto& field : fields) {
      if (field.name == key.text) found = &field;
      allowed += (allowed.empty() ? "" : ", ") + std::string(field.name);
    }
    if (!found) return error(key, "unknown key '" + key.text + "' in " + std::string(what) + "; allowed: " + allowed);
    HEADROOM_TRY_VOID(found->read(value));
  }
  return {};
}

Done text(const YamlNode& node, std::string& target) {
  if (node.kind != Kind::scalar || node.text.empty() || node.text.size() > 4096) return error(node, "must be a text of 1 to 4096 bytes");
  if (node.text.find('\0') != std::string::npos) return error(node, "must not hold a zero byte");
  target = node.text;
  return {};
}

struct Range {
  double low = 0, high = 0;
};
Done number(const YamlNode& node, Range range, double& target) {
  double value = 0;
  const char* end = node.text.data() + node.text.size();
  const auto [stop, trouble] = std::from_chars(node.text.data(), end, value);
  if (node.kind != Kind::scalar || trouble != std::errc{} || stop != end || !(value >= range.low && value <= range.high)) {
    const auto shown = [](double v) { return v == std::floor(v) ? std::to_string(static_cast<long long>(v)) : std::to_string(v); };
    return error(node, "must be a number from " + shown(range.low) + " to " + shown(range.high));
  }
  target = value;
  return {};
}

Done whole(const YamlNode& node, Range range, int& target) {
  double value = 0;
  HEADROOM_TRY_VOID(number(node, range, value));
  if (value != std::floor(value)) return error(node, "must be a whole number");
  target = static_cast<int>(value);
  return {};
}

Done rate(const YamlNode& node, double& target) {
  const auto parsed = node.kind == Kind::scalar ? parse_rate(node.text) : expected<Rate, UnitError>(unexpected(UnitError{"a rate such as 1000/s"}));
  if (!parsed) return error(node, "must be " + parsed.error().allowed);
  if (parsed->per_second > 1e7) return error(node, "must be at most 10000000/s");
  target = parsed->per_second;
  return {};
}

Done duration(const YamlNode& node, Duration& target) {
  const auto parsed = node.kind == Kind::scalar ? parse_duration(node.text) : expected<Duration, UnitError>(unexpected(UnitError{"a duration such as 10s"}));
  if (!parsed) return error(node, "must be " + parsed.error().allowed);
  if (*parsed < std::chrono::seconds(1) || *parsed > std::chrono::hours(24)) return error(node, "must be from 1s to 24h");
  target = *parsed;
  return {};
}

Done word(const YamlNode& node, std::string_view only, bool& target) {
  if (node.kind != Kind::scalar || node.text != only) return error(node, "must be '" + std::string(only) + "'");
  target = true;
  return {};
}

template <class Each>
Done list(const YamlNode& node, std::size_t most, Each each) {
  if (node.kind != Kind::list || node.items.empty() || node.items.size() > most) return error(node, "must be a list of 1 to " + std::to_string(most));
  for (const auto& item : node.items) HEADROOM_TRY_VOID(each(item));
  return {};
}

Done read_serve(const YamlNode& node, Part& part) {
  part.model.clear();
  part.url.clear();
  HEADROOM_TRY_VOID(read_map(node, "serve", {
      {"model", [&](const YamlNode& v) { return text(v, part.model); }},
      {"url", [&](const YamlNode& v) { return text(v, part.url); }},
      {"flags", [&](const YamlNode& v) { return list(v, 64, [&](const YamlNode& item) { return text(item, part.flags.emplace_back()); }); }},
  }));
  if (part.model.empty() == part.url.empty()) return error(node, "serve needs either 'model' or 'url'");
  return {};
}

Done read_scale(const YamlNode& node, Part& part) {
  part.hpa.clear();
  part.deployment.clear();
  part.replicas.reset();
  part.time_scale = 1;
  if (node.kind == Kind::null || (node.kind == Kind::scalar && node.text == "none")) return {};  // a part takes the top's scaling away
  return read_map(node, "scale", {
      {"hpa", [&](const YamlNode& v) { return text(v, part.hpa); }},
      {"deployment", [&](const YamlNode& v) { return text(v, part.deployment); }},
      {"time_scale", [&](const YamlNode& v) { return number(v, {0.1, 100}, part.time_scale); }},
      {"replicas", [&](const YamlNode& v) { return whole(v, {1, 1000}, part.replicas.emplace()); }},
  });
}

Done read_level(const YamlNode& node, Level& level) {
  HEADROOM_TRY_VOID(read_map(node, "a step", {
      {"users", [&](const YamlNode& v) { return whole(v, {1, 1e6}, level.users); }},
      {"rate", [&](const YamlNode& v) { return rate(v, level.rate); }},
      {"duration", [&](const YamlNode& v) { return duration(v, level.duration.emplace()); }},
      {"spawn_rate", [&](const YamlNode& v) { return number(v, {0.01, 1e6}, level.spawn_rate.emplace()); }},
  }));
  if ((level.users > 0) == (level.rate > 0)) return error(node, "a step needs either 'users' or 'rate'");
  return {};
}

Done read_load(const YamlNode& node, Part& part, const PlanLimits& limits) {
  const auto steps = [&](const YamlNode& v) {
    part.steps.clear();
    return list(v, limits.max_steps, [&](const YamlNode& item) { return read_level(item, part.steps.emplace_back()); });
  };
  const auto seed = [&](const YamlNode& v) -> Done {
    double value = 0;
    HEADROOM_TRY_VOID(number(v, {0, 9e15}, value));
    part.seed = static_cast<std::uint64_t>(value);
    return {};
  };
  return read_map(node, "load", {
      {"scenario", [&](const YamlNode& v) { return text(v, part.scenario); }},
      {"steps", steps},
      {"spawn_rate", [&](const YamlNode& v) { return number(v, {0.01, 1e6}, part.spawn_rate); }},
      {"duration", [&](const YamlNode& v) { return duration(v, part.duration); }},
      {"until", [&](const YamlNode& v) { return word(v, "breaks", part.until_breaks); }},
      {"find", [&](const YamlNode& v) { return word(v, "knee", part.find_knee); }},
      {"up_to", [&](const YamlNode& v) { return number(v, {1, 1e7}, part.up_to); }},
      {"threads", [&](const YamlNode& v) { return whole(v, {1, 256}, part.threads); }},
      {"seed", seed},
  });
}

Done read_slo(const YamlNode& node, Plan& plan) {
  HEADROOM_TRY_VOID(text(node, plan.slo_text));
  auto parsed = stats::parse_slo(plan.slo_text);
  if (!parsed) return error(node, parsed.error().message);
  plan.slo = std::move(*parsed);
  return {};
}

/// What a part needs after the top's keys and its own; `at` is where it stands.
Done check(const Part& part, const YamlNode& at) {
  if (part.model.empty() && part.url.empty()) return error(at, "nothing to serve: give serve: {model: FILE} or serve: {url: http://…}");
  if (part.scenario.empty()) return error(at, "no load: give load: {scenario: FILE, …}");
  if (part.steps.empty()) return error(at, "no load steps: give load: {steps: [{users: 150}, …]}");
  if (!part.url.empty() && (!part.hpa.empty() || !part.deployment.empty() || part.replicas)) return error(at, "a url is up already: it cannot be scaled");
  if (!part.hpa.empty() && part.deployment.empty()) return error(at, "an HPA needs the Deployment it scales: give scale: {hpa: FILE, deployment: FILE}");
  return {};
}

Done read_part(const YamlNode& node, Part& part, const PlanLimits& limits) {
  HEADROOM_TRY_VOID(read_map(node, "a part", {
      {"name", [&](const YamlNode& v) { return text(v, part.name); }},
      {"serve", [&](const YamlNode& v) { return read_serve(v, part); }},
      {"scale", [&](const YamlNode& v) { return read_scale(v, part); }},
      {"load", [&](const YamlNode& v) { return read_load(v, part, limits); }},
  }));
  if (part.name.empty()) return error(node, "a part needs a name");
  return check(part, node);
}
}  // namespace

expected<Plan, PlanError> read_plan(std::string_view yaml, const PlanLimits& limits) {
  workload::ScenarioLimits yaml_limits;
  yaml_limits.max_bytes = limits.max_bytes;
  const auto tree = workload::read_yaml(yaml, yaml_limits);
  if (!tree) return unexpected(PlanError{tree.error().message, tree.error().line, tree.error().column});
  Plan plan;
  Part top;
  const YamlNode* parts = nullptr;
  const auto keep_parts = [&](const YamlNode& v) {
    parts = &v;
    return Done{};
  };
  HEADROOM_TRY_VOID(read_map(*tree, "the experiment", {
      {"serve", [&](const YamlNode& v) { return read_serve(v, top); }},
      {"scale", [&](const YamlNode& v) { return read_scale(v, top); }},
      {"load", [&](const YamlNode& v) { return read_load(v, top, limits); }},
      {"slo", [&](const YamlNode& v) { return read_slo(v, plan); }},
      {"report", [&](const YamlNode& v) { return text(v, plan.report); }},
      {"parts", keep_parts},
  }));
  if (!parts) {
    HEADROOM_TRY_VOID(check(top, *tree));
    plan.parts.push_back(std::move(top));
    return plan;
  }
  const auto add_part = [&](const YamlNode& item) -> Done {
    Part part = top;
    HEADROOM_TRY_VOID(read_part(item, part, limits));
    for (const auto& other : plan.parts) {
      if (other.name == part.name) return error(item, "two parts are named '" + part.name + "'");
    }
    plan.parts.push_back(std::move(part));
    return {};
  };
  HEADROOM_TRY_VOID(list(*parts, limits.max_parts, add_part));
  return plan;
}
}  // namespace headroom::experiment
