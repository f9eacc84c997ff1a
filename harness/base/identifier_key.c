/*
 * The folder is opened once and locked, and all else is relative to it, so that nothing can be swapped in between.
 * A new key is linked to its name, not renamed: where a lock does not hold (some network file systems), the first one
 * made stays.
 */
#include "harness/base/identifier_key.h"

#include "harness/base/digest.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/crypto.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#define KEY_NAME       "identifier.key"
#define IDENTIFIER_MAX 256 /* digits of one */

static bool hmac(const uint8_t key[IDENTIFIER_KEY_BYTES], const void *text, size_t length, uint8_t out[32])
{
    size_t n = 0;
    return EVP_Q_mac(NULL, "HMAC", NULL, "SHA256", NULL, key, IDENTIFIER_KEY_BYTES, text, length, out, 32,
                     &n) &&
           n == 32;
}

static void add_digits(char *out, const uint8_t *bytes, size_t count)
{
    for (size_t i = 0; i < count; i++)
        snprintf(out + 2 * i, 3, "%02x", bytes[i]);
}

static void name_key(struct identifier_key *key)
{
    static const char about[] = "nfc-survey/key-id";
    uint8_t mac[32] = { 0 };
    key->id[0] = '\0';
    if (hmac(key->bytes, about, sizeof about - 1, mac))
        add_digits(key->id, mac, 4);
}

void identifier_key_published(struct identifier_key *out)
{
    static const char text[IDENTIFIER_KEY_BYTES + 1] = "published key of simulated units";
    memcpy(out->bytes, text, sizeof out->bytes);
    name_key(out);
}

bool identifier_key_is_published(const struct identifier_key *key)
{
    struct identifier_key published;
    identifier_key_published(&published);
    return CRYPTO_memcmp(key->bytes, published.bytes, sizeof key->bytes) == 0;
}

void identifier_value(const struct identifier_key *key, const char *kind, const char *identifier,
                      char out[IDENTIFIER_VALUE_BYTES])
{
    char text[64 + IDENTIFIER_MAX];
    uint8_t mac[32];
    size_t n = strnlen(kind, 63);
    memcpy(text, kind, n);
    text[n++] = '\0'; /* between them, so that nothing slides from one into the other */
    size_t first = n;
    for (const char *c = identifier; *c && n < sizeof text; c++) {
        if (!strchr(" :-", *c))
            text[n++] = *c >= 'A' && *c <= 'Z' ? (char)(*c - 'A' + 'a') : *c;
    }
    while (strcmp(kind, "iccid") == 0 && n > first && text[n - 1] == 'f')
        n--;
    out[0] = '\0';
    if (!hmac(key->bytes, text, n, mac))
        return;
    snprintf(out, IDENTIFIER_VALUE_BYTES, "%s:", key->id);
    add_digits(out + strlen(out), mac, 16);
}

/* ---- where it lies ---- */

int identifier_key_directory(char *out, size_t capacity, struct err *e)
{
    const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");
    int length = -1;
    if (state && state[0] == '/') /* a relative one is to be passed over */
        length = snprintf(out, capacity, "%s/nfc-survey", state);
    else if (home && home[0] == '/')
        length = snprintf(out, capacity, "%s/.local/state/nfc-survey", home);
    if (length < 0 || (size_t)length >= capacity)
        return err_set(e, ERR_ENVIRONMENT, "identifier.key",
                       "has no place: set HOME or XDG_STATE_HOME to a folder of yours");
    return 0;
}

static int make_folders(char *path, struct err *e)
{
    for (char *end = path + 1; end; *end = '/') {
        end = strchr(end + 1, '/');
        if (end)
            *end = '\0';
        if (mkdir(path, 0700) != 0 && errno != EEXIST)
            return err_system(e, ERR_ENVIRONMENT, path, errno, "can't be made, for the key of identifiers");
        if (!end)
            break;
    }
    return 0;
}

/* What others may read or write is no secret; it is refused, not mended: they may have read it before. */
static int check_owner(const struct stat *st, const char *path, struct err *e)
{
    if (st->st_uid != geteuid())
        return err_set(e, ERR_ENVIRONMENT, path,
                       "belongs to another user: as whom does the program run? (sudo keeps HOME; use -H)");
    if (st->st_mode & 077)
        return err_set(e, ERR_ENVIRONMENT, path,
                       "others may use it: `chmod go= '%s'`, and `nfc-survey keys --rotate`", path);
    return 0;
}

/* Opened and locked until it is closed; less than 0 is an error. */
static int open_folder(char *path, size_t capacity, struct err *e)
{
    struct stat st;
    int status = identifier_key_directory(path, capacity, e);
    if (status == 0)
        status = make_folders(path, e);
    if (status != 0)
        return -1;
    int folder = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (folder < 0 || fstat(folder, &st) != 0) {
        err_system(e, ERR_ENVIRONMENT, path, errno, "can't be opened, for the key of identifiers");
    } else if (check_owner(&st, path, e) == 0) {
        while (flock(folder, LOCK_EX) != 0 && errno == EINTR)
            ;
        return folder;
    }
    if (folder >= 0)
        close(folder);
    return -1;
}

/* ---- the file ---- */

/* 1: it is read; 0: there is none; less than 0 is an error. */
static int read_key(int folder, const char *directory, const char *name, struct identifier_key *out,
                    struct err *e)
{
    char path[4200];
    struct stat st;
    snprintf(path, sizeof path, "%s/%s", directory, name);
    int file = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
    if (file < 0 && errno == ENOENT)
        return 0;
    if (file < 0 || fstat(file, &st) != 0) {
        int reason = errno;
        if (file >= 0)
            close(file);
        return err_system(e, ERR_ENVIRONMENT, path, reason, "can't be read");
    }
    int status = check_owner(&st, path, e);
    if (status == 0 && (!S_ISREG(st.st_mode) || st.st_size != IDENTIFIER_KEY_BYTES ||
                        read(file, out->bytes, sizeof out->bytes) != sizeof out->bytes))
        status = err_set(e, ERR_ENVIRONMENT, path,
                         "is no key of %d bytes: move it away and a new one is made", IDENTIFIER_KEY_BYTES);
    else if (status == 0 && st.st_nlink != 1)
        status = err_set(e, ERR_ENVIRONMENT, path,
                         "has a second name (`find ~ -samefile '%s'`): remove that, for it may be read by it",
                         path);
    close(file);
    name_key(out);
    return status == 0 ? 1 : status;
}

/* Under a name of its own, on the disk. */
static int write_temporary(int folder, const char *directory, const struct identifier_key *key, char name[40],
                           struct err *e)
{
    uint32_t number = 0;
    if (getrandom(&number, sizeof number, 0) != sizeof number)
        return err_system(e, ERR_ENVIRONMENT, directory, errno, "no random bytes for a key");
    snprintf(name, 40, ".identifier.%08x", number);
    int file = openat(folder, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    bool good =
        file >= 0 && write(file, key->bytes, sizeof key->bytes) == sizeof key->bytes && fsync(file) == 0;
    int reason = errno;
    if (file >= 0)
        close(file);
    if (file >= 0 && !good)
        unlinkat(folder, name, 0);
    return good
               ? 0
               : err_system(e, ERR_ENVIRONMENT, directory, reason, "the key of identifiers can't be written");
}

/* One that is there already stays, or with `replace` goes. */
static int write_key(int folder, const char *directory, const char *name, const struct identifier_key *key,
                     bool replace, struct err *e)
{
    char temporary[40];
    int status = write_temporary(folder, directory, key, temporary, e);
    if (status != 0)
        return status;
    bool good = replace ? renameat(folder, temporary, folder, name) == 0
                        : linkat(folder, temporary, folder, name, 0) == 0 || errno == EEXIST;
    int reason = errno;
    unlinkat(folder, temporary, 0);
    if (!good)
        return err_system(e, ERR_ENVIRONMENT, directory, reason, "%s can't be made", name);
    fsync(folder);
    return 0;
}

static int make_key(struct identifier_key *out, const char *directory, struct err *e)
{
    if (getrandom(out->bytes, sizeof out->bytes, 0) != sizeof out->bytes)
        return err_system(e, ERR_ENVIRONMENT, directory, errno, "no random bytes for a key");
    name_key(out);
    return 0;
}

/* What is there is read, whoever made it. */
static int load(int folder, const char *directory, struct identifier_key *out, struct err *e)
{
    struct identifier_key made;
    int got = read_key(folder, directory, KEY_NAME, out, e);
    if (got != 0)
        return got < 0 ? got : 0;
    int status = make_key(&made, directory, e);
    if (status == 0)
        status = write_key(folder, directory, KEY_NAME, &made, false, e);
    explicit_bzero(&made, sizeof made);
    if (status == 0 && (got = read_key(folder, directory, KEY_NAME, out, e)) <= 0)
        status =
            got < 0 ? got : err_set(e, ERR_ENVIRONMENT, directory, "the key that was made is gone again");
    return status;
}

int identifier_key_load(struct identifier_key *out, struct err *e)
{
    char directory[4096];
    int folder = open_folder(directory, sizeof directory, e);
    if (folder < 0)
        return ERR_ENVIRONMENT;
    int status = load(folder, directory, out, e);
    close(folder);
    return status;
}

int identifier_key_rotate(struct identifier_key *was, struct identifier_key *now, struct err *e)
{
    char directory[4096], name[40];
    int folder = open_folder(directory, sizeof directory, e);
    if (folder < 0)
        return ERR_ENVIRONMENT;
    int status = load(folder, directory, was, e);
    snprintf(name, sizeof name, "identifier.%s.key", was->id);
    if (status == 0)
        status = write_key(folder, directory, name, was, false, e);
    if (status == 0)
        status = make_key(now, directory, e);
    if (status == 0)
        status = write_key(folder, directory, KEY_NAME, now, true, e);
    close(folder);
    return status;
}
