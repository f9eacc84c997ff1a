#!/usr/bin/python3
"""leaks.py PATH...: whether any identifier of the card `told` (odd-card) stands in these files and folders, in any writing that
a program could have left it in. Exit status 1 and a line for each that is found."""
import base64
import functools
import io
import operator
import os
import sys
import zipfile
import zlib

UID = bytes.fromhex("04c0ffee5a1799")
CARD_SERIAL = bytes.fromhex("cafeb0ba1734")  # in the historical bytes
CHIP_SERIAL, CHIP_BATCH = bytes.fromhex("de5ad571"), bytes.fromhex("b47c")
ICCID = bytes.fromhex("981801002143658709f1")  # digits, the lower half of a byte first
IMSI = bytes.fromhex("494010325476981032")
EID = bytes.fromhex("89049032123451234512345678901235")
LAB_SERIAL = bytes.fromhex("5e71a1a0b1c2d3")
SUBJECT = b"YAMADA TARO 19700102"

HISTORICAL = b"\x80\x5a\x0a\x07\x06\x20" + CARD_SERIAL + b"\x71\xc1"
ATR = bytes([0x3B, 0x80 | len(HISTORICAL), 0x80, 0x01]) + HISTORICAL
ATR += bytes([functools.reduce(operator.xor, ATR[1:])])
CPLC = bytes.fromhex("9f7f2a" "47900000" "47910000" "0100" "1234") + CHIP_SERIAL + CHIP_BATCH + bytes(24)
CERTIFICATE = bytes.fromhex("30820074") + bytes(40) + SUBJECT + bytes(0x74 - 40 - len(SUBJECT))
LAB = bytes.fromhex("f00102030405")
FILES = {0x000A: CERTIFICATE, 0x0101: ICCID + b"open", 0x0102: b"\x09" + IMSI, 0x0103: LAB_SERIAL}
selected = None


def answer(command):
    """As the card does, in whatever is selected."""
    global selected
    cla, ins, p1, p2 = command[:4]
    done = b"\x90\x00"
    if (cla, ins) == (0xFF, 0xCA):
        return UID + done if p1 == 0 else b"\x6a\x81"
    if ins == 0xA4 and p1 == 0x02:
        selected = command[5] << 8 | command[6]
        return done if selected in FILES or selected == 6 else b"\x6a\x82"
    if ins == 0xA4:
        return done
    if ins == 0xCA:
        return (CPLC if p1 == 0x9F and p2 == 0x7F else EID) + done
    if ins == 0xB0 and selected in FILES:
        offset = p1 << 8 | p2
        return FILES[selected][offset : offset + (command[4] or 256)] + done
    return b"\x6d\x00"


def digits(packed):
    return "".join(f"{b & 15:x}{b >> 4:x}" for b in packed).rstrip("f")


def writings(name, data):
    """Each way in which these bytes may have been written, as bytes to look for."""
    h = data.hex()
    yield name, data
    yield f"{name} backwards", data[::-1]
    for between in "", " ", ":", "-", ", 0x", "\\x":
        text = between.join(h[i : i + 2] for i in range(0, len(h), 2))
        yield f"{name} in hex", text.encode()
        yield f"{name} in hex", text.upper().encode()
    yield f"{name} backwards in hex", data[::-1].hex().encode()
    yield f"{name} in numbers", ", ".join(map(str, data)).encode()
    for shift in range(3):  # what stands before it moves its letters
        text = base64.b64encode(bytes(shift) + data)[4 if shift else 0 : (shift + len(data)) // 3 * 4]
        if len(text) > 6:
            yield f"{name} in base64", text


def all_writings():
    for name, data in (("UID", UID), ("card serial", CARD_SERIAL), ("chip serial", CHIP_SERIAL + CHIP_BATCH), ("EID", EID),
                       ("ICCID", ICCID), ("IMSI", IMSI), ("lab serial", LAB_SERIAL), ("subject", SUBJECT)):
        yield from writings(name, data)
    for name, packed in ("ICCID", ICCID), ("IMSI", IMSI):
        yield f"{name} in digits", digits(packed).encode()
        yield f"{name} in digits", digits(packed)[1:].encode()  # an IMSI's first half byte is its parity


LOOKED_FOR = list(all_writings())


def texts(path, data):
    """The file, and what is packed in it."""
    yield path, data
    if zipfile.is_zipfile(io.BytesIO(data)):
        with zipfile.ZipFile(io.BytesIO(data)) as z:
            for name in z.namelist():
                yield f"{path}:{name}", z.read(name)
    if data[:5] == b"%PDF-":
        for part in data.split(b"stream\n")[1:]:
            try:
                yield f"{path}:stream", zlib.decompressobj().decompress(part)
            except zlib.error:
                pass


def main():
    found = looked_at = 0
    for root in sys.argv[1:]:
        paths = [root] if os.path.isfile(root) else [os.path.join(d, n) for d, _, names in os.walk(root) for n in names]
        for path in paths:
            with open(path, "rb") as f:
                for where, data in texts(path, f.read()):
                    looked_at += 1
                    for name, wanted in LOOKED_FOR:
                        if wanted in data:
                            found += 1
                            at = data.index(wanted)
                            print(f"{where}: {name}, at {at}: {data[max(0, at - 60) : at + 60]!r}")
    print(f"{looked_at} texts, {len(LOOKED_FOR)} writings, {found} found")
    return found > 0 or looked_at == 0


if __name__ == "__main__":
    sys.exit(main())
