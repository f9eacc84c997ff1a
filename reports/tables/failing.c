/* How often cells failed, of a handset, a reader or a stage. */
#include "reports/tables/commands.h"

#define FAILING(member) MEMBER(struct failing_row, member)
#define COLUMNS(of)                                                                                          \
    {                                                                                                        \
        { NULL, of, VALUE_TEXT, FAILING(name) },                                                             \
            { NULL, WORD_CMD_CELLS_FAILED, VALUE_COUNT, FAILING(cells) },                                    \
            { NULL, WORD_CMD_TRANSACTIONS_FAILED, VALUE_COUNT, FAILING(failed) },                            \
            { NULL, WORD_CMD_TRANSACTIONS_OF, VALUE_COUNT, FAILING(transactions) }, { 0 },                   \
    }

static const struct column handset_columns[] = COLUMNS(WORD_CMD_HANDSET);
static const struct column reader_columns[] = COLUMNS(WORD_CMD_READER);
static const struct column stage_columns[] = COLUMNS(WORD_CMD_STAGE);

#define ROWS ARRAY(struct failing_rows, rows, count)

const struct table table_failing_handsets = { .columns = handset_columns, .array = ROWS };
const struct table table_failing_readers = { .columns = reader_columns, .array = ROWS };
const struct table table_failing_stages = { .columns = stage_columns, .array = ROWS };
