"""XGBoost and LightGBM, where the stack has them."""
import numpy as np

from recipes import Case, recipe

try:
    import xgboost
except ImportError:
    xgboost = None
try:
    import lightgbm
except ImportError:
    lightgbm = None


if xgboost is not None:
    @recipe("XGBClassifier")
    def xgb_classifier(draw):
        X, y = draw.classes(nan=draw.pick(0, 0.1))
        settings = {"n_estimators": draw.whole(1, 25), "max_depth": draw.whole(1, 6), "learning_rate": draw.pick(0.1, 0.5), "booster": draw.pick("gbtree", "gbtree", "dart", "gblinear"), "random_state": draw.seed, "n_jobs": 1}
        if settings["booster"] == "gblinear":
            X = np.nan_to_num(X)
            settings.pop("max_depth")
        else:
            settings.update(subsample=draw.pick(1.0, 0.7), tree_method=draw.pick("hist", "exact", "approx"), num_parallel_tree=draw.pick(1, 1, 3))
        if draw.pick(False, True) and y.max() == 1:
            settings["base_score"] = 0.3
        model = xgboost.XGBClassifier(**settings).fit(X, y, sample_weight=draw.weights(len(y)))
        is_linear = settings["booster"] == "gblinear"
        return Case(model, draw.rows(X, np.isnan(X).any()), {"predict": "exact", "predict_proba": "general" if is_linear else "link"}, loose=is_linear, rejects=False)

    @recipe("XGBRegressor")
    def xgb_regressor(draw):
        X, y = draw.numbers(nan=draw.pick(0, 0.1), positive=True)
        objective = draw.pick("reg:squarederror", "reg:absoluteerror", "count:poisson", "reg:gamma", "reg:tweedie", "reg:squaredlogerror", "reg:pseudohubererror")
        model = xgboost.XGBRegressor(n_estimators=draw.whole(1, 25), max_depth=draw.whole(1, 6), objective=objective, tree_method=draw.pick("hist", "approx"), max_leaves=draw.pick(0, 7),
                                     grow_policy=draw.pick("depthwise", "lossguide"), random_state=draw.seed, n_jobs=1).fit(X, y)
        return Case(model, draw.rows(X, np.isnan(X).any()), {"predict": "link" if objective.startswith(("count", "reg:gamma", "reg:tweedie")) else "exact"}, rejects=False)

    @recipe("XGBRF")
    def xgb_forest(draw):
        X, y = draw.classes(2)
        kind = draw.pick(xgboost.XGBRFClassifier, xgboost.XGBRFRegressor)
        model = kind(n_estimators=draw.whole(2, 20), max_depth=4, random_state=draw.seed, n_jobs=1).fit(X, y)
        bars = {"predict": "exact", "predict_proba": "link"} if kind is xgboost.XGBRFClassifier else {"predict": "exact"}
        return Case(model, draw.rows(X), bars, rejects=False)

if lightgbm is not None:
    @recipe("LGBMClassifier")
    def lgb_classifier(draw):
        X, y = draw.classes(nan=draw.pick(0, 0.1))
        model = lightgbm.LGBMClassifier(n_estimators=draw.whole(1, 25), num_leaves=draw.pick(3, 15, 31), boosting_type=draw.pick("gbdt", "gbdt", "dart", "rf"), objective=draw.pick(None, "multiclassova") if y.max() > 1 else None,
                                        subsample=0.7, subsample_freq=1, min_child_samples=draw.pick(5, 20), random_state=draw.seed, n_jobs=1, verbose=-1, is_unbalance=draw.pick(True, False) if y.max() == 1 else False,
                                        zero_as_missing=draw.pick(False, True), linear_tree=False).fit(X, draw.labels(y))
        return Case(model, draw.rows(X, np.isnan(X).any()), {"predict": "exact", "predict_proba": "link"}, rejects=False)

    @recipe("LGBMRegressor")
    def lgb_regressor(draw):
        X, y = draw.numbers(nan=draw.pick(0, 0.1), positive=True)
        objective = draw.pick("regression", "regression_l1", "huber", "fair", "poisson", "quantile", "mape", "gamma", "tweedie")
        linear = objective == "regression" and draw.pick(True, False)
        boosting = "gbdt" if linear else draw.pick("gbdt", "dart", "rf")
        model = lightgbm.LGBMRegressor(n_estimators=draw.whole(1, 25), num_leaves=draw.pick(3, 15, 31), boosting_type=boosting, objective=objective, subsample=0.7, subsample_freq=1, random_state=draw.seed, n_jobs=1,
                                       verbose=-1, linear_tree=linear).fit(X, y)
        return Case(model, draw.rows(X, np.isnan(X).any()), {"predict": "general" if linear else "link" if objective in ("poisson", "gamma", "tweedie") else "exact"}, rejects=False)


@recipe("SelectFromBooster")
def select_from_booster(draw):
    from sklearn import feature_selection, linear_model, pipeline
    X, y = draw.classes(draw.pick(2, 3))
    kinds = ([xgboost.XGBClassifier, xgboost.XGBRegressor] if xgboost is not None else []) + ([lightgbm.LGBMClassifier, lightgbm.LGBMRegressor] if lightgbm is not None else [])
    if not kinds:
        return None
    kind = draw.pick(*kinds)
    settings = {"n_estimators": draw.whole(1, 30), "max_depth": draw.whole(1, 5), "random_state": draw.seed, "n_jobs": 1}
    if kind.__module__.startswith("xgboost"):
        settings.update(importance_type=draw.pick(None, "gain", "weight", "cover", "total_gain", "total_cover"), booster=draw.pick("gbtree", "gbtree", "dart"), subsample=draw.pick(1.0, 0.7))
    else:
        settings.update(importance_type=draw.pick("split", "gain"), verbose=-1)
    selector = feature_selection.SelectFromModel(kind(**settings), threshold=draw.pick(None, "mean", "median", "0.7*mean", "1.1*median", 0.1), max_features=draw.pick(None, 2))
    if draw.pick(False, True):
        return Case(selector.fit(X, y), draw.rows(X), {"transform": "exact"}, rejects=False)
    model = pipeline.make_pipeline(selector, linear_model.LogisticRegression(max_iter=300)).fit(X, y)
    return Case(model, draw.rows(X), {"predict": "exact", "predict_proba": "general"}, loose=True, rejects=False)
