#!/usr/bin/env python3
"""usage: reseal.py DIR   A test changed or took out lines of DIR/journal.yaml: makes it one that was written so.
                       Numbers, references, checksums and what stop records count fit again; DIR/manifest.sha256 goes.
"""
import hashlib
import os
import re
import sys

TABLE = []
for i in range(256):
    c = i
    for _ in range(8):
        c = c >> 1 ^ 0x82F63B78 if c & 1 else c >> 1
    TABLE.append(c)

NUMBER = re.compile(r'^(- {"[a-z]+": )(\d+)')
SUMS = ', "placements": %d, "transactions": %d, "lines": %d, "sha256": "%s"}'
REFERENCE = re.compile(r'(, "(?:placement|since)": )(\d+)')


def crc32c(data):
    c = 0xFFFFFFFF
    for byte in data:
        c = c >> 8 ^ TABLE[(c ^ byte) & 255]
    return c ^ 0xFFFFFFFF


def bare(line):
    """Without its checksum, as an editor leaves it that was told to take it out."""
    return re.sub(r', "crc": "[0-9a-f]{8}"}$', "}", line)


def seal(line):
    """With the checksum that fits."""
    body = bare(line)[:-1]
    return '%s, "crc": "%08x"}' % (body, crc32c(body[2:].encode()))


def kind(line):
    return line[4 : line.index('"', 4)]


def number(line):
    return int(NUMBER.match(line)[2])


def reseal(lines):
    """Lines without their newlines, as they would have been written. A reference to one that was taken out fails."""
    new = {number(line): n for n, line in enumerate(lines, 1)}
    digest, counts, out = hashlib.sha256(), {"placement": 0, "transaction": 0}, []
    for n, line in enumerate(lines, 1):
        line = NUMBER.sub(lambda m: m[1] + str(n), line)
        line = REFERENCE.sub(lambda m: m[1] + str(new[int(m[2])]), line)
        what = kind(line)
        if what in counts:
            counts[what] += 1
        if what == "stop":
            sums = counts["placement"], counts["transaction"], n - 1, digest.hexdigest()
            line = re.sub(', "placements": .*', SUMS % sums, line)
        out.append(seal(line))
        digest.update(out[-1].encode() + b"\n")
    return out


def main():
    path = sys.argv[1] + "/journal.yaml"
    with open(path, encoding="utf-8", newline="\n") as f:
        lines = reseal(f.read().removesuffix("\n").split("\n"))
    with open(path, "w", encoding="utf-8", newline="\n") as f:
        f.writelines(line + "\n" for line in lines)
    if os.path.exists(sys.argv[1] + "/manifest.sha256"):
        os.remove(sys.argv[1] + "/manifest.sha256")


if __name__ == "__main__":
    main()
