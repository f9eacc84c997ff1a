/* readers: what is attached, of every driver, and the profiles that it matches. */
#include "harness/commands/child.h"
#include "harness/commands/command.h"
#include "harness/commands/data.h"
#include "harness/commands/message.h"
#include "reports/render/text.h"

#include "drivers/driver.h"
#include "harness/survey/survey.h"

#include <stdlib.h>
#include <string.h>

#define LIST_LIMIT_MS 5000 /* a hung daemon must not hang us */
#define LIST_MAX      64

struct listing {
    const struct driver_ops *ops;
    const struct reader_model *models;
    size_t model_count;
    struct driver_found found[LIST_MAX];
    size_t count;
};

static int list(void *context, struct child *c, struct err *e)
{
    struct listing *l = context;
    int status = driver_list(l->ops, l->models, l->model_count, l->found, LIST_MAX, &l->count, e);
    for (size_t i = 0; status == 0 && i < l->count; i++)
        child_send(c, &l->found[i], sizeof l->found[i]);
    return status;
}

static void receive(void *context, const char *bytes, size_t length)
{
    struct listing *l = context;
    if (length == sizeof l->found[0] && l->count < LIST_MAX)
        memcpy(&l->found[l->count++], bytes, length);
}

static const struct reader_profile *match(const struct profiles *profiles, const struct driver_found *found)
{
    const struct reader_profile *all = NULL;
    size_t n = profiles_readers(profiles, &all);
    return reader_profile_of(all, n, found->name, found->usb_vendor, found->usb_product);
}

static void show(struct text_rows *t, const struct listing *l, const struct profiles *profiles)
{
    for (size_t i = 0; i < l->count; i++) {
        const struct driver_found *f = &l->found[i];
        const struct reader_profile *p = match(profiles, f);
        table_cell(t, "%s", l->ops->name);
        table_cell(t, "%s", f->name);
        /* An emulated reader wears a model's descriptor; it is never called by that model. */
        if (f->simulated)
            table_cell(t, "emulated (%s)", said_text(&f->sign).text);
        else
            table_cell(t, "%s", p ? p->id : "no profile");
        table_cell(t, "%s", f->serial[0] ? f->serial : "not known");
        table_cell(t, "%s",
                   f->present                            ? "something is on it"
                   : l->ops->capabilities & DRIVER_POLLS ? "not looked" /* that would switch its field on */
                                                         : "empty");
    }
}

/* Under the table: what a reader's driver has to say before it is used. */
static void keep_notes(struct text_rows *t, const struct listing *l)
{
    for (size_t i = 0; i < l->count; i++) {
        if (!l->found[i].note[0])
            continue;
        table_cell(t, "%s", l->ops->name);
        table_cell(t, "%s", l->found[i].name);
        table_cell(t, "%s", l->found[i].note);
    }
}

static bool is_asked(const struct listing *l, const struct profiles *profiles, const char *asked)
{
    for (size_t i = 0; i < l->count; i++) {
        const struct reader_profile *p = l->found[i].simulated ? NULL : match(profiles, &l->found[i]);
        if (strstr(l->found[i].name, asked) || (p && strcmp(p->id, asked) == 0))
            return true;
    }
    return false;
}

static int show_attached(const struct profiles *profiles, const char *asked)
{
    int status = EXIT_STATUS_DONE;
    size_t count = 0, noted = 0;
    bool there = false;
    struct text_rows *t = table_new(5), *notes = table_new(3);
    struct listing *l = calloc(1, sizeof *l);
    const struct reader_profile *all = NULL;
    size_t profile_count = profiles_readers(profiles, &all), model_count;
    struct reader_model *models = reader_models(all, profile_count, &model_count);
    if (!t || !notes || !l || !models) {
        message_note("out of memory");
        status = EXIT_STATUS_ENVIRONMENT;
        goto out;
    }
    table_cell(t, "DRIVER");
    table_cell(t, "READER");
    table_cell(t, "PROFILE");
    table_cell(t, "SERIAL");
    table_cell(t, "STATE");
    table_cell(notes, "DRIVER");
    table_cell(notes, "READER");
    table_cell(notes, "NOTE");
    for (size_t i = 0; driver_registry[i]; i++) {
        struct err e = { 0 };
        memset(l, 0, sizeof *l);
        l->ops = driver_registry[i];
        if (!driver_is_listed(l->ops)) {
            message_note("driver %s has no contract test: not listed", l->ops->name);
            continue;
        }
        l->models = models;
        l->model_count = model_count;
        if (child_run(list, l, LIST_LIMIT_MS, receive, &e) != 0)
            message_error(&e);
        show(t, l, profiles);
        keep_notes(notes, l);
        count += l->count;
        for (size_t j = 0; j < l->count; j++)
            noted += l->found[j].note[0] != '\0';
        there = there || (asked && is_asked(l, profiles, asked));
    }
    if (count > 0)
        table_print(t, stdout);
    else
        puts("no reader is attached");
    if (noted > 0) {
        putchar('\n');
        table_print(notes, stdout);
    }
    if (asked && !there) {
        message_note("no attached reader is `%s`", asked);
        status = EXIT_STATUS_ENVIRONMENT;
    }
out:
    free(models);
    free(l);
    table_free(&notes);
    table_free(&t);
    return status;
}

static const char *level_in_words(enum reader_level level)
{
    static const char *const names[] = { "not known", "TPDU", "short APDU", "short and extended APDU" };
    return names[level <= READER_LEVEL_EXTENDED ? level : READER_LEVEL_NONE];
}

static int show_profiles(const struct profiles *profiles)
{
    const struct reader_profile *all = NULL;
    size_t n = profiles_readers(profiles, &all);
    struct text_rows *t = table_new(6);
    if (!t) {
        message_note("out of memory");
        return EXIT_STATUS_ENVIRONMENT;
    }
    table_cell(t, "PROFILE");
    table_cell(t, "MAKER");
    table_cell(t, "MODEL");
    table_cell(t, "USB");
    table_cell(t, "LEVEL");
    table_cell(t, "MESSAGE");
    for (size_t i = 0; i < n; i++) {
        const struct reader_profile *p = &all[i];
        table_cell(t, "%s", p->id);
        table_cell(t, "%s", p->simulated ? "(simulated)" : p->maker ? p->maker : "not known");
        table_cell(t, "%s", p->model ? p->model : "");
        if (p->usb_vendor >= 0)
            table_cell(t, "%04x:%04x", (unsigned)p->usb_vendor, (unsigned)p->usb_product);
        else
            table_cell(t, "-");
        table_cell(t, "%s", level_in_words(p->simulated ? p->simulation.level : p->level));
        unsigned bytes = p->simulated ? p->simulation.max_message : p->max_message;
        if (bytes > 0)
            table_cell(t, "%u bytes", bytes);
        else
            table_cell(t, "not known");
    }
    table_print(t, stdout);
    table_free(&t);
    return EXIT_STATUS_DONE;
}

static int run(const struct command *command, struct options *options)
{
    (void)command;
    char data[4096];
    struct profiles *profiles = NULL;
    struct survey_problems problems = { 0 };
    struct err e = { 0 };
    int status = data_directory(data, sizeof data, &e);
    if (status == 0)
        status = profiles_load(data, &profiles, &problems, &e);
    message_problems(&problems);
    if (status != 0)
        status = message_error(&e);
    else if (options_has(options, "profiles"))
        status = show_profiles(profiles);
    else
        status = show_attached(profiles, options_text(options, "reader"));
    survey_problems_free(&problems);
    profiles_free(&profiles);
    return status;
}

static const struct option_spec option_table[] = {
    { .name = "reader",
      .letter = 'r',
      .argument = "NAME",
      .help = "exit 4 unless an attached reader's name holds NAME or its profile is NAME" },
    { .name = "profiles", .letter = 'p', .help = "list the reader profiles that this program knows" },
    { 0 },
};

static const struct command_example examples[] = {
    { "nfc-survey readers", "what is attached now" },
    { "nfc-survey readers --profiles", "every reader model with a profile" },
    { 0 },
};

static const struct command_exit exits[] = {
    { EXIT_STATUS_DONE, "listed, also when nothing is attached" },
    { EXIT_STATUS_USAGE, "the command line is wrong" },
    { EXIT_STATUS_INPUT, "a profile is invalid" },
    { EXIT_STATUS_ENVIRONMENT, "the reader asked for is not attached" },
    { 0 },
};

const struct command command_readers = {
    .name = "readers",
    .summary = "list the attached readers and the known profiles",
    .usage = (const char *const[]) { "[--reader NAME]", "--profiles", NULL },
    .description = "Every driver is asked in a process of its own, for at most 5 seconds.",
    .options = option_table,
    .examples = examples,
    .exits = exits,
    .run = run,
};
