#include "drivers/emulator/handset/pace.h"

#include "drivers/emulator/handset/applets.h"
#include "drivers/emulator/handset/faults.h"
#include "drivers/emulator/handset/identity.h"
#include "drivers/emulator/handset/link.h"

#include <math.h>

#define CCID_HEADER     10  /* of the longest CCID message */
#define MESSAGE_DEFAULT 271 /* short APDU level: 261 bytes and the header */

size_t pace_messages(const struct virtual_reader *reader, size_t length)
{
    size_t longest = reader->max_message > CCID_HEADER ? reader->max_message : MESSAGE_DEFAULT;
    size_t room = longest - CCID_HEADER;
    if (reader->level == READER_LEVEL_TPDU && room > PACE_T1_PAYLOAD)
        room = PACE_T1_PAYLOAD;
    return length == 0 ? 1 : (length + room - 1) / room;
}

/* ---- the time of a transaction without late answers ---- */

struct span { /* ns */
    double least, most, mean, variance;
};

static void add_fixed(struct span *s, double ns)
{
    s->least += ns;
    s->most += ns;
    s->mean += ns;
}

static double normal_below(double z)
{
    return 0.5 * erfc(-z / sqrt(2.0));
}

/* E[exp(s Z)] of a standard normal Z that is moved to the cut where it lies beyond it. */
static double moment(double s)
{
    double inside = normal_below(PACE_CUT_SD - s) - normal_below(-PACE_CUT_SD - s);
    return exp(0.5 * s * s) * inside +
           (exp(s * PACE_CUT_SD) + exp(-s * PACE_CUT_SD)) * normal_below(-PACE_CUT_SD);
}

static void add_log_normal(struct span *s, double median_ns, double spread)
{
    double first = moment(spread), second = moment(2 * spread);
    s->least += median_ns * exp(-spread * PACE_CUT_SD);
    s->most += median_ns * exp(spread * PACE_CUT_SD);
    s->mean += median_ns * first;
    s->variance += median_ns * median_ns * (second - first * first);
}

struct way { /* from the reader's host to the target */
    const struct virtual_reader *reader;
    const struct virtual_target *target;
    struct link link;
    double patience_ns; /* of the reader, before the target asks for more time */
};

/* The target of the public certificates' applet, as the scripts select it; else the first that answers. */
static const struct virtual_target *target_of(const struct laying *laying)
{
    const struct virtual_handset *phone = laying->handset;
    const struct virtual_target *first = NULL;
    for (size_t i = 0; i < phone->target_count; i++) {
        const struct virtual_target *t = &phone->targets[i];
        if (!(t->power_modes & (1u << laying->power_mode)))
            continue;
        if (t->applets & VIRTUAL_APPLET_JPKI)
            return t;
        first = first ? first : t;
    }
    return first ? first : &phone->targets[0];
}

static void open_way(const struct laying *laying, const struct virtual_reader *reader,
                     const struct handset_activation *a, struct way *out)
{
    unsigned fsc = frame_size_of_code(laying->handset->fsci);
    *out = (struct way) { .reader = reader, .target = target_of(laying) };
    out->link = (struct link) { laying->handset->technology, a->kbit_s,
                                reader->fsd > 0 && reader->fsd < fsc ? reader->fsd : fsc };
    double after_ns = 1000.0 * out->target->wtx_after_us, whole_ns = 900.0 * (double)a->fwt_us;
    out->patience_ns = after_ns > 0 && after_ns < whole_ns ? after_ns : whole_ns;
}

static double extensions_ns(const struct way *w, double busy_ns)
{
    return w->patience_ns > 0 ? floor(busy_ns / w->patience_ns) * (double)link_extension_ns(&w->link) : 0;
}

static void add_activation(struct span *s, const struct laying *laying, const struct virtual_reader *reader,
                           const struct handset_activation *a)
{
    add_fixed(s, (double)identity_detect_ns(laying->handset, reader, true));
    add_fixed(s, (double)identity_link_up_ns(laying->handset, a));
    add_log_normal(s, IDENTITY_WAKE_NS, IDENTITY_WAKE_SPREAD);
    add_log_normal(s, 2000.0 * reader->host_us, reader->host_spread); /* power on, and its ATR */
}

static void add_exchange(struct span *s, const struct way *w, const struct handset_sizes *x, bool by_name)
{
    size_t answer = x->response + 2;
    struct span busy = { 0 };
    add_log_normal(&busy, 1000.0 * (by_name ? w->target->select_us : w->target->command_us),
                   w->target->spread);
    add_fixed(&busy, (double)w->target->per_byte_ns * (double)(x->command + answer));
    s->least += busy.least + extensions_ns(w, busy.least);
    s->most += busy.most + extensions_ns(w, busy.most);
    s->mean += busy.mean + extensions_ns(w, busy.mean);
    s->variance += busy.variance;
    add_fixed(s, (double)(link_transfer_ns(&w->link, x->command) + link_transfer_ns(&w->link, answer) +
                          2 * link_delay_ns(&w->link)));
    size_t messages = pace_messages(w->reader, x->command) + pace_messages(w->reader, answer) - 1;
    add_log_normal(s, 1000.0 * w->reader->host_us * (double)messages, w->reader->host_spread);
}

static struct span span_of(const struct laying *laying, const struct virtual_reader *reader,
                           const struct handset_transaction *t, const struct handset_activation *a,
                           const struct way *w)
{
    struct span s = { 0 };
    for (unsigned i = 0; i < t->activations; i++)
        add_activation(&s, laying, reader, a);
    for (size_t i = 0; i < t->count; i++)
        add_exchange(&s, w, &t->exchanges[i], i == 0);
    add_fixed(&s, 1000.0 * (double)t->pause_us);
    return s;
}

static double below(const struct span *s, double limit_ns)
{
    if (limit_ns >= s->most)
        return 1.0;
    if (limit_ns < s->least || s->variance <= 0)
        return limit_ns < s->mean ? 0.0 : 1.0;
    return normal_below((limit_ns - s->mean) / sqrt(s->variance));
}

/* ---- late answers ---- */

struct late {
    double ns, rate; /* of a placement or of a transaction */
    bool placement;
};

struct lateness {
    const struct span *span;
    double limit_ns;
    unsigned k;
    struct late late[VIRTUAL_FAULTS_MAX];
    size_t count;
};

/* A fault shows in a transaction once at most, however many of its exchanges could show it. */
static void add_late(struct lateness *l, const struct virtual_fault *f, const struct way *w,
                     const struct handset_transaction *t)
{
    size_t shows = 0;
    for (size_t i = 0; i < t->count; i++) {
        struct fault_exchange x = { (unsigned)i + 1, i == 0, t->exchanges[i].response,
                                    w->link.frame > 3 ? w->link.frame - 3u : 1u };
        shows += fault_applies(f, &x);
    }
    if (shows == 0 || f->per == VIRTUAL_PER_NONE)
        return;
    double ns = 1000.0 * (f->slow_us ? f->slow_us : PACE_LATE_DEFAULT_US);
    double rate = f->per == VIRTUAL_PER_EXCHANGE ? 1.0 - pow(1.0 - f->rate, (double)shows) : f->rate;
    l->late[l->count++] = (struct late) { ns + extensions_ns(w, ns), rate, f->per == VIRTUAL_PER_PLACEMENT };
}

/* One transaction in time, which is so much later already by the faults before `from`. */
static double transaction_in_time(const struct lateness *l, size_t from, double later_ns)
{
    while (from < l->count && l->late[from].placement)
        from++;
    if (from == l->count)
        return below(l->span, l->limit_ns - later_ns);
    const struct late *f = &l->late[from];
    return (1.0 - f->rate) * transaction_in_time(l, from + 1, later_ns) +
           f->rate * transaction_in_time(l, from + 1, later_ns + f->ns);
}

static double placement_in_time(const struct lateness *l, size_t from, double later_ns)
{
    while (from < l->count && !l->late[from].placement)
        from++;
    if (from == l->count)
        return pow(transaction_in_time(l, 0, later_ns), l->k);
    const struct late *f = &l->late[from];
    return (1.0 - f->rate) * placement_in_time(l, from + 1, later_ns) +
           f->rate * placement_in_time(l, from + 1, later_ns + f->ns);
}

double pace_in_time(const struct laying *laying, const struct virtual_reader *reader,
                    const struct handset_transaction *t, unsigned k)
{
    const struct virtual_handset *phone = laying->handset;
    struct handset_activation a = { 0 };
    struct way w;
    if (t->limit_us == 0)
        return 1.0;
    identity_fill(phone, reader, laying->unit_key, &a);
    open_way(laying, reader, &a, &w);
    struct span span = span_of(laying, reader, t, &a, &w);
    struct lateness l = { .span = &span, .limit_ns = 1000.0 * (double)t->limit_us, .k = k };
    for (size_t i = 0; i < phone->fault_count; i++) {
        const struct virtual_fault *f = &phone->faults[i];
        if (f->cause == 27 && (f->power_modes == 0 || (f->power_modes & (1u << laying->power_mode))))
            add_late(&l, f, &w, t);
    }
    return placement_in_time(&l, 0, 0);
}
