#!/usr/bin/env python3
"""Holds the guard against a table of its own: every class and instruction, in every state, with all forms of bodies.

  guard.py PROGRAM      PROGRAM is tests/card/guard_forms.c, linked

The table is written down here anew, from the documents of the applications, not from the guard's. Exit status 1 and a line for
each form that passes and should not, or the other way round.
"""
import itertools
import subprocess
import sys

JPKI, HCE, PPSE = "d392f000260100000001", "a000000476" + b"AndroidHCE".hex(), b"2PAY.SYS.DDF01".hex()
DOMAIN, OLDER, CRS, ARA_M = "a000000151000000", "a000000003000000", "a00000015143525300", "a00000015141434c00"
LADDER = "f0" + b"NFCSURVEY".hex()
NAMES = JPKI, HCE, PPSE, DOMAIN, OLDER, CRS, ARA_M, LADDER
OTHERS = ("d3921000310001010408", "d39210003100010104", "d392", "a0000002310100000000000000000000", "a0000002471001",
          "a0000000871002", "a0000005591010ffffffff8900000200", "d392f0002601000000", "d392f00026010000000100", "3f00")
FREE = "0002", "0006", "0008", "000a", "000b"  # of JPKI: transparent files
TRIES = "0018",
FILES = FREE + TRIES + ("0001", "001b", "0010", "0017", "2fe2", "6f07", "011e")
OBJECTS = {JPKI: {("00", "0042"), ("00", "0066"), ("00", "00f0")}, DOMAIN: {("80", "9f7f")}, OLDER: {("80", "9f7f")},
           ARA_M: {("80", "ff40"), ("80", "ff60"), ("80", "df20")}}
LES, WIDE = ("00",), ("000100",)
NAMED = [f"{len(x) // 2:02x}{x}{le}" for x in NAMES + OTHERS for le in ("", "00")]
OF_FILES = [f"02{f}{le}" for f in FILES for le in ("", "00")]
BODIES = ["", *LES, *WIDE, NAMED[0], "02000b", "0431323334", *NAMED[1:], *(x for x in OF_FILES if x != "02000b"), "000002000b"]

select = lambda name, sw="9000": f"00A4040C{len(name) // 2:02x}{name}:{sw}"
select_file = lambda f, sw="9000": f"00A4020C02{f}:{sw}"
GOOD, BAD = ("9000", "6110"), ("6a82", "6283")

# A state is what led to it, and what it leaves: application, file, and whether more of an answer waits.
STATES = [([], None, None, False)]
for name in NAMES:
    STATES += [([select(name, sw)], name, None, sw[:2] == "61") for sw in GOOD]
    STATES += [([select(name, sw)], None, None, False) for sw in BAD]
for f in FREE + TRIES:
    STATES += [([select(JPKI), select_file(f)], JPKI, f, False)]
STATES += [([select(JPKI), select_file("000b", sw)], JPKI, None, False) for sw in BAD]
STATES += [([select(JPKI), select_file("000b", "0000")], None, None, False),
           ([select(JPKI), select_file("000b"), select(PPSE, "6a82")], None, None, False),
           ([select(JPKI), select_file("000b"), "00B0000000:6110"], JPKI, "000b", True),
           ([select(JPKI), select_file("000b"), "00B0000000:0000"], None, None, False),
           ([select(JPKI), select_file("000b"), "00A40000:9000"], None, None, False),
           ([select(JPKI), select_file("000b"), "0070000001:9000"], None, None, False),
           ([select(JPKI), select_file("000b"), "00A4080C043F000001:9000"], None, None, False),
           ([select("d3921000310001010408")], None, None, False),
           ([select(JPKI), select_file("0018"), "00200080:63C3"], JPKI, "0018", False)]


def forms(application, file, more):
    """Every form that may pass in that state, of the bodies above."""
    for name, p2, le in itertools.product(NAMES, ("00", "0c"), ("", "00")):
        yield f"00a404{p2}{len(name) // 2:02x}{name}{le}"
    for p1, le in itertools.product(("00", "01"), ("", *LES)):
        yield f"ffca{p1}00{le}"
    if application == JPKI:
        for f, p2, le in itertools.product(FREE + TRIES, ("00", "0c"), ("", "00")):
            yield f"00a402{p2}02{f}{le}"
        for le in LES:
            yield f"00840000{le}"
    if (application == JPKI and file in FREE) or application == LADDER:
        for offset, le in itertools.product(range(0x8000), LES + WIDE):
            yield f"00b0{offset:04x}{le}"
    if file in TRIES:
        yield "00200080"
    for cla, tag in OBJECTS.get(application, ()):
        for le in ("", *LES, *(WIDE if cla == "00" else ())):
            yield f"{cla}ca{tag}{le}"
    if more:
        for le in LES + WIDE:
            yield f"00c00000{le}"


def main(program):
    states = "".join(" ".join(led) + "\n" for led, *_ in STATES)
    out = subprocess.run([program], input="\n".join(BODIES) + "\nstates\n" + states, text=True, check=True,
                         capture_output=True).stdout
    wrong = count = 0
    for (led, *left), passed in zip(STATES, out.split("end\n"), strict=False):
        passed, expected = set(passed.split()), set(forms(*left))
        count += len(passed)
        for form in sorted(passed ^ expected)[:20]:
            wrong += 1
            print(f"behind {' '.join(led) or 'the activation'}: {form} {'passes' if form in passed else 'is refused'}")
    print(f"{len(STATES)} states, {count} forms pass, {wrong} wrong")
    return wrong > 0 or out.count("end\n") != len(STATES)


sys.exit(main(sys.argv[1]))
