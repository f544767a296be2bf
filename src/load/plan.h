// A scenario compiled for one target: everything that can be made before the first request is made here, once. Immutable, shared
// by all threads.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/expected.h"
#include "base/rng.h"
#include "base/time.h"
#include "load/url.h"
#include "workload/body_template.h"
#include "workload/dispatch.h"
#include "workload/scenario.h"

namespace headroom::load {
struct PlannedName {
  std::string method;
  std::string name;
};

struct PlannedTask {
  std::size_t name = 0;  // index into Plan::names
  std::string head;      // the request up to the value of traceparent
  std::string after;     // from there to the value of Content-Length; the whole rest where there is no body
  bool has_body = false;
  bool head_request = false;
  workload::BodyTemplate body;
  workload::Expect expect;
  std::optional<Duration> slow;
};

/// An index drawn by weight.
class WeightedChoice {
 public:
  /// total > 0.
  void add(std::size_t index, double weight) {
    total_ += weight;
    entries_.emplace_back(total_, index);
  }
  [[nodiscard]] std::size_t draw(Rng& rng) const {
    if (entries_.size() == 1) return entries_[0].second;
    const double at = rng.uniform() * total_;
    for (const auto& [up_to, index] : entries_) {
      if (at < up_to) return index;
    }
    return entries_.back().second;
  }

 private:
  std::vector<std::pair<double, std::size_t>> entries_;
  double total_ = 0;
};

struct PlannedClass {
  workload::Wait wait;
  WeightedChoice tasks;
};

struct Plan {
  Url url;
  std::vector<PlannedName> names;
  std::vector<PlannedTask> tasks;
  std::vector<PlannedClass> classes;
  std::vector<workload::ClassShare> shares;  // of classes, for UserDispatch
  WeightedChoice class_choice;               // open loop: each arrival's class
  bool needs_bodies = false;                 // some expectation looks into the body
};

struct PlanError {
  std::string message;
};

/// `url` "" = scenario.host. A path in the URL is put before every task's path.
[[nodiscard]] expected<Plan, PlanError> make_plan(const workload::Scenario& scenario, const std::string& url);

/// Appends the request to `out`; `traceparent`: 55 bytes. The body alone is out.substr(result).
std::size_t write_request(const PlannedTask& task, std::string_view traceparent, Rng& rows, std::vector<double>& scratch, std::string& out);
}  // namespace headroom::load
