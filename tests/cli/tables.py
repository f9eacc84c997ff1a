"""Reads report.xlsx, cells.csv, report.md and criteria.yaml back with other programs' eyes: openpyxl, csv, cmark-gfm and
PyYAML, and holds them against a recount of the journal and against summary.yaml. Nothing of the program's code.

    tables.py shape XLSX MARK | signature XLSX MD RUN JOURNAL CRITERIA | figures RUN XLSX CSV | list RUN XLSX LANGUAGE YAML | hostile RUN FOLDER NAMES | cut XLSX MARK | office FOLDER XLSX
"""
import collections
import csv
import json
import os
import re
import subprocess
import sys
from fractions import Fraction
from html.parser import HTMLParser

import openpyxl
import yaml
from openpyxl.utils.escape import unescape  # "_x005F_" is an underscore, as Excel reads it

LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
HEADER = 3  # the row of the columns' names; above it the title and a note
SHEETS = ["Conclusion", "List", "Matrix", "Cells", "Times", "Causes", "Criteria", "Effects", "Sources"]
JAPANESE = ["結論", "一覧", "判定表", "全組合せ", "時間", "原因", "選定基準", "影響", "出典"]
# Sheets of several parts, by their number: the titles of their parts, and whether the first one is filtered.
PARTS = {0: (["Conclusion", "Signatures", "Read me"], ["結論", "署名", "はじめに"], False),
         6: (["Criteria", "Errors", "What if"], ["選定基準", "誤りの割合", "条件変更"], True),
         7: (["Effects", "What fails alike", "Variance"], ["影響", "不適合の共通点", "分散"], True)}


def load_yaml(path):
    return yaml.load(open(path, encoding="utf-8").read(), Loader=LOADER)


def parts_of(sheet):
    """[title, row of the header, last row] of each; blank rows are between them."""
    found = []
    for number in range(1, sheet.max_row + 1):
        if not any(c.value or c.border.bottom.style for c in sheet[number]):
            continue
        if not found or found[-1][2] < number - 1:
            found.append([sheet.cell(number, 1).value.split(" · ")[-1], number + HEADER - 1, number])
        found[-1][2] = number
    return found


def rows_of(sheet, part=0):
    _, header, last = parts_of(sheet)[part]
    names = [c.value for c in sheet[header] if c.value]
    for row in sheet.iter_rows(min_row=header + 1, max_row=last, max_col=len(names), values_only=True):
        yield dict(zip(names, row))


def csv_of(path):
    data = open(path, "rb").read()
    assert data.startswith(b"\xef\xbb\xbf"), "no byte order mark"
    assert data.count(b"\n") == data.count(b"\r\n"), "a line does not end with CR LF"
    return list(csv.DictReader(open(path, encoding="utf-8-sig", newline="")))


def shape(path, mark):
    book = openpyxl.load_workbook(path)
    assert book.sheetnames in (SHEETS, JAPANESE), book.sheetnames
    japanese = book.sheetnames == JAPANESE
    coloured = 0
    for number, sheet in enumerate(book):
        parts = parts_of(sheet)
        titles = PARTS[number][japanese] if number in PARTS else [sheet.title]
        assert [title for title, _, _ in parts] == titles, (sheet.title, parts)
        assert mark in sheet.oddHeader.left.text and "sheets" not in sheet.oddHeader.left.text, sheet.title
        held = 1 if number in PARTS else HEADER
        assert sheet.freeze_panes and sheet.freeze_panes.endswith(str(held + 1)), (sheet.title, sheet.freeze_panes)
        assert sheet.print_title_rows in (f"1:{held}", f"$1:${held}"), sheet.print_title_rows
        _, _, last = parts[0]
        columns = sum(c.value is not None for c in sheet[HEADER])
        filtered = number not in PARTS or PARTS[number][2]
        assert sheet.auto_filter.ref == (f"A{HEADER}:{sheet.cell(last, columns).coordinate}" if filtered else None), sheet.title
        assert sheet.page_setup.orientation == "landscape" and int(sheet.page_setup.paperSize) == 9
        for title, header, last in parts:
            assert mark in sheet.cell(header - HEADER + 1, 1).value, title
            headers = [c.value for c in sheet[header] if c.value]
            assert len(set(headers)) == len(headers), (title, headers)
            for name in headers:
                assert bool(re.search("[぀-ヿ一-鿿]", name)) <= japanese, name
            for row in sheet.iter_rows(min_row=header + 1, max_row=last):
                for cell in row:
                    assert cell.data_type in "sn", (sheet.title, cell.coordinate, cell.data_type)
                    if cell.data_type == "n" and cell.value is not None and "," not in str(sheet.cell(header, cell.column).value):
                        assert not isinstance(cell.value, str)
        for cell_range in sheet.conditional_formatting:
            for rule in cell_range.rules:
                assert rule.operator == "equal" and rule.formula[0].startswith('"'), "a colour without its word"
                coloured += 1
    assert coloured > 20, coloured
    assert mark in book.properties.title and book.properties.creator.startswith("nfc-survey")


def signature(xlsx, markdown, run, journal, criteria):
    """Three lines with room for a name and a date, then run and hashes as other programs count them."""
    sheet = openpyxl.load_workbook(xlsx).worksheets[0]
    _, header, last = parts_of(sheet)[1]
    rows = list(sheet.iter_rows(min_row=header + 1, max_row=last))
    for row in rows[:3]:
        assert row[0].value and not row[1].value and not row[2].value, [c.value for c in row]
        assert sheet.row_dimensions[row[0].row].height >= 30 and row[1].border.bottom.style and row[2].border.bottom.style
    assert [row[1].value for row in rows[3:6]] == [run, journal, criteria], [row[1].value for row in rows]
    assert rows[6][1].value.startswith("nfc-survey ") and "sha256sum journal.yaml" in rows[7][1].value and len(rows) == 8
    text = open(markdown, encoding="utf-8").read()
    block = text[text.rindex("\n## "):]
    lines = [[field.strip() for field in line.strip("|").split("|")] for line in block.splitlines() if line.startswith("|")]
    words = [[c.value or "" for c in row] for row in sheet.iter_rows(min_row=header, max_row=header + 3)]
    assert [lines[0], *lines[2:5]] == words, (lines, words)
    assert [line[1] for line in lines[7:10]] == [run, journal, criteria], lines
    assert "sha256sum journal.yaml" in block.splitlines()[-1]


def recount(run):
    counts, ended, first, totals, limits = (collections.defaultdict(lambda: [0] * 4), collections.Counter(),
                                            collections.defaultdict(list), collections.defaultdict(list), {})
    outcomes, seen, causes = collections.Counter(), set(), collections.Counter()
    for line in open(run + "/journal.yaml", encoding="utf-8"):
        r = json.loads(line[2:])
        if "placed" in r:
            for cell, result, *_ in r["results"]:
                for i, kinds in enumerate((("clean", "dirty"), ("dirty",), ("invalid",), ("aborted",))):
                    counts[cell][i] += result in kinds
        elif "transaction" in r:
            outcomes[r["cell"], r["outcome"]] += 1
            if r["outcome"] == "ok":
                totals[r["cell"]].append(r["total_us"])
                if (r["placement"], r["cell"]) not in seen:
                    first[r["cell"]].append(r["total_us"])
            elif r["outcome"] != "not-applicable":
                ended[r["cell"], r["stage"]] += 1
                for cause in r.get("causes", []):
                    causes[r["cell"], cause] += 1
            seen.add((r["placement"], r["cell"]))
    return counts, outcomes, ended, first, totals, causes


def is_outward(shown, exact, down):
    """A bound of four decimals that claims no more than the one of six in summary.yaml, itself rounded."""
    slack = Fraction(1, 1000000)
    shown, exact = Fraction(str(shown)), Fraction(str(exact))
    if down:
        return exact - Fraction(1, 10000) - slack < shown <= exact + slack
    return exact - slack <= shown < exact + Fraction(1, 10000) + slack


def figures(run, xlsx, table):
    counts, outcomes, ended, first, totals, causes = recount(run)
    summary = load_yaml(run + "/summary.yaml")
    rows = csv_of(table)
    book = openpyxl.load_workbook(xlsx)
    sheet = list(rows_of(book["Cells"]))
    assert len(rows) == len(sheet) == len(summary["cells"])
    checked = collections.Counter()
    for row, cells, said in zip(rows, sheet, summary["cells"]):
        n = int(row["cell"])
        assert n == said["cell"] == cells["Cell no."]
        assert row["simulated"] == "true" and row["verdict"] == said["verdict"], row
        assert cells["Verdict"] == said["verdict"].replace("-", " "), (cells["Verdict"], said["verdict"])
        for csv_name, name in (("handset", "Handset"), ("reader", "Reader"), ("condition", "Condition"), ("script", "Script")):
            assert row[csv_name] == said[csv_name] and cells[name] == TITLES.get(said[csv_name], said[csv_name])
        if said["verdict"] in ("excluded", "not-applicable"):
            assert row["n"] == row["F01"] == row["lower"] == "" and cells["Placements n"] is None
            continue
        assert [int(row[k]) for k in ("n", "d", "invalid_placements", "aborted_placements")] == counts[n], row
        assert [cells["Placements n"], cells["of them dirty d"]] == counts[n][:2]
        for name, outcome in (("ok", "ok"), ("failed", "fail"), ("invalid", "invalid"), ("not_applicable", "not-applicable")):
            assert int(row["transactions_" + name]) == outcomes[n, outcome], (n, name)
        for stage in ("setup", "detect", "activate", "route", "exchange", "check"):
            assert int(row["ended_at_" + stage]) == ended[n, stage], (n, stage)
            assert cells["Not ok, ended at: " + stage] == ended[n, stage]
        for cause in range(1, 32):
            assert int(row[f"F{cause:02}"]) == causes[n, f"F{cause:02}"], (n, cause)
        if counts[n][0]:
            for name, key, header, down in (("lower", "lower", "Lower bound L, %", True), ("upper", "upper", "Upper bound U, %", False)):
                assert float(row[name]) == cells[header], (n, row[name], cells[header])
                assert is_outward(row[name], said[key], down), (n, name, row[name], said[key])
                checked[name] += 1
        times = sorted(first[n])
        assert int(row["first_n"]) == len(times) and int(row["all_n"]) == len(totals[n])
        if times:
            assert Fraction(row["first_max_ms"]) * 1000 == times[-1] and cells["First: longest, ms"] == times[-1] / 1000
            assert Fraction(row["all_max_ms"]) * 1000 == max(totals[n])
            median = Fraction(row["first_median_ms"]) * 1000
            assert times[(len(times) - 1) // 2] <= median <= times[len(times) // 2]
            assert cells["First: median, ms"] == float(row["first_median_ms"])
            if row["first_median_low_ms"]:
                assert Fraction(row["first_median_low_ms"]) * 1000 in times and Fraction(row["first_median_low_ms"]) <= median / 1000
                assert Fraction(row["first_median_high_ms"]) * 1000 in times
                checked["intervals"] += 1
    assert min(checked[k] for k in ("lower", "upper", "intervals")) > 100, checked
    matrix = {}
    for row in rows:
        matrix[row["handset"], row["sim"], row["condition"], row["script"], row["reader"]] = row["verdict"].replace("-", " ")
    for row in rows_of(book["Matrix"]):
        for reader in {r["reader"] for r in rows}:
            assert row[reader] == matrix[row["Handset"], IDS.get(row["SIM"], row["SIM"]), row["Condition"], IDS[row["Script"]], reader]
    causes_sheet = list(rows_of(book["Causes"]))
    assert sum(r["All transactions"] for r in causes_sheet) == sum(ended.values())
    for row in causes_sheet:
        assert row["All transactions"] == sum(row[r] for r in {r["reader"] for r in rows})


# What the sheets say in place of the demonstration's ids.
TITLES = {"token": "Token label", "cert": "CA certificate", "virtual-sim": "virtual SIM"}
TITLES_JA = {"token": "トークン名の読出し", "cert": "CA証明書の全読出し", "virtual-sim": "仮想SIM"}
IDS = {title: name for name, title in TITLES.items()}


def list_and_criteria(run, xlsx, language, path):
    """The list, the what-ifs and the proposal against criteria.yaml; words in the language asked for."""
    criteria, book = load_yaml(path), openpyxl.load_workbook(xlsx)
    words = dict(zip(("recommended", "conditional", "not recommended", "not enough data"),
                     ("Recommended", "Conditional", "Not recommended", "Not enough data") if language == "en" else
                     ("推奨", "条件付き推奨", "非推奨", "データ不足")))
    rows = list(rows_of(book[book.sheetnames[1]]))
    assert len(rows) == len(criteria["handsets"])
    for row, said in zip(rows, criteria["handsets"]):
        values = list(row.values())
        assert values[0] == said["handset"] and values[2] == (TITLES if language == "en" else TITLES_JA)[said["sim"]]
        assert values[3] == words[said["recommendation"]], (values, said)
        assert (values[7], values[8]) == (said.get("goes_with"), said.get("requirement_draft")) or language != "en", (values, said)
        assert re.findall(r"\bF\d\d\b", values[6] or "") == said.get("causes", []), (values, said)
        joint = ", " if language == "en" else "、"
        assert (values[20] or "") == joint.join(said["passes_on"]) and (values[21] or "") == joint.join(said["fails_on"])
        decides = next((c for c in said["clauses"] if c["clause"] == said.get("decided_by")), {})
        if language == "en" and "evidence" in decides and said.get("refusal_shows") != "not to meet":
            assert values[10] == decides["evidence"]
    what_ifs = list(rows_of(book[book.sheetnames[6]], 2))
    assert len(what_ifs) == 1 + len(criteria["what_if"]) > 10
    for row, said in zip(what_ifs[1:], criteria["what_if"]):
        values = list(row.values())
        assert values[1:5] == [said[k] for k in words] and values[5] == len(said["changes"]), (row, said)
    sentences = [s[language] for s in criteria["proposal"]["words"]]
    said = [list(r.values())[1] for r in rows_of(book[book.sheetnames[6]])]
    assert said[-len(sentences):] == sentences


HIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff]")


def shown(text):
    return HIDDEN.sub(lambda m: f"\\u{ord(m.group()):04x}", text.replace("\n", "\\n").replace("\t", "\\t").replace("\r", "\\r"))


class Page(HTMLParser):
    def __init__(self):
        super().__init__()
        self.elements, self.rows, self.text = [], [], ""

    def handle_starttag(self, tag, attributes):
        self.elements.append(tag)
        if tag == "tr":
            self.rows.append([])
        elif tag in ("td", "th"):
            self.rows[-1].append("")

    def handle_data(self, data):
        self.text += data
        if self.rows and self.rows[-1]:
            self.rows[-1][-1] += data


def hostile(run, folder, names):
    names = json.load(open(names, encoding="utf-8"))
    assert [h["handset"] for h in load_yaml(folder + "/criteria.yaml")["handsets"]] == names
    raw = open(folder + "/criteria.yaml", encoding="utf-8").read()
    assert not HIDDEN.search(raw.replace("\n", "")), "a hidden character in criteria.yaml"

    rows = csv_of(folder + "/cells.csv")
    text = open(folder + "/cells.csv", encoding="utf-8-sig", newline="").read()
    assert not HIDDEN.search(text.replace("\r\n", "")), "a hidden character in cells.csv"
    units = list(dict.fromkeys(r["handset"] for r in rows))
    assert units == [("'" if re.match("[=+@\\t\\r\uff1d\uff0b\uff0d\uff20-]", n) else "") + shown(n) for n in names], units
    for row in rows:
        assert None not in row and not re.match("[=+@-]", row["handset"])

    for language in ("en", "ja"):
        book = openpyxl.load_workbook(f"{folder}/report.{language}.xlsx")
        for sheet in book:
            for row in sheet.iter_rows():
                for cell in row:
                    assert cell.data_type in "sn", (cell.coordinate, cell.value)
                    assert not isinstance(cell.value, str) or not HIDDEN.search(unescape(cell.value)), cell.coordinate
        units = [unescape(r[0].value) for r in book[book.sheetnames[1]].iter_rows(min_row=HEADER + 1)]
        assert units == [shown(n) for n in names], units
        page = Page()
        page.feed(subprocess.run(["cmark-gfm", "--unsafe", "-e", "table", "-e", "autolink", "-e", "strikethrough", "-e", "tagfilter",
                                  f"{folder}/report.{language}.md"], check=True, capture_output=True, encoding="utf-8").stdout)
        allowed = {"h1", "h2", "h3", "p", "blockquote", "strong", "table", "thead", "tbody", "tr", "th", "td", "ul", "li", "hr"}
        assert set(page.elements) <= allowed, set(page.elements) - allowed
        assert len({len(r) for r in page.rows}) <= 7 and all(len(r) in (2, 3, 4, 6, 7, 9, 10) for r in page.rows), page.rows
        for name in names:
            flat = shown(re.sub("[\t\r\n]", " ", name))
            if len(flat.encode()) < 250:
                assert any(r[0].strip() == flat.strip() for r in page.rows), name
        assert not HIDDEN.search(page.text.replace("\n", ""))


def cut(path, mark):
    texts = [c.value for sheet in openpyxl.load_workbook(path) for row in sheet.iter_rows() for c in row if isinstance(c.value, str)]
    longest = max(texts, key=len)
    assert len(longest) == 32767 and longest.endswith(mark), (len(longest), longest[-60:])


def office(folder, xlsx):
    """What LibreOffice made of each sheet, against what openpyxl reads."""
    book = openpyxl.load_workbook(xlsx)
    for sheet in book:
        path = f"{folder}/{os.path.basename(xlsx)[:-5]}-{sheet.title}.csv"
        made = list(csv.reader(open(path, encoding="utf-8", newline="")))
        for row, cells in zip(made, sheet.iter_rows()):
            for value, cell in zip(row, cells):
                if isinstance(cell.value, str):
                    assert value == unescape(cell.value), (sheet.title, cell.coordinate, value[:80], cell.value[:80])
                elif cell.value is None:
                    assert value == "", (sheet.title, cell.coordinate, value)
                else:
                    assert re.fullmatch(r"[0-9.]+%?", value), (sheet.title, cell.coordinate, value)
        assert len(made) == sheet.max_row, (sheet.title, len(made), sheet.max_row)


if __name__ == "__main__":
    {"shape": shape, "signature": signature, "figures": figures, "list": list_and_criteria, "hostile": hostile, "cut": cut, "office": office}[sys.argv[1]](*sys.argv[2:])
