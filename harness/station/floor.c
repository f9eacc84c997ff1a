#include "harness/station/floor.h"

#include "harness/station/health.h"

bool floor_told(struct station *st, unsigned reader, const struct trial_floor *m)
{
    struct unit *u = &st->units[reader];
    if (!trial_floor_is_valid(m))
        return false;
    if (u->timing)
        u->floor = *m;
    u->timing = false;
    return true;
}

static void write_calibration(struct station *st, unsigned reader)
{
    const struct trial_floor *m = &st->units[reader].floor;
    struct journal_record r;
    if (m->n == 0)
        return; /* its driver has no such question, or the reader did not answer it */
    journal_record_init(&r, JOURNAL_KIND_CALIBRATION);
    r.as.calibration = (struct journal_calibration) { .at_us = station_at_us(st, st->virtual_now_ns),
                                                      .reader = st->survey->readers[reader].unit,
                                                      .what = m->what,
                                                      .n = m->n,
                                                      .median_us = m->median_us,
                                                      .least_us = m->least_us };
    station_append(st, &r);
}

/* One after the other: they may share a bus and a daemon. */
void floor_measure(struct station *st)
{
    for (unsigned i = 0; i < st->survey->reader_count && !st->virtual_time; i++) {
        struct unit *u = &st->units[i];
        if (u->state != READER_READY || u->worker.pid == 0 || st->failed || st->stop_asked)
            continue;
        u->floor.n = 0;
        u->timing = unit_order(st, i, WIRE_FLOOR, NULL, 0);
        while (u->timing && u->worker.pid > 0 && u->state == READER_READY && !st->failed && !st->stop_asked)
            station_turn(st, STATION_TICK_MS);
        u->timing = false;
        write_calibration(st, i);
    }
}
