"""Holds `headroom predict` against models whose answers were kept by the libraries that trained them.

  golden.py HEADROOM FOLDER [--json FILE]

FOLDER/RELEASE/NAME/ holds model.* (the same model in several formats), rows.npy or rows.csv, METHOD.npy or .csv with the answers, METHOD.bound.npy
with the difference allowed for each value, rejects.json with rows that the origin refuses, and meta.json: `files`, `estimator`, `tolerance` (method → exact,
link_4ulp, or a class with a bound), `label_free` rows, `select`, `expect_refusal`. Prints what falls outside; --json keeps a line a file. Exit 0: all that
are served are within, and at most one in a hundred is refused."""
import argparse, csv, json, pathlib, subprocess, sys, tempfile

import numpy as np

from compare import allowed, ulps


class Refused(Exception):
    pass


def headroom(binary, model, rows, method, meta, out):
    choice = ["--select", str(meta["select"])] if "select" in meta else []
    run = subprocess.run([binary, "predict", model, rows, "--method", method, "--output", out, *choice], capture_output=True, text=True, timeout=120)
    if run.returncode:
        raise Refused(run.stderr.strip().replace("\n", " | ")[:300] or f"exit code {run.returncode}")
    return np.load(out, allow_pickle=False)


def kept(folder, method):
    """The origin's answer; texts where they are kept as such. None: it has no such method."""
    if (folder / f"{method}.npy").exists():
        return np.load(folder / f"{method}.npy", allow_pickle=False)
    if (folder / f"{method}.csv").exists():
        with open(folder / f"{method}.csv", encoding="utf-8", newline="") as file:
            return np.array([line[0] if line else "" for line in list(csv.reader(file))[1:]])
    return None


def judge_answer(folder, method, meta, got):
    """(problem or "", worst distance in units of the last place)"""
    want = kept(folder, method)
    if got.size != want.size:
        return f"{method}: shape {got.shape}, not {want.shape}", np.inf
    got = got.reshape(want.shape)
    free = np.zeros(len(want), bool)
    free[meta.get("label_free", [])] = method == "predict"
    if want.dtype.kind in "OUS" or got.dtype.kind in "OUS" or want.dtype.kind not in "f":
        differ = got.astype(str) != want.astype(str) if want.dtype.kind in "OUS" or got.dtype.kind in "OUS" else got != want
        wrong = int((differ.reshape(len(want), -1).any(axis=1) & ~free).sum())
        return f"{method}: {wrong} of {len(want)} labels differ" if wrong else "", 0.0
    got = got.astype(want.dtype)
    far = np.where(free.reshape((-1,) + (1,) * (want.ndim - 1)), 0, ulps(got, want))
    bound = folder / f"{method}.bound.npy"
    bar = np.load(bound) if bound.exists() else allowed(want, "link" if meta["tolerance"][method] == "link_4ulp" else "exact")
    with np.errstate(invalid="ignore"):
        delta = np.abs(got.astype(np.float64) - want.astype(np.float64))
    bad = (far > 0) & ~(delta <= bar.reshape(want.shape))
    return f"{method}: {int(bad.sum())} of {want.size} values outside" if bad.any() else "", float(far.max(initial=0))


def judge(binary, folder, file, meta, scratch):
    """A line of the table, and what is wrong."""
    estimator = next(iter(meta["estimator"])) if isinstance(meta["estimator"], dict) else meta["estimator"]
    line = {"stack": folder.parent.name, "estimator": estimator.rsplit(".", 1)[-1], "loaded": False, "within": False, "ulp": 0.0}
    rows = next(path for path in (folder / "rows.csv", folder / "rows.npy") if path.exists())
    problems = []
    try:
        for method in meta["tolerance"]:
            if kept(folder, method) is None:
                continue
            problem, far = judge_answer(folder, method, meta, headroom(binary, folder / file, rows, method, meta, scratch / "out.npy"))
            line["ulp"] = max(line["ulp"], far)
            problems += [problem] if problem else []
        line["loaded"] = True
    except Refused as why:
        return line, [str(why)]
    rejects = json.load(open(folder / "rejects.json")) if (folder / "rejects.json").exists() and rows.suffix == ".npy" else []
    for reject in rejects:
        np.save(scratch / "bad.npy", np.array([[np.nan if cell is None else float(cell) for cell in reject["row"]]]))
        try:
            headroom(binary, folder / file, scratch / "bad.npy", next(iter(meta["tolerance"])), meta, scratch / "out.npy")
            problems.append(f"takes the row {reject['row']}, which the origin refuses")
        except Refused:
            pass
    line["within"] = not problems
    return line, problems


def main():
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("headroom", type=pathlib.Path)
    ask.add_argument("folder", type=pathlib.Path)
    ask.add_argument("--json", type=pathlib.Path)
    args = ask.parse_args()
    lines, wrong = [], 0
    with tempfile.TemporaryDirectory() as scratch:
        for path in sorted(args.folder.glob("*/*/meta.json")):
            meta = json.load(open(path))
            if "may_be_refused" in meta:
                continue
            for file in meta["files"]:
                line, problems = judge(args.headroom, path.parent, file, meta, pathlib.Path(scratch))
                if "expect_refusal" in meta:
                    problems = [] if not line["loaded"] else ["is served, though it must be refused"]
                else:
                    lines.append(line)
                wrong += bool(problems) and line["loaded"]
                for problem in problems:
                    print(f"{path.parent.relative_to(args.folder)}/{file}: {problem}")
    if args.json:
        args.json.write_text("".join(json.dumps(line) + "\n" for line in lines))
    print(f"{args.folder}: {len(lines)} files, {sum(line['loaded'] for line in lines)} loaded, {sum(line['within'] for line in lines)} within")
    refused = sum(not line["loaded"] for line in lines)
    return int(wrong > 0 or not lines or refused * 100 > len(lines))


if __name__ == "__main__":
    sys.exit(main())
