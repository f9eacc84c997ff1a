/* Hostile bytes as a table: every field of every row is text that ends, in a place that the file has. */
#include "harness/base/text.h"
#include "harness/survey/csv.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_row(const struct csv *t, size_t size)
{
    if (t->count == 0 || t->line == 0)
        abort();
    for (size_t i = 0; i < t->count && i < CSV_COLUMNS_MAX; i++) {
        const char *text = csv_text(t, i);
        if (strlen(text) > CSV_FIELD_MAX || !text_is_utf8(text, strlen(text)))
            abort();
        if (t->fields[i].line < t->line || t->fields[i].line > size + 1 || t->fields[i].column == 0 ||
            t->fields[i].column > size + 1)
            abort();
    }
    if (csv_text(t, t->count)[0] || csv_text(t, SIZE_MAX)[0])
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct survey_problems list = { 0 };
    struct problems problems = { .list = &list };
    struct csv t;
    size_t rows = 0;
    if (csv_open(&t, &problems, "fuzz.csv", (const char *)data, size))
        for (; csv_next(&t); rows++)
            check_row(&t, size);
    else if (problems.found == 0)
        abort();
    if (rows > size + 1)
        abort();
    csv_close(&t);
    survey_problems_free(&list);
    return 0;
}
