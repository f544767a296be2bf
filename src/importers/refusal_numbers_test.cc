// Files of estimators that learn numbers (rows, centres, knots, densities), of which one number or word is changed: each is refused where it lies.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <limits>
#include <string>
#include <variant>
#include <vector>

#include "formats/container.h"
#include "formats/joblib.h"
#include "importers/load.h"
#include "importers/not_served.h"
#include "testing/files.h"

namespace headroom::importers {
namespace {
using Bytes = std::vector<std::byte>;
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

/// Without its compression, so that its numbers can be found.
Bytes model_file(const std::string& name) {
  auto bytes = testing_files::read_bytes(HEADROOM_SOURCE_DIR "/tests/data/models/" + name + "/model.joblib");
  if (formats::sniff_container(bytes) == formats::Container::none) return bytes;
  const auto whole = formats::inflate(bytes, {});
  EXPECT_TRUE(whole);
  const auto content = (*whole)->bytes();
  return {content.begin(), content.end()};
}

/// A number of an array in the file. attributes: the way to it, an object's attribute or a list's element each.
struct Number {
  const char* model;
  std::vector<std::variant<const char*, std::size_t>> attributes;
  std::size_t index;
  std::variant<std::int64_t, double> value;
  const char* where;
};

Bytes with(const Number& change) {
  auto bytes = model_file(change.model);
  const auto graph = formats::read_joblib(bytes, {});
  EXPECT_TRUE(graph);
  const formats::Value* at = &graph->root;
  std::vector<formats::Value> held;
  held.reserve(change.attributes.size());
  for (const auto& step : change.attributes) {
    if (const auto* index = std::get_if<std::size_t>(&step)) {
      const auto items = at->items().empty() ? at->state().items() : at->items();
      const bool is_array = at->array() != nullptr;
      if (!is_array && *index >= items.size()) throw std::runtime_error("no such element");
      held.push_back(is_array ? at->array()->objects[*index] : items[*index]);
    } else {
      const auto* found = at->state().find(std::get<const char*>(step));
      if (found == nullptr) throw std::runtime_error(std::get<const char*>(step));
      held.push_back(*found);
    }
    at = &held.back();
  }
  const auto* array = at->array();
  if (array == nullptr) throw std::runtime_error("no array");
  std::byte* to = bytes.data() + (array->data.data() - bytes.data()) + change.index * array->dtype.itemsize;
  if (array->dtype.itemsize == sizeof(std::int32_t)) {
    const auto value = static_cast<std::int32_t>(std::get<std::int64_t>(change.value));
    std::memcpy(to, &value, sizeof value);
  } else {
    std::visit([&](auto value) { std::memcpy(to, &value, sizeof value); }, change.value);
  }
  return bytes;
}

class ANumber : public testing::TestWithParam<Number> {};
TEST_P(ANumber, IsRefusedWhereItLies) {
  ASSERT_TRUE(load_model(model_file(GetParam().model)));
  const auto model = load_model(with(GetParam()));
  ASSERT_FALSE(model);
  EXPECT_THAT(model.error().path, testing::EndsWith(GetParam().where)) << model.error().what;
}
INSTANTIATE_TEST_SUITE_P(
    Refusal, ANumber,
    testing::Values(Number{"sklearn-1.7.2_lof", {"_tree", std::size_t{1}}, 0, std::int64_t{-1}, "_tree.idx_array"},
                    Number{"sklearn-1.5.2_mixture_bayesian_spherical", {"degrees_of_freedom_"}, 1, -1.0, ".degrees_of_freedom_"},
                    Number{"sklearn-1.5.2_mixture_bayesian_spherical", {"degrees_of_freedom_"}, 1, 2.5, ".degrees_of_freedom_"},
                    Number{"sklearn-1.5.2_mixture_bayesian_spherical", {"mean_precision_"}, 0, kNan, ".mean_precision_"},
                    Number{"sklearn-1.5.2_mixture_bayesian_spherical", {"weight_concentration_"}, 2, 0.0, ".weight_concentration_"},
                    Number{"sklearn-1.7.2_t_agglomeration_mean", {"labels_"}, 0, std::int64_t{1000}, ".labels_"},
                    Number{"sklearn-1.7.2_t_agglomeration_mean", {"labels_"}, 0, std::int64_t{-1}, ".labels_"},
                    Number{"sklearn-1.7.2_t_agglomeration_mean", {"labels_"}, 0, std::int64_t{3}, ".labels_"},
                    Number{"sklearn-1.9.1_t_trees_embedding", {"one_hot_encoder_", "categories_", std::size_t{1}}, 0, std::int64_t{0}, ".categories_[1]"},
                    Number{"sklearn-1.9.1_t_trees_embedding", {"one_hot_encoder_", "categories_", std::size_t{0}}, 0, std::int64_t{-7}, ".categories_[0]"},
                    Number{"sklearn-1.7.2_birch", {"subcluster_labels_"}, 0, std::int64_t{1000}, ".subcluster_labels_"},
                    Number{"sklearn-1.7.2_isotonic", {"X_thresholds_"}, 0, 1e9, ".X_thresholds_"},
                    Number{"sklearn-1.7.2_isotonic", {"X_thresholds_"}, 1, kNan, ".X_thresholds_"},
                    Number{"sklearn-1.7.2_t_spline_periodic", {"bsplines_", std::size_t{0}, "_t"}, 2, 1e9, "._t"},
                    Number{"sklearn-1.7.2_t_spline_periodic", {"bsplines_", std::size_t{0}, "_t"}, 2, kNan, "._t"},
                    Number{"sklearn-1.7.2_t_factor_analysis", {"noise_variance_"}, 0, kNan, ".components_"}));

/// The first occurrence of `from`, replaced by as many bytes.
struct Word {
  const char* model;
  std::string from;
  std::string to;
  const char* where;
};

class AWord : public testing::TestWithParam<Word> {};
TEST_P(AWord, IsRefusedWhereItLies) {
  auto bytes = model_file(GetParam().model);
  ASSERT_TRUE(load_model(bytes));
  std::string text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  const auto at = text.find(GetParam().from);
  ASSERT_NE(at, std::string::npos);
  ASSERT_EQ(GetParam().from.size(), GetParam().to.size());
  std::memcpy(bytes.data() + at, GetParam().to.data(), GetParam().to.size());
  const auto model = load_model(bytes);
  ASSERT_FALSE(model);
  EXPECT_THAT(model.error().path, testing::EndsWith(GetParam().where)) << model.error().what;
}
INSTANTIATE_TEST_SUITE_P(
    Refusal, AWord,
    testing::Values(Word{"sklearn-1.7.2_lof", "novelty\x94\x88", "novelty\x94\x89", ".novelty"},   // True becomes False
                    Word{"sklearn-1.7.2_lof", "n_neighbors_\x94K\x05", "n_neighbors_\x94K\xc8", ".n_neighbors_"},
                    Word{"sklearn-0.24.2_elliptic_envelope", "store_precision\x94\x88", "store_precision\x94\x89", ".store_precision"},
                    Word{"sklearn-1.7.2_label_propagation", "rbf", "rbg", ".kernel"},
                    Word{"sklearn-1.7.2_label_propagation", "rbf", "knn", ".nn_fit"},
                    Word{"sklearn-1.7.2_mixture_full", "full", "tied", ".precisions_cholesky_"},
                    Word{"sklearn-1.7.2_mixture_full", "full", "fuel", ".covariance_type"},
                    Word{"sklearn-1.5.2_mixture_bayesian_spherical", "dirichlet_distribution", "dirichlet_distributiom", ".weight_concentration_prior_type"},
                    Word{"sklearn-1.7.2_bisecting_kmeans", std::string("label\x94K\x00", 8), "label\x94K\x09", ".label"},
                    Word{"sklearn-1.2.2_t_agglomeration_max", "amax", "amix", ".pooling_func"},
                    Word{"sklearn-1.7.2_t_additive_chi2", "sample_steps\x94K\x03", "sample_steps\x94K\x04", ".sample_interval"},
                    Word{"sklearn-1.7.2_t_nystroem", "rbf", "rbg", ".kernel"}, Word{"sklearn-1.7.2_t_kernel_pca", "rbf", "rbg", ".kernel"},
                    Word{"sklearn-1.7.2_t_spline_periodic", "periodic", "periodiq", ".extrapolation"},
                    Word{"sklearn-1.7.2_t_iterative_imputer", "sample_posterior\x94\x89", "sample_posterior\x94\x88", ".sample_posterior"},
                    Word{"sklearn-1.7.2_t_rbf_sampler", "random_offset_", "random_offsets", ".random_offset_"},
                    Word{"sklearn-1.7.2_t_gaussian_projection", "n_features_in_\x94K\x04", "n_features_in_\x94K\x05", ".n_features_in_"},
                    Word{"sklearn-1.5.2_t_nca", "n_features_in_\x94K\x04", "n_features_in_\x94K\x05", ".n_features_in_"},
                    Word{"sklearn-1.5.2_t_select_from_lgbm", "split_gain=", "split_gaim=", "._handle"},
                    Word{"sklearn-1.7.2_t_select_from_xgb", "loss_changes", "loss_changez", ".trees[0].loss_changes"},
                    Word{"sklearn-1.5.2_t_function_clip", "a_min", "a_mim", ".kw_args['a_mim']"},
                    Word{"sklearn-1.9.1_t_pls_svd", "_x_std", "_x_stt", "._x_std"}));

TEST(Refusal, WhatIsLeftOutForAReasonSaysIt) {
  EXPECT_THAT(why_not_served("sklearn.decomposition._nmf.NMF"), testing::HasSubstr("solves an optimisation"));
  EXPECT_THAT(why_not_served("sklearn.cluster._dbscan.DBSCAN"), testing::HasSubstr("no predict for new rows"));
  EXPECT_EQ(why_not_served("sklearn.cluster._kmeans.KMeans"), "");
  EXPECT_EQ(why_not_served("mine.decomposition._nmf.NMF"), "");
}
}  // namespace
}  // namespace headroom::importers
