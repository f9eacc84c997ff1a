/* Exchanges of runs for Wireshark. What a reader, a card or a library said goes into comments as it was. */
#include "reports/render/pcapng.h"
#include "harness/base/clock.h"
#include "harness/base/file.h"
#include "harness/base/text.h"
#include "harness/journal/journal.h"
#include "reports/export/export.h"
#include "reports/tables/names.h"
#include "reports/words/words.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CAPTURE_MAX  (1u << 31)
#define PACKET_BYTES 65600 /* of the longest APDU there is */
#define COMMENT_MAX  8192
#define ABOUT_MAX    (1u << 16)

struct exporting {
    const char *path;
    struct export_how how;
    struct buf capture, comment, about; /* about: of the whole file */
    const struct findings *f;
    uint64_t began_ns; /* the execution in hand, wall time */
};

/* What is written in place of a secret, and what is said of it. Of a command not even the length is known: it takes a
 * length that a dissector can follow. The identifier in an ATQB is of four bytes. */
static const struct secret {
    uint8_t bytes[4];
    size_t length;
    const char *note;
} of_command = { { 1, 0xff }, 2, "; SECRET: length and data were not recorded, 01 ff stands for them" },
  of_response = { { 0xff }, 1, "; SECRET: the data was not recorded, one ff stands for it" },
  of_frame = { { 0xff, 0xff, 0xff, 0xff },
               4,
               "; SECRET: the identifier was not recorded, ff stands for its bytes" };

/* Bytes of a record. What it has as `xx` was never written down: `secret` stands for it. */
static size_t bytes_of(const char *hex, const struct secret *secret, uint8_t out[PACKET_BYTES],
                       bool *has_secret)
{
    size_t n = 0, length = strlen(hex);
    *has_secret = false;
    for (size_t i = 0; i + 1 < length && n + sizeof secret->bytes < PACKET_BYTES; i += 2) {
        size_t got = 0;
        if (memcmp(hex + i, "xx", 2) == 0) {
            *has_secret = true;
            memcpy(out + n, secret->bytes, secret->length);
            n += secret->length;
        } else if (text_to_bytes(hex + i, 2, out + n, 1, &got) && got == 1) {
            n++;
        }
    }
    return n;
}

static void add_cell(struct exporting *x, const struct journal_transaction *t)
{
    const struct survey *s = x->f->survey;
    if (t->cell >= x->f->cell_count)
        return;
    const struct findings_cell *c = &x->f->cells[t->cell];
    buf_add_format(&x->comment, "; reader=%s; handset=%s; sim=%s; condition=%s; script=%s",
                   s->readers[c->reader].unit, s->pairs[c->pair].unit, s->sims[s->pairs[c->pair].sim].id,
                   s->conditions[c->condition].id, survey_script_loaded(s, c->script)->id);
}

/* Of every packet of a transaction: where it is in the journal, and how it ended. A filter finds a cell by
 * frame.comment contains "cell=12;". */
static void begin_comment(struct exporting *x, const struct journal_record *r)
{
    const struct journal_transaction *t = &r->as.transaction;
    const char *mark = word_text(word_mark(x->f), LANGUAGE_ENGLISH);
    buf_clear(&x->comment);
    buf_add_format(&x->comment,
                   "%s%srun=%s; cell=%" PRIu64 "; placement=%" PRIu64 "; line=%" PRIu64 "; outcome=%s", mark,
                   mark[0] ? ": " : "", x->f->run ? x->f->run : "", t->cell, t->placement, r->line,
                   outcome_name(t->outcome));
    if (t->stage != STAGE_NONE)
        buf_add_format(&x->comment, "; stage=%s", stage_name(t->stage));
    add_cell(x, t);
}

/* Behind the last packet: why it failed. */
static void add_end(struct exporting *x, const struct journal_transaction *t)
{
    if (t->step)
        buf_add_format(&x->comment, "; ended at step: %s", t->step);
    for (unsigned cause = 1, n = 0; cause <= CAUSE_COUNT; cause++)
        if (t->causes >> (cause - 1) & 1)
            buf_add_format(&x->comment, "%sF%02u", n++ ? "," : "; causes=", cause);
    if (t->native)
        buf_add_format(&x->comment, "; native=%s", t->native);
    if (t->detail) {
        buf_add_text(&x->comment, "; seen: ");
        said_english(&x->comment, t->detail);
    }
    if (t->bytes_cut) {
        buf_add_text(&x->comment, "; ");
        said_english(&x->comment, t->bytes_cut);
    }
}

static void packet(struct exporting *x, const char *hex, bool to_card, uint64_t ns)
{
    const struct secret *secret = to_card ? &of_command : &of_response;
    uint8_t bytes[PACKET_BYTES];
    bool has_secret;
    size_t before = x->comment.length, length = bytes_of(hex, secret, bytes, &has_secret);
    if (length == 0)
        return;
    buf_add_text(&x->comment, has_secret ? secret->note : "");
    const struct pcapng_packet p = { ns, to_card, bytes, length, buf_text(&x->comment) };
    pcapng_apdu(&x->capture, &p);
    buf_cut(&x->comment, before);
}

/* As a reader told it of the card's answers while it was activated; what it asked is not recorded. */
static void frame(struct exporting *x, const char *name, const struct said *hex, uint64_t ns)
{
    uint8_t bytes[PACKET_BYTES];
    bool has_secret;
    size_t before = x->comment.length, length = bytes_of(journal_shown(hex), &of_frame, bytes, &has_secret);
    if (length == 0)
        return;
    buf_add_format(&x->comment, "; %s as the reader told it%s", name, has_secret ? of_frame.note : "");
    const struct pcapng_packet p = { ns, false, bytes, length, buf_text(&x->comment) };
    pcapng_frame(&x->capture, &p);
    buf_cut(&x->comment, before);
}

static uint64_t behind_activation(const struct exporting *x, const struct journal_transaction *t)
{
    uint32_t activate = t->stages.us[STAGE_ACTIVATE];
    return x->began_ns + 1000 * (t->at_us + (activate == UINT32_MAX ? 0 : activate));
}

/* One exchange begins where the one before it ends: what the host does between them is not recorded. */
static void add_transaction(struct exporting *x, const struct journal_record *r)
{
    const struct journal_transaction *t = &r->as.transaction;
    uint64_t ns = behind_activation(x, t);
    size_t common, last = t->bytes.count;
    begin_comment(x, r);
    common = x->comment.length;
    frame(x, "ATQA", t->atqa, ns);
    frame(x, "SAK", t->sak, ns);
    frame(x, "ATQB", t->atqb, ns);
    frame(x, "ATS", t->ats, ns);
    while (last > 0 && !t->bytes.items[last - 1].command[0])
        last--;
    for (size_t i = 0; i < t->bytes.count; i++) {
        const struct journal_byte_pair *pair = &t->bytes.items[i];
        const struct journal_exchange *exchange = i < t->exchanges.count ? &t->exchanges.items[i] : NULL;
        buf_add_format(&x->comment, "; exchange=%zu", i + 1);
        if (exchange)
            buf_add_format(&x->comment, "; step=%" PRIu32 "; us=%" PRIu32, exchange->step, exchange->us);
        if (!pair->response[0])
            buf_add_text(&x->comment, "; no response");
        if (i + 1 == last)
            add_end(x, t);
        packet(x, pair->command, true, ns);
        ns += exchange ? 1000 * (uint64_t)exchange->us : 0;
        packet(x, pair->response, false, ns);
        buf_cut(&x->comment, common);
    }
}

static bool is_wanted(const struct exporting *x, const struct journal_transaction *t)
{
    bool failed = t->outcome == OUTCOME_FAIL || t->outcome == OUTCOME_INVALID;
    return t->bytes.count > 0 && (failed || x->how.all) &&
           (x->how.cell == EXPORT_NO_CELL || x->how.cell == t->cell);
}

static int add_record(void *self, const struct journal_record *r, struct err *e)
{
    struct exporting *x = self;
    (void)e;
    switch (r->kind) {
    case JOURNAL_KIND_START:
        x->began_ns = 1000000000U * (uint64_t)clock_wall_of_text(r->as.start.wall);
        break;
    case JOURNAL_KIND_RESUME:
        x->began_ns = 1000000000U * (uint64_t)clock_wall_of_text(r->as.resume.wall);
        break;
    case JOURNAL_KIND_TRANSACTION:
        if (is_wanted(x, &r->as.transaction))
            add_transaction(x, r);
        break;
    default:
        break;
    }
    return 0;
}

static int add(struct exporting *x, unsigned run, struct report *r, struct err *e)
{
    (void)run;
    x->f = r->findings;
    if (x->how.cell != EXPORT_NO_CELL && x->how.cell >= x->f->cell_count)
        return err_set(e, ERR_USAGE, r->directory, "has cells 0 to %zu", x->f->cell_count - 1);
    buf_clear(&x->comment);
    export_mark(x->f, &x->comment);
    if (x->comment.length)
        buf_add_format(&x->about, "\n%s: %s", x->f->run ? x->f->run : "", buf_text(&x->comment));
    return export_records(r->directory, add_record, x, e);
}

static int open_pcapng(const char *path, const struct export_how *how, struct exporting **out, struct err *e)
{
    struct exporting *x = *out = calloc(1, sizeof *x);
    if (!x)
        return err_set(e, ERR_MEMORY, path, "out of memory");
    x->path = path;
    x->how = *how;
    buf_init(&x->capture, CAPTURE_MAX);
    buf_init(&x->comment, COMMENT_MAX);
    buf_init(&x->about, ABOUT_MAX);
    buf_add_text(
        &x->about,
        "The comment of a packet says where in which journal it stands. A response is stamped when it "
        "came; the exchanges of a transaction follow each other from the end of its activation, as the "
        "host's time between them is not recorded.");
    return 0;
}

static int close_pcapng(struct exporting **out, int status, struct err *e)
{
    struct exporting *x = *out;
    struct buf begin;
    *out = NULL;
    if (!x)
        return status;
    buf_init(&begin, 2 * ABOUT_MAX);
    pcapng_begin(&begin, "nfc-survey", buf_text(&x->about));
    buf_insert(&x->capture, 0, begin.data, begin.length);
    if (status == 0 && (x->capture.failed || x->comment.failed || begin.failed))
        status = err_set(e, ERR_LIMIT, x->path,
                         "the capture would be larger than %u bytes: --cell takes one cell", CAPTURE_MAX);
    if (status == 0)
        status = file_replace(x->path, x->capture.data, x->capture.length, e);
    buf_free(&x->capture);
    buf_free(&x->comment);
    buf_free(&x->about);
    buf_free(&begin);
    free(x);
    return status;
}

/* The same of a report's run alone, beside its page. */
static int write_beside(struct report *r, const char *path, struct err *e)
{
    const struct export_how failures = { .cell = EXPORT_NO_CELL };
    struct exporting *x = NULL;
    int status = open_pcapng(path, &failures, &x, e);
    if (status == 0)
        status = add(x, 1, r, e);
    return close_pcapng(&x, status, e);
}

const struct report_writer report_pcapng = {
    .name = "pcapng",
    .extension = "pcapng",
    .summary = "the exchanges of failed transactions, for Wireshark; the page links to it",
    .write = write_beside,
};

const struct export_format export_pcapng = {
    .name = "pcapng",
    .summary = "exchanges whose bytes were recorded, for Wireshark",
    .is_of_exchanges = true,
    .open = open_pcapng,
    .add = add,
    .close = close_pcapng,
};
