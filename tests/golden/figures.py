"""
Every figure of a report, each with what it may be: what was counted of what stands beside it (facts.py), or exactly what
belongs at its place (sections.py). compare.py asks each of them, and asks them again with a wrong digit.
"""
import copy
import random
import re
from collections import namedtuple

from facts import HASH, TIME
from pages import body, comma_separated, html, labels, markdown, page_of, rows, sections, sheets

JAPANESE = {"一覧": "List", "全組合せ": "Cells", "時間": "Times", "原因": "Causes", "選定基準": "Criteria", "誤りの割合": "Errors",
            "条件変更": "What if", "影響": "Effects", "不適合の共通点": "What fails alike", "分散": "Variance"}
EFFECTS_BEFORE_THE_END = 3  # of Markdown's tables that are held cell by cell
TRACE = re.compile(f"{HASH}|{TIME}")
# token: as printed, "" for what is missing or was not to be there; accepts(token): whether that may stand there.
Figure = namedtuple("Figure", "place text token accepts")


def value_of(token):
    return float(token.replace(",", "").replace("−", "-"))


def fits(want, token):
    return want.fits(value_of(token)) if hasattr(want, "fits") else value_of(token) == want


def pairs_up(tokens, wanted):
    """Whether every token is one of the numbers, each of them once: the least first fits, since none is looser than its digits."""
    order = sorted(wanted, key=lambda w: getattr(w, "value", w))
    return len(tokens) == len(order) and all(fits(w, t) for w, t in zip(order, sorted(tokens, key=value_of)))


def wrong(place, text):
    return Figure(place, text, "", lambda token: False)


class Reader:
    """Takes the figures out of texts, without the digits of names and fixed words."""

    def __init__(self, facts, strip, traces):
        self.facts, self.strip, self.traces = facts, strip, traces

    def traced(self, texts):
        """Hashes, times of day, and what is written as they are."""
        for text in texts:
            for token in TRACE.findall(text):
                yield Figure("a hash or a time", text, token, lambda t: t in self.traces)

    def numbers(self, text):
        return self.facts.numbers(" ".join(text.split()), *self.strip)

    def told(self, places):
        """Figures that are explained by what stands beside them."""
        for place, context, text in places:
            for token in self.numbers(text):
                yield Figure(place, text, token, lambda t, c=context: self.facts.explains(t, c))

    def cell(self, place, text, wanted):
        """Figures of a text that says these words in this order, and holds these numbers and no others."""
        text, rest, words = " ".join(text.split()), "", [w for w in wanted if isinstance(w, str)]
        left = text
        for word in (" ".join(w.split()) for w in words):
            shown = next((w for w in (word, *self.facts.titles.get(word, ())) if w in left), word)
            before, found, left = left.partition(shown)
            if not found:
                yield wrong(place, f"{word!r} is not in {text!r}")
                return
            rest += before + " "
        yield from self.numbered(place, text, self.numbers(rest + left), [w for w in wanted if not isinstance(w, str)])

    def numbered(self, place, text, tokens, wanted):
        if len(tokens) != len(wanted):
            yield wrong(place, f"{text[:300]!r} holds {tokens}, not {list(wanted)}")
            return
        for token, want in zip(tokens, wanted):
            yield Figure(f"{place} ({want})", text, token, lambda t, w=want: fits(w, t))

    def together(self, place, text, tokens, wanted):
        """Figures that are these in any order: a wrong one leaves one of them without its place."""
        if not pairs_up(tokens, wanted):
            yield wrong(place, f"{text[:300]!r} holds {tokens}, not {list(wanted)} in any order")
            return
        for i, token in enumerate(tokens):
            def accepts(t, i=i):
                return pairs_up([*tokens[:i], t, *tokens[i + 1:]], wanted)
            yield Figure(place, text, token, accepts)

    def sentences(self, place, texts, wanted):
        if len(texts) != len(wanted):
            yield wrong(place, f"{len(texts)} sentences, not {len(wanted)}")
        for text, want in zip(texts, wanted):
            yield from self.together(f"{place}, sentence", text, self.numbers(text), want)

    def table(self, place, rows, wanted):
        if len(rows) != len(wanted):
            yield wrong(place, f"{len(rows)} rows, not {len(wanted)}: {rows[:1]}")
            return
        for row, want in zip(rows, wanted):
            name = f"{place} {' '.join(row[0].split())[:40]!r}"
            if len(row) != len(want):
                yield wrong(name, f"{len(row)} cells, not {len(want)}: {row}")
                continue
            for column, (text, cell) in enumerate(zip(row, want)):
                yield from self.cell(f"{name} column {column + 1}", text, cell)

    # -- a page, section by section

    def page(self, root, expected, lists):
        english, paper = root.find("html")[0].attributes.get("lang") == "en", not root.find("script")
        found, words = sections(root), {**expected.words(), **lists.words(paper)}
        tables = {**expected.tables(), **lists.tables(paper, english)}
        yield from self.told(html(root, tables, words))
        for name in tables:
            if name not in found:
                yield wrong(name, "the section is missing")
                return
            mine = found[name]
            if len(mine.tables) != len(tables[name]):
                yield wrong(name, f"{len(mine.tables)} tables, not {len(tables[name])}")
            for number, (rows_, want) in enumerate(zip(mine.tables, tables[name]), 1):
                by_chance = (name, number) == ("effects", 1)
                table = self.effects if by_chance else self.table
                yield from table(f"{name}, table {number}", rows_, want, *((expected,) if by_chance else ()))
        for name, wanted in words.items():
            said = [n for text in found[name].words for n in self.numbers(text)]
            yield from self.together(f"{name}, sentences", " ".join(found[name].words), said, wanted)
        yield from self.trails(found["failures"].trails, list(expected.trails(english)))
        said = [n for text in labels(root, self.strip) for n in self.numbers(text)]
        yield from self.numbered("labels of pictures", "", said, expected.labels())

    def effects(self, place, rows_, wanted, expected, drawn=(2, 3)):
        """The table of effects: each p within the error of chance, and Holm's column what follows from all of them."""
        plain = lambda cells: [c for i, c in enumerate(cells) if i not in drawn]
        yield from self.table(place, [plain(row) for row in rows_], [plain(want) for want in wanted])
        column = [[value_of(self.numbers(row[i])[0]) for i in drawn] for row in rows_]
        for i, (row, want) in enumerate(zip(rows_, wanted)):
            for which in (0, 1):
                def accepts(token, i=i, which=which, p=want[drawn[0]][0]):
                    changed = [list(pair) for pair in column]
                    changed[i][which] = value_of(token)
                    return max(changed[i]) <= 1 and p.fits(changed[i][0]) and all(expected.adjusted(changed))
                yield Figure(f"{place}, by chance", " ".join(row), self.numbers(row[drawn[which]])[0], accepts)

    def trails(self, found, wanted):
        if len(found) != len(wanted):
            yield wrong("trails", f"{len(found)}, not {len(wanted)}")
        for node, (summary, kinds, untold, sides) in zip(found, wanted):
            place = f"trail of cell {summary[-1]}"
            blocks = [n for n in node.children if not isinstance(n, str)]
            yield from self.cell(place, blocks.pop(0).text(("small",)), summary)
            for where, code, sentences, lines in kinds:
                yield from self.cell(place + ", where", blocks.pop(0).text(), where)
                yield from self.cell(place + ", left", blocks.pop(0).text(), ())
                if blocks[0].tag == "ul":
                    for item in blocks.pop(0).find("li"):
                        yield from self.sentence(place, item.text(), code, sentences)
                yield from self.cell(place + ", records", blocks.pop(0).text(), lines)
            if untold:
                yield from self.cell(place + ", others", blocks.pop(0).text(), untold)
            yield from self.cell(place + ", comparators", blocks.pop(0).text(), sides)

    def sentence(self, place, text, code, known):
        """A rule's sentence: its figures together are those of one rule."""
        tokens = self.numbers(text.replace(code, " ") if code else text)
        values = [value_of(t) for t in tokens]
        if not values and () in known:
            return
        for i, token in enumerate(tokens):
            def accepts(t, i=i):
                return tuple(values[:i] + [value_of(t)] + values[i + 1:]) in known
            yield Figure(f"{place}, rule of {known}", text, token, accepts)


def of_page(path, reader, expected):
    root, markup = page_of(path)
    for text in markup:
        yield wrong("markup", text)
    yield from reader.traced(c for n in root.walk() if n.tag not in ("script", "style") for c in n.children if isinstance(c, str))
    yield from reader.page(root, expected.on_screen if root.find("script") else expected.on_paper, expected.lists)


def of_workbook(path, reader, expected):
    exact, said = expected.sheets.xlsx(), expected.sheets.sentences()
    unseen = {title for title, of in exact.items() if of}
    for title, table in sheets(path):
        name, place, head = JAPANESE.get(title, title), f"sheet {title}", len(table) - len(body(table))
        unseen.discard(name)
        yield from reader.traced(text for row in table for text in row)
        if name == "Criteria":
            split = len(table) - len(said)
            ranges = split - len(exact[name])
            yield from reader.told(rows(place, table[:ranges]))
            yield from reader.table(place, body(table)[ranges - head:split - head], exact[name])
            yield from reader.sentences(place, [row[1] for row in table[split:]], said)
        elif name == "Effects":
            yield from reader.effects(place, body(table), exact[name], expected.sheets.sections, drawn=(3, 4))
        elif name in exact:
            yield from reader.told(rows(place, table[:head]))
            yield from reader.table(place, body(table), exact[name])
        else:
            yield from reader.told(rows(place, table))
    for name in unseen:
        yield wrong("workbook", f"no part {name}")


def of_markdown(path, reader, expected):
    parts = markdown(path)
    yield from reader.traced(open(path, encoding="utf-8").read().splitlines())
    tables = [p for p in parts if isinstance(p, list)]
    items = [p for p in parts if isinstance(p, str) and p.startswith("- ")]
    exact = expected.sheets.markdown()
    for number, table in enumerate(tables):
        if number == max(exact) - EFFECTS_BEFORE_THE_END:
            yield from reader.effects("markdown, effects", table[1:], exact[number], expected.sheets.sections, drawn=(3, 4))
        elif number in exact:
            yield from reader.told(rows("markdown", table[:1]))
            yield from reader.table(f"markdown, table {number}", table[1:], exact[number])
        else:
            yield from reader.told(rows("markdown", table))
    yield from reader.sentences("markdown", items, expected.sheets.sentences())
    lines = [p for p in parts if isinstance(p, str) and p not in items]
    said = [n for line in lines for n in reader.numbers(line)]
    yield from reader.together("markdown, lines", " ".join(lines), said, expected.sheets.said())


def of_csv(name, table, reader, expected):
    if name == "effects":
        return reader.effects("csv, effects", table, expected.sheets.csv_effects(), expected.sheets.sections, drawn=(6, 7))
    of = {"cells": expected.sheets.csv, "associations": expected.sheets.csv_associations, "variance": expected.sheets.csv_variance}
    return reader.table(f"csv, {name}", table, of[name]())


def of_file(path, reader, expected):
    """All figures of one report; expected: what must stand in its parts that are held cell by cell."""
    suffix = path.rsplit(".", 1)[1]
    if suffix == "html":
        return of_page(path, reader, expected)
    if suffix == "csv":
        name = path.rsplit("/", 1)[-1].partition(".")[0]
        return of_csv(name, body(comma_separated(path)), reader, expected)
    if suffix == "xlsx":
        return of_workbook(path, reader, expected)
    return of_markdown(path, reader, expected)


def of_structure(got, want, path=()):
    """All numbers of a YAML file; where one test holds a whole part of it, the part with that number in it."""
    if hasattr(want, "fits"):
        yield from of_part(got, want, path, lambda whole: want.fits(whole))
    elif isinstance(got, dict) and isinstance(want, dict):
        for key in got.keys() & want.keys():
            yield from of_structure(got[key], want[key], (*path, key))
    elif isinstance(got, list) and isinstance(want, (list, tuple)):
        for i, (g, w) in enumerate(zip(got, want)):
            yield from of_structure(g, w, (*path, i))
    else:
        yield from of_part(got, want, path, lambda whole: whole == want)


def of_part(got, want, path, holds):
    if isinstance(got, (dict, list)):
        for key, value in list(got.items() if isinstance(got, dict) else enumerate(got)):
            def with_it(changed, key=key):
                other = copy.copy(got)
                other[key] = changed
                return holds(other)
            yield from of_part(value, want, (*path, key), with_it)
    elif isinstance(got, (int, float)) and not isinstance(got, bool):
        parse = float if isinstance(got, float) else int
        yield Figure(".".join(map(str, path)), repr(want), repr(got), lambda t: holds(parse(t)))


# ---- with a wrong digit ------------------------------------------------------------------------------------------------

def with_a_wrong_digit(token, chance):
    """The token with one of its digits exchanged for another one; no leading zero comes of it."""
    places = [i for i, c in enumerate(token) if c.isdigit()]
    at = chance.choice(places)
    leads = at == places[0] and len(re.match(r"\D*(\d*)", token)[1]) > 1
    digit = chance.choice([d for d in "0123456789" if d != token[at] and not (leads and d == "0")])
    return token[:at] + digit + token[at + 1:]


def share_caught(figures, tries, seed):
    """Of so many figures drawn at random, how many are not accepted with a wrong digit; and those that are."""
    chance = random.Random(seed)
    figures = [f for f in figures if f.token]
    missed = []
    for _ in range(tries):
        f = chance.choice(figures)
        token = with_a_wrong_digit(f.token, chance)
        if f.accepts(token):
            missed.append((f, token))
    return 1 - len(missed) / tries, missed
