#include "drivers/emulator/testbed/pipes.h"

#include "harness/base/clock.h"

#include <errno.h>
#include <string.h>

struct delivery {
    uint64_t due_ns;
    enum function_pipe pipe;
    size_t length, sent;
    uint8_t bytes[];
};

static void drop(GQueue *queue)
{
    struct delivery *what;
    while ((what = g_queue_pop_head(queue)) != NULL)
        g_free(what);
}

/* Answers on their way, and those that no transfer has fetched. */
static void cancel_bulk(struct pipes *p)
{
    GList *next;
    for (GList *link = p->late.head; link; link = next) {
        struct delivery *what = link->data;
        next = link->next;
        if (what->pipe != FUNCTION_PIPE_INTERRUPT) {
            g_queue_delete_link(&p->late, link);
            g_free(what);
        }
    }
    drop(&p->answers);
}

static void deliver(struct pipes *p, struct delivery *what)
{
    if (what->pipe != FUNCTION_PIPE_INTERRUPT) {
        g_queue_push_tail(&p->answers, what);
        return;
    }
    memcpy(p->notification, what->bytes, sizeof p->notification);
    p->notified = true;
    g_free(what);
}

static gint earlier(gconstpointer a, gconstpointer b, gpointer unused)
{
    (void)unused;
    const struct delivery *x = a, *y = b;
    return x->due_ns <= y->due_ns ? -1 : 1; /* what is due together keeps its order */
}

bool pipes_emit(struct pipes *p, enum function_pipe pipe, uint64_t after_us, const uint8_t *bytes,
                size_t length)
{
    if (pipe == FUNCTION_PIPE_CANCEL) {
        cancel_bulk(p);
        return false;
    }
    struct delivery *what = g_malloc0(sizeof *what + length);
    what->pipe = pipe;
    what->length = length;
    if (length)
        memcpy(what->bytes, bytes, length);
    if (after_us == 0 && g_queue_is_empty(&p->late)) {
        deliver(p, what);
        return false;
    }
    what->due_ns = clock_now_ns() + after_us * 1000;
    g_queue_insert_sorted(&p->late, what, earlier, NULL);
    return true;
}

uint64_t pipes_due(struct pipes *p)
{
    struct delivery *first;
    while ((first = g_queue_peek_head(&p->late)) != NULL) {
        if (first->due_ns > clock_now_ns())
            return first->due_ns;
        deliver(p, g_queue_pop_head(&p->late));
    }
    return UINT64_MAX;
}

bool pipes_have_answer(const struct pipes *p)
{
    return p->answers.length > 0;
}

int pipes_fill(struct pipes *p, void *to, size_t space)
{
    struct delivery *answer = g_queue_peek_head(&p->answers);
    bool stalls = answer->pipe == FUNCTION_PIPE_STALL;
    size_t left = answer->length - answer->sent, n = left < space ? left : space;
    if (!stalls)
        memcpy(to, answer->bytes + answer->sent, n);
    answer->sent += n;
    if (stalls || answer->sent == answer->length)
        g_free(g_queue_pop_head(&p->answers));
    return stalls ? -EPIPE : (int)n;
}

bool pipes_cancel_late(struct pipes *p)
{
    bool pending = false;
    struct delivery *what;
    while ((what = g_queue_pop_head(&p->late)) != NULL) {
        pending |= what->pipe == FUNCTION_PIPE_BULK;
        g_free(what);
    }
    return pending;
}

void pipes_clear(struct pipes *p)
{
    drop(&p->late);
    drop(&p->answers);
}
