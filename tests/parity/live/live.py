"""Trains fresh random models with the libraries installed here and holds `headroom predict` against their own answers.

  live.py HEADROOM [--seed N] [--rounds N] [--only REGEX] [--json FILE] [--keep FOLDER]

Each recipe is drawn --rounds times: other parameters, data, labels, sample weights. Every model is saved by joblib and in a second form
(another protocol, compression or skops), which must answer the same. Rows with NaN, infinity and more than float32 holds must be refused
where the origin refuses them. Prints what falls outside of its bar; --json keeps a line a model. Exit 0: all within."""
import argparse, collections, io, json, pathlib, pickle, re, subprocess, sys, tempfile, warnings, zlib

import joblib
import numpy as np
import pandas as pd
import sklearn
from sklearn.metrics.pairwise import pairwise_kernels

import boosters, densities, parts, trees, vectors  # noqa: F401  their recipes
from compare import labels_agree, numbers_agree
from data import Draw
from recipes import RECIPES

try:
    import skops.io
except ImportError:
    skops = None


class Refused(Exception):
    pass


def dense(answer):
    return answer.toarray() if hasattr(answer, "toarray") else answer


def origin_answer(model, method, rows):
    """The origin's; probabilities of several outputs side by side."""
    answer = getattr(model, method)(rows)
    if isinstance(answer, list):
        answer = np.hstack(answer)
    return np.asarray(dense(answer))


def write_rows(rows, folder):
    if isinstance(rows, np.ndarray):
        np.save(folder / "rows.npy", rows)
        return folder / "rows.npy"
    frame = rows if isinstance(rows, pd.DataFrame) else pd.DataFrame({"text": rows})
    with open(folder / "rows.csv", "w", encoding="utf-8", newline="") as file:
        frame.to_csv(file, index=False, quoting=2 if not isinstance(rows, pd.DataFrame) else 0)
    return folder / "rows.csv"


def headroom(binary, model, rows, method, folder, is_text=False):
    out = folder / ("out.csv" if is_text else "out.npy")
    run = subprocess.run([binary, "predict", model, rows, "--method", method, "--output", out], capture_output=True, text=True, timeout=60)
    if run.returncode != 0:
        raise Refused(run.stderr.strip().replace(str(folder), "").replace("\n", " | ")[:300] or f"exit code {run.returncode}")
    return np.load(out, allow_pickle=False)


def second_form(draw, model, folder):
    """Saves the model in some other way; returns the file."""
    kind = draw.pick("pickle", "zlib", "skops") if skops is not None and type(model).__module__.startswith("sklearn") else draw.pick("pickle", "zlib")
    path = folder / ("second." + kind)
    if kind == "skops":
        try:
            skops.io.dump(model, path)
            return path
        except Exception:   # skops itself cannot write it
            pass
    if kind == "pickle":
        path.write_bytes(pickle.dumps(model, protocol=draw.whole(0, 5)))
    else:
        joblib.dump(model, path, compress=draw.pick(3, ("gzip", 3), ("bz2", 3), ("xz", 3)))
    return path


def kernel_terms(model, rows):
    """The sum of a kernel machine's absolute terms for each row; None where it is none."""
    anchors = getattr(model, "support_vectors_", getattr(model, "X_fit_", None))
    if anchors is None or not isinstance(rows, np.ndarray) or model.kernel not in ("rbf", "linear", "poly", "sigmoid"):
        return None
    settings = {"gamma": getattr(model, "_gamma", model.gamma), "degree": model.degree, "coef0": model.coef0} if model.kernel != "linear" else {}
    wanted = {"rbf": ["gamma"], "linear": [], "poly": ["gamma", "degree", "coef0"], "sigmoid": ["gamma", "coef0"]}[model.kernel]
    kernel = pairwise_kernels(np.abs(rows) if model.kernel == "poly" else rows, np.abs(anchors) if model.kernel == "poly" else anchors, metric=model.kernel, **{name: settings[name] for name in wanted})
    return (np.abs(kernel) @ np.abs(np.atleast_2d(model.dual_coef_)).reshape(-1, len(anchors)).T).max(axis=1) + np.abs(getattr(model, "intercept_", 0)).max()


def bar_of(case, bar, want, method):
    """dot: 8 units in the last place of the sum of a dot product's absolute terms, where the model tells its weights."""
    if isinstance(bar, np.ndarray):
        return bar
    if bar == "general" and hasattr(case.model, "dual_coef_"):
        terms = kernel_terms(case.model, case.rows)
        if terms is not None:
            slope = max(1.0, np.abs(case.model.probA_).max()) if method == "predict_proba" else 1.0   # Platt's
            return 1e-12 * slope * np.maximum(terms, 10.0)
    if bar != "dot":
        return bar
    model = case.model
    if not hasattr(model, "coef_") or not isinstance(case.rows, np.ndarray):
        return "general"
    weights = np.atleast_2d(dense(model.coef_))
    if weights.shape[1] != case.rows.shape[1]:
        weights = weights.T
    return 8 * np.spacing(np.abs(case.rows) @ np.abs(weights).T + np.abs(model.intercept_)).reshape(want.shape)


def bad_rows(draw, rows):
    for value in (np.nan, np.inf, -1e39):
        row = rows[draw.whole(0, len(rows) - 1)][None].copy()
        row[0, draw.whole(0, rows.shape[1] - 1)] = value
        yield value, row


def judge(binary, case, draw, folder):
    """Problems as texts, and the worst difference in ulp."""
    problems, worst = [], 0.0
    path = folder / "model.joblib"
    joblib.dump(case.model, path)
    rows = write_rows(case.rows, folder)
    wants = {method: origin_answer(case.model, method, case.rows) for method in case.bars}
    scores = next((wants[m] for m in ("decision_function", "predict_proba") if m in wants), None) if case.loose else None
    if case.scores is not None:
        scores = case.scores(case.rows)
    first = None
    for method, bar in case.bars.items():
        want = wants[method]
        try:
            got = headroom(binary, path, rows, method, folder)
        except Refused as why:
            problems.append(f"{method} refused: {why}")
            continue
        first = first or (method, got)
        if method == "predict" and want.dtype.kind not in "f" or want.dtype.kind in "OUSb":
            wrong = labels_agree(got.reshape(want.shape) if got.size == want.size else got, want, scores)
            if wrong:
                problems.append(f"{method}: {wrong} of {len(want)} labels differ")
        elif method == "predict" and hasattr(case.model, "classes_"):
            wrong = labels_agree(got, want, scores)
            if wrong:
                problems.append(f"{method}: {wrong} of {len(want)} labels differ")
        else:
            far, outside, text = numbers_agree(got, want, bar_of(case, bar, want, method))
            worst = max(worst, far)
            if outside:
                problems.append(f"{method} ({bar if isinstance(bar, str) else 'bound'}): {outside} of {want.size} values outside, {text}")
    if first is not None:
        second = second_form(draw, case.model, folder)
        try:
            again = headroom(binary, second, rows, first[0], folder)
            if not np.array_equal(again, first[1], equal_nan=again.dtype.kind == "f"):
                problems.append(f"{second.name} answers otherwise than model.joblib")
        except Refused as why:
            problems.append(f"{second.name} refused: {why}")
    if first is not None and case.rejects and isinstance(case.rows, np.ndarray):
        problems += rejections(binary, case, draw, folder, first[0])
    return problems, worst


def rejections(binary, case, draw, folder, method):
    for value, row in bad_rows(draw, case.rows):
        try:
            origin_answer(case.model, method, row)
            takes = True
        except ValueError:
            takes = False
        np.save(folder / "bad.npy", row)
        try:
            headroom(binary, folder / "model.joblib", folder / "bad.npy", method, folder)
            took, why = True, ""
        except Refused as refused:
            took, why = False, str(refused)
        if took != takes:
            yield f"a row with {value} is {'taken' if took else 'refused'}, the origin {'takes' if takes else 'refuses'} it {why}"


def main():
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("headroom", type=pathlib.Path)
    ask.add_argument("--seed", type=int, default=1)
    ask.add_argument("--rounds", type=int, default=1)
    ask.add_argument("--only", default="")
    ask.add_argument("--json", type=pathlib.Path)
    ask.add_argument("--keep", type=pathlib.Path, help="keeps the models that fell outside here")
    args = ask.parse_args()
    warnings.simplefilter("ignore")
    binary = args.headroom.resolve()
    lines, untrained = [], collections.Counter()
    for name in sorted(RECIPES):
        if not re.search(args.only, name):
            continue
        for number in range(args.rounds):
            draw = Draw([args.seed, number, zlib.crc32(f"{name} {sklearn.__version__}".encode())])
            try:
                case = RECIPES[name](draw)
                if case is None:   # not in this release
                    continue
            except Exception as why:   # parameters that the origin does not take together
                untrained[f"{name}: {str(why).splitlines()[0][:150] if str(why) else type(why).__name__}"] += 1
                continue
            with tempfile.TemporaryDirectory() as folder:
                problems, worst = judge(binary, case, draw, pathlib.Path(folder))
                if problems and args.keep:
                    args.keep.mkdir(parents=True, exist_ok=True)
                    for file in pathlib.Path(folder).iterdir():
                        (args.keep / f"{sklearn.__version__}_{name}_{args.seed}_{number}_{file.name}").write_bytes(file.read_bytes())
            lines.append({"stack": f"scikit-learn {sklearn.__version__}", "recipe": name, "round": number, "estimator": type(case.model).__name__,
                          "loaded": not any("refused:" in problem for problem in problems), "within": not problems, "ulp": worst})
            for problem in problems:
                print(f"{sklearn.__version__} {name} round {number}: {problem}", flush=True)
    if args.json:
        args.json.write_text("".join(json.dumps(line) + "\n" for line in lines))
    for why, times in untrained.items():
        print(f"  not trained ({times}): {why}")
    print(f"scikit-learn {sklearn.__version__}: {len(lines)} models, {sum(line['loaded'] for line in lines)} loaded, {sum(line['within'] for line in lines)} within")
    return 0 if lines and all(line["within"] for line in lines) else 1


if __name__ == "__main__":
    sys.exit(main())
