#include "load/expectation.h"

#include <simdjson.h>

#include <algorithm>
#include <array>
#include <cstdio>

namespace headroom::load {
namespace {
namespace dom = simdjson::dom;

// "predictions.0.prediction": keys and indices. An error when there is no such value.
simdjson::simdjson_result<dom::element> at_path(dom::element root, std::string_view path) {
  simdjson::simdjson_result<dom::element> here{dom::element(root)};
  while (!path.empty() && here.error() == simdjson::SUCCESS) {
    const auto dot = path.find('.');
    const auto key = path.substr(0, dot);
    path = dot == std::string_view::npos ? std::string_view() : path.substr(dot + 1);
    const dom::element value = here.value_unsafe();
    if (value.is_array()) {
      std::size_t index = 0;
      for (const char c : key) {
        if (c < '0' || c > '9' || index > 1'000'000) return simdjson::NO_SUCH_FIELD;
        index = index * 10 + static_cast<std::size_t>(c - '0');
      }
      here = dom::array(value).at(index);
    } else if (value.is_object()) {
      here = dom::object(value).at_key(key);
    } else {
      return simdjson::NO_SUCH_FIELD;
    }
  }
  return here;
}

// Numbers by value (1 equals 1.0), the rest by their shortest JSON text, which has one form.
std::string canonical(dom::element value) {
  double number = 0;
  if (value.is_number() && value.get(number) == simdjson::SUCCESS) {
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), "%.17g", number);
    return text.data();
  }
  return simdjson::minify(value);
}

struct Check {
  std::string path;
  std::vector<std::string> any_of;   // canonical
  std::vector<std::string> strings;  // those of any_of that are strings, unquoted: the usual case, compared without a copy
  std::string missing;
  std::string other;
};
}  // namespace

struct Expectation::Impl {
  std::vector<int> status;
  std::vector<Check> checks;
  std::string contains;
  std::string lacks;
  std::optional<Duration> max_time;
  std::string too_slow;
  dom::parser parser;
  std::array<std::string, 600> by_status;

  std::string_view status_name(int code) {
    std::string& name = by_status[static_cast<std::size_t>(std::clamp(code, 0, 599))];
    if (name.empty()) {
      name = "HTTP " + std::to_string(code);
      if (code >= 300 && code < 400) name += " (redirects are not followed)";
    }
    return name;
  }
  std::optional<std::string_view> json_broken(std::string_view body);
};

Expectation::Expectation(const workload::Expect& expect) : impl_(std::make_unique<Impl>()) {
  impl_->status = expect.status;
  impl_->contains = expect.contains;
  impl_->max_time = expect.max_time;
  impl_->lacks = "expectation failed: the body lacks the expected text";
  impl_->too_slow = "expectation failed: slower than allowed";
  for (const auto& json : expect.json) {
    Check check{json.path, {}, {}, "expectation failed: no " + json.path + " in the answer",
                "expectation failed: " + json.path + " is none of the " + std::to_string(json.any_of.size()) + " expected values"};
    for (const auto& text : json.any_of) {
      dom::element value;
      if (impl_->parser.parse(text).get(value) != simdjson::SUCCESS) {
        check.any_of.push_back(text);
        continue;
      }
      std::string_view string;
      if (value.get(string) == simdjson::SUCCESS) {
        check.strings.emplace_back(string);
      } else {
        check.any_of.push_back(canonical(value));
      }
    }
    impl_->checks.push_back(std::move(check));
  }
}
Expectation::Expectation(Expectation&&) noexcept = default;
Expectation::~Expectation() = default;

bool Expectation::needs_body() const noexcept { return !impl_->checks.empty() || !impl_->contains.empty(); }

std::optional<std::string_view> Expectation::Impl::json_broken(std::string_view body) {
  dom::element root;
  if (parser.parse(body.data(), body.size()).get(root) != simdjson::SUCCESS) return "expectation failed: the body is not JSON";
  for (const auto& check : checks) {
    const auto found = at_path(root, check.path);
    if (found.error() != simdjson::SUCCESS) return check.missing;
    if (check.strings.empty() && check.any_of.empty()) continue;
    const dom::element value = found.value_unsafe();
    std::string_view string;
    if (value.get(string) == simdjson::SUCCESS) {
      if (std::find(check.strings.begin(), check.strings.end(), string) == check.strings.end()) return check.other;
    } else if (check.any_of.empty() || std::find(check.any_of.begin(), check.any_of.end(), canonical(value)) == check.any_of.end()) {
      return check.other;
    }
  }
  return std::nullopt;
}

std::optional<std::string_view> Expectation::broken(const Answer& answer) {
  const auto& wanted = impl_->status;
  const bool right = wanted.empty() ? answer.status >= 200 && answer.status < 300
                                    : std::find(wanted.begin(), wanted.end(), answer.status) != wanted.end();
  if (!right) return impl_->status_name(answer.status);
  if (impl_->max_time && answer.service > *impl_->max_time) return impl_->too_slow;
  if (!impl_->contains.empty() && answer.body.find(impl_->contains) == std::string_view::npos) return impl_->lacks;
  if (!impl_->checks.empty()) return impl_->json_broken(answer.body);
  return std::nullopt;
}
}  // namespace headroom::load
