"""What learns without labels, or with few of them: outliers, mixtures, label propagation, clusters of features."""
import numpy as np
from sklearn import cluster, covariance, cross_decomposition, ensemble, kernel_approximation, linear_model, mixture, naive_bayes, neighbors, neural_network, pipeline, semi_supervised

from recipes import GENERAL, Case, make, recipe, seed, transformer


@recipe("LocalOutlierFactor")
def local_outlier(draw):
    X, _ = draw.classes()
    model = make(neighbors.LocalOutlierFactor, novelty=True, n_neighbors=draw.pick(1, 3, 20), algorithm=draw.pick("auto", "kd_tree", "ball_tree", "brute"), leaf_size=draw.pick(3, 30),
                 metric=draw.pick("minkowski", "manhattan", "chebyshev", "euclidean"), p=draw.pick(2, 2, 1, 3), contamination=draw.pick("auto", 0.1)).fit(X)
    # No training rows where k = 1: the distance to itself is what rounding leaves, and its density 1e10.
    return Case(model, draw.rows(X + 0.37), {"predict": "exact", "decision_function": "general"}, loose=True)


@recipe("EllipticEnvelope")
def elliptic_envelope(draw):
    X, _ = draw.classes()
    model = make(covariance.EllipticEnvelope, contamination=draw.pick(0.05, 0.3), assume_centered=draw.pick(True, False), support_fraction=draw.pick(None, 0.8), random_state=draw.seed).fit(X)
    return Case(model, draw.rows(X), {"predict": "exact", "decision_function": "exact"})


@recipe("LabelPropagation")
def label_propagation(draw):
    X, y = draw.classes()
    labels = draw.pick(y, y * 7 + 3, y * 2.0)
    labels = np.where(draw.rng.random(len(y)) < 0.6, -1, labels)
    kind = draw.pick(semi_supervised.LabelPropagation, semi_supervised.LabelSpreading)
    model = make(kind, kernel=draw.pick("rbf", "knn"), gamma=draw.pick(0.02, 0.2, 2), n_neighbors=draw.pick(1, 4, 7), max_iter=draw.pick(5, 100)).fit(X, labels)
    return Case(model, draw.rows(X), GENERAL, loose=True)


@recipe("mixtures")
def mixtures(draw):
    X, _ = draw.classes()
    kind = draw.pick(mixture.GaussianMixture, mixture.BayesianGaussianMixture)
    model = make(kind, n_components=draw.whole(1, 5), covariance_type=draw.pick("full", "tied", "diag", "spherical"), weight_concentration_prior_type=draw.pick("dirichlet_process", "dirichlet_distribution"),
                 max_iter=draw.pick(2, 100), reg_covar=1e-3, random_state=draw.seed).fit(X)
    return Case(model, draw.rows(X), GENERAL, loose=True)


@recipe("BisectingKMeans")
def bisecting(draw):
    if not hasattr(cluster, "BisectingKMeans"):
        return None
    X, _ = draw.classes()
    model = make(cluster.BisectingKMeans, n_clusters=draw.whole(1, 8), bisecting_strategy=draw.pick("biggest_inertia", "largest_cluster"), random_state=draw.seed).fit(X)
    return Case(model, draw.rows(X + 0.37), {"predict": "exact", "transform": "general"})


transformer(cluster.FeatureAgglomeration, "general", n_clusters=lambda d: d.pick(1, 2), pooling_func=lambda d: d.pick(np.mean, np.mean, np.max, np.min, np.median, np.sum), linkage=lambda d: d.pick("ward", "average"))
transformer(neural_network.BernoulliRBM, "general", n_components=lambda d: d.pick(1, 3, 9), n_iter=lambda d: 2, random_state=seed)
transformer(kernel_approximation.AdditiveChi2Sampler, "tight", positive=True, sample_steps=lambda d: d.pick(1, 2, 3, 4), sample_interval=lambda d: d.pick(None, 0.3))
transformer(ensemble.RandomTreesEmbedding, "exact", n_estimators=lambda d: d.pick(1, 5, 20), max_depth=lambda d: d.pick(1, 3, 5), max_leaf_nodes=lambda d: d.pick(None, 6), sparse_output=lambda d: d.pick(True, False), random_state=seed)


@recipe("PLSSVD")
def pls_svd(draw):
    X, Y = draw.numbers(outputs=3)
    model = make(cross_decomposition.PLSSVD, n_components=draw.pick(1, 2), scale=draw.pick(True, False)).fit(X, Y)
    return Case(model, draw.rows(X), {"transform": "general"})


@recipe("RandomTreesPipeline")
def embedded(draw):
    X, y = draw.classes()
    model = pipeline.make_pipeline(make(ensemble.RandomTreesEmbedding, n_estimators=draw.pick(2, 10), max_depth=3, random_state=draw.seed), draw.pick(linear_model.LogisticRegression(max_iter=300), naive_bayes.BernoulliNB())).fit(X, draw.labels(y))
    return Case(model, draw.rows(X), GENERAL, loose=True)
