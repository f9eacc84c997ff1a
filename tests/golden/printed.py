"""
The text of a PDF against the page that it was printed from, letter by letter and in its order, blanks aside: what poppler
reads must be that page's text, and no letter with a digit may be more, less or other. What print adds is held by itself:
the foot of each sheet, the page numbers of the contents, and heads of tables that go on.
"""
import re
import subprocess
import unicodedata

ANCHOR = 12  # letters that must agree before both texts are taken to be at the same place again
FARTHEST = 900  # letters that one of them may be ahead: all marks and floats of a page together are fewer
DOTS = re.compile(r"\.{4,}(\d+)")
HIDDEN = ("head", "style", "script", "title")


def flat(text):
    """Without blanks, and without the dots of lists, which are drawn and not written."""
    return "".join(unicodedata.normalize("NFKC", text).split()).replace("•", "")


def floats(node):
    """A handset's recommendation beside its heading: drawn before all other text of its sheet."""
    return node.tag == "span" and node.parent.tag == "h3"


def hides(node):
    """What the style sheet leaves out on paper (print.css)."""
    classes = set((node.attributes.get("class") or "").split())
    if node.tag in ("td", "th") and "decisions" in (node.up("table").attributes.get("class") or ""):
        return [c for c in node.parent.children if not isinstance(c, str)].index(node) == 5
    return node.tag in HIDDEN or "screen" in classes


def words(node, starts):
    """Texts that are printed, in their order; starts: where the heading of each section begins, blanks not counted."""
    length = 0

    def walk(n):
        nonlocal length
        if n.tag == "h2" and n.up("section"):
            starts[n.attributes.get("id")] = length
        for c in n.children:
            if isinstance(c, str):
                length += len(flat(c))
                yield flat(c)
            elif not hides(c) and not floats(c):
                yield from walk(c)
    return "".join(walk(node))


def sheets_of(path):
    text = subprocess.run(["pdftotext", "-raw", path, "-"], check=True, capture_output=True, text=True).stdout
    return [[line for line in sheet.splitlines() if line.strip()] for sheet in text.split("\f")[:-1]]


def wrong_digits(sheets, tries, chance):
    """So many (sheet, line, that line with another digit), drawn at random."""
    places = [(s, i, m.start()) for s, lines in enumerate(sheets) for i, line in enumerate(lines) for m in re.finditer(r"[0-9]", line)]
    for s, i, at in chance.sample(places, tries):
        line = sheets[s][i]
        yield s, i, line[:at] + chance.choice([d for d in "0123456789" if d != line[at]]) + line[at + 1:]


class Print:
    def __init__(self, sheets, root):
        self.sheets, self.starts, self.wrong = sheets, {}, []
        self.page = words(root, self.starts)
        self.heads = sorted({words(head, {}) for head in root.find("thead")}, key=len, reverse=True)
        self.floating = sorted({flat(n.text()) for n in root.walk() if floats(n)} - {""}, key=len, reverse=True)
        self.foot = flat(" ".join(n.text() for n in root.walk() if n.attributes.get("class") == "subtitle"))
        self.contents = [a.attributes["href"][1:] for nav in root.find("nav") for a in nav.find("a")]
        self.at, self.ends = 0, []  # how much of the page has been read, and how much at the end of each sheet

    def fail(self, number, text):
        self.wrong.append(f"sheet {number}: {text}")

    def read(self):
        """Everything that is not as the page has it."""
        numbers = []
        for number, lines in enumerate(self.sheets, 1):
            counts = [int(n) for n in re.findall(r"\d+", lines[-1])]
            if counts != [number, len(self.sheets)] or not flat(lines[-2]).startswith(self.foot):
                self.fail(number, f"its foot is {lines[-2:]}")
            body = flat("".join(lines[:-2]))
            numbers += [int(n) for n in DOTS.findall(body)]
            self.read_sheet(number, DOTS.sub("", body))
            self.ends.append(self.at)
        self.skip(len(self.sheets), "", self.page[self.at:])
        where = [sum(end <= self.starts[name] for end in self.ends) + 1 for name in self.contents]
        if numbers != where or not where:
            self.fail(1, f"the contents say {numbers}, the sections begin on {where}")
        return self.wrong

    def read_sheet(self, number, text):
        i = re.match(f"(?:{'|'.join(map(re.escape, self.floating))})*", text).end() if self.floating else 0
        i += len(next((h for h in self.heads if text.startswith(h, i) and not self.page.startswith(h, self.at)), ""))
        while i < len(text):
            if text[i] == self.page[self.at:self.at + 1]:
                i, self.at = i + 1, self.at + 1
                continue
            more, less = self.meet(text[i:], self.page[self.at:self.at + 2 * FARTHEST])
            self.skip(number, text[i:i + more], self.page[self.at:self.at + less])
            i, self.at = i + more, self.at + less

    @staticmethod
    def meet(text, page):
        """How many letters of each to leave out, the fewest, so that they agree again; all of the sheet's where none helps."""
        for together in range(1, FARTHEST):
            for more in range(together + 1):
                less, anchor = together - more, text[more:more + ANCHOR]
                if anchor and page.startswith(anchor, less):
                    return more, less
        return len(text), 0

    def skip(self, number, text, page):
        if re.search(r"\d", text + page):
            self.fail(number, f"reads {text[:120]!r} where the page has {page[:120]!r}")
