#pragma once
#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "io/fd.h"

namespace headroom::testing {
/// A server of one canned answer after another, on a port of its own; keeps the bodies it was sent. The last answer repeats.
/// "" closes the connection without a word; "hang" says nothing.
class CannedServer {
 public:
  explicit CannedServer(std::vector<std::string> answers) : answers_(std::move(answers)) {
    listener_ = io::Fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(::bind(listener_.get(), reinterpret_cast<sockaddr*>(&address), sizeof(address)), 0);
    EXPECT_EQ(::listen(listener_.get(), 16), 0);
    socklen_t size = sizeof(address);
    ::getsockname(listener_.get(), reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { serve(); });
  }
  ~CannedServer() {
    stopping_ = true;
    ::shutdown(listener_.get(), SHUT_RDWR);
    if (const int open = connection_; open >= 0) ::shutdown(open, SHUT_RDWR);
    thread_.join();
  }
  [[nodiscard]] std::string url() const { return "http://127.0.0.1:" + std::to_string(port_) + "/v1/traces"; }
  [[nodiscard]] std::vector<std::string> bodies() {
    const std::lock_guard lock(mutex_);
    return bodies_;
  }
  [[nodiscard]] std::string last_head() {
    const std::lock_guard lock(mutex_);
    return head_;
  }

 private:
  void serve() {
    while (!stopping_) {
      const io::Fd connection(::accept(listener_.get(), nullptr, nullptr));
      if (!connection) return;
      connection_ = connection.get();
      while (answer_one(connection.get())) {
      }
      connection_ = -1;
    }
  }
  bool answer_one(int connection) {
    std::string got;
    std::size_t head_end = 0, length = 0;
    std::array<char, 65536> piece;
    while (head_end == 0 || got.size() < head_end + length) {
      const ssize_t n = ::recv(connection, piece.data(), piece.size(), 0);
      if (n <= 0) return false;
      got.append(piece.data(), static_cast<std::size_t>(n));
      if (head_end == 0 && got.find("\r\n\r\n") != std::string::npos) {
        head_end = got.find("\r\n\r\n") + 4;
        const auto at = got.find("Content-Length: ");
        if (at != std::string::npos) length = std::stoul(got.substr(at + 16));
      }
    }
    std::string answer;
    {
      const std::lock_guard lock(mutex_);
      head_ = got.substr(0, head_end);
      answer = answers_[std::min(n_++, answers_.size() - 1)];
      if (answer.starts_with("HTTP/1.1 200")) bodies_.push_back(got.substr(head_end));
    }
    if (answer == "hang") return ::recv(connection, piece.data(), piece.size(), 0) > 0;
    return !answer.empty() && ::send(connection, answer.data(), answer.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(answer.size());
  }

  io::Fd listener_;
  std::uint16_t port_ = 0;
  std::vector<std::string> answers_;
  std::size_t n_ = 0;
  std::mutex mutex_;
  std::vector<std::string> bodies_;
  std::string head_;
  std::atomic<bool> stopping_{false};
  std::atomic<int> connection_{-1};
  std::thread thread_;
};
}  // namespace headroom::testing
