#include "io/http_client.h"

#include <algorithm>
#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl.hpp>
#include <functional>
#include <optional>

#include "base/check.h"

namespace headroom::io {
namespace asio = boost::asio;
namespace beast = boost::beast;
namespace bhttp = boost::beast::http;
using Code = boost::system::error_code;
using Tls = beast::ssl_stream<beast::tcp_stream>;

namespace {
std::string words(const Code& code) {
  if (code == beast::error::timeout) return "timed out";
  if (code == asio::error::operation_aborted) return "cancelled";
  if (code == asio::error::connection_refused) return "connection refused";
  if (code == bhttp::error::end_of_stream || code == asio::error::eof || code == asio::ssl::error::stream_truncated) {
    return "the server closed the connection without an answer";
  }
  if (code == bhttp::error::body_limit || code == bhttp::error::header_limit) return "the answer is over the size limit";
  std::string text = code.message();
  if (const auto cut = text.find(" (SSL routines"); cut != std::string::npos) text.resize(cut);
  return text;
}
bool one_line(std::string_view text) { return text.find_first_of(std::string_view("\r\n\0", 3)) == std::string_view::npos; }
}  // namespace

struct HttpClient::Impl {
  Impl(HttpUrl where, HttpClientOptions limits) : url(std::move(where)), options(std::move(limits)) {}

  /// Starts one operation and runs the loop until it has ended or cancel() came.
  template <class Start>
  Code wait(Start start) {
    Code result = asio::error::operation_aborted;
    loop.restart();
    start([&result](Code code, auto&&...) { result = code; });
    loop.run();
    return result;
  }
  beast::tcp_stream& socket() { return tls ? beast::get_lowest_layer(*tls) : *plain; }
  [[nodiscard]] bool connected() const { return tls || plain; }
  void drop() {
    tls.reset();
    plain.reset();
  }

  Code connect(Duration timeout);
  Code open_tls(beast::tcp_stream stream);
  Code send_and_read(const bhttp::request<bhttp::string_body>& request, bhttp::response_parser<bhttp::string_body>& parser);
  template <class Stream>
  Code send_and_read_on(Stream& stream, const bhttp::request<bhttp::string_body>& request,
                        bhttp::response_parser<bhttp::string_body>& parser);
  [[nodiscard]] bhttp::request<bhttp::string_body> request_of(const HttpAsk& ask) const;

  const HttpUrl url;
  const HttpClientOptions options;
  std::atomic<bool> cancelled{false};
  asio::io_context loop{1};
  std::optional<asio::ssl::context> trust;  // made with the first https connection
  std::optional<Tls> tls;
  std::optional<beast::tcp_stream> plain;
  beast::flat_buffer buffer;
};

Code HttpClient::Impl::connect(Duration timeout) {
  asio::ip::tcp::resolver resolver(loop);
  asio::ip::tcp::resolver::results_type found;
  Code code = asio::error::timed_out;
  loop.restart();
  resolver.async_resolve(url.host, std::to_string(url.port), [&](Code resolved, auto results) {
    code = resolved;
    found = std::move(results);
  });
  loop.run_for(timeout);
  if (code == asio::error::timed_out) {
    resolver.cancel();
    loop.restart();
    loop.run();  // the handler borrows this frame
    return beast::error::timeout;
  }
  if (code) return code;
  beast::tcp_stream stream(loop);
  stream.expires_after(timeout);
  code = wait([&](auto done) { stream.async_connect(found, done); });
  if (code) return code;
  Code ignored;
  stream.socket().set_option(asio::ip::tcp::no_delay(true), ignored);
  buffer.clear();
  if (url.tls) return open_tls(std::move(stream));
  plain.emplace(std::move(stream));
  return {};
}

Code HttpClient::Impl::open_tls(beast::tcp_stream stream) {
  Code code;
  if (!trust) {
    trust.emplace(asio::ssl::context::tls_client);
    trust->set_options(asio::ssl::context::no_tlsv1 | asio::ssl::context::no_tlsv1_1);
    if (options.certificates.empty()) trust->set_default_verify_paths(code);
    else trust->load_verify_file(options.certificates, code);
    if (code) {
      trust.reset();
      return code;
    }
    trust->set_verify_mode(asio::ssl::verify_peer);
  }
  tls.emplace(std::move(stream), *trust);
  tls->set_verify_callback(asio::ssl::host_name_verification(url.host));
  Code not_an_address;
  asio::ip::make_address(url.host, not_an_address);
  if (not_an_address) SSL_set_tlsext_host_name(tls->native_handle(), url.host.c_str());
  return wait([&](auto done) { tls->async_handshake(asio::ssl::stream_base::client, done); });
}

bhttp::request<bhttp::string_body> HttpClient::Impl::request_of(const HttpAsk& ask) const {
  bhttp::request<bhttp::string_body> request;
  request.version(11);
  request.method_string(ask.method);
  request.target(ask.target.empty() ? url.target : ask.target);
  const bool usual = url.port == (url.tls ? 443 : 80);
  const std::string host = url.host.find(':') == std::string::npos ? url.host : "[" + url.host + "]";
  request.set(bhttp::field::host, usual ? host : host + ":" + std::to_string(url.port));
  request.set(bhttp::field::user_agent, "headroom");
  if (!ask.content_type.empty()) request.set(bhttp::field::content_type, ask.content_type);
  for (const auto& [name, value] : ask.headers) {
    CHECK(one_line(name) && one_line(value));
    request.set(name, value);
  }
  request.body() = ask.body;
  request.prepare_payload();
  return request;
}

// Beast 1.74 lets a counted body pass its limit, so the count is looked at before the body is read.
template <class Stream>
Code HttpClient::Impl::send_and_read_on(Stream& stream, const bhttp::request<bhttp::string_body>& request,
                                        bhttp::response_parser<bhttp::string_body>& parser) {
  if (const Code code = wait([&](auto done) { bhttp::async_write(stream, request, done); })) return code;
  if (const Code code = wait([&](auto done) { bhttp::async_read_header(stream, buffer, parser, done); })) return code;
  const auto counted = parser.content_length();
  if (counted && *counted > options.max_body) return bhttp::error::body_limit;
  return wait([&](auto done) { bhttp::async_read(stream, buffer, parser, done); });
}

Code HttpClient::Impl::send_and_read(const bhttp::request<bhttp::string_body>& request,
                                     bhttp::response_parser<bhttp::string_body>& parser) {
  parser.header_limit(static_cast<std::uint32_t>(options.max_head));
  parser.body_limit(options.max_body);
  return tls ? send_and_read_on(*tls, request, parser) : send_and_read_on(*plain, request, parser);
}

HttpClient::HttpClient(HttpUrl url, HttpClientOptions options) : impl_(std::make_unique<Impl>(std::move(url), std::move(options))) {}
HttpClient::~HttpClient() = default;

expected<HttpAnswer, HttpTrouble> HttpClient::exchange(const HttpAsk& ask) {
  const auto request = impl_->request_of(ask);
  const auto trouble = [this](const Code& code) {
    impl_->drop();
    return unexpected(HttpTrouble{impl_->cancelled ? "cancelled" : words(code)});
  };
  for (bool reused = impl_->connected();; reused = false) {
    if (impl_->cancelled) return unexpected(HttpTrouble{"cancelled"});
    if (!impl_->connected()) {
      if (const Code code = impl_->connect(ask.timeout)) return trouble(code);
    }
    impl_->socket().expires_after(ask.timeout);
    bhttp::response_parser<bhttp::string_body> parser;
    const Code code = impl_->send_and_read(request, parser);
    // A kept connection may have been closed since: that says nothing about the server, so try once more on a new one.
    if (code && reused && !parser.got_some() && code != beast::error::timeout) {
      impl_->drop();
      continue;
    }
    if (code) return trouble(code);
    auto& response = parser.get();
    HttpAnswer answer{response.result_int() > 999 ? 0 : static_cast<int>(response.result_int()), std::move(response.body()),
                      std::string(response[bhttp::field::retry_after])};
    if (!response.keep_alive()) impl_->drop();
    return answer;
  }
}

void HttpClient::cancel() {
  impl_->cancelled = true;
  asio::post(impl_->loop, [impl = impl_.get()] {
    if (impl->connected()) impl->socket().cancel();
  });
}
}  // namespace headroom::io
