/* Whose files people sign: the places of those who answer for a report, and what traces it to its journal. */
#include "reports/tables/tables.h"

static void role(struct entry *x)
{
    static const enum word roles[] = { WORD_S_PREPARED, WORD_S_CHECKED, WORD_S_APPROVED };
    entry_word(x, roles[x->row->i], NULL);
    x->value.kind = VALUE_WORD;
}

static void to_be_signed(struct entry *x)
{
    x->value.kind = VALUE_FIELD;
}

static const struct column signature_columns[] = {
    { NULL, WORD_S_ROLE, VALUE_FIELD, role, .width = 26 },
    { NULL, WORD_S_NAME, VALUE_FIELD, to_be_signed, .width = 76 },
    { NULL, WORD_S_DATE, VALUE_FIELD, to_be_signed, .width = 24 },
    { 0 },
};

const struct table table_signature = {
    .caption = WORD_B_SIGNATURE,
    .look = LOOK_LIST,
    .class = "unsorted to-sign",
    .columns = signature_columns,
    .rows = 3,
};

/* Whole: never cut or abbreviated. */
static const struct column trace_columns[] = {
    { NULL, WORD_K_RUN, VALUE_TEXT, MEMBER_OF_RUN(run) },
    { NULL, WORD_SH_JOURNAL_HASH, VALUE_TEXT, hash_of_journal },
    { NULL, WORD_SH_CRITERIA_HASH, VALUE_TEXT, hash_of_criteria, .absent = WORD_S_NO_CRITERIA },
    { NULL, WORD_K_PROGRAM, VALUE_TEXT, MEMBER_OF_RUN(program) },
    { NULL, WORD_SH_CHECKED_BY, VALUE_WORD, column_word, FORM_SHEET,
      WORD_S_VERIFY }, /* below the table elsewhere */
    { 0 },
};

const struct table table_traces = {
    .caption = WORD_S_TRACES, .look = LOOK_RECORD, .class = "trace", .columns = trace_columns
};
