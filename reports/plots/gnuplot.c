#include "reports/plots/gnuplot.h"

#include "reports/render/tool.h"

#include <stdio.h>

static void data_name(char *out, size_t capacity, size_t i)
{
    snprintf(out, capacity, "data-%zu.txt", i);
}

int gnuplot_draw(const char *program, const struct buf *script, const struct buf *data, size_t data_count,
                 struct buf *svg, struct err *e)
{
    static const char *const arguments[] = { "--default-settings", "plot.gp", NULL };
    const struct tool tool = { .program = program,
                               .arguments = arguments,
                               .seconds = GNUPLOT_SECONDS,
                               .file_bytes = GNUPLOT_OUTPUT_MAX };
    struct tool_folder folder = { .path = "" };
    char name[32];
    if (data_count > GNUPLOT_FILES_MAX)
        return err_set(e, ERR_LIMIT, "plot", "more than %d data files", GNUPLOT_FILES_MAX);
    int code = tool_folder_make(&folder, e);
    if (code)
        return code;
    code = tool_folder_put(&folder, "plot.gp", script, e);
    for (size_t i = 0; i < data_count && code == 0; i++) {
        data_name(name, sizeof name, i);
        code = tool_folder_put(&folder, name, &data[i], e);
    }
    if (code == 0)
        code = tool_run(&tool, &folder, NULL, e);
    if (code == 0)
        code = tool_folder_get(&folder, "out.svg", svg, e);
    tool_folder_remove(&folder);
    return code;
}
