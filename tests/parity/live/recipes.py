"""What is trained: RECIPES maps a name to a function that draws parameters and data and gives a fitted Case. The estimators stand in the other files."""
import sklearn

RECIPES = {}
RELEASE = tuple(int(part) for part in sklearn.__version__.split(".")[:2])


class Case:
    """model: fitted. rows: an array, or a DataFrame. bars: method → bar. loose: labels may differ where scores are close;
    scores: a function of the rows that gives them, if no method does."""

    def __init__(self, model, rows, bars, loose=False, rejects=True, scores=None):
        self.model, self.rows, self.bars, self.loose, self.rejects, self.scores = model, rows, bars, loose, rejects, scores


def recipe(name):
    def keep(function):
        RECIPES[name] = function
        return function
    return keep


def make(kind, **parameters):
    """The estimator with those of the parameters that this release has."""
    known = kind._get_param_names()
    return kind(**{name: value for name, value in parameters.items() if name in known})


def classifier(kind, bars, loose=False, nan=None, positive=False, weighted=True, classes=None, ties=True, **draws):
    """A recipe for a classifier of numbers. draws: parameter → function of the Draw. nan: function of the kind that says whether it takes NaN."""
    def train(draw):
        draw.ties = ties
        takes_nan = nan is not None and nan(kind) and draw.pick(True, False)
        X, y = draw.classes(classes, nan=0.08 if takes_nan else 0, positive=positive)
        model = make(kind, **{name: of(draw) for name, of in draws.items()})
        weight = draw.weights(len(y)) if weighted else None
        model.fit(X, draw.labels(y), **({} if weight is None else {"sample_weight": weight}))
        return Case(model, draw.rows(X, takes_nan, positive), bars(model) if callable(bars) else bars, loose)
    RECIPES[kind.__name__] = train


def regressor(kind, bars, nan=None, positive=False, weighted=True, outputs=False, ties=True, **draws):
    def train(draw):
        draw.ties = ties
        takes_nan = nan is not None and nan(kind) and draw.pick(True, False)
        X, y = draw.numbers(nan=0.08 if takes_nan else 0, positive=positive, outputs=draw.pick(1, 3) if outputs == "maybe" else 3 if outputs else 1)
        model = make(kind, **{name: of(draw) for name, of in draws.items()})
        weight = draw.weights(len(y)) if weighted else None
        model.fit(X, y, **({} if weight is None else {"sample_weight": weight}))
        return Case(model, draw.rows(X, takes_nan), bars(model) if callable(bars) else bars)
    RECIPES[kind.__name__] = train


def transformer(kind, bar, nan=False, supervised=False, positive=False, **draws):
    def train(draw):
        X, y = draw.classes(positive=positive)
        model = make(kind, **{name: of(draw) for name, of in draws.items()})
        if nan:
            X[draw.rng.random(X.shape) < 0.1] = float("nan")
            X[:2] = 1.5   # no column is missing altogether
        model.fit(X, y) if supervised else model.fit(X)
        return Case(model, draw.rows(X, nan, positive), {"transform": bar})
    RECIPES[kind.__name__] = train


def seed(draw):
    return draw.seed


PROBA, LINKED = {"predict": "exact", "predict_proba": "exact"}, {"predict": "exact", "predict_proba": "link", "decision_function": "exact"}
SCORED, GENERAL = {"predict": "exact", "decision_function": "dot"}, {"predict": "exact", "predict_proba": "general"}
FULL = {"predict": "exact", "predict_proba": "general", "decision_function": "dot"}
