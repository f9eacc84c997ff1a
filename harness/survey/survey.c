/* Loads a survey, from disk or from embedded texts: one pass over its file, which opens all that it names. */
#include "harness/survey/keys.h"
#include "harness/survey/load.h"

#include "harness/base/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void survey_set_text(struct survey_reading *r, char **out, const char *text)
{
    if (!*out && text && !(*out = text_copy(text)))
        r->f->problems->memory = true;
}

static void read_criteria(struct survey_reading *r)
{
    struct survey *s = r->survey;
    char place[PLACE_SIZE];
    const struct tree_node *n = fields_find(r->f, "criteria");
    if (!n || !node_text(r->f, n, FIELDS_TEXT_MAX, &s->criteria))
        return;
    int file = source_get(r->source, "criteria", s->criteria, r->f->path, n, place);
    if (file < 0)
        return;
    const struct survey_file *read = &r->source->files[file];
    struct tree_node *root = tree_parse(r->source->problems, place, read->text, read->length);
    if (root && r->check_criteria)
        r->check_criteria(r->source->problems, place, root);
    tree_free(&root);
    survey_set_text(r, &s->criteria_text, read->text);
}

static void read_defaults(struct survey_reading *r)
{
    struct fields f;
    if (!fields_map(r->f, "defaults", &f))
        return;
    fields_id(&f, "driver", &r->driver);
    fields_id(&f, "sim", &r->sim);
    fields_unsigned(&f, "time_limit_ms", &r->time_limit_ms);
    fields_unsigned(&f, "deadline_ms", &r->deadline_ms);
    fields_close(&f);
}

static void read_survey(struct survey_reading *r, struct problems *p, const struct tree_node *root)
{
    struct survey *s = r->survey;
    struct fields f;
    if (!fields_open(&f, p, s->path, root, &survey_map))
        return;
    r->f = &f;
    fields_head(&f);
    fields_id(&f, "id", &s->id);
    fields_title(&f, "title", &s->title, &s->title_ja);
    s->seed = 1;
    fields_u64(&f, "seed", &s->seed);
    unsigned writes = 0;
    fields_choice(&f, "writes", &writes);
    s->writes_test_targets = writes != 0; /* before the scripts, which are checked by it */
    read_defaults(r);
    survey_read_readers(r);
    survey_read_sims(r);
    survey_read_handsets(r);
    survey_read_conditions(r);
    survey_read_applications(r);
    survey_read_scripts(r);
    survey_read_reference(r);
    survey_read_settings(r);
    read_criteria(r);
    survey_read_exclusions(r);
    survey_check_honesty(r);
    fields_close(&f);
    r->f = NULL;
}

static int load(const char *path, struct source *source, survey_criteria_check *check, struct survey **out,
                struct err *e)
{
    struct problems *p = source->problems;
    struct survey_reading r = { .source = source,
                                .check_criteria = check,
                                .survey = calloc(1, sizeof *r.survey) };
    struct tree_node *root = NULL;
    *out = NULL;
    if (r.survey && (r.survey->path = text_copy(path)))
        root = tree_parse(p, path, source->files[0].text, source->files[0].length);
    else
        p->memory = true;
    if (root)
        read_survey(&r, p, root);
    tree_free(&root);
    free(r.driver);
    free(r.sim);
    int status = problem_result(p, path, e);
    if (status == 0 && r.survey) {
        r.survey->files = source->files;
        r.survey->file_count = source->file_count;
        source->files = NULL;
        source->file_count = 0;
        *out = r.survey;
        r.survey = NULL;
    }
    survey_free(&r.survey);
    return status;
}

/* A name such as `demo`, where no file is called so: an installed survey. */
static const char *find_installed(const char *path, const char *data_directory, char *out, size_t capacity)
{
    int length = -1;
    if (access(path, F_OK) != 0 && !strchr(path, '/'))
        length = snprintf(out, capacity, "%s/profiles/surveys/%s.yaml", data_directory, path);
    return length > 0 && (size_t)length < capacity && access(out, R_OK) == 0 ? out : path;
}

/* NULL where the system does not tell it: the paths are those of the present directory then. */
static char *directory_of(const char *path)
{
    char *whole = realpath(path, NULL);
    char *slash = whole ? strrchr(whole, '/') : NULL;
    if (slash)
        slash[slash == whole] = '\0';
    return whole;
}

int survey_load(const char *path, const char *data_directory, survey_criteria_check *check,
                struct survey **out, struct survey_problems *list, struct err *e)
{
    struct problems p = { .list = list };
    char installed[4096];
    path = find_installed(path, data_directory, installed, sizeof installed);
    struct source source = { .problems = &p, .survey_path = path, .data_directory = data_directory };
    struct buf text;
    int status;
    *out = NULL;
    if (!source_read(&p, path, &text))
        return problem_result(&p, path, e);
    if (source_add(&source, "survey", path, text.data, text.length) < 0)
        status = problem_result(&p, path, e);
    else
        status = load(path, &source, check, out, e);
    if (status == 0 && *out)
        (*out)->directory = directory_of(path);
    buf_free(&text);
    source_free_files(source.files, source.file_count);
    return status;
}

int survey_load_embedded(const struct survey_file *files, size_t count, survey_criteria_check *check,
                         struct survey **out, struct survey_problems *list, struct err *e)
{
    struct problems p = { .list = list };
    struct source source = { .problems = &p, .embedded = files, .embedded_count = count };
    *out = NULL;
    if (count == 0 || strcmp(files[0].kind, "survey") != 0)
        return err_set(e, ERR_INPUT, "embedded files", "the first of them is not a survey");
    source.survey_path = files[0].path;
    int status;
    if (source_add(&source, "survey", files[0].path, files[0].text, files[0].length) < 0)
        status = problem_result(&p, files[0].path, e);
    else
        status = load(files[0].path, &source, check, out, e);
    source_free_files(source.files, source.file_count);
    return status;
}

void survey_condition_clear(struct survey_condition *c)
{
    free(c->id);
    free(c->title);
    free(c->title_ja);
    free(c->point_title);
    free(c->point_title_ja);
    free(c->handset_case);
    free(c->position);
}

static void free_units(struct survey *s)
{
    for (size_t i = 0; i < s->reader_count; i++) {
        free(s->readers[i].unit);
        free(s->readers[i].driver);
        free(s->readers[i].address);
        free(s->readers[i].serial);
        free(s->readers[i].place);
    }
    for (size_t i = 0; i < s->sim_count; i++) {
        free(s->sims[i].id);
        free(s->sims[i].carrier);
        free(s->sims[i].applet);
        free(s->sims[i].title);
        free(s->sims[i].title_ja);
    }
    for (size_t i = 0; i < s->pair_count + s->reference.given; i++) {
        free(s->pairs[i].unit);
        free(s->pairs[i].name);
    }
    for (size_t i = 0; i < s->condition_count + s->reference.given; i++)
        survey_condition_clear(&s->conditions[i]);
    free(s->readers);
    free(s->sims);
    free(s->pairs);
    free(s->conditions);
    free(s->scripts);
}

void survey_free(struct survey **survey)
{
    if (!survey || !*survey)
        return;
    struct survey *s = *survey;
    free_units(s);
    for (size_t i = 0; i < s->reader_profile_count; i++)
        reader_profile_clear(&s->reader_profiles[i]);
    for (size_t i = 0; i < s->handset_profile_count; i++)
        handset_profile_clear(&s->handset_profiles[i]);
    for (size_t i = 0; i < s->script_loaded_count; i++)
        script_clear(&s->scripts_loaded[i]);
    for (size_t i = 0; i < s->exclusion_count; i++)
        free(s->exclusion_texts[i]);
    for (size_t i = 0; i < s->application_count; i++)
        application_profile_clear(&s->applications[i]);
    free(s->applications);
    free(s->reader_profiles);
    free(s->handset_profiles);
    free(s->scripts_loaded);
    free(s->exclusion_texts);
    free(s->excluded);
    free(s->excluded_reason);
    source_free_files(s->files, s->file_count);
    char *texts[] = { s->path,           s->id,       s->title,         s->title_ja, s->scheme.name,
                      s->hands_argument, s->criteria, s->criteria_text, s->directory };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        free(texts[i]);
    free(s);
    *survey = NULL;
}
