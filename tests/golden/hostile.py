"""
Hostile text for every place of a run that others write: survey, profiles, criteria, and the records of a journal.

    hostile.py make DIR        DIR/survey.yaml and its profiles, criteria and script
    hostile.py poison JOURNAL  the same text into the words of its records (host, driver, notes, details); checksums go
    hostile.py seen FILE       what a format shows of it: exit status 1 and the texts that are missing
    hostile.py TEXTS           all of them, one a line, as JSON
"""
import functools
import json
import re
import subprocess
import sys
import unicodedata

# One line, no control characters: that is all that a survey lets in. Each bears a mark by which it is found again.
TEXTS = {
    "html": "<script>document.title='PWNED'</script><img src=x onerror=\"fetch('/pwned')\">",
    "svg": "</text></svg><svg onload=\"fetch('/pwned')\"><style>*{display:none}</style>",
    "close": "]]> --> </script> </style> </title> </textarea> <!-- %>",
    "css": "}body{background:url(/pwned)} @import '/pwned';",
    "gnuplot": "'; system('touch PWNED'); plot '< touch PWNED' # `touch PWNED` $(touch PWNED) @PWNED",
    "quotes": "it's \"quoted\" \\ and \\\\ \\n \\x1b[31m %s %n {0} {1} ${HOME}",
    "formula": "=HYPERLINK(\"http://127.0.0.1/pwned\";\"x\")",
    "plus": "+1+cmd|' /C calc'!A0",
    "minus": "-2+3+cmd|' /C calc'!A0",
    "at": "@SUM(1+1)*cmd|' /C calc'!A0",
    "csv": "a,b;c|d \"e\",\"\"f\"\"",
    "markdown": "[link](javascript:alert(1)) ![img](http://127.0.0.1/pwned) | a | b | **bold** _it_ # ~~s~~ <b>",
    "yaml": "- key: &anchor *alias !!python/object: {a: [b, c]} # comment % @ ` | > ? : --- ...",
    "bidi": "evil \u202egnp.exe\u202c and \u2066isolated\u2069 \u200fend",
    "width": "zero\u200bwidth\u200djoin\u2060er",
    "marks": "\u0301lone e\u0301\u0302\u0303\u0304\u0305\u0306 Z\u0335\u0336\u0337 zalgo",
    "emoji": "\U0001f600 \U0001f468\u200d\U0001f469\u200d\U0001f467 \U0001f1ef\U0001f1f5 flag",
    "hebrew": "\u05e9\u05dc\u05d5\u05dd 123 \u0627\u0644\u0633\u0644\u0627\u0645 456",
    "extension": "\U00020000\U0002a6d6 CJK B \u9fff \uff21\uff22",
    "number": "1e999 nan -0.0 0x1F 007 1,234.5 12/31 3-4",
}
LONG = "L" * 200  # the longest name that a survey lets in
CONTROLS = "\x1b]0;PWNED\x07\x1b[31mred\x1b[0m bell\x07 back\x08 nul- del\x7f c1\x9b31m cr\rlf\nff\x0c tab\tend"


def quoted(text):
    return json.dumps(text, ensure_ascii=False)


def tag(text):
    """A unit's: what nobody sees is refused there, and stands in the other words."""
    return "".join(c for c in text if unicodedata.category(c) != "Cf")


def profile(kind, number, text):
    """A virtual phone or reader whose every word is the text."""
    t = quoted(text)
    if kind == "reader":
        return f"""format: nfc-survey/reader
version: 1
id: sim-hostile-{number}
maker: {t}
model: {t}
source: {t}
note: {t}
uid_apdu: "FF CA 00 00 00"
simulation: {{level: short, max_message_bytes: 271, interrupt_endpoint: true, detect_quantum_us: 10000, polling: BA,
  max_kbit_s: 212, fsd_bytes: 256, host_us: 900, host_spread: 0.1, field_db: 2.0, radius_mm: 34,
  faults: [{{cause: F28, rate: 0.05, per: placement}}, {{cause: F31, rate: 0.02, per: transaction}}]}}
"""
    historical = text.encode()[:15].hex()
    return f"""format: nfc-survey/handset
version: 1
id: sim-hostile-{number}
source: {t}
note: {t}
share: 0.01
facts:
  maker: {t}
  name: {t}
  carrier: {t}
  released: "2014-10"
  technologies: A
  max_kbit_s: "106"
absent_modes: {{modes: ["off"], source: {t}}}
simulation:
  technology: A
  uid: "5E 04 4E 53"
  atqa: "04 00"
  sak: "20"
  historical: "{historical}"
  fsci: 8
  fwi: 8
  max_kbit_s: 106
  targets:
    - {{target: uicc, power_modes: [on-unlocked], applets: [jpki], select_us: 24000, command_us: 8000, per_byte_ns: 12000,
       spread: 0.15, wtx_after_us: 60000}}
  margin_db: 12.0
  placement_sd_db: 2.0
  session_sd_db: 1.0
  faults: [{{cause: F03, rate: {0.3 if number % 3 == 0 else 0.0}, per: placement}}]
"""


def make(directory):
    texts = [*TEXTS.values(), LONG]
    write = lambda name, text: open(f"{directory}/{name}", "w", encoding="utf-8").write(text)
    for i, text in enumerate(texts):
        write(f"handset-{i}.yaml", profile("handset", i, text))
    for i, text in enumerate(texts[:2]):
        write(f"reader-{i}.yaml", profile("reader", i, text))
    t = list(map(quoted, texts))
    every = quoted(" ".join(texts)[:1900])
    write("criteria.yaml", f"""format: nfc-survey/criteria
version: 1
id: hostile
edition: {quoted(TEXTS['formula'])}
title: {{en: {t[0]}, ja: {t[1]}}}
source: {every}
analogy: {{en: {t[2]}, ja: {t[3]}}}
proves: {{en: {t[11]}, ja: {t[13]}}}
scripts: [hostile]
power_modes: [on-unlocked]
conditional_modes: ["off"]
readers_at_least: all
""")
    write("hostile.yaml", f"""format: nfc-survey/script
version: 1
id: hostile
title: {{en: {t[0]}, ja: {t[1]}}}
source: {every}
time_limit_ms: 1000
deadline_ms: 5000
steps:
  - name: {t[0]}
    send: "00 A4 04 0C 0A D3 92 F0 00 26 01 00 00 00 01"
    expect: "9000"
    stage: route
  - name: {t[1]}
    send: "00 A4 02 0C 02 00 06"
    expect: "9000"
  - name: {quoted(TEXTS['gnuplot'])}
    send: "00 B0 00 00 20"
    expect: "9000"
""")
    handsets = "".join(f"  - {{unit: {tag(x)}, handset: ./handset-{i}.yaml, sim: virtual-sim}}\n" for i, x in enumerate(t))
    write("survey.yaml", f"""format: nfc-survey/survey
version: 1
id: hostile
title: {{en: {t[0]}, ja: {t[4]}}}
seed: 3
scheme: {{name: {quoted('=`touch X`<b>')}, q0: 0.02, q1: 0.3, alpha: 0.01, beta: 0.1, k: 2, n_max: 12}}
sessions: 2
hands: sim
lanes: 2
criteria: ./criteria.yaml
readers:
  - {{unit: {tag(t[0])}, profile: ./reader-0.yaml}}
  - {{unit: {tag(t[6])}, profile: ./reader-1.yaml}}
sims:
  - {{id: virtual-sim, carrier: {t[0]}, applet: {t[10]}, token_label: NFC-SURVEY VIRTUAL TOKEN, certificate_bytes: 1400}}
conditions:
  - {{id: on-unlocked, power_mode: on-unlocked, case: {t[0]}}}
  - {{id: "off", power_mode: "off", case: {t[4]}}}
scripts: [./hostile.yaml]
handsets:
{handsets}exclude:
  - {{reader: {t[0]}, handset: {t[3]}, condition: on-unlocked, reason: {t[4]}}}
""")


def poison(path):
    """Words of records that drivers, hosts and operators write; control characters too, as a journal may hold them escaped."""
    text = CONTROLS + " ".join(TEXTS.values())
    out = []
    for line in open(path, encoding="utf-8"):
        r = json.loads(line[2:])
        kind = next(iter(r))
        if kind == "start":
            for key in ("simulated_sign", "host", "system", "boot_id", "libraries", "clock"):
                r[key] = text
            for reader in r["readers"]:
                reader.update(name=text, serial=text, firmware=text)
        elif kind == "transaction" and r["outcome"] != "ok":
            r["detail"] = text
            r["native"] = text[:40]
        elif kind == "stop":
            r["reason"] = text
        elif kind in ("health", "note"):
            r["detail" if kind == "health" else "text"] = text
            if kind == "note":
                r["by"] = text
        elif kind == "placed" and "reason" in r:
            r["reason"] = text
        r.pop("crc")
        body = json.dumps(r, ensure_ascii=False)
        body = re.sub("[\x7f-\x9f\u2028\u2029\ufeff]", lambda m: f"\\u{ord(m[0]):04x}", body)
        out.append(f"- {body}\n")
    open(path, "w", encoding="utf-8").writelines(out)


def essence(text):
    """What an eye keeps of a text: letters and digits. Invisible and direction marks may be shown as blanks or by their code."""
    text = re.sub(r"\\u[0-9a-f]{4}", "", unicodedata.normalize("NFC", text))
    return "".join(c for c in text if c.isalnum())


@functools.cache
def has_glyph(letter):
    """Whether a font of this system draws it: a sheet of paper can't show another."""
    return bool(subprocess.run(["fc-list", f":charset={ord(letter):x}", "family"], check=True, capture_output=True).stdout)


def shows_printed(printed, text):
    """
    Whether every word of a text can be read in what poppler reads of a PDF. It gives what is written from right to left in the
    order in which it lies on paper, so such a text is looked for word by word, each in both orders.
    """
    whole = essence(printed)
    drawn = "".join(c for c in unicodedata.normalize("NFC", text) if not c.isalnum() or has_glyph(c))
    if any(unicodedata.bidirectional(c) in ("R", "AL") for c in drawn):
        return all(w in whole or w[::-1] in whole for w in map(essence, drawn.split()))
    return essence(drawn) in whole


def seen(path):
    data = open(path, encoding="utf-8").read()
    if path.endswith(".html"):
        from pages import Page
        data = Page(data).root.text()
    whole = essence(data)
    missing = [name for name, text in [*TEXTS.items(), ("long", LONG)] if essence(text) not in whole]
    print("missing:", *missing)
    return len(missing)


if __name__ == "__main__":
    what, *rest = sys.argv[1:]
    if what == "make":
        make(*rest)
    elif what == "poison":
        poison(*rest)
    elif what == "seen":
        sys.exit(1 if seen(*rest) else 0)
    else:
        print("\n".join(map(json.dumps, TEXTS.values())))
