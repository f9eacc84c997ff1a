/* A comparison as YAML. */
#include "reports/render/yaml.h"
#include "reports/sections/compare.h"
#include "reports/tables/compare.h"

void compare_yaml(const struct comparison *c, struct buf *out)
{
    const struct view v = { NULL, LANGUAGE_ENGLISH, FORM_YAML, false };
    const struct row row = compare_whole(c);
    struct yaml y;
    yaml_begin(&y, out, 0);
    for (const struct table *const *t = comparison_tables; *t; t++)
        yaml_table(&y, &v, *t, &row);
    yaml_end(&y);
}
