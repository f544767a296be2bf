#include "load/plan.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "generated/version.h"

namespace headroom::load {
namespace {
std::size_t name_index(std::vector<PlannedName>& names, const std::string& method, const std::string& name) {
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (names[i].method == method && names[i].name == name) return i;
  }
  names.push_back({method, name});
  return names.size() - 1;
}

bool takes_body(const std::string& method) { return method == "POST" || method == "PUT" || method == "PATCH"; }

bool same_field(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) { return (x | 0x20) == (y | 0x20); });
}

std::string head_of(const workload::Task& task, const Url& url) {
  const auto given = [&](std::string_view name) {
    return std::any_of(task.headers.begin(), task.headers.end(), [&](const auto& header) { return same_field(header.name, name); });
  };
  std::string head = task.method + " " + (url.path == "/" ? "" : url.path) + task.path + " HTTP/1.1\r\n";
  if (!given("host")) head += "Host: " + url.authority + "\r\n";
  if (!given("user-agent")) head += std::string("User-Agent: headroom-load/") + kVersion + "\r\n";
  if (!given("accept")) head += "Accept: */*\r\n";
  for (const auto& header : task.headers) head += header.name + ": " + header.value + "\r\n";
  if (!task.content_type.empty() && !given("content-type")) head += "Content-Type: " + task.content_type + "\r\n";
  return head + "traceparent: ";
}

expected<PlannedTask, PlanError> plan_task(const workload::Task& task, const Url& url, std::vector<PlannedName>& names) {
  auto body = workload::BodyTemplate::compile(task.body, task.data);
  if (!body) return unexpected(PlanError{"task " + task.id + ": " + body.error().message});
  for (const auto& header : task.headers) {
    if (same_field(header.name, "content-length") || same_field(header.name, "transfer-encoding") || same_field(header.name, "traceparent")) {
      return unexpected(PlanError{"task " + task.id + ": the header " + header.name + " is written by the generator itself"});
    }
  }
  PlannedTask planned{name_index(names, task.method, task.name), head_of(task, url), "\r\n\r\n", false, task.method == "HEAD",
                      std::move(*body), task.expect, task.slow};
  planned.has_body = takes_body(task.method) || !task.body.empty();
  if (planned.has_body) planned.after = "\r\nContent-Length: ";
  return planned;
}
}  // namespace

expected<Plan, PlanError> make_plan(const workload::Scenario& scenario, const std::string& url_text) {
  Plan plan;
  auto url = parse_url(url_text.empty() ? scenario.host : url_text);
  if (!url) return unexpected(PlanError{url.error().message});
  plan.url = *url;
  for (const auto& task : scenario.tasks) {
    HEADROOM_TRY(planned, plan_task(task, plan.url, plan.names));
    plan.needs_bodies = plan.needs_bodies || !task.expect.json.empty() || !task.expect.contains.empty();
    plan.tasks.push_back(std::move(planned));
  }
  for (const auto& user : scenario.users) {
    PlannedClass planned{user.wait, {}};
    for (const auto& choice : user.tasks) planned.tasks.add(choice.task, choice.weight);
    plan.classes.push_back(std::move(planned));
    plan.shares.push_back({user.name, user.weight, user.fixed_count});
  }
  if (plan.classes.empty()) return unexpected(PlanError{"the scenario has no users"});
  for (std::size_t i = 0; i < plan.classes.size(); ++i) {
    const double weight = plan.shares[i].fixed_count > 0 ? plan.shares[i].fixed_count : plan.shares[i].weight;
    plan.class_choice.add(i, weight);
  }
  return plan;
}

std::size_t write_request(const PlannedTask& task, std::string_view traceparent, Rng& rows, std::vector<double>& scratch, std::string& out) {
  out += task.head;
  out += traceparent;
  out += task.after;
  if (!task.has_body) return out.size();
  // The length stands before the body: a place of fixed width is left, and what is not needed of it closed up.
  constexpr std::size_t kDigits = 20;
  const std::size_t length_at = out.size();
  out.append(kDigits, ' ');
  out += "\r\n\r\n";
  const std::size_t body_at = out.size();
  task.body.render(rows, scratch, out);
  std::array<char, kDigits> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), out.size() - body_at).ptr;
  const auto count = static_cast<std::size_t>(end - digits.data());
  out.replace(length_at, kDigits, digits.data(), count);
  return body_at - (kDigits - count);
}
}  // namespace headroom::load
