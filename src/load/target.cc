#include "load/target.h"

#include <simdjson.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "http/response.h"
#include "io/clock.h"
#include "io/dial.h"
#include "io/event_loop.h"

namespace headroom::load {
namespace {
namespace dom = simdjson::dom;
constexpr std::size_t kMaxDocument = 4U << 20U;
constexpr std::size_t kMaxFeatures = 10'000;
constexpr Duration kPatience = std::chrono::seconds(2);

std::optional<double> finite(simdjson::simdjson_result<dom::element> found) {
  double value = 0;
  if (found.error() != simdjson::SUCCESS || found.value_unsafe().get(value) != simdjson::SUCCESS || !std::isfinite(value)) return std::nullopt;
  return std::abs(value) <= 1e15 ? std::optional(value) : std::nullopt;
}

// Never empty, low <= high.
std::pair<double, double> range_of(const dom::element& schema) {
  const auto low = finite(schema["minimum"]);
  const auto high = finite(schema["maximum"]);
  if (low && high && *low <= *high) return {*low, *high};
  const auto example = finite(schema["examples"].at(0));
  if (!example || *example == 0) return {0, 1};
  return std::minmax(*example * 0.5, *example * 1.5);
}

// "sepal length (cm)", "sepal_length" and "SepalLength" are one name.
std::string letters(std::string_view name) {
  std::string out;
  for (const char c : name.substr(0, name.find('('))) {
    if (c >= 'a' && c <= 'z') out += c;
    if (c >= 'A' && c <= 'Z') out += static_cast<char>(c | 0x20);
  }
  return out;
}

bool is_iris(const std::vector<workload::Data::Range>& features) {
  static constexpr std::array<std::string_view, 4> names{"sepallength", "sepalwidth", "petallength", "petalwidth"};
  return std::equal(features.begin(), features.end(), names.begin(), names.end(), [](const auto& f, auto name) { return letters(f.name) == name; });
}

// One exchange on a connection of its own; false at any trouble.
bool exchange(const io::Address& address, const std::string& request, http::ResponseParser& parser) {
  const Instant deadline = io::now() + kPatience;
  io::Dial dial = io::dial(address);
  io::EventLoop loop;
  if (dial.error != 0 || !loop.watch(dial.socket.get(), EPOLLOUT, &dial)) return false;
  if (loop.wait(kPatience).empty() || io::dial_error(dial.socket.get()) != 0) return false;
  if (io::transmit(dial.socket.get(), request).count != request.size()) return false;
  loop.rewatch(dial.socket.get(), EPOLLIN, &dial);
  std::array<char, 16384> room{};
  parser.start();
  while (!parser.done()) {
    const Duration left = deadline - io::now();
    if (left <= Duration::zero() || loop.wait(left).empty()) return false;
    const auto got = io::receive(dial.socket.get(), room);
    if (got.error != 0) return false;
    if (got.count == 0) return static_cast<bool>(parser.finish());
    if (!parser.feed({room.data(), got.count})) return false;
  }
  return true;
}
}  // namespace

std::optional<TargetModel> read_openapi(std::string_view document) {
  if (document.size() > kMaxDocument) return std::nullopt;
  dom::parser parser;
  dom::element root;
  dom::object properties;
  if (parser.parse(document.data(), document.size()).get(root) != simdjson::SUCCESS) return std::nullopt;
  if (root["components"]["schemas"]["NamedRow"]["properties"].get(properties) != simdjson::SUCCESS) return std::nullopt;
  TargetModel target;
  target.predict_path = "/predict";
  for (const auto& [name, schema] : properties) {
    std::string_view type;
    if (target.features.size() >= kMaxFeatures || schema["type"].get(type) != simdjson::SUCCESS) return std::nullopt;
    if (type != "number" && type != "integer") return std::nullopt;
    const auto [low, high] = range_of(schema);
    target.features.push_back({std::string(name), low, high});
  }
  if (target.features.empty()) return std::nullopt;
  target.iris = is_iris(target.features);
  return target;
}

std::string fetch_openapi(const Url& url) {
  const auto addresses = io::resolve_tcp(url.host, url.port);
  if (!addresses) return {};
  const std::string request = "GET /openapi.json HTTP/1.1\r\nHost: " + url.authority + "\r\nAccept: application/json\r\nConnection: close\r\n\r\n";
  http::ResponseLimits limits;
  limits.max_body = limits.keep_body = kMaxDocument;
  for (const auto& address : *addresses) {
    http::ResponseParser parser(limits);
    if (exchange(address, request, parser)) return parser.head().status == 200 ? std::string(parser.body()) : std::string();
  }
  return {};
}

workload::Scenario scenario_for(const Url& url, const RequestFlags& flags, const std::optional<TargetModel>& target) {
  using std::chrono::milliseconds;
  workload::Task task;
  task.path = task.name = url.path.empty() ? (target && !flags.body ? target->predict_path : "/") : url.path;
  task.id = "request";
  task.headers = flags.headers;
  const bool row = !flags.body && flags.method.empty() && (flags.data == "iris" || (target && task.path.starts_with(target->predict_path)));
  if (flags.body) task.body = *flags.body;
  if (row) task.body = R"({"features":{{row}}})";
  const bool has_body = row || flags.body.has_value();
  if (has_body) task.content_type = flags.content_type;
  task.method = !flags.method.empty() ? flags.method : has_body ? "POST" : "GET";
  if (flags.data == "iris" || (row && target->iris)) {
    task.data.kind = workload::Data::Kind::iris;
  } else if (target) {
    task.data.kind = workload::Data::Kind::ranges;
    task.data.ranges = target->features;
  }
  workload::Scenario scenario;
  scenario.host = url.origin();
  scenario.tasks = {task};
  scenario.users = {{"User", 1, 0, {workload::Wait::Kind::between, milliseconds(500), milliseconds(2000), 0}, {{0, 1}}}};
  return scenario;
}
}  // namespace headroom::load
