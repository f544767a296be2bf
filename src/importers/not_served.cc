#include "importers/not_served.h"

#include <utility>

namespace headroom::importers {
namespace {
constexpr std::string_view kIterates =
    "its transform solves an optimisation anew for each call, and where the solver stops decides what it answers; put PCA or TruncatedSVD in its place, or transform before";
constexpr std::string_view kSolves = "its transform solves a least-squares problem anew for each call, which is not held to the last digits; put PCA in its place, or transform before";
constexpr std::string_view kFourier = "its transform is a product of Fourier transforms, whose rounding is not bounded by the terms of each result; put Nystroem or RBFSampler in its place";
constexpr std::string_view kGraph = "its transform solves for shortest paths or weights of a graph anew for each call; put KernelPCA in its place, or transform before";
constexpr std::string_view kNoNewRows = "it has no predict for new rows, in scikit-learn neither; fit a classifier on its labels";
constexpr std::string_view kNoMap = "it has no transform for new rows, in scikit-learn neither; put PCA or KernelPCA in its place";
constexpr std::string_view kDensity = "it only has score_samples, a density, which is none of the methods that are served";

// Without "sklearn.".
constexpr std::pair<std::string_view, std::string_view> kReasons[] = {
    {"decomposition._nmf.NMF", kIterates},
    {"decomposition._nmf.MiniBatchNMF", kIterates},
    {"decomposition._lda.LatentDirichletAllocation", kIterates},
    {"decomposition._online_lda.LatentDirichletAllocation", kIterates},
    {"decomposition._dict_learning.DictionaryLearning", kIterates},
    {"decomposition._dict_learning.MiniBatchDictionaryLearning", kIterates},
    {"decomposition._dict_learning.SparseCoder", kIterates},
    {"decomposition._sparse_pca.SparsePCA", kSolves},
    {"decomposition._sparse_pca.MiniBatchSparsePCA", kSolves},
    {"kernel_approximation.PolynomialCountSketch", kFourier},
    {"manifold._isomap.Isomap", kGraph},
    {"manifold._locally_linear.LocallyLinearEmbedding", kGraph},
    {"manifold._t_sne.TSNE", kNoMap},
    {"manifold._mds.MDS", kNoMap},
    {"manifold._spectral_embedding.SpectralEmbedding", kNoMap},
    {"cluster._dbscan.DBSCAN", kNoNewRows},
    {"cluster._hdbscan.hdbscan.HDBSCAN", kNoNewRows},
    {"cluster._optics.OPTICS", kNoNewRows},
    {"cluster._agglomerative.AgglomerativeClustering", kNoNewRows},
    {"cluster._spectral.SpectralClustering", kNoNewRows},
    {"cluster._bicluster.SpectralCoclustering", kNoNewRows},
    {"cluster._bicluster.SpectralBiclustering", kNoNewRows},
    {"neighbors._kde.KernelDensity", kDensity},
};
}  // namespace

std::string_view why_not_served(std::string_view type) {
  constexpr std::string_view kLibrary = "sklearn.";
  if (!type.starts_with(kLibrary)) return {};
  for (const auto& [name, why] : kReasons) {
    if (type.substr(kLibrary.size()) == name) return why;
  }
  return {};
}
}  // namespace headroom::importers
