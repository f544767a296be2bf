#include "http/response.h"

#include <gtest/gtest.h>

#include <string>

namespace headroom::http {
namespace {
struct Taken {
  int status = 0;
  std::string body;
  bool keep_alive = false;
  std::string error;  // of feed or finish
};

// Feeds `bytes` in pieces of `step` bytes, then closes.
Taken take(std::string_view bytes, std::size_t step, bool head_request = false) {
  ResponseParser parser({.max_head = 1000, .max_fields = 10, .max_body = 1000, .keep_body = 100});
  parser.start(head_request);
  while (!bytes.empty() && !parser.done()) {
    const auto piece = bytes.substr(0, step);
    const auto count = parser.feed(piece);
    if (!count) return {0, "", false, count.error().reason};
    bytes.remove_prefix(*count);
    if (*count < piece.size()) break;
  }
  if (const auto end = parser.finish(); !end) return {0, "", false, end.error().reason};
  return {parser.head().status, std::string(parser.body()), parser.head().keep_alive, ""};
}

struct Row {
  const char* name;
  std::string bytes;
  int status;
  std::string body;
  bool keep_alive;
  const char* error;
};
class Response : public testing::TestWithParam<Row> {};
TEST_P(Response, IsTheSameHoweverItsBytesAreCut) {
  const Row& row = GetParam();
  for (const std::size_t step : {std::size_t{1}, std::size_t{2}, std::size_t{7}, std::size_t{100000}}) {
    const Taken taken = take(row.bytes, step);
    EXPECT_EQ(taken.error, row.error) << row.name << " in steps of " << step;
    if (*row.error != '\0') continue;
    EXPECT_EQ(taken.status, row.status) << row.name;
    EXPECT_EQ(taken.body, row.body) << row.name;
    EXPECT_EQ(taken.keep_alive, row.keep_alive) << row.name;
  }
}
INSTANTIATE_TEST_SUITE_P(Table, Response, testing::Values(
    Row{"counted", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi", 200, "hi", true, ""},
    Row{"empty", "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n", 200, "", true, ""},
    Row{"next one's bytes stay", "HTTP/1.1 404 Not Found\r\nContent-Length: 1\r\n\r\nxHTTP/1.1 200", 404, "x", true, ""},
    Row{"close", "HTTP/1.1 200 OK\r\nConnection: a, Close\r\nContent-Length: 1\r\n\r\nx", 200, "x", false, ""},
    Row{"1.0", "HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\nx", 200, "x", false, ""},
    Row{"1.0 keep-alive", "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 1\r\n\r\nx", 200, "x", true, ""},
    Row{"until close", "HTTP/1.1 200 OK\r\n\r\nabc", 200, "abc", false, ""},
    Row{"chunked", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3;a=b\r\nabc\r\n02\r\nde\r\n0\r\nX: y\r\n\r\n", 200, "abcde", true, ""},
    Row{"100 first", "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx", 200, "x", true, ""},
    Row{"204 has no body", "HTTP/1.1 204 No Content\r\n\r\n", 204, "", true, ""},
    Row{"body kept up to keep_body", "HTTP/1.1 200 OK\r\nContent-Length: 150\r\n\r\n" + std::string(150, 'a'), 200, std::string(100, 'a'), true, ""},
    Row{"nothing", "", 0, "", false, "closed without an answer"},
    Row{"cut in the head", "HTTP/1.1 200 OK\r\nConte", 0, "", false, "response cut off"},
    Row{"cut in the body", "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nab", 0, "", false, "response cut off"},
    Row{"not HTTP", "SSH-2.0-OpenSSH\r\n\r\n", 0, "", false, "not an HTTP response"},
    Row{"bad status", "HTTP/1.1 2x0 OK\r\n\r\n", 0, "", false, "bad status line"},
    Row{"no colon", "HTTP/1.1 200 OK\r\nnonsense\r\n\r\n", 0, "", false, "bad header line"},
    Row{"lengths differ", "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", 0, "", false, "bad Content-Length"},
    Row{"both framings", "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", 0, "", false,
        "both Content-Length and Transfer-Encoding"},
    Row{"bad chunk", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", 0, "", false, "bad chunk"},
    Row{"endless head", "HTTP/1.1 200 OK\r\nX: " + std::string(2000, 'a'), 0, "", false, "head over the limit"},
    Row{"long body", "HTTP/1.1 200 OK\r\n\r\n" + std::string(1001, 'a'), 0, "", false, "body over the limit"}));

TEST(Response, ToHeadHasNoBodyWhateverItsLengthSays) {
  EXPECT_EQ(take("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", 3, true).error, "");
}

TEST(Response, ParserIsReusedForTheNext) {
  ResponseParser parser;
  for (const char* body : {"one", "two"}) {
    parser.start();
    const std::string bytes = std::string("HTTP/1.1 200 OK\r\nServer-Timing: predict;dur=1.5\r\nContent-Length: 3\r\n\r\n") + body;
    ASSERT_EQ(parser.feed(bytes).value(), bytes.size());
    EXPECT_TRUE(parser.done());
    EXPECT_EQ(parser.body(), body);
    EXPECT_EQ(parser.head().server_timing, "predict;dur=1.5");
    EXPECT_EQ(parser.field("content-length"), "3");
  }
}
}  // namespace
}  // namespace headroom::http
