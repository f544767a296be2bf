#include "serve/infer_path.h"

#include <gtest/gtest.h>

#include <string>

namespace headroom::serve {
namespace {
struct Case {
  const char* path;
  InferTarget target;
  const char* model = "";
  const char* version = "";
};
class InferPaths : public testing::TestWithParam<Case> {};

TEST_P(InferPaths, AreThoseOfTheProtocol) {
  const auto found = infer_path(GetParam().path);
  EXPECT_EQ(found.target, GetParam().target);
  EXPECT_EQ(found.model, GetParam().model);
  EXPECT_EQ(found.version, GetParam().version);
}
INSTANTIATE_TEST_SUITE_P(Table, InferPaths, testing::Values(
    Case{"/v2", InferTarget::server}, Case{"/v2/", InferTarget::server}, Case{"/v2/health/live", InferTarget::live}, Case{"/v2/health/ready", InferTarget::ready},
    Case{"/v2/models/iris", InferTarget::model, "iris"}, Case{"/v2/models/iris/ready", InferTarget::model_ready, "iris"}, Case{"/v2/models/iris/infer", InferTarget::infer, "iris"},
    Case{"/v2/models/iris/versions/2/infer", InferTarget::infer, "iris", "2"}, Case{"/v2/models/iris/versions/v10", InferTarget::model, "iris", "v10"},
    Case{"/v2/models/iris/config", InferTarget::config, "iris"}, Case{"/v2/models/iris/versions/1/stats", InferTarget::statistics, "iris", "1"}, Case{"/v2/models/stats", InferTarget::statistics},
    Case{"/v2/models/stats/infer", InferTarget::infer, "stats"}, Case{"/v2/repository/index", InferTarget::index}, Case{"/v2/repository/models/iris/load", InferTarget::load, "iris"},
    Case{"/v2/repository/models/iris/unload", InferTarget::unload, "iris"}, Case{"/v2x", InferTarget::unknown}, Case{"/v2/models", InferTarget::unknown}, Case{"/v2/models/", InferTarget::unknown},
    Case{"/v2/models//infer", InferTarget::unknown}, Case{"/v2/models/iris/versions", InferTarget::unknown}, Case{"/v2/models/iris/versions//infer", InferTarget::unknown},
    Case{"/v2/models/iris/infer/", InferTarget::unknown}, Case{"/v2/models/iris/infer/more", InferTarget::unknown}, Case{"/v2/models/iris/explain", InferTarget::unknown},
    Case{"/v2/health", InferTarget::unknown}, Case{"/v2/health/live/x", InferTarget::unknown}, Case{"/v2/repository/models/iris", InferTarget::unknown}));
}  // namespace
}  // namespace headroom::serve
