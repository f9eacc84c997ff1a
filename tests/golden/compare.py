"""Holds a recount against what the program wrote; fails on every number that is not explained.

    compare.py RUN_DIR                          summary.yaml
    compare.py RUN_DIR bracket                  of it what follows from suspect placements
    compare.py RUN_DIR matrix FILE              `matrix --format yaml` of it
    compare.py RUN_DIR criteria FILE [CRITERIA] a criteria.yaml, under CRITERIA instead of the run's own
    compare.py RUN_DIR digits SHARE WHAT ...    the same, with one digit at a time exchanged: how many of these are seen
    compare.py RUN_DIR page FILE... [WORDS...]  reports as HTML, CSV, XLSX, Markdown (by their suffix); WORDS: strings.def
                                                and .po files, whose fixed words may hold digits of their own
    compare.py RUN_DIR printed PDF HTML         a PDF against the page that it was printed from, which `page` takes as HTML
"""
import hashlib
import random
import re
import sys
from collections import namedtuple
from datetime import datetime, timedelta

import yaml

from criteria import FAIL, NOT_TESTABLE, OPEN, OUTCOMES, PASS, Assessment
import evidence
from errors import in_yaml
from facts import Facts
from figures import Reader, of_file, of_structure, share_caught
from held import Chance, Check, Near, Outwards, Same, Words, bound, near
from lists import Lists
from market import Market, holm
from measured import Kind, answers
from pages import FORMATS, page_of
from printed import Print, sheets_of, wrong_digits
from proposal import proposal, sentences
from recount import RECOMMENDATIONS, Run, is_open, plain_times
from suspects import attributed, suspect_price
from variance import PARTS, gauges
from sections import Sections
from sheets import Sheets

TRIES, PRINTED_TRIES, SEED = 2000, 20, 20171201  # wrong digits of a file or a section, of a PDF
SECTION_LEAST = 60  # figures
MOST_TOLD = 100  # contradictions
SECTIONS = ("times", "budget", "positions", "failures", "trail", "effects", "claims")
VERDICTS = ("undecided", "compatible", "incompatible", "undecided (instrument)", "rejected so far", "not pursued",
            "not-applicable", "excluded")


# ---- summary.yaml ------------------------------------------------------------------------------------------------------

def spread(timed, *farther):
    out = timed.spread(*farther)
    for key in list(out):
        if key.endswith("_n_eff"):
            out[key] = Near(out[key], 1)
        if key.endswith("_v_rest"):
            out[key] = {**out[key], "p": Near(max(out[key]["p"], 1e-6), 6)}
    return out


def where(run, cell):
    kinds = run.kinds(cell)
    total = sum(map(len, kinds.values()))

    def fits(got):
        """Every kind is one of ours, whole, and none is left out; how its causes were narrowed is not counted anew."""
        if len(got) != len(kinds):
            return False
        for kind in got:
            key = (kind["stage"], kind.get("step"), kind["outcome"], tuple(kind["recorded"]), kind["code"])
            lines = kinds.get(key, [])
            if not lines or kind["share"] != f"{len(lines)} of {total}" or kind["records"] != lines[:5]:
                return False
            ours = Kind(run, key, lines)
            if kind.get("failed_after_us") != ([min(ours.times), max(ours.times)] if ours.times and not ours.answered else None):
                return False
            if not set(kind["causes"]) <= set(kind["recorded"]) <= set(kind["sharing"]):
                return False
        return True
    return Same(fits, f"kinds of {total} failures: {({k: len(v) for k, v in kinds.items()})}")


def suspects(run, c):
    """Runs by the rules of 0.4.0 have none."""
    return {"s": c["s"]} if run.scheme.rules > 1 else {}


def one_cell(run, i):
    c, (pair, condition, reader, script) = run.cells[i], run.place(i)
    out = {"cell": i, "reader": run.readers[reader][1]["id"], "reader_unit": run.readers[reader][0],
           "handset": run.pairs[pair][0], "sim": run.pairs[pair][1], "condition": run.conditions[condition]["id"],
           "script": run.scripts[script], "n": c["n"], "d": c["d"], **suspects(run, c), "invalid": c["invalid"], "aborted": c["aborted"],
           "lower": bound(c["lower"], False), "upper": bound(c["upper"], True), "verdict": c["verdict"],
           "verdict_invalid_as_dirty": c["as_dirty"], "verdict_without_withdrawn": c["without"], "missing": c["missing"]}
    if c["attributed"]:
        out["attributed"] = True
    if c["excluded"]:
        out["excluded"] = c["excluded"]
    if c["withdrawn"]:
        out["withdrawn"], out["withdrawn_dirty"] = c["withdrawn"], c["withdrawn_dirty"]
    if c["state"]:
        out["why_not_run"] = c["why"]
    every = c["ok"] + c["fail"] + c["invalid_transactions"] + c["not_applicable"]
    out["transactions"] = {"ok": c["ok"], "fail": c["fail"], "invalid": c["invalid_transactions"],
                           "not_applicable": c["not_applicable"], "slow": c["slow"], "ratio": f"{c['ok']} of {every}"}
    if c["fail"] + c["invalid_transactions"]:
        answer, by_reader, by_pair = run.crossed(i)
        out["failures_by_stage"] = dict(c["stages"])
        out["failures_by_cause"] = dict(c["causes"])
        out["where"] = where(run, i)
        out["causes"] = Same(lambda got: set(got) <= set(c["causes"]), f"some of {sorted(c['causes'])}")
        out["card_or_reader"] = {"answer": answer, "why": Words("no number"), "other_readers": by_reader,
                                 "other_handsets": by_pair}
        depths = [t.get("depth") for t in run.of_cell(i) if t["outcome"] in ("fail", "invalid")]
        out["depth"] = max((d for d in depths if d), key=("pcsc", "ccid", "rf").index, default=None)
    for name, values in (("first_transaction_us", run.first[i]), ("first_exchange_us", run.first_exchange[i])):
        if values:
            out[name] = plain_times(values)
    if c["timed"].groups:
        out["times"] = spread(c["timed"])
    return out


def handset(run, assessment, pair):
    unit, sim, _ = run.pairs[pair]
    verdicts = [run.cells[i]["verdict"] for i in range(run.count) if run.place(i)[0] == pair]
    out = {"handset": unit, "sim": sim, "compatible": verdicts.count("compatible"),
           "incompatible": verdicts.count("incompatible"), "undecided": sum(is_open(v) for v in verdicts),
           "times": [{"script": s, **spread(run.pair_times[pair][i], 0.95)} for i, s in enumerate(run.scripts)]}
    if assessment:
        j = assessment.judged[pair]
        out.update(recommendation=j["recommendation"], reason=evidence.reason(run, assessment, pair),
                   fails_on=[run.readers[r][0] for r, o in enumerate(j["on"]) if o == FAIL])
    return out


def scope(run):
    tested = [p for p in range(len(run.pairs)) if any(run.cells[i]["n"] for i in range(run.count) if run.place(i)[0] == p)]
    models = {}
    for p in tested:
        models.setdefault(run.pairs[p][2]["id"], set()).add(run.pairs[p][0])
    profiles = {p["id"]: p for _, _, p in run.pairs}
    order = [path for path, h in run.profiles["handset"].items() if h["id"] in models]
    listed = [run.profiles["handset"][path]["id"] for path in order]
    share = sum(profiles[m].get("share", 0) for m in models)
    readers = {}
    for unit, profile in run.readers:
        readers[profile["id"]] = readers.get(profile["id"], 0) + 1
    return {"models_tested": len(models), "units_tested": len(set().union(*models.values()) if models else ()),
            "sessions_run": len(set().union(*(c["sessions"] for c in run.cells))), "sessions_planned": run.start["sessions"],
            "untested_share": Near(max(0, 1 - share), 6) if share else None,
            "models": [{"model": m, "units": len(models[m]),
                        "share": Near(profiles[m]["share"], 6) if profiles[m].get("share") else None,
                        "holds_for": "this unit" if len(models[m]) == 1 else "these units"} for m in listed],
            "readers": [{"model": m, "units": n} for m, n in readers.items()],
            "says": Words("no number"), "does_not_say": Words("no number")}


def bracket(run):
    """What follows from suspect placements, for runs of which the rest is not recounted."""
    kept = ("n", "d", "s", "attributed", "invalid", "lower", "upper", "verdict", "verdict_invalid_as_dirty", "missing")
    return {"suspect_price": suspect_price(run), "attributed": attributed(run),
            "cells": [{k: v for k, v in one_cell(run, i).items() if k in kept} for i in range(run.count)]}


def summary(run, text, damaged=0):
    s = run.scheme
    assessment = Assessment(run, run.criteria) if run.criteria else None
    closed = [p["closed_as"] for p in run.placements.values()]
    cells, verdicts = run.cells, [c["verdict"] for c in run.cells]
    drifts, too_small = run.drifts()
    outliers, small_cells = run.outliers()
    assert not run.impossible(), run.impossible()
    kept = {"text": "text", "effect": "effect", "by": "by", "wall": "wall", "placement": "placement"}
    return {
        "format": "nfc-survey/summary", "version": 1, "run": run.start["run"], "survey": run.start["survey"],
        "simulated": True, "simulated_sign": run.start["simulated_sign"], "started": run.start["wall"],
        "last": run.last_wall, "finished": run.finished, "program": run.start["program"], "seed": run.start["seed"],
        "scheme": {"name": s.name, "q0": s.q0, "q1": s.q1, "alpha": s.alpha, "beta": s.beta, "k": s.k, "n_max": s.n_max,
                   "sessions": run.start["sessions"], **({"rules": s.rules} if s.rules > 1 else {}), "prior_upper": run.start["prior_upper"],
                   "prior_lower": run.start["prior_lower"]},
        "records": len(run.records), "damaged": damaged, "sha256": hashlib.sha256(text).hexdigest(),
        "placements": {"all": len(closed), "dirty": closed.count("dirty"), "invalid": closed.count("invalid"),
                       "aborted": closed.count("aborted"), "broken_off": run.broken_off},
        **({"suspect_price": suspect_price(run)} if suspect_price(run) else {}),
        **({"attributed": attributed(run)} if attributed(run) else {}),
        "operator": {
            "excluded": sum(p["excluded"] for p in run.placements.values()),
            "withdrawn": sum(p["withdrawn"] and bool({"clean", "dirty"} & set(p["results"].values()))
                             for p in run.placements.values()),
            "verdicts_other_with_invalid_as_dirty": sum(c["as_dirty"] != c["verdict"] for c in cells),
            "verdicts_other_without_withdrawn": sum(c["without"] != c["verdict"] for c in cells),
            "notes": [{"line": n["note"], **{k: n[v] for k, v in kept.items() if v in n}} for n in run.notes]},
        "scope": scope(run),
        "verdicts": {"cells": run.count, **{v: verdicts.count(v) for v in VERDICTS}},
        "handsets": [handset(run, assessment, p) for p in range(len(run.pairs))],
        "matrix": matrix(run, assessment, False),
        "cells": [one_cell(run, i) for i in range(run.count)],
        "readers": [{"reader_unit": unit, "outliers": sum(run.place(o["cell"])[2] == r for o in outliers),
                     "impossible_times": 0, "times": [{"script": name, **spread(run.reader_times[r][i], 0.99)}
                                                      for i, name in enumerate(run.scripts)]}
                    for r, (unit, _) in enumerate(run.readers)],
        "drift": {"series": len(drifts), "too_small": too_small, "list": [one_drift(run, d) for d in drifts]},
        "outliers": {"count": len(outliers), "cells_too_small": small_cells,
                     "first": [{**o, "advice": Words("no number")} for o in outliers[:100]]},
        "impossible_times": {"count": 0, "first": []},
    }


def one_drift(run, d):
    return {"reader_unit": run.readers[d["reader"]][0], "script": run.scripts[d["script"]], "execution": d["execution"],
            "session": d["session"], "placements": d["placements"], "cells": d["cells"], "drifts": d["drifts"],
            "percent_an_hour": Near(d["percent_an_hour"], 3), "percent_interval": [Near(v, 3) for v in d["percent_interval"]],
            "spearman": Near(d["spearman"], 4), "p": Near(max(d["p"], 1e-6), 6), "p_adjusted": Near(max(d["p_adjusted"], 1e-6), 6),
            "autocorrelated": d["autocorrelated"], "lag1": Near(d["lag1"], 4), "lag1_expected": Near(d["lag1_expected"], 4),
            "lag1_limit": Near(d["lag1_limit"], 4)}


# ---- the matrix --------------------------------------------------------------------------------------------------------

def effects(market, permutations):
    """Holm's adjustment follows from the p-values that the program drew; these are held against our own."""
    mine = market.effects()

    def fits(got):
        named = {(e["effect"], e.get("attribute")): e for e in got}
        if named.keys() != mine.keys():
            return False
        adjusted = holm([e["p"] for e in got])
        for e, h in zip(got, adjusted):
            p, floor = mine[e["effect"], e.get("attribute")]
            if not Chance(p, permutations, 20000).fits(e["p"]) or abs(e["holm"] - h) > 1e-6 or e["shown"] != (h <= 0.05):
                return False
            if e.get("too_few_units", False) != (not e["shown"] and floor > 0.05 / len(got)):
                return False
            told = e.get("smallest_p")
            if (told is None) != (floor <= 1 / (1 + permutations)) or (told is not None and abs(told - floor) > 1e-6):
                return False
            if e["group"] != ("all" if e["effect"] == "condition" else "required"):
                return False
        return True
    return Same(fits, f"effects {mine}")


def variance(run):
    parts = lambda found, digits: {part: near(found[part], digits, 1e-7) if part in found else None for part in PARTS}
    return [{"measure": "time" if g["times"] else "dirty", **{k: g[k] for k in ("script", "values", "placements", "readers", "handsets",
                                                                                 "sessions", "conditions")},
             "share": parts(g["share"], 6), "sd": parts(g["sd"], 6), "variance": parts(g["variance"], 8),
             **({"hangs_on": g["hangs_on"], "reader_share_without": near(g["without"], 6, 1e-7)} if g["hangs_on"] else {})}
            for g in gauges(run)]


def rule(market, permutations):
    p = market.stump_p()
    return None if p is None or p[0] > 0.1 else Words("no rule is expected in the fixed run")


def matrix(run, assessment, whole, permutations=999):
    m = Market(run, assessment.need, assessment.rules.bound)
    m.pool()
    units = [u for u, _ in run.readers]
    names = lambda subset: [units[r] for r in subset]
    rows = [m.reader(r) for r in range(len(units))]
    apart = [{"serves_more": a["reader"], "than": b["reader"]} for a in rows for b in rows
             if a["market"][0] > b["market"][1] + 1e-9]
    tables = m.associations()
    said = tables if whole else [t for t in tables if t[6] <= 0.05]
    assert not any(t[6] <= 0.05 for t in tables), "none is expected in the fixed run: tests/cli/why.bats holds what follows from one"
    icc, placements = m.icc()
    modes, once, size, shown = m.regression()
    states = [m.model_state(x) for x in m.models]

    def covers(got):
        kept = {next(p for p, (u, s, _) in enumerate(run.pairs) if (u, s) == (g["handset"], g["sim"])) for g in got}
        return len(kept) == len(got) == size and all(v & kept for v in shown.values())
    group = {
        "group": "required", "conditions": [run.conditions[c]["id"] for c in m.conditions],
        "cells": {"examined": len(m.examined), "with_placements": len(m.with_placements), "compatible": m.compatible,
                  "incompatible": m.incompatible},
        "pool": {"kind": "fitted", "a": Near(m.a, 4, 1e-4), "b": Near(m.b, 4, 1e-4)},
        "share_too_dirty": near(m.bad_share, relative=1e-5), "estimated_wrong_compatible": near(m.wrong_compatible, relative=1e-5),
        "estimated_wrong_incompatible": near(m.wrong_incompatible, relative=1e-5),
        "provisional": {"listed": len(m.listed), "not_compatible_yet":
                        sum(run.cells[i]["verdict"] != "compatible" for i in m.listed)},
        "bound": Near(m.bound, 6),
        "readers": [{**r, "pooled": near(r["pooled"], relative=1e-5), "market": [Near(v, 6) for v in r["market"]]} for r in rows],
        "all_readers": [Near(v, 6) for v in m.all_readers()], "apart": apart,
        "smallest_subsets": [{"target": t, "readers": size, "subsets": len(meet), "any_of": [names(s) for s in meet[:16]]}
                             for t, size, meet in m.targets()],
        "subsets": [{"readers": names(s), "market": [Near(v, 6) for v in m.subset(s)]} for s in m.subsets()],
        "patterns": [{"pattern": t, "handsets": n, "units": u} for t, n, u in m.patterns()],
        "models": {"fail": states.count("-"), "work": states.count("+"), "open": states.count("?")},
        "failure_rule": rule(m, permutations), "associations_tested": len(tables),
        "associations": [{"attribute": name, ("up_to" if isinstance(cut, float) else "is"): Same(
                              lambda got, cut=cut: str(got) in (str(cut), f"{cut:.0f}" if isinstance(cut, float) else cut), cut),
                          "reader": "any" if r is None else units[r], "with": {"fail": w[0], "work": w[1]},
                          "without": {"fail": o[0], "work": o[1]}, "p": Near(p, 6), "adjusted": Near(a, 6),
                          "shown": bool(a <= 0.05)} for name, cut, r, w, o, p, a in said],
        "pooled": [{"cell": i, "n": run.cells[i]["n"], "d": run.cells[i]["d"], **suspects(run, run.cells[i]), "pooled": Near(m.pooled_of(i)[0], 6, 1e-5),
                    "interval": [Near(v, 6, 1e-4) for v in m.pooled_of(i)[1]], "too_dirty": Near(m.tails[i], 6, 1e-4),
                    "provisional": i in m.listed} for i in m.with_placements]}
    return {"shares": "handset profiles", "tested_share": Near(m.tested, 6), "handsets_without_share": m.without,
            "untested_rows": 0, "icc": near(icc, 4), "icc_placements": placements, "permutations": permutations,
            "effects": effects(m, permutations), "variance": variance(run), "groups": [group],
            "regression": {"modes": modes, "modes_of_one_handset": once, "smallest_proven": True, "keep": Same(covers, size)}}


# ---- criteria.yaml -----------------------------------------------------------------------------------------------------

def clause(run, a, pair, name, result):
    outcome, missing, cell = result
    out = {"clause": name, "outcome": OUTCOMES[outcome], **evidence.figures(run, a, name, pair, cell)}
    if outcome == OPEN:
        out["more_placements"] = missing
    if name == "scope" and outcome == NOT_TESTABLE:
        out["not_in_survey"] = a.not_in_survey
    told = evidence.told(run, a, name, pair, cell)
    if told.words:
        out["evidence"] = told.same()
    if cell is None:
        return out
    c, (_, condition, reader, script) = run.cells[cell], run.place(cell)
    out.update(cell=cell, reader=run.readers[reader][0], condition=run.conditions[condition]["id"],
               script=run.scripts[script], records=a.records(name, result))
    if evidence.is_of_counts(a, name) and not c["state"]:
        out.update(n=c["n"], d=c["d"], **suspects(run, c), lower=bound(c["lower"], False), upper=bound(c["upper"], True),
                   verdict=c["verdict"])
    if a.taps and name != "time" and not c["state"]:
        (taps, ok), (low, high) = a.tapped(cell), a.tap_limits(cell)
        out.update(taps=taps, taps_ok=ok, success_at_least=Outwards(low, 6, False), success_at_most=Outwards(high, 6, True))
    return out


def leans(run, a, pair):
    return sum(run.cells[i]["verdict"] == "compatible" and run.cells[i]["as_dirty"] != "compatible"
               for r in range(len(run.readers)) for i in a.cells(pair, r, a.rules.required) if run.cells[i]["n"])


def judged_handset(run, a, pair):
    j, (unit, sim, profile) = a.judged[pair], run.pairs[pair]
    on = lambda outcome: [run.readers[r][0] for r, o in enumerate(j["on"]) if o == outcome]
    out = {"handset": unit, "model": profile["id"], "sim": sim, "recommendation": j["recommendation"],
           "passes_on": on(PASS), "fails_on": on(FAIL),
           "clauses": [clause(run, a, pair, name, r) for name, r in j["clauses"].items()]}
    flips = {"readers": len(on(PASS))}
    if not a.taps:
        passes = a.dirty_passes_from(pair)
        flips["dirty_at_most"] = None if passes is None else bound(passes, True)
    if a.time:
        passes = a.handset_passes_from(pair)
        flips["within_ms"] = None if not passes else Near(passes / 1000, 3)
    out["flips_at"] = flips
    refusal = "not to meet" if j["shown"] else "above q0 only" if j["recommendation"] == "not recommended" else None
    optional = {"refusal_shows": refusal, "decided_by": j["decided_by"], "undecided_on": on(OPEN), "not_testable_on": on(NOT_TESTABLE),
                "conditional_modes_failing": j["modes_failing"], "conditional_modes_not_shown": j["modes_open"],
                "leans_on_invalid": leans(run, a, pair)}
    out.update({k: v for k, v in optional.items() if v})
    refusing = j["cell"] if refusal else j["conditional"][2] if j["recommendation"] == "conditional" and j["modes_failing"] else None
    if refusing is not None and run.cells[refusing]["fail"] + run.cells[refusing]["invalid_transactions"]:
        seen = set(run.cells[refusing]["causes"])
        out["causes"] = Same(lambda got: set(got) <= seen, f"some of {sorted(seen)}")
    cells = a.open_cells(pair)
    if cells:
        most = max([m for _, m in cells] + [c[1] for k, c in j["clauses"].items() if k == "time" and c[0] == OPEN])
        out["more_placements_at_most"] = most
        out["open"] = [{"clause": "success", "cell": i, "reader": run.readers[run.place(i)[2]][0],
                        "condition": run.conditions[run.place(i)[1]]["id"], "script": run.scripts[run.place(i)[3]],
                        "n": run.cells[i]["n"], "d": run.cells[i]["d"], **suspects(run, run.cells[i]),
                        "more_placements": m} for i, m in cells]
    return out


def scenario(run, a, key, rules):
    ends, mine = a.ends(rules), [j["recommendation"] for j in a.judged]
    return {**key, **{r: ends.count(r) for r in RECOMMENDATIONS},
            "changes": [{"handset": run.pairs[p][0], "sim": run.pairs[p][1], "from": mine[p], "to": ends[p]}
                        for p in range(len(mine)) if mine[p] != ends[p]]}


def assessment_of(run, text, criteria, sha256, damaged=0):
    a, s = Assessment(run, criteria), run.scheme
    title = criteria["title"] if isinstance(criteria["title"], dict) else {"en": criteria["title"]}
    head = {"id": criteria["id"], "edition": criteria["edition"], "title": title["en"],
            "sha256": sha256, "refuse": a.rules.refuse, "readers": [u for u, _ in run.readers]}
    for key in ("source", "analogy", "proves"):
        if key in criteria:
            value = criteria[key] if isinstance(criteria[key], dict) else {"en": criteria[key]}
            head[key] = value["en"]
            if "ja" in value:
                head[key + "_ja"] = value["ja"]
    if "ja" in title:
        head["title_ja"] = title["ja"]
    if a.not_in_survey:
        head["not_in_survey"] = a.not_in_survey
    ends = [j["recommendation"] for j in a.judged]
    spots = [a.spots(a.rules, p, a.rules.required) for p in range(len(run.pairs))]
    counts = lambda r, o: sum(j["on"][r] == o for j in a.judged)
    fails = lambda r: sum(s[r] is not None and s[r][0] == FAIL for s in spots)
    out = {"format": "nfc-survey/assessment", "version": 1, "run": run.start["run"], "survey": run.start["survey"],
           "simulated": True, "simulated_sign": run.start["simulated_sign"], "finished": run.finished,
           "journal_sha256": hashlib.sha256(text).hexdigest(), "damaged_lines": damaged, "scheme": s.name, "q0": s.q0,
           "q1": s.q1, "alpha": s.alpha, "beta": s.beta, "k": s.k, "criteria": head,
           "stated_errors": in_yaml(run, a),
           "list": {**{r: ends.count(r) for r in RECOMMENDATIONS}, "shown_not_to_meet": sum(j["shown"] for j in a.judged)},
           "handsets": [judged_handset(run, a, p) for p in range(len(run.pairs))],
           "readers": [{"reader": u, "model": p["id"], "counts": True, "passes": counts(r, PASS), "fails": counts(r, FAIL),
                        "undecided": counts(r, OPEN), "not_testable": counts(r, NOT_TESTABLE),
                        "fails_by_clause": {"success": fails(r)} if fails(r) else {}}
                       for r, (u, p) in enumerate(run.readers)],
           "what_if": [scenario(run, a, key, rules) for key, rules in a.scenarios()],
           "proposal": Words("of a clause of time: tests/cli/criteria.bats") if a.time else proposal(run, a)}
    return out


# ---- pages -------------------------------------------------------------------------------------------------------------

def fixed_words(paths):
    """Phrases with digits between the placeholders of the report's strings, longest first."""
    out, string = set(), r'"(?:[^"\\]|\\.)*"'
    for path in paths:
        for run in re.findall(rf"{string}(?:\s*{string})*", open(path, encoding="utf-8").read()):
            text = "".join(part[1:-1] for part in re.findall(string, run))
            text = re.sub(r"\\(.)", lambda m: "\n" if m[1] == "n" else m[1], text)
            out |= {" ".join(part.split()).lstrip(".,;: ") for part in re.split(r"\{\d[^}]*\}", text)
                    if re.search(r"\d", part) and re.search(r"[^\W\d]", part)}
    return sorted(out, key=len, reverse=True)


def own_words(run):
    """Texts of the survey and its profiles that a report shows as they are: titles, notes, sources, names."""
    out = set()

    def gather(value):
        if isinstance(value, dict):
            for v in value.values():
                gather(v)
        elif isinstance(value, list):
            for v in value:
                gather(v)
        elif isinstance(value, str) and re.search(r"\d", value) and re.search(r"[^\W\d]", value):
            out.add(" ".join(value.split()))
    gather([run.survey, run.criteria, *(list(p.values()) for p in run.profiles.values())])
    out.update(n["text"] for n in run.notes)
    out.update(n for n in (run.start["simulated_sign"], run.start["program"], run.start["system"]) if n)
    return sorted(out, key=len, reverse=True)


Expected = namedtuple("Expected", "on_screen on_paper lists sheets")


def facts_of(run):
    """What was counted of everything, and what a page's sections must hold, on screen and on paper."""
    assessment = Assessment(run, run.criteria) if run.criteria else None
    market = Market(run, assessment.need, assessment.rules.bound)
    market.pool()
    drifts, small = run.drifts()
    outliers, small_cells = run.outliers()
    facts = Facts(run, assessment)
    screen = Sections(run, market, drifts, small)
    lists, sheets = Lists(run, assessment, market, outliers, small_cells), Sheets(run, assessment, screen)
    return facts, Expected(screen, screen.on_paper(), lists, sheets)


def said(run, got):
    """The figures of the proposal's sentences, in both languages."""
    reader = Reader(facts_of(run)[0], [], set())
    told = got["proposal"]["words"]
    for language in ("en", "ja"):
        yield from reader.sentences("proposal", [s[language] for s in told], sentences(run, Assessment(run, run.criteria)))


def page(name, figures, check):
    for f in figures:
        check.numbers += bool(f.token)
        if not (f.token and f.accepts(f.token)):
            check.fail((name, f.place), f"{f.token} in {f.text[:160]!r} is not explained" if f.token else f.text)


# ---- all together ------------------------------------------------------------------------------------------------------

def load(path):
    return yaml.load(open(path, encoding="utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))


def read(directory):
    text = open(f"{directory}/journal.yaml", "rb").read()
    return Run([line[2:] for line in text.decode().splitlines() if line]), text


def finish(check):
    for line in check.wrong[:MOST_TOLD]:
        print(line)
    print(f"{check.name}: {check.numbers} values held, {len(check.wrong)} wrong")
    return len(check.wrong)


def structures(run, text, what, path, criteria):
    """What stands in a YAML file, and what was counted for it."""
    if what == "summary":
        return load(path), summary(run, text)
    if what == "matrix":
        got = load(path)["matrix"]
        return got, matrix(run, Assessment(run, run.criteria), True, got["permutations"])
    given = load(criteria) if criteria else run.criteria
    sha256 = hashlib.sha256(open(criteria, "rb").read()).hexdigest() if criteria else run.criteria_sha256
    return load(path), assessment_of(run, text, given, sha256)


def traces(run, text):
    """Hashes, times of day and handsets' answers that a report may name."""
    walls = {v for r in run.records for k, v in r.items() if k == "wall"}
    at = [datetime.fromisoformat(w.replace("Z", "+00:00")) for w in walls]
    at = [t + timedelta(hours=h) for t in at for h in (0, 9)] # UTC, and at the counters
    shown = {s for t in at for s in (f"{t.day} {t:%B %Y}", f"{t:%H:%M}", f"{t.year}年{t.month}月{t.day}日 {t.hour}時{t:%M}分")}
    answered = {key[1] for seen in answers(run) for key in seen}
    return {hashlib.sha256(text).hexdigest(), *(f["sha256"] for f in run.start["files"]), *walls, *shown, *answered}


def reports(run, text, paths):
    """(path, its figures) of each report; the other paths hold the fixed words."""
    files = [p for p in paths if p.rsplit(".", 1)[1] in FORMATS]
    facts, expected = facts_of(run)
    words_ = {*own_words(run), *fixed_words([p for p in paths if p not in files])}
    reader = Reader(facts, sorted(words_, key=len, reverse=True), traces(run, text))
    for p in files:
        yield p, of_file(p, reader, expected)


def digits(name, least, figures, check):
    """
    Whether so great a share of wrong digits is seen in a report, and in each section for analysts. On paper that of effects
    has few figures that are not p-values of random permutations, whose last digits nobody can hold: it counts with the rest.
    """
    groups = {name: figures}
    for section in SECTIONS:
        mine = [f for f in figures if f.place.startswith(section)]
        groups.update({f"{name}, {section}": mine} if len(mine) > SECTION_LEAST else {})
    for group, mine in groups.items():
        share, missed = share_caught(mine, TRIES, SEED)
        print(f"{group}: {100 * share:.1f} % of {TRIES} wrong digits are seen")
        if share < least:
            check.fail((group,), f"at least {100 * least:.1f} % of wrong digits ought to be seen")
            for f, token in missed[:20]:
                check.fail((f.place,), f"{f.token} as {token} is not seen in {f.text[:100]!r}")


def printed(pdf, paper, check):
    """A PDF against the page that it was printed from, and whether one wrong digit of its text is seen."""
    root, _ = page_of(paper)
    for text in Print(sheets_of(pdf), root).read():
        check.fail((pdf,), text)
    sheets, chance = sheets_of(pdf), random.Random(SEED)
    for sheet, line, wrong in wrong_digits(sheets, PRINTED_TRIES, chance):
        changed = [list(s) for s in sheets]
        changed[sheet][line] = wrong
        check.numbers += 1
        if not Print(changed, root).read():
            check.fail((pdf, f"sheet {sheet + 1}"), f"{sheets[sheet][line]!r} may be {wrong!r}")


def main(directory, what="summary", *paths):
    run, text = read(directory)
    check = Check(what)
    least = None
    if what == "digits":
        least, what, *paths = paths
    for contradiction in run.contradictions:
        check.fail(("journal",), f"a placement's result does not follow from its transactions: {contradiction}")
    if what == "page":
        for path, figures in reports(run, text, paths):
            if least is None:
                page(path, figures, check)
            else:
                digits(path, float(least), list(figures), check)
    elif what == "bracket":
        got, want = load(f"{directory}/summary.yaml"), bracket(run)
        check.hold({k: got.get(k, []) for k in ("suspect_price", "attributed")} | {"cells": [
            {k: v for k, v in c.items() if k in want["cells"][i]} for i, c in enumerate(got["cells"])]}, want)
    elif what == "printed":
        printed(*paths, check)
    elif what in ("summary", "matrix", "criteria"):
        path, *criteria = paths or [f"{directory}/summary.yaml"]
        got, want = structures(run, text, what, path, criteria[0] if criteria else None)
        if least is not None:
            digits(path, float(least), list(of_structure(got, want)), check)
        else:
            check.hold(got, want)
            if what == "criteria" and not criteria:
                page("proposal", said(run, got), check)
    else:
        sys.exit(__doc__)
    return finish(check)


if __name__ == "__main__":
    sys.exit(1 if main(*sys.argv[1:]) else 0)
