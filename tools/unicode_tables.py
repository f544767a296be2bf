#!/usr/bin/env python3
"""Writes src/model/unicode_tables.cc: what Python's str.lower(), re's \\w and \\s, and unicodedata.normalize("NFKD") know of characters.
usage: unicode_tables.py > src/model/unicode_tables.cc   (any Python 3; its unicodedata decides the Unicode version)"""
import sys, textwrap, unicodedata

POINTS = [c for c in range(sys.maxunicode + 1) if not 0xD800 <= c <= 0xDFFF]


def ranges(holds):
    """[first, last, first, last, ...] of the characters for which `holds`."""
    out, last = [], None
    for c in POINTS:
        if not holds(chr(c)):
            continue
        if last is not None and c == last + 1:
            out[-1] = c
        else:
            out += [c, c]
        last = c
    return out


def array(kind, name, values):
    body = textwrap.fill(", ".join(map(str, values)), 158, initial_indent="    ", subsequent_indent="    ")
    return "extern const %s %s[] = {\n%s};\nextern const std::size_t %s_size = %d;\n" % (kind, name, body, name, len(values))


def is_cased(ch):       # and not case-ignorable: makes a following capital sigma a final one
    return (ch + "\u03a3").lower()[-1] == "\u03c2"


def is_ignorable(ch):   # a capital sigma looks through it
    return not is_cased(ch) and ("A" + ch + "\u03a3").lower()[-1] == "\u03c2"


lower = []
for c in POINTS:
    low = chr(c).lower()
    if low != chr(c) and c not in (0x130, 0x3A3):
        assert len(low) == 1, hex(c)
        lower += [c, ord(low)]
keys, begins, values = [], [], []
for c in POINTS:
    whole = unicodedata.normalize("NFKD", chr(c))
    if whole != chr(c) and not 0xAC00 <= c <= 0xD7A3:
        keys.append(c)
        begins.append(len(values))
        values += map(ord, whole)
begins.append(len(values))
assert len(values) < 65536

print("// Written by tools/unicode_tables.py from Unicode %s; do not edit." % unicodedata.unidata_version)
print("#include <cstddef>\n#include <cstdint>\n\nnamespace headroom::model::unicode {")
print(array("std::uint32_t", "kWord", ranges(lambda ch: ch.isalnum() or ch == "_")))
print(array("std::uint32_t", "kSpace", ranges(str.isspace)))
print(array("std::uint32_t", "kCased", ranges(is_cased)))
print(array("std::uint32_t", "kIgnorable", ranges(is_ignorable)))
print(array("std::uint32_t", "kCombining", ranges(lambda ch: unicodedata.combining(ch) != 0)))
print(array("std::uint32_t", "kLower", lower))
print(array("std::uint32_t", "kDecomposed", keys))
print(array("std::uint16_t", "kDecomposedAt", begins))
print(array("std::uint32_t", "kDecomposedTo", values))
print("}  // namespace headroom::model::unicode")
