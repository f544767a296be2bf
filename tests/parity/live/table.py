"""Prints what live.py and golden.py wrote as tables in Markdown: by estimator, and by release. usage: table.py [--golden FILE.jsonl] FILE.jsonl…
Exit 1: under 200 fresh models."""
import argparse, json, sys

ask = argparse.ArgumentParser(description=__doc__)
ask.add_argument("--golden")
ask.add_argument("fresh", nargs="+")
args = ask.parse_args()
LEAST = 200


def read(paths):
    return [json.loads(line) for path in paths for line in open(path)]


def release(name):
    return [int(part) if part.isdigit() else 0 for part in name.split()[-1].split(".")]


def table(lines, title, counted, key, order=None):
    groups = {}
    for line in lines:
        groups.setdefault(key(line), []).append(line)
    print(f"| {title} | {counted} | loaded | within | worst ulp |\n|---|---:|---:|---:|---:|")
    for name in sorted(groups, key=order):
        group = groups[name]
        print(f"| {name} | {len(group)} | {sum(line['loaded'] for line in group)} | {sum(line['within'] for line in group)} | {max(line['ulp'] for line in group):.4g} |")
    print()


print("# Parity\n")
print("*within*: every label, every number, and which rows are refused, by the bars of [docs/predict.md](predict.md). *worst ulp*: of any number; where dot\n"
      "products cancel it is large, and the bar is one of the terms, not of the result.\n\n"
      "## Fresh models\n\n"
      "Random models, answered by `headroom predict` and by the library that trained them on the same machine. `make parity` trains them\n"
      "(`PARITY_SEED=N` other models, `PARITY_ROUNDS=N` more of them).\n")
lines = read(args.fresh)
table(lines, "release", "models", lambda line: line["stack"], release)
table(lines, "estimator", "models", lambda line: line["estimator"])
if args.golden:
    print("## Kept answers\n\n"
          "Model files in all formats, with the answers that their libraries gave, on other machines: `MODELS_DIR=folder make parity` (tests/parity/live/golden.py).\n"
          "The one that is not served is XGBoost's with texts for categories from before 3.1, whose file does not hold their names.\n")
    kept = read([args.golden])
    table(kept, "release", "files", lambda line: line["stack"])
    table(kept, "estimator", "files", lambda line: line["estimator"])
if len(lines) < LEAST:
    print(f"only {len(lines)} models, {LEAST} are wanted", file=sys.stderr)
sys.exit(len(lines) < LEAST)
