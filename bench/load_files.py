#!/usr/bin/env python3
"""`headroom inspect FILE` of model files of about 100 MB, beside the library that wrote them: time, and peak memory.

usage: LOAD_PYTHON=… bench/load_files.py [RUNS [FILE…]]     RUNS: 7; FILE: some of the names it prints (all)
LOAD_PYTHON is a Python with scikit-learn; XGBoost, LightGBM and skops are asked only where it has them. The files are made once, in
build/load_files (1 GB, some minutes). Everything runs pinned on one core (CORE=1), each file read once beforehand, ours and theirs in
turn. A time of ours is from before the fork to the end of the process, less what the same takes for the Iris model; a time of theirs is that of
the loading call alone, in a process of its own which has imported all. Beside the time on the clock stands the CPU's (user and system), which tells
how much of it was other work on the machine. Memory is the peak of the resident set, less what it is without that model.
"""
import json
import os
import statistics
import subprocess
import sys
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
FOLDER = f"{ROOT}/build/load_files"
CORE = int(os.environ.get("CORE", "1"))
MIB = 1 << 20

MAKE = r"""
import copy, json, os, pickle
import joblib, numpy, sklearn
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier
rng = numpy.random.default_rng(1)

def noise(rows, columns=30):
    return rng.normal(size=(rows, columns)), rng.integers(0, 2, rows)

def missing(*names):
    return [name for name in names if not os.path.exists(name)]

if missing("forest.pkl", "forest.joblib", "forest_zlib.joblib", "forest_zlib_100.joblib", "forest.skops"):
    forest = RandomForestClassifier(127, max_features=2, random_state=1).fit(*noise(24000))
    pickle.dump(forest, open("forest.pkl", "wb"), protocol=5)
    joblib.dump(forest, "forest.joblib")
    joblib.dump(forest, "forest_zlib.joblib", compress=3)
    try:
        import skops.io
        skops.io.dump(forest, "forest.skops")
    except ImportError:
        pass
    times = round(100e6 / os.path.getsize("forest_zlib.joblib"))
    forest.estimators_ = [copy.deepcopy(tree) for _ in range(times) for tree in forest.estimators_]
    forest.n_estimators = len(forest.estimators_)
    joblib.dump(forest, "forest_zlib_100.joblib", compress=3)
if missing("logreg.joblib", "logreg_zlib.joblib"):
    linear = LogisticRegression().fit(rng.normal(size=(750, 50)), numpy.arange(750) % 250)
    linear.coef_ = rng.normal(size=(250, 50000))
    linear.n_features_in_ = 50000
    joblib.dump(linear, "logreg.joblib")
    joblib.dump(linear, "logreg_zlib.joblib", compress=3)
if missing("knn.joblib"):
    joblib.dump(KNeighborsClassifier(algorithm="brute").fit(*noise(100000, 125)), "knn.joblib")
if missing("lightgbm.txt"):
    try:
        import lightgbm
        x, y = noise(100000)
        options = {"objective": "binary", "num_leaves": 8000, "min_data_in_leaf": 2, "min_sum_hessian_in_leaf": 0, "learning_rate": 0.01, "verbose": -1, "num_threads": 1}
        lightgbm.train(options, lightgbm.Dataset(x, y), 115).save_model("lightgbm.txt")
    except ImportError:
        pass
if missing("lightgbm_stumps.txt"):   # nothing but what a tree needs
    try:
        import lightgbm
        options = {"objective": "binary", "num_leaves": 2, "verbose": -1, "num_threads": 1}
        text = lightgbm.train(options, lightgbm.Dataset(*noise(1000)), 1).model_to_string()
        head = "\n".join(line for line in text.split("Tree=0")[0].split("\n") if not line.startswith("tree_sizes"))
        stump = "Tree=%d\nnum_leaves=2\nnum_cat=0\nsplit_feature=%d\nthreshold=0.%d\ndecision_type=2\nleft_child=-1\nright_child=-2\nleaf_value=0.%d -0.%d\nshrinkage=1\n\n"
        with open("lightgbm_stumps.txt", "w") as out:
            out.write(head + "".join(stump % (i, i % 30, i * 7919 % 100000 + 1, i % 977 + 1, i % 991 + 1) for i in range(650000)) + "end of trees\n")
    except ImportError:
        pass
if missing("xgboost.json", "xgboost.ubj"):
    try:
        import xgboost
        x, y = noise(200000)
        options = {"objective": "binary:logistic", "max_depth": 14, "min_child_weight": 0, "eta": 0.1, "tree_method": "hist", "nthread": 1}
        booster = xgboost.train(options, xgboost.DMatrix(x, y), 40)
        document = json.loads(booster.save_raw("json").decode())
        model = document["learner"]["gradient_booster"]["model"]
        trees = model["trees"]
        for name in ("xgboost.json", "xgboost.ubj"):   # the trees over again, as many as fill the file
            count = round(100e6 / (len(booster.save_raw(name[-4:].strip("."))) / len(trees)))
            model["trees"] = [dict(trees[i % len(trees)], id=i) for i in range(count)]
            model["tree_info"] = [0] * count
            model["iteration_indptr"] = list(range(count + 1))
            model["gbtree_model_param"]["num_trees"] = str(count)
            xgboost.Booster(model_file=bytearray(json.dumps(document).encode())).save_model(name)
    except ImportError:
        pass
"""

# What their own library does with each. Prints seconds and the peak of its memory less what it was before, in bytes.
PEER = r"""
import sys, time
name = sys.argv[1]
def peak():
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmHWM")) * 1024
import sklearn.ensemble, sklearn.linear_model, sklearn.neighbors
if name.endswith(".pkl"):
    import pickle
    load = lambda: pickle.load(open(name, "rb"))
elif name.endswith(".joblib"):
    import joblib
    load = lambda: joblib.load(name)
elif name.endswith(".skops"):
    import skops.io
    load = lambda: skops.io.load(name, trusted=skops.io.get_untrusted_types(file=name))
elif name.endswith(".txt"):
    import lightgbm
    load = lambda: lightgbm.Booster(model_file=name)
else:
    import xgboost
    load = lambda: xgboost.Booster(model_file=name)
before = peak()
start = time.perf_counter()
kept = load()
print(time.perf_counter() - start, peak() - before)
"""

FILES = ["forest.pkl", "forest.joblib", "forest_zlib.joblib", "forest_zlib_100.joblib", "forest.skops", "logreg.joblib", "logreg_zlib.joblib", "knn.joblib",
         "lightgbm.txt", "lightgbm_stumps.txt", "xgboost.json", "xgboost.ubj"]


def pin():
    os.sched_setaffinity(0, {CORE})


def inspect(path):
    """Of one process: seconds on the clock, seconds of the CPU, peak bytes, and what it says."""
    start = time.perf_counter()
    process = subprocess.Popen([f"{ROOT}/build/headroom", "inspect", "--json", path], stdout=subprocess.PIPE, preexec_fn=pin)
    text = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    took = time.perf_counter() - start
    process.returncode = status
    if status != 0:
        sys.exit(f"headroom inspect {path} ended with {status}: {text.decode()[-500:]}")
    return took, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024, json.loads(text)


def peer(python, name):
    done = subprocess.run([python, "-c", PEER, name], cwd=FOLDER, stdout=subprocess.PIPE, stderr=subprocess.PIPE, preexec_fn=pin, text=True, check=False)
    if done.returncode != 0:
        sys.exit(f"{name}: {done.stderr[-2000:]}")
    seconds, memory = done.stdout.split()
    return float(seconds), float(memory)


def spread(values):
    return f"{statistics.median(values):.3f} ({min(values):.3f}–{max(values):.3f})"


def row(python, name, runs, empty):
    path = f"{FOLDER}/{name}"
    ours, cpu, theirs, peaks, their_peaks = [], [], [], [], []
    with open(path, "rb") as file:
        while file.read(MIB):
            pass
    for _ in range(runs):
        seconds, busy, memory, report = inspect(path)
        ours.append(seconds - empty[0])
        cpu.append(busy - empty[1])
        peaks.append(memory - empty[2])
        seconds, memory = peer(python, name)
        theirs.append(seconds)
        their_peaks.append(memory)
    stream = report.get("stream_bytes") or os.path.getsize(path)
    print(f"| {name} | {os.path.getsize(path) / 1e6:.0f} | {stream / 1e6:.0f} | {spread(ours)} | {min(cpu):.3f} | {statistics.median(peaks) / 1e6:.0f} | {statistics.median(peaks) / stream:.2f} | "
          f"{spread(theirs)} | {statistics.median(their_peaks) / 1e6:.0f} |", flush=True)


def main():
    python = os.environ.get("LOAD_PYTHON", "")
    if not python:
        print("load_files: skipped, LOAD_PYTHON names no Python with scikit-learn")
        sys.exit(77)
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 7
    os.makedirs(FOLDER, exist_ok=True)
    subprocess.run([python, "-c", MAKE], cwd=FOLDER, check=True)
    empty = [inspect(f"{ROOT}/examples/iris/model.joblib") for _ in range(4 * runs)]
    empty = [statistics.median(values) for values in list(zip(*empty))[:3]]
    print(f"The Iris model, which is taken off: {empty[0] * 1e3:.1f} ms, {empty[2] / 1e6:.1f} MB\n")
    print("| file | MB | inflated, MB | headroom inspect, s | least CPU, s | peak, MB | peak / inflated | its library, s | peak, MB |\n|---|---|---|---|---|---|---|---|---|")
    for name in sys.argv[2:] or FILES:
        if os.path.exists(f"{FOLDER}/{name}"):
            row(python, name, runs, empty)
        else:
            print(f"{name}: skipped, LOAD_PYTHON has not the library that writes it")


if __name__ == "__main__":
    main()
