"""Trains with the scikit-learn that is installed, saves with its joblib, and holds `headroom predict` against its own answers.
usage: sklearn_test.py HEADROOM. Trees: bit for bit. Dot products: within 8 ulp of the sum of absolute terms."""
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

    def close(self, model):
        np.testing.assert_array_equal(headroom(model, "predict"), model.predict(ROWS))
        np.testing.assert_allclose(headroom(model, "predict_proba"), model.predict_proba(ROWS), rtol=1e-11, atol=1e-14)

    def test_logistic_regression_is_close(self):
        self.close(LogisticRegression(max_iter=1000).fit(X, Y))

    def test_a_pipeline_is_close(self):
        self.close(make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000)).fit(X, Y))


print(f"scikit-learn {sklearn.__version__}, numpy {np.__version__}, {len(ROWS)} rows")
unittest.main()
