/* A table of slots, changed by atomic operations only: processes of several runs have it mapped at once. */
#include "harness/card/target_budget.h"

#include "harness/base/identifier_key.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define SLOTS     340
#define DAY_S     86400
#define FILE_NAME "target-budget"

struct slot {
    _Atomic uint64_t target; /* of its digest; 0: free */
    _Atomic uint32_t day;    /* since 1970 */
    _Atomic uint32_t spent[GUARD_COST_WRITE + 1];
};

struct target_budget {
    struct slot slots[SLOTS];
};

static const unsigned of_a_day[] = { [GUARD_COST_NONE] = UINT_MAX,
                                     [GUARD_COST_TRY] = TARGET_BUDGET_TRIES,
                                     [GUARD_COST_WRITE] = TARGET_BUDGET_WRITES };

static int check_file(int file, const char *path, struct err *e)
{
    struct stat st;
    if (fstat(file, &st) != 0)
        return err_system(e, ERR_ENVIRONMENT, path, errno, "can't be read");
    if (!S_ISREG(st.st_mode) || st.st_uid != geteuid() || st.st_mode & 077 || st.st_nlink != 1)
        return err_set(e, ERR_ENVIRONMENT, path,
                       "is not a file of yours alone: move it away, and a new one is made; what test targets "
                       "bore today is then not known");
    if (st.st_size != sizeof(struct target_budget) && ftruncate(file, sizeof(struct target_budget)) != 0)
        return err_system(e, ERR_ENVIRONMENT, path, errno, "can't be made as long as it must be");
    return 0;
}

int target_budget_open(struct target_budget **out, struct err *e)
{
    char path[4200], directory[4096];
    struct identifier_key key; /* loading it makes and checks the folder */
    *out = NULL;
    int status = identifier_key_load(&key, e);
    explicit_bzero(&key, sizeof key);
    if (status == 0)
        status = identifier_key_directory(directory, sizeof directory, e);
    if (status != 0)
        return status;
    snprintf(path, sizeof path, "%s/%s", directory, FILE_NAME);
    int file = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK, 0600);
    if (file < 0)
        return err_system(e, ERR_ENVIRONMENT, path, errno, "can't be opened, for what test targets may bear");
    status = check_file(file, path, e);
    void *map =
        status == 0 ? mmap(NULL, sizeof **out, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0) : MAP_FAILED;
    if (status == 0 && map == MAP_FAILED)
        status = err_system(e, ERR_ENVIRONMENT, path, errno, "can't be mapped");
    close(file);
    *out = status == 0 ? map : NULL;
    return status;
}

void target_budget_close(struct target_budget **b)
{
    if (*b)
        munmap(*b, sizeof **b);
    *b = NULL;
}

static uint64_t name_of(const uint8_t target[TARGET_DIGEST])
{
    uint64_t name;
    memcpy(&name, target, sizeof name);
    return name ? name : 1;
}

unsigned target_budget_left(const struct target_budget *b, const uint8_t target[TARGET_DIGEST],
                            enum guard_cost cost, int64_t wall_s)
{
    if (!b || cost == GUARD_COST_NONE)
        return UINT_MAX;
    for (size_t i = 0; i < SLOTS; i++) {
        const struct slot *s = &b->slots[i];
        if (atomic_load(&s->target) != name_of(target))
            continue;
        unsigned spent =
            atomic_load(&s->day) == (uint32_t)(wall_s / DAY_S) ? atomic_load(&s->spent[cost]) : 0;
        return spent < of_a_day[cost] ? of_a_day[cost] - spent : 0;
    }
    return of_a_day[cost];
}

/* The target's slot, a free one, or else the one that was not used for the longest time. */
static struct slot *slot_of(struct target_budget *b, uint64_t name)
{
    struct slot *oldest = &b->slots[0];
    for (size_t i = 0; i < SLOTS; i++)
        if (atomic_load(&b->slots[i].target) == name)
            return &b->slots[i];
    for (size_t i = 0; i < SLOTS; i++) {
        uint64_t none = 0;
        if (atomic_compare_exchange_strong(&b->slots[i].target, &none, name))
            return &b->slots[i];
        if (atomic_load(&b->slots[i].day) < atomic_load(&oldest->day))
            oldest = &b->slots[i];
    }
    atomic_store(&oldest->day, 0);
    atomic_store(&oldest->target, name);
    return oldest;
}

void target_budget_spend(struct target_budget *b, const uint8_t target[TARGET_DIGEST], enum guard_cost cost,
                         int64_t wall_s)
{
    if (!b || cost == GUARD_COST_NONE)
        return;
    struct slot *s = slot_of(b, name_of(target));
    uint32_t today = (uint32_t)(wall_s / DAY_S);
    if (atomic_exchange(&s->day, today) != today)
        for (size_t i = 0; i <= GUARD_COST_WRITE; i++)
            atomic_store(&s->spent[i], 0);
    atomic_fetch_add(&s->spent[cost], 1);
}
