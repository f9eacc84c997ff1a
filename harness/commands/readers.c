/* readers: what is attached, of every driver, and the profiles that it matches. */
#include "harness/commands/command.h"
#include "harness/commands/data.h"
#include "harness/commands/message.h"
#include "harness/commands/speech.h"
#include "reports/tables/commands.h"

#include "drivers/list_apart.h"
#include "harness/survey/survey.h"

#include <stdlib.h>
#include <string.h>

#define DRIVERS_MAX 16

struct listing {
    const struct driver_ops *ops;
    struct driver_listing is;
};

static const struct reader_profile *match(const struct profiles *profiles, const struct driver_found *found)
{
    const struct reader_profile *all = NULL;
    size_t n = profiles_readers(profiles, &all);
    return reader_profile_of(all, n, found->name, found->usb_vendor, found->usb_product,
                             found->usb_interface);
}

/* Borrows from what the driver found. */
static struct attached_reader attached_of(const struct driver_ops *ops, const struct driver_found *f,
                                          const struct reader_profile *p)
{
    return (struct attached_reader) {
        .driver = ops->name,
        .name = f->name,
        .serial = f->serial,
        .profile = p && !f->simulated ? p->id : NULL,
        .emulated = f->simulated ? &f->sign : NULL,
        .note = f->note,
        .state = f->present                         ? WORD_CMD_ON_IT
                 : ops->capabilities & DRIVER_POLLS ? WORD_CMD_NOT_LOOKED /* that would switch its field on */
                                                    : WORD_CMD_EMPTY,
    };
}

/* Whatever a driver fails with is a message, and the others are listed. */
static size_t list_drivers(struct listing *lists, const struct reader_model *models, size_t model_count)
{
    size_t count = 0;
    for (size_t i = 0; driver_registry[i] && count < DRIVERS_MAX; i++) {
        struct listing *l = &lists[count];
        struct err e = { 0 };
        if (!driver_is_listed(driver_registry[i])) {
            message_note("driver %s has no contract test: not listed", driver_registry[i]->name);
            continue;
        }
        l->ops = driver_registry[i];
        if (driver_list_apart(l->ops, models, model_count, &l->is, &e) != 0)
            message_error(&e);
        count++;
    }
    return count;
}

static bool is_asked(const struct attached_reader *r, const char *asked)
{
    return strstr(r->name, asked) || (r->profile && strcmp(r->profile, asked) == 0);
}

static void print_attached(const struct attached *a, const struct speech *to)
{
    const struct view v = { NULL, to->language, FORM_TEXT };
    const struct row about = TABLE_ABOUT(a);
    if (a->count > 0)
        speech_table(to, NULL, &table_attached, &about);
    else
        speech_line(to, WORD_CMD_NO_READER, NULL);
    if (table_is_empty(&table_attached_notes, &v, &about))
        return;
    putc('\n', to->to);
    speech_table(to, NULL, &table_attached_notes, &about);
}

static int show_attached(const struct profiles *profiles, const char *asked, const struct speech *to)
{
    int status = EXIT_STATUS_DONE;
    bool there = false;
    const struct reader_profile *all = NULL;
    size_t profile_count = profiles_readers(profiles, &all), model_count, count = 0;
    struct reader_model *models = reader_models(all, profile_count, &model_count);
    struct listing *lists = calloc(DRIVERS_MAX, sizeof *lists);
    struct attached a = { calloc((size_t)DRIVERS_MAX * LIST_APART_MAX, sizeof *a.rows), 0 };
    if (!a.rows || !lists || !models) {
        message_note("out of memory");
        status = EXIT_STATUS_ENVIRONMENT;
        goto out;
    }
    count = list_drivers(lists, models, model_count);
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < lists[i].is.count; j++) {
            const struct driver_found *f = &lists[i].is.found[j];
            a.rows[a.count] = attached_of(lists[i].ops, f, match(profiles, f));
            there = there || (asked && is_asked(&a.rows[a.count], asked));
            a.count++;
        }
    print_attached(&a, to);
    if (asked && !there) {
        message_note("no attached reader is `%s`", asked);
        status = EXIT_STATUS_ENVIRONMENT;
    }
out:
    free(models);
    free(lists);
    free(a.rows);
    return status;
}

static void show_profiles(const struct profiles *profiles, const struct speech *to)
{
    struct profile_list list = { NULL, 0 };
    list.count = profiles_readers(profiles, &list.rows);
    speech_table(to, NULL, &table_reader_profiles, &TABLE_ABOUT(&list));
}

static int run_readers(const struct command *command, struct options *options)
{
    (void)command;
    char data[4096];
    struct profiles *profiles = NULL;
    struct err e = { 0 };
    struct speech speech;
    if (!speech_open(options, stdout, &speech))
        return EXIT_STATUS_USAGE;
    int status = data_directory(data, sizeof data, &e);
    if (status == 0)
        status = data_profiles(data, &profiles, &e);
    if (status != 0)
        status = message_error(&e);
    else if (options_has(options, "profiles"))
        show_profiles(profiles, &speech);
    else
        status = show_attached(profiles, options_text(options, "reader"), &speech);
    profiles_free(&profiles);
    return status;
}

static const struct option_spec option_table[] = {
    { .name = "reader",
      .letter = 'r',
      .argument = "NAME",
      .help = "exit 4 unless an attached reader's name holds NAME or its profile is NAME" },
    { .name = "profiles", .letter = 'p', .help = "list the reader profiles that this program knows" },
    SPEECH_OPTION,
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
    .usage = (const char *const[]) { "[--reader NAME] [--lang en|ja]", "--profiles [--lang en|ja]", NULL },
    .description = "Every driver is asked in a process of its own, for at most 5 seconds.",
    .options = option_table,
    .examples = examples,
    .exits = exits,
    .run = run_readers,
};
