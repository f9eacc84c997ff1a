"""What the program said in a journal, in English: a list of a code of harness/domain/said.def and its arguments."""
import os
import re

TABLE = os.path.join(os.path.dirname(__file__), "../../harness/domain/said.def")
ENGLISH = {name: text.replace('\\"', '"') for name, text in re.findall(
    r'^X\(\w+, (\w+), "\w*",\s*"((?:[^"\\]|\\.)*)"\)', open(TABLE, encoding="utf-8").read(), re.M)}


def english(value):
    """A text as it is, a code as its sentence, what is absent with its reason so."""
    if isinstance(value, dict):
        return {key: english(of) for key, of in value.items()}
    if not isinstance(value, list):
        return value
    return re.sub(r"\{(\d)(?::([^:]*):([^}]*))?\}", lambda place: value[1 + int(place[1])] if place[2] is None
                  else place[2] if value[1 + int(place[1])] == "1" else place[3], ENGLISH[value[0]])


FIELDS = ("simulated_sign", "clock", "reason", "detail", "detect_source", "atr", "uid", "ats", "atqa", "sak", "atqb")


def in_english(record):
    return {key: english(value) if key in FIELDS else value for key, value in record.items()}
