#!/usr/bin/env python3
"""The card in QEMU's USB CCID reader (usb-ccid with ccid-card-passthru): answers the token script, and nothing else.

usage: card.py SOCKET      (QEMU's chardev; ends when QEMU does)

The protocol is that of libcacard's vscard_common.h: a header of three big-endian words (type, reader, length), then the payload.
"""
import socket
import struct
import sys
import time

INIT, ERROR, READER_ADD, ATR, APDU = 1, 2, 3, 5, 7
MAGIC, VERSION = b"VSCD", 2
ANSWER_TO_RESET = bytes.fromhex("3b0b") + b"NFC-SURVEY1"  # T=0: QEMU's reader knows no other
LABEL = b"JPKIAPGPSETOKEN".ljust(32)

ANSWERS = {
    bytes.fromhex("00a4040c0ad392f000260100000001"): b"\x90\x00",
    bytes.fromhex("00a4020c020006"): b"\x90\x00",
    bytes.fromhex("00b0000020"): LABEL + b"\x90\x00",
}


def connect(path):
    for _ in range(200):
        try:
            s = socket.socket(socket.AF_UNIX)
            s.connect(path)
            return s
        except OSError:
            s.close()
            time.sleep(0.05)
    sys.exit(f"card.py: {path}: nobody listens")


def receive(s, length):
    data = b""
    while len(data) < length:
        more = s.recv(length - len(data))
        if not more:
            sys.exit(0)
        data += more
    return data


def main():
    s = connect(sys.argv[1])

    def send(kind, payload):
        s.sendall(struct.pack(">III", kind, 0, len(payload)) + payload)

    send(INIT, MAGIC + struct.pack(">II", VERSION, 0))
    send(READER_ADD, b"\0")
    send(ATR, ANSWER_TO_RESET)
    while True:
        kind, _, length = struct.unpack(">III", receive(s, 12))
        payload = receive(s, length)
        if kind == APDU:
            send(APDU, ANSWERS.get(payload, b"\x6d\x00"))


try:
    main()
except (BrokenPipeError, ConnectionResetError):
    pass
