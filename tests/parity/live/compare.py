"""How far an answer may be from the origin's: the bars of docs/predict.md."""
import numpy as np


def _order(a):
    whole = {4: np.int32, 8: np.int64}[a.dtype.itemsize]
    i = np.ascontiguousarray(a).view(whole).astype(np.int64)
    return np.where(i < 0, np.iinfo(whole).min - i, i)


def ulps(got, want):
    """Units in the last place between them; NaN equals NaN."""
    with np.errstate(over="ignore"):
        distance = np.abs(_order(got).astype(np.float64) - _order(want).astype(np.float64))
    distance = np.where(got == want, 0, np.maximum(distance, 1))
    same = np.isnan(got) & np.isnan(want)
    return np.where(same, 0, np.where(np.isnan(got) != np.isnan(want), np.inf, distance))


def allowed(want, bar):
    """Absolute difference that the bar allows each value. bar: exact, link, an array of differences, or general."""
    size = np.abs(want)
    if isinstance(bar, np.ndarray):
        return np.broadcast_to(bar.reshape(bar.shape + (1,) * (want.ndim - bar.ndim)), want.shape)
    if bar == "exact":
        return np.zeros(want.shape)
    # Probabilities of one row share the unit of the largest: p and 1 - p.
    largest = size.max(axis=1, keepdims=True) if want.ndim == 2 and want.size else size
    if bar == "link":
        return 4 * np.spacing(np.broadcast_to(largest if want.ndim == 2 and want.shape[1] == 2 else size, want.shape)).astype(np.float64)
    relative = 2e-5 if want.dtype == np.float32 else 1e-11
    return relative * np.broadcast_to(np.maximum(largest, 1e-3 if bar == "tight" else 1.0), want.shape)


def labels_agree(got, want, scores):
    """Whether labels are equal, but for rows whose two best scores are as close as a bar."""
    differ = (np.asarray(got).astype(str) if want.dtype.kind in "OUS" else got) != (want.astype(str) if want.dtype.kind in "OUS" else want)
    differ = differ.reshape(len(want), -1).any(axis=1)
    if scores is not None and differ.any():
        if scores.ndim == 2:
            best = np.sort(scores, axis=1)[:, -2:]
            close = best[:, 1] - best[:, 0] <= 1e-9 * np.maximum(1, np.abs(best[:, 1]))
        else:
            close = np.abs(scores) <= 1e-9
        differ &= ~close
    return int(differ.sum())


def numbers_agree(got, want, bar):
    """(worst difference in ulp, values outside of the bar, first of them as text)."""
    got = np.asarray(got)
    if got.shape != want.shape:
        if got.size != want.size:
            return np.inf, want.size, f"shape {got.shape}, not {want.shape}"
        got = got.reshape(want.shape)
    got = got.astype(want.dtype)
    if want.dtype.kind not in "f":
        got, want = got.astype(np.float64), want.astype(np.float64)
    far = ulps(got, want)
    with np.errstate(invalid="ignore"):
        delta = np.abs(got.astype(np.float64) - want.astype(np.float64))
        delta = np.where((got == want) | (far == 0), 0, np.where(np.isnan(delta), np.inf, delta))
    bad = delta > allowed(want, bar)
    text = ""
    if bad.any():
        at = tuple(int(i) for i in np.argwhere(bad)[0])
        text = f"at {list(at)}: {got[at]!r}, not {want[at]!r}"
    return float(far.max()) if far.size else 0.0, int(bad.sum()), text
