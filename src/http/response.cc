#include "http/response.h"

#include <algorithm>
#include <utility>

namespace headroom::http {
namespace {
// "HTTP/1.1 200 OK"; nullopt when it is none.
std::optional<std::pair<int, int>> status_line(std::string_view line) {
  if (line.size() < 12 || !line.starts_with("HTTP/1.") || line[7] < '0' || line[7] > '9' || line[8] != ' ') return std::nullopt;
  const auto status = grammar::decimal(line.substr(9, 3));
  if (!status || *status < 100 || *status > 599 || (line.size() > 12 && line[12] != ' ')) return std::nullopt;
  return std::pair(line[7] - '0', static_cast<int>(*status));
}
}  // namespace

void ResponseParser::start(bool head_request) {
  head_request_ = head_request;
  at_ = At::head;
  text_.clear();
  body_.clear();
  body_size_ = left_ = 0;
  auto fields = std::move(head_.fields);  // their memory is worth keeping
  fields.clear();
  head_ = ResponseHead();
  head_.fields = std::move(fields);
  chunks_ = ChunkDecoder();
}

expected<std::size_t, ResponseError> ResponseParser::feed(std::string_view input) {
  std::size_t taken = 0;
  while (taken < input.size() && at_ != At::done) {
    const auto rest = input.substr(taken);
    expected<std::size_t, ResponseError> count = rest.size();
    if (at_ == At::head) {
      count = feed_head(rest);
    } else if (at_ == At::chunked) {
      count = feed_chunked(rest);
    } else {
      if (at_ == At::counted) count = static_cast<std::size_t>(std::min<std::uint64_t>(left_, rest.size()));
      if (auto kept = keep(rest.substr(0, *count)); !kept) return unexpected(kept.error());
      if (at_ == At::counted && (left_ -= *count) == 0) at_ = At::done;
    }
    if (!count) return count;
    taken += *count;
  }
  return taken;
}

// Up to the empty line; what follows it is not taken.
expected<std::size_t, ResponseError> ResponseParser::feed_head(std::string_view input) {
  const std::size_t before = text_.size();
  const std::size_t from = before < 3 ? 0 : before - 3;
  text_.append(input.substr(0, std::min(input.size(), limits_.max_head + 4 - std::min(before, limits_.max_head))));
  const auto end = text_.find("\r\n\r\n", from);
  if (end == std::string::npos) {
    if (text_.size() > limits_.max_head) return unexpected(ResponseError{"head over the limit"});
    if (text_.size() >= 5 && !text_.starts_with("HTTP/")) return unexpected(ResponseError{"not an HTTP response"});
    return input.size();
  }
  text_.resize(end + 2);
  if (auto parsed = parse_head(); !parsed) return unexpected(parsed.error());
  if (head_.status < 200) {  // interim; the final response follows
    start(head_request_);
  } else {
    frame();
  }
  return end + 4 - before;
}

expected<void, ResponseError> ResponseParser::parse_head() {
  std::string_view rest = text_;
  const auto line = rest.substr(0, rest.find("\r\n"));
  const auto status = status_line(line);
  if (!line.starts_with("HTTP/")) return unexpected(ResponseError{"not an HTTP response"});
  if (!status) return unexpected(ResponseError{"bad status line"});
  head_.minor_version = status->first;
  head_.status = status->second;
  head_.keep_alive = head_.minor_version >= 1;
  rest.remove_prefix(line.size() + 2);
  while (!rest.empty()) {
    const auto end = rest.find("\r\n");
    const auto text = rest.substr(0, end);
    rest.remove_prefix(end + 2);
    const auto colon = text.find(':');
    const Field field{text.substr(0, colon), colon == text.npos ? "" : grammar::trim(text.substr(colon + 1))};
    if (colon == 0 || colon == text.npos || !grammar::all(field.name, grammar::kToken) || !grammar::all(field.value, grammar::kValue)) {
      return unexpected(ResponseError{"bad header line"});
    }
    if (head_.fields.size() >= limits_.max_fields) return unexpected(ResponseError{"too many header lines"});
    head_.fields.push_back(field);
    if (auto noted = note(field); !noted) return noted;
  }
  if (head_.chunked && head_.content_length) return unexpected(ResponseError{"both Content-Length and Transfer-Encoding"});
  return {};
}

expected<void, ResponseError> ResponseParser::note(const Field& field) {
  const auto is = [&](std::string_view name) { return grammar::equals(field.name, name); };
  if (is("content-length")) {
    const auto length = grammar::decimal(field.value);
    if (!length || (head_.content_length && *head_.content_length != *length)) return unexpected(ResponseError{"bad Content-Length"});
    head_.content_length = length;
  } else if (is("transfer-encoding")) {
    if (head_.chunked || !grammar::equals(field.value, "chunked")) return unexpected(ResponseError{"unknown Transfer-Encoding"});
    head_.chunked = true;
  } else if (is("connection")) {
    grammar::for_each_element(field.value, [&](std::string_view option) {
      if (grammar::equals(option, "close")) head_.keep_alive = false;
      if (grammar::equals(option, "keep-alive") && head_.minor_version == 0) head_.keep_alive = true;
    });
  } else if (is("server-timing")) {
    if (head_.server_timing.empty()) head_.server_timing = field.value;
  } else if (is("content-type")) {
    head_.content_type = field.value;
  } else if (is("retry-after")) {
    head_.retry_after = field.value;
  } else if (is("location")) {
    head_.location = field.value;
  }
  return {};
}

// RFC 9112 section 6.3.
void ResponseParser::frame() {
  const bool none = head_request_ || head_.status == 204 || head_.status == 304;
  if (none || (head_.content_length && *head_.content_length == 0)) {
    at_ = At::done;
  } else if (head_.chunked) {
    at_ = At::chunked;
  } else if (head_.content_length) {
    at_ = At::counted;
    left_ = *head_.content_length;
  } else {
    at_ = At::until_close;
    head_.keep_alive = false;
  }
}

expected<std::size_t, ResponseError> ResponseParser::feed_chunked(std::string_view input) {
  const auto step = chunks_.next(input);
  if (step.kind == ChunkStep::bad) return unexpected(ResponseError{"bad chunk"});
  if (step.kind == ChunkStep::too_long) return unexpected(ResponseError{"trailers over the limit"});
  if (auto kept = keep(step.data); !kept) return unexpected(kept.error());
  if (step.kind == ChunkStep::end) at_ = At::done;
  return step.consumed;
}

expected<void, ResponseError> ResponseParser::keep(std::string_view data) {
  body_size_ += data.size();
  if (body_size_ > limits_.max_body) return unexpected(ResponseError{"body over the limit"});
  if (body_.size() < limits_.keep_body) body_.append(data.substr(0, limits_.keep_body - body_.size()));
  return {};
}

expected<void, ResponseError> ResponseParser::finish() {
  if (at_ == At::done) return {};
  if (at_ == At::until_close) {
    at_ = At::done;
    return {};
  }
  if (at_ == At::head && text_.empty()) return unexpected(ResponseError{"closed without an answer"});
  return unexpected(ResponseError{"response cut off"});
}

std::string_view ResponseParser::field(std::string_view name) const noexcept {
  for (const auto& field : head_.fields) {
    if (grammar::equals(field.name, name)) return field.value;
  }
  return {};
}
}  // namespace headroom::http
