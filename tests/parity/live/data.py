"""Random training data and rows to predict, by a seed."""
import numpy as np
import pandas as pd

CITIES = ["Oslo", "Lima", "東京", "São Paulo", "Ny", "Köln", "Quito"]


class Draw:
    """A model's own source of chance: draw.pick(…) of parameters, draw.classes(…) and the others of data."""

    def __init__(self, seed):
        self.rng = np.random.default_rng(seed)
        self.seed = int(self.rng.integers(1 << 30))
        self.ties = True   # whether columns may hold few values

    def pick(self, *options):
        return options[self.rng.integers(len(options))]

    def whole(self, low, high):
        return int(self.rng.integers(low, high + 1))

    def real(self, low, high):
        return float(self.rng.uniform(low, high))

    def labels(self, y):
        """Class numbers as labels of some kind; for two classes also bools."""
        n = int(y.max()) + 1
        kinds = ["int64", "int8", "int32", "text", "object", "float", "gaps"] + (["bool"] if n == 2 else [])
        kind = self.pick(*kinds)
        if kind == "text":
            return np.array(["bad", "good", "ugly", "über", "e", "f", "g", "h", "ij", "z"])[y]
        if kind == "object":
            return np.array(["no", "yes", "maybe", "d", "e", "f", "g", "h", "ij", "z"], dtype=object)[y]
        return {"int64": y, "int8": (y - 3).astype(np.int8), "int32": (y * 7 - 2).astype(np.int32), "float": y * 2.0 - 3, "gaps": y * 1000 + 5, "bool": y == 1}[kind]

    def features(self, n, width, nan=0.0):
        X = self.rng.normal(0, 1, (n, width)) * self.rng.uniform(0.3, 5, width) + self.rng.uniform(-3, 3, width)
        if self.pick(0, 1) and self.ties:
            X[:, 0] = np.round(X[:, 0])
        if nan:
            X[self.rng.random(X.shape) < nan] = np.nan
        return X

    def classes(self, n_classes=None, nan=0.0, positive=False):
        """X and class numbers y, all classes present."""
        k = n_classes or self.pick(2, 2, 3, 3, 10)
        width, n = self.whole(2, 11), 50 + 20 * k
        X = self.features(n, width, nan)
        y = np.concatenate([np.arange(k), self.rng.integers(0, k, n - k)])
        X += y[:, None] * self.rng.normal(0, 1, width)
        return (np.abs(X) if positive else X), y

    def numbers(self, nan=0.0, positive=False, outputs=1):
        width, n = self.whole(2, 11), self.whole(60, 160)
        X = self.features(n, width, nan)
        Y = np.nan_to_num(X) @ self.rng.normal(0, 1, (width, outputs)) + self.rng.normal(0, 0.5, (n, outputs)) + np.abs(np.nan_to_num(X[:, :1]))
        if positive:
            Y = np.exp(Y / 6)
        return X, (Y if outputs > 1 else Y[:, 0])

    def weights(self, n):
        return self.pick(None, None, self.rng.uniform(0.2, 3, n), self.rng.integers(1, 4, n).astype(float))

    def rows(self, X, nan=False, positive=False):
        """The training rows, points near them, points far outside, zeros; and values of float32 and their neighbours."""
        near = X + self.rng.normal(0, 0.3, X.shape)
        far = self.rng.uniform(-40, 40, (40, X.shape[1]))
        edges = X[:30].astype(np.float32)
        rows = np.vstack([X, near, far, edges, np.nextafter(edges, np.float32(np.inf)), np.zeros((1, X.shape[1]))]).astype(np.float64)
        rows = np.abs(rows) if positive else rows
        if nan:
            rows[self.rng.random(rows.shape) < 0.1] = np.nan
        else:
            rows = rows[~np.isnan(rows).any(axis=1)]
        return rows

    def table(self, n, missing=False):
        """Named columns: numbers, text, a category with few values."""
        cities = np.array(CITIES[: self.whole(3, 7)], dtype=object)
        frame = pd.DataFrame({"age": np.round(self.rng.normal(40, 12, n), 1), "city": self.rng.choice(cities, n), "income": self.rng.normal(3e4, 9e3, n),
                              "grade": self.rng.choice(np.array(["low", "mid", "high"], dtype=object), n)})
        if missing:
            for name in ("age", "city"):
                frame.loc[self.rng.random(n) < 0.1, name] = np.nan
        return frame

    def documents(self, n):
        words = "Der the cat sat on a mat über 東京 city don't stop e-mail 42 3.14 Straße ÉCOLE naïve x yz".split()
        return [" ".join(self.rng.choice(words, self.whole(0, 12))) for _ in range(n)]
