"""
The numbers of a written report, each with the words that stand beside it. One adapter a format; every one yields
(place, context, text): the text whose figures are to be explained, and what names the things that they are about.
"""
import csv
import re
import zipfile
from html import unescape
from html.parser import HTMLParser
from xml.etree import ElementTree

VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
BLOCKS = {"p", "li", "h1", "h2", "h3", "h4", "dt", "dd", "summary", "figcaption", "caption", "legend", "label", "title",
          "blockquote", "text", "div", "section", "details", "header", "footer", "nav", "fieldset", "button", "option"}
# What HTML does not allow: a block inside of text.
FLOW = {"ul", "ol", "dl", "div", "p", "table", "figure", "details", "section", "fieldset", "form", "h1", "h2", "h3", "h4"}
PHRASING = {"small", "span", "b", "i", "strong", "code", "p", "label", "button"}
SPOKEN = {"title", "aria-label", "alt", "placeholder", "value"}


class Node:
    def __init__(self, tag, attributes, parent):
        self.tag, self.attributes, self.parent, self.children = tag, attributes, parent, []

    def walk(self):
        yield self
        for c in self.children:
            if isinstance(c, Node):
                yield from c.walk()

    def find(self, *tags):
        return [n for n in self.walk() if n.tag in tags]

    def text(self, stop=()):
        return " ".join(c if isinstance(c, str) else c.text(stop) for c in self.children
                        if isinstance(c, str) or (c.tag not in stop and c.tag not in ("style", "script", "svg")))

    def up(self, *tags):
        n = self.parent
        while n and n.tag not in tags:
            n = n.parent
        return n


class Page(HTMLParser):
    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.root = self.at = Node("document", {}, None)
        self.wrong = []
        self.feed(text)
        self.close()
        if self.at is not self.root:
            self.wrong.append(f"<{self.at.tag}> is not closed")

    def handle_starttag(self, tag, attributes):
        if tag in FLOW and self.at.tag in PHRASING:
            self.wrong.append(f"line {self.getpos()[0]}: <{tag}> inside of <{self.at.tag}>")
        node = Node(tag, dict(attributes), self.at)
        self.at.children.append(node)
        if tag not in VOID:
            self.at = node

    def handle_startendtag(self, tag, attributes):
        self.at.children.append(Node(tag, dict(attributes), self.at))

    def handle_endtag(self, tag):
        if self.at.tag != tag:
            self.wrong.append(f"line {self.getpos()[0]}: </{tag}> closes <{self.at.tag}>")
            while self.at.parent and self.at.tag != tag:
                self.at = self.at.parent
        self.at = self.at.parent or self.root

    def handle_data(self, data):
        if data.strip():
            self.at.children.append(data)


def spans(row):
    """(column, cell) of a row; merged columns count as often as they span."""
    column = 0
    for cell in (c for c in row.children if isinstance(c, Node) and c.tag in ("td", "th")):
        yield column, cell
        column += int(cell.attributes.get("colspan") or 1)


def table_places(table, section, only_heads):
    caption = " ".join(c.text() for c in table.find("caption"))
    label = table.attributes.get("class", "") or table.attributes.get("id", "")
    heads, last = {}, ""
    for row in table.find("tr"):
        cells = list(spans(row))
        whole = row.text() + " " + " ".join(v or "" for n in row.walk() for k, v in n.attributes.items() if k in SPOKEN)
        if row.parent.tag == "thead":
            for column, cell in cells:
                heads[column] = heads.get(column, "") + " " + cell.text()
                yield f"table of {section} {label}: head", caption + " " + whole, cell.text()
            continue
        if only_heads:
            continue
        if cells and cells[0][1].attributes.get("rowspan"):
            last = cells[0][1].text()
        header = " ".join(c.text() for _, c in cells if c.tag == "th")
        for column, cell in cells:
            beside = " ".join((caption, heads.get(column, ""), header, last))
            # a cell names things of its own; where columns are readers, the others' cells are not its context
            context = beside + " " + cell.text() if mixed(heads, column) else beside + " " + whole
            spoken = [v for n in cell.walk() for k, v in n.attributes.items() if (k in SPOKEN or k.startswith("data-")) and v]
            for text in [cell.text(), *spoken]:
                yield f"table of {section} {label} {header.strip()[:40]!r}", context + " " + " ".join(spoken), text


def mixed(heads, column):
    return sum(bool(h.strip()) for h in heads.values()) < 2


TICK = re.compile(r"[-−+]?\d+(?:\.\d+)?")


def section_of(node):
    section = node if node.tag == "section" else node.up("section")
    return section, section.attributes.get("aria-labelledby") if section else None


class Section:
    """A section as it is held cell by cell: tables of rows of texts, sentences outside them, trails of failing cells."""

    def __init__(self, node):
        self.tables = [[[cell_text(c) for _, c in spans(row)] for row in table.find("tr") if row.parent.tag != "thead"]
                       for table in node.find("table")]
        self.trails = [n for n in node.find("details") if n.attributes.get("class") == "trail"]
        inside = {id(n) for root in (*self.trails, *node.find("table", "svg", "script")) for n in root.walk()}
        self.words = [c for n in node.walk() if id(n) not in inside for c in n.children if isinstance(c, str)]


def cell_text(cell):
    spoken = [v for n in cell.walk() for k, v in n.attributes.items() if (k in SPOKEN or k.startswith("data-")) and v]
    return " ".join([cell.text(), *spoken])


def sections(root):
    return {section_of(n)[1]: Section(n) for n in root.find("section") if section_of(n)[1]}


def labels(root, names):
    """Texts of pictures that are more than a tick of an axis, and neither a name nor the beginning of one."""
    texts = [" ".join(n.text().split()) for svg in root.find("svg") for n in svg.walk() if n.tag == "text"]
    return [t for t in texts if not TICK.fullmatch(t) and not any(n.startswith(t.rstrip("…")) for n in names)]


def html(root, tables, sentences):
    """
    What is explained by what stands beside it: everything but the rows of tables in the sections `tables` and the sentences
    of the sections `sentences`, which are held cell by cell; of those only heads and words that are spoken.
    """
    about = {}
    for node in root.walk():  # of a table: the heading of its section, and the last one before it
        section, name = section_of(node)
        if node.tag == "h2":
            about[id(section)] = [node.text()]
        elif node.tag == "h3" and section:
            about[id(section)] = [*about.get(id(section), [])[:1], node.text()]
        elif node.tag == "table":
            for place, context, text in table_places(node, name or "", name in tables):
                yield place, " ".join(about.get(id(section), [])) + " " + context, text
    for node in root.walk():
        if node.up("table", "style", "script", "svg") or node.tag in ("table", "style", "script", "svg"):
            continue
        own = [c for c in node.children if isinstance(c, str)]
        inline = [c for c in node.children if isinstance(c, Node) and c.tag not in BLOCKS | {"table", "ul", "ol", "dl", "svg", "main",
                                                                                            "body", "html", "head", "figure"}]
        if section_of(node)[1] not in sentences and (own or (node.tag in BLOCKS and inline)):
            block = node
            while block.tag not in BLOCKS and block.parent:
                block = block.parent
            yield f"<{node.tag}>", block.text(), " ".join(own)
        for key, value in node.attributes.items():
            if value and (key in SPOKEN and node.tag != "input" and not (node.tag == "meta")):
                yield f"<{node.tag} {key}>", node.text() + " " + value, value


def rows(name, table):
    """A plain table: the first row with more than one filled field is its head."""
    head = None
    for i, row in enumerate(table, 1):
        filled = [c for c in row if c.strip()]
        if head is None and len(filled) > 1:
            head = row
            continue
        for j, cell in enumerate(row):
            column = head[j] if head and j < len(head) else ""
            yield f"{name} row {i}", " ".join(row) + " " + column, cell


def comma_separated(path):
    with open(path, encoding="utf-8-sig", newline="") as f:
        return list(csv.reader(f, strict=True))


def sheets(path):
    """(title, table) of each part of an XLSX, by the standard library: shared strings, inline strings, numbers. A blank row ends a part."""
    ns = {"m": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}
    with zipfile.ZipFile(path) as z:
        shared = []
        if "xl/sharedStrings.xml" in z.namelist():
            shared = ["".join(t.text or "" for t in si.iter(f"{{{ns['m']}}}t"))
                      for si in ElementTree.fromstring(z.read("xl/sharedStrings.xml")).findall("m:si", ns)]
        book = ElementTree.fromstring(z.read("xl/workbook.xml"))
        for i, _ in enumerate(book.iter(f"{{{ns['m']}}}sheet"), 1):
            table, last = [], 0
            for row in ElementTree.fromstring(z.read(f"xl/worksheets/sheet{i}.xml")).iter(f"{{{ns['m']}}}row"):
                cells = {}
                if int(row.get("r")) > last + 1:
                    yield title_of(table), table
                    table = []
                last = int(row.get("r"))
                for c in row.findall("m:c", ns):
                    value = c.find("m:v", ns)
                    text = value.text if value is not None else "".join(t.text or "" for t in c.iter(f"{{{ns['m']}}}t"))
                    letters = re.match("[A-Z]+", c.get("r")).group()
                    column = 0
                    for letter in letters:
                        column = column * 26 + ord(letter) - 64
                    if c.get("t") is None and len(text) > 15:  # a double with more digits than it is known to; an exponent keeps its E
                        text = f"{float(text):.15G}"
                    cells[column - 1] = shared[int(text)] if c.get("t") == "s" else text or ""
                table.append([cells.get(j, "") for j in range(max(cells, default=-1) + 1)])
            yield title_of(table), table


def title_of(table):
    """Without a mark that is before it."""
    return table[0][0].split(" · ")[-1]


def spreadsheet(path):
    for name, table in sheets(path):
        yield from rows(f"sheet {name}", table)


def body(table):
    """A table below its head, each row as wide as that."""
    head = next(i for i, row in enumerate(table) if sum(bool(c.strip()) for c in row) > 1)
    return [row + [""] * (len(table[head]) - len(row)) for row in table[head + 1:]]


def markdown(path):
    """Lines of a Markdown file, and its tables as lists of rows."""
    out, table = [], []
    for line in [*unescape(open(path, encoding="utf-8").read()).splitlines(), ""]:
        if line.startswith("|"):
            cells = [c.replace("\\|", "|").strip() for c in re.split(r"(?<!\\)\|", line.strip()[1:-1])]
            if not all(re.fullmatch(r":?-+:?", c) for c in cells):
                table.append(cells)
            continue
        out += [table] if table else []
        out += [line] if line.strip() else []
        table = []
    return out


def page_of(path):
    page = Page(open(path, encoding="utf-8").read())
    return page.root, page.wrong


FORMATS = ("html", "csv", "xlsx", "md")
