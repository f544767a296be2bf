// The client against a real TLS server: whom it trusts, and whom it does not.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <thread>

#include "io/http_client.h"
#include "io/socket.h"

namespace headroom::io {
namespace {
struct Free {
  void operator()(EVP_PKEY* key) const { ::EVP_PKEY_free(key); }
  void operator()(X509* certificate) const { ::X509_free(certificate); }
  void operator()(SSL_CTX* context) const { ::SSL_CTX_free(context); }
  void operator()(SSL* session) const { ::SSL_free(session); }
  void operator()(X509_EXTENSION* extension) const { ::X509_EXTENSION_free(extension); }
};
template <class T>
using Owned = std::unique_ptr<T, Free>;

/// A certificate that signs itself, good for one day. names: as in subjectAltName, "DNS:localhost,IP:127.0.0.1".
Owned<X509> self_signed(EVP_PKEY* key, const char* names) {
  Owned<X509> certificate(::X509_new());
  ::X509_set_version(certificate.get(), 2);
  ::ASN1_INTEGER_set(::X509_get_serialNumber(certificate.get()), 1);
  ::X509_gmtime_adj(::X509_getm_notBefore(certificate.get()), -3600);
  ::X509_gmtime_adj(::X509_getm_notAfter(certificate.get()), 86400);
  ::X509_set_pubkey(certificate.get(), key);
  X509_NAME* name = ::X509_get_subject_name(certificate.get());
  ::X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>("test"), -1, -1, 0);
  ::X509_set_issuer_name(certificate.get(), name);
  const Owned<X509_EXTENSION> alternatives(::X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, names));
  ::X509_add_ext(certificate.get(), alternatives.get(), -1);
  ::X509_sign(certificate.get(), key, ::EVP_sha256());
  return certificate;
}

/// Answers each connection's first request with 200 "over TLS"; a handshake that fails is the client's affair.
class TlsServer {
 public:
  explicit TlsServer(const char* names) : key_(::EVP_EC_gen("P-256")), certificate_(self_signed(key_.get(), names)) {
    context_.reset(::SSL_CTX_new(::TLS_server_method()));
    EXPECT_EQ(::SSL_CTX_use_certificate(context_.get(), certificate_.get()), 1);
    EXPECT_EQ(::SSL_CTX_use_PrivateKey(context_.get(), key_.get()), 1);
    listener_ = *listen_on("127.0.0.1", 0);
    ::fcntl(listener_.get(), F_SETFL, 0);  // blocking
    port_ = local_port(listener_.get());
    thread_ = std::thread([this] { serve(); });
  }
  ~TlsServer() {
    ::shutdown(listener_.get(), SHUT_RDWR);
    thread_.join();
    std::filesystem::remove(trust_file());
  }
  [[nodiscard]] HttpUrl url(const std::string& host) const { return {true, host, port_, "/v1/traces"}; }
  /// A PEM file with this server's certificate.
  [[nodiscard]] std::string trust_file() const {
    const std::string path = (std::filesystem::temp_directory_path() / ("headroom-tls-" + std::to_string(::getpid()) + ".pem")).string();
    std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "w"), &std::fclose);
    ::PEM_write_X509(file.get(), certificate_.get());
    return path;
  }

 private:
  void serve() {
    while (true) {
      const Fd connection(::accept(listener_.get(), nullptr, nullptr));
      if (!connection) return;
      const Owned<SSL> session(::SSL_new(context_.get()));
      ::SSL_set_fd(session.get(), connection.get());
      if (::SSL_accept(session.get()) != 1) continue;
      std::array<char, 4096> request{};
      if (::SSL_read(session.get(), request.data(), static_cast<int>(request.size())) <= 0) continue;
      const std::string answer = "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 8\r\n\r\nover TLS";
      ::SSL_write(session.get(), answer.data(), static_cast<int>(answer.size()));
      ::SSL_shutdown(session.get());
    }
  }
  Owned<EVP_PKEY> key_;
  Owned<X509> certificate_;
  Owned<SSL_CTX> context_;
  Fd listener_;
  std::uint16_t port_ = 0;
  std::thread thread_;
};

TEST(HttpClientTls, ATrustedServerAnswersByNameAndByAddress) {
  const TlsServer server("DNS:localhost,IP:127.0.0.1");
  for (const char* host : {"localhost", "127.0.0.1"}) {
    HttpClient client(server.url(host), {.certificates = server.trust_file()});
    const auto answer = client.exchange({});
    ASSERT_TRUE(answer) << host << ": " << answer.error().message;
    EXPECT_EQ(answer->status, 200);
    EXPECT_EQ(answer->body, "over TLS");
  }
}

TEST(HttpClientTls, AServerOfAnotherNameIsRefused) {
  const TlsServer server("DNS:collector.example");
  HttpClient client(server.url("127.0.0.1"), {.certificates = server.trust_file()});
  const auto answer = client.exchange({});
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().message, "certificate verify failed");
}

TEST(HttpClientTls, AServerThatNobodyVouchesForIsRefused) {
  const TlsServer server("DNS:localhost,IP:127.0.0.1");
  HttpClient client(server.url("127.0.0.1"));
  const auto answer = client.exchange({});
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().message, "certificate verify failed");
}

TEST(HttpClientTls, AFileThatHoldsNoCertificateIsTrouble) {
  const TlsServer server("IP:127.0.0.1");
  HttpClient client(server.url("127.0.0.1"), {.certificates = "/dev/null"});
  EXPECT_FALSE(client.exchange({}));
}

TEST(HttpClientTls, PlainHttpToATlsPortIsTrouble) {
  const TlsServer server("IP:127.0.0.1");
  auto plain = server.url("127.0.0.1");
  plain.tls = false;
  HttpClient client(plain);
  EXPECT_FALSE(client.exchange({}));
}
}  // namespace
}  // namespace headroom::io
