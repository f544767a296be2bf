#include "telemetry/otel_config.h"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace headroom::telemetry {
namespace {
std::string_view trimmed(std::string_view text) {
  const auto blank = [](char c) { return c == ' ' || c == '\t'; };
  while (!text.empty() && blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && blank(text.back())) text.remove_suffix(1);
  return text;
}

/// An empty variable is as good as none, says the specification.
std::string_view get(const Environment& environment, const std::string& name) {
  const auto found = environment.find(name);
  return found == environment.end() ? std::string_view() : trimmed(found->second);
}

std::optional<std::string> percent_decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i];
      continue;
    }
    std::uint8_t byte = 0;
    if (text.size() - i < 3) return std::nullopt;
    const auto parsed = std::from_chars(text.data() + i + 1, text.data() + i + 3, byte, 16);
    if (parsed.ec != std::errc() || parsed.ptr != text.data() + i + 3) return std::nullopt;
    out += static_cast<char>(byte);
    i += 2;
  }
  return out;
}

/// "a=1,b=two%20words". One broken pair makes the whole list invalid, as the specification says of resource attributes.
std::optional<Headers> pairs_of(std::string_view list) {
  Headers pairs;
  while (!list.empty()) {
    const auto comma = std::min(list.find(','), list.size());
    const auto member = trimmed(list.substr(0, comma));
    list.remove_prefix(std::min(comma + 1, list.size()));
    if (member.empty()) continue;
    const auto equals = member.find('=');
    if (equals == std::string_view::npos || equals == 0) return std::nullopt;
    auto key = percent_decoded(trimmed(member.substr(0, equals)));
    auto value = percent_decoded(trimmed(member.substr(equals + 1)));
    if (!key || key->empty() || !value) return std::nullopt;
    pairs.emplace_back(std::move(*key), std::move(*value));
  }
  return pairs;
}

/// A header that could end its line early would be another header.
bool is_header(const std::pair<std::string, std::string>& header) {
  const auto token = [](char c) { return c > ' ' && c < 0x7f && c != ':'; };
  const auto text = [](char c) { return c == '\t' || static_cast<unsigned char>(c) >= ' '; };
  return std::all_of(header.first.begin(), header.first.end(), token) && std::all_of(header.second.begin(), header.second.end(), text);
}

class Reader {
 public:
  explicit Reader(const Environment& environment) : environment_(environment) {}

  OtelConfig read() {
    config_.disabled = get(environment_, "OTEL_SDK_DISABLED") == "true" || get(environment_, "OTEL_SDK_DISABLED") == "TRUE";
    read_resource();
    read_exporter();
    read_sampler();
    read_batch();
    return std::move(config_);
  }

 private:
  void warn(const std::string& name, const std::string& why) { config_.warnings.push_back(name + " is ignored: " + why); }

  void read_resource() {
    const auto text = get(environment_, "OTEL_RESOURCE_ATTRIBUTES");
    auto pairs = pairs_of(text);
    if (!pairs) warn("OTEL_RESOURCE_ATTRIBUTES", "it is not a list of key=value, percent-encoded");
    else config_.resource = std::move(*pairs);
    const auto named = std::find_if(config_.resource.begin(), config_.resource.end(), [](const auto& p) { return p.first == "service.name"; });
    if (named != config_.resource.end()) config_.service_name = named->second;
    if (const auto name = get(environment_, "OTEL_SERVICE_NAME"); !name.empty()) config_.service_name = name;
  }

  /// The traces' own variable, else the one for all signals.
  std::pair<std::string, std::string_view> specific(const std::string& what) {
    const std::string traces = "OTEL_EXPORTER_OTLP_TRACES_" + what;
    if (const auto value = get(environment_, traces); !value.empty()) return {traces, value};
    const std::string all = "OTEL_EXPORTER_OTLP_" + what;
    return {all, get(environment_, all)};
  }

  void read_exporter() {
    if (const auto own = get(environment_, "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"); !own.empty()) config_.traces_endpoint = own;
    else if (const auto base = get(environment_, "OTEL_EXPORTER_OTLP_ENDPOINT"); !base.empty()) {
      config_.traces_endpoint = std::string(base) + (base.ends_with('/') ? "v1/traces" : "/v1/traces");
    }
    if (get(environment_, "OTEL_TRACES_EXPORTER") == "none") config_.traces_endpoint.clear();
    const auto [protocol_name, protocol] = specific("PROTOCOL");
    if (!protocol.empty() && protocol != "http/protobuf") warn(protocol_name, "only http/protobuf is spoken");
    const auto [headers_name, list] = specific("HEADERS");
    auto headers = pairs_of(list);
    if (!headers || !std::all_of(headers->begin(), headers->end(), is_header)) warn(headers_name, "it is not a list of key=value");
    else config_.headers = std::move(*headers);
    const auto [timeout_name, timeout] = specific("TIMEOUT");
    read_milliseconds(timeout_name, timeout, config_.timeout);
    config_.certificate = specific("CERTIFICATE").second;
  }

  void read_sampler() {
    const auto name = get(environment_, "OTEL_TRACES_SAMPLER");
    if (name.empty()) return;
    SamplingPolicy policy;
    policy.follow_parent = name.starts_with("parentbased_");
    const auto kind = policy.follow_parent ? name.substr(std::string_view("parentbased_").size()) : name;
    if (kind == "always_off") policy.probability = 0;
    else if (kind == "traceidratio") policy.probability = read_ratio();
    else if (kind != "always_on") return warn("OTEL_TRACES_SAMPLER", "'" + std::string(name) + "' is no sampler we have");
    config_.sampling = policy;
  }

  double read_ratio() {
    const auto text = get(environment_, "OTEL_TRACES_SAMPLER_ARG");
    double ratio = 1;
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), ratio);
    if (!text.empty() && parsed.ec == std::errc() && parsed.ptr == text.data() + text.size() && ratio >= 0 && ratio <= 1) return ratio;
    if (!text.empty()) warn("OTEL_TRACES_SAMPLER_ARG", "'" + std::string(text) + "' is not a number from 0 to 1");
    return 1;
  }

  std::optional<std::uint64_t> number(const std::string& name, std::string_view text, std::uint64_t low, std::uint64_t high) {
    if (text.empty()) return std::nullopt;
    std::uint64_t value = 0;
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), value);
    if (parsed.ec == std::errc() && parsed.ptr == text.data() + text.size() && low <= value && value <= high) return value;
    warn(name, "'" + std::string(text) + "' is not a whole number from " + std::to_string(low) + " to " + std::to_string(high));
    return std::nullopt;
  }
  void read_milliseconds(const std::string& name, std::string_view text, Duration& target) {
    if (const auto value = number(name, text, 1, 3'600'000)) target = std::chrono::milliseconds(*value);
  }
  void read_batch() {
    auto& batch = config_.batch;
    const auto count = [&](const std::string& name, std::uint64_t high, std::size_t& target) {
      if (const auto value = number(name, get(environment_, name), 1, high)) target = *value;
    };
    count("OTEL_BSP_MAX_QUEUE_SIZE", 1'000'000, batch.queue);
    count("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", 8192, batch.batch);
    if (batch.batch > batch.queue) {
      warn("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "it is larger than the queue");
      batch.batch = batch.queue;
    }
    read_milliseconds("OTEL_BSP_SCHEDULE_DELAY", get(environment_, "OTEL_BSP_SCHEDULE_DELAY"), batch.delay);
    read_milliseconds("OTEL_BSP_EXPORT_TIMEOUT", get(environment_, "OTEL_BSP_EXPORT_TIMEOUT"), batch.timeout);
  }

  const Environment& environment_;
  OtelConfig config_;
};
}  // namespace

OtelConfig read_otel_config(const Environment& environment) { return Reader(environment).read(); }

std::string traces_url(std::string_view base) {
  const auto scheme_end = base.find("://");
  const auto path_at = base.find('/', scheme_end == std::string_view::npos ? 0 : scheme_end + 3);
  if (path_at == std::string_view::npos) return std::string(base) + "/v1/traces";
  if (path_at + 1 == base.size()) return std::string(base) + "v1/traces";
  return std::string(base);
}
}  // namespace headroom::telemetry
