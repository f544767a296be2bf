"""Linear models, kernels, neighbours, probabilities; and transforms of numbers."""
import numpy as np
from sklearn import (cluster, cross_decomposition, decomposition, discriminant_analysis, dummy, feature_selection, gaussian_process, impute, kernel_approximation, kernel_ridge, linear_model, naive_bayes,
                     neighbors, neural_network, pipeline, preprocessing, random_projection, svm)
from sklearn.metrics.pairwise import pairwise_kernels

from recipes import FULL, GENERAL, RECIPES, RELEASE, SCORED, Case, classifier, make, recipe, regressor, seed, transformer

kernels = gaussian_process.kernels
INTERCEPT = {"fit_intercept": lambda d: d.pick(True, True, False)}
WEIGHT = {"class_weight": lambda d: d.pick(None, "balanced")}
DOT = {"predict": "dot"}

classifier(linear_model.LogisticRegression, FULL, loose=True, C=lambda d: d.pick(0.1, 1.0, 10.0), solver=lambda d: d.pick("lbfgs", "newton-cg", "saga"), max_iter=lambda d: 300,
           multi_class=lambda d: d.pick("auto", "ovr", "multinomial"), **INTERCEPT, **WEIGHT)
classifier(linear_model.LogisticRegressionCV, FULL, loose=True, classes=3, Cs=lambda d: 3, cv=lambda d: 3, max_iter=lambda d: 200, multi_class=lambda d: d.pick("auto", "ovr"),
           refit=lambda d: d.pick(True, False), use_legacy_attributes=lambda d: d.pick(True, False))
classifier(linear_model.SGDClassifier, lambda model: FULL if model.loss in ("log_loss", "modified_huber") else SCORED, loose=True,
           loss=lambda d: d.pick("hinge", "log_loss", "modified_huber", "squared_hinge", "perceptron"), average=lambda d: d.pick(False, True), random_state=seed, **INTERCEPT)
classifier(linear_model.Perceptron, SCORED, loose=True, penalty=lambda d: d.pick(None, "l2"), random_state=seed)
classifier(linear_model.PassiveAggressiveClassifier, SCORED, loose=True, weighted=False, random_state=seed)
classifier(linear_model.RidgeClassifier, SCORED, loose=True, alpha=lambda d: d.pick(0.1, 1.0), **INTERCEPT)
classifier(linear_model.RidgeClassifierCV, SCORED, loose=True)
classifier(svm.LinearSVC, SCORED, loose=True, C=lambda d: d.pick(0.1, 1.0), multi_class=lambda d: d.pick("ovr", "crammer_singer"), random_state=seed)
for kind in (linear_model.LinearRegression, linear_model.Ridge):
    regressor(kind, DOT, outputs="maybe", **INTERCEPT)
for kind in (linear_model.RidgeCV, linear_model.Lasso, linear_model.ElasticNet):
    regressor(kind, DOT, outputs="maybe", alpha=lambda d: d.pick(0.05, 0.5), **INTERCEPT)
for kind in (linear_model.LassoCV, linear_model.ElasticNetCV, linear_model.LassoLarsIC, linear_model.LarsCV, linear_model.LassoLarsCV, linear_model.ARDRegression, linear_model.OrthogonalMatchingPursuitCV,
             linear_model.TheilSenRegressor, linear_model.PassiveAggressiveRegressor):
    regressor(kind, DOT, weighted=False, random_state=seed)
for kind in (linear_model.Lars, linear_model.LassoLars, linear_model.OrthogonalMatchingPursuit):
    regressor(kind, DOT, weighted=False, outputs="maybe")
for kind in (linear_model.MultiTaskLasso, linear_model.MultiTaskElasticNet, linear_model.MultiTaskLassoCV, linear_model.MultiTaskElasticNetCV):
    regressor(kind, DOT, weighted=False, outputs=True)
for kind in (linear_model.BayesianRidge, linear_model.HuberRegressor, linear_model.QuantileRegressor, linear_model.SGDRegressor, svm.LinearSVR):
    regressor(kind, DOT, random_state=seed, max_iter=lambda d: 500)
for kind in (linear_model.PoissonRegressor, linear_model.GammaRegressor, linear_model.TweedieRegressor):
    regressor(kind, {"predict": "general"}, positive=True, power=lambda d: d.pick(0, 1, 1.5, 2, 3), link=lambda d: d.pick("auto", "log"))
regressor(linear_model.RANSACRegressor, {"predict": "general"}, weighted=False, random_state=seed)
for kind in (cross_decomposition.PLSRegression, cross_decomposition.PLSCanonical, cross_decomposition.CCA):
    regressor(kind, {"predict": "general", "transform": "general"}, weighted=False, outputs=True, n_components=lambda d: d.pick(1, 2), scale=lambda d: d.pick(True, False))

KERNEL = {"kernel": lambda d: d.pick("rbf", "linear", "poly", "sigmoid"), "gamma": lambda d: d.pick("scale", "auto", 0.05), "coef0": lambda d: d.pick(0.0, 1.0), "degree": lambda d: d.pick(2, 3)}
for kind in (svm.SVC, svm.NuSVC):
    classifier(kind, lambda model: {**GENERAL, "decision_function": "general"} if model.probability is True else {"predict": "exact", "decision_function": "general"}, loose=True,
               weighted=False, probability=lambda d: d.pick(True, False), decision_function_shape=lambda d: d.pick("ovr", "ovo"), nu=lambda d: 0.15, random_state=seed, **KERNEL)
for kind in (svm.SVR, svm.NuSVR, kernel_ridge.KernelRidge):
    regressor(kind, {"predict": "general"}, weighted=False, **{**KERNEL, "gamma": lambda d: d.pick(0.02, 0.1)})
# No "brute" beside weights by distance: the origin's distance of a row to itself is not zero there, but what rounding leaves.
NEIGHBORS = {"n_neighbors": lambda d: d.pick(1, 3, 5), "weights": lambda d: d.pick("uniform", "distance"), "algorithm": lambda d: d.pick("auto", "kd_tree", "ball_tree"),
             "metric": lambda d: d.pick("minkowski", "manhattan", "chebyshev", "euclidean"), "p": lambda d: d.pick(2, 2, 1, 3)}
classifier(neighbors.KNeighborsClassifier, GENERAL, loose=True, weighted=False, **NEIGHBORS)
regressor(neighbors.KNeighborsRegressor, {"predict": "general"}, weighted=False, outputs="maybe", **NEIGHBORS)
classifier(neighbors.NearestCentroid, {"predict": "exact"}, weighted=False, shrink_threshold=lambda d: d.pick(None, 0.2))
classifier(naive_bayes.GaussianNB, GENERAL, loose=True)
for kind in (naive_bayes.MultinomialNB, naive_bayes.ComplementNB):
    classifier(kind, GENERAL, loose=True, positive=True, alpha=lambda d: d.pick(1.0, 0.1), fit_prior=lambda d: d.pick(True, False), norm=lambda d: d.pick(False, True))
classifier(naive_bayes.BernoulliNB, GENERAL, loose=True, binarize=lambda d: d.pick(0.0, 0.5), fit_prior=lambda d: d.pick(True, False))
classifier(discriminant_analysis.LinearDiscriminantAnalysis, {**FULL, "decision_function": "general"}, loose=True, weighted=False, solver=lambda d: d.pick("svd", "lsqr", "eigen"))
classifier(discriminant_analysis.QuadraticDiscriminantAnalysis, {**GENERAL, "decision_function": "general"}, loose=True, weighted=False, reg_param=lambda d: d.pick(0.0, 0.1))
MLP = {"hidden_layer_sizes": lambda d: d.pick((4,), (8, 5), (20,)), "activation": lambda d: d.pick("relu", "tanh", "logistic", "identity"), "max_iter": lambda d: 30, "random_state": seed,
       "solver": lambda d: d.pick("adam", "lbfgs"), "early_stopping": lambda d: False}
classifier(neural_network.MLPClassifier, GENERAL, loose=True, weighted=False, **MLP)
regressor(neural_network.MLPRegressor, {"predict": "general"}, weighted=False, outputs="maybe", **MLP)
classifier(dummy.DummyClassifier, {"predict": "exact", "predict_proba": "exact"}, strategy=lambda d: d.pick("most_frequent", "prior"))
regressor(dummy.DummyRegressor, {"predict": "exact"}, outputs="maybe", strategy=lambda d: d.pick("mean", "median", "quantile"), quantile=lambda d: 0.3)


def kernel(draw):
    length = draw.real(0.5, 3)
    return draw.pick(kernels.RBF(length), kernels.Matern(length, nu=draw.pick(0.5, 1.5, 2.5, np.inf)), kernels.RationalQuadratic(length), kernels.DotProduct() + kernels.WhiteKernel(),
                     kernels.ConstantKernel(2.0) * kernels.RBF(length) + kernels.WhiteKernel(0.1), kernels.ExpSineSquared(length), kernels.RBF(length) ** 2)


classifier(gaussian_process.GaussianProcessClassifier, lambda model: GENERAL if model.multi_class == "one_vs_rest" else {"predict": "exact"}, loose=True, weighted=False, kernel=kernel,
           optimizer=lambda d: None, multi_class=lambda d: d.pick("one_vs_rest", "one_vs_one"), classes=3)
regressor(gaussian_process.GaussianProcessRegressor, {"predict": "general"}, weighted=False, outputs="maybe", kernel=kernel, optimizer=lambda d: None, alpha=lambda d: 1e-2, normalize_y=lambda d: d.pick(True, False))


@recipe("outliers")
def outliers(draw):
    from sklearn.ensemble import IsolationForest
    X, _ = draw.numbers()
    model = draw.pick(make(IsolationForest, random_state=draw.seed, contamination=draw.pick("auto", 0.1), max_features=draw.pick(1.0, 0.7), n_estimators=draw.whole(2, 30)),
                      make(svm.OneClassSVM, nu=0.2, kernel=draw.pick("rbf", "poly")), make(linear_model.SGDOneClassSVM, random_state=draw.seed)).fit(X)
    return Case(model, draw.rows(X), {"predict": "exact", "decision_function": "general"}, loose=True)


@recipe("CategoricalNB")
def categorical_nb(draw):
    y = draw.rng.integers(0, 3, 100)
    X = (draw.rng.integers(0, 4, (100, 4)) + (y[:, None] > 1)).astype(float)
    return Case(naive_bayes.CategoricalNB(alpha=draw.pick(1.0, 0.2)).fit(X, draw.labels(y)), X, GENERAL, loose=True)


@recipe("RadiusNeighbors")
def radius(draw):
    X, y = draw.classes()
    kind = draw.pick(neighbors.RadiusNeighborsClassifier, neighbors.RadiusNeighborsRegressor)
    is_classifier = kind is neighbors.RadiusNeighborsClassifier
    model = make(kind, radius=200.0, weights=draw.pick("uniform", "distance"), algorithm=draw.pick("kd_tree", "ball_tree")).fit(X, draw.labels(y) if is_classifier else y)
    return Case(model, draw.rows(X), GENERAL if is_classifier else {"predict": "general"}, loose=True)


RANGE = {"clip": lambda d: d.pick(True, False), "feature_range": lambda d: d.pick((0, 1), (-1, 2))}
transformer(preprocessing.StandardScaler, "exact", nan=True, with_mean=lambda d: d.pick(True, False), with_std=lambda d: d.pick(True, False))
transformer(preprocessing.MinMaxScaler, "exact", nan=True, **RANGE)
transformer(preprocessing.MaxAbsScaler, "exact", nan=True, clip=lambda d: d.pick(True, False))
transformer(preprocessing.RobustScaler, "exact", nan=True, with_centering=lambda d: d.pick(True, False), quantile_range=lambda d: d.pick((25.0, 75.0), (10.0, 90.0)), unit_variance=lambda d: d.pick(True, False))
transformer(preprocessing.Normalizer, "tight", norm=lambda d: d.pick("l1", "l2", "max"))
transformer(preprocessing.Binarizer, "exact", threshold=lambda d: d.pick(0.0, 1.3))
transformer(preprocessing.PowerTransformer, "general", method=lambda d: d.pick("yeo-johnson", "yeo-johnson"), standardize=lambda d: d.pick(True, False))
transformer(preprocessing.QuantileTransformer, "general", n_quantiles=lambda d: d.pick(10, 50), output_distribution=lambda d: d.pick("uniform", "normal"), random_state=seed)
transformer(preprocessing.PolynomialFeatures, "exact", degree=lambda d: d.pick(2, 3, (2, 3)), interaction_only=lambda d: d.pick(True, False), include_bias=lambda d: d.pick(True, False))
@recipe("clusters")
def clusters(draw):
    X, _ = draw.classes()
    model = draw.pick(make(cluster.KMeans, n_clusters=draw.whole(2, 6), n_init=1, random_state=draw.seed), make(cluster.MiniBatchKMeans, n_clusters=3, n_init=1, random_state=draw.seed), cluster.Birch(n_clusters=3)).fit(X)
    # No training rows for distances: what is left of a distance of 0 is rounding.
    return Case(model, draw.rows(X + 0.37), {"predict": "exact", "transform": "general"})


transformer(preprocessing.SplineTransformer, "general", n_knots=lambda d: d.pick(3, 6), degree=lambda d: d.pick(1, 2, 3), knots=lambda d: d.pick("uniform", "quantile"),
            extrapolation=lambda d: d.pick("constant", "linear", "continue", "periodic"), include_bias=lambda d: d.pick(True, False))
transformer(preprocessing.KBinsDiscretizer, "exact", n_bins=lambda d: d.pick(3, 6), encode=lambda d: d.pick("onehot", "ordinal", "onehot-dense"), strategy=lambda d: d.pick("uniform", "quantile", "kmeans"), random_state=seed)
transformer(impute.SimpleImputer, "exact", nan=True, strategy=lambda d: d.pick("mean", "median", "most_frequent", "constant"), add_indicator=lambda d: d.pick(True, False), fill_value=lambda d: None)
transformer(impute.MissingIndicator, "exact", nan=True, features=lambda d: d.pick("missing-only", "all"))


@recipe("KNNImputer")
def knn_imputer(draw):
    # No equal distances: which of such donors numpy 2 takes depends on the processor.
    draw.ties = False
    X, _ = draw.classes()
    rows = draw.rows(X)
    weights = draw.pick("uniform", "distance")
    if weights == "distance":   # on a grid on which every sum is exact: else distances near 0 are what rounding leaves, and so the answers
        X, rows = (np.round(values * 2**16) / 2**16 for values in (X, rows))
    missing = draw.pick(np.nan, np.nan, -1.0)
    for values in (X, rows):
        values[:, 1:][draw.rng.random(values[:, 1:].shape) < 0.15] = missing
    if draw.pick(False, False, True):
        X[:, -1] = missing
    model = make(impute.KNNImputer, missing_values=missing, n_neighbors=draw.pick(1, 2, 5, 9), weights=weights, keep_empty_features=draw.pick(True, False),
                 add_indicator=RELEASE >= (1, 4) and draw.pick(True, False))
    model = draw.pick(model, pipeline.make_pipeline(model, preprocessing.MinMaxScaler())).fit(X)
    return Case(model, rows, {"transform": "exact"})


@recipe("IterativeImputer")
def iterative_imputer(draw):
    from sklearn.experimental import enable_iterative_imputer  # noqa: F401
    draw.ties = False   # as for neighbours alone: one of the regressors asks them
    X, _ = draw.classes()
    rows = draw.rows(X)
    for values in (X, rows):
        values[:, 1:][draw.rng.random(values[:, 1:].shape) < 0.15] = np.nan
    model = make(impute.IterativeImputer, estimator=draw.pick(None, linear_model.Ridge(), neighbors.KNeighborsRegressor(3)), max_iter=draw.pick(1, 3), initial_strategy=draw.pick("mean", "median"),
                 imputation_order=draw.pick("ascending", "roman"), min_value=draw.pick(-np.inf, -2.0), add_indicator=draw.pick(True, False), random_state=draw.seed).fit(X)
    return Case(model, rows, {"transform": "general"}, rejects=False)


transformer(decomposition.PCA, "general", n_components=lambda d: d.pick(1, 2, None, 0.9), whiten=lambda d: d.pick(True, False), random_state=seed)
transformer(decomposition.IncrementalPCA, "general", n_components=lambda d: d.pick(1, 2), whiten=lambda d: d.pick(True, False))
transformer(decomposition.TruncatedSVD, "general", n_components=lambda d: 1, random_state=seed)
transformer(decomposition.FactorAnalysis, "general", n_components=lambda d: d.pick(1, 2), random_state=seed)
transformer(decomposition.FastICA, "general", n_components=lambda d: d.pick(1, 2), whiten=lambda d: "unit-variance", random_state=seed)
transformer(kernel_approximation.RBFSampler, "general", n_components=lambda d: 9, gamma=lambda d: d.pick(0.05, 0.5), random_state=seed)


@recipe("Nystroem")
def nystroem(draw):
    X, _ = draw.classes()
    model = make(kernel_approximation.Nystroem, n_components=9, gamma=draw.pick(0.05, 0.5), kernel=draw.pick("rbf", "poly", "laplacian", "cosine"), random_state=draw.seed).fit(X)
    rows = draw.rows(X)
    kernel = np.abs(pairwise_kernels(rows, model.components_, metric=model.kernel, filter_params=True, gamma=model.gamma))
    # The normalization of a kernel of lower rank has huge terms, which cancel.
    return Case(model, rows, {"transform": 1e-12 * np.maximum(1, kernel @ np.abs(model.normalization_).T)})


transformer(kernel_approximation.SkewedChi2Sampler, "general", positive=True, n_components=lambda d: 9, random_state=seed)
for kind in (random_projection.GaussianRandomProjection, random_projection.SparseRandomProjection):
    transformer(kind, "general", n_components=lambda d: d.pick(1, 2), random_state=seed)
transformer(feature_selection.SelectKBest, "exact", supervised=True, k=lambda d: d.pick(1, 2, "all"))
transformer(feature_selection.SelectPercentile, "exact", supervised=True, percentile=lambda d: d.pick(20, 60))
transformer(feature_selection.SelectFpr, "exact", supervised=True, alpha=lambda d: 0.9)
transformer(feature_selection.GenericUnivariateSelect, "exact", supervised=True, mode=lambda d: d.pick("k_best", "percentile"), param=lambda d: 1)
transformer(feature_selection.VarianceThreshold, "exact", nan=True, threshold=lambda d: d.pick(0.0, 0.2))


@recipe("FunctionTransformer")
def function(draw):
    X, _ = draw.classes()
    low, high = sorted((draw.real(-3, 3), draw.real(-3, 3)))
    call, arguments = draw.pick((np.clip, {"a_min": low, "a_max": high}), (np.clip, {"a_min": None, "a_max": 1}), (np.clip, {"a_min": high, "a_max": low}), (np.round, {"decimals": draw.whole(-2, 6)}),
                                (np.nan_to_num, {"nan": -7, "posinf": 9.5}), (np.nan_to_num, {}), (np.sign, None), (None, None))
    model = preprocessing.FunctionTransformer(call, kw_args=arguments, validate=draw.pick(True, False)).fit(X)
    rows = draw.rows(X, nan=not model.validate)
    return Case(model, rows, {"transform": "exact"}, rejects=model.validate)


@recipe("equally far neighbours")
def equally_far(draw):
    """On a grid many rows are equally far: which are kept depends on the search."""
    width = draw.whole(2, 5)
    X, rows = (draw.rng.integers(0, 4, (n, width)).astype(float) for n in (draw.whole(30, 300), 80))
    rows[::3] += 0.5
    metric, algorithm = draw.pick("euclidean", "manhattan", "chebyshev", "minkowski"), draw.pick("brute", "kd_tree", "ball_tree")
    if algorithm != "kd_tree":
        metric = draw.pick(metric, "canberra", "hamming" if algorithm == "ball_tree" else "chebyshev")
    model = neighbors.KNeighborsRegressor(draw.whole(1, 9), algorithm=algorithm, metric=metric, p=draw.pick(1, 2), leaf_size=draw.whole(2, 40))
    return Case(model.fit(X, draw.rng.normal(0, 1, len(X))), rows, {"predict": "general"})
