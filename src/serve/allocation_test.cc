// docs/serve.md: once warm, a prediction costs no allocation. The whole path: socket, parser, decoder, model, encoder, record.
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "importers/load.h"
#include "io/clock.h"
#include "io/http_server.h"
#include "io/socket.h"
#include "serve/connection.h"
#include "testing/allocations.h"
#include "testing/files.h"
#include "testing/http_peer.h"

namespace headroom::serve {
namespace {
using headroom::testing::HttpPeer;
using headroom::testing::post_predict;

ServedModel served_from(const std::string& file) {
  auto model = importers::load_model(testing_files::read_bytes(HEADROOM_SOURCE_DIR "/" + file));
  EXPECT_TRUE(model) << file;
  return *offer(std::move(*model), "warm");
}

/// One thread of a server, and a connection to it.
class WarmServer {
 public:
  explicit WarmServer(const std::string& file)
      : served_(served_from(file)), service_(served_), ring_(1024), handler_(service_, ring_, 0, 42), acceptor_(*io::listen_on("127.0.0.1", 0)) {
    service_.anchor = io::anchor();
    service_.keep_inputs = true;
    server_ = std::make_unique<io::HttpServer>(io::HttpOptions(), std::vector{io::HandlerRef(handler_)}, owner_);
  }
  HttpPeer connect() {
    HttpPeer peer(io::local_port(acceptor_.fd()));
    server_->adopt(std::move(acceptor_.next().second), io::now());
    return peer;
  }

 private:
  ServedModel served_;
  Service service_;
  Ring<telemetry::RequestRecord> ring_;
  Connection handler_;
  io::EventLoop owner_;
  io::Acceptor acceptor_;
  std::unique_ptr<io::HttpServer> server_;  // last: its thread uses all of the above
};

struct Case {
  const char* name;
  const char* model;
  std::string request;
};
const std::string kTraced = "traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\r\n";
const std::string kTwoRows = R"({"instances":[[5.1,3.5,1.4,0.2],[6.2,2.9,4.3,1.3]]})";

class WarmConnection : public ::testing::TestWithParam<Case> {};

TEST_P(WarmConnection, AnswersAHundredRequestsWithoutAnAllocation) {
  headroom::testing::leave_me_out();
  WarmServer server(GetParam().model);
  auto peer = server.connect();
  for (int i = 0; i < 10; ++i) ASSERT_EQ(peer.ask(GetParam().request).status, 200);
  const auto before = headroom::testing::allocations();
  for (int i = 0; i < 100; ++i) ASSERT_EQ(peer.ask(GetParam().request).status, 200);
  EXPECT_EQ(headroom::testing::allocations() - before, 0U);
}

TEST(ColdConnection, AllocatesAndIsCounted) {
  headroom::testing::leave_me_out();
  WarmServer server("examples/iris/model.joblib");
  auto peer = server.connect();
  const auto before = headroom::testing::allocations();
  ASSERT_EQ(peer.ask(post_predict(kTwoRows)).status, 200);
  EXPECT_GT(headroom::testing::allocations() - before, 0U);
}

INSTANTIATE_TEST_SUITE_P(Table, WarmConnection, ::testing::Values(
    Case{"forest, features", "examples/iris/model.joblib", post_predict(R"({"features":[5.1,3.5,1.4,0.2]})", kTraced)},
    Case{"forest, names", "examples/iris/model.joblib", post_predict(R"({"sepal_length":5.1,"sepal_width":3.5,"petal_length":1.4,"petal_width":0.2})")},
    Case{"forest, two rows", "examples/iris/model.joblib", post_predict(kTwoRows)},
    Case{"tree", "examples/iris/tree.joblib", post_predict(kTwoRows)},
    Case{"linear", "examples/iris/logreg.joblib", post_predict(kTwoRows)},
    Case{"pipeline", "examples/iris/pipeline.joblib", post_predict(kTwoRows)}),
    [](const auto& row) { return "Row" + std::to_string(row.index); });
}  // namespace
}  // namespace headroom::serve
