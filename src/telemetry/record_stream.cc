#include "telemetry/record_stream.h"

#include <cstring>
#include <utility>

#include "base/byte_reader.h"

namespace headroom::telemetry {
namespace {
enum class FrameKind : std::uint8_t { hello = 1, record, second, drops };
constexpr std::size_t kHeader = 1 + sizeof(std::uint32_t);
constexpr std::uint32_t kVersion = 1;
constexpr std::size_t kLongestName = 255;
constexpr std::int64_t kLargest = std::int64_t{1} << 61;

template <class T>
void put(std::string& out, const T& value) {
  out.append(reinterpret_cast<const char*>(&value), sizeof(value));
}

/// Appends the header at once and the length once the payload is known.
template <class Payload>
void append(std::string& out, FrameKind kind, Payload payload) {
  out += static_cast<char>(kind);
  const std::size_t length_at = out.size();
  put(out, std::uint32_t{0});
  payload();
  const auto length = static_cast<std::uint32_t>(out.size() - length_at - sizeof(std::uint32_t));
  std::memcpy(out.data() + length_at, &length, sizeof(length));
}

bool in_range(std::int64_t value) { return value >= 0 && value <= kLargest; }
bool in_range(const std::array<std::int64_t, kStages>& stages) {
  for (const auto duration : stages) {
    if (!in_range(duration)) return false;
  }
  return true;
}

/// A byte of the payload at a member's place, looked at before it is taken for a bool or an enumerator.
std::uint8_t byte_at(std::string_view payload, std::size_t offset) { return static_cast<std::uint8_t>(payload[offset]); }

std::optional<RequestRecord> parse_record(std::string_view payload) {
  if (payload.size() != sizeof(RequestRecord)) return std::nullopt;
  if (byte_at(payload, offsetof(RequestRecord, route)) >= kRoutes || byte_at(payload, offsetof(RequestRecord, sampled)) > 1 ||
      byte_at(payload, offsetof(RequestRecord, method)) >= kMethods) {
    return std::nullopt;
  }
  RequestRecord record;
  std::memcpy(&record, payload.data(), sizeof(record));
  const bool sound = in_range(record.start_ns) && in_range(record.total_ns) && in_range(record.stage_ns) &&
                     record.predict_cpu_ns >= -1 && record.predict_cpu_ns <= kLargest && record.n_inputs <= kInputsKept;
  if (!sound) return std::nullopt;
  return record;
}

/// The fixed part of a second, as it travels.
struct SecondHead {
  std::int64_t t_ns;
  std::uint64_t requests, errors, shed;
  std::array<std::int64_t, kStages> stage_ns;
  std::int64_t predict_cpu_ns;
  std::uint64_t predict_cpu_n;
  std::int64_t total_ns;
  std::uint32_t in_flight_max;
  std::uint32_t route;
};

std::optional<RouteSecond> parse_second(std::string_view payload) {
  SecondHead head;
  if (payload.size() < sizeof(head)) return std::nullopt;
  std::memcpy(&head, payload.data(), sizeof(head));
  const auto counted = [](std::uint64_t n) { return n <= static_cast<std::uint64_t>(kLargest); };
  const bool sound = in_range(head.t_ns) && counted(head.requests) && head.errors <= head.requests && head.shed <= head.requests &&
                     head.predict_cpu_n <= head.requests && in_range(head.predict_cpu_ns) && in_range(head.total_ns) &&
                     in_range(head.stage_ns) && head.route < kRoutes;
  auto total = stats::Histogram::decode(payload.substr(sizeof(head)));
  if (!sound || !total || total->count() != head.requests) return std::nullopt;
  RouteSecond second;
  second.t_ns = head.t_ns;
  second.route = static_cast<Route>(head.route);
  second.requests = head.requests;
  second.errors = head.errors;
  second.shed = head.shed;
  second.stage_ns = head.stage_ns;
  second.predict_cpu_ns = head.predict_cpu_ns;
  second.predict_cpu_n = head.predict_cpu_n;
  second.total_ns = head.total_ns;
  second.in_flight_max = head.in_flight_max;
  second.total = std::move(*total);
  return second;
}

/// version, bytes of a record, name.
std::optional<StreamHello> parse_hello(std::string_view payload) {
  std::array<std::uint32_t, 2> facts;
  if (payload.size() < sizeof(facts) || payload.size() > sizeof(facts) + kLongestName) return std::nullopt;
  std::memcpy(facts.data(), payload.data(), sizeof(facts));
  if (facts[0] != kVersion || facts[1] != sizeof(RequestRecord)) return std::nullopt;
  return StreamHello{std::string(payload.substr(sizeof(facts)))};
}
}  // namespace

void append_frame(std::string& out, const StreamHello& hello) {
  append(out, FrameKind::hello, [&] {
    put(out, kVersion);
    put(out, static_cast<std::uint32_t>(sizeof(RequestRecord)));
    out.append(hello.replica, 0, kLongestName);
  });
}

void append_frame(std::string& out, const RequestRecord& record) {
  append(out, FrameKind::record, [&] { put(out, record); });
}

void append_frame(std::string& out, const RouteSecond& second) {
  append(out, FrameKind::second, [&] {
    SecondHead head{};
    head.t_ns = second.t_ns;
    head.requests = second.requests;
    head.errors = second.errors;
    head.shed = second.shed;
    head.stage_ns = second.stage_ns;
    head.predict_cpu_ns = second.predict_cpu_ns;
    head.predict_cpu_n = second.predict_cpu_n;
    head.total_ns = second.total_ns;
    head.in_flight_max = second.in_flight_max;
    head.route = static_cast<std::uint32_t>(second.route);
    put(out, head);
    out += second.total.encode();
  });
}

void append_frame(std::string& out, const StreamDrops& drops) {
  append(out, FrameKind::drops, [&] { put(out, drops.records); });
}

void StreamParser::feed(std::span<const std::byte> bytes) {
  if (!error_.empty()) return;
  if (at_ > 0) {
    buffer_.erase(0, at_);
    at_ = 0;
  }
  buffer_.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
}

expected<StreamItem, std::string> StreamParser::parse(std::uint8_t kind, std::string_view payload) {
  const auto item = [](auto parsed, const char* what) -> expected<StreamItem, std::string> {
    if (parsed) return StreamItem(std::move(*parsed));
    return unexpected(std::string("a ") + what + " that cannot be");
  };
  if (!greeted_ && kind != static_cast<std::uint8_t>(FrameKind::hello)) return unexpected(std::string("no greeting"));
  switch (static_cast<FrameKind>(kind)) {
    case FrameKind::hello:
      greeted_ = true;
      return item(parse_hello(payload), "greeting (another version of headroom?)");
    case FrameKind::record: return item(parse_record(payload), "record");
    case FrameKind::second: return item(parse_second(payload), "second");
    case FrameKind::drops: {
      StreamDrops drops;
      if (payload.size() != sizeof(drops.records)) return unexpected(std::string("a count that cannot be"));
      std::memcpy(&drops.records, payload.data(), sizeof(drops.records));
      return StreamItem(drops);
    }
  }
  return unexpected(std::string("an unknown frame"));
}

expected<std::optional<StreamItem>, std::string> StreamParser::next() {
  if (!error_.empty()) return unexpected(error_);
  const std::string_view rest = std::string_view(buffer_).substr(at_);
  if (rest.size() < kHeader) return std::optional<StreamItem>();
  std::uint32_t length = 0;
  std::memcpy(&length, rest.data() + 1, sizeof(length));
  if (length > kLongestFrame) {
    error_ = "a frame of " + std::to_string(length) + " bytes";
    return unexpected(error_);
  }
  if (rest.size() - kHeader < length) return std::optional<StreamItem>();
  auto item = parse(static_cast<std::uint8_t>(rest[0]), rest.substr(kHeader, length));
  if (!item) {
    error_ = item.error();
    return unexpected(error_);
  }
  at_ += kHeader + length;
  expected<std::optional<StreamItem>, std::string> found;  // filled in place: g++ 12 warns of the move of a temporary
  found->emplace(std::move(*item));
  return found;
}
}  // namespace headroom::telemetry
