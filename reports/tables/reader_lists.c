/* Readers without a run: those attached, and the models that there are profiles of. */
#include "reports/tables/commands.h"
#include "reports/words/numbers.h"

#include <stdio.h>

/* ---- attached ---- */

#define ATTACHED(member) MEMBER(struct attached_reader, member)

static const struct attached_reader *attached_of(const struct entry *x)
{
    return x->row->of;
}

/* An emulated reader wears a model's descriptor; it is never called by that model. */
static void profile_of_attached(struct entry *x)
{
    const struct attached_reader *r = attached_of(x);
    struct phrase hold;
    if (r->emulated)
        entry_phrase(x, PHRASE_FILL(WORD_CMD_EMULATED, x->view->language,
                                    phrase_said(r->emulated, x->view->language, &hold)));
    else
        entry_text(x, r->profile);
}

static void state(struct entry *x)
{
    entry_word(x, attached_of(x)->state, NULL);
}

static const struct column attached_columns[] = {
    { NULL, WORD_CMD_H_DRIVER, VALUE_TEXT, ATTACHED(driver) },
    { NULL, WORD_CMD_H_READER, VALUE_TEXT, ATTACHED(name) },
    { NULL, WORD_CMD_H_PROFILE, VALUE_TEXT, profile_of_attached, .absent = WORD_CMD_NO_PROFILE },
    { NULL, WORD_CMD_H_SERIAL, VALUE_TEXT, ATTACHED(serial), .absent = WORD_NOT_KNOWN },
    { NULL, WORD_CMD_H_STATE, VALUE_WORD, state },
    { 0 },
};

const struct table table_attached = { .columns = attached_columns,
                                      .array = ARRAY(struct attached, rows, count) };

static const struct column note_columns[] = {
    { NULL, WORD_CMD_H_DRIVER, VALUE_TEXT, ATTACHED(driver) },
    { NULL, WORD_CMD_H_READER, VALUE_TEXT, ATTACHED(name) },
    { NULL, WORD_CMD_H_NOTE, VALUE_TEXT, ATTACHED(note) },
    { 0 },
};

static bool has_note(const struct view *v, struct row *row)
{
    (void)v;
    return ((const struct attached_reader *)row->of)->note[0] != '\0';
}

const struct table table_attached_notes = { .columns = note_columns,
                                            .array = ARRAY(struct attached, rows, count),
                                            .row = has_note };

/* ---- profiles ---- */

#define PROFILE(member) MEMBER(struct reader_profile, member)

static const struct reader_profile *profile_of(const struct entry *x)
{
    return x->row->of;
}

static void maker(struct entry *x)
{
    if (profile_of(x)->simulated)
        entry_absent(x, WORD_CMD_SIMULATED, NULL);
    else
        entry_text(x, profile_of(x)->maker);
}

static void usb(struct entry *x)
{
    const struct reader_profile *p = profile_of(x);
    if (p->usb_vendor < 0)
        return;
    snprintf(x->value.hold.text, sizeof x->value.hold.text, "%04x:%04x", (unsigned)p->usb_vendor,
             (unsigned)p->usb_product);
    entry_text(x, x->value.hold.text);
}

static void level(struct entry *x)
{
    static const enum word words[READER_LEVEL_COUNT] = {
        [READER_LEVEL_NONE] = WORD_NOT_KNOWN,
        [READER_LEVEL_TPDU] = WORD_CMD_TPDU,
        [READER_LEVEL_SHORT] = WORD_CMD_SHORT,
        [READER_LEVEL_EXTENDED] = WORD_CMD_EXTENDED,
    };
    const struct reader_profile *p = profile_of(x);
    entry_word(x, words[p->simulated ? p->simulation.level : p->level], NULL);
}

static void message(struct entry *x)
{
    const struct reader_profile *p = profile_of(x);
    unsigned bytes = p->simulated ? p->simulation.max_message : p->max_message;
    struct phrase digits = number_name(bytes);
    const char *args[] = { digits.text, NULL };
    if (bytes > 0)
        entry_phrase(x, phrase_fill(WORD_CMD_BYTES, x->view->language, args));
}

static const struct column profile_columns[] = {
    { NULL, WORD_CMD_H_PROFILE, VALUE_TEXT, PROFILE(id) },
    { NULL, WORD_CMD_H_MAKER, VALUE_TEXT, maker, .absent = WORD_NOT_KNOWN },
    { NULL, WORD_CMD_H_MODEL, VALUE_TEXT, PROFILE(model) },
    { NULL, WORD_CMD_H_USB, VALUE_TEXT, usb, .absent = WORD_CMD_NONE },
    { NULL, WORD_CMD_H_LEVEL, VALUE_WORD, level },
    { NULL, WORD_CMD_H_MESSAGE, VALUE_TEXT, message, .absent = WORD_NOT_KNOWN },
    { 0 },
};

const struct table table_reader_profiles = { .columns = profile_columns,
                                             .array = ARRAY(struct profile_list, rows, count) };
