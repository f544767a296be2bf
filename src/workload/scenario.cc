#include "workload/scenario.h"

#include <algorithm>
#include <array>

#include "workload/body_template.h"
#include "workload/staircase.h"
#include "workload/yaml_values.h"

namespace headroom::workload {
namespace {
// ---- users
constexpr std::array<std::string_view, 7> kWaits{"between", "constant", "constant_pacing", "constant_throughput", "pacing", "throughput", "exponential"};

Wait read_wait(const YamlNode& node) {
  Wait wait;
  if (node.kind == YamlNode::Kind::scalar) {
    wait.low = duration_of(node, "wait");
    return wait;
  }
  only(node, kWaits, "wait");
  if (node.entries.size() != 1) wrong(node, "wait takes one of: between, constant, pacing, throughput, exponential");
  const auto& [key, value] = node.entries[0];
  if (key.text == "between") {
    if (value.kind != YamlNode::Kind::list || value.items.size() != 2) wrong(value, "between takes two durations: [0.5s, 2s]");
    wait.kind = Wait::Kind::between;
    wait.low = duration_of(value.items[0], "between");
    wait.high = duration_of(value.items[1], "between");
    if (wait.high < wait.low) wrong(value, "between: the second duration is smaller than the first");
  } else if (key.text == "constant") {
    wait.low = duration_of(value, "constant");
  } else if (key.text.ends_with("pacing")) {
    wait.kind = Wait::Kind::pacing;
    wait.low = duration_of(value, "pacing");
  } else if (key.text.ends_with("throughput")) {
    wait.kind = Wait::Kind::throughput;
    wait.per_second = rate_of(value, "throughput");
  } else {
    wait.kind = Wait::Kind::exponential;
    wait.low = duration_of(value, "exponential");
  }
  return wait;
}

std::size_t task_index(const YamlNode& key, const std::vector<Task>& tasks) {
  for (std::size_t i = 0; i < tasks.size(); ++i) {
    if (tasks[i].id == key.text) return i;
  }
  std::vector<std::string_view> names;
  for (const auto& task : tasks) names.push_back(task.id);
  unknown(key, names, "task");
}

std::vector<TaskChoice> read_choices(const YamlNode& node, const std::vector<Task>& tasks) {
  std::vector<TaskChoice> choices;
  const auto add = [&](const YamlNode& key, int weight) { choices.push_back({task_index(key, tasks), weight}); };
  const auto add_map = [&](const YamlNode& map) {
    for (const auto& [key, value] : map.entries) add(key, whole_of(value, "a task's weight", 1, 1'000'000));
  };
  if (node.kind == YamlNode::Kind::scalar) add(node, 1);
  if (node.kind == YamlNode::Kind::map) add_map(node);
  for (const auto& item : node.items) {
    if (item.kind == YamlNode::Kind::map) {
      add_map(item);
    } else {
      text_of(item, "a task");
      add(item, 1);
    }
  }
  if (choices.empty()) wrong(node, "tasks must name at least one task, such as [{predict: 10}, {health: 1}]");
  return choices;
}

UserClass read_user(const YamlNode& key, const YamlNode& node, const std::vector<Task>& tasks) {
  static constexpr std::array<std::string_view, 4> known{"tasks", "weight", "wait", "fixed_count"};
  only(node, known, "a user class");
  UserClass user;
  user.name = name_of(key, "the name of a user class");
  if (const auto* weight = node.find("weight")) user.weight = number_of(*weight, "weight", 0, 1e9);
  if (const auto* fixed = node.find("fixed_count")) user.fixed_count = whole_of(*fixed, "fixed_count", 0, 1'000'000);
  if (const auto* wait = node.find("wait")) user.wait = read_wait(*wait);
  if (const auto* choices = node.find("tasks")) {
    user.tasks = read_choices(*choices, tasks);
  } else {
    wrong(key, "user class '" + key.text.substr(0, 60) + "' needs tasks");
  }
  if (user.weight == 0 && user.fixed_count == 0) wrong(node, "weight 0 and no fixed_count: no such user would ever come");
  return user;
}

// ---- tasks
Data read_data(const YamlNode& node) {
  Data data;
  if (node.kind == YamlNode::Kind::scalar) {
    if (node.text != "iris") wrong(node, "data must be iris, or {ranges: {NAME: [low, high], …}}");
    data.kind = Data::Kind::iris;
    return data;
  }
  static constexpr std::array<std::string_view, 2> known{"ranges", "decimals"};
  only(node, known, "data");
  data.kind = Data::Kind::ranges;
  if (const auto* decimals = node.find("decimals")) data.decimals = whole_of(*decimals, "decimals", 0, 15);
  const auto* ranges = node.find("ranges");
  if (!ranges || ranges->entries.empty()) wrong(node, "data needs ranges: {NAME: [low, high], …}");
  for (const auto& [key, range] : ranges->entries) {
    if (range.items.size() != 2) wrong(range, "a range is two numbers: [low, high]");
    const double low = number_of(range.items[0], "low", -1e15, 1e15);
    data.ranges.push_back({name_of(key, "the name of a range"), low, number_of(range.items[1], "high", low, 1e15)});
  }
  return data;
}

JsonExpect read_json_expect(const YamlNode& key, const YamlNode& node) {
  JsonExpect expect{name_of(key, "the path of a value"), {}};
  const auto add = [&](const YamlNode& value) {
    if (expect.any_of.size() >= 1000) wrong(value, "more than 1000 allowed values");
    std::string json;
    if (!append_json(value, 4096, json)) wrong(value, "an expected value is longer than 4 KiB");
    expect.any_of.push_back(std::move(json));
  };
  const auto* in = node.find("in");
  const auto* exists = node.find("exists");
  if (node.kind == YamlNode::Kind::map && (node.entries.size() != 1 || (!in && !exists))) {
    wrong(node, "expect one value, {in: [a, b]} or {exists: true}");
  }
  if (in) {
    if (in->items.empty()) wrong(*in, "in takes a list of values");
    for (const auto& value : in->items) add(value);
  } else if (exists) {
    if (exists->text != "true") wrong(*exists, "exists takes true");
  } else {
    add(node);
  }
  return expect;
}

Expect read_expect(const YamlNode& node) {
  static constexpr std::array<std::string_view, 4> known{"status", "json", "contains", "time"};
  only(node, known, "expect");
  Expect expect;
  if (const auto* status = node.find("status")) {
    if (status->kind == YamlNode::Kind::scalar) expect.status.push_back(whole_of(*status, "status", 100, 599));
    for (const auto& item : status->items) expect.status.push_back(whole_of(item, "status", 100, 599));
    if (expect.status.empty() || expect.status.size() > 100) wrong(*status, "status takes a number or a list of up to 100");
  }
  if (const auto* json = node.find("json")) {
    if (json->kind != YamlNode::Kind::map) wrong(*json, "json takes a map: {prediction: {in: [a, b]}}");
    for (const auto& [key, value] : json->entries) expect.json.push_back(read_json_expect(key, value));
  }
  if (const auto* contains = node.find("contains")) expect.contains = text_of(*contains, "contains");
  if (const auto* time = node.find("time")) expect.max_time = some_duration(*time, "time");
  return expect;
}

bool is_header_text(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) >= 0x20 && c != 0x7f; });
}

constexpr std::array<std::string_view, 6> kMethods{"get", "post", "put", "patch", "delete", "head"};

void read_request(const YamlNode& node, Task& task, const ScenarioLimits& limits) {
  for (const auto method : kMethods) {
    const auto* path = node.find(method);
    if (!path) continue;
    if (task.path.empty()) {
      task.path = text_of(*path, "the path");
    } else {
      wrong(*path, "a task sends one request: get, post, put, patch, delete or head");
    }
    if (!task.path.starts_with('/') || !is_header_text(task.path) || task.path.find(' ') != std::string::npos) {
      wrong(*path, "a path begins with / and holds no space: " + std::string(method) + ": /predict");
    }
    task.method.resize(method.size());
    std::transform(method.begin(), method.end(), task.method.begin(), [](char c) { return static_cast<char>(c - 'a' + 'A'); });
  }
  if (task.path.empty()) wrong(node, "a task needs a request such as get: /health or post: /predict");
  const auto* json = node.find("json");
  const auto* body = node.find("body");
  if (json && body) wrong(*body, "json and body exclude each other");
  if (json && !append_json(*json, limits.max_body, task.body)) wrong(*json, "json is longer than " + std::to_string(limits.max_body) + " bytes");
  if (json) task.content_type = "application/json";
  if (body) task.body = text_of(*body, "body");
  if (const auto* type = node.find("content_type")) task.content_type = text_of(*type, "content_type");
  if (!is_header_text(task.content_type)) wrong(node, "content_type holds a control character");
}

void read_headers(const YamlNode& node, Task& task) {
  if (node.kind != YamlNode::Kind::map) wrong(node, "headers takes a map: {X-Api-Key: abc}");
  for (const auto& [key, value] : node.entries) {
    const bool token = !key.text.empty() && key.text.find_first_of(" \t:\r\n") == std::string::npos && is_header_text(key.text);
    if (!token) wrong(key, "not a header name");
    if (!is_header_text(text_of(value, "a header"))) wrong(value, "a header's value holds a control character");
    task.headers.push_back({name_of(key, "the name of a header"), value.text});
  }
}

Task read_task(const YamlNode& key, const YamlNode& node, const ScenarioLimits& limits) {
  static constexpr std::array<std::string_view, 14> known{"get",     "post", "put",  "patch",   "delete",  "head",         "json",
                                                          "body",    "data", "name", "expect", "headers", "content_type", "slow"};
  only(node, known, "a task");
  Task task;
  task.id = name_of(key, "the name of a task");
  task.path.clear();
  read_request(node, task, limits);
  task.name = task.path;
  if (const auto* name = node.find("name")) task.name = name_of(*name, "name");
  if (const auto* headers = node.find("headers")) read_headers(*headers, task);
  if (const auto* data = node.find("data")) task.data = read_data(*data);
  if (const auto* expect = node.find("expect")) task.expect = read_expect(*expect);
  if (const auto* slow = node.find("slow")) task.slow = some_duration(*slow, "slow");
  const auto* body = node.find("json") ? node.find("json") : node.find("body");
  if (const auto compiled = BodyTemplate::compile(task.body, task.data); !compiled) wrong(body ? *body : node, compiled.error().message);
  return task;
}

// ---- shape
Stage read_stage(const YamlNode& node, const Stage& defaults) {
  static constexpr std::array<std::string_view, 4> known{"duration", "users", "spawn_rate", "rate"};
  only(node, known, "a stage");
  Stage stage = defaults;
  const auto* users = node.find("users");
  const auto* rate = node.find("rate");
  if ((users != nullptr) == (rate != nullptr)) wrong(node, "a stage needs either users or rate");
  if (users) stage.users = whole_of(*users, "users", 0, 1'000'000);
  if (rate) stage.rate = rate_of(*rate, "rate");
  if (const auto* spawn = node.find("spawn_rate")) stage.spawn_rate = rate_of(*spawn, "spawn_rate");
  if (const auto* duration = node.find("duration")) stage.duration = some_duration(*duration, "duration");
  if (stage.duration <= Duration::zero()) wrong(node, "a stage needs a duration");
  return stage;
}

// A stage's duration holds its ramp; a step's begins when the last user is there.
std::vector<Stage> read_shape(const YamlNode& node) {
  static constexpr std::array<std::string_view, 4> known{"stages", "steps", "duration", "spawn_rate"};
  only(node, known, "shape");
  const auto* list = node.find("stages");
  const auto* steps = node.find("steps");
  if ((list != nullptr) == (steps != nullptr)) wrong(node, "shape takes either stages or steps");
  if (steps) list = steps;
  if (list->items.empty() || list->items.size() > 10'000) wrong(*list, "a list of 1 … 10000 stages such as [{duration: 1m, users: 150, spawn_rate: 10}]");
  Stage defaults;
  if (const auto* duration = node.find("duration")) defaults.duration = some_duration(*duration, "duration");
  if (const auto* spawn = node.find("spawn_rate")) defaults.spawn_rate = rate_of(*spawn, "spawn_rate");
  std::vector<Stage> stages;
  int users = 0;
  for (const auto& item : list->items) {
    Stage stage = read_stage(item, defaults);
    if (steps && stage.users > 0) {
      if (stage.spawn_rate <= 0) wrong(item, "steps need a spawn_rate");
      stage.duration += Staircase(users, stage.users, stage.spawn_rate).length();
    }
    users = stage.users;
    stages.push_back(stage);
  }
  return stages;
}

Scenario read(const YamlNode& root, const ScenarioLimits& limits) {
  static constexpr std::array<std::string_view, 4> known{"tasks", "host", "users", "shape"};
  only(root, known, "a scenario");
  Scenario scenario;
  if (const auto* host = root.find("host")) scenario.host = text_of(*host, "host");
  const auto* tasks = root.find("tasks");
  if (!tasks || tasks->entries.empty()) wrong(root, "a scenario needs tasks: {predict: {post: /predict, …}}");
  for (const auto& [key, value] : tasks->entries) scenario.tasks.push_back(read_task(key, value, limits));
  const auto* users = root.find("users");
  if (!users || users->entries.empty()) wrong(root, "a scenario needs users: {NAME: {tasks: [predict]}}");
  for (const auto& [key, value] : users->entries) scenario.users.push_back(read_user(key, value, scenario.tasks));
  if (const auto* shape = root.find("shape")) scenario.stages = read_shape(*shape);
  return scenario;
}
}  // namespace

expected<Scenario, ScenarioError> read_scenario(std::string_view yaml, const ScenarioLimits& limits) {
  HEADROOM_TRY(root, read_yaml(yaml, limits));
  try {
    return read(root, limits);
  } catch (const Wrong& found) {
    return unexpected(found.error);
  }
}
}  // namespace headroom::workload
