// Our request heads beside those of Boost.Beast's basic_parser, with callbacks that keep the same fields and copy nothing.
#include "http/request.h"

#include <benchmark/benchmark.h>

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/basic_parser.hpp>
#include <string_view>

namespace headroom::http {
namespace {
namespace bhttp = boost::beast::http;

constexpr std::string_view kSmall =
    "POST /predict HTTP/1.1\r\nHost: localhost:8000\r\nContent-Type: application/json\r\nContent-Length: 32\r\n\r\n";
constexpr std::string_view kBrowser =
    "POST /predict HTTP/1.1\r\nHost: localhost:8000\r\nUser-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0\r\n"
    "Accept: */*\r\nAccept-Language: en-GB,en;q=0.5\r\nAccept-Encoding: gzip, deflate, br\r\nReferer: http://localhost:8000/docs\r\n"
    "Content-Type: application/json\r\nContent-Length: 32\r\nOrigin: http://localhost:8000\r\nConnection: keep-alive\r\n"
    "traceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01\r\n\r\n";

std::string_view text(std::int64_t which) { return which == 0 ? kSmall : kBrowser; }

void BM_RequestHead(benchmark::State& state) {
  const auto bytes = text(state.range(0));
  const Limits limits;
  Head head;
  for (auto _ : state) {
    HeadScanner scanner;
    const auto size = scanner.scan(bytes, limits);
    if (!size || !parse_head(bytes.substr(0, *size), limits, head)) state.SkipWithError("refused");
    benchmark::DoNotOptimize(head);
  }
}
BENCHMARK(BM_RequestHead)->ArgName("browser")->Arg(0)->Arg(1);

class BeastHead final : public bhttp::basic_parser<true> {
 public:
  Head head;

 private:
  using Error = boost::system::error_code;
  using Text = boost::beast::string_view;
  static std::string_view view(Text text) { return {text.data(), text.size()}; }
  void on_request_impl(bhttp::verb, Text method, Text target, int version, Error&) override {
    head.method_name = view(method);
    head.path = view(target);
    head.minor_version = static_cast<std::uint8_t>(version % 10);
  }
  void on_field_impl(bhttp::field name, Text, Text value, Error&) override {
    switch (name) {
      case bhttp::field::host: head.host = view(value); break;
      case bhttp::field::content_type: head.content_type = view(value); break;
      case bhttp::field::content_encoding: head.content_encoding = view(value); break;
      case bhttp::field::accept: head.accept = view(value); break;
      case bhttp::field::origin: head.origin = view(value); break;
      default: break;
    }
  }
  void on_response_impl(int, Text, int, Error&) override {}
  void on_header_impl(Error&) override {}
  void on_body_init_impl(boost::optional<std::uint64_t> const&, Error&) override {}
  std::size_t on_body_impl(Text body, Error&) override { return body.size(); }
  void on_chunk_header_impl(std::uint64_t, Text, Error&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t, Text body, Error&) override { return body.size(); }
  void on_finish_impl(Error&) override {}
};

void BM_RequestHeadOfBeast(benchmark::State& state) {
  const auto bytes = text(state.range(0));
  for (auto _ : state) {
    BeastHead parser;
    boost::system::error_code error;
    parser.put(boost::asio::buffer(bytes.data(), bytes.size()), error);
    if (error || !parser.is_header_done()) state.SkipWithError("refused");
    benchmark::DoNotOptimize(parser.head);
  }
}
BENCHMARK(BM_RequestHeadOfBeast)->ArgName("browser")->Arg(0)->Arg(1);
}  // namespace
}  // namespace headroom::http
