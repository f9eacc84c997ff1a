/* Profiles of a lab's own test applications: what the guard lets be asked of them (card/application.h). */
#include "harness/card/identifier.h"
#include "harness/survey/keys.h"
#include "harness/survey/load.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct fields_choice file_uses[] = { { "binary", FILE_READ },
                                                  { "records", FILE_RECORDS },
                                                  { NULL, 0 } };
static const struct fields_choice object_classes[] = { { "00", 0x00 }, { "80", 0x80 }, { NULL, 0 } };

#define IDENTIFIER_CHOICE(PREFIX, name, text) { text, PREFIX##_##name },
static const struct fields_choice identifier_kinds[] = { IDENTIFIER_NAMES(IDENTIFIER_CHOICE,
                                                                          IDENTIFIER) { NULL, 0 } };

static const struct field identifier_keys[] = {
    { "kind", FIELD_REQUIRED, FIELD_CHOICE, "what it is; parts of one kind that follow each other make one",
      .choices = identifier_kinds },
    { "at", FIELD_OPTIONAL, FIELD_UNSIGNED,
      "its first byte in the file, in each record or in the object's value; 0 unless said", .most = 32767 },
    { "length", FIELD_REQUIRED, FIELD_UNSIGNED, "its bytes", .least = 1, .most = IDENTIFIER_BYTES_MAX },
    { 0 },
};
static const struct field_map identifier_map = { "an identifier", identifier_keys };
static const struct field identifier_item = { NULL, FIELD_OPTIONAL, FIELD_MAP, NULL, .map = &identifier_map };
#define FIELD_IDENTIFIERS                                                                                    \
    {                                                                                                        \
        "identifiers", FIELD_OPTIONAL, FIELD_LIST,                                                           \
            "what tells one card from all others: never written down but as its value by the key of "        \
            "identifiers",                                                                                   \
            .of = &identifier_item, .most = APPLICATION_IDENTIFIERS_MAX                                      \
    }

static const struct field file_keys[] = {
    { "id", FIELD_REQUIRED, FIELD_HEX, "its identifier, two bytes, by which it is selected", .least = 2,
      .most = 2 },
    { "brief", FIELD_OPTIONAL, FIELD_UNSIGNED, "its short file identifier, where reads may name it",
      .least = 1, .most = 30 },
    { "read", FIELD_OPTIONAL, FIELD_CHOICE, "how it is read; binary unless said", .choices = file_uses },
    { "secret", FIELD_OPTIONAL, FIELD_BOOL, "true: what is read of it is never written down" },
    { "pin", FIELD_OPTIONAL, FIELD_BOOL,
      "true: a PIN's, which a proven test target may be sent, and whose tries are asked" },
    { "key", FIELD_OPTIONAL, FIELD_BOOL, "true: a private key's, used and deleted on a proven test target" },
    { "write", FIELD_OPTIONAL, FIELD_BOOL, "true: written and deleted on a proven test target" },
    FIELD_IDENTIFIERS,
    { 0 },
};
static const struct field_map file_map = { "a file", file_keys };
static const struct field file_item = { NULL, FIELD_OPTIONAL, FIELD_MAP, NULL, .map = &file_map };

static const struct field object_keys[] = {
    { "class", FIELD_OPTIONAL, FIELD_CHOICE, "of GET DATA; 00 unless said", .choices = object_classes },
    { "tag", FIELD_REQUIRED, FIELD_HEX, "two bytes, P1 and P2", .least = 2, .most = 2 },
    { "secret", FIELD_OPTIONAL, FIELD_BOOL, "true: it is never written down" },
    FIELD_IDENTIFIERS,
    { 0 },
};
static const struct field_map object_map = { "a data object", object_keys };
static const struct field object_item = { NULL, FIELD_OPTIONAL, FIELD_MAP, NULL, .map = &object_map };

static const struct field application_keys[] = {
    FIELD_HEAD("application"),
    { "id", FIELD_REQUIRED, FIELD_ID, "the file's name without .yaml" },
    FIELD_TITLE("title", FIELD_OPTIONAL, "for people"),
    { "source", FIELD_OPTIONAL, FIELD_TEXT, "who made it, and where it is described",
      .most = FIELDS_LONG_MAX },
    { "aid", FIELD_REQUIRED, FIELD_HEX, "its whole name", .least = APPLICATION_AID_LEAST,
      .most = APPLICATION_AID_MOST },
    { "challenge", FIELD_OPTIONAL, FIELD_BOOL, "true: GET CHALLENGE is answered" },
    { "without_files", FIELD_OPTIONAL, FIELD_BOOL,
      "true: READ BINARY is answered as soon as it is selected" },
    { "files", FIELD_OPTIONAL, FIELD_LIST, "that may be selected and read", .of = &file_item,
      .most = APPLICATION_FILES_MAX },
    { "objects", FIELD_OPTIONAL, FIELD_LIST, "that GET DATA may ask for", .of = &object_item,
      .most = APPLICATION_TAGS_MAX },
    { "proof", FIELD_OPTIONAL, FIELD_HEX,
      "of `files`, the one with the factory certificate, by which a test target proves that it is one",
      .least = 2, .most = 2 },
    { "keys", FIELD_OPTIONAL, FIELD_HEX,
      "references of key pairs that a proven test target generates and uses", .least = 1,
      .most = APPLICATION_KEYS_MAX },
    { "life_cycle", FIELD_OPTIONAL, FIELD_BOOL, "true: SET STATUS of its own name, on a proven test target" },
    { 0 },
};
const struct field_map application_map = { "an application", application_keys };

static void read_identifiers(struct fields *up, struct application_identifier *out)
{
    const struct tree_node *list = fields_list(up, "identifiers");
    for (const struct tree_node *n = list ? list->first : NULL; n; n = n->next, out++) {
        struct fields f;
        unsigned kind = IDENTIFIER_NONE, at = 0, length = 0;
        if (!fields_item(up, "identifiers", n, &f))
            continue;
        fields_choice(&f, "kind", &kind);
        fields_unsigned(&f, "at", &at);
        fields_unsigned(&f, "length", &length);
        fields_close(&f);
        *out = (struct application_identifier) { (enum identifier_kind)kind, (uint16_t)at, (uint8_t)length };
    }
}

static void read_file(struct fields *up, const struct tree_node *n, struct application_file *out)
{
    struct fields f;
    uint8_t id[2] = { 0 };
    size_t length = 0;
    unsigned brief = 0, uses = FILE_READ;
    bool pin = false, key = false, write = false;
    if (!fields_item(up, "files", n, &f))
        return;
    fields_hex(&f, "id", id, &length);
    fields_unsigned(&f, "brief", &brief);
    fields_choice(&f, "read", &uses);
    fields_bool(&f, "secret", &out->secret);
    fields_bool(&f, "pin", &pin);
    fields_bool(&f, "key", &key);
    fields_bool(&f, "write", &write);
    read_identifiers(&f, out->identifiers);
    fields_close(&f);
    out->id = (uint16_t)(id[0] << 8 | id[1]);
    out->brief = (uint8_t)brief;
    out->uses = (uint8_t)(pin ? FILE_PIN | FILE_TRIES : key ? FILE_KEY : uses | (write ? FILE_WRITE : 0U));
    out->proven = pin || key;
}

static void read_object(struct fields *up, const struct tree_node *n, struct application_tag *out)
{
    struct fields f;
    uint8_t tag[2] = { 0 };
    size_t length = 0;
    unsigned cla = 0;
    if (!fields_item(up, "objects", n, &f))
        return;
    fields_choice(&f, "class", &cla);
    fields_hex(&f, "tag", tag, &length);
    fields_bool(&f, "secret", &out->secret);
    read_identifiers(&f, out->identifiers);
    fields_close(&f);
    out->cla = (uint8_t)cla;
    out->tag = (uint16_t)(tag[0] << 8 | tag[1]);
}

/* The table's own is not changed by a profile, and what holds personal data is opened by none. */
static void check_aid(struct fields *f, const struct application *a)
{
    const struct tree_node *n = tree_child(f->map, "aid");
    const char *closed = application_closed(a->aid, a->aid_length);
    if (!n || a->aid_length == 0)
        return;
    const struct application *known;
    for (size_t i = 0; (known = application_at(NULL, i)); i++)
        if (application_names_touch(a, known))
            node_problem(
                f, n,
                "aid: it is or may select one of which this program knows what may be asked (%s), and no "
                "profile changes that",
                known->id);
    if (closed)
        node_problem(f, n, "aid: it is or may select %s, which no profile opens", closed);
}

static void check_files(struct fields *f, const struct application *a)
{
    for (size_t i = 0; i < a->file_count; i++)
        for (size_t j = 0; j < i; j++)
            if (a->files[i].id == a->files[j].id ||
                (a->files[i].brief && a->files[i].brief == a->files[j].brief)) {
                node_problem(f, tree_child(f->map, "files"),
                             "files: the file %04x is given twice, by its id or `brief`", a->files[i].id);
                return;
            }
}

static const struct application_file *file_of_proof(const struct application *a)
{
    const struct application_file *file = application_file(a, a->proof);
    return file && file->uses == FILE_READ ? file : NULL;
}

/* How a test target proves itself, and what may then be asked of it by an `--allow` word. */
static void read_proof(struct fields *f, struct application *a)
{
    uint8_t id[2] = { 0 };
    size_t length = 0;
    bool too_many = false;
    fields_hex(f, "proof", id, &length);
    a->proof = (uint16_t)(id[0] << 8 | id[1]);
    fields_hex(f, "keys", a->keys, &a->key_count);
    bool changes = fields_bool(f, "life_cycle", &a->life_cycle) || a->key_count > 0;
    for (size_t i = 0, pins = 0; i < a->file_count; i++) {
        changes = changes || a->files[i].uses & (FILE_PIN | FILE_KEY | FILE_WRITE);
        pins += (a->files[i].uses & FILE_PIN) != 0;
        too_many = pins > APPLICATION_PINS_MAX;
    }
    const struct tree_node *n = tree_child(f->map, "proof");
    if (n && !file_of_proof(a))
        node_problem(f, n,
                     "proof: it is to be one of `files` that is only read, with the factory certificate");
    if (!n && changes)
        node_problem(
            f, f->map,
            "pin, key, write, keys, life_cycle: only of an application with `proof`, by which a test "
            "target shows that it is one");
    if (too_many)
        node_problem(f, f->map, "files: at most %d with `pin`", APPLICATION_PINS_MAX);
}

void application_read(struct application_profile *out, struct problems *p, const char *path,
                      const struct tree_node *root)
{
    struct fields f;
    if (!fields_open(&f, p, path, root, &application_map))
        return;
    struct application *a = &out->application;
    fields_head(&f);
    fields_id(&f, "id", &out->id);
    fields_title(&f, "title", &out->title, &out->title_ja);
    fields_text(&f, "source", &out->source);
    fields_hex(&f, "aid", a->aid, &a->aid_length);
    fields_bool(&f, "challenge", &a->challenge);
    fields_bool(&f, "without_files", &a->answers_all);
    const struct tree_node *files = fields_list(&f, "files"), *objects = fields_list(&f, "objects");
    for (const struct tree_node *n = files ? files->first : NULL; n; n = n->next)
        read_file(&f, n, &out->files[a->file_count++]);
    for (const struct tree_node *n = objects ? objects->first : NULL; n; n = n->next)
        read_object(&f, n, &out->tags[a->tag_count++]);
    a->id = out->id;
    a->files = out->files;
    a->tags = out->tags;
    read_proof(&f, a);
    check_aid(&f, a);
    check_files(&f, a);
    fields_close(&f);
}

void application_profile_clear(struct application_profile *p)
{
    free(p->id);
    free(p->title);
    free(p->title_ja);
    free(p->source);
    memset(p, 0, sizeof *p);
}
