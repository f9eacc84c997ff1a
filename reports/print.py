"""Turns page.html in this folder into out.pdf, by WeasyPrint. The page holds all it needs: an address that it
asks for is refused, and then there is no document. The same page gives the same bytes.

Exit status: 0 done, 3 WeasyPrint is not installed, 4 a font is missing, 1 anything else.
"""
import functools
import gc
import hashlib
import os
import subprocess
import sys
from datetime import datetime

NO_WEASYPRINT, NO_FONT = 3, 4
NEEDS = {"ja": [":lang=ja"], "en": [":lang=en"]}
SYMBOLS = [":charset=2713", ":charset=2715"]  # the signs of compatible and incompatible


def missing_fonts(language):
    """The fontconfig patterns that no font on this system fits."""
    def none_fits(pattern):
        return not subprocess.run(["fc-list", pattern, "family"], stdout=subprocess.PIPE, check=True).stdout.strip()
    return [pattern for pattern in NEEDS[language] + SYMBOLS if none_fits(pattern)]


def seconds(date):
    """Of a date as the journal has it; 0 for none."""
    try:
        return int(datetime.fromisoformat(date.replace("Z", "+00:00")).timestamp())
    except (AttributeError, ValueError):
        return 0


def be_quick():
    """Leaves out what takes half of the time and nobody sees: looking for rubbish among boxes that live to the end, and new bounds
    of the whole font (fontTools' own subsetter leaves them too), for which each of its 65,535 glyphs is drawn."""
    from fontTools.ttLib import TTFont
    gc.disable()
    TTFont.__init__ = functools.partialmethod(TTFont.__init__, recalcBBoxes=False)


def main():
    try:
        import weasyprint
        be_quick()
    except (ImportError, OSError) as problem:
        print("WeasyPrint cannot be loaded:", problem)
        return NO_WEASYPRINT if getattr(problem, "name", None) == "weasyprint" else 1
    asked = []

    def refuse(url, **_):
        asked.append(url)
        raise ValueError("a page of paper loads nothing")

    with open("page.html", "rb") as file:
        page = file.read()
    html = weasyprint.HTML(string=page.decode(), base_url=None, url_fetcher=refuse)
    missing = missing_fonts(html.etree_element.get("lang"))
    if missing:
        print("no font for", ", ".join(missing))
        return NO_FONT
    document = html.render()
    # Fonts are cut down to the glyphs in use; the copies carry this date, not the hour of the day.
    os.environ["SOURCE_DATE_EPOCH"] = str(seconds(document.metadata.created))
    document.write_pdf("out.pdf", identifier=hashlib.sha256(page).hexdigest().encode(),
                       variant="pdf/ua-1", custom_metadata=True)  # tags, for who has it read aloud
    if asked:
        os.unlink("out.pdf")
        print("the page asks for", ascii(asked[0][:200]))
        return 1
    return 0


sys.exit(main())
