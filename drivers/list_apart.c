#include "drivers/list_apart.h"

#include "harness/base/child.h"

#include <string.h>

struct listing {
    const struct driver_ops *ops;
    const struct reader_model *models;
    size_t model_count;
    struct driver_listing *out;
};

static int list(void *context, struct child *c, struct err *e)
{
    struct listing *l = context;
    int status = driver_confine(l->ops, e);
    if (status == 0)
        status =
            driver_list(l->ops, l->models, l->model_count, l->out->found, LIST_APART_MAX, &l->out->count, e);
    for (size_t i = 0; status == 0 && i < l->out->count; i++)
        child_send(c, &l->out->found[i], sizeof l->out->found[i]);
    return status;
}

static void receive(void *context, const char *bytes, size_t length)
{
    struct driver_listing *out = ((struct listing *)context)->out;
    if (length == sizeof out->found[0] && out->count < LIST_APART_MAX)
        memcpy(&out->found[out->count++], bytes, length);
}

int driver_list_apart(const struct driver_ops *ops, const struct reader_model *models, size_t model_count,
                      struct driver_listing *out, struct err *e)
{
    struct listing l = { .ops = ops, .models = models, .model_count = model_count, .out = out };
    out->count = 0;
    return child_run(list, &l, LIST_APART_MS, receive, e);
}
