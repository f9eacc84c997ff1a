/* Criteria files: the head is read here, each clause by its row (clauses.def). */
#include "harness/clauses/criteria_file.h"

#include "harness/base/digest.h"
#include "harness/base/file.h"
#include "harness/base/text.h"
#include "harness/survey/load.h"

#include <stdlib.h>
#include <string.h>

/* Words in one or two languages: a text, or {en, ja}. */
static void read_words(struct fields *f, const char *key, enum fields_need need, char **en, char **ja)
{
    struct fields words;
    const struct tree_node *n = fields_find(f, key, need);
    if (!n)
        return;
    if (n->kind == TREE_SCALAR) {
        node_text(f, n, FIELDS_LONG_MAX, en);
        return;
    }
    if (!fields_open(&words, f->problems, f->path, n, "text in en and ja"))
        return;
    fields_long_text(&words, "en", FIELD_REQUIRED, en);
    fields_long_text(&words, "ja", FIELD_OPTIONAL, ja);
    fields_close(&words);
}

static void read_refuse(struct criteria *out, struct fields *f)
{
    static const struct fields_choice choices[] = { { "above-q0", CRITERIA_REFUSE_ABOVE_Q0 },
                                                    { "above-bound", CRITERIA_REFUSE_ABOVE_BOUND },
                                                    { NULL, 0 } };
    unsigned refuse = CRITERIA_REFUSE_ABOVE_Q0;
    fields_choice(f, "refuse", FIELD_OPTIONAL, choices, &refuse);
    out->refuse = (enum criteria_refuse)refuse;
}

static void read_criteria(struct criteria *out, struct problems *p, const char *path,
                          const struct tree_node *root)
{
    struct fields f;
    if (!fields_open(&f, p, path, root, "a criteria file"))
        return;
    fields_head(&f, "criteria");
    fields_id(&f, "id", FIELD_REQUIRED, &out->id);
    fields_text(&f, "edition", FIELD_OPTIONAL, &out->edition);
    fields_title(&f, "title", FIELD_REQUIRED, &out->title, &out->title_ja);
    read_words(&f, "source", FIELD_REQUIRED, &out->source, &out->source_ja);
    read_words(&f, "analogy", FIELD_OPTIONAL, &out->analogy, &out->analogy_ja);
    read_words(&f, "proves", FIELD_OPTIONAL, &out->proves, &out->proves_ja);
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
