#include "reports/render/junit.h"

#include "harness/base/file.h"
#include "reports/render/escape.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define JUNIT_BYTES_MAX (256u << 20)

void junit_begin(struct junit *j)
{
    memset(j, 0, sizeof *j);
    buf_init(&j->suites, JUNIT_BYTES_MAX);
    buf_init(&j->properties, JUNIT_BYTES_MAX);
    buf_init(&j->cases, JUNIT_BYTES_MAX);
}

static void attribute(struct buf *b, const char *name, const char *value)
{
    buf_add_format(b, " %s=\"", name);
    escape_html(b, value);
    buf_add_char(b, '"');
}

void junit_property(struct junit *j, const char *name, const char *value)
{
    buf_add_text(&j->properties, "      <property");
    attribute(&j->properties, "name", name);
    attribute(&j->properties, "value", value);
    buf_add_text(&j->properties, "/>\n");
}

static void run_property(struct junit *j, const char *name, const char *suffix, const char *value)
{
    char whole[64];
    snprintf(whole, sizeof whole, "%s%s", name, suffix);
    junit_property(j, whole, value);
}

void junit_run(struct junit *j, const struct findings *f, const char *suffix)
{
    char damaged[32];
    snprintf(damaged, sizeof damaged, "%" PRIu64, f->faults.lines);
    run_property(j, "run", suffix, f->run);
    run_property(j, "survey", suffix, f->survey->id);
    run_property(j, "journal_sha256", suffix, f->sha256);
    run_property(j, "finished", suffix, f->finished ? "true" : "false");
    run_property(j, "simulated", suffix, f->simulated ? "true" : "false");
    run_property(j, "unproven", suffix, f->unproven ? "true" : "false");
    run_property(j, "damaged_lines", suffix, damaged);
    if (f->faults.count > 0)
        run_property(j, "damaged_at", suffix, faults_lines(&f->faults).text);
    if (!f->journal.closed)
        run_property(j, "open_since", suffix, f->journal.last);
}

void junit_case(struct junit *j, const char *class, const char *name, enum junit_result result,
                const char *type, const char *message)
{
    static const char *const elements[] = { NULL, "failure", "error", "skipped" };
    struct buf *b = &j->cases;
    j->counts[result]++;
    buf_add_text(b, "    <testcase");
    attribute(b, "classname", class);
    attribute(b, "name", name);
    if (result == JUNIT_PASSED) {
        buf_add_text(b, "/>\n");
        return;
    }
    buf_add_format(b, ">\n      <%s", elements[result]);
    if (result != JUNIT_SKIPPED) /* which has no type */
        attribute(b, "type", type);
    attribute(b, "message", message);
    buf_add_text(b, "/>\n    </testcase>\n");
}

static void counts(struct buf *b, const size_t counts[JUNIT_RESULTS])
{
    size_t all = 0;
    for (int i = 0; i < JUNIT_RESULTS; i++)
        all += counts[i];
    buf_add_format(b, " tests=\"%zu\" failures=\"%zu\" errors=\"%zu\" skipped=\"%zu\"", all,
                   counts[JUNIT_FAILED], counts[JUNIT_ERROR], counts[JUNIT_SKIPPED]);
}

static void add(struct buf *to, const struct buf *what)
{
    buf_add(to, what->data ? what->data : "", what->length);
    to->failed = to->failed || what->failed;
}

void junit_suite(struct junit *j, const char *name)
{
    struct buf *b = &j->suites;
    buf_add_text(b, "  <testsuite");
    attribute(b, "name", name);
    counts(b, j->counts);
    buf_add_text(b, ">\n    <properties>\n");
    add(b, &j->properties);
    buf_add_text(b, "    </properties>\n");
    add(b, &j->cases);
    buf_add_text(b, "  </testsuite>\n");
    buf_clear(&j->cases);
    for (int i = 0; i < JUNIT_RESULTS; i++)
        j->all[i] += j->counts[i];
    memset(j->counts, 0, sizeof j->counts);
}

int junit_end(struct junit *j, const char *name, const char *path, struct err *e)
{
    struct buf b;
    buf_init(&b, JUNIT_BYTES_MAX);
    buf_add_text(&b, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites");
    attribute(&b, "name", name);
    counts(&b, j->all);
    buf_add_text(&b, ">\n");
    add(&b, &j->suites);
    buf_add_text(&b, "</testsuites>\n");
    int status = b.failed ? err_set(e, ERR_MEMORY, path, "the test cases do not fit in memory")
                          : file_replace(path, b.data, b.length, e);
    buf_free(&b);
    buf_free(&j->suites);
    buf_free(&j->properties);
    buf_free(&j->cases);
    return status;
}
