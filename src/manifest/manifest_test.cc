#include "manifest/manifest.h"

#include <gmock/gmock.h>

#include <fstream>
#include <iterator>
#include <string>

namespace headroom::manifest {
namespace {
using hpa::Quantity;
using testing::HasSubstr;

std::string file_text(const std::string& name) {
  std::ifstream file(std::string(HEADROOM_SOURCE_DIR) + "/" + name, std::ios::binary);
  EXPECT_TRUE(file) << name;
  return {std::istreambuf_iterator<char>(file), {}};
}

struct Refusal {
  const char* file;  // below tests/data/manifests
  int line;
  const char* says;
};
class Refused : public testing::TestWithParam<Refusal> {};
TEST_P(Refused, WithLineAndReason) {
  const auto got = read(file_text(std::string("tests/data/manifests/") + GetParam().file), "f.yml");
  ASSERT_FALSE(got);
  EXPECT_EQ(got.error().line, GetParam().line);
  EXPECT_THAT(got.error().text(), HasSubstr(GetParam().says));
}
INSTANTIATE_TEST_SUITE_P(
    Table, Refused,
    testing::Values(Refusal{"deployment_api_version_unknown.yml", 1, "apps/v9"}, Refusal{"deployment_containers_empty.yml", 13, "containers"},
                    Refusal{"deployment_cpu_exponent.yml", 19, "1e9999Gi is no quantity"}, Refusal{"deployment_cpu_minus.yml", 19, "requests.cpu: must not be negative"},
                    Refusal{"deployment_cpu_word.yml", 19, "fast is no quantity"}, Refusal{"deployment_kind_missing.yml", 1, "kind: is required"},
                    Refusal{"deployment_memory_unit.yml", 19, "128MB"}, Refusal{"deployment_name_missing.yml", 1, "metadata: is required"},
                    Refusal{"deployment_name_upper.yml", 4, "metadata.name: Iris_API"}, Refusal{"deployment_port_70000.yml", 17, "containerPort: must be from 1 to 65535"},
                    Refusal{"deployment_probe_period_zero.yml", 23, "periodSeconds: must be at least 1"}, Refusal{"deployment_replicas_float.yml", 6, "whole number, not 2.5"},
                    Refusal{"deployment_replicas_negative.yml", 6, "at least 0, not -1"}, Refusal{"deployment_replicas_overflow.yml", 6, "fit 32 bits"},
                    Refusal{"deployment_replicas_word.yml", 6, "whole number, not two"}, Refusal{"deployment_request_over_limit.yml", 19, "cpu: the request 5 is above the limit 1"},
                    Refusal{"deployment_selector_mismatch.yml", 8, "does not match the labels"}, Refusal{"deployment_unknown_field.yml", 6, "spec.replicaz: unknown field"},
                    Refusal{"hpa_max_missing.yml", 6, "spec.maxReplicas: is required"}, Refusal{"hpa_max_zero.yml", 8, "maxReplicas: must be at least 1"},
                    Refusal{"hpa_metric_type.yml", 10, "Magic is not one of Resource"}, Refusal{"hpa_min_over_max.yml", 7, "minReplicas: must not be above"},
                    Refusal{"hpa_period_too_long.yml", 21, "periodSeconds: must be from 1 to 1800"}, Refusal{"hpa_period_zero.yml", 17, "periodSeconds"},
                    Refusal{"hpa_policy_value_zero.yml", 17, "value: must be at least 1"}, Refusal{"hpa_utilization_zero.yml", 13, "averageUtilization"},
                    Refusal{"hpa_window_negative.yml", 19, "stabilizationWindowSeconds: must be from 0 to 3600"}, Refusal{"yaml_alias_self.yml", 2, "recur"},
                    Refusal{"yaml_alias_unknown.yml", 6, "unknown alias"}, Refusal{"yaml_bad_utf8.yml", 15, "UTF-8"}, Refusal{"yaml_bomb.yml", 6, "aliases expand beyond the limit"},
                    Refusal{"yaml_bomb_merge.yml", 2, "merge keys"}, Refusal{"yaml_duplicate_key.yml", 7, "duplicate key replicas"}, Refusal{"yaml_empty.yml", 1, "empty"},
                    Refusal{"yaml_list_root.yml", 1, "must be a map"}, Refusal{"yaml_nul.yml", 15, "NUL"}, Refusal{"yaml_python_tag.yml", 6, "tag"},
                    Refusal{"yaml_tabs.yml", 6, "a tab may not indent"}, Refusal{"yaml_unclosed.yml", 9, "not YAML"}),
    [](const auto& row) { return std::string(row.param.file).substr(0, std::string(row.param.file).find('.')); });

TEST(Manifest, DepthIsLimited) {
  const auto got = read(std::string(100'000, '[') + std::string(100'000, ']'), "deep.yml");
  ASSERT_FALSE(got);
  EXPECT_THAT(got.error().message, HasSubstr("nested deeper than 64"));
}

TEST(Manifest, SizeIsLimited) {
  const auto got = read(std::string(2000, '#'), "f.yml", {.max_bytes = 1000});
  ASSERT_FALSE(got);
  EXPECT_THAT(got.error().message, HasSubstr("larger than"));
}

TEST(Manifest, AFileOfTwoDocumentsGivesBoth) {
  const auto got = read(file_text("tests/data/manifests/control_both.yml"), "f.yml");
  ASSERT_TRUE(got) << got.error().text();
  ASSERT_EQ(got->deployments.size(), 1U);
  ASSERT_EQ(got->autoscalers.size(), 1U);
  const Deployment& deployment = got->deployments[0];
  EXPECT_EQ(deployment.name, "iris");
  EXPECT_EQ(deployment.replicas, 2);
  EXPECT_EQ(deployment.request_m("cpu"), 200);
  EXPECT_EQ(deployment.limit_m("cpu"), 1000);
  EXPECT_EQ(deployment.containers[0].readiness->path, "/health");
  EXPECT_EQ(deployment.containers[0].readiness->period_s, 5);
  EXPECT_EQ(deployment.containers[0].readiness->failure_threshold, 3) << "the API's default";
  EXPECT_EQ(got->autoscalers[0].spec.max, 15);
}

TEST(Manifest, TheOriginalsAutoscaler) {
  const auto got = read(file_text("examples/iris/hpa.yml"), "hpa.yml");
  ASSERT_TRUE(got) << got.error().text();
  const hpa::Spec& spec = got->autoscalers.at(0).spec;
  EXPECT_EQ(spec.min, 2);
  ASSERT_EQ(spec.metrics.size(), 2U);
  EXPECT_EQ(spec.metrics[1].name, "memory");
  EXPECT_EQ(spec.metrics[1].target_value, 70);
  EXPECT_EQ(spec.behavior->up.window_s, 0) << "the API's default";
  EXPECT_EQ(spec.behavior->up.policies.size(), 2U);
  EXPECT_EQ(spec.behavior->down.window_s, 120);
}

TEST(Manifest, VersionOneBecomesACpuMetric) {
  const auto got = read(
      "apiVersion: autoscaling/v1\nkind: HorizontalPodAutoscaler\nmetadata: {name: a}\n"
      "spec: {scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: a}, maxReplicas: 3, targetCPUUtilizationPercentage: 55}\n",
      "v1.yml");
  ASSERT_TRUE(got) << got.error().text();
  EXPECT_EQ(got->autoscalers[0].spec.min, 1);
  EXPECT_EQ(got->autoscalers[0].spec.metrics[0].target_value, 55);
  EXPECT_FALSE(got->autoscalers[0].spec.behavior);
}

TEST(Manifest, OtherKindsPass) {
  const auto got = read("---\napiVersion: v1\nkind: Service\nmetadata: {name: a}\nspec: {anything: [1, 2]}\n---\n", "s.yml");
  ASSERT_TRUE(got) << got.error().text();
  EXPECT_EQ(got->others, 1);
}

struct QuantityRow {
  const char* text;
  std::int64_t milli;
  const char* canonical;
};
class Quantities : public testing::TestWithParam<QuantityRow> {};
TEST_P(Quantities, AreExact) {
  const auto got = Quantity::parse(GetParam().text);
  ASSERT_TRUE(got);
  EXPECT_EQ(got->milli(), GetParam().milli);
  EXPECT_EQ(got->text(), GetParam().canonical);
}
INSTANTIATE_TEST_SUITE_P(Table, Quantities,
                         testing::Values(QuantityRow{"200m", 200, "200m"}, QuantityRow{"0.2", 200, "200m"}, QuantityRow{"1", 1000, "1"},
                                         QuantityRow{"1500m", 1500, "1500m"}, QuantityRow{"128Mi", 134217728000, "128Mi"},
                                         QuantityRow{"1e3", 1000000, "1e3"}, QuantityRow{"1000", 1000000, "1k"}, QuantityRow{"1.5Gi", 1610612736000, "1536Mi"},
                                         QuantityRow{"12345678n", 13, "12345678n"}, QuantityRow{"0.5m", 1, "500u"}, QuantityRow{"0.1n", 1, "1n"},
                                         QuantityRow{"1e100", 9223372036854775807, "9223372036854775807"}, QuantityRow{"-5", -5000, "-5"},
                                         QuantityRow{"0", 0, "0"}, QuantityRow{"2E", 9223372036854775807, "2E"}));
TEST(Quantities, NonsenseIsRefused) {
  for (const char* text : {"", "m", "1 Mi", "1MiB", "0x10", "1e", "1.2.3", "--1", "1e9999Gi", "Ki", ".", "1ki"}) {
    EXPECT_FALSE(Quantity::parse(text)) << text;
  }
}
}  // namespace
}  // namespace headroom::manifest
