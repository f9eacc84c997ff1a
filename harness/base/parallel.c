#include "harness/base/parallel.h"

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>

#define THREADS_MAX 7u /* beside the one that asks */

struct pieces {
    size_t count;
    bool (*work)(void *context, size_t i);
    void *context;
    atomic_size_t next;
    atomic_bool failed;
};

unsigned parallel_cores(void)
{
    cpu_set_t set;
    return sched_getaffinity(0, sizeof set, &set) == 0 ? (unsigned)CPU_COUNT(&set) : 1;
}

static void *do_pieces(void *context)
{
    struct pieces *p = context;
    for (size_t i; !atomic_load(&p->failed) && (i = atomic_fetch_add(&p->next, 1)) < p->count;)
        if (!p->work(p->context, i))
            atomic_store(&p->failed, true);
    return NULL;
}

bool parallel_each(size_t count, bool (*work)(void *context, size_t i), void *context)
{
    struct pieces p = { .count = count, .work = work, .context = context };
    unsigned threads = parallel_cores() - 1, started = 0;
    pthread_t ids[THREADS_MAX];
    sigset_t all, before;
    threads = threads < THREADS_MAX ? threads : THREADS_MAX;
    threads = count > threads ? threads : (unsigned)(count ? count - 1 : 0);
    sigfillset(&all); /* signals stay with the threads that were there before */
    pthread_sigmask(SIG_SETMASK, &all, &before);
    while (started < threads && pthread_create(&ids[started], NULL, do_pieces, &p) == 0)
        started++;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    do_pieces(&p);
    for (unsigned i = 0; i < started; i++)
        pthread_join(ids[i], NULL);
    return !atomic_load(&p.failed);
}
