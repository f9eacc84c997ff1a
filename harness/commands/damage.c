#include "harness/commands/damage.h"

#include "harness/base/text.h"
#include "harness/commands/message.h"
#include "reports/tables/names.h"

#include <inttypes.h>

int damage_name(const char *directory, const struct journal_faults *faults, bool accepted, struct err *e)
{
    for (size_t i = 0; i < faults->kept; i++) {
        const struct journal_fault *f = &faults->items[i];
        text_put_safe(stderr, directory);
        fprintf(stderr, "/journal.yaml:%" PRIu64 ": ", f->line);
        text_put_safe(stderr, said_text(&f->said).text);
        putc('\n', stderr);
    }
    if (faults->count > faults->kept)
        message_note("%s: %" PRIu64 " more", directory, faults->count - faults->kept);
    if (faults->count == 0 || accepted)
        return 0;
    return err_set(e, ERR_INPUT, directory,
                   "the journal is not as it was written: %" PRIu64
                   " fault%s, named above; --accept-damaged goes on, with a mark on all that is made of it",
                   faults->count, faults->count == 1 ? "" : "s");
}

void say_damage(const struct speech *to, const struct journal_faults *faults)
{
    if (faults->count == 0)
        return;
    speech_say(to, WORD_DAMAGED, NULL);
    fputs(": ", to->to);
    text_put_safe(to->to, name_damage(faults, to->language).text);
    putc('\n', to->to);
}

void say_open(const struct speech *to, const struct journal_verdict *journal)
{
    if (!journal->closed)
        speech_line(to, WORD_CMD_OPEN_RUN, journal->last, NULL);
}

void say_state(const struct speech *to, const struct findings *f)
{
    say_damage(to, &f->faults);
    say_open(to, &f->journal);
    say_changes(to, f);
}

void say_changes(const struct speech *to, const struct findings *f)
{
    struct buf changes;
    buf_init(&changes, 1u << 16);
    name_add_changes(&changes, f, to->language);
    if (changes.length > 0)
        speech_line(to, WORD_CHANGED_IN_RESUME, buf_text(&changes), NULL);
    buf_free(&changes);
}
