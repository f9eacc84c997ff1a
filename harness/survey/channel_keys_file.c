#include "harness/survey/channel_keys_file.h"

#include "harness/base/file.h"
#include "harness/base/text.h"
#include "harness/survey/tree.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILE_MAX 4096

static const char *const names[] = { "format", "version", "key_version", "master", "enc", "mac", "dek" };

static int check_mode(const char *path, struct err *e)
{
    struct stat st;
    if (stat(path, &st) != 0)
        return err_system(e, ERR_INPUT, path, errno, "can't be read");
    if (st.st_uid != geteuid() || st.st_mode & 077)
        return err_set(e, ERR_INPUT, path, "others may use it: `chmod go= '%s'`, as it holds keys", path);
    return 0;
}

static bool is_text(const struct tree_node *root, const char *name, const char *text)
{
    const struct tree_node *n = tree_child(root, name);
    return n && n->kind == TREE_SCALAR && strcmp(n->text, text) == 0;
}

/* 0 bytes: it isn't there. False: it is no key of a length that there is. */
static bool read_key(const struct tree_node *root, const char *name, uint8_t *out, size_t least,
                     size_t *length)
{
    const struct tree_node *n = tree_child(root, name);
    *length = 0;
    if (!n)
        return true;
    return n->kind == TREE_SCALAR && text_to_bytes(n->text, n->length, out, SCP03_KEY_MAX, length) &&
           *length >= least && *length <= SCP03_KEY_MAX;
}

static bool has_strange_key(const struct tree_node *root)
{
    for (const struct tree_node *n = root->first; n; n = n->next) {
        bool known = false;
        for (size_t i = 0; i < sizeof names / sizeof *names; i++)
            known = known || strcmp(n->key, names[i]) == 0;
        if (!known)
            return true;
    }
    return false;
}

static int read_keys(const char *path, const struct tree_node *root, struct channel_keys *out, struct err *e)
{
    size_t version = 0, enc = 0, mac = 0, dek = 0;
    uint8_t version_byte[SCP03_KEY_MAX];
    if (root->kind != TREE_MAP || !is_text(root, "format", "nfc-survey/channel-keys") ||
        !is_text(root, "version", "1") || has_strange_key(root))
        return err_set(
            e, ERR_INPUT, path,
            "is no file of channel keys: format: nfc-survey/channel-keys, version: 1, key_version, "
            "and master or enc, mac and dek");
    if (!read_key(root, "key_version", version_byte, 1, &version) || version != 1)
        return err_set(e, ERR_INPUT, path, "key_version is one byte in hexadecimal, in quotes: \"30\"");
    out->given.version = version_byte[0];
    if (!read_key(root, "master", out->master, 16, &out->master_length) ||
        !read_key(root, "enc", out->given.enc, 16, &enc) ||
        !read_key(root, "mac", out->given.mac, 16, &mac) || !read_key(root, "dek", out->given.dek, 16, &dek))
        return err_set(e, ERR_INPUT, path, "a key is 16 to 32 bytes in hexadecimal, in quotes");
    bool given = enc == mac && mac == dek && (enc == 16 || enc == 24 || enc == 32);
    if (out->master_length > 0 ? enc + mac + dek > 0 : !given)
        return err_set(e, ERR_INPUT, path,
                       "either master, or enc, mac and dek of one length (16, 24 or 32 bytes), are given");
    out->given.length = enc;
    return 0;
}

int channel_keys_load(const char *path, struct channel_keys *out, struct err *e)
{
    struct buf text;
    struct survey_problems list = { 0 };
    struct problems p = { .list = &list };
    memset(out, 0, sizeof *out);
    int status = check_mode(path, e);
    if (status != 0)
        return status;
    buf_init(&text, FILE_MAX);
    status = file_read(path, &text, e);
    struct tree_node *root =
        status == 0 && text.length > 0 ? tree_parse(&p, path, text.data, text.length) : NULL;
    if (status == 0)
        status = root && p.found == 0 ? read_keys(path, root, out, e)
                                      : err_set(e, ERR_INPUT, path, "is no YAML file of channel keys");
    if (status != 0)
        explicit_bzero(out, sizeof *out);
    if (text.data)
        explicit_bzero(text.data, text.length);
    tree_free(&root);
    survey_problems_free(&list);
    buf_free(&text);
    return status;
}
