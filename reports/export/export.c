#include "reports/export/export.h"

#include "harness/base/signal_block.h"

#include <string.h>

#define LOOK_EACH 256 /* records between two looks */

#define POINTER_TO(name) &export_##name,
const struct export_format *const export_formats[] = { EXPORT_FORMATS(POINTER_TO) NULL };

const struct export_format *export_format_of(const char *name)
{
    for (size_t i = 0; export_formats[i]; i++)
        if (strcmp(export_formats[i]->name, name) == 0)
            return export_formats[i];
    return NULL;
}

int export_may_go_on(uint64_t n, struct err *e)
{
    return n % LOOK_EACH == 0 && signal_block_has_pending()
               ? err_set(e, ERR_INTERRUPTED, "export", "interrupted; nothing is written")
               : 0;
}
