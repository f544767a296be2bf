// A scenario back as YAML: what --print-scenario shows.
#include <array>
#include <charconv>
#include <cstdio>

#include "workload/body_template.h"
#include "workload/scenario.h"

namespace headroom::workload {
namespace {
std::string in_quotes(std::string_view text) {
  std::string out;
  append_json_string(out, text);
  return out;
}

// The shortest digits that read back as the same number.
std::string number(double value) {
  std::array<char, 32> text{};
  return {text.data(), std::to_chars(text.data(), text.data() + text.size(), value).ptr};
}

// Exact: in the largest unit that needs no fraction.
std::string duration(Duration value) {
  const std::int64_t ns = value.count();
  if (ns % 1'000'000'000 == 0) return std::to_string(ns / 1'000'000'000) + "s";
  if (ns % 1'000'000 == 0) return std::to_string(ns / 1'000'000) + "ms";
  return std::to_string(ns) + "ns";
}

std::string rate(double per_second) {
  std::array<char, 400> text{};
  return std::string(text.data(), std::to_chars(text.data(), text.data() + text.size(), per_second, std::chars_format::fixed).ptr) + "/s";
}

std::string wait(const Wait& wait) {
  switch (wait.kind) {
    case Wait::Kind::constant: return "{constant: " + duration(wait.low) + "}";
    case Wait::Kind::between: return "{between: [" + duration(wait.low) + ", " + duration(wait.high) + "]}";
    case Wait::Kind::pacing: return "{pacing: " + duration(wait.low) + "}";
    case Wait::Kind::throughput: return "{throughput: " + rate(wait.per_second) + "}";
    case Wait::Kind::exponential: return "{exponential: " + duration(wait.low) + "}";
  }
  return {};
}

std::string user(const UserClass& user, const std::vector<Task>& tasks) {
  std::string out = "  " + in_quotes(user.name) + ": {weight: " + number(user.weight);
  if (user.fixed_count > 0) out += ", fixed_count: " + std::to_string(user.fixed_count);
  out += ", wait: " + wait(user.wait) + ", tasks: [";
  for (std::size_t i = 0; i < user.tasks.size(); ++i) {
    out += (i ? ", {" : "{") + in_quotes(tasks[user.tasks[i].task].id) + ": " + std::to_string(user.tasks[i].weight) + "}";
  }
  return out + "]}\n";
}

std::string data(const Data& data) {
  if (data.kind == Data::Kind::iris) return "iris";
  std::string out = "{ranges: {";
  for (std::size_t i = 0; i < data.ranges.size(); ++i) {
    const auto& range = data.ranges[i];
    out += (i ? ", " : "") + in_quotes(range.name) + ": [" + number(range.low) + ", " + number(range.high) + "]";
  }
  return out + "}, decimals: " + std::to_string(data.decimals) + "}";
}

std::string expect(const Expect& expect) {
  std::string out;
  const auto add = [&](const std::string& part) { out += (out.empty() ? "" : ", ") + part; };
  std::string list;
  for (const int status : expect.status) list += (list.empty() ? "" : ", ") + std::to_string(status);
  if (!list.empty()) add("status: [" + list + "]");
  list.clear();
  for (const auto& json : expect.json) {
    std::string values;
    for (const auto& value : json.any_of) values += (values.empty() ? "" : ", ") + value;
    list += (list.empty() ? "" : ", ") + in_quotes(json.path) + ": " + (values.empty() ? "{exists: true}" : "{in: [" + values + "]}");
  }
  if (!list.empty()) add("json: {" + list + "}");
  if (!expect.contains.empty()) add("contains: " + in_quotes(expect.contains));
  if (expect.max_time) add("time: " + duration(*expect.max_time));
  return out;
}

std::string task(const Task& task) {
  std::string method = task.method;
  for (char& c : method) c = static_cast<char>(c - 'A' + 'a');
  std::string out = "  " + in_quotes(task.id) + ":\n    " + method + ": " + in_quotes(task.path) + "\n";
  if (task.name != task.path) out += "    name: " + in_quotes(task.name) + "\n";
  if (!task.content_type.empty()) out += "    content_type: " + in_quotes(task.content_type) + "\n";
  if (!task.body.empty()) out += "    body: " + in_quotes(task.body) + "\n";
  if (task.data.kind != Data::Kind::none) out += "    data: " + data(task.data) + "\n";
  if (!task.headers.empty()) out += "    headers:\n";
  for (const auto& header : task.headers) out += "      " + in_quotes(header.name) + ": " + in_quotes(header.value) + "\n";
  if (const auto text = expect(task.expect); !text.empty()) out += "    expect: {" + text + "}\n";
  if (task.slow) out += "    slow: " + duration(*task.slow) + "\n";
  return out;
}
}  // namespace

std::string print_scenario(const Scenario& scenario) {
  std::string out;
  if (!scenario.host.empty()) out += "host: " + in_quotes(scenario.host) + "\n";
  out += "users:\n";
  for (const auto& each : scenario.users) out += user(each, scenario.tasks);
  out += "tasks:\n";
  for (const auto& each : scenario.tasks) out += task(each);
  if (!scenario.stages.empty()) out += "shape:\n  stages:\n";
  for (const auto& stage : scenario.stages) {
    out += "  - {duration: " + duration(stage.duration);
    out += stage.rate > 0 ? ", rate: " + rate(stage.rate) : ", users: " + std::to_string(stage.users);
    if (stage.spawn_rate > 0) out += ", spawn_rate: " + rate(stage.spawn_rate);
    out += "}\n";
  }
  return out;
}
}  // namespace headroom::workload
