/* Where a survey's file says something: for who finds fault with it after it was read. */
#include "harness/survey/load.h"

static struct survey_place place_of(const struct survey *s, const char *key, bool whole, size_t item)
{
    struct survey_problems list = { 0 };
    struct problems p = { .list = &list };
    struct survey_place place = { 0, 0 };
    const struct survey_file *file = s->file_count > 0 ? &s->files[0] : NULL;
    struct tree_node *root = file && file->text ? tree_parse(&p, s->path, file->text, file->length) : NULL;
    const struct tree_node *n = root && root->kind == TREE_MAP ? tree_child(root, key) : NULL;
    if (n && whole) {
        place = (struct survey_place) { n->key_line, n->key_column };
    } else if (n && n->kind == TREE_LIST) {
        for (n = n->first; n && item > 0; n = n->next)
            item--;
        if (n)
            place = (struct survey_place) { n->line, n->column };
    }
    tree_free(&root);
    survey_problems_free(&list);
    return place;
}

struct survey_place survey_place_of(const struct survey *s, const char *key)
{
    return place_of(s, key, true, 0);
}

struct survey_place survey_place_of_item(const struct survey *s, const char *key, size_t item)
{
    return place_of(s, key, false, item);
}
