#!/usr/bin/env python3
"""Breaks each rule of tidy.py in a made-up tree and expects it to be named."""
import pathlib, sys, tempfile

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import tidy


def tree(files):
    root = pathlib.Path(tempfile.mkdtemp())
    (root / "CMakeLists.txt").write_text(
        "headroom_room(base)\nheadroom_room(io ROOMS base)\nheadroom_room(serve ROOMS base io LIBS x)\nheadroom_program(headroom cli ROOMS base serve)\n")
    for name, text in files.items():
        (root / "src" / name).parent.mkdir(parents=True, exist_ok=True)
        (root / "src" / name).write_text(text)
    return root


def check(files, expected):
    got = list(tidy.breaches(tree(files)))
    assert len(got) == len(expected) and all(e in g for e, g in zip(expected, got)), f"wanted {expected}, got {got}"


check({"serve/a.cc": '#include "io/fd.h"\n#include "base/time.h"\n'}, [])
check({"io/a.cc": '#include "serve/a.h"\n'}, ["src/io/a.cc:1: io/ may not include serve/"])
check({"serve/a.cc": '#include "testing/toy.h"\n'}, ["serve/ may not include testing/"])
check({"serve/a_test.cc": '#include "testing/toy.h"\n'}, [])
check({"cli/a.cc": '#include "serve/a.h"\n', "base/b.h": '\n#include "io/fd.h"\n'}, ["src/base/b.h:2: base/ may not include io/"])
print("tidy_test: 5 passed")
