// A client for one HTTP server at a time: OTLP delivery, the Kubernetes API. Waits in the calling thread; not the load generator's.
#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/expected.h"
#include "base/time.h"

namespace headroom::io {
struct HttpUrl {
  bool tls = false;
  std::string host;    // a name or an address, IPv6 without its brackets
  std::uint16_t port = 80;
  std::string target = "/";
};
/// "http://host[:port][/path][?query]" or https; no user, no fragment. The error is a clause: "'ftp://x' is no http:// or https:// URL".
[[nodiscard]] expected<HttpUrl, std::string> parse_http_url(std::string_view text);

struct HttpClientOptions {
  std::string certificates;               // PEM file of trusted authorities; "" = the system's
  std::size_t max_head = 32U << 10U;
  std::size_t max_body = 1U << 20U;       // of an answer
};

struct HttpAsk {
  std::string method = "GET";
  std::string target;                     // "" = the URL's own
  std::vector<std::pair<std::string, std::string>> headers;  // names and values without line ends (CHECKed)
  std::string content_type;
  std::string body;
  Duration timeout = std::chrono::seconds(10);  // for everything: resolving, connecting, TLS, sending, the whole answer
};
struct HttpAnswer {
  int status = 0;
  std::string body;
  std::string retry_after;
};
struct HttpTrouble {
  std::string message;  // "connection refused", "timed out", "certificate verify failed"
};

/// Keeps one connection open between calls and makes a new one when that is gone. One thread calls exchange(); any thread cancel().
/// Nothing of OpenSSL is touched unless the URL is https.
class HttpClient {
 public:
  explicit HttpClient(HttpUrl url, HttpClientOptions options = {});
  ~HttpClient();
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;

  /// Any status is an answer. Redirects are not followed.
  [[nodiscard]] expected<HttpAnswer, HttpTrouble> exchange(const HttpAsk& ask);
  /// Ends the exchange that is going on, and every later one, with trouble "cancelled".
  void cancel();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};
}  // namespace headroom::io
