#!/usr/bin/env python3
"""usage: forge.py EDIT DIR           Does to DIR/journal.yaml what a hand, a disk or a forger does.
       forge.py all|open|start DIR TO OTHER
                                        The same to copies TO/1, TO/2 ... of the run DIR, one an edit: prints of each its
                                        edit, copy and the lines that have to be named, with tabs between. open: those
                                        that leave an open run; start: those of the start record that make all checksums
                                        anew; OTHER: a run to mix with.
"""
import os
import re
import shutil
import sys

from reseal import bare, kind, number, reseal, seal


def find(lines, what, holds="", nth=0):
    return [i for i, line in enumerate(lines) if kind(line) == what and holds in line][nth]


def change(old, new, what, holds=""):
    """Three ways: without the checksum, with one that is made anew, and left as it was."""

    def edit(lines, how):
        at = find(lines, what, holds or old)
        changed = re.sub(re.escape(old) if isinstance(old, str) else old, new, lines[at], count=1)
        assert changed != lines[at], (old, lines[at])
        lines[at] = {"bare": bare, "sealed": seal, "left": str}[how](changed)
        return [at + 1]

    return edit


def remove(what, nth=1):
    def edit(lines, how):
        at = find(lines, what, nth=nth)
        del lines[at]
        return [at + 1]

    return edit


def renumber(lines, how):
    """A transaction is taken out, and all behind it is numbered as if there had been none."""
    at = find(lines, "transaction", nth=3)
    gone = number(lines[at])
    of = int(re.search(r'"placement": (\d+)', lines[at]).group(1))
    del lines[at]
    for i in range(at, len(lines)):
        line = re.sub(r'^(- {"[a-z]+": )(\d+)', lambda m: m[1] + str(int(m[2]) - 1), lines[i])
        line = re.sub(r'("placement": )(\d+)', lambda m: m[1] + str(int(m[2]) - (int(m[2]) > gone)), line)
        lines[i] = seal(line)
    return [find(lines, "placed", '"placement": %d,' % of) + 1]


def move(lines, how):
    at = find(lines, "transaction", nth=2)
    lines.insert(at + 4, lines.pop(at))
    return [at + 5]


def swap(lines, how):
    at = find(lines, "transaction", nth=2)
    lines[at], lines[at + 1] = lines[at + 1], lines[at]
    return [at + 2]


def double(lines, how):
    at = find(lines, "transaction", nth=2)
    lines.insert(at + 1, lines[at])
    return [at + 2]


def insert(text):
    def edit(lines, how):
        lines.insert(7, text)
        return [8]

    return edit


def launder(lines, how):
    """The harm: what was dirty is called clean, and what was decided of it is taken out."""
    named = []
    lines[:] = [line for line in lines if kind(line) != "decision" or '"incompatible"' not in line]
    for i, line in enumerate(lines):
        if kind(line) == "placed" and '"dirty"' in line:
            lines[i] = bare(line.replace('"dirty"', '"clean"'))
            named.append(i + 1)
    assert len(named) > 2
    return named


def flip(lines, how):
    at = lines[6].index('"at_us": ') + 9
    lines[6] = lines[6][:at] + chr(ord(lines[6][at]) ^ 1) + lines[6][at + 1 :]
    return [7]


EDITS = {
    "transaction removed": remove("transaction"),
    "placement removed": remove("placement"),
    "placed removed": remove("placed"),
    "decision removed": remove("decision", 0),
    "renumbered": renumber,
    "moved": move,
    "swapped": swap,
    "doubled": double,
    "garbage": insert("}{ what is this"),
    "blank": insert(""),
    "comment": insert("# measured on Monday"),
    "bytes": insert("\x01\x02\x7f"),
    "laundered": launder,
    "flipped": flip,
}
for name, edit in {
    "outcome": change('"outcome": "fail"', '"outcome": "ok"', "transaction"),
    "result": change('"result": "dirty"', '"result": "clean"', "placed"),
    "count": change(re.compile(r'("clean", )(\d+)'), r"\g<1>7", "placed", '"clean"'),
    "verdict": change('"incompatible"', '"compatible"', "decision"),
    "total_us": change(re.compile(r'("total_us": )'), r"\g<1>9", "transaction", '"total_us"'),
    "q1": change(re.compile(r'("q1": )[0-9.]+'), r"\g<1>0.3", "start", '"q1"'),
    "simulated": change('"simulated": true', '"simulated": false', "start"),
    "criterion": change("ok_at_least: 3", "ok_at_least: 2", "start"),
}.items():
    for how in "bare", "sealed", "left":
        EDITS[f"{name} {how}"] = edit

for name, edit in {  # with a checksum that fits, but not what the lines around say
    "impossible total": change(re.compile(r'("total_us": )\d+'), r"\g<1>5", "transaction", '"outcome": "ok"'),
    "impossible repeat": change(re.compile(r'("repeat": )\d+'), r"\g<1>9", "transaction", '"repeat"'),
    "impossible bound": change(re.compile(r'("upper": )[0-9.]+'), r"\g<1>0.001", "decision", '"compatible"'),
}.items():
    EDITS[name] = lambda lines, how, edit=edit: edit(lines, "sealed")

WHOLE = {  # of the bytes
    "cr lf": lambda b: b.replace(b"\n", b"\r\n"),
    "one cr": lambda b: b.replace(b"\n", b"\r\n", 9).replace(b"\r\n", b"\n", 8),
    "bom": lambda b: b"\xef\xbb\xbf" + b,
    "stop cut": lambda b: b[:-30],
    "mixed": None,
}
START = {  # what it says of the plan, of small.yaml
    '"survey": "small"': '"survey": "other"',
    '"scheme": "screen"': '"scheme": "standard"',
    '"q0": 0.02': '"q0": 0.1',
    '"q1": 0.2': '"q1": 0.05',
    '"alpha": 0.005': '"alpha": 0.4',
    '"beta": 0.05': '"beta": 0.4',
    '"k": 2': '"k": 3',
    '"n_max": 45': '"n_max": 90',
    '"rules": 2': '"rules": 1',
    '"rules": 2, ': "",
    '"decide": "matrix"': '"decide": "list"',
    '"decide": "matrix", ': '"mean": 0.1, "decide": "matrix", ',
    "Beta(1, 4)": "Beta(1, 9)",
    '"sessions": 2': '"sessions": 1',
    '"lanes": 1': '"lanes": 2',
    '"hands": "sim"': '"hands": "person"',
    '"simulated": true': '"simulated": false',
    '"profile": "sim-reader-b"': '"profile": "sim-reader-a"',
}
OPEN = {
    "stop removed": lambda b: b[: b.rindex(b'- {"stop"')],
    "lines cut": lambda b: b"".join(b.splitlines(True)[:40]),
    "cut in a line": lambda b: b"".join(b.splitlines(True)[:40])[:-9],
}


def forge(name, directory, other=None):
    path = directory + "/journal.yaml"
    data = open(path, "rb").read()
    named = []
    if name == "mixed":
        named = [data.count(b"\n") + 1]
        data += open(other + "/journal.yaml", "rb").read()
    elif name == "forged":  # everything is made anew: only a digest that is kept elsewhere shows it
        lines = data.decode().splitlines()
        at = find(lines, "transaction", '"total_us": ')
        lines[at] = re.sub(r'("total_us": )', r"\g<1>9", lines[at])
        lines = reseal(lines)
        data = "".join(line + "\n" for line in lines).encode()
    elif name == "begun by another program":  # no edit: an open run, as that would have left it
        lines = data.decode().splitlines()[:100]
        lines[0] = seal(re.sub(r'("program": )"[^"]*"', r'\1"nfc-survey 0.4.9"', lines[0]))
        lines[0] = seal(re.sub(r'("serial": )"[^"]*"', r'\1"SIM-OLD"', lines[0], count=1))
        data = "".join(line + "\n" for line in lines).encode()
    elif name in START:  # so that no checksum shows it
        lines = data.decode().splitlines()
        assert name in lines[0], name
        lines[0] = lines[0].replace(name, START[name], 1)
        data = "".join(line + "\n" for line in reseal(lines)).encode()
        named = [1]
    elif name in EDITS:
        lines = data.decode().splitlines()
        named = EDITS[name](lines, name.split()[-1])
        if name.endswith(" sealed") or name == "renumbered":
            named = named if name == "renumbered" else []
            named.append(len(lines))  # the stop record, by its digest
        data = "".join(line + "\n" for line in lines).encode()
    else:
        data = {**WHOLE, **OPEN}[name](data)
        named = {"cr lf": [1], "bom": [1], "one cr": [9], "stop cut": [data.count(b"\n") + 1]}.get(name, [])
    open(path, "wb").write(data)
    return named


def main():
    if sys.argv[1] not in ("all", "open", "start"):
        forge(sys.argv[1], sys.argv[2])
        return
    run, to, other = sys.argv[2:5]
    for n, name in enumerate({"all": [*EDITS, *WHOLE], "open": OPEN, "start": START}[sys.argv[1]]):
        copy = f"{to}/{n + 1}"
        os.makedirs(copy)
        shutil.copy(run + "/journal.yaml", copy)
        print(name, copy, " ".join(map(str, forge(name, copy, other))), sep="\t")


main()
