/* Where the texts of a load come from: files beside the survey, files shipped, or a journal's embedded
 * copies. */
#include "harness/survey/load.h"

#include "harness/base/digest.h"
#include "harness/base/file.h"
#include "harness/base/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The folders of a kind under data_directory/profiles, in the order in which a name is looked for. */
static const char *folder_of(const char *kind, size_t i)
{
    static const char *const folders[][2] = {
        { "survey", "surveys" },           { "reader", "readers" }, { "handset", "handsets" },
        { "application", "applications" }, { "script", "scripts" }, { "script", "scripts/counter" },
        { "criteria", "criteria" },
    };
    for (size_t at = 0; at < sizeof folders / sizeof *folders; at++)
        if (strcmp(folders[at][0], kind) == 0 && i-- == 0)
            return folders[at][1];
    return NULL;
}

bool source_read(struct problems *p, const char *path, struct buf *out)
{
    struct err e = { 0 };
    buf_init(out, SURVEY_FILE_MAX);
    if (file_read(path, out, &e) == 0 && buf_reserve(out, 0))
        return true;
    if (out->failed && e.code == 0)
        p->memory = true;
    else
        problem_add(p, path, 1, 1, "%s", e.text);
    buf_free(out);
    return false;
}

/* Length of the folder part of a path, its slash included. */
static size_t folder_length(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? (size_t)(slash - path) + 1 : 0;
}

static bool try_place(char place[PLACE_SIZE], const char *format, int folder, const char *parent,
                      const char *middle, const char *name)
{
    int n = snprintf(place, PLACE_SIZE, format, folder, parent, middle, name);
    return n > 0 && n < PLACE_SIZE && access(place, R_OK) == 0;
}

/* Among the profiles shipped; form is what follows the name, ".yaml" or "". */
static bool find_shipped(const char *data_directory, const char *kind, const char *name, const char *form,
                         char place[PLACE_SIZE])
{
    const char *folder;
    char middle[64], whole[PLACE_SIZE];
    snprintf(whole, sizeof whole, "%s%s", name, form);
    for (size_t i = 0; (folder = folder_of(kind, i)); i++) {
        snprintf(middle, sizeof middle, "/profiles/%s/", folder);
        if (try_place(place, "%.*s%s%s", (int)strlen(data_directory), data_directory, middle, whole))
            return true;
    }
    return false;
}

/* Names without a slash: beside the survey, then among the profiles shipped. */
static bool find_on_disk(const struct source *s, const char *kind, const char *name, char place[PLACE_SIZE])
{
    int folder = (int)folder_length(s->survey_path);
    if (name[0] == '/')
        return try_place(place, "%.*s%s%s", 0, "", "", name);
    if (try_place(place, "%.*s%s%s.yaml", folder, s->survey_path, "", name))
        return true;
    size_t length = strlen(name);
    bool whole =
        length > 5 && strcmp(name + length - 5, ".yaml") == 0; /* "x" alone must not find a folder x */
    if (whole && try_place(place, "%.*s%s%s", folder, s->survey_path, "", name))
        return true;
    if (strchr(name, '/') || !s->data_directory)
        return false;
    return find_shipped(s->data_directory, kind, name, ".yaml", place) ||
           (whole && find_shipped(s->data_directory, kind, name, "", place));
}

bool source_find(struct problems *p, const char *kind, const char *name, const char *data_directory,
                 char place[PLACE_SIZE])
{
    bool id = !strchr(name, '/') && access(name, F_OK) != 0 && data_directory;
    if (id && find_shipped(data_directory, kind, name, ".yaml", place))
        return true;
    if (try_place(place, "%.*s%s%s", 0, "", "", name))
        return true;
    problem_add(p, name, 1, 1, "cannot be read: expected a file, or the id of one in %s/profiles/%s/",
                data_directory ? data_directory : "DATA", folder_of(kind, 0));
    return false;
}

/* A copy of the text; -1 and nothing kept when memory is out. */
int source_add(struct source *s, const char *kind, const char *name, const char *text, size_t length)
{
    struct survey_file *files = realloc(s->files, (s->file_count + 1) * sizeof *files);
    if (!files) {
        s->problems->memory = true;
        return -1;
    }
    s->files = files;
    struct survey_file *file = &files[s->file_count];
    memset(file, 0, sizeof *file);
    file->kind = text_copy(kind);
    file->path = text_copy(name);
    file->text = text_copy_n(text, length);
    file->length = length;
    digest_bytes(text, length, file->sha256);
    if (!file->kind || !file->path || !file->text) {
        free(file->kind);
        free(file->path);
        free(file->text);
        s->problems->memory = true;
        return -1;
    }
    return (int)s->file_count++;
}

int source_get(struct source *s, const char *kind, const char *name, const char *from_path,
               const struct tree_node *from, char place[PLACE_SIZE])
{
    char quoted[PROBLEM_QUOTE_SIZE];
    struct buf text;
    if (s->embedded) {
        snprintf(place, PLACE_SIZE, "%s", name);
        for (size_t i = 0; i < s->embedded_count; i++) {
            const struct survey_file *f = &s->embedded[i];
            if (strcmp(f->kind, kind) == 0 && strcmp(f->path, name) == 0)
                return source_add(s, kind, name, f->text, f->length);
        }
        problem_add(s->problems, from_path, from->line, from->column, "%s %s is not among the embedded files",
                    kind, problem_quote(name, quoted));
        return -1;
    }
    if (!find_on_disk(s, kind, name, place)) {
        problem_add(s->problems, from_path, from->line, from->column,
                    "%s %s was not found: expected %.60s.yaml beside this file or in %s/profiles/%s/", kind,
                    problem_quote(name, quoted), name, s->data_directory ? s->data_directory : "DATA",
                    folder_of(kind, 0));
        return -1;
    }
    if (!source_read(s->problems, place, &text))
        return -1;
    int index = source_add(s, kind, name, text.data, text.length);
    buf_free(&text);
    return index;
}

void source_free_files(struct survey_file *files, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        free(files[i].kind);
        free(files[i].path);
        free(files[i].text);
    }
    free(files);
}
