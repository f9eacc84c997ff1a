/*
 * What the virtual handset alone costs: a finished simulated run of the token and cert scripts is made again
 * from its journal by calls of the sim driver, without supervisor, workers, scripts or journal writer. The
 * draws go by key, so every exchange must last exactly as long as the journal says; `differing` counts those
 * that don't. CPU seconds are of this process, reading the journal taken off.
 * Usage: bench_handset RUN-DIRECTORY
 */
#include "drivers/sim/sim.h"
#include "harness/journal/journal.h"
#include "harness/station/station.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#define CHUNK_BYTES 256

static const uint8_t select_jpki[] = { 0x00, 0xa4, 0x04, 0x0c, 0x0a, 0xd3, 0x92, 0xf0,
                                       0x00, 0x26, 0x01, 0x00, 0x00, 0x00, 0x01 };
static const uint8_t select_token[] = { 0x00, 0xa4, 0x02, 0x0c, 0x02, 0x00, 0x06 };
static const uint8_t select_certificate[] = { 0x00, 0xa4, 0x02, 0x0c, 0x02, 0x00, 0x0b };
static const uint8_t read_token[] = { 0x00, 0xb0, 0x00, 0x00, 0x20 };
static const uint8_t read_header[] = { 0x00, 0xb0, 0x00, 0x00, 0x04 };

struct replay {
    struct survey *survey;
    struct driver_reader *readers[SURVEY_READERS_MAX];
    uint64_t open[SURVEY_READERS_MAX]; /* the placement on each reader: number of its record */
    uint64_t exchanges, differing;
    uint8_t response[APDU_RESPONSE_MAX];
    unsigned certificate_bytes, offset; /* of the present transaction */
};

static double cpu_seconds(void)
{
    struct rusage u;
    getrusage(RUSAGE_SELF, &u);
    return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) +
           (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6;
}

static int open_readers(struct replay *r, struct err *e)
{
    struct driver_fault fault;
    const struct survey *s = r->survey;
    int status = 0;
    for (size_t i = 0; i < s->reader_count && status == 0; i++) {
        const struct driver_open how = { .address = s->readers[i].unit,
                                         .unit = s->readers[i].unit,
                                         .simulated = &s->reader_profiles[s->readers[i].profile].simulation,
                                         .seed = s->seed };
        status = driver_open(&driver_sim, &how, &r->readers[i], &fault, e);
    }
    return status;
}

static int lay(struct replay *r, const struct journal_placement *p, uint64_t line, struct err *e)
{
    const struct survey *s = r->survey;
    size_t reader = 0, pair = 0, condition = 0;
    while (reader < s->reader_count && strcmp(s->readers[reader].unit, p->reader) != 0)
        reader++;
    while (pair < s->pair_count && (strcmp(s->pairs[pair].unit, p->handset) != 0 ||
                                    strcmp(s->sims[s->pairs[pair].sim].id, p->sim) != 0))
        pair++;
    while (condition < s->condition_count && strcmp(s->conditions[condition].id, p->condition) != 0)
        condition++;
    if (reader == s->reader_count || pair == s->pair_count || condition == s->condition_count)
        return err_set(e, ERR_INPUT, "journal", "line %llu: not of the survey", (unsigned long long)line);
    const struct survey_condition *c = &s->conditions[condition];
    struct laying laying = { .handset = &s->handset_profiles[s->pairs[pair].handset].simulation,
                             .sim = &s->sims[s->pairs[pair].sim].simulation,
                             .power_mode = c->power_mode,
                             .x_mm = c->x_mm,
                             .y_mm = c->y_mm,
                             .z_mm = c->z_mm,
                             .unit_key = survey_unit_key(s, reader, pair, condition),
                             .session = (unsigned)p->session,
                             .ordinal = (unsigned)p->ordinal };
    struct driver_target target = { 0 };
    struct driver_fault fault;
    struct err missed = { 0 };
    r->open[reader] = line;
    int status = driver_lay(r->readers[reader], &laying, e);
    if (status == 0 && driver_wait_present(r->readers[reader], 3000, &target, &fault, &missed) != 0)
        return 0; /* not seen: its transactions have no exchanges */
    return status;
}

/* The command of a step of the scripts token (0) and cert (1); its length. */
static size_t build(struct replay *r, unsigned script, unsigned step, uint8_t out[32])
{
    const uint8_t *command = step == 1   ? select_jpki
                             : step == 2 ? (script ? select_certificate : select_token)
                             : step == 3 ? (script ? read_header : read_token)
                                         : NULL;
    size_t length = step == 1 ? sizeof select_jpki : step == 2 ? sizeof select_token : sizeof read_token;
    if (command) {
        memcpy(out, command, length);
        return length;
    }
    unsigned left = r->certificate_bytes > r->offset ? r->certificate_bytes - r->offset : 0;
    unsigned le = left < CHUNK_BYTES ? left : CHUNK_BYTES;
    const uint8_t chunk[] = { 0x00, 0xb0, (uint8_t)(r->offset >> 8), (uint8_t)r->offset, (uint8_t)le };
    memcpy(out, chunk, sizeof chunk);
    return sizeof chunk;
}

static void exchange(struct replay *r, size_t reader, unsigned script, const struct journal_exchange *wanted)
{
    uint8_t command[32];
    struct driver_fault fault;
    struct err e = { 0 };
    struct driver_exchange x = { .command = command,
                                 .command_length = build(r, script, wanted->step, command),
                                 .response = r->response,
                                 .response_capacity = sizeof r->response,
                                 .deadline_ms = 5000 };
    bool ok = driver_exchange(r->readers[reader], &x, &fault, &e) == 0;
    if (ok && script == 1 && wanted->step == 3 && x.response_length >= 4)
        r->certificate_bytes = ((unsigned)r->response[2] << 8 | r->response[3]) + 4;
    if (ok && wanted->step > 3)
        r->offset += (unsigned)x.response_length - 2;
    r->exchanges++;
    r->differing += (x.ended_ns - x.started_ns) / 1000 != wanted->us;
}

static void transaction(struct replay *r, const struct journal_transaction *t)
{
    struct driver_target target;
    struct driver_fault fault;
    struct err e = { 0 };
    size_t reader = 0;
    while (reader < r->survey->reader_count && r->open[reader] != t->placement)
        reader++;
    if (reader == r->survey->reader_count)
        return;
    struct driver_reader *d = r->readers[reader];
    r->certificate_bytes = r->offset = 0;
    driver_begin(d, (unsigned)t->order);
    if (driver_activate(d, &target, &fault, &e) != 0)
        return;
    for (size_t i = 0; i < t->exchanges.count; i++)
        exchange(r, reader, (unsigned)(t->cell % r->survey->script_count), &t->exchanges.items[i]);
    if (driver_field_off(d, &fault, &e) != 0)
        fprintf(stderr, "bench_handset: %s\n", e.text);
}

/* Reads the whole journal, and with `act` makes its placements again. */
static int go_through(struct replay *r, const char *path, bool act, struct err *e)
{
    struct journal_reader *reader = NULL;
    struct journal_record record;
    enum journal_read got;
    int status = journal_reader_open(path, &reader, e);
    while (status == 0 && (got = journal_reader_next(reader, &record, NULL, e)) != JOURNAL_READ_END) {
        if (got != JOURNAL_READ_RECORD || !act)
            continue;
        if (record.kind == JOURNAL_KIND_PLACEMENT)
            status = lay(r, &record.as.placement, record.line, e);
        else if (record.kind == JOURNAL_KIND_TRANSACTION)
            transaction(r, &record.as.transaction);
    }
    journal_reader_close(&reader);
    return status;
}

int main(int argc, char **argv)
{
    char path[4096];
    struct err e = { 0 };
    struct replay *r = calloc(1, sizeof *r);
    if (argc != 2 || !r || snprintf(path, sizeof path, "%s/journal.yaml", argv[1]) >= (int)sizeof path) {
        fprintf(stderr, "usage: bench_handset RUN-DIRECTORY\n");
        free(r);
        return EXIT_STATUS_USAGE;
    }
    double reading_s = 0, all_s = 0;
    int status = station_load_run(argv[1], &r->survey, &e);
    if (status == 0)
        status = open_readers(r, &e);
    double start_s = cpu_seconds();
    if (status == 0)
        status = go_through(r, path, false, &e);
    reading_s = cpu_seconds() - start_s;
    start_s = cpu_seconds();
    if (status == 0)
        status = go_through(r, path, true, &e);
    all_s = cpu_seconds() - start_s;
    if (status == 0)
        printf("handset %.6f\nexchanges %llu\ndiffering %llu\n", all_s - reading_s,
               (unsigned long long)r->exchanges, (unsigned long long)r->differing);
    else
        fprintf(stderr, "%s: %s\n", e.where, e.text);
    for (size_t i = 0; i < SURVEY_READERS_MAX; i++)
        driver_close(&r->readers[i]);
    survey_free(&r->survey);
    free(r);
    return err_exit_status(status);
}
