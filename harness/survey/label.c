/* How units are named in reports, matched to what is attached, and keyed for the simulator's draws. */
#include "harness/survey/survey.h"

#include "harness/base/keyed_random.h"
#include "harness/base/text.h"

#include <stdio.h>
#include <string.h>

#define NAME_ROOM 2048 /* bytes of the longest: five texts of FIELDS_TEXT_MAX, and what joins them */

static const char *level_text(enum reader_level level)
{
    switch (level) {
    case READER_LEVEL_TPDU:
        return "TPDU";
    case READER_LEVEL_SHORT:
        return "short";
    case READER_LEVEL_EXTENDED:
        return "short+extended";
    default:
        return "no CCID";
    }
}

void survey_reader_label(const struct survey *s, size_t reader, char *out, size_t capacity)
{
    const struct reader_profile *p = &s->reader_profiles[s->readers[reader].profile];
    char text[NAME_ROOM];
    if (p->simulated)
        snprintf(text, sizeof text, "%s", p->id);
    else if (s->simulated)
        snprintf(text, sizeof text, "emulated: %s, %u", level_text(p->level), p->max_message);
    else
        snprintf(text, sizeof text, "%s %s", p->maker, p->model);
    text_shorten(out, capacity, text);
}

void survey_pair_label(const struct survey *s, size_t pair, char *out, size_t capacity)
{
    const struct survey_pair *u = &s->pairs[pair];
    const struct handset_profile *p = &s->handset_profiles[u->handset];
    char text[NAME_ROOM];
    if (p->simulated)
        snprintf(text, sizeof text, "%s", u->name);
    else
        snprintf(text, sizeof text, "%s %s%s%s (%s)", p->maker, p->name, p->model_code ? " " : "",
                 p->model_code ? p->model_code : "", u->name);
    text_shorten(out, capacity, text);
}

static bool is_told_apart(const struct survey_reader *r)
{
    return r->address || r->serial;
}

size_t survey_twin(const struct survey *s, size_t reader)
{
    const struct survey_reader *one = &s->readers[reader];
    if (s->reader_profiles[one->profile].simulated)
        return SIZE_MAX; /* made for its unit */
    for (size_t i = 0; i < s->reader_count; i++) {
        const struct survey_reader *other = &s->readers[i];
        if (i != reader && other->profile == one->profile && strcmp(other->driver, one->driver) == 0 &&
            !(is_told_apart(one) && is_told_apart(other)))
            return i;
    }
    return SIZE_MAX;
}

bool reader_profile_matches(const struct reader_profile *p, const char *name, int usb_vendor, int usb_product,
                            int usb_interface)
{
    bool known = p->usb_vendor >= 0 && p->usb_product >= 0 && usb_vendor >= 0 && usb_product >= 0;
    bool named = name && name[0];
    if (known && (p->usb_vendor != usb_vendor || p->usb_product != usb_product))
        return false;
    if (known && usb_interface >= 0)
        return p->interface == (unsigned)usb_interface;
    if (p->match && named)
        return strcasestr(name, p->match) != NULL;
    if (known)
        return true;
    if (p->simulated)
        return named && p->id && strstr(name, p->id);
    return named && p->maker && p->model && strcasestr(name, p->maker) && strcasestr(name, p->model);
}

uint64_t survey_handset_key(const struct survey *s, size_t pair)
{
    const struct survey_pair *u = &s->pairs[pair];
    uint64_t key = random_key(0x68616e64, s->seed); /* "hand" */
    return random_key_text(random_key_text(key, u->unit), s->handset_profiles[u->handset].id);
}

uint64_t survey_reader_key(const struct survey *s, size_t reader)
{
    const struct survey_reader *r = &s->readers[reader];
    uint64_t key = random_key(0x72656164, s->seed); /* "read" */
    return random_key_text(random_key_text(key, r->unit), s->reader_profiles[r->profile].id);
}

uint64_t survey_unit_key(const struct survey *s, size_t reader, size_t pair, size_t condition)
{
    const struct survey_reader *r = &s->readers[reader];
    const struct survey_pair *u = &s->pairs[pair];
    uint64_t key = random_key(0x756e6974, s->seed); /* "unit" */
    key = random_key_text(key, r->unit);
    key = random_key_text(key, s->reader_profiles[r->profile].id);
    key = random_key_text(key, u->unit);
    key = random_key_text(key, s->handset_profiles[u->handset].id);
    key = random_key_text(key, s->sims[u->sim].id);
    return random_key_text(key, s->conditions[condition].id);
}
