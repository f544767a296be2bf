"""Trains with the scikit-learn that is installed, saves with its joblib, and holds `headroom predict` against its own answers.
usage: sklearn_test.py HEADROOM. Trees and scalers: bit for bit. Linear models: each decision within 8 units in the last place of
the sum of its absolute terms Σ|xᵢwᵢ|+|b|, and the probabilities within what that difference makes of them."""
import pathlib, subprocess, sys, tempfile, unittest

import joblib, numpy as np, sklearn
from sklearn.datasets import load_iris
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier

HEADROOM = pathlib.Path(sys.argv.pop(1)).resolve()
X, Y = load_iris(return_X_y=True)
RNG = np.random.default_rng(7)
# The data, points around it, and points far outside, where every leaf and both tails of the softmax are met.
ROWS = np.vstack([X, X + RNG.normal(0, 0.3, X.shape), RNG.uniform(-50, 50, (500, 4))])


def headroom(model, method, compress=0):
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        joblib.dump(model, folder / "model.joblib", compress=compress)
        np.save(folder / "rows.npy", ROWS)
        subprocess.run([HEADROOM, "predict", folder / "model.joblib", folder / "rows.npy", "--method", method, "--output", folder / "out.npy"], check=True)
        return np.load(folder / "out.npy", allow_pickle=False)


class Parity(unittest.TestCase):
    def exact(self, model):
        for method in ("predict_proba", "predict"):
            np.testing.assert_array_equal(headroom(model, method), getattr(model, method)(ROWS))

    def test_a_forest_is_exact(self):
        self.exact(RandomForestClassifier(100, random_state=1).fit(X, Y))

    def test_a_tree_is_exact(self):
        self.exact(DecisionTreeClassifier(random_state=1).fit(X, Y))

    def test_compressed_files_hold_the_same_model(self):
        model = RandomForestClassifier(10, random_state=2).fit(X, Y)
        for compress in ("zlib", "gzip", "bz2", "xz", "lzma"):
            with self.subTest(compress):
                np.testing.assert_array_equal(headroom(model, "predict_proba", (compress, 3)), model.predict_proba(ROWS))

    def within_the_bound_of_dot_products(self, model, rows):
        """model: ends in a LogisticRegression. rows: what that is given for ROWS, to the last bit what scikit-learn gives it."""
        linear = model[-1] if hasattr(model, "steps") else model
        terms = np.abs(rows) @ np.abs(linear.coef_).T + np.abs(linear.intercept_)
        bound = 8 * np.spacing(terms)
        decisions = model.decision_function(ROWS)
        self.within(headroom(model, "decision_function"), decisions, bound.reshape(decisions.shape))
        # A softmax or logistic of decisions that are off by at most e differs by at most 2 e p (1 - p); the last term is its own rounding.
        expected = model.predict_proba(ROWS)
        self.within(headroom(model, "predict_proba"), expected,
                    2 * bound.max(axis=1, keepdims=True) * expected * (1 - expected) + 8 * np.spacing(expected))
        # A label may differ only where two decisions are closer than both can be off.
        margin = np.diff(np.sort(decisions, axis=1)[:, -2:]).ravel() if decisions.ndim == 2 else np.abs(decisions)
        sure = margin > 2 * bound.max(axis=1)
        self.assertGreater(sure.sum(), len(ROWS) * 0.99)
        np.testing.assert_array_equal(headroom(model, "predict")[sure], model.predict(ROWS)[sure])

    def within(self, got, expected, bound):
        self.assertEqual(got.shape, expected.shape)
        share = np.max(np.abs(got - expected) / bound)
        self.assertLessEqual(share, 1, "of the bound")

    def test_logistic_regression_is_within_its_bound(self):
        self.within_the_bound_of_dot_products(LogisticRegression(max_iter=1000).fit(X, Y), ROWS)

    def test_logistic_regression_of_two_classes_is_within_its_bound(self):
        self.within_the_bound_of_dot_products(LogisticRegression(max_iter=1000).fit(X[:100], Y[:100]), ROWS)

    def test_a_scaler_is_exact(self):
        model = StandardScaler().fit(X)
        np.testing.assert_array_equal(headroom(model, "transform"), model.transform(ROWS))

    def test_a_pipeline_is_within_the_bound_of_its_last_step(self):
        model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000)).fit(X, Y)
        self.within_the_bound_of_dot_products(model, model[:-1].transform(ROWS))


print(f"scikit-learn {sklearn.__version__}, numpy {np.__version__}, {len(ROWS)} rows")
unittest.main()
