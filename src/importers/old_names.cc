#include "importers/old_names.h"

#include <utility>

namespace headroom::importers {
namespace {
// Without "sklearn."; source: the module paths in files written by 0.20 and 0.21.
constexpr std::pair<std::string_view, std::string_view> kModules[] = {
    {"cluster._hierarchical", "cluster._agglomerative"},
    {"cluster.affinity_propagation_", "cluster._affinity_propagation"},
    {"cluster.birch", "cluster._birch"},
    {"cluster.hierarchical", "cluster._agglomerative"},
    {"cluster.k_means_", "cluster._kmeans"},
    {"cluster.mean_shift_", "cluster._mean_shift"},
    {"covariance.elliptic_envelope", "covariance._elliptic_envelope"},
    {"cross_decomposition._cca", "cross_decomposition._pls"},   // until 0.23
    {"cross_decomposition.cca_", "cross_decomposition._pls"},
    {"cross_decomposition.pls_", "cross_decomposition._pls"},
    {"decomposition.factor_analysis", "decomposition._factor_analysis"},
    {"decomposition.fastica_", "decomposition._fastica"},
    {"decomposition.incremental_pca", "decomposition._incremental_pca"},
    {"decomposition.kernel_pca", "decomposition._kernel_pca"},
    {"decomposition.pca", "decomposition._pca"},
    {"decomposition.truncated_svd", "decomposition._truncated_svd"},
    {"ensemble.bagging", "ensemble._bagging"},
    {"ensemble.forest", "ensemble._forest"},
    {"ensemble.gradient_boosting", "ensemble._gb"},
    {"ensemble.iforest", "ensemble._iforest"},
    {"ensemble.voting", "ensemble._voting"},
    {"ensemble.voting_classifier", "ensemble._voting"},
    {"ensemble.weight_boosting", "ensemble._weight_boosting"},
    {"feature_extraction.dict_vectorizer", "feature_extraction._dict_vectorizer"},
    {"feature_extraction.hashing", "feature_extraction._hash"},
    {"feature_selection.from_model", "feature_selection._from_model"},
    {"feature_selection.rfe", "feature_selection._rfe"},
    {"feature_selection.univariate_selection", "feature_selection._univariate_selection"},
    {"feature_selection.variance_threshold", "feature_selection._variance_threshold"},
    {"gaussian_process.gpc", "gaussian_process._gpc"},
    {"gaussian_process.gpr", "gaussian_process._gpr"},
    {"impute", "impute._base"},
    {"linear_model.base", "linear_model._base"},
    {"linear_model.bayes", "linear_model._bayes"},
    {"linear_model.coordinate_descent", "linear_model._coordinate_descent"},
    {"linear_model.huber", "linear_model._huber"},
    {"linear_model.least_angle", "linear_model._least_angle"},
    {"linear_model.logistic", "linear_model._logistic"},
    {"linear_model.omp", "linear_model._omp"},
    {"linear_model.passive_aggressive", "linear_model._passive_aggressive"},
    {"linear_model.perceptron", "linear_model._perceptron"},
    {"linear_model.ransac", "linear_model._ransac"},
    {"linear_model.ridge", "linear_model._ridge"},
    {"linear_model.stochastic_gradient", "linear_model._stochastic_gradient"},
    {"linear_model.theil_sen", "linear_model._theil_sen"},
    {"mixture.bayesian_mixture", "mixture._bayesian_mixture"},
    {"mixture.gaussian_mixture", "mixture._gaussian_mixture"},
    {"neighbors.classification", "neighbors._classification"},
    {"neighbors.lof", "neighbors._lof"},
    {"neighbors.nca", "neighbors._nca"},
    {"neighbors.nearest_centroid", "neighbors._nearest_centroid"},
    {"neighbors.regression", "neighbors._regression"},
    {"neighbors.unsupervised", "neighbors._unsupervised"},
    {"neural_network.multilayer_perceptron", "neural_network._multilayer_perceptron"},
    {"neural_network.rbm", "neural_network._rbm"},
    {"preprocessing.data", "preprocessing._data"},
    {"preprocessing.label", "preprocessing._label"},
    {"semi_supervised.label_propagation", "semi_supervised._label_propagation"},
    {"svm.classes", "svm._classes"},
    {"tree.tree", "tree._classes"},
};
}  // namespace

std::string modern_name(std::string_view type) {
  constexpr std::string_view kLibrary = "sklearn.";
  const auto dot = type.rfind('.');
  if (!type.starts_with(kLibrary) || dot < kLibrary.size()) return std::string(type);
  const auto module = type.substr(kLibrary.size(), dot - kLibrary.size());
  for (const auto& [old_name, name] : kModules) {
    if (module == old_name) return std::string(kLibrary) + std::string(name) + std::string(type.substr(dot));
  }
  return std::string(type);
}
}  // namespace headroom::importers
