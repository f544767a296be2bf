"""Estimators made of others; tables with text and categories; documents."""
import numpy as np
from sklearn import (calibration, compose, ensemble, feature_selection, impute, linear_model, model_selection, multiclass, multioutput, naive_bayes, pipeline, preprocessing, svm, tree)
from sklearn.experimental import enable_halving_search_cv  # noqa: F401
from sklearn.feature_extraction import text as words

import boosters
from recipes import FULL, GENERAL, LINKED, PROBA, RELEASE, Case, make, recipe


def small_tree(draw):
    return tree.DecisionTreeClassifier(max_depth=draw.pick(2, 4), random_state=draw.seed)


def some_classifier(draw):
    kinds = [small_tree(draw), linear_model.LogisticRegression(max_iter=300), naive_bayes.GaussianNB(), ensemble.RandomForestClassifier(5, random_state=draw.seed)]
    if boosters.xgboost is not None and RELEASE >= (1, 5):   # with numpy 1 some of what is made of XGBoost's float32 is rounded to float32 again
        kinds.append(boosters.xgboost.XGBClassifier(n_estimators=5, max_depth=2, random_state=draw.seed, n_jobs=1))
    if boosters.lightgbm is not None:
        kinds.append(boosters.lightgbm.LGBMClassifier(n_estimators=5, num_leaves=4, random_state=draw.seed, n_jobs=1, verbose=-1))
    return draw.pick(*kinds)


def some_regressor(draw):
    return draw.pick(tree.DecisionTreeRegressor(max_depth=3, random_state=draw.seed), linear_model.Ridge(), linear_model.LinearRegression(), ensemble.RandomForestRegressor(4, random_state=draw.seed))


def methods_of(model, bar="general"):
    return {name: "exact" if name == "predict" else bar for name in ("predict", "predict_proba", "decision_function", "transform") if hasattr(model, name)}


@recipe("VotingClassifier")
def voting(draw):
    X, y = draw.classes()
    kind = draw.pick("soft", "hard")
    model = ensemble.VotingClassifier([("a", some_classifier(draw)), ("b", some_classifier(draw)), ("c", draw.pick("drop", small_tree(draw)))], voting=kind,
                                      weights=draw.pick(None, [1, 2, 0.5]), flatten_transform=draw.pick(True, True, False)).fit(X, draw.labels(y))
    bars = {name: bar for name, bar in methods_of(model).items() if name != "transform" or kind == "hard" or model.flatten_transform}
    return Case(model, draw.rows(X), bars, loose=True)


@recipe("VotingRegressor")
def voting_regressor(draw):
    X, y = draw.numbers()
    model = ensemble.VotingRegressor([("a", some_regressor(draw)), ("b", some_regressor(draw))], weights=draw.pick(None, [1, 3])).fit(X, y)
    return Case(model, draw.rows(X), {"predict": "general", "transform": "general"})


@recipe("StackingClassifier")
def stacking(draw):
    X, y = draw.classes(draw.pick(2, 3))
    model = ensemble.StackingClassifier([("a", some_classifier(draw)), ("b", draw.pick(svm.LinearSVC(), small_tree(draw)))], final_estimator=some_classifier(draw), cv=3,
                                        passthrough=draw.pick(True, False), stack_method=draw.pick("auto", "auto", "predict")).fit(X, draw.labels(y))
    return Case(model, draw.rows(X), methods_of(model), loose=True)


@recipe("StackingRegressor")
def stacking_regressor(draw):
    X, y = draw.numbers()
    # Not one of a kind twice: what the last one learns of equal columns is as good as any other split of them, and not to be told from rounding.
    model = ensemble.StackingRegressor([("a", linear_model.Ridge()), ("b", draw.pick(tree.DecisionTreeRegressor(max_depth=3, random_state=draw.seed), ensemble.RandomForestRegressor(4, random_state=draw.seed)))], final_estimator=draw.pick(None, some_regressor(draw)), cv=3, passthrough=draw.pick(True, False)).fit(X, y)
    return Case(model, draw.rows(X), {"predict": "general", "transform": "general"})


@recipe("CalibratedClassifierCV")
def calibrated(draw):
    X, y = draw.classes(draw.pick(2, 3))
    if RELEASE >= (1, 6) and draw.pick(True, False, False):
        from sklearn.frozen import FrozenEstimator
        labels = draw.labels(y)
        frozen = FrozenEstimator(some_classifier(draw).fit(X, labels))
        return Case(calibration.CalibratedClassifierCV(frozen, method=draw.pick("sigmoid", "isotonic")).fit(X, labels), draw.rows(X), GENERAL, loose=True)
    method = draw.pick("sigmoid", "isotonic", "temperature") if RELEASE >= (1, 8) else draw.pick("sigmoid", "isotonic")
    model = calibration.CalibratedClassifierCV(draw.pick(some_classifier(draw), svm.LinearSVC()), method=method, ensemble=draw.pick(True, False), cv=3).fit(X, draw.labels(y))
    return Case(model, draw.rows(X), GENERAL, loose=True)


@recipe("OneVsRestClassifier")
def one_vs_rest(draw):
    X, y = draw.classes()
    target = draw.labels(y)
    if draw.pick(True, False):
        k = draw.whole(2, 4)
        target = (draw.rng.random((len(y), k)) < 0.3).astype(int)
        target[:, 0] = y > 0
        target[:, -1] = draw.pick(0, 1, target[:, -1])   # an absent class, a class of all
    model = multiclass.OneVsRestClassifier(some_classifier(draw)).fit(X, target)
    return Case(model, draw.rows(X), methods_of(model), loose=True)


@recipe("OneVsOneClassifier")
def one_vs_one(draw):
    X, y = draw.classes(draw.pick(2, 3, 4))
    model = multiclass.OneVsOneClassifier(draw.pick(some_classifier(draw), svm.LinearSVC())).fit(X, draw.labels(y))
    return Case(model, draw.rows(X), methods_of(model), loose=True)


@recipe("OutputCodeClassifier")
def output_code(draw):
    X, y = draw.classes(draw.pick(3, 4, 5))
    model = multiclass.OutputCodeClassifier(some_classifier(draw), code_size=draw.pick(0.7, 1.5, 3), random_state=draw.seed).fit(X, draw.labels(y))

    def nearness(rows):
        votes = [one.decision_function(rows) if hasattr(one, "decision_function") else one.predict_proba(rows)[:, 1] for one in model.estimators_]
        return -np.linalg.norm(np.column_stack(votes)[:, None] - model.code_book_[None], axis=2)
    return Case(model, draw.rows(X), {"predict": "exact"}, loose=True, scores=nearness)


@recipe("several outputs")
def several(draw):
    X, y = draw.classes(3)
    target = np.column_stack([y, draw.rng.integers(0, 2, len(y))])
    if draw.pick(True, False):
        target = np.array(["low", "mid", "größer"])[target]
    kinds = [make(kind, random_state=draw.seed, max_depth=3, n_estimators=4) for kind in (tree.DecisionTreeClassifier, ensemble.RandomForestClassifier, ensemble.ExtraTreesClassifier)]
    model = draw.pick(*kinds, multioutput.MultiOutputClassifier(some_classifier(draw))).fit(X, target)
    bars = {"predict": "exact"}
    if hasattr(model, "predict_proba"):
        bars["predict_proba"] = "general"
    return Case(model, draw.rows(X), bars)


@recipe("MultiOutputRegressor")
def several_numbers(draw):
    X, y = draw.numbers(outputs=3)
    return Case(multioutput.MultiOutputRegressor(some_regressor(draw)).fit(X, y), draw.rows(X), {"predict": "general"})


@recipe("chains")
def chains(draw):
    X, y = draw.classes(2)
    target = np.column_stack([y, draw.rng.integers(0, 2, len(y)), draw.rng.integers(0, 2, len(y))])
    if draw.pick(True, False):
        model = multioutput.ClassifierChain(some_classifier(draw), order="random", random_state=draw.seed).fit(X, target)
        return Case(model, draw.rows(X), {"predict": "exact", "predict_proba": "general"})
    model = multioutput.RegressorChain(some_regressor(draw), order=[2, 0, 1]).fit(X, target.astype(float))
    return Case(model, draw.rows(X), {"predict": "general"})


@recipe("TransformedTargetRegressor")
def transformed_target(draw):
    X, y = draw.numbers(positive=True)
    how = draw.pick({"func": np.log1p, "inverse_func": np.expm1}, {"transformer": preprocessing.StandardScaler()}, {"transformer": preprocessing.QuantileTransformer(n_quantiles=20)}, {"func": np.log, "inverse_func": np.exp})
    model = compose.TransformedTargetRegressor(some_regressor(draw), **how).fit(X, y)
    return Case(model, draw.rows(X), {"predict": "general"})


@recipe("searches")
def searches(draw):
    X, y = draw.classes(draw.pick(2, 3))
    kind = draw.pick(model_selection.GridSearchCV, model_selection.RandomizedSearchCV, model_selection.HalvingGridSearchCV)
    model = kind(small_tree(draw), {"min_samples_leaf": [1, 5]}, cv=3, **({"n_iter": 2} if kind is model_selection.RandomizedSearchCV else {})).fit(X, draw.labels(y))
    return Case(model, draw.rows(X), PROBA)


@recipe("thresholds")
def thresholds(draw):
    X, y = draw.classes(2)
    if RELEASE < (1, 5):
        return None
    from sklearn.model_selection import FixedThresholdClassifier, TunedThresholdClassifierCV
    inner = draw.pick(linear_model.LogisticRegression(max_iter=300), small_tree(draw))
    model = draw.pick(FixedThresholdClassifier(inner, threshold=draw.real(0.2, 0.8)), TunedThresholdClassifierCV(inner, cv=3)).fit(X, draw.labels(y))
    return Case(model, draw.rows(X), {"predict": "exact", "predict_proba": "general"}, loose=True)


@recipe("selections")
def selections(draw):
    X, y = draw.classes(draw.pick(2, 3))
    inner = draw.pick(small_tree(draw), linear_model.LogisticRegression(max_iter=300))
    model = draw.pick(feature_selection.RFE(inner, n_features_to_select=1), feature_selection.RFECV(inner, cv=3), feature_selection.SelectFromModel(inner),
                      feature_selection.SequentialFeatureSelector(inner, n_features_to_select=1, cv=2)).fit(X, y)
    return Case(model, draw.rows(X), methods_of(model), loose=True)


@recipe("pipelines")
def pipelines(draw):
    X, y = draw.classes()
    first = draw.pick(preprocessing.StandardScaler(), preprocessing.MinMaxScaler(), preprocessing.RobustScaler(), preprocessing.QuantileTransformer(n_quantiles=20), "passthrough",
                      ensemble.StackingClassifier([("a", small_tree(draw))], final_estimator=small_tree(draw), cv=3, passthrough=True))
    second = draw.pick(feature_selection.SelectKBest(k=1), preprocessing.PolynomialFeatures(2), pipeline.FeatureUnion([("a", preprocessing.MaxAbsScaler()), ("b", "passthrough")] if RELEASE >= (1, 1) else [("a", preprocessing.MaxAbsScaler())]))
    model = pipeline.Pipeline([("first", first), ("second", second), ("last", some_classifier(draw))]).fit(X, draw.labels(y))
    return Case(model, draw.rows(X), methods_of(model), loose=True)


def columns(draw, missing):
    numeric = pipeline.make_pipeline(impute.SimpleImputer(strategy=draw.pick("mean", "median"), add_indicator=draw.pick(True, False)), preprocessing.StandardScaler())
    one_hot = make(preprocessing.OneHotEncoder, handle_unknown=draw.pick("ignore", "infrequent_if_exist"), drop=draw.pick(None, "if_binary"), min_frequency=draw.pick(None, 9), max_categories=draw.pick(None, 3))
    ordinal = make(preprocessing.OrdinalEncoder, handle_unknown="use_encoded_value", unknown_value=-1, encoded_missing_value=draw.pick(-2, np.nan) if not missing else -2)
    target = preprocessing.TargetEncoder(random_state=draw.seed) if RELEASE >= (1, 3) else ordinal
    text = draw.pick(one_hot, ordinal, target, pipeline.make_pipeline(impute.SimpleImputer(strategy=draw.pick("most_frequent", "constant")), one_hot))
    return compose.ColumnTransformer([("n", numeric, ["age", "income"]), ("c", text, draw.pick(["city"], ["city", "grade"]))], remainder="drop", sparse_threshold=draw.pick(0.3, 0))


@recipe("tables")
def tables(draw):
    missing = draw.pick(True, False)
    frame = draw.table(150, missing)
    y = (frame["income"].to_numpy() > 3e4).astype(int) + draw.pick(0, (frame["grade"] == "low").to_numpy().astype(int))
    model = pipeline.make_pipeline(columns(draw, missing), some_classifier(draw)).fit(frame, draw.labels(y))
    return Case(model, frame, methods_of(model), loose=True, rejects=False)


@recipe("HistGradientBoosting categories")
def hist_categories(draw):
    frame = draw.table(200, False)
    X = np.column_stack([frame["age"], draw.rng.integers(0, 9, 200), frame["income"], draw.rng.integers(0, 4, 200)])
    X[draw.rng.random(X.shape) < 0.05] = np.nan
    y = draw.rng.integers(0, 2, 200) + (np.nan_to_num(X[:, 1]) > 5)
    model = ensemble.HistGradientBoostingClassifier(max_iter=10, categorical_features=draw.pick([1, 3], [False, True, False, True]), random_state=draw.seed).fit(X, draw.labels(y))
    rows = np.vstack([X, X + 0.0])
    rows[200:, 1] = draw.rng.integers(0, 14, 200)
    return Case(model, rows, LINKED, rejects=False)


@recipe("documents")
def documents(draw):
    texts = draw.documents(120)
    y = draw.rng.integers(0, 3, 120)
    settings = {"ngram_range": draw.pick((1, 1), (1, 2), (2, 3)), "analyzer": draw.pick("word", "word", "char", "char_wb"), "lowercase": draw.pick(True, False), "strip_accents": draw.pick(None, "unicode", "ascii"),
                "binary": draw.pick(True, False), "stop_words": draw.pick(None, None, "english")}
    if settings["analyzer"] != "word":
        settings["stop_words"] = None
    kind = draw.pick(words.CountVectorizer, words.TfidfVectorizer, words.HashingVectorizer)
    extra = {"n_features": 512, "norm": draw.pick("l1", "l2", None), "alternate_sign": draw.pick(True, False)} if kind is words.HashingVectorizer else {"max_features": draw.pick(None, 30), "min_df": draw.pick(1, 2)}
    if kind is words.TfidfVectorizer:
        extra.update(sublinear_tf=draw.pick(True, False), smooth_idf=draw.pick(True, False), norm=draw.pick("l1", "l2", None), use_idf=draw.pick(True, False))
    maker = kind(**settings, **extra)
    if draw.pick(True, False, False):
        maker = pipeline.make_union(maker, words.TfidfVectorizer(analyzer="char"))
    model = pipeline.make_pipeline(maker, draw.pick(linear_model.LogisticRegression(max_iter=300), svm.LinearSVC(), linear_model.SGDClassifier(random_state=draw.seed))).fit(texts, draw.labels(y))
    return Case(model, texts, {name: bar for name, bar in methods_of(model).items()}, loose=True, rejects=False)
