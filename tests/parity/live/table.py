"""Prints what live.py wrote as tables in Markdown: by estimator, and by release. usage: table.py FILE.jsonl…   Exit 1: under 200 models."""
import json, sys

lines = [json.loads(line) for path in sys.argv[1:] for line in open(path)]
LEAST = 200


def release(name):
    return [int(part) if part.isdigit() else 0 for part in name.split()[-1].split(".")]


def table(title, key, order=None):
    groups = {}
    for line in lines:
        groups.setdefault(key(line), []).append(line)
    print(f"| {title} | models | loaded | within | worst ulp |\n|---|---:|---:|---:|---:|")
    for name in sorted(groups, key=order):
        group = groups[name]
        print(f"| {name} | {len(group)} | {sum(line['loaded'] for line in group)} | {sum(line['within'] for line in group)} | {max(line['ulp'] for line in group):.4g} |")
    print()


print("# Parity\n")
print("Fresh random models, answered by `headroom predict` and by the library that trained them on the same machine. `make parity` makes this page\n"
      "(`PARITY_SEED=N` other models, `PARITY_ROUNDS=N` more of them). *within*: every label, every number, and which rows are refused, by the bars of\n"
      "[docs/predict.md](predict.md). *worst ulp*: of any number; where dot products cancel it is large, and the bar is one of the terms, not of the result.\n")
table("release", lambda line: line["stack"], release)
table("estimator", lambda line: line["estimator"])
if len(lines) < LEAST:
    print(f"only {len(lines)} models, {LEAST} are wanted", file=sys.stderr)
sys.exit(len(lines) < LEAST)
