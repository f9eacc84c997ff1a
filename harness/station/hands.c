#include "harness/station/hands.h"

#include "harness/base/text.h"
#include "harness/station/testbed_control.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int hands_open(struct hands *h, const struct survey *s, struct err *e)
{
    memset(h, 0, sizeof *h);
    h->survey = s;
    h->socket = -1;
    memset(h->last_pair, 0xff, sizeof h->last_pair);
    memset(h->last_mode, 0xff, sizeof h->last_mode);
    return s->hands == HANDS_TESTBED ? testbed_control_connect(s, &h->socket, e) : 0;
}

void hands_close(struct hands *h)
{
    if (h->socket >= 0)
        close(h->socket);
    h->socket = -1;
}

static int testbed_lay(struct hands *h, const struct plan_placement *p, struct err *e)
{
    const struct survey *s = h->survey;
    const struct survey_pair *pair = &s->pairs[p->pair];
    const struct survey_condition *c = &s->conditions[p->condition];
    struct buf request;
    char begin[32]; /* from here on the worker tells which transaction comes */
    snprintf(begin, sizeof begin, "begin %u 0\n", p->reader);
    int status = testbed_control_ask(h->socket, begin, e);
    if (status != 0)
        return status;
    buf_init(&request, 1024);
    buf_add_format(&request, "lay %u %s ", p->reader, s->handset_profiles[pair->handset].id);
    const char *label = s->sims[pair->sim].token_label;
    if (*label)
        text_add_hex(&request, (const uint8_t *)label, strlen(label));
    else
        buf_add_char(&request, '-');
    buf_add_format(&request, " %s %.3f %.3f %.3f %llu %u %u %llu %llu sim=%s\n",
                   power_mode_name(c->power_mode), c->x_mm, c->y_mm, c->z_mm,
                   (unsigned long long)survey_unit_key(s, p->reader, p->pair, p->condition), p->session,
                   p->ordinal, (unsigned long long)survey_handset_key(s, p->pair),
                   (unsigned long long)survey_reader_key(s, p->reader), s->sims[pair->sim].id);
    status = request.failed ? err_set(e, ERR_MEMORY, "testbed", "request too long")
                            : testbed_control_ask(h->socket, request.data, e);
    buf_free(&request);
    return status;
}

static int command_run(struct hands *h, const struct plan_placement *p, const char *action, struct err *e)
{
    struct robot_order order = { .action = action, .p = p, .number = h->laid[p->reader] };
    return robot_run(h->survey, &order, &h->watch, e);
}

int hands_lay(struct hands *h, const struct plan_placement *p, bool *stopped, struct err *e)
{
    int status;
    *stopped = false;
    switch (h->survey->hands) {
    case HANDS_COMMAND:
        h->laid[p->reader] = p->pair < h->survey->pair_count ? ++h->number : 0; /* the reference has none */
        status = command_run(h, p, "lay", e);
        *stopped = status == ERR_INTERRUPTED;
        return *stopped ? 0 : status;
    case HANDS_TESTBED:
        return testbed_lay(h, p, e);
    default:
        return 0;
    }
}

int hands_lift(struct hands *h, const struct plan_placement *p, struct err *e)
{
    char request[32];
    int status;
    switch (h->survey->hands) {
    case HANDS_COMMAND:
        status = command_run(h, p, "lift", e);
        return status == ERR_INTERRUPTED ? 0 : status;
    case HANDS_TESTBED:
        snprintf(request, sizeof request, "lift %u\n", p->reader);
        return testbed_control_ask(h->socket, request, e);
    default:
        return 0;
    }
}

double hands_virtual_seconds(struct hands *h, const struct plan_placement *p)
{
    const struct survey_times *t = &h->survey->times;
    double seconds = t->place_s;
    int mode = (int)h->survey->conditions[p->condition].power_mode;
    bool fetched = true; /* not among the phones that lie on the readers now */
    for (size_t i = 0; i < h->survey->reader_count; i++)
        fetched = fetched && h->last_pair[i] != (int)p->pair;
    if (fetched)
        seconds += t->change_s;
    if (h->last_mode[p->pair] >= 0 && h->last_mode[p->pair] != mode)
        seconds += t->mode_s;
    h->last_pair[p->reader] = (int)p->pair;
    h->last_mode[p->pair] = mode;
    return seconds;
}
