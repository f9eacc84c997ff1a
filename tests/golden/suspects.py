"""Suspect placements as summary.yaml and pages have them: what they cost by reader, and handsets whose own they are."""
from held import Near


def suspect_price(run):
    """Of each reader with suspect placements: what a cell of q0/4 takes more, times handsets and conditions."""
    rows = []
    for r, (n, s, sites, more, hours) in enumerate(run.suspect_prices()):
        if s > 0:
            rows.append({"reader": run.readers[r][0], "placements": n, "suspects": s, "share": Near(s / n, 4, 1e-4),
                         "sites": sites, "more_placements_a_site": Near(more, 2, 1e-6),
                         "more_placements": Near(more * sites, 1, 1e-6), "more_hours": Near(hours, 2, 1e-6)})
    return rows


def attributed(run):
    """Of each handset whose suspect placements are its own: what each reader says of it."""
    return [{"handset": run.pairs[p][0], "sim": run.pairs[p][1], "reader": run.readers[r][0], "suspects": s,
             "placements": n, "suspects_of_others": all_s - s, "placements_of_others": all_n - n, "ln_e": Near(e, 2, 1e-6),
             "ln_e_of_all": Near(a["log_e"], 2, 1e-6), "ln_e_needed": Near(a["needed"], 2, 1e-6)}
            for p, a in enumerate(run.attributed) if a["holds"]
            for r, ((n, s), (all_n, all_s), e) in enumerate(a["on"]) if n > 0]
