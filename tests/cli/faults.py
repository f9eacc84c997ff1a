"""The simulator's faults, one a handset or reader, through the whole pipeline: writes the survey, and judges its summary.

usage: faults.py survey FOLDER [all]
                                  writes FOLDER/faults.yaml, FOLDER/reader-faults.yaml and the profiles beside them;
                                  `all`: every fault in every rhythm and body, else a Latin square of these
       faults.py judge SUMMARY...
                                  every failing kind of a unit must keep the cause that its profile asks for
"""
import collections
import itertools
import os
import re
import sys

# What a handset can draw and a script can fail by. F15 is a reader's, F27 leaves a transaction ok.
HANDSET_FAULTS = [n for n in range(2, 27) if n != 15]
READER_FAULTS = [1, 13, 14, 15, 29, 30, 31]
RHYTHMS = [("placement", 1), ("transaction", 0.5), ("exchange", 0.3)]
# technology, frame size code: 8 is 256 bytes, 5 is 64
BODIES = [("a", 8), ("b", 8), ("b", 5)]
READERS = ["sim-reader-" + c for c in "abcdef"]
SCRIPTS = ["token", "cert", "ladder", "route", "environment", "rf-cycle", "challenge-soak"]
ALL = '[on-unlocked, on-locked, screen-off, battery-low, "off"]'

HANDSET = """format: nfc-survey/handset
version: 1
id: {id}
source: simulated
facts: {{maker: nfc-survey, name: "Fault {id}"}}
simulation:
  technology: {technology}
  uid: "{uid}"
{anticollision}  fsci: {fsci}
  fwi: 8
  max_kbit_s: 424
  targets:
    - {{target: uicc, power_modes: {all}, applets: [jpki, cplc, ladder], select_us: 24000, command_us: 8000, per_byte_ns: 12000, spread: 0.15, wtx_after_us: 60000}}
    - {{target: hce, power_modes: [on-unlocked], applets: [hce-probe], select_us: 40000, command_us: 14000, per_byte_ns: 2000, spread: 0.3, wtx_after_us: 30000}}
  margin_db: 50
  placement_sd_db: 0
  session_sd_db: 0
"""

SURVEY = """format: nfc-survey/survey
version: 1
id: {id}
title: {{en: One fault a unit}}
seed: 20
scheme: {{name: tiny, q0: 0.05, q1: 0.8, alpha: 0.05, beta: 0.2, k: 3, n_max: 4}}
sessions: 2
lanes: 6
hands: sim
readers: [{readers}]
sims:
  - {{id: virtual-sim, carrier: virtual, applet: virtual JPKI, token_label: NFC-SURVEY VIRTUAL TOKEN, certificate_bytes: 1400}}
conditions: [on-unlocked, "off"]
scripts: [{scripts}]
handsets: [{handsets}]
"""


def write(folder, name, text):
    with open(os.path.join(folder, name + ".yaml"), "w", encoding="utf-8") as out:
        out.write(text)


def handset(folder, name, technology, fsci, fault=""):
    a = technology == "a"
    write(folder, name, HANDSET.format(
        id=name, technology=technology.upper(), fsci=fsci, all=ALL, uid="04 4E 46 43 53 01 80" if a else "5E 01 4E 53",
        anticollision='  atqa: "00 44"\n  sak: "20"\n  historical: "80 31 80 65"\n' if a else "") + fault)
    return name


def fault_lines(cause, rate, per):
    return "  faults: [{cause: F%02d, rate: %s, per: %s}]\n" % (cause, rate, per)


def survey(folder, everything):
    handsets = [
        handset(folder, "sim-f%02d-%s%d-%s" % (cause, technology, fsci, per), technology, fsci,
                fault_lines(cause, rate, per))
        for cause, (i, (technology, fsci)), (j, (per, rate)) in itertools.product(
            HANDSET_FAULTS, enumerate(BODIES), enumerate(RHYTHMS)) if everything or (i + j + cause) % 3 == 0]
    write(folder, "faults", SURVEY.format(id="faults", readers=", ".join(READERS), scripts=", ".join(SCRIPTS),
                                          handsets=", ".join(handsets)))
    profiles = os.path.join(os.environ["NFC_SURVEY_DATA"], "profiles", "readers")
    readers = []
    for base, (cause, rate, per) in itertools.product(["sim-reader-a", "sim-reader-f"], [
            (1, 0.1, "transaction"), (13, 0.5, "transaction"), (14, 1, "placement"), (15, 1, "placement"),
            (29, 0.2, "exchange"), (30, 0.3, "transaction"), (31, 0.1, "transaction")]):
        with open(os.path.join(profiles, base + ".yaml"), encoding="utf-8") as f:
            text = f.read()
        name = "sim-f%02d-%s" % (cause, base[-1])
        write(folder, name, text.replace("id: " + base, "id: " + name) + fault_lines(cause, rate, per))
        readers.append(name)
    clean = [handset(folder, "sim-clean-%d" % i, technology, fsci) for i, (technology, fsci) in enumerate(BODIES)]
    write(folder, "reader-faults", SURVEY.format(id="reader-faults", readers=", ".join(readers),
                                                 scripts=", ".join(SCRIPTS), handsets=", ".join(clean)))


def kinds(path):
    """(reader, handset, step or stage, sharing, recorded, causes) of each kind of failure in a summary."""
    cell, kind = {}, None
    with open(path, encoding="utf-8") as f:
        for line in f:
            m = re.match(r'    (reader_unit|handset|script|condition): "(.*)"$', line)
            if m:
                cell[m[1]] = m[2]
            m = re.match(r"      - stage: (\S+)$", line)
            if m:
                kind = {"stage": m[1], "rules": []}
            m = re.match(r"          - rule: (\S+)$", line)
            if m:
                kind["rules"].append(m[1])
            m = re.match(r'        (sharing|recorded|causes): \[(.*)\]$', line)
            if m:
                kind[m[1]] = set(m[2].split(", ")) if m[2] else set()
            if line.startswith("        contradiction: true"):
                kind["contradiction"] = True
            if line.startswith("        records: ") and kind:
                yield dict(cell, **kind)
                kind = None


def truth(kind):
    """The causes that may be behind this failure: the profile's, or another technology than the reader looks for."""
    named = re.match(r"sim-f(\d\d)-", kind["handset"]) or re.match(r"sim-f(\d\d)-", kind["reader_unit"])
    if kind["reader_unit"] == "sim-reader-c" and "-a8-" in kind["handset"] and kind["stage"] == "detect":
        return "F04"
    return "F" + named[1]


def judge(paths):
    lost, seen = [], collections.defaultdict(list)
    for kind in itertools.chain.from_iterable(kinds(path) for path in paths):
        true = truth(kind)
        if true not in kind["causes"]:
            lost.append("%s lost: %s" % (true, kind))
        if kind.get("contradiction"):
            lost.append("contradiction: %s" % kind)
        seen[true].append([len(kind[key]) for key in ("sharing", "recorded", "causes")])
    for line in lost[:20]:
        print(line)
    everything = [n for rows in seen.values() for n in rows]
    for name, rows in sorted(seen.items()) + [("all", everything)]:
        print("# %s: %d kinds of failure; candidates by the code %.2f, as recorded %.2f, left %.2f" % (
            (name, len(rows)) + tuple(sum(column) / len(rows) for column in zip(*rows))))
    wanted = {"F%02d" % n for n in HANDSET_FAULTS + READER_FAULTS}
    missing = wanted - set(seen)
    if missing:
        print("never failed by: %s" % sorted(missing))
    sys.exit(1 if lost or missing else 0)


if sys.argv[1] == "survey":
    survey(sys.argv[2], sys.argv[3:] == ["all"])
else:
    judge(sys.argv[2:])
