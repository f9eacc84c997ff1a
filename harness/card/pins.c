#include "harness/card/pins.h"

#include <string.h>
#include <sys/mman.h>

#define PAGE 4096

struct pins *pins_new(void)
{
    void *page = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (page == MAP_FAILED)
        return NULL;
    (void)!mlock(page, PAGE); /* fails only where the user may lock nothing at all: then it may be swapped */
    madvise(page, PAGE, MADV_DONTDUMP);
    return page;
}

void pins_free(struct pins **p)
{
    if (!*p)
        return;
    explicit_bzero(*p, sizeof **p);
    munmap(*p, PAGE);
    *p = NULL;
}

const struct pin *pins_of(const struct pins *p, enum pin_kind kind)
{
    return p && kind < PIN_KINDS && p->of[kind].length > 0 ? &p->of[kind] : NULL;
}

const char *pin_kind_text(enum pin_kind kind)
{
    static const char *const texts[PIN_KINDS] = { "authentication PIN", "signature PIN", "new PIN" };
    return kind < PIN_KINDS ? texts[kind] : "PIN";
}

const char *pin_fault(const uint8_t *bytes, size_t length)
{
    if (length < PIN_LEAST)
        return "a PIN has at least 4 characters";
    if (length > PIN_MOST)
        return "a PIN has at most 16 characters";
    for (size_t i = 0; i < length; i++)
        if (!((bytes[i] >= '0' && bytes[i] <= '9') || (bytes[i] >= 'A' && bytes[i] <= 'Z') ||
              (bytes[i] >= 'a' && bytes[i] <= 'z')))
            return "a PIN has digits and letters only";
    return NULL;
}
