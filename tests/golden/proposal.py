"""The proposal of selection criteria, counted anew: how far each clause may be moved, what measuring costs, and its sentences."""
import math

from criteria import FAIL, PASS
from held import Near, Words, near
from recount import RECOMMENDATIONS


def is_listed(a):
    return any(j["recommendation"] in ("recommended", "conditional") for j in a.judged)


def limit(run, a, name):
    """The loosest bound on dirty placements that the scheme tests; None: there is none."""
    return None if name == "readers" or a.taps else max(run.scheme.q1, a.knob(name)[0])


def ranges(run, a):
    joint, out = a.rules, []
    for name in ("readers", "success"):
        now, _, _ = a.knob(name)
        if not is_listed(a):
            out.append({"clause": name, "needed": None, "holds_back_by_itself": a.held_back(name), "as_it_stands": Near(now, 6),
                        "changes_at": None})
            continue
        change, joined = a.first_change(a.rules, name), a.first_change(joint, name)
        proposed, most = a.rounded(name, joined), limit(run, a, name)
        change = None if change is not None and most is not None and change > most else change
        mine = [j["recommendation"] for j in a.judged]
        entry = {"clause": name, "needed": True, "holds_back_by_itself": a.held_back(name), "as_it_stands": Near(now, 6),
                 "same_list_from": Near(a.tightest(name), 6), "changes_at": near(change), "proposed": Near(proposed, 6)}
        if change is not None:
            ends = a.ends(a.turn(a.rules, name, change))
            entry["changes_first"] = next(run.pairs[p][0] for p in range(len(mine)) if mine[p] != ends[p])
        if a.looser(name == "readers" or bool(a.taps), proposed, now):
            joint = a.turn(joint, name, proposed)
        out.append(entry)
    return out, a.ends(joint) == [j["recommendation"] for j in a.judged], joint


def left_out(a):
    """Each refused pair judged by the values and the smallest sets of readers that are found without it."""
    out = {"refused": 0, "listed_by_looser_values": 0, "passed_by_smallest_sets": 0}
    for pair, j in enumerate(a.judged if is_listed(a) else ()):
        if j["recommendation"] == "not recommended":
            rules = a.rules
            for name in ("readers", "success"):
                now, _, falls = a.knob(name)
                to = a.rounded(name, a.first_change(rules, name, pair))
                rules = a.turn(rules, name, to) if a.looser(falls, to, now) else rules
            out["refused"] += 1
            out["listed_by_looser_values"] += a.judge(rules, pair)["recommendation"] in ("recommended", "conditional")
        if j["clauses"]["readers"][0] == FAIL:
            fails = {r for r, o in enumerate(j["on"]) if o == FAIL}
            out["passed_by_smallest_sets"] += any(not fails & s for s in a.smallest_sets(pair))
    return out


def cost(run, a, rules, readers):
    times = {"place_s": 12, "change_s": 120, "mode_s": 20, "transaction_s": 0.7, **run.survey.get("times", {})}
    modes = {m for m in (x["mode"] for x in run.conditions) if m in rules.required | rules.conditional}
    conditions = sum(x["mode"] in modes for x in run.conditions)
    clean = rules.ok_at_least if a.taps else (run.scheme.clean_for_bound(rules.bound, 0, 0) if rules.bound
                                              else run.scheme.clean_needed(0))
    clean = max(3, clean)
    sessions = max(2, run.start["sessions"])
    each = times["place_s"] + len(a.wanted) * run.scheme.k * (times["transaction_s"] + run.survey.get("pause_ms", 0) / 1000)
    changes = sessions * (times["change_s"] + times["mode_s"] * max(0, len(modes) - 1))
    hours = lambda n: Near((n * conditions * clean * each + changes) / 3600, 2)
    return {"clean_placements": clean, "placements_at_most": max(clean, a.taps or run.scheme.n_max), "conditions": conditions,
            "sessions": sessions, "hours_smallest_set": hours(readers), "hours_all_readers": hours(len(run.readers))}


def proposal(run, a):
    clauses, same, joint = ranges(run, a)
    ends = [j["clauses"]["readers"][0] for j in a.judged if is_listed(a)]
    failing = [frozenset(r for r, o in enumerate(j["on"]) if o == FAIL) for j in a.judged
               if is_listed(a) and j["clauses"]["readers"][0] == FAIL]
    patterns = {f: failing.count(f) for f in failing}
    sets = a.smallest_sets() if is_listed(a) else []
    asked = [run.cells[i] for p in range(len(run.pairs)) for r in range(len(run.readers))
             for i in a.cells(p, r, a.rules.required) if run.cells[i]["n"]]
    sessions = [len(c["sessions"]) for c in asked]
    size = len(sets[0]) if sets else len(run.readers)
    return {"clauses": clauses, "same_list_together": same,
            "readers": {"smallest_sets": [[run.readers[r][0] for r in sorted(s)] for s in sets[:16]] if failing else [],
                        "sets_of_this_size": len(sets) if failing else 0,
                        "rests_on_pairs": ends.count(PASS) + ends.count(FAIL), "of_them_failing": ends.count(FAIL),
                        "patterns_of_failing_readers": len(patterns),
                        "patterns_seen_once": sum(n == 1 for n in patterns.values())},
            "measure_as_it_stands": cost(run, a, a.rules, size), "measure_as_proposed": cost(run, a, joint, size),
            "leave_one_out": left_out(a),
            "words": Words("the sentences: words() holds their numbers"),
            "limits": {"models_tested": len({p["id"] for _, _, p in run.pairs}), "units_tested": len({u for u, _, _ in run.pairs}),
                       "sims_tested": len(run.sims), "sessions_least": min(sessions, default=0),
                       "sessions_most": max(sessions, default=0),
                       "cells_excluded": sum(c["verdict"] == "excluded" for c in run.cells),
                       "invalid_placements": sum(p["closed_as"] == "invalid" for p in run.placements.values()),
                       "required_cells_changed_by_invalid": sum(c["verdict"] != c["as_dirty"] for c in asked),
                       "simulated": True}}


# ---- in words ----------------------------------------------------------------------------------------------------------

def sentences(run, a):
    """The figures of each sentence; the languages name them in other orders."""
    ends = [j["recommendation"] for j in a.judged]
    told = proposal(run, a)
    of, limits, out_each = told["readers"], told["limits"], told["leave_one_out"]
    size = len(of["smallest_sets"][0]) if of["smallest_sets"] else len(run.readers)

    def measured(c):
        hours = [Near(c[k].value, 1) for k in ("hours_smallest_set", "hours_all_readers")]
        return [c["clean_placements"], c["conditions"], c["placements_at_most"], c["sessions"], *hours, size, len(run.readers)]
    out = [[ends.count(r) for r in RECOMMENDATIONS], [Near(100 * run.scheme.q1, 3), *stricter(told)],
           measured(told["measure_as_it_stands"]), [limits["units_tested"], limits["models_tested"], limits["sims_tested"]],
           [*sorted({limits["sessions_least"], limits["sessions_most"]}),
            *(limits[k] for k in ("cells_excluded", "invalid_placements", "required_cells_changed_by_invalid"))]]
    if not is_listed(a):
        out[1] = []
        return [*out, []]
    for clause in told["clauses"]:
        shown = (lambda v: v.value) if clause["clause"] == "readers" else in_percent
        loosened = [clause["proposed"]] if abs(clause["proposed"].value - clause["as_it_stands"].value) > 1e-9 else []
        most = limit(run, a, clause["clause"])
        most = Near(most, 6) if most is not None and clause["changes_at"] is None else None
        alone = most is not None and in_percent(clause["same_list_from"]).fits(round(100 * most.value, 1))
        values = [*loosened, clause["as_it_stands"], None if alone else clause["same_list_from"], clause["changes_at"], most]
        out.append([clause["holds_back_by_itself"], *(shown(v) for v in values if v is not None)])
    if of["smallest_sets"]:
        out.append([size, of["rests_on_pairs"], of["of_them_failing"], of["patterns_of_failing_readers"]])
    out.append(measured(told["measure_as_proposed"]))
    out.append([out_each[k] for k in ("refused", "listed_by_looser_values", "passed_by_smallest_sets")])
    return out


def in_percent(value):
    return Near(100 * value.value, 1)


def stricter(told):
    """The tightest bound on dirty placements with the same list, where it is stricter than the one in force."""
    return [in_percent(c["same_list_from"]) for c in told["clauses"]
            if c["clause"] == "success" and math.ceil(1000 * c["same_list_from"].value) / 1000 < c["as_it_stands"].value - 1e-9]
