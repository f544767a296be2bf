#include "scale/describe.h"

#include <fmt/format.h>

#include <algorithm>

namespace headroom::scale {
namespace {
std::string target_text(const hpa::MetricSpec& metric) {
  if (metric.target == hpa::TargetKind::utilization) return std::to_string(metric.target_value) + "%";
  return hpa::Quantity::of_milli(metric.target_value).text();
}

std::string current_text(const std::optional<hpa::MetricStatus>& status) {
  if (!status) return "<unknown>";
  if (status->utilization_pct) return std::to_string(*status->utilization_pct) + "%";
  return status->average_m ? status->average : status->value;
}

std::string json_text(const std::string& text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    if (static_cast<unsigned char>(c) < 0x20) {
      out += fmt::format("\\u{:04x}", static_cast<unsigned>(static_cast<unsigned char>(c)));
    } else {
      out += c;
    }
  }
  return out + "\"";
}

std::string conditions_json(const std::vector<hpa::Condition>& conditions) {
  std::string out = "[";
  for (const auto& each : conditions) {
    if (out.size() > 1) out += ",";
    out += fmt::format(R"({{"type":{},"status":"{}","reason":{},"message":{}}})", json_text(each.type), each.status ? "True" : "False",
                       json_text(each.reason), json_text(each.message));
  }
  return out + "]";
}

const hpa::Condition* find(const std::vector<hpa::Condition>& conditions, const std::string& type) {
  const auto found = std::find_if(conditions.begin(), conditions.end(), [&](const auto& each) { return each.type == type; });
  return found == conditions.end() ? nullptr : &*found;
}
}  // namespace

std::string targets(const hpa::Spec& spec, const hpa::Status& status) {
  std::string out;
  for (std::size_t i = 0; i < spec.metrics.size(); ++i) {
    const auto& metric = spec.metrics[i];
    if (!out.empty()) out += ", ";
    out += metric.name + ": " + (i < status.metrics.size() ? current_text(status.metrics[i]) : "<unknown>") + "/" + target_text(metric);
  }
  return out;
}

std::vector<std::string> describe(const hpa::Spec& spec, const hpa::Status& before, const hpa::Decision& decision, double controller_s) {
  std::vector<std::string> lines;
  const hpa::Status& after = decision.next.status;
  for (const auto& each : after.conditions) {
    const auto* was = find(before.conditions, each.type);
    if (was != nullptr && was->status == each.status && was->reason == each.reason && was->message == each.message) continue;
    lines.push_back(fmt::format("  {:<14} {:<5} {:<20} {}", each.type, each.status ? "True" : "False", each.reason, each.message));
  }
  for (const auto& event : decision.events) {
    lines.push_back(fmt::format("  {:<14} {:<26} {}", event.warning ? "Warning" : "Normal", event.reason, event.message));
  }
  if (lines.empty()) return lines;
  lines.insert(lines.begin(), fmt::format("hpa {:>6.1f}s  {}  replicas {}{}{}", controller_s, targets(spec, after), after.current,
                                          decision.written ? " -> " + std::to_string(*decision.written) : "",
                                          decision.proposal ? fmt::format("  (proposed {})", decision.proposal->replicas) : ""));
  return lines;
}

run::HpaPass to_row(const hpa::Spec& spec, const hpa::Decision& decision, int ready) {
  const hpa::Status& status = decision.next.status;
  run::HpaPass row;
  row.current = status.current;
  row.desired = status.desired;
  row.ready = ready;
  if (decision.proposal) row.proposal = decision.proposal->replicas;
  for (std::size_t i = 0; i < spec.metrics.size() && i < status.metrics.size() && decision.proposal; ++i) {
    const bool decided = decision.proposal->metric.rfind(spec.metrics[i].name + " ", 0) == 0;
    if (decided && status.metrics[i] && status.metrics[i]->utilization_pct) row.utilization_pct = *status.metrics[i]->utilization_pct;
  }
  // what shaped the number: a limit if one did, else stabilization, a rescale or nothing
  for (const char* type : {"ScalingActive", "ScalingLimited", "AbleToScale"}) {
    const auto* condition = find(status.conditions, type);
    const bool speaks = condition != nullptr && (type == std::string("AbleToScale") || condition->status == (type == std::string("ScalingLimited")));
    if (!speaks) continue;
    row.reason = condition->reason;
    row.message = condition->message;
    break;
  }
  for (const auto& event : decision.events) {
    if (event.reason == "SuccessfulRescale") row.event = event.message;
  }
  row.conditions_json = conditions_json(status.conditions);
  return row;
}
}  // namespace headroom::scale
