#!/usr/bin/env python3
"""Breaks each rule of tidy.py in a made-up tree and expects it to be named; then what the rules allow."""
import pathlib, shutil, sys, tempfile

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import tidy

ROOMS = """headroom_room(base)
headroom_room(io ROOMS base)
headroom_room(serve ROOMS base io LIBS x)
headroom_room(load ROOMS base io)
headroom_room(run ROOMS base)
headroom_program(headroom cli ROOMS base serve load)
"""
passed = 0


def check(story, files, *expected, rooms=ROOMS):
    """`files` (path → text, src/ implied for C++) give exactly the breaches that contain `expected`, in this order."""
    global passed
    root = pathlib.Path(tempfile.mkdtemp())
    try:
        for name, text in {"CMakeLists.txt": rooms, **files}.items():
            path = root / "src" / name if name.endswith((".h", ".cc")) else root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        got = list(tidy.breaches(root))
        assert len(got) == len(expected) and all(e in g for e, g in zip(expected, got)), f"{story}: wanted {expected}, got {got}"
        passed += 1
    finally:
        shutil.rmtree(root)


check("what the arrows allow", {"serve/a.cc": '#include "io/fd.h"\n#include "base/time.h"\n'})
check("an arrow upwards", {"io/a.cc": '#include "serve/a.h"\n'}, "src/io/a.cc:1: io/ may not include serve/")
check("toys in the product", {"serve/a.cc": '#include "testing/toy.h"\n'}, "serve/ may not include testing/")
check("toys in a test", {"serve/a_test.cc": '#include "testing/toy.h"\n'})
check("base includes nothing", {"cli/a.cc": '#include "serve/a.h"\n', "base/b.h": '\n#include "io/fd.h"\n'}, "src/base/b.h:2: base/ may not include io/")
check("a command includes a command", {"load/a.cc": '#include "serve/a.h"\n'}, "load/ may not include serve/")
check("a command is given an arrow to another", {}, "load/ may not build on the command serve/", rooms=ROOMS.replace("room(load ROOMS base", "room(load ROOMS base serve"))
check("a deciding file that asks the system", {"serve/decode.cc": '#include "io/clock.h"\n', "serve/server.cc": '#include "io/clock.h"\n'},
      "src/serve/decode.cc:1: this file decides and may not include io/")

for header in ("unistd.h", "sys/socket.h", "thread", "filesystem", "fstream", "mutex", "signal.h", "boost/asio/io_context.hpp", "random"):
    check(f"<{header}> outside io/", {"serve/a.cc": f"#include <{header}>\n"}, f"src/serve/a.cc:1: only io/ touches the system: <{header}>")
    check(f"<{header}> inside io/ and in tests", {"io/a.cc": f"#include <{header}>\n", "serve/a_test.cc": f"#include <{header}>\n"})
check("SQLite behind its file", {"run/sqlite.cc": "#include <sqlite3.h>\n", "run/reader.cc": "#include <sqlite3.h>\n"}, "src/run/reader.cc:1: only io/")
check("a clock outside io/", {"load/a.cc": "auto t = std::chrono::steady_clock::now();\n"}, "src/load/a.cc:1: only io/ reads a clock")
check("a clock in a comment or a text", {"load/a.cc": '// steady_clock::now()\nauto t = "steady_clock::now()";\n'})

check("a header that comes along by chance", {"base/a.cc": '#include <vector>\n\nint b = std::max(1, 2);\n'}, "src/base/a.cc:3: std::max needs #include <algorithm>")
check("a header that comes with one of ours", {"base/a.h": "#include <algorithm>\n", "base/a.cc": '#include "base/a.h"\nint b = std::max(1, 2);  // std::isnan(x)\n'})
check("a long header", {"base/a.h": "\n" * 151}, "src/base/a.h: 151 lines, at most 150")
check("a long source", {"base/a.cc": "\n" * 401}, "src/base/a.cc: 401 lines, at most 400")
check("a long test", {"base/a_test.cc": "\n" * 501, "base/b_test.cc": "\n" * 500}, "src/base/a_test.cc: 501 lines, at most 500")
check("files at the limit", {"base/a.h": "\n" * 150, "base/a.cc": "\n" * 400})
check("a long function", {"base/a.cc": "namespace x {\nint f(int a) {\n" + "  a += 1;\n" * 70 + "}\n}\n"}, "src/base/a.cc:2: f has 72 lines, at most 70")
check("a long method in a class", {"base/a.cc": "class A {\n  void g() const noexcept {\n" + "\n" * 80 + "  }\n};\n"}, "g has 82 lines")
check("a constructor", {"base/a.cc": "A::A(int x) : x_{x} {\n" + "\n" * 80 + "}\n"}, "lines, at most 70")
check("a function at the limit, braces in literals", {"base/a.cc": "int f() {\n  auto a = \"{{{\"; auto b = '{';\n" + "\n" * 67 + "}\n"})
check("a long class or table is no function", {"base/a.cc": "struct A {\n" + "  int f() { return 1; }\n" * 90 + "};\nconst int t[] = {\n" + "  1,\n" * 90 + "};\n"})

check("a folder that says nothing", {"utils/a.cc": "", "base/helpers/b.cc": ""}, "a folder named helpers", "a folder named utils")
check("a registry's host", {"docs/a.md": "get it from https://" + "pypi" + ".org\n"}, "docs/a.md:1: names a package registry")
check("hosts in a lock file", {"web/package-lock.json": '{"resolved": "x"}\n'}, "web/package-lock.json:1: names a package registry")
check("a path of one machine", {"tools/a.sh": "cd /wo" + "rk/main\n"}, "tools/a.sh:1: a path of one machine")
check("a promise", {"docs/a.md": "TO" + "DO: write\n", "base/a.cc": "// not implement" + "ed\n"}, "docs/a.md:1: promises later work", "src/base/a.cc:1: promises")
check("a link to nowhere", {"docs/a.md": "[b](b.md) [c](c.md#part) [d](https://example.org)\n", "docs/c.md": ""}, "docs/a.md:1: the link b.md leads nowhere")
check("a command without its page", {"cli/commands.h": '    {"serve", "x", f},\n    {"load", "x", f},\n', "docs/load.md": ""}, "the command serve has no page")
print(f"{passed} passed, 0 failed")
