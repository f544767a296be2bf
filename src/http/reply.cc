#include "http/reply.h"

#include <chrono>
#include <cstring>

namespace headroom::http {
namespace {
// Length of the UTF-8 sequence at the front of `text`, 0 if there is none. Table 3-7 of the Unicode standard.
std::size_t utf8_length(std::string_view text) {
  const auto byte = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U; };
  const auto tail = [&](std::size_t i) { return (byte(i) & 0xc0U) == 0x80U; };
  const unsigned first = byte(0);
  if (first < 0x80) return 1;
  if (first >= 0xc2 && first <= 0xdf) return tail(1) ? 2 : 0;
  if (first >= 0xe0 && first <= 0xef) {
    const bool in_range = (first != 0xe0 || byte(1) >= 0xa0) && (first != 0xed || byte(1) <= 0x9f);
    return in_range && tail(1) && tail(2) ? 3 : 0;
  }
  if (first >= 0xf0 && first <= 0xf4) {
    const bool in_range = (first != 0xf0 || byte(1) >= 0x90) && (first != 0xf4 || byte(1) <= 0x8f);
    return in_range && tail(1) && tail(2) && tail(3) ? 4 : 0;
  }
  return 0;
}
}  // namespace

std::string_view phrase(std::uint16_t status) {
  switch (status) {
    case 200: return "OK";
    case 204: return "No Content";
    case 400: return "Bad Request";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 408: return "Request Timeout";
    case 411: return "Length Required";
    case 413: return "Content Too Large";
    case 414: return "URI Too Long";
    case 415: return "Unsupported Media Type";
    case 417: return "Expectation Failed";
    case 422: return "Unprocessable Content";
    case 429: return "Too Many Requests";
    case 431: return "Request Header Fields Too Large";
    case 500: return "Internal Server Error";
    case 501: return "Not Implemented";
    case 503: return "Service Unavailable";
    case 505: return "HTTP Version Not Supported";
    default: return "Status";
  }
}

void write_date(std::span<char, kDateSize> out, WallTime time) {
  using std::chrono::days, std::chrono::floor, std::chrono::hh_mm_ss, std::chrono::weekday, std::chrono::year_month_day;
  static constexpr std::string_view kDays = "SunMonTueWedThuFriSat";
  static constexpr std::string_view kMonths = "JanFebMarAprMayJunJulAugSepOctNovDec";
  const auto day = floor<days>(time);
  const year_month_day date{day};
  const hh_mm_ss clock{floor<std::chrono::seconds>(time - day)};
  std::memcpy(out.data(), "Sun, 06 Nov 1994 08:49:37 GMT", kDateSize);
  const auto two = [&](std::size_t at, unsigned value) {
    out[at] = static_cast<char>('0' + value / 10 % 10);
    out[at + 1] = static_cast<char>('0' + value % 10);
  };
  std::memcpy(&out[0], &kDays[weekday(day).c_encoding() * 3], 3);
  two(5, static_cast<unsigned>(date.day()));
  std::memcpy(&out[8], &kMonths[(static_cast<unsigned>(date.month()) - 1) * 3], 3);
  const auto year = static_cast<unsigned>(static_cast<int>(date.year()));
  two(12, year / 100);
  two(14, year % 100);
  two(17, static_cast<unsigned>(clock.hours().count()));
  two(20, static_cast<unsigned>(clock.minutes().count()));
  two(23, static_cast<unsigned>(clock.seconds().count()));
}

void append_head(ByteBuffer& out, const ReplyHead& head) {
  if (head.status == 200) {
    out.append("HTTP/1.1 200 OK\r\n");
  } else {
    out.append("HTTP/1.1 ");
    out.append_number(head.status);
    out.append(' ');
    out.append(phrase(head.status));
    out.append("\r\n");
  }
  if (!head.content_type.empty()) {
    out.append("Content-Type: ");
    out.append(head.content_type);
    out.append("\r\n");
  }
  if (head.status != 204) {
    out.append("Content-Length: ");
    out.append_number(head.content_length);
    out.append("\r\n");
  }
  out.append("Date: ");
  out.append(head.date);
  out.append("\r\n");
  if (head.close) out.append("Connection: close\r\n");
  else if (head.keep_alive_1_0) out.append("Connection: keep-alive\r\n");
  out.append(head.lines);
  out.append("\r\n");
}

void append_escaped(ByteBuffer& out, std::string_view text) {
  static constexpr std::string_view kHex = "0123456789abcdef";
  while (!text.empty()) {
    const char c = text.front();
    const std::size_t length = utf8_length(text);
    if (length == 0) {
      out.append("\xef\xbf\xbd");
    } else if (c == '"' || c == '\\') {
      out.append('\\');
      out.append(c);
    } else if (static_cast<unsigned char>(c) < 0x20) {
      out.append("\\u00");
      out.append(kHex[static_cast<unsigned char>(c) >> 4U]);
      out.append(kHex[static_cast<unsigned char>(c) & 15U]);
    } else {
      out.append(text.substr(0, length));
    }
    text.remove_prefix(length == 0 ? 1 : length);
  }
}

void append_problem(ByteBuffer& out, std::uint16_t status, std::string_view detail, std::string_view errors) {
  out.append(R"({"type":"about:blank","title":")");
  out.append(phrase(status));
  out.append(R"(","status":)");
  out.append_number(status);
  out.append(R"(,"detail":")");
  append_escaped(out, detail);
  out.append('"');
  if (!errors.empty()) {
    out.append(R"(,"errors":)");
    out.append(errors);
  }
  out.append('}');
}
}  // namespace headroom::http
