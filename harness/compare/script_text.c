/* Two scripts as they are run: comments, layout, titles and sources of their texts aside. */
#include "harness/compare/parts.h"
#include "harness/survey/tree.h"

#include <string.h>

static bool is_for_people(const struct tree_node *n)
{
    return n->key && (strcmp(n->key, "title") == 0 || strcmp(n->key, "source") == 0);
}

static const struct tree_node *next_of(const struct tree_node *n)
{
    while (n && is_for_people(n))
        n = n->next;
    return n;
}

static bool nodes_agree(const struct tree_node *a, const struct tree_node *b);

static bool lists_agree(const struct tree_node *a, const struct tree_node *b)
{
    for (a = a->first, b = b->first; a && b; a = a->next, b = b->next)
        if (!nodes_agree(a, b))
            return false;
    return !a && !b;
}

/* Keys in any order. */
static bool maps_agree(const struct tree_node *a, const struct tree_node *b)
{
    size_t in_a = 0, in_b = 0;
    for (const struct tree_node *n = next_of(a->first); n; n = next_of(n->next), in_a++) {
        const struct tree_node *other = tree_child(b, n->key);
        if (!other || !nodes_agree(n, other))
            return false;
    }
    for (const struct tree_node *n = next_of(b->first); n; n = next_of(n->next))
        in_b++;
    return in_a == in_b;
}

static bool nodes_agree(const struct tree_node *a, const struct tree_node *b)
{
    if (a->kind != b->kind)
        return false;
    if (a->kind == TREE_SCALAR)
        return a->quoted == b->quoted && a->length == b->length && memcmp(a->text, b->text, a->length) == 0;
    return a->kind == TREE_MAP ? maps_agree(a, b) : lists_agree(a, b);
}

bool compare_scripts_agree(const struct survey_file *a, const struct survey_file *b)
{
    struct survey_problems unheard = { 0 };
    struct problems p = { .list = &unheard };
    if (strcmp(a->sha256, b->sha256) == 0)
        return true;
    struct tree_node *x = a->text ? tree_parse(&p, a->path, a->text, a->length) : NULL;
    struct tree_node *y = b->text ? tree_parse(&p, b->path, b->text, b->length) : NULL;
    bool agree = x && y && p.found == 0 && nodes_agree(x, y);
    tree_free(&x);
    tree_free(&y);
    survey_problems_free(&unheard);
    return agree;
}
