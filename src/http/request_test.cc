#include "http/request.h"

#include <gtest/gtest.h>

#include <ostream>
#include <string>

#include "http/chunked.h"
#include "http/reply.h"

namespace headroom::http {
namespace {
constexpr Limits kLimits{.max_head = 400, .max_fields = 6, .max_body = 1000};

// The status that refuses the head, 200 if it is accepted, 0 if it is incomplete.
int verdict(const std::string& bytes, Head* head = nullptr) {
  HeadScanner scanner;
  const auto size = scanner.scan(bytes, kLimits);
  if (!size) return size.error().status;
  if (*size == 0) return 0;
  Head own;
  const auto parsed = parse_head(std::string_view(bytes).substr(0, *size), kLimits, head ? *head : own);
  return parsed ? 200 : parsed.error().status;
}

struct Row {
  const char* name;
  std::string bytes;
  int verdict;
  friend void PrintTo(const Row& row, std::ostream* out) { *out << row.name; }
};
std::string get(const std::string& lines) { return "GET /health HTTP/1.1\r\nHost: a\r\n" + lines + "\r\n"; }
std::string line(const std::string& request_line) { return request_line + "\r\nHost: a\r\n\r\n"; }

class RequestHead : public testing::TestWithParam<Row> {};
TEST_P(RequestHead, GetsItsVerdict) { EXPECT_EQ(verdict(GetParam().bytes), GetParam().verdict); }
INSTANTIATE_TEST_SUITE_P(Table, RequestHead, testing::Values(
    Row{"plain", get(""), 200},
    Row{"incomplete", "GET /health HTTP/1.1\r\nHost: a\r\n", 0},
    Row{"1.0 without host", "GET / HTTP/1.0\r\n\r\n", 200},
    Row{"1.2 is read as 1.1", line("GET / HTTP/1.2"), 200},
    Row{"absolute form", line("GET http://a.example/health?x=1 HTTP/1.1"), 200},
    Row{"options star", line("OPTIONS * HTTP/1.1"), 200},
    Row{"empty value", get("X-A:\r\n"), 200},
    Row{"high bytes in a value", get("X-A: \xff\r\n"), 200},
    Row{"star for get", line("GET * HTTP/1.1"), 400},
    Row{"no version", "GET /\r\n\r\n", 400},
    Row{"two spaces", line("GET  / HTTP/1.1"), 400},
    Row{"space in the target", line("GET /a b HTTP/1.1"), 400},
    Row{"tab", line("GET\t/\tHTTP/1.1"), 400},
    Row{"lower-case http", line("GET / http/1.1"), 400},
    Row{"HTTP/11", line("GET / HTTP/11"), 400},
    Row{"HTTP/2", line("PRI * HTTP/2.0"), 505},
    Row{"broken percent code", line("GET /%zz HTTP/1.1"), 400},
    Row{"cut percent code", line("GET /%2 HTTP/1.1"), 400},
    Row{"percent zero", line("GET /a%00 HTTP/1.1"), 400},
    Row{"nul in the target", line(std::string("GET /a\0b HTTP/1.1", 17)), 400},
    Row{"TLS hello", "\x16\x03\x01", 400},
    Row{"bare line feeds", "GET / HTTP/1.1\nHost: a\n\n", 400},
    Row{"bare line feed in a field", get("X-A: a\nX-B: b\r\n"), 400},
    Row{"bare carriage return", get("X-A: a\rb\r\n"), 400},
    Row{"folded", get("X-A: a\r\n b\r\n"), 400},
    Row{"space before the colon", get("X-A : b\r\n"), 400},
    Row{"no colon", get("garbage\r\n"), 400},
    Row{"no name", get(": b\r\n"), 400},
    Row{"nul in a value", get(std::string("X-A: a\0b\r\n", 10)), 400},
    Row{"host missing", "GET / HTTP/1.1\r\n\r\n", 400},
    Row{"host twice", get("Host: b\r\n"), 400},
    Row{"host with a path", "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", 400},
    Row{"length twice, even the same", get("Content-Length: 3\r\nContent-Length: 3\r\n"), 400},
    Row{"length list", get("Content-Length: 3, 3\r\n"), 400},
    Row{"signed length", get("Content-Length: +3\r\n"), 400},
    Row{"hex length", get("Content-Length: 0x3\r\n"), 400},
    Row{"empty length", get("Content-Length:\r\n"), 400},
    Row{"length beyond 64 bits", get("Content-Length: 18446744073709551617\r\n"), 400},
    Row{"length over the limit", get("Content-Length: 1001\r\n"), 413},
    Row{"length and chunked", get("Content-Length: 3\r\nTransfer-Encoding: chunked\r\n"), 400},
    Row{"chunked twice", get("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"), 400},
    Row{"chunked in 1.0", "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", 400},
    Row{"quoted coding", get("Transfer-Encoding: \"chunked\"\r\n"), 501},
    Row{"gzip before chunked", get("Transfer-Encoding: gzip, chunked\r\n"), 501},
    Row{"other expectation", get("Expect: the-moon\r\n"), 417},
    Row{"many fields", get("A: b\r\nA: b\r\nA: b\r\nA: b\r\nA: b\r\nA: b\r\n"), 431},
    Row{"long head", get("X-A: " + std::string(400, 'a') + "\r\n"), 431},
    Row{"long target", "GET /" + std::string(400, 'a'), 414}));

TEST(RequestHead, TellsWhatAServerNeeds) {
  Head head;
  const std::string bytes =
      "POST http://h/predict?a=b HTTP/1.1\r\nhost: h\r\nCONTENT-LENGTH: 7\r\nContent-Type:  application/json \r\n"
      "Connection: foo, CLOSE\r\nX-Other: y\r\n\r\n";
  ASSERT_EQ(verdict(bytes, &head), 200);
  EXPECT_EQ(head.method, Method::post);
  EXPECT_EQ(head.path, "/predict");
  EXPECT_EQ(head.query, "a=b");
  EXPECT_EQ(head.content_length, 7U);
  EXPECT_EQ(head.content_type, "application/json");
  EXPECT_FALSE(head.keep_alive);
  EXPECT_EQ(head.field("x-other"), "y");
  EXPECT_EQ(head.field("x-absent"), "");
}

struct Chunks {
  const char* name;
  std::string bytes;
  std::string body;
  ChunkStep end;
  friend void PrintTo(const Chunks& row, std::ostream* out) { *out << row.name; }
};
class Chunked : public testing::TestWithParam<Chunks> {};
TEST_P(Chunked, IsUndoneOrRefused) {
  for (const std::size_t step : {std::size_t{1}, std::size_t{3}, std::size_t{1000000}}) {
    ChunkDecoder decoder;
    std::string body;
    ChunkStep end = ChunkStep::more;
    std::string_view rest = GetParam().bytes;
    while (!rest.empty() && (end == ChunkStep::more || end == ChunkStep::data)) {
      const auto next = decoder.next(rest.substr(0, step));
      body += next.data;
      end = next.kind;
      rest.remove_prefix(next.consumed);
    }
    EXPECT_EQ(end, GetParam().end) << step;
    if (end == ChunkStep::end) {
      EXPECT_EQ(body, GetParam().body) << step;
    }
  }
}
INSTANTIATE_TEST_SUITE_P(Table, Chunked, testing::Values(
    Chunks{"one", "3\r\nabc\r\n0\r\n\r\n", "abc", ChunkStep::end},
    Chunks{"two, zeros before", "003\r\nabc\r\nA\r\n0123456789\r\n0\r\n\r\n", "abc0123456789", ChunkStep::end},
    Chunks{"extensions and trailers are read over", "3;a=b\r\nabc\r\n0;c\r\nX: y\r\n\r\n", "abc", ChunkStep::end},
    Chunks{"no size", "\r\nabc", "", ChunkStep::bad},
    Chunks{"negative", "-1\r\n", "", ChunkStep::bad},
    Chunks{"0x", "0x3\r\nabc\r\n", "", ChunkStep::bad},
    Chunks{"beyond 64 bits", "ffffffffffffffffff\r\n", "", ChunkStep::bad},
    Chunks{"endless zeros", std::string(100, '0'), "", ChunkStep::bad},
    Chunks{"line feed alone", "3\nabc\n0\n\n", "", ChunkStep::bad},
    Chunks{"space after the size", "3 \r\nabc\r\n", "", ChunkStep::bad},
    Chunks{"data too long", "3\r\nabcd\r\n", "", ChunkStep::bad},
    Chunks{"endless extension", "3;" + std::string(5000, 'a'), "", ChunkStep::too_long},
    Chunks{"endless trailers", "0\r\nX: " + std::string(9000, 'a'), "", ChunkStep::too_long}));

TEST(Reply, ProblemIsJsonWhateverTheDetail) {
  ByteBuffer out;
  append_problem(out, 422, "a \"b\"\n\xff", R"([{"loc":["x"]}])");
  EXPECT_EQ(out.view(), "{\"type\":\"about:blank\",\"title\":\"Unprocessable Content\",\"status\":422,"
                        "\"detail\":\"a \\\"b\\\"\\u000a\xef\xbf\xbd\",\"errors\":[{\"loc\":[\"x\"]}]}");
}

TEST(Reply, HeadHasTheUsualFields) {
  ByteBuffer out;
  std::array<char, kDateSize> date{};
  write_date(date, WallTime(std::chrono::seconds(784'111'777)));
  ReplyHead head;
  head.status = 404;
  head.close = true;
  head.content_type = "text/plain";
  head.content_length = 12;
  head.date = {date.data(), date.size()};
  head.lines = "X-A: b\r\n";
  append_head(out, head);
  EXPECT_EQ(out.view(), "HTTP/1.1 404 Not Found\r\nContent-Type: text/plain\r\nContent-Length: 12\r\n"
                        "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\nConnection: close\r\nX-A: b\r\n\r\n");
}
}  // namespace
}  // namespace headroom::http
