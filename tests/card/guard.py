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
FREE = "0002", "0006", "0008", "000a", "000b", "00e0"  # of JPKI: transparent files, the last with the factory certificate
TRIES = "0018",
# Of a test target that has proven itself:
READABLE, PINS, KEYS = (*FREE, "0001", "00e1", "00e2", "00e3", "00e4", "00e5"), ("0018", "001b"), ("0017", "001a")
WRITABLE = "0001", "0002", "0008", "000a", "000b", "00e3"
FILES = tuple(dict.fromkeys((*FREE, *TRIES, *READABLE, *PINS, *KEYS, "0010", "2fe2", "6f07", "011e")))
OBJECTS = {JPKI: {("00", "0042"), ("00", "0066"), ("00", "00f0")}, DOMAIN: {("80", "9f7f")}, OLDER: {("80", "9f7f")},
           ARA_M: {("80", "ff40"), ("80", "ff60"), ("80", "df20")}}
LES, WIDE = ("00",), ("000100",)
NAMED = [f"{len(x) // 2:02x}{x}{le}" for x in NAMES + OTHERS for le in ("", "00")]
OF_FILES = [f"02{f}{le}" for f in FILES for le in ("", "00")]
PIN, BLOCK, HASH = "31323334", "aa" * 32, "5a" * 32
QUESTION = "c5" * 32 + b"pin\0RW-A".hex()
lc = lambda data: f"{len(data) // 2:02x}{data}"
# Bodies of what needs a permission: data and Le, each as it should be and a little otherwise.
PERMISSION_BODIES = ["", "00", *(lc(x) + le for le in ("", "00") for x in (
    PIN, PIN * 4, PIN * 4 + "31", BLOCK, "b603840117", "b60684011a800102", "b603840118", "b606840117800103", "840117", "840118",
    "5a" * 19, "5a" * 20, "5a" * 51, "5a" * 65, "83020017", "83020006", JPKI, JPKI[:-2] + "02", QUESTION, "c5" * 40)),
    "000004" + PIN, "000020" + HASH + "0000"]
BODIES = ["", *LES, *WIDE, NAMED[0], "02000b", "0431323334", *NAMED[1:], *(x for x in OF_FILES if x != "02000b"), "000002000b"]

select = lambda name, sw="9000": f"00A4040C{len(name) // 2:02x}{name}:{sw}"
select_file = lambda f, sw="9000": f"00A4020C02{f}:{sw}"
GOOD, BAD = ("9000", "6110"), ("6a82", "6283")

# A state is what led to it, and what it leaves: application, file, and whether more of an answer waits.
STATES = [([], None, None, False)]
for name in NAMES:
    STATES += [([select(name, sw)], name, None, sw[:2] == "61") for sw in GOOD]
    STATES += [([select(name, sw)], "locked" if (name, sw) == (JPKI, "6283") else None, None, False) for sw in BAD]
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

ALL, NO_WORD = 7, 0
proven = lambda file=None, allow=ALL, *more: [f"allow={allow}", "writes", select(JPKI), "prove",
                                              *([select_file(file)] if file else []), *more]
PROVEN = [(proven(), JPKI, None, False), (proven("0001", NO_WORD), JPKI, "0001", False),
          (proven("001b", 2), JPKI, "001b", False), ([select(JPKI), "prove", select(JPKI)], JPKI, None, False)]


def permission_states():
    """What led to it; the file; the words that are allowed; how many tries are known to be left."""
    words = {1: {"pin"}, 2: {"write"}, 4: {"block"}, ALL: {"pin", "write", "block"}, NO_WORD: set(), 3: {"pin", "write"}}
    for allow, file in itertools.product((1, 2, 4, ALL), ("0018", "000a", "00e0")):
        yield proven(file, allow, "00200080:63C3"), file, words[allow], 3 if file == "0018" else None
    for file in ("001b", "0017", "0006", None):
        yield proven(file, ALL, "00200080:63C5"), file, words[ALL], 5 if file == "001b" else None
    for sw, left in (("63C2", 2), ("63C1", 1), ("63C0", 0), ("6983", 0), ("6984", 0), ("9000", None)):
        for allow in (3, ALL):
            yield proven("0018", allow, f"00200080:{sw}"), "0018", words[allow], left
    tried = "00200080043132333400"[:-2]
    yield proven("0018", 1, "00200080:63C3", f"{tried}:63C1"), "0018", words[1], 1
    yield proven("0018", 1, "00200080:63C3", f"{tried}:9000"), "0018", words[1], 3
    yield proven("0018", 1, "00200080:63C3", select(JPKI), select_file("0018")), "0018", words[1], 3
    for led in ([f"allow={ALL}", "writes", select(JPKI), select_file("0018"), "00200080:63C3"],  # each permission missing in turn
                [f"allow={ALL}", select(JPKI), "prove", select_file("0018"), "00200080:63C3"],
                ["writes", select(JPKI), "prove", select_file("0018"), "00200080:63C3"]):
        yield led, "0018", set(), 3
    for lost in (select(PPSE), select(JPKI, "6a82"), "00200080:0000", "00A40000:9000", "0070000001:9000"):  # the proof is over
        yield proven("0018", ALL, "00200080:63C3", lost, select(JPKI), select_file("0018")), "0018", set(), 3


def permitted(file, words, left):
    """Every form that a permission lets pass in JPKI, and the question that proves a target, of the bodies above."""
    out = set()

    def add(head, *data, le=("",)):
        out.update(head + (lc(d) if d else "") + e for d in data for e in le)

    tries_left = left is not None and (left >= 2 or "block" in words)
    if "pin" in words:
        if file in PINS and tries_left:
            add("00200080", PIN, PIN * 4), add("00240080", BLOCK)
        if file in PINS:
            add("00240180", PIN, PIN * 4), add("002c0280", PIN, PIN * 4)
            for head in ("00200080", "00240180", "002c0280"):
                if head != "00200080" or tries_left:
                    add(head, "840117", "b603840117", "b60684011a800102", "b603840118", "b606840117800103", "840118",
                        "83020017", "83020006", JPKI, JPKI[:-2] + "02")  # as PINs they are of a right length
        add("002241b6", "840117")
        digests = ("5a" * 20, "5a" * 51, BLOCK, "c5" * 40, QUESTION)
        add("002a9e9a", *digests, le=("00",))
        if file in KEYS:
            add("802a0080", *digests, le=("00",))
    if "write" in words:
        for p1 in ("80", "81"):
            add(f"0047{p1}00", "b603840117", "b60684011a800102", le=("", "00"))
        for state in ("07", "0f"):
            add(f"80f040{state}", JPKI)
        if file in WRITABLE:
            add("00440000", "")
    if "block" in words:
        add("80f04083", JPKI), add("00e40000", "83020017")
        if file in WRITABLE:
            add("00e40000", "")
    if file in PINS or (file == "0018"):
        add("00200080", "")
    if file == "00e0":
        add("00880000", QUESTION, le=("00",))
    return out


def is_update(form, file, words):
    """UPDATE BINARY with any offset up to 7fff, with data and no Le."""
    if not form.startswith("00d6") or file not in WRITABLE or "write" not in words or int(form[4:6], 16) > 0x7f:
        return False
    body = bytes.fromhex(form[8:])
    return len(body) > 1 and (len(body) == 1 + body[0] or (body[0] == 0 and len(body) == 3 + (body[1] << 8 | body[2])))


def forms(application, file, more, is_proven=False):
    """Every form that may pass in that state, of the bodies above."""
    for name, p2, le in itertools.product(NAMES, ("00", "0c"), ("", "00")):
        yield f"00a404{p2}{len(name) // 2:02x}{name}{le}"
    for p1, le in itertools.product(("00", "01"), ("", *LES)):
        yield f"ffca{p1}00{le}"
    if application == JPKI:
        there = {*FREE, *TRIES, *((*READABLE, *PINS, *KEYS) if is_proven else ())}
        for f, p2, le in itertools.product(there, ("00", "0c"), ("", "00")):
            yield f"00a402{p2}02{f}{le}"
        for le in LES:
            yield f"00840000{le}"
    if application == "locked":  # only what proves a test target
        for p2, le in itertools.product(("00", "0c"), ("", "00")):
            yield f"00a402{p2}0200e0{le}"
    if (application == JPKI and file in READABLE) or application == LADDER:
        for offset, le in itertools.product(range(0x8000), LES + WIDE):
            yield f"00b0{offset:04x}{le}"
    if file in PINS:
        yield "00200080"
    for cla, tag in OBJECTS.get(application, ()):
        for le in ("", *LES, *(WIDE if cla == "00" else ())):
            yield f"{cla}ca{tag}{le}"
    if more:
        for le in LES + WIDE:
            yield f"00c00000{le}"


def main(program):
    plain = [(led, set(forms(*left))) for led, *left in STATES] + [(led, set(forms(*left, True))) for led, *left in PROVEN]
    behind = [(["permissions", *led], left) for led, *left in permission_states()]
    states = "".join(" ".join(led) + "\n" for led, _ in plain + behind)
    bodies = [*BODIES, "permissions", *PERMISSION_BODIES]
    out = subprocess.run([program], input="\n".join(bodies) + "\nstates\n" + states, text=True, check=True,
                         capture_output=True).stdout
    wrong = count = 0
    for (led, expected), text in zip(plain + behind, out.split("end\n"), strict=False):
        passed = set(text.split())
        count += len(passed)
        if led and led[0] == "permissions":
            file, words, _ = expected
            updates, expected = {f for f in passed if f.startswith("00d6")}, permitted(*expected)
            passed = {f for f in passed if not (f in updates and is_update(f, file, words))}
            if file in WRITABLE and "write" in words and len(updates) < 1000:
                expected.add("00d6....")  # hardly any passed
        for form in sorted(passed ^ expected)[:20]:
            wrong += 1
            print(f"behind {' '.join(led) or 'the activation'}: {form} {'passes' if form in passed else 'is refused'}")
    print(f"{len(plain) + len(behind)} states, {count} forms pass, {wrong} wrong")
    return wrong > 0 or out.count("end\n") != len(plain) + len(behind)


sys.exit(main(sys.argv[1]))
