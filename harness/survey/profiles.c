/* Files one by one: `check` of any kind, a script by name, and everything that is shipped under profiles/. */
#include "harness/survey/load.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct profiles {
    struct reader_profile *readers;
    struct handset_profile *handsets;
    struct script *scripts;
    size_t reader_count, handset_count, script_count;
};

#define FOLDER_MAX 4096 /* files of one folder */

static int yaml_file(const struct dirent *d)
{
    size_t length = strlen(d->d_name);
    return d->d_name[0] != '.' && length > 5 && strcmp(d->d_name + length - 5, ".yaml") == 0;
}

/* What a folder's files are: each fills, and releases, an item of the array that is made for them all. */
struct kind {
    const char *folder;
    size_t item_size;
    void (*read)(void *item, struct problems *p, const char *path, const struct tree_node *root);
    void (*clear)(void *item);
};

static void read_reader_file(void *item, struct problems *p, const char *path, const struct tree_node *root)
{
    reader_profile_read(item, p, path, root);
}

static void clear_reader(void *item)
{
    reader_profile_clear(item);
}

static void read_handset_file(void *item, struct problems *p, const char *path, const struct tree_node *root)
{
    handset_profile_read(item, p, path, root);
}

static void clear_handset(void *item)
{
    handset_profile_clear(item);
}

static void read_script_file(void *item, struct problems *p, const char *path, const struct tree_node *root)
{
    script_read(item, p, path, root);
}

static void clear_script(void *item)
{
    script_clear(item);
}

static void read_application_file(void *item, struct problems *p, const char *path,
                                  const struct tree_node *root)
{
    application_read(item, p, path, root);
}

static void clear_application(void *item)
{
    application_profile_clear(item);
}

static const struct kind reader_files = { "readers", sizeof(struct reader_profile), read_reader_file,
                                          clear_reader };
static const struct kind handset_files = { "handsets", sizeof(struct handset_profile), read_handset_file,
                                           clear_handset };
static const struct kind script_files = { "scripts", sizeof(struct script), read_script_file, clear_script };
static const struct kind application_files = { "applications", sizeof(struct application_profile),
                                               read_application_file, clear_application };

static void read_one(const char *path, struct problems *p, const struct kind *kind, void *item)
{
    struct buf text;
    if (!source_read(p, path, &text))
        return;
    struct tree_node *root = tree_parse(p, path, text.data, text.length);
    if (root)
        kind->read(item, p, path, root);
    tree_free(&root);
    buf_free(&text);
}

/* A sick file is left out, its problems stay in the list: what is sick of one reader is nothing to the others. */
static void read_sound(const char *path, struct problems *p, const struct kind *kind, void *item,
                       size_t *count)
{
    struct problems own = { .list = p->list };
    read_one(path, &own, kind, item);
    p->memory = p->memory || own.memory;
    if (own.found == 0 && !own.memory)
        ++*count;
    else
        kind->clear(item); /* leaves it zeroed, for the next */
}

/* Reads a folder's files in the order of their names; *items has room for all of them. */
static void read_folder(const char *data_directory, const struct kind *kind, struct problems *p, void **items,
                        size_t *count)
{
    char path[PLACE_SIZE];
    struct dirent **names = NULL;
    if (snprintf(path, sizeof path, "%s/profiles/%s", data_directory, kind->folder) >= (int)sizeof path) {
        problem_add(p, data_directory, 1, 1, "the path is too long");
        return;
    }
    int found = scandir(path, &names, yaml_file, alphasort);
    if (found < 0 || found > FOLDER_MAX)
        problem_add(p, path, 1, 1, "expected a folder with at most %d .yaml files", FOLDER_MAX);
    *items = calloc(found > 0 ? (size_t)found : 1, kind->item_size);
    if (!*items)
        p->memory = true;
    for (int i = 0; i < found; i++) {
        int length =
            snprintf(path, sizeof path, "%s/profiles/%s/%s", data_directory, kind->folder, names[i]->d_name);
        if (*items && found <= FOLDER_MAX && length < (int)sizeof path)
            read_sound(path, p, kind, (char *)*items + *count * kind->item_size, count);
        free(names[i]);
    }
    free(names);
}

int profiles_load(const char *data_directory, struct profiles **out, struct survey_problems *list,
                  struct err *e)
{
    struct problems p = { .list = list };
    struct profiles *all = calloc(1, sizeof *all);
    void *readers = NULL, *handsets = NULL, *scripts = NULL;
    *out = NULL;
    if (!all)
        return err_set(e, ERR_MEMORY, data_directory, "out of memory");
    read_folder(data_directory, &reader_files, &p, &readers, &all->reader_count);
    if (p.found == 0)
        read_folder(data_directory, &handset_files, &p, &handsets, &all->handset_count);
    if (p.found == 0)
        read_folder(data_directory, &script_files, &p, &scripts, &all->script_count);
    all->readers = readers;
    all->handsets = handsets;
    all->scripts = scripts;
    int status = problem_result(&p, data_directory, e);
    if (status == 0)
        *out = all;
    else
        profiles_free(&all);
    return status;
}

void profiles_free(struct profiles **profiles)
{
    if (!profiles || !*profiles)
        return;
    struct profiles *p = *profiles;
    for (size_t i = 0; i < p->reader_count; i++)
        reader_profile_clear(&p->readers[i]);
    for (size_t i = 0; i < p->handset_count; i++)
        handset_profile_clear(&p->handsets[i]);
    for (size_t i = 0; i < p->script_count; i++)
        script_clear(&p->scripts[i]);
    free(p->readers);
    free(p->handsets);
    free(p->scripts);
    free(p);
    *profiles = NULL;
}

size_t profiles_readers(const struct profiles *p, const struct reader_profile **out)
{
    *out = p->readers;
    return p->reader_count;
}

size_t profiles_handsets(const struct profiles *p, const struct handset_profile **out)
{
    *out = p->handsets;
    return p->handset_count;
}

size_t profiles_scripts(const struct profiles *p, const struct script **out)
{
    *out = p->scripts;
    return p->script_count;
}

int script_load(const char *path, const char *data_directory, struct script **out,
                struct survey_problems *list, struct err *e)
{
    struct problems p = { .list = list };
    char place[PLACE_SIZE];
    struct script *script = calloc(1, sizeof *script);
    *out = NULL;
    if (!script)
        return err_set(e, ERR_MEMORY, path, "out of memory");
    if (source_find(&p, "script", path, data_directory, place))
        read_one(place, &p, &script_files, script);
    int status = problem_result(&p, path, e);
    if (status == 0)
        *out = script;
    else
        script_free(&script);
    return status;
}

int application_load(const char *path, const char *data_directory, struct application_profile **out,
                     struct survey_problems *list, struct err *e)
{
    struct problems p = { .list = list };
    char place[PLACE_SIZE];
    struct application_profile *made = calloc(1, sizeof *made);
    *out = NULL;
    if (!made)
        return err_set(e, ERR_MEMORY, path, "out of memory");
    if (source_find(&p, "application", path, data_directory, place))
        read_one(place, &p, &application_files, made);
    int status = problem_result(&p, path, e);
    if (status == 0)
        *out = made;
    else
        application_free(&made);
    return status;
}

void application_free(struct application_profile **a)
{
    if (!*a)
        return;
    application_profile_clear(*a);
    free(*a);
    *a = NULL;
}

/* Which kind of ours a file says it is: its name without "nfc-survey/", or NULL with a problem. */
static const char *kind_of(struct problems *p, const char *path, const struct tree_node *root)
{
    static const char *const kinds[] = { "survey", "reader", "handset", "application", "script", "criteria" };
    const struct tree_node *format = root->kind == TREE_MAP ? tree_child(root, "format") : NULL;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (format && format->kind == TREE_SCALAR && strncmp(format->text, "nfc-survey/", 11) == 0 &&
            strcmp(format->text + 11, kinds[i]) == 0)
            return kinds[i];
    problem_add(
        p, path, format ? format->line : root->line, format ? format->column : root->column,
        "expected the file to begin with `format: nfc-survey/` and survey, reader, handset, application, "
        "script or criteria");
    return NULL;
}

static void check_script(struct script *s, struct problems *p, const char *path, const struct tree_node *root)
{
    size_t found = p->found;
    script_read(s, p, path, root);
    if (p->found == found)
        script_check_guard(s, NULL, true, true, path, p);
}

static void check_alone(const char *kind, survey_criteria_check *check, struct problems *p, const char *path,
                        const struct tree_node *root)
{
    struct reader_profile reader = { 0 };
    struct handset_profile handset = { 0 };
    struct application_profile application = { 0 };
    struct script script = { 0 };
    if (strcmp(kind, "reader") == 0)
        reader_profile_read(&reader, p, path, root);
    else if (strcmp(kind, "handset") == 0)
        handset_profile_read(&handset, p, path, root);
    else if (strcmp(kind, "application") == 0)
        application_read(&application, p, path, root);
    else if (strcmp(kind, "script") == 0)
        check_script(&script, p, path, root);
    else if (check)
        check(p, path, root);
    reader_profile_clear(&reader);
    handset_profile_clear(&handset);
    application_profile_clear(&application);
    script_clear(&script);
}

int survey_check_file(const char *path, const char *data_directory, survey_criteria_check *check,
                      const char **kind_out, struct survey_problems *list, struct err *e)
{
    struct problems p = { .list = list };
    struct buf text;
    *kind_out = NULL;
    if (!source_read(&p, path, &text))
        return problem_result(&p, path, e);
    struct tree_node *root = tree_parse(&p, path, text.data, text.length);
    const char *kind = root ? kind_of(&p, path, root) : NULL;
    if (kind && strcmp(kind, "survey") != 0)
        check_alone(kind, check, &p, path, root);
    tree_free(&root);
    buf_free(&text);
    *kind_out = kind;
    if (p.found > 0 || !kind || strcmp(kind, "survey") != 0)
        return problem_result(&p, path, e);
    struct survey *survey = NULL;
    int status = survey_load(path, data_directory, check, &survey, list, e);
    survey_free(&survey);
    return status;
}
