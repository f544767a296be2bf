#!/usr/bin/env python3
"""Holds the repository against the rules of ARCHITECTURE.md that a machine can see. usage: tidy.py REPOSITORY
Prints one line for each breach, which says what to do instead, and exits 1 if there is one. tidy_test.py breaks each rule."""
import pathlib, re, subprocess, sys

# The commands: they meet in the run file and never include each other; experiment composes them.
COMMANDS = {"inspect", "serve", "load", "scale", "analyze", "check", "collect"}

# Files of command rooms that decide: values in, values out, `now` handed in. They include no io/.
DECIDING = {
    "serve/decode", "serve/admit", "serve/encode", "serve/batch", "serve/openapi", "serve/health", "serve/problem",
    "load/user", "load/recorder", "load/verdict", "load/table", "load/slo",
    "scale/conditions", "scale/podmodel", "scale/table", "experiment/plan",
}

# Who may touch the system beside io/, and why.
SYSTEM_ALLOWED = {
    "run/sqlite.cc": "SQLite makes its own system calls and stands behind this file",
    "run/writer.cc": "a thread and a clock of its own, so that nobody who adds a row waits for the disk",
    "testing/fuzz_main.cc": "reads seeds",
}
SYSTEM_HEADERS = {
    r"sys/\w+\.h": "io/", r"unistd\.h": "io/fd.h or io/file.h", r"fcntl\.h": "io/file.h", r"poll\.h": "io/", r"netdb\.h": "io/",
    r"arpa/inet\.h": "io/", r"netinet/\w+\.h": "io/", r"dirent\.h": "io/file.h", r"signal\.h|csignal": "io/", r"pthread\.h": "io/",
    r"sched\.h": "io/", r"time\.h|ctime": "base/time.h and a `now` that is handed in", r"spawn\.h": "io/", r"thread": "io/", r"mutex": "io/, or a ring",
    r"condition_variable": "io/", r"future": "io/", r"filesystem": "io/file.h", r"fstream": "io/file.h",
    r"random": "base/rng.h", r"dlfcn\.h": "io/", r"boost/asio.*": "io/", r"sqlite3\.h": "run/sqlite.cc",
}
CLOCK = re.compile(r"\b(?:steady_clock|system_clock|high_resolution_clock)::now\s*\(|\bclock_gettime\s*\(|\bgettimeofday\s*\(")

HEADER_LINES, SOURCE_LINES, TEST_LINES, FUNCTION_LINES = 150, 400, 500, 70
# Tables and generated files may be long; each is named here.
LONG_FILES = {"formats/pickle.cc", "model/unicode_tables.cc", "run/rows.h", "run/columns.h"}  # opcodes; one struct and one list of columns for each table of the run file
LONG_FUNCTIONS = {}  # "room/file.cc": {"function"}: one table or one switch over opcodes

NO_FOLDERS = {"utils", "util", "common", "core", "helpers", "helper", "manager", "managers", "misc"}
TEXT = {".h", ".cc", ".py", ".sh", ".md", ".txt", ".cmake", ".yml", ".yaml", ".json", ".ts", ".mjs", ".js", ".html", ".css", ""}
# Put together here so that this file names none of them.
REGISTRY_HOSTS = [".".join(parts) for parts in (
    ("pypi", "org"), ("pythonhosted", "org"), ("npmjs", "org"), ("npmjs", "com"), ("crates", "io"), ("proxy", "golang", "org"),
    ("deb", "debian", "org"), ("repo1", "maven", "org"), ("ghcr", "io"), ("docker", "io"))]
PLACES = re.compile("|".join(("/wo" + "rk/", "/tmp/bash" + "_jobs", r"(?<![\w./])/ho" + r"me/\w", r"(?<![\w./-])/ro" + r"ot/\w")))
PROMISES = re.compile(r"\b(?:TO" + r"DO|FIX" + r"ME|XX" + r"X|HA" + r"CK)\b|not (?:yet )?implement" + "ed")


def allowed_rooms(root):
    """room -> the rooms it may include, from the ROOMS lists of CMakeLists.txt."""
    text = re.sub(r"#.*", "", (root / "CMakeLists.txt").read_text())
    arrows = {}
    for call in re.finditer(r"headroom_(?:room|program)\(([^)]*)\)", text):
        words = call.group(1).split()
        room = words[0] if "headroom" != words[0] else words[1]
        rooms, keyword = set(), ""
        for word in words[1:]:
            if word in ("ROOMS", "LIBS"):
                keyword = word
            elif keyword == "ROOMS":
                rooms.add(word)
        arrows[room] = rooms
    return arrows


def is_test(path):
    return bool(re.search(r"_(test|bench|fuzz)\.cc$", path.name)) or "testing" in path.parts


def sources(root):
    """(path from src/, its text) of every C++ file."""
    for path in sorted((root / "src").rglob("*")):
        if path.suffix in (".h", ".cc"):
            yield path.relative_to(root / "src"), path.read_text()


def without_comments(text):
    """The text with comments and the insides of literals blanked; every line keeps its number."""
    blank = lambda match: re.sub(r"[^\n]", " ", match.group(0))
    text = re.sub(r'R"(\w*)\((?:.|\n)*?\)\1"', blank, text)
    return re.sub(r'//[^\n]*|/\*(?:.|\n)*?\*/|"(?:\\.|[^"\\\n])*"|(?<!\w)\'(?:\\.|[^\'\\\n])*\'', blank, text)


def check_arrows(root, arrows):
    for room, targets in sorted(arrows.items()):
        for other in sorted(targets & COMMANDS):
            if room in COMMANDS:
                yield f"CMakeLists.txt: {room}/ may not build on the command {other}/; let them meet in the run file, or move what both need to a room below"
    for path, text in sources(root):
        room = path.parts[0]
        for number, line in enumerate(text.splitlines(), 1):
            include = re.match(r'\s*#\s*include\s+"([a-z0-9_]+)/([a-z0-9_/]+)', line)
            target = include and include.group(1)
            if not include or target in (room, "generated") or target not in {*arrows, "testing"} or is_test(path):
                continue
            if target not in arrows.get(room, set()):
                yield f"src/{path}:{number}: {room}/ may not include {target}/; allowed: {' '.join(sorted(arrows.get(room, [])))}"
            elif target == "io" and str(path.with_suffix("")) in DECIDING:
                yield f"src/{path}:{number}: this file decides and may not include io/; take bytes, values and `now`, and let the loop call io/"


def check_system(root):
    for path, text in sources(root):
        if path.parts[0] == "io" or is_test(path) or str(path) in SYSTEM_ALLOWED:
            continue
        for number, line in enumerate(without_comments(text).splitlines(), 1):
            header = re.match(r"\s*#\s*include\s+<([^>]+)>", line)
            for pattern, instead in SYSTEM_HEADERS.items():
                if header and re.fullmatch(pattern, header.group(1)):
                    yield f"src/{path}:{number}: only io/ touches the system: <{header.group(1)}> belongs behind {instead}"
            if CLOCK.search(line):
                yield f"src/{path}:{number}: only io/ reads a clock: take `Instant now` as a parameter; loops call io::now()"


# What other standard headers bring along by chance, in one release of the library and not in the next.
STANDARD = {
    "algorithm": r"(?:ranges::)?(?:copy_n|copy|(?:stable_)?sort|fill_n|fill|(?:min|max|minmax)_element|transform|find_if|find|(?:all|any|none)_of|count_if|reverse|unique|(?:lower|upper)_bound|remove_if|replace|is_sorted|nth_element|clamp|min|max|equal|adjacent_find)\(",
    "charconv": r"(?:from|to)_chars\(",
    "cmath": r"(?:isnan|isfinite|isinf|floor|ceil|exp|log|log1p|sqrt|pow|fabs|nextafter|round|fmin|fmax)\(",
    "cstdlib": r"(?:getenv|abort|system)\(",
    "cstring": r"(?:mem(?:cpy|cmp|chr|set|move)|strerror|strlen)\(",
    "functional": r"(?:function<|hash<|identity\b|greater<|less<)",
    "iterator": r"(?:back_inserter|istreambuf_iterator|distance\()",
    "limits": r"numeric_limits<",
    "memory": r"(?:(?:unique|shared|weak)_ptr<|make_(?:unique|shared))",
    "utility": r"(?:pair<|exchange\()",
}


def standard_headers(root, path, seen):
    """The standard headers that a file includes, itself or by headers of the house."""
    if path in seen or not (root / "src" / path).exists():
        return set()
    seen.add(path)
    text = (root / "src" / path).read_text()
    found = set(re.findall(r"#include <([^>]+)>", text))
    for own in re.findall(r'#include "([^"]+)"', text):
        found |= standard_headers(root, pathlib.Path(own), seen)
    return found


def check_standard(root):
    for path, text in sources(root):
        text, found = without_comments(text), None
        for header, names in STANDARD.items():
            used = re.search(r"\bstd::" + names, text)
            if not used:
                continue
            found = found or standard_headers(root, pathlib.Path(path), set())
            if header not in found:
                yield f"src/{path}:{text.count(chr(10), 0, used.start()) + 1}: {used.group(0).rstrip('(<')} needs #include <{header}>"


def functions(text):
    """(name, first line, lines) of each function body, by counting braces. Good enough for code that clang-format laid out."""
    text = re.sub(r"(?m)^[ \t]*#(?:[^\n]*\\\n)*[^\n]*", lambda m: re.sub(r"[^\n]", " ", m.group(0)), without_comments(text))
    stack, start, last = [], 0, ("", "")
    for match in re.finditer(r"[{};]", text):
        at, char = match.start(), match.group(0)
        if char == "{":
            head = text[start:at].strip()
            inside = any(kind == "function" for kind, _, _ in stack)
            scope = re.match(r"(?:inline\s+)?namespace\b|(?:template\s*<[^{]*>\s*)?(?:class|struct|union|enum)\b|extern\s*$", head)
            name = re.search(r"([~\w:]+|operator\S+)\s*\(", head)
            kind = "function" if not inside and not scope and name and "=" not in head.split("(")[0] else "block"
            label = name.group(1) if name else ""
            if not inside and last[0] == "function" and (head == "" or head[0] == ","):
                kind, label = last  # A::A() : a_{1}, b_{2} {…}: the constructor that began before these braces
            stack.append((kind, label, text.count("\n", 0, at) + 1))
        elif char == "}" and stack:
            kind, name, first = stack.pop()
            last = (kind, name)
            if kind == "function":
                yield name, first, text.count("\n", 0, at) + 1 - first + 1
        else:
            last = ("", "")
        start = at + 1


def check_sizes(root):
    for path, text in sources(root):
        lines, limit = text.count("\n"), HEADER_LINES if path.suffix == ".h" else TEST_LINES if is_test(path) else SOURCE_LINES
        if lines > limit and str(path) not in LONG_FILES:
            yield f"src/{path}: {lines} lines, at most {limit}: look for the second idea and give it a file of its own"
        for name, first, length in functions(text):
            if length > FUNCTION_LINES and name not in LONG_FUNCTIONS.get(str(path), ()):
                yield f"src/{path}:{first}: {name} has {length} lines, at most {FUNCTION_LINES}: name its steps and make them functions"


def tracked(root):
    """Files of the repository: what git knows, or every file where there is no git."""
    listed = subprocess.run(["git", "-C", root, "ls-files", "-z"], capture_output=True, text=True)
    if listed.returncode == 0 and listed.stdout:
        return [root / name for name in listed.stdout.split("\0") if name and (root / name).is_file()]
    return [path for path in sorted(root.rglob("*")) if path.is_file() and "build" not in path.relative_to(root).parts]


def check_words(root):
    for path in tracked(root):
        name = path.relative_to(root)
        for folder in NO_FOLDERS & set(name.parts[:-1]):
            yield f"{name}: a folder named {folder} says nothing; name the idea that its files share"
        if path.suffix not in TEXT or path.stat().st_size > 1 << 20 or name.parts[0] == "web" and "dist" in name.parts:
            continue
        for number, line in enumerate(path.read_text(errors="replace").splitlines(), 1):
            host = next((host for host in REGISTRY_HOSTS if host in line), "")
            if host or name.name == "package-lock.json" and '"resolved"' in line:
                yield f"{name}:{number}: names a package registry; leave the host to the machine's settings (npm: omit-lockfile-registry-resolved)"
            if PLACES.search(line):
                yield f"{name}:{number}: a path of one machine; make it relative to the repository or a parameter"
            if PROMISES.search(line):
                yield f"{name}:{number}: promises later work; do it, leave it out, or file an issue"


def check_docs(root):
    """Links lead somewhere; every command has its page, every estimator its place in the list of them."""
    for path in tracked(root):
        if path.suffix != ".md":
            continue
        for number, line in enumerate(path.read_text().splitlines(), 1):
            for link in re.findall(r"\]\(([^)#\s]+)[^)]*\)", line):
                if "://" not in link and not link.startswith("mailto:") and not (path.parent / link).exists():
                    yield f"{path.relative_to(root)}:{number}: the link {link} leads nowhere; mend it or write the page"
    table = root / "src/cli/commands.h"
    for command in re.findall(r'^\s*\{"([a-z-]+)",', table.read_text() if table.exists() else "", re.M):
        if command != "version" and not (root / "docs" / f"{command}.md").exists():
            yield f"src/cli/commands.h: the command {command} has no page; write docs/{command}.md"
    registry, page = root / "src/importers/registry.cc", root / "docs/predict.md"
    listed = set(re.findall(r"\w+", page.read_text())) if page.exists() else set()
    for estimator in re.findall(r'^\s*\{"[\w.]+\.(\w+)", import', registry.read_text() if registry.exists() else "", re.M):
        if estimator not in listed:
            yield f"src/importers/registry.cc: {estimator} is not in the list of docs/predict.md; add it"


def breaches(root):
    arrows = allowed_rooms(root)
    for check in (lambda: check_arrows(root, arrows), lambda: check_system(root), lambda: check_standard(root), lambda: check_sizes(root), lambda: check_words(root),
                  lambda: check_docs(root)):
        yield from check()


def main():
    found = list(breaches(pathlib.Path(sys.argv[1]).resolve()))
    print("\n".join(found) or "tidy: clean")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
