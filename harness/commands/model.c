#include "harness/commands/model.h"

#include "harness/commands/damage.h"
#include "harness/commands/message.h"

/* A message each; what was listed is not said again by model_error(). */
static void say_problems(struct survey_problems *p, struct err *e)
{
    message_problems(p);
    if (p->count > 0)
        e->text[0] = '\0';
    survey_problems_free(p);
}

int model_open(const char *directory, const struct report_how *how, bool accepts_damaged, struct report *out,
               struct err *e)
{
    struct survey_problems problems = { 0 };
    struct report_how asked = *how;
    asked.damage = accepts_damaged ? DAMAGE_ACCEPTED : DAMAGE_REFUSED;
    int status = report_open(directory, &asked, out, &problems, e);
    say_problems(&problems, e);
    if (out->findings && damage_name(directory, &out->findings->faults, accepts_damaged, e) != 0)
        return ERR_INPUT;
    return status;
}

int model_check(const char *directory, bool accepts_damaged)
{
    const struct report_how how = { .parts = 0 };
    struct report r = { 0 };
    struct err e = { 0 };
    int status = model_open(directory, &how, accepts_damaged, &r, &e);
    report_close(&r);
    return status == 0 ? EXIT_STATUS_DONE : model_error(status, &e);
}

int model_shares(const char *file, struct shares **out, struct err *e)
{
    struct survey_problems problems = { 0 };
    int status = file ? shares_load(file, out, &problems, e) : 0;
    say_problems(&problems, e);
    return status;
}

int model_error(int status, const struct err *e)
{
    return e->text[0] ? message_error(e) : err_exit_status(status);
}
