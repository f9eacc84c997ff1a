#include "harness/journal/manifest.h"

#include "harness/base/digest.h"
#include "harness/base/file.h"
#include "harness/base/text.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MANIFEST_MAX (4u << 20)
#define ABOUT_BY     ", of journal.yaml with SHA-256 "
#define ABOUT_MADE   ", made by: "
#define HEAD                                                                                                 \
    "# The files of this run as they were written: `sha256sum -c " MANIFEST_NAME                             \
    "` in its directory checks them.\n"

static int path_of(const char *directory, const char *name, char out[4096], struct err *e)
{
    return snprintf(out, 4096, "%s/%s", directory, name) < 4096
               ? 0
               : err_set(e, ERR_INPUT, directory, "the path is too long");
}

void manifest_free(struct manifest *m)
{
    for (size_t i = 0; i < m->count; i++) {
        free(m->items[i].name);
        free(m->items[i].program);
        free(m->items[i].made);
    }
    free(m->items);
    *m = (struct manifest) { 0 };
}

const struct manifest_entry *manifest_of(const struct manifest *m, const char *name)
{
    for (size_t i = 0; i < m->count; i++)
        if (strcmp(m->items[i].name, name) == 0)
            return &m->items[i];
    return NULL;
}

/* The entry of this name, a new one where there is none; NULL when out of memory. */
static struct manifest_entry *entry_of(struct manifest *m, const char *name, size_t length)
{
    for (size_t i = 0; i < m->count; i++)
        if (strlen(m->items[i].name) == length && memcmp(m->items[i].name, name, length) == 0)
            return &m->items[i];
    struct manifest_entry *items = realloc(m->items, (m->count + 1) * sizeof *items);
    if (!items)
        return NULL;
    m->items = items;
    struct manifest_entry *entry = &items[m->count];
    *entry = (struct manifest_entry) { .name = text_copy_n(name, length),
                                       .program = text_copy(""),
                                       .made = text_copy("") };
    if (!entry->name || !entry->program || !entry->made) {
        free(entry->name);
        free(entry->program);
        free(entry->made);
        return NULL;
    }
    m->count++;
    return entry;
}

static bool is_digest(const char *text)
{
    return strspn(text, "0123456789abcdef") >= 64;
}

/* False when out of memory: what was there stays. */
static bool keep_text(char **slot, char *text)
{
    if (!text)
        return false;
    free(*slot);
    *slot = text;
    return true;
}

/* "journal.yaml: 203 lines, 61234 bytes", or "report.md: by nfc-survey 0.5.0, of journal.yaml with SHA-256 ..., made by:
 * report --format=md"; any other comment says nothing. False when out of memory. */
static bool read_comment(struct manifest *m, const char *line)
{
    const char *behind = strstr(line, ": "), *by = strstr(line, ABOUT_BY);
    unsigned long long lines = 0, bytes = 0;
    if (!behind)
        return true;
    bool counts = sscanf(behind, ": %llu lines, %llu bytes", &lines, &bytes) == 2;
    bool derived = strncmp(behind, ": by ", 5) == 0 && by && is_digest(by + sizeof ABOUT_BY - 1);
    if (!counts && !derived)
        return true;
    struct manifest_entry *entry = entry_of(m, line, (size_t)(behind - line));
    if (!entry)
        return false;
    entry->lines = lines;
    entry->bytes = bytes;
    if (!derived)
        return true;
    const char *digest = by + sizeof ABOUT_BY - 1, *made = digest + 64;
    bool tells = strncmp(made, ABOUT_MADE, sizeof ABOUT_MADE - 1) == 0;
    snprintf(entry->journal, sizeof entry->journal, "%.64s", digest);
    return keep_text(&entry->program, text_copy_n(behind + 5, (size_t)(by - behind) - 5)) &&
           keep_text(&entry->made, text_copy(tells ? made + sizeof ABOUT_MADE - 1 : ""));
}

static int read_line(struct manifest *m, const char *line, const char *path, struct err *e)
{
    if (line[0] == '\0')
        return 0;
    if (line[0] == '#')
        return read_comment(m, line[1] == ' ' ? line + 2 : line + 1)
                   ? 0
                   : err_set(e, ERR_MEMORY, path, "out of memory");
    if (!is_digest(line) || line[64] != ' ' || (line[65] != ' ' && line[65] != '*') || !line[66])
        return err_set(e, ERR_INPUT, path,
                       "is no manifest: `%.80s`; remove it, and `nfc-survey report` makes it anew", line);
    struct manifest_entry *entry = entry_of(m, line + 66, strlen(line + 66));
    if (!entry)
        return err_set(e, ERR_MEMORY, path, "out of memory");
    snprintf(entry->sha256, sizeof entry->sha256, "%.64s", line);
    return 0;
}

int manifest_read(const char *directory, struct manifest *out, struct err *e)
{
    char path[4096];
    struct buf text;
    *out = (struct manifest) { 0 };
    int status = path_of(directory, MANIFEST_NAME, path, e);
    if (status != 0 || access(path, F_OK) != 0)
        return status;
    buf_init(&text, MANIFEST_MAX);
    status = file_read(path, &text, e);
    char *rest = NULL;
    for (char *line = status == 0 && text.length > 0 ? strtok_r((char *)buf_text(&text), "\n", &rest) : NULL;
         line && status == 0; line = strtok_r(NULL, "\n", &rest))
        status = read_line(out, line, path, e);
    buf_free(&text);
    if (status != 0)
        manifest_free(out);
    return status;
}

static void write_entry(struct buf *b, const struct manifest_entry *entry)
{
    if (strcmp(entry->name, MANIFEST_JOURNAL) == 0)
        buf_add_format(b, "# %s: %llu lines, %llu bytes\n", entry->name, (unsigned long long)entry->lines,
                       (unsigned long long)entry->bytes);
    else if (entry->program[0])
        buf_add_format(b, "# %s: by %s" ABOUT_BY "%s%s%s\n", entry->name, entry->program, entry->journal,
                       entry->made[0] ? ABOUT_MADE : "", entry->made);
    if (entry->sha256[0])
        buf_add_format(b, "%s  %s\n", entry->sha256, entry->name);
}

static int write_manifest(const char *directory, const struct manifest *m, struct err *e)
{
    char path[4096];
    struct buf text;
    int status = path_of(directory, MANIFEST_NAME, path, e);
    if (status != 0)
        return status;
    buf_init(&text, MANIFEST_MAX);
    buf_add_text(&text, HEAD);
    for (size_t i = 0; i < m->count; i++)
        write_entry(&text, &m->items[i]);
    status = text.failed ? err_set(e, ERR_MEMORY, path, "the manifest does not fit in memory")
                         : file_replace(path, text.data, text.length, e);
    buf_free(&text);
    return status;
}

/* Of the first bytes of a file; "" where it has fewer. */
static int digest_beginning(const char *path, uint64_t bytes, char out[65], struct err *e)
{
    char block[1 << 16];
    FILE *from = fopen(path, "re");
    EVP_MD_CTX *digest = digest_begin();
    out[0] = '\0';
    if (!from || !digest) {
        int status = from ? err_set(e, ERR_MEMORY, path, "out of memory")
                          : err_system(e, ERR_INPUT, path, errno, "cannot be read");
        if (from)
            fclose(from);
        EVP_MD_CTX_free(digest);
        return status;
    }
    while (bytes > 0) {
        size_t n = fread(block, 1, bytes < sizeof block ? (size_t)bytes : sizeof block, from);
        if (n == 0)
            break;
        EVP_DigestUpdate(digest, block, n);
        bytes -= n;
    }
    if (bytes == 0)
        digest_text(digest, out);
    fclose(from);
    EVP_MD_CTX_free(digest);
    return 0;
}

int manifest_journal(const char *directory, const struct manifest_entry *entry,
                     const struct journal_verdict *journal, enum manifest_journal *out, struct err *e)
{
    char path[4096], sha256[65];
    *out = strcmp(entry->sha256, journal->sha256) == 0         ? MANIFEST_SAME
           : journal->lines < entry->lines && !journal->closed ? MANIFEST_CUT
                                                               : MANIFEST_CHANGED;
    if (*out != MANIFEST_CHANGED || entry->bytes == 0 || entry->bytes >= journal->bytes)
        return 0;
    int status = path_of(directory, MANIFEST_JOURNAL, path, e);
    if (status == 0)
        status = digest_beginning(path, entry->bytes, sha256, e);
    if (status == 0 && strcmp(sha256, entry->sha256) == 0)
        *out = MANIFEST_GROWN;
    return status;
}

static int add_journal(struct manifest *m, const char *directory, const struct journal_verdict *journal,
                       struct err *e)
{
    enum manifest_journal how = MANIFEST_GROWN;
    if (journal->problems > 0)
        return 0;
    bool is_new = manifest_of(m, MANIFEST_JOURNAL) == NULL;
    struct manifest_entry *entry = entry_of(m, MANIFEST_JOURNAL, sizeof MANIFEST_JOURNAL - 1);
    if (!entry)
        return err_set(e, ERR_MEMORY, directory, "out of memory");
    int status = is_new ? 0 : manifest_journal(directory, entry, journal, &how, e);
    if (status != 0 || how != MANIFEST_GROWN)
        return status;
    snprintf(entry->sha256, sizeof entry->sha256, "%s", journal->sha256);
    entry->lines = journal->lines;
    entry->bytes = journal->bytes;
    return 0;
}

/* The name of a file in the directory itself; NULL of any other. */
static const char *name_in(const char *directory, const char *path)
{
    size_t length = strlen(directory);
    if (strncmp(path, directory, length) != 0)
        return NULL;
    const char *name = path + length;
    while (*name == '/')
        name++;
    bool fits = (name > path + length || (length > 0 && directory[length - 1] == '/')) && name[0] &&
                !strpbrk(name, "/\\\n\r");
    return fits ? name : NULL;
}

int manifest_add(const char *directory, const char *path, const char *program, const char *made,
                 const struct journal_verdict *journal, struct err *e)
{
    const char *name = name_in(directory, path);
    struct manifest m;
    if (!name)
        return 0;
    int status = manifest_read(directory, &m, e);
    if (status == 0)
        status = add_journal(&m, directory, journal, e);
    struct manifest_entry *entry = status == 0 ? entry_of(&m, name, strlen(name)) : NULL;
    if (status == 0 && !entry)
        status = err_set(e, ERR_MEMORY, path, "out of memory");
    if (status == 0) {
        bool kept =
            keep_text(&entry->program, text_copy(program)) && keep_text(&entry->made, text_copy(made));
        snprintf(entry->journal, sizeof entry->journal, "%s", journal->sha256);
        status = kept ? digest_file(path, entry->sha256, e) : err_set(e, ERR_MEMORY, path, "out of memory");
    }
    if (status == 0)
        status = write_manifest(directory, &m, e);
    manifest_free(&m);
    return status;
}
