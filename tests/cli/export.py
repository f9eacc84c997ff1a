"""The exports of runs, read back by themselves and held against the journal: every field of every record.

  export.py make JOURNAL HOSTILE OUT      a run's journal with records of every kind and odd texts behind its own
  export.py secrets JOURNAL OUT           the same with secrets in a failed transaction, and what a reader tells of frames
  export.py sqlite FILE DIR...            export.py csv FOLDER FILE DIR...      (FILE: the database of the same runs, for types)
  export.py ndjson FILE DIR...            export.py pcapng FILE DIR [CELL] [all]
  export.py sample FILE                   what DuckDB's rules of sampling ask of lines of JSON
  export.py cells FILE CELLS_CSV          the view report_cells beside the CSV of `report`
"""
import csv
import json
import re
import sqlite3
import struct
import sys
from collections import Counter, defaultdict
from datetime import datetime, timezone

RECORD_LISTS = ("exchanges", "bytes", "results", "files", "readers", "causes")
SAMPLE = 20480  # records that DuckDB looks at
LEAST_SHARE = 0.1  # of an object's records that its keys are in, on average: else it is taken for a map
TABLES = {"start": "runs", "resume": "resumes", "placement": "placements", "transaction": "transactions", "probe": "probes",
          "answer": "answers", "calibration": "calibrations", "reference": "reference_cards", "health": "health",
          "host": "host_events", "note": "notes", "decision": "decisions", "stop": "stops"}
CHILDREN = ("exchanges", "causes", "reference_card_causes", "results", "sources", "readers")

OF_THE_RUN = {"path", "journal_sha256", "records", "faults", "torn", "finished", "mark"}


def journal(directory):
    """Every record as (kind, line, fields), as the journal has them."""
    records = []
    for text in open(directory + "/journal.yaml", encoding="utf-8"):
        record = json.loads(text[2:])
        kind = next(iter(record))
        line = record.pop(kind)
        record.pop("crc")
        records.append((kind, line, record))
    return records


# ---- a run with everything in it ----

def crc32c(data, table=[]):
    if not table:
        for i in range(256):
            for _ in range(8):
                i = i >> 1 ^ 0x82F63B78 if i & 1 else i >> 1
            table.append(i)
    crc = 0xFFFFFFFF
    for byte in data:
        crc = crc >> 8 ^ table[(crc ^ byte) & 255]
    return crc ^ 0xFFFFFFFF


def lines_with_crc(records):
    for kind, line, record in records:
        body = json.dumps({kind: line, **record}, ensure_ascii=False, separators=(", ", ": "))
        body = re.sub("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]", lambda m: "\\u%04x" % ord(m[0]), body)[:-1]
        yield '- %s, "crc": "%08x"}\n' % (body, crc32c(body.encode()))


def make(source, hostile, out):
    """The run's own records but for its end, then the hostile ones: each `placed` is of the placement before it."""
    own = [json.loads(text[2:]) for text in open(source, encoding="utf-8")]
    odd = [json.loads(text[2:]) for text in open(hostile, encoding="utf-8")]
    records, placement, line = [], None, 0
    for record in [r for r in own if "stop" not in r] + [r for r in odd if next(iter(r)) not in ("start", "stop")]:
        kind = next(iter(record))
        line += 1
        record.pop(kind)
        record.pop("crc")
        if record in [r for k, _, r in records[-3:] if k == kind == "placed"]:
            continue
        if line > len(own):  # behind the run's own
            if kind == "placement":
                placement = line
            elif kind == "placed" and placement is None:
                line -= 1
                continue
            elif kind == "placed":
                record["placement"], placement = placement, None
                record["results"] = list({r[0]: r for r in record["results"]}.values())
        records.append((kind, line, record))
    with open(out, "w", encoding="utf-8") as to:
        to.writelines(lines_with_crc(records))


def secrets(source, out):
    """As an open run: the stop record knows another SHA-256."""
    records = [(next(iter(r)), r) for r in (json.loads(text[2:]) for text in open(source, encoding="utf-8"))]
    records = [(kind, r.pop(kind), r) for kind, r in records if r.pop("crc") and kind != "stop"]
    found = next(r for kind, _, r in records if kind == "transaction" and "bytes" in r)
    found["exchanges"] = [[1, 1000, "63c2"], [2, 2000, "9000"], [2, 3000, ""]]
    found["bytes"] = [["00200080xx", "63c2"], ["00b0000010", "xx9000"], ["00a4020c020006", ""]]
    fields = list(found.items())
    at = list(found).index("stages")
    told = {"ats": "0578807002", "atqa": "0400", "sak": "20", "atqb": "50xx0000000000718171"}
    found.clear()
    found.update([*[f for f in fields[:at] if f[0] not in told], *told.items(), *fields[at:]])
    with open(out, "w", encoding="utf-8") as to:
        to.writelines(lines_with_crc(records))


# ---- tables ----

def unsigned(value):
    return value + (1 << 64) if isinstance(value, int) and value < 0 else value


def records_of(tables, run):
    """The records of a run made anew from the tables' rows."""
    children = {name: defaultdict(list) for name in CHILDREN}
    for name in CHILDREN:
        for row in tables[name]:
            if row["run"] == run:
                row = {k: unsigned(v) for k, v in row.items()}
                children[name][row.get("line", row.get("placement"))].append(row)
    for kind, table in TABLES.items():
        for row in tables[table]:
            if row["run"] != run:
                continue
            row = {k: unsigned(v) if k not in ("seconds", "temperature_c", "lower", "upper") else v for k, v in row.items()}
            line = row["line"]
            if kind == "placement":
                yield ("placement", line, fields({k: v for k, v in row.items() if k in PLACEMENT}))
                if row["placed_line"] is not None:
                    end = {k.replace("placed_", ""): v for k, v in row.items() if k not in PLACEMENT and k != "placed_line"}
                    results = [[r["cell"], r["result"], r["ok"], r["fail"], r["invalid"], r["slow"]]
                               for r in children["results"][line]]
                    yield ("placed", row["placed_line"], {"placement": line, **fields(end), "results": results})
                continue
            record = fields(row)
            if kind == "start":
                record = {k: v for k, v in record.items() if k not in OF_THE_RUN}
                record["run"] = record.pop("name")
                record["seed"] = int(record["seed"])
                files = sorted(children["sources"][None], key=lambda r: r["number"])
                record["files"] = [{k: r[k] for k in ("kind", "path", "sha256", "text")} for r in files]
            if kind in ("start", "resume"):
                readers = sorted(children["readers"][line], key=lambda r: r["number"])
                record["readers"] = [{k: bool(v) if k == "simulated" else v for k, v in r.items()
                                      if k not in ("run", "line", "number") and v is not None} for r in readers]
            if kind == "transaction":
                rows = sorted(children["exchanges"][line], key=lambda r: r["number"])
                record["exchanges"] = [[r["step"], r["us"], r["sw"]] for r in rows if r["step"] is not None]
                pairs = [[r["command"], r["response"]] for r in rows if r["command"] is not None]
                record.update({"bytes": pairs} if pairs else {})
                record["stages"] = {k[6:-3]: v for k, v in row.items() if k.startswith("stage_") and v is not None}
            causes = children["causes" if kind == "transaction" else "reference_card_causes"][line]
            if kind in ("transaction", "reference") and causes:
                record["causes"] = sorted(r["cause"] for r in causes)
            yield (kind, line, record)


PLACEMENT = {"run", "line", "at_us", "reader", "handset", "sim", "condition", "position", "session", "ordinal", "tour"}
BOOLEANS = {"simulated", "reopened", "slow", "suspect", "attributed", "ok"}


def fields(row):
    record = {}
    for name, value in row.items():
        if name in ("run", "line") or name.startswith("stage_") or name.endswith(("_code", "_absent")) and name != "status_code":
            continue
        code, absent = row.get(name + "_code"), row.get(name + "_absent")
        said = json.loads(code) if isinstance(code, str) else code
        if absent is not None:
            assert value is None and absent != "" or not code
            record[name] = {"absent": said or absent}
        elif value is not None:
            record[name] = said or (bool(value) if name in BOOLEANS else value)
    return record


def same(found, wanted, what):
    found = {(kind, line): record for kind, line, record in found}
    for kind, line, record in wanted:
        got = found.pop((kind, line), None)
        assert got is not None, (what, kind, line, "is not there")
        assert got == record, (what, kind, line, [(k, got.get(k), record.get(k)) for k in {*got, *record}
                                                  if got.get(k) != record.get(k)])
    assert not found, (what, "too many", list(found)[:3])


def of_database(path):
    database = sqlite3.connect(path)
    database.row_factory = sqlite3.Row
    assert database.execute("pragma integrity_check").fetchone()[0] == "ok"
    tables = {}
    for name, strict, without_rowid in database.execute("select name, strict, wr from pragma_table_list where type = 'table' and schema = 'main'"):
        if not name.startswith("sqlite_"):
            assert strict, name
            order = "1, 2, 3" if without_rowid else "rowid"
            tables[name] = [dict(row) for row in database.execute(f'select * from "{name}" order by {order}')]
    return database, tables


def check_sqlite(path, *directories):
    database, tables = of_database(path)
    for run, directory in enumerate(directories, 1):
        same(records_of(tables, run), journal(directory), directory)
    views = [name for name, in database.execute("select name from sqlite_master where type = 'view'")]
    for view in views:  # each is of the rows of its table
        table = {"report_cells": "cells"}.get(view, view.replace("report_", "figures_"))
        assert len(database.execute(f'select * from "{view}"').fetchall()) == len(tables[table]), view
    assert {row["view"] for row in tables["report_columns"]} == set(views)
    headers = {row["name"]: (row["header"], row["header_ja"]) for row in tables["report_columns"] if row["view"] == "report_list"}
    assert headers["evidence"] == ("Evidence", "根拠"), headers
    assert len(views) > 30, views
    print(len(tables), "tables,", len(views), "views,", sum(map(len, tables.values())), "rows")


def split_csv(text):
    """RFC 4180 by itself: None is an empty field, "" an empty text."""
    rows, row, at = [], [], 0
    pattern = re.compile(r'(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)')
    while at < len(text):
        m = pattern.match(text, at)
        assert m, text[at:at + 80]
        row.append(m[1].replace('""', '"') if m[1] is not None else m[2] or None)
        at = m.end()
        if m[3] != ",":
            rows.append(row)
            row = []
    return rows


def check_csv(folder, path, *directories):
    database, wanted = of_database(path)
    tables = {}
    for name in wanted:
        text = open(f"{folder}/{name}.csv", encoding="utf-8", newline="").read()
        assert text[0] == "\ufeff"
        header, *rows = split_csv(text[1:])
        types = {r[1]: r[2] for r in database.execute(f'pragma table_info("{name}")')}
        if header[0] == "run" and "mark" not in types:  # what the run bears, in each file of it
            assert header.pop() == "mark", name
            marks = {row[0]: row.pop() for row in reversed(rows)}
            assert all(marks[str(r["run"])] == r["mark"] for r in wanted["runs"] if str(r["run"]) in marks), (name, marks)
        assert header == list(types), (name, header)
        tables[name] = [{k: value_of(v, types[k], old[k]) for k, v in zip(header, row)}
                        for row, old in zip(rows, wanted[name], strict=True)]
        for row, old in zip(tables[name], wanted[name]):
            for key in row:
                a, b = row[key], old[key]
                assert a == b or isinstance(b, float) and abs(a - b) <= 1e-14 * abs(b), (name, key, a, b)
    for run, directory in enumerate(directories, 1):
        same(records_of(tables, run), journal(directory), directory)


def value_of(text, kind, old):
    if text is None:
        return None
    if kind == "INTEGER" or kind == "ANY" and isinstance(old, int):
        return int(text)
    if kind == "REAL" or kind == "ANY" and isinstance(old, float):
        assert "." in text and "e" not in text, text
        return float(text)
    if text.startswith("'"):
        text = text[1:]
        assert text[0] in "'=+-@\t\r＝＋－＠", text
    return text


# ---- lines of JSON ----

def of_line(entry):
    record = {}
    for name, value in entry.items():
        if name.endswith(("_code", "_absent")):
            continue
        record[name] = entry.get(name + "_code", value)
        if name == "exchanges":
            record[name] = [[x["step"], x["us"], x["sw"]] for x in value]
        elif name == "bytes":
            record[name] = [[x["command"], x["response"]] for x in value]
        elif name == "results":
            record[name] = [list(x.values()) for x in value]
    for name, value in entry.items():
        if name.endswith("_absent"):
            record[name[:-7]] = {"absent": entry.get(name[:-7] + "_code", value)}
    return record


def check_ndjson(path, *directories):
    found = defaultdict(list)
    cells = Counter()
    for text in open(path, encoding="utf-8"):
        line = json.loads(text)
        kind = line["kind"]
        assert list(line) == ["kind", "run", "name", *(["line"] if "line" in line else []), kind], text[:200]
        if "line" in line:
            found[line["run"]].append((kind, line["line"], of_line(line[kind])))
        cells[line["run"], kind] += "line" not in line
    for run, directory in enumerate(directories, 1):
        same(found.pop(run), journal(directory), directory)
        assert cells[run, "export"] == 1 and cells[run, "cell"] > 0
    assert not found


def kinds_of(value, path=""):
    """Every (key, kind of value) of a record, as a program that looks for types sees it."""
    if isinstance(value, dict):
        yield (path, "object")
        for key, inner in value.items():
            yield from kinds_of(inner, f"{path}.{key}")
    elif isinstance(value, list):
        yield (path, "list")
        for inner in value:
            yield from kinds_of(inner, path + "[]")
    elif isinstance(value, str):
        shapes = (("time", r"\d{4}-\d\d-\d\dT[\d:]+Z"), ("uuid", r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"), ("date", r"[-0-9/:. TZ+]*[-/:][-0-9/:. TZ+]*"))
        yield (path, next((name for name, shape in shapes if re.fullmatch(shape, value)), "text"))
    elif isinstance(value, int) and not isinstance(value, bool):
        yield (path, "whole" if value < 1 << 63 else "large")
    else:
        yield (path, type(value).__name__)


def check_sample(path):
    """What a reader of the first records alone must know: each key with each kind of value, and no object that it would
    take for a map."""
    sampled, seen, inside = set(), set(), defaultdict(Counter)
    for number, text in enumerate(open(path, encoding="utf-8")):
        line = json.loads(text)
        pairs = set(kinds_of(line))
        new = pairs - sampled
        assert number < SAMPLE or not new, (number + 1, new)
        if number < SAMPLE:
            sampled |= pairs
            count_keys(line, "", inside)
        # what is new stands in front: behind the first record without something new there is no other one
        assert not new or seen is not None, (number + 1, new)
        seen = seen if new else None
    for at, keys in inside.items():
        objects = keys.pop(None)
        share = sum(keys.values()) / max(len(keys), 1) / objects
        assert share >= LEAST_SHARE, (at, share)
    mixed = {p for p, kind in sampled if {(p, "whole"), (p, "float")} <= sampled}
    assert not mixed, mixed
    print(len({p for p, _ in sampled}), "keys")


def count_keys(value, path, inside):
    if isinstance(value, dict):
        inside[path][None] += 1
        for key, inner in value.items():
            inside[path][key] += 1
            count_keys(inner, f"{path}.{key}", inside)
    elif isinstance(value, list):
        for inner in value:
            count_keys(inner, path + "[]", inside)


# ---- captures ----

def packets_of(path):
    data, at, packets, links = open(path, "rb").read(), 0, [], []
    while at < len(data):
        kind, length = struct.unpack_from("<II", data, at)
        assert length % 4 == 0 and struct.unpack_from("<I", data, at + length - 4)[0] == length
        if kind == 1:
            links.append(struct.unpack_from("<H", data, at + 8)[0])
        elif kind == 6:
            interface, high, low, size, _ = struct.unpack_from("<IIIII", data, at + 8)
            body = data[at + 28:at + 28 + size]
            options, o = {}, at + 28 + (size + 3 & ~3)
            while o < at + length - 4:
                code, n = struct.unpack_from("<HH", data, o)
                options[code] = data[o + 4:o + 4 + n]
                o += 4 + (n + 3 & ~3)
            packets.append((links[interface], high << 32 | low, body, options[2][0], options[1].decode()))
        else:
            assert kind == 0x0A0D0D0A, kind
        at += length
    return packets


def masked(text, is_command):
    return bytes.fromhex(text.replace("xx", "01ff" if is_command else "ff"))


def check_pcapng(path, directory, *wanted):
    cell, everything = next((int(w) for w in wanted if w.isdigit()), None), "all" in wanted
    expected, began = [], None
    for kind, line, r in journal(directory):
        if kind in ("start", "resume"):
            moment = datetime.strptime(r["wall"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=timezone.utc)
            began = int(moment.timestamp()) * 10**6
        elif kind == "transaction" and r.get("bytes") and (everything or r["outcome"] in ("fail", "invalid")) and cell in (None, r["cell"]):
            us = began + r["at_us"] + r["stages"].get("activate", 0)
            about = [f"cell={r['cell']};", f"placement={r['placement']};", f"line={line};", f"outcome={r['outcome']}"]
            about += [f"stage={r['stage']}"] if "stage" in r else []
            for name in ("atqa", "sak", "atqb", "ats"):
                if isinstance(r.get(name), str) and r[name]:
                    expected.append((264, us, bytes.fromhex(r[name].replace("xx", "ff" * 4)), 1, [*about, name.upper()]))
            for i, (command, response) in enumerate(r["bytes"]):
                secret = lambda text: ["SECRET"] if "xx" in text else []
                if command:
                    expected.append((252, us, masked(command, True), 2, [*about, f"exchange={i + 1}", *secret(command)]))
                us += r["exchanges"][i][1]
                if response:
                    expected.append((252, us, masked(response, False), 1, [*about, *secret(response)]))
    found = packets_of(path)
    assert len(found) == len(expected), (len(found), len(expected))
    for (link, ns, body, flags, comment), (link_wanted, us, wanted_bytes, flags_wanted, about) in zip(found, expected):
        head = body[:len(body) - len(wanted_bytes)]
        assert (link, flags, ns) == (link_wanted, flags_wanted, us * 1000), (link, flags, ns, us, comment)
        assert body.endswith(wanted_bytes), (body.hex(), wanted_bytes.hex())
        assert len(head) == (24 if link == 252 else 4) and (link == 264 or b"iso7816" in head)
        assert all(word in comment for word in about), (about, comment)
    print(len(found), "packets")


# ---- figures ----

def check_cells(path, cells):
    database, _ = of_database(path)
    database.row_factory = sqlite3.Row
    found = [dict(row) for row in database.execute("select * from report_cells")]
    wanted = list(csv.DictReader(open(cells, encoding="utf-8-sig", newline="")))
    assert len(found) == len(wanted) > 0
    for a, b in zip(found, wanted):
        for key, text in b.items():
            value = a[key[:-3] + "_us"] if key.endswith("_ms") else a[key]
            if key.endswith("_ms"):
                assert value is None and text == "" or value == round(float(text) * 1000), (key, value, text)
            elif isinstance(value, float):
                assert abs(value - float(text)) < 1e-4, (key, value, text)
            else:
                assert ("" if value is None else str(value)) == text.removeprefix("'"), (key, value, text)


if __name__ == "__main__":
    {"make": make, "secrets": secrets, "sqlite": check_sqlite, "csv": check_csv, "ndjson": check_ndjson, "sample": check_sample,
     "pcapng": check_pcapng, "cells": check_cells}[sys.argv[1]](*sys.argv[2:])
