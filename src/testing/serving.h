// A server's whole way of a request without its process: real sockets, a real server thread, a toy model.
#pragma once
#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "io/clock.h"
#include "io/event_loop.h"
#include "io/http_server.h"
#include "io/socket.h"
#include "serve/connection.h"
#include "testing/http_peer.h"
#include "testing/toy_model.h"

namespace headroom::testing {
class Serving : public ::testing::Test {
 protected:
  Serving() : served_(*serve::offer(toy_classifier(), "toy")), service_(served_), ring_(1024), connection_(service_, ring_, 0, 42) {
    service_.docs = "<!doctype html>";
    service_.openapi = "{}";
    service_.infer = serve::face_of(served_, "1.2.3");
    service_.infer.counts = [] { return serve::InferCounts{.succeeded = 3, .rows = 5}; };
    service_.anchor = io::anchor();
    service_.keep_inputs = true;
    service_.metrics = [](std::string_view, std::string& type) {
      type = "text/plain";
      return std::string("up 1\n");
    };
    options_.http.max_body = 4096;
  }
  // A connection to the server, which begins with the options as they are at the first call.
  HttpPeer connect() {
    if (!server_) {
      acceptor_.emplace(*io::listen_on("127.0.0.1", 0));
      server_ = std::make_unique<io::HttpServer>(options_, std::vector{io::HandlerRef(connection_)}, owner_);
    }
    HttpPeer peer(io::local_port(acceptor_->fd()));
    auto [step, socket] = acceptor_->next();
    EXPECT_EQ(step, io::Acceptor::Step::accepted);
    server_->adopt(std::move(socket), io::now());
    return peer;
  }
  telemetry::RequestRecord record() {
    telemetry::RequestRecord record;
    while (!ring_.pop(record)) (void)owner_.wait(Duration(std::chrono::milliseconds(1)));
    return record;
  }

  serve::ServedModel served_;
  serve::Service service_;
  Ring<telemetry::RequestRecord> ring_;
  serve::Connection connection_;
  io::HttpOptions options_;
  io::EventLoop owner_;
  std::optional<io::Acceptor> acceptor_;
  std::unique_ptr<io::HttpServer> server_;
};
}  // namespace headroom::testing
