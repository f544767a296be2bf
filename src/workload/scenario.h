// Who comes and what they do, as docs/formats/scenario.md describes it: inert, checked, and not yet compiled.
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/expected.h"
#include "base/time.h"

namespace headroom::workload {
/// Pause after each task, as Locust's wait_time functions. `low` alone is used by constant and pacing, `per_second` by throughput.
struct Wait {
  enum class Kind : std::uint8_t {
    constant,     // low
    between,      // uniform in [low, high)
    pacing,       // task starts are `low` apart; an overrun is not caught up
    throughput,   // pacing(1 / per_second)
    exponential,  // mean `low`: independent users, together nearly Poisson arrivals
  };
  Kind kind = Kind::constant;
  Duration low{};
  Duration high{};
  double per_second = 0;
  friend bool operator==(const Wait&, const Wait&) = default;
};

struct TaskChoice {
  std::size_t task = 0;  // index into Scenario::tasks
  int weight = 1;
  friend bool operator==(const TaskChoice&, const TaskChoice&) = default;
};

struct UserClass {
  std::string name;
  double weight = 1;
  int fixed_count = 0;  // this many, before any class is chosen by weight; 0 = by weight
  Wait wait;
  std::vector<TaskChoice> tasks;  // never empty
  friend bool operator==(const UserClass&, const UserClass&) = default;
};

struct Header {
  std::string name;
  std::string value;
  friend bool operator==(const Header&, const Header&) = default;
};

/// What the value at `path` ("prediction", "predictions.0.prediction") must be: one of `any_of` (JSON texts), or just there.
struct JsonExpect {
  std::string path;
  std::vector<std::string> any_of;  // empty = it exists
  friend bool operator==(const JsonExpect&, const JsonExpect&) = default;
};
struct Expect {
  std::vector<int> status;  // empty = any below 300
  std::vector<JsonExpect> json;
  std::string contains;              // text of the body, "" = anything
  std::optional<Duration> max_time;  // service time
  friend bool operator==(const Expect&, const Expect&) = default;
};

/// Where {{row}} comes from.
struct Data {
  struct Range {
    std::string name;
    double low = 0;
    double high = 1;
    friend bool operator==(const Range&, const Range&) = default;
  };
  enum class Kind : std::uint8_t { none, iris, ranges };
  Kind kind = Kind::none;
  std::vector<Range> ranges;  // Kind::ranges: one a feature, uniform and independent
  int decimals = 6;           // Kind::ranges
  friend bool operator==(const Data&, const Data&) = default;
};

struct Task {
  std::string id;      // its key in `tasks`
  std::string name;    // groups the statistics; the path if none is given
  std::string method = "GET";
  std::string path = "/";
  std::string body;    // a template: {{row}}, {{row_object}}, {{row.NAME}}, {{row.0}}; docs/formats/scenario.md
  std::string content_type;
  std::vector<Header> headers;
  Data data;
  Expect expect;
  std::optional<Duration> slow;  // log requests slower than this
  friend bool operator==(const Task&, const Task&) = default;
};

/// A part of the shape: hold `users` (closed loop) or `rate` (open loop) until `duration` is over, the ramp there included.
struct Stage {
  Duration duration{};
  int users = 0;
  double spawn_rate = 0;  // users a second; 0 = what the command says
  double rate = 0;        // arrivals a second
  friend bool operator==(const Stage&, const Stage&) = default;
};

struct Scenario {
  std::string host;  // http://name[:port]; may be empty
  std::vector<UserClass> users;
  std::vector<Task> tasks;
  std::vector<Stage> stages;  // may be empty: the command says how many users or which rate
  friend bool operator==(const Scenario&, const Scenario&) = default;
};

/// Where a scenario is wrong. line and column begin with 1; 0 = the file as a whole.
struct ScenarioError {
  std::string message;  // what is wrong and what is allowed
  int line = 0;
  int column = 0;
};

struct ScenarioLimits {
  std::size_t max_bytes = 1U << 20U;
  int max_depth = 32;
  int max_nodes = 100'000;
  int max_aliases = 100;
  std::size_t max_body = 1U << 20U;  // of one task, after its `json` is written out
};

/// Reads YAML (JSON is YAML). Unknown keys are refused with the nearest known one. Foreign bytes.
[[nodiscard]] expected<Scenario, ScenarioError> read_scenario(std::string_view yaml, const ScenarioLimits& limits = {});

/// The same scenario as YAML: reading it gives an equal Scenario.
[[nodiscard]] std::string print_scenario(const Scenario& scenario);
}  // namespace headroom::workload
