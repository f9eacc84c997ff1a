/* What the station asked, and what was said. */
#include "reports/tables/tables.h"

#define ASKED(member) MEMBER(struct findings_question, member)

static const struct column question_columns[] = {
    { NULL, WORD_C_OPERATOR, VALUE_TEXT, ASKED(operator) },
    { NULL, WORD_C_HANDSET, VALUE_TEXT, ASKED(handset) },
    { NULL, WORD_C_WAS_THERE, VALUE_COUNT, ASKED(was_there) },
    { NULL, WORD_C_WAS_NOT, VALUE_COUNT, ASKED(was_not) },
    { NULL, WORD_C_LIFTED, VALUE_COUNT, ASKED(lifted) },
    { NULL, WORD_C_NOT_LIFTED, VALUE_COUNT, ASKED(not_lifted) },
    { NULL, WORD_C_SAME_PHONE, VALUE_COUNT, ASKED(same) },
    { NULL, WORD_C_OTHER_PHONE, VALUE_COUNT, ASKED(other) },
    { NULL, WORD_C_SLIPS, VALUE_COUNT, ASKED(slips) },
    { NULL, WORD_C_LEFT, VALUE_COUNT, ASKED(left) },
    { NULL, WORD_C_PUT_OFF, VALUE_COUNT, ASKED(put_off) },
    { 0 },
};

const struct table table_questions = {
    .caption = WORD_QUESTIONS_CAPTION,
    .look = LOOK_LIST,
    .columns = question_columns,
    .array = ARRAY(struct findings, questions.items, questions.count),
};
