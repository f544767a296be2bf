#!/usr/bin/env python3
"""Holds the #includes against the arrows of CMakeLists.txt. usage: tidy.py REPOSITORY. Exit 1 with one line for each breach."""
import pathlib, re, sys


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


def breaches(root):
    arrows = allowed_rooms(root)
    for path in sorted((root / "src").rglob("*")):
        if path.suffix not in (".h", ".cc"):
            continue
        room = path.relative_to(root / "src").parts[0]
        is_test = re.search(r"_(test|bench|fuzz)\.cc$", path.name) or room == "testing"
        for number, line in enumerate(path.read_text().splitlines(), 1):
            include = re.match(r'\s*#\s*include\s+"([a-z_]+)/', line)
            target = include and include.group(1)
            if not include or target in (room, "generated") or target not in {*arrows, "testing"}:
                continue
            if target not in arrows.get(room, set()) and not is_test:
                yield f"{path.relative_to(root)}:{number}: {room}/ may not include {target}/; allowed: {' '.join(sorted(arrows.get(room, [])))}"


def main():
    found = list(breaches(pathlib.Path(sys.argv[1])))
    print("\n".join(found) or "tidy: every include follows an arrow")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
