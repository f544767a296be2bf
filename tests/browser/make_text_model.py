"""Writes tests/browser/text.joblib: a pipeline that takes texts and numbers. Made with scikit-learn 1.7.2, pandas not needed."""
import pathlib

import joblib
import numpy as np
from sklearn.compose import ColumnTransformer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

rng = np.random.default_rng(1)
ports, ages = rng.choice(["Cherbourg", "Queenstown", "Southampton"], 90), rng.uniform(1, 80, 90).round()
rows = np.empty((90, 2), dtype=object)
rows[:, 0], rows[:, 1] = ports, ages
survived = np.where((ports == "Cherbourg") | (ages < 15), "yes", "no")
columns = ColumnTransformer([("port", OneHotEncoder(handle_unknown="ignore"), [0]), ("age", StandardScaler(), [1])])
joblib.dump(make_pipeline(columns, LogisticRegression()).fit(rows, survived), pathlib.Path(__file__).with_name("text.joblib"), compress=3)
