#include "harness/doctor/doctor.h"

#include "harness/base/text.h"
#include "harness/doctor/examination.h"

#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FINDINGS_MAX 1000

enum when { WHEN_QUICK = 1, WHEN_FULL };
enum needed_by { NEEDED_BY_ANY = 1, NEEDED_BY_REAL, NEEDED_BY_PCSC, NEEDED_BY_USB };

static const struct check {
    const char *name;
    enum doctor_severity worst;
    enum when when;
    enum needed_by needed_by;
    void (*run)(struct examination *x);
} checks[DOCTOR_CHECK_COUNT] = {
#define CHECK(ID, name, worst, when, needed_by, function)                                                    \
    [DOCTOR_CHECK_##ID] = { name, DOCTOR_##worst, WHEN_##when, NEEDED_BY_##needed_by, function },
#include "harness/doctor/checks.def"
#undef CHECK
};

static const char *const severities[DOCTOR_SEVERITY_COUNT] = {
    [DOCTOR_OK] = "ok", [DOCTOR_ADVICE] = "advice", [DOCTOR_SPOILS] = "spoils", [DOCTOR_STOPS] = "stops"
};

const char *doctor_check_name(enum doctor_check check)
{
    return check > DOCTOR_CHECK_NONE && check < DOCTOR_CHECK_COUNT ? checks[check].name : "";
}

const char *doctor_severity_name(enum doctor_severity severity)
{
    return severity > DOCTOR_NONE && severity < DOCTOR_SEVERITY_COUNT ? severities[severity] : "";
}

void found(struct examination *x, enum doctor_severity severity, const char *subject, struct said said,
           const char *fix, ...)
{
    struct doctor_findings *f = x->out;
    if (f->count >= FINDINGS_MAX)
        return;
    struct doctor_finding *items = realloc(f->items, (f->count + 1) * sizeof *items);
    if (!items) {
        x->memory = true;
        return;
    }
    f->items = items;
    struct doctor_finding *one = &items[f->count++];
    *one = (struct doctor_finding) { .check = x->check, .said = said_flat(&said) };
    one->severity = severity < checks[x->check].worst ? severity : checks[x->check].worst;
    text_fit(one->subject, sizeof one->subject, subject);
    va_list arguments;
    va_start(arguments, fix);
    if (fix)
        vsnprintf(one->fix, sizeof one->fix, fix, arguments);
    va_end(arguments);
}

bool host_line(const struct examination *x, const char *path, char *out, size_t capacity)
{
    char whole[PATH_MAX];
    out[0] = '\0';
    snprintf(whole, sizeof whole, "%s%s", x->how->root, path);
    FILE *f = fopen(whole, "re");
    if (!f)
        return false;
    bool read = fgets(out, (int)capacity, f) != NULL;
    fclose(f);
    out[strcspn(out, "\n")] = '\0';
    return read;
}

bool host_has(const struct examination *x, const char *path)
{
    char whole[PATH_MAX];
    snprintf(whole, sizeof whole, "%s%s", x->how->root, path);
    return access(whole, F_OK) == 0;
}

bool host_has_program(const struct examination *x, const char *name)
{
    static const char *const folders[] = { "/usr/bin", "/usr/sbin", "/usr/local/bin", "/bin", "/sbin" };
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
        char path[PATH_MAX];
        snprintf(path, sizeof path, "%s/%s", folders[i], name);
        if (host_has(x, path))
            return true;
    }
    return false;
}

struct shell_word shell_word(const char *text)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-+:@%,=";
    struct shell_word w;
    size_t n = 0;
    if (*text && text[strspn(text, plain)] == '\0' && strlen(text) < sizeof w.text) {
        snprintf(w.text, sizeof w.text, "%s", text);
        return w;
    }
    w.text[n++] = '\'';
    for (; *text && n + 6 < sizeof w.text; text++) {
        if (*text == '\'') {
            memcpy(w.text + n, "'\\'", 3); /* out, a quote by itself, in again */
            n += 3;
        }
        w.text[n++] = *text;
    }
    w.text[n++] = '\'';
    w.text[n] = '\0';
    return w;
}

bool sweep_uses(const struct examination *x, const char *driver)
{
    const struct survey *s = x->how->survey;
    for (size_t i = 0; s && i < s->reader_count; i++) {
        if (strcmp(s->readers[i].driver, driver) == 0)
            return true;
    }
    return !s && !x->how->survey_problems;
}

static bool is_needed(const struct examination *x, enum needed_by by)
{
    bool usb = sweep_uses(x, "ccid") || sweep_uses(x, "port100") || sweep_uses(x, "nfc");
    switch (by) {
    case NEEDED_BY_REAL:
        return usb || sweep_uses(x, "pcsc");
    case NEEDED_BY_PCSC:
        return sweep_uses(x, "pcsc");
    case NEEDED_BY_USB:
        return usb;
    case NEEDED_BY_ANY:
        break;
    }
    return true;
}

int doctor_examine(const struct doctor_how *how, struct doctor_findings *out, struct err *e)
{
    struct examination x = { .how = how, .out = out };
    *out = (struct doctor_findings) { 0 };
    for (unsigned i = DOCTOR_CHECK_NONE + 1; i < DOCTOR_CHECK_COUNT; i++) {
        size_t before = out->count;
        if ((how->quick && checks[i].when != WHEN_QUICK) || !is_needed(&x, checks[i].needed_by))
            continue;
        x.check = (enum doctor_check)i;
        x.unseen = false;
        checks[i].run(&x);
        if (out->count == before && !x.unseen)
            found(&x, DOCTOR_OK, "", said_alone(SAID_NOTHING_IN_THE_WAY), NULL);
    }
    if (!x.memory)
        return 0;
    doctor_findings_free(out);
    return err_set(e, ERR_MEMORY, "doctor", "out of memory");
}

void doctor_findings_free(struct doctor_findings *f)
{
    free(f->items);
    *f = (struct doctor_findings) { 0 };
}

enum doctor_severity doctor_worst(const struct doctor_findings *f)
{
    enum doctor_severity worst = DOCTOR_NONE;
    for (size_t i = 0; i < f->count; i++) {
        if (f->items[i].severity > worst)
            worst = f->items[i].severity;
    }
    return worst;
}
