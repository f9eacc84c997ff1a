/* A run whose journal is not as it was written: refused, unless --accept-damaged is given. */
#ifndef NFC_SURVEY_COMMANDS_DAMAGE_H
#define NFC_SURVEY_COMMANDS_DAMAGE_H

#include "harness/base/err.h"
#include "harness/commands/options.h"
#include "harness/commands/speech.h"
#include "harness/findings/findings.h"

#define ACCEPT_DAMAGED_OPTION                                                                                \
    {                                                                                                        \
        .name = "accept-damaged",                                                                            \
        .help = "go on with a journal of which lines are damaged, edited or missing: their placements are "  \
                "suspect, and all that is made of it says which lines"                                       \
    }
#define ACCEPT_DAMAGED_EXIT "lines of a journal are damaged, edited or missing (each is named)"

static inline bool damage_is_accepted(const struct options *o)
{
    return options_has(o, "accept-damaged");
}

/* Names each line on stderr, the first thousand. 0, or ERR_INPUT where there are any and they are not accepted. */
int damage_name(const char *directory, const struct journal_faults *faults, bool accepted, struct err *e)
    __attribute__((warn_unused_result));

/* The mark on what is printed: which lines; nothing of a journal that is as it was written. */
void say_damage(const struct speech *to, const struct journal_faults *faults);

/* That it has no stop record, and the last record's time; nothing of a closed one. */
void say_open(const struct speech *to, const struct journal_verdict *journal);

/* What a resume found otherwise than the execution before it, units and program; nothing where nothing changed. */
void say_changes(const struct speech *to, const struct findings *f);

/* All of this, wherever a verdict of the run is shown. */
void say_state(const struct speech *to, const struct findings *f);

#endif
