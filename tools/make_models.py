#!/usr/bin/env python3
"""Makes the models of examples/iris and what scikit-learn answers for them.

  make_models.py FOLDER        (needs scikit-learn, joblib and pandas; examples/iris was made with the versions in versions.json)

Writes model.joblib (a forest of 100 trees), logreg.joblib, tree.joblib and pipeline.joblib, trained on the Iris data as a table
with named columns and text labels; rows.npy, the rows that are predicted; and golden/NAME.METHOD.npy. Every seed is fixed.
"""
import json, pathlib, platform, sys

import joblib
import numpy as np
import pandas as pd
import sklearn
from sklearn.datasets import load_iris
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier

FEATURES = ["sepal_length", "sepal_width", "petal_length", "petal_width"]
MODELS = {
    "model": RandomForestClassifier(n_estimators=100, random_state=42, n_jobs=1),
    "logreg": LogisticRegression(max_iter=1000, random_state=42),
    "tree": DecisionTreeClassifier(random_state=42),
    "pipeline": Pipeline([("scale", StandardScaler()), ("classify", LogisticRegression(max_iter=1000, random_state=42))]),
}
METHODS = {"model": ["predict_proba"], "tree": ["predict_proba"], "logreg": ["predict_proba", "decision_function"], "pipeline": ["predict_proba", "decision_function"]}


def rows_to_predict(data, forest):
    """All of Iris, then rows made of thresholds of the forest and their neighbours, one step of float32 to either side."""
    rng = np.random.default_rng(7)
    by_feature = [[] for _ in FEATURES]
    for estimator in forest.estimators_:
        tree = estimator.tree_
        for feature, threshold in zip(tree.feature, tree.threshold):
            if feature >= 0:
                by_feature[feature].append(threshold)
    edges = np.column_stack([rng.choice(values, 60) for values in by_feature]).astype(np.float32)
    down, up = np.nextafter(edges, np.float32(-np.inf)), np.nextafter(edges, np.float32(np.inf))
    return np.vstack([data, edges, down, up]).astype(np.float64)


def main():
    folder = pathlib.Path(sys.argv[1])
    (folder / "golden").mkdir(parents=True, exist_ok=True)
    iris = load_iris()
    table = pd.DataFrame(iris.data, columns=FEATURES)
    labels = np.asarray(iris.target_names, dtype=str)[iris.target]
    for model in MODELS.values():
        model.fit(table, labels)
    rows = rows_to_predict(iris.data, MODELS["model"])
    np.save(folder / "rows.npy", rows)
    asked = pd.DataFrame(rows, columns=FEATURES)
    for name, model in MODELS.items():
        joblib.dump(model, folder / f"{name}.joblib", compress=3 if name == "model" else 0)
        np.save(folder / "golden" / f"{name}.predict.npy", np.asarray(model.predict(asked), dtype="U10"))
        for method in METHODS[name]:
            np.save(folder / "golden" / f"{name}.{method}.npy", getattr(model, method)(asked))
    versions = {"python": platform.python_version(), "scikit-learn": sklearn.__version__, "numpy": np.__version__, "joblib": joblib.__version__, "pandas": pd.__version__}
    (folder / "versions.json").write_text(json.dumps(versions, indent=1) + "\n")


if __name__ == "__main__":
    main()
