#include "http/request.h"

#include <algorithm>
#include <cstring>

namespace headroom::http {
namespace {
using namespace grammar;

Method method_of(std::string_view name) {
  switch (name.size()) {
    case 3: return name == "GET" ? Method::get : name == "PUT" ? Method::put : Method::other;
    case 4: return name == "POST" ? Method::post : name == "HEAD" ? Method::head : Method::other;
    case 5: return name == "PATCH" ? Method::patch : Method::other;
    case 6: return name == "DELETE" ? Method::del : Method::other;
    case 7: return name == "OPTIONS" ? Method::options : Method::other;
    default: return Method::other;
  }
}

// Cut-off or meaningless percent codes; %00 too, which no path of anybody has.
bool percent_codes_are_whole(std::string_view target) {
  for (auto at = target.find('%'); at != target.npos; at = target.find('%', at + 3)) {
    if (target.size() - at < 3 || !is(target[at + 1], kHex) || !is(target[at + 2], kHex)) return false;
    if (target[at + 1] == '0' && target[at + 2] == '0') return false;
  }
  return true;
}

// Origin form, absolute form (RFC 9112 section 3.2.2), or * for OPTIONS. CONNECT's authority form stays as it is.
bool split_target(std::string_view target, Head& head) {
  if (!all(target, kTarget) || !percent_codes_are_whole(target)) return false;
  if (target == "*") {
    head.path = target;
    return head.method == Method::options;
  }
  if (target.front() != '/') {
    if (head.method_name == "CONNECT") {
      head.path = target;
      return true;
    }
    if (target.size() < 8 || !(equals(target.substr(0, 7), "http://") || equals(target.substr(0, 8), "https://"))) return false;
    target.remove_prefix(target.find("//") + 2);
    const auto slash = target.find('/');
    if (slash == 0 || target.empty()) return false;
    target = slash == target.npos ? std::string_view("/") : target.substr(slash);
  }
  const auto question = target.find('?');
  head.path = target.substr(0, question);
  head.query = question == target.npos ? std::string_view() : target.substr(question + 1);
  return true;
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

expected<void, Refusal> parse_request_line(std::string_view line, Head& head) {
  const auto first = line.find(' ');
  const auto last = line.rfind(' ');
  if (first == line.npos || first == 0 || last == first) return unexpected(Refusal{400, "the request line is not METHOD TARGET HTTP/1.1"});
  head.method_name = line.substr(0, first);
  const auto target = line.substr(first + 1, last - first - 1);
  const auto version = line.substr(last + 1);
  if (!all(head.method_name, kToken)) return unexpected(Refusal{400, "the method is no token"});
  const bool is_http = version.size() == 8 && version.starts_with("HTTP/") && is_digit(version[5]) && version[6] == '.' && is_digit(version[7]);
  if (!is_http) return unexpected(Refusal{400, "the request line does not end in HTTP/1.1"});
  if (version[5] != '1') return unexpected(Refusal{505, "only HTTP/1.1 and HTTP/1.0 are spoken here"});
  head.minor_version = version[7] == '0' ? 0 : 1;
  head.method = method_of(head.method_name);
  if (target.empty() || !split_target(target, head)) return unexpected(Refusal{400, "the request target is malformed"});
  return {};
}

struct Seen {
  std::size_t fields = 0;
  bool host = false;
  bool close = false;
  bool keep_alive = false;
};

void note_connection(std::string_view value, Seen& seen) {
  for_each_element(value, [&](std::string_view option) {
    if (equals(option, "close")) seen.close = true;
    if (equals(option, "keep-alive")) seen.keep_alive = true;
  });
}

expected<void, Refusal> note_framing(const Field& field, Head& head) {
  if (field.name.size() == 14) {
    const auto length = decimal(field.value);
    if (!length || head.has_length) return unexpected(Refusal{400, "Content-Length must be one decimal number, given once"});
    head.has_length = true;
    head.content_length = *length;
    return {};
  }
  if (head.chunked) return unexpected(Refusal{400, "Transfer-Encoding is given twice"});
  if (!equals(field.value, "chunked")) return unexpected(Refusal{501, "the only transfer coding known here is chunked"});
  head.chunked = true;
  return {};
}

// A switch on the length first: most fields are told apart by it alone.
expected<void, Refusal> note(const Field& field, Head& head, Seen& seen) {
  const auto named = [&](std::string_view name) { return equals(field.name, name); };
  switch (field.name.size()) {
    case 4:
      if (!named("host")) break;
      if (seen.host || !all(field.value, kHost)) return unexpected(Refusal{400, "Host must be one host name, given once"});
      seen.host = true;
      head.host = field.value;
      break;
    case 6:
      if (named("accept")) head.accept = field.value;
      else if (named("origin")) head.origin = field.value;
      else if (named("expect")) {
        if (!equals(field.value, "100-continue")) return unexpected(Refusal{417, "the only expectation met here is 100-continue"});
        head.expects_continue = true;
      }
      break;
    case 10:
      if (named("connection")) note_connection(field.value, seen);
      else if (named("tracestate")) head.tracestate = field.value;
      break;
    case 11:
      // Two of them are invalid together (W3C Trace Context section 3.2.1), as if there were none.
      if (named("traceparent")) head.traceparent = head.traceparent.data() == nullptr ? field.value : std::string_view("", 0);
      break;
    case 12:
      if (named("content-type")) head.content_type = field.value;
      else if (named("x-request-id")) head.request_id = field.value;
      break;
    case 14:
      if (named("content-length")) return note_framing(field, head);
      break;
    case 16:
      if (named("content-encoding")) head.content_encoding = field.value;
      break;
    case 17:
      if (named("transfer-encoding")) return note_framing(field, head);
      break;
    default:
      break;
  }
  return {};
}

// One line "name: value\r\n" from the front of `rest`. HeadScanner has seen that each LF follows a CR and that the last line is empty.
expected<Field, Refusal> take_field(std::string_view& rest) {
  const char* const begin = rest.data();
  const char* at = begin;
  while (is(*at, kToken)) ++at;
  if (at == begin || *at != ':') return unexpected(Refusal{400, "a header line is not NAME: VALUE"});
  const std::string_view name(begin, static_cast<std::size_t>(at - begin));
  const char* const value = ++at;
  while (is(*at, kValue)) ++at;
  if (*at != '\r' || at[1] != '\n') return unexpected(Refusal{400, "a header value holds a control character"});
  rest.remove_prefix(static_cast<std::size_t>(at + 2 - begin));
  return Field{name, trim({value, static_cast<std::size_t>(at - value)})};
}
}  // namespace

expected<std::size_t, Refusal> HeadScanner::scan(std::string_view bytes, const Limits& limits) {
  if (!bytes.empty() && !is(bytes[0], kToken)) return unexpected(Refusal{400, "this is no HTTP request"});
  while (scanned_ < bytes.size()) {
    const auto* found = static_cast<const char*>(std::memchr(bytes.data() + scanned_, '\n', bytes.size() - scanned_));
    if (found == nullptr) break;
    const auto at = static_cast<std::size_t>(found - bytes.data());
    if (bytes[at - 1] != '\r') return unexpected(Refusal{400, "a line of the head ends in a bare line feed"});
    scanned_ = at + 1;
    if (at >= 3 && bytes[at - 2] == '\n') {
      if (scanned_ > limits.max_head) break;
      return scanned_;
    }
  }
  if (bytes.size() > limits.max_head) {
    const bool long_target = bytes.substr(0, limits.max_head).find('\n') == bytes.npos;
    return unexpected(long_target ? Refusal{414, "the request target is too long"} : Refusal{431, "the request head is too large"});
  }
  scanned_ = bytes.size();
  return 0;
}

expected<void, Refusal> parse_head(std::string_view bytes, const Limits& limits, Head& head) {
  head = Head();
  const auto line = bytes.substr(0, bytes.find('\r'));
  if (bytes[line.size() + 1] != '\n') return unexpected(Refusal{400, "the request line holds a control character"});
  HEADROOM_TRY_VOID(parse_request_line(line, head));
  std::string_view rest = bytes.substr(line.size() + 2);
  head.lines = rest.substr(0, rest.size() - 2);
  Seen seen;
  while (rest.size() > 2) {
    HEADROOM_TRY(field, take_field(rest));
    if (++seen.fields > limits.max_fields) return unexpected(Refusal{431, "the request has too many header lines"});
    HEADROOM_TRY_VOID(note(field, head, seen));
  }
  if (!seen.host && head.minor_version >= 1) return unexpected(Refusal{400, "the Host header is missing"});
  if (head.chunked && head.has_length) return unexpected(Refusal{400, "both Content-Length and Transfer-Encoding are given"});
  if (head.chunked && head.minor_version == 0) return unexpected(Refusal{400, "HTTP/1.0 has no transfer codings"});
  if (head.content_length > limits.max_body) return unexpected(Refusal{413, "the body is larger than --max-body"});
  if (head.minor_version == 0) head.expects_continue = false;
  head.keep_alive = !seen.close && (head.minor_version >= 1 || seen.keep_alive);
  return {};
}

std::string_view Head::field(std::string_view name) const noexcept {
  std::string_view rest = lines;
  while (!rest.empty()) {
    const auto end = rest.find("\r\n");
    const auto line = rest.substr(0, end);
    const auto colon = line.find(':');
    if (equals(line.substr(0, colon), name)) return trim(line.substr(colon + 1));
    rest.remove_prefix(std::min(rest.size(), end + 2));
  }
  return {};
}
}  // namespace headroom::http
