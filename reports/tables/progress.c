/* How far a run is: the cells of a reader or a handset by verdict, and its placements left. */
#include "reports/tables/commands.h"
#include "reports/tables/needs_matrix.h"

#define PROGRESS(member) MEMBER(struct progress_row, member)

static size_t one_if_any(const struct view *v, const struct row *parent)
{
    const struct progress *p = parent->of;
    (void)v;
    for (size_t i = 0; i < p->count; i++)
        if (p->rows[i].not_pursued > 0)
            return 1;
    return 0;
}

static const struct axis axis_any_not_pursued = { .count = one_if_any, .name = name_not_pursued };

#define COLUMNS(of)                                                                                          \
    {                                                                                                        \
        { NULL, of, VALUE_TEXT, PROGRESS(name) },                                                            \
            { NULL, WORD_V_COMPATIBLE, VALUE_COUNT, PROGRESS(compatible) },                                  \
            { NULL, WORD_V_INCOMPATIBLE, VALUE_COUNT, PROGRESS(incompatible) },                              \
            { NULL, WORD_V_UNDECIDED, VALUE_COUNT, PROGRESS(undecided) },                                    \
            { NULL, WORD_NONE, VALUE_COUNT, PROGRESS(not_pursued), .axis = &axis_any_not_pursued },          \
            { NULL, WORD_CMD_PLACEMENTS_LEFT, VALUE_COUNT, PROGRESS(placements_left) }, { 0 },               \
    }

static const struct column reader_columns[] = COLUMNS(WORD_CMD_READER);
static const struct column handset_columns[] = COLUMNS(WORD_CMD_HANDSET);

#define ROWS ARRAY(struct progress, rows, count)

const struct table table_progress_readers = { .columns = reader_columns, .array = ROWS };
const struct table table_progress_handsets = { .columns = handset_columns, .array = ROWS };
