/* Criteria files: the head is read here, each clause by its row (clauses.def). */
#include "harness/clauses/criteria_file.h"

#include "harness/base/digest.h"
#include "harness/base/file.h"
#include "harness/base/text.h"
#include "harness/survey/load.h"

#include <stdlib.h>
#include <string.h>

static const struct fields_choice refusals[] = { { "above-q0", CRITERIA_REFUSE_ABOVE_Q0 },
                                                 { "above-bound", CRITERIA_REFUSE_ABOVE_BOUND },
                                                 { NULL, 0 } };

static const struct field head_keys[] = {
    FIELD_HEAD("criteria"),
    { "id", FIELD_REQUIRED, FIELD_ID, "the file's name without .yaml" },
    { "edition", FIELD_OPTIONAL, FIELD_TEXT, "of these criteria" },
    FIELD_TITLE("title", FIELD_REQUIRED, "for reports"),
    FIELD_WORDS("source", FIELD_REQUIRED, "where they come from"),
    FIELD_WORDS("analogy", FIELD_OPTIONAL,
                "what is applied by analogy to something that its source did not mean"),
    FIELD_WORDS("proves", FIELD_OPTIONAL, "what a pass proves, in numbers"),
    { "refuse", FIELD_OPTIONAL, FIELD_CHOICE, "what must be shown of a required cell to refuse its handset",
      .choices = refusals },
    { 0 },
};

/* A clause's keys, behind the head's. */
static const struct field *keys_of_clause(size_t i)
{
    enum clause c = (enum clause)(i + 1);
    static const struct field none[] = { { 0 } };
    if (c >= CLAUSE_COUNT)
        return NULL;
    return clause_rows[c]->keys ? clause_rows[c]->keys : none;
}

const struct field_map criteria_map = {
    "a criteria file", head_keys, keys_of_clause,
    .rules = "\"oneOf\": [{\"required\": [\"readers_at_least\"]}, {\"required\": [\"readers_share\"]}]"
};

static void read_refuse(struct criteria *out, struct fields *f)
{
    unsigned refuse = CRITERIA_REFUSE_ABOVE_Q0;
    fields_choice(f, "refuse", &refuse);
    out->refuse = (enum criteria_refuse)refuse;
}

static void read_criteria(struct criteria *out, struct problems *p, const char *path,
                          const struct tree_node *root)
{
    struct fields f;
    if (!fields_open(&f, p, path, root, &criteria_map))
        return;
    fields_head(&f);
    fields_id(&f, "id", &out->id);
    fields_text(&f, "edition", &out->edition);
    fields_title(&f, "title", &out->title, &out->title_ja);
    fields_title(&f, "source", &out->source, &out->source_ja);
    fields_title(&f, "analogy", &out->analogy, &out->analogy_ja);
    fields_title(&f, "proves", &out->proves, &out->proves_ja);
    read_refuse(out, &f);
    clause_rows[CLAUSE_SCOPE]->read(
        out, &f); /* first, as in a file: problems are listed in the order of reading */
    for (enum clause c = CLAUSE_NONE + 1; c < CLAUSE_SCOPE; c++)
        if (clause_rows[c]->read)
            clause_rows[c]->read(out, &f);
    fields_close(&f);
}

static void clear(struct criteria *c)
{
    char *texts[] = { c->id,        c->edition, c->title,      c->title_ja, c->source,
                      c->source_ja, c->analogy, c->analogy_ja, c->proves,   c->proves_ja };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        free(texts[i]);
    for (enum clause i = CLAUSE_NONE + 1; i < CLAUSE_COUNT; i++)
        if (clause_rows[i]->clear)
            clause_rows[i]->clear(c);
    memset(c, 0, sizeof *c);
}

void criteria_check(struct problems *p, const char *path, const struct tree_node *root)
{
    struct criteria c = { 0 };
    read_criteria(&c, p, path, root);
    clear(&c);
}

int criteria_load_text(const char *path, const char *text, size_t length, struct criteria **out,
                       struct survey_problems *list, struct err *e)
{
    struct problems p = { .list = list };
    struct tree_node *root = tree_parse(&p, path, text, length);
    struct criteria *c = calloc(1, sizeof *c);
    *out = NULL;
    if (!c)
        p.memory = true;
    if (root && c)
        read_criteria(c, &p, path, root);
    if (c)
        digest_bytes(text, length, c->sha256);
    tree_free(&root);
    int status = problem_result(&p, path, e);
    if (status == 0)
        *out = c;
    else
        criteria_free(&c);
    return status;
}

int criteria_load(const char *name, const char *data_directory, struct criteria **out,
                  struct survey_problems *list, struct err *e)
{
    struct problems p = { .list = list };
    char place[PLACE_SIZE];
    struct buf text;
    *out = NULL;
    if (!source_find(&p, "criteria", name, data_directory, place) || !source_read(&p, place, &text))
        return problem_result(&p, name, e);
    int status = criteria_load_text(place, text.data, text.length, out, list, e);
    buf_free(&text);
    return status;
}

void criteria_free(struct criteria **c)
{
    if (!c || !*c)
        return;
    clear(*c);
    free(*c);
    *c = NULL;
}
