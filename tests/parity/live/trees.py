"""Trees and what is made of them."""
from sklearn import ensemble, tree

from recipes import LINKED, PROBA, RECIPES, RELEASE, Case, classifier, make, regressor, seed


def has_nan_trees(kind):
    first = {"DecisionTree": (1, 3), "RandomForest": (1, 4), "ExtraTree": (1, 6)}
    return next(RELEASE >= since for name, since in first.items() if kind.__name__.startswith(name))


TREE = {"random_state": seed, "max_depth": lambda d: d.pick(None, 1, 3, 6), "min_samples_leaf": lambda d: d.pick(1, 1, 4), "ccp_alpha": lambda d: d.pick(0, 0, 0.003),
        "max_features": lambda d: d.pick(None, "sqrt", 0.7), "max_leaf_nodes": lambda d: d.pick(None, None, 9)}
FOREST = {**TREE, "n_estimators": lambda d: d.whole(1, 30), "bootstrap": lambda d: d.pick(True, False)}
WEIGHT = {"class_weight": lambda d: d.pick(None, "balanced")}

for kind in (tree.DecisionTreeClassifier, tree.ExtraTreeClassifier):
    classifier(kind, PROBA, nan=has_nan_trees, criterion=lambda d: d.pick("gini", "entropy"), splitter=lambda d: d.pick("best", "random"), **TREE, **WEIGHT)
for kind in (ensemble.RandomForestClassifier, ensemble.ExtraTreesClassifier):
    classifier(kind, PROBA, nan=has_nan_trees, criterion=lambda d: d.pick("gini", "entropy"), **FOREST, **WEIGHT)
for kind in (tree.DecisionTreeRegressor, tree.ExtraTreeRegressor):
    regressor(kind, {"predict": "exact"}, nan=has_nan_trees, outputs="maybe", criterion=lambda d: d.pick("squared_error", "friedman_mse"), **TREE)
for kind in (ensemble.RandomForestRegressor, ensemble.ExtraTreesRegressor):
    regressor(kind, {"predict": "exact"}, nan=has_nan_trees, outputs="maybe", **FOREST)

BOOST = {"random_state": seed, "n_estimators": lambda d: d.whole(1, 40), "learning_rate": lambda d: d.pick(0.1, 0.3, 1.0), "subsample": lambda d: d.pick(1.0, 0.7),
         "max_depth": lambda d: d.pick(1, 3, None), "n_iter_no_change": lambda d: d.pick(None, None, 3)}
# numpy's own logarithm and exponential, which the scores and probabilities follow to the last bit, need these instructions.
FROM_LOG = LINKED if "avx512dq" in open("/proc/cpuinfo").read() else {**LINKED, "predict_proba": "general", "decision_function": "general"}
classifier(ensemble.GradientBoostingClassifier, FROM_LOG, init=lambda d: d.pick(None, None, "zero"), loss=lambda d: "log_loss", **BOOST)
RECIPES["GradientBoostingClassifier exponential"] = lambda draw: exponential(draw)
regressor(ensemble.GradientBoostingRegressor, {"predict": "exact"}, init=lambda d: d.pick(None, None, "zero"), loss=lambda d: d.pick("squared_error", "absolute_error", "huber", "quantile"), **BOOST)
HIST = {"random_state": seed, "max_iter": lambda d: d.whole(1, 30), "learning_rate": lambda d: d.pick(0.1, 0.5), "max_leaf_nodes": lambda d: d.pick(4, 31, None), "max_bins": lambda d: d.pick(255, 8),
        "l2_regularization": lambda d: d.pick(0.0, 1.0), "early_stopping": lambda d: d.pick(False, True), "min_samples_leaf": lambda d: d.pick(5, 20)}
classifier(ensemble.HistGradientBoostingClassifier, LINKED, nan=lambda kind: True, **HIST)
regressor(ensemble.HistGradientBoostingRegressor, lambda model: {"predict": "exact" if model.loss in ("squared_error", "absolute_error", "quantile") else "link"}, positive=True,
          nan=lambda kind: True, loss=lambda d: d.pick("squared_error", "absolute_error", "poisson", "gamma"), **HIST)


def exponential(draw):
    X, y = draw.classes(2)
    model = make(ensemble.GradientBoostingClassifier, loss="exponential", n_estimators=draw.whole(1, 30), random_state=draw.seed, subsample=draw.pick(1.0, 0.5)).fit(X, draw.labels(y))
    return Case(model, draw.rows(X), FROM_LOG)


def stump(draw):
    return make(tree.DecisionTreeClassifier, max_depth=draw.pick(1, 3), random_state=draw.seed)


ADA = {"predict": "exact", "predict_proba": "general", "decision_function": "general"}
classifier(ensemble.AdaBoostClassifier, ADA, loose=True, estimator=stump, n_estimators=lambda d: d.whole(1, 30), learning_rate=lambda d: d.pick(1.0, 0.5), algorithm=lambda d: d.pick("SAMME", "SAMME.R") if RELEASE < (1, 6) else "SAMME", random_state=seed)
regressor(ensemble.AdaBoostRegressor, {"predict": "exact"}, n_estimators=lambda d: d.whole(1, 30), loss=lambda d: d.pick("linear", "square", "exponential"), random_state=seed)
classifier(ensemble.BaggingClassifier, {"predict": "exact", "predict_proba": "exact"}, n_estimators=lambda d: d.whole(1, 12), max_features=lambda d: d.pick(1.0, 0.6), bootstrap_features=lambda d: d.pick(False, True), random_state=seed)
regressor(ensemble.BaggingRegressor, {"predict": "exact"}, n_estimators=lambda d: d.whole(1, 12), max_features=lambda d: d.pick(1.0, 0.6), random_state=seed)
