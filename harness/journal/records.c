/* The record tables as data: names, fields with their place in the struct, and the "left out" value of each
 * type. */
#include "harness/journal/journal.h"

#include "harness/journal/line.h"

#define NEED_MUST true
#define NEED_MAY  false

#define UNSET(type, name, need, meaning) unset_##type(&x->name);
#define UNSET_KIND(upper, lower)                                                                             \
    static void unset_##lower(struct journal_##lower *x)                                                     \
    {                                                                                                        \
        JOURNAL_##upper(UNSET)                                                                               \
    }
JOURNAL_KINDS(UNSET_KIND)

void journal_record_init(struct journal_record *r, enum journal_kind kind)
{
    memset(r, 0, sizeof *r);
    r->kind = kind;
    switch (kind) {
#define UNSET_CASE(upper, lower)                                                                             \
    case JOURNAL_KIND_##upper:                                                                               \
        unset_##lower(&r->as.lower);                                                                         \
        break;
        JOURNAL_KINDS(UNSET_CASE)
    case JOURNAL_KIND_NONE:
    case JOURNAL_KIND_COUNT:
        break;
    }
}

const char *journal_kind_name(enum journal_kind kind)
{
#define KIND_NAME(upper, lower) [JOURNAL_KIND_##upper] = #lower,
    static const char *const names[JOURNAL_KIND_COUNT] = { "", JOURNAL_KINDS(KIND_NAME) };
    return (unsigned)kind < JOURNAL_KIND_COUNT ? names[kind] : "";
}

const char *journal_shown(const struct said *s)
{
    const char *hex = s && !s->absent ? said_own_words(s) : NULL;
    return hex ? hex : "";
}

enum domain_enum journal_enum_of(enum journal_type type)
{
    return type > JOURNAL_TYPE_ENUM ? (enum domain_enum)(type - JOURNAL_TYPE_ENUM) : DOMAIN_NONE;
}

#define FIELD(type, name, need, meaning)                                                                     \
    { #name, meaning, JOURNAL_TYPE_##type, NEED_##need,                                                      \
      offsetof(struct journal_record, as) + offsetof(this_kind, name) },
#define FIELDS(upper, lower)                                                                                 \
    static const struct journal_field *lower##_fields(size_t *count)                                         \
    {                                                                                                        \
        typedef struct journal_##lower this_kind;                                                            \
        static const struct journal_field fields[] = { JOURNAL_##upper(FIELD) };                             \
        *count = sizeof fields / sizeof *fields;                                                             \
        return fields;                                                                                       \
    }
JOURNAL_KINDS(FIELDS)

const struct journal_field *journal_fields(enum journal_kind kind, size_t *count)
{
    switch (kind) {
#define FIELDS_CASE(upper, lower)                                                                            \
    case JOURNAL_KIND_##upper:                                                                               \
        return lower##_fields(count);
        JOURNAL_KINDS(FIELDS_CASE)
    case JOURNAL_KIND_NONE:
    case JOURNAL_KIND_COUNT:
        break;
    }
    *count = 0;
    return NULL;
}

static bool fits(const struct journal_field *f, const void *value)
{
    const struct journal_exchanges *exchanges = value;
    const struct journal_results *results = value;
    const struct said *said_of_it;
    double real;
    unsigned word;
    switch (f->type) {
    case JOURNAL_TYPE_REAL:
        real = *(const double *)value;
        return fabs(real) < JOURNAL_REAL_END || (!f->must && isnan(real));
    case JOURNAL_TYPE_BOOL:
        return !f->must || *(const int *)value >= 0;
    case JOURNAL_TYPE_SAID:
        said_of_it = *(const struct said *const *)value;
        return said_of_it ? said_of_it->code < JOURNAL_CODES_END && said_is_valid(said_of_it) : !f->must;
    case JOURNAL_TYPE_CAUSES:
        return (*(const cause_set *)value & ~CAUSES_ALL) == 0;
    case JOURNAL_TYPE_EXCHANGES:
        for (size_t i = 0; i < exchanges->count; i++) {
            const char *sw = exchanges->items[i].sw;
            size_t length = strnlen(sw, sizeof exchanges->items[i].sw);
            if ((length != 0 && length != 4) || strspn(sw, "0123456789abcdefABCDEF") != length)
                return false;
        }
        return true;
    case JOURNAL_TYPE_RESULTS:
        for (size_t i = 0; i < results->count; i++)
            if (placement_result_name(results->items[i].result)[0] == '\0')
                return false;
        return true;
    case JOURNAL_TYPE_U64:
    case JOURNAL_TYPE_TEXT:
    case JOURNAL_TYPE_STAGES:
    case JOURNAL_TYPE_BYTES:
    case JOURNAL_TYPE_FILES:
    case JOURNAL_TYPE_READERS:
        return true;
    default:
        memcpy(&word, value, sizeof word);
        return (word == 0 && !f->must) || domain_name(journal_enum_of(f->type), word)[0] != '\0';
    }
}

const char *journal_record_fault(const struct journal_record *r)
{
    size_t count;
    const struct journal_field *fields = journal_fields(r->kind, &count);
    if (!fields)
        return "kind";
    for (size_t i = 0; i < count; i++)
        if (!fits(&fields[i], (const char *)r + fields[i].offset))
            return fields[i].name;
    return NULL;
}

bool journal_result_hides(const struct journal_placed *p, size_t result)
{
    bool again = true;
    for (size_t i = 0; i < p->results.count; i++)
        again = again && p->results.items[i].result == PLACEMENT_ABORTED;
    return p->results.items[result].result == PLACEMENT_INVALID || again;
}
