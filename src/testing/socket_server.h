// A server of one line of code: a function that answers on the bare socket, well or badly. For tests of clients.
#pragma once
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "io/fd.h"
#include "io/socket.h"

namespace headroom::testing {
/// Accepts on a free port; a thread for each connection calls `answer(socket, request number on this connection)` after each
/// request head (and its counted body) until that returns false.
class SocketServer {
 public:
  using Answer = std::function<bool(int socket, int number)>;
  explicit SocketServer(Answer answer) : answer_(std::move(answer)) {
    auto listener = io::listen_on("127.0.0.1", 0);
    listener_ = std::move(*listener);
    port_ = io::local_port(listener_.get());
    ::fcntl(listener_.get(), F_SETFL, 0);
    acceptor_ = std::thread([this] { accept_all(); });
  }
  ~SocketServer() {
    ::shutdown(listener_.get(), SHUT_RDWR);
    acceptor_.join();
    {
      const std::lock_guard lock(mutex_);
      for (const int socket : sockets_) ::shutdown(socket, SHUT_RDWR);
    }
    for (auto& thread : threads_) thread.join();
    for (const int socket : sockets_) ::close(socket);
  }
  [[nodiscard]] std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }
  [[nodiscard]] int requests() const { return requests_; }
  [[nodiscard]] int connections() const { return connections_; }
  /// Waits until so many requests have come; a minute is a hang.
  [[nodiscard]] bool has_seen(int requests) {
    std::unique_lock lock(mutex_);
    return seen_.wait_for(lock, std::chrono::seconds(60), [&] { return requests_ >= requests; });
  }
  [[nodiscard]] std::string last_request() {
    const std::lock_guard lock(mutex_);
    return last_;
  }

 private:
  void accept_all() {
    while (true) {
      const int socket = ::accept(listener_.get(), nullptr, nullptr);
      if (socket < 0) return;
      ++connections_;
      const std::lock_guard lock(mutex_);
      sockets_.push_back(socket);
      threads_.emplace_back([this, socket] { serve(socket); });
    }
  }
  void serve(int socket) {
    std::string text;
    char buffer[8192];
    for (int number = 1;; ++number) {
      std::size_t end = 0;
      while (true) {
        end = text.find("\r\n\r\n");
        if (end != std::string::npos) {
          const auto length = text.find("Content-Length: ");
          end += 4 + (length < end ? std::stoul(text.substr(length + 16)) : 0);
          if (text.size() >= end) break;
        }
        const auto count = ::recv(socket, buffer, sizeof(buffer), 0);
        if (count <= 0) return;
        text.append(buffer, static_cast<std::size_t>(count));
      }
      {
        const std::lock_guard lock(mutex_);
        last_ = text.substr(0, end);
        ++requests_;
      }
      seen_.notify_all();
      text.erase(0, end);
      if (!answer_(socket, number)) {
        ::shutdown(socket, SHUT_RDWR);
        return;
      }
    }
  }

  Answer answer_;
  io::Fd listener_;
  std::uint16_t port_ = 0;
  std::thread acceptor_;
  std::mutex mutex_;
  std::condition_variable seen_;
  std::vector<std::thread> threads_;
  std::vector<int> sockets_;
  std::string last_;
  std::atomic<int> requests_{0};
  std::atomic<int> connections_{0};
};

inline bool say(int socket, const std::string& text) { return ::send(socket, text.data(), text.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(text.size()); }
}  // namespace headroom::testing
