/*
 * The only hand that writes the journal. The file holds whole lines at every moment but inside one write(2):
 * what a full disk leaves of a line is cut off before anything else happens. Waits for nobody and calls no
 * clock.
 */
#include "harness/base/digest.h"
#include "harness/journal/journal.h"
#include "harness/journal/line.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

struct journal {
    int fd, lock;
    char path[4096], directory[4096];
    uint64_t size;   /* of the file's whole lines */
    uint64_t lines;  /* in the file */
    uint64_t number; /* of the next record */
    uint64_t counts[JOURNAL_KIND_COUNT];
    EVP_MD_CTX *hash;
    struct buf line;             /* the last line formatted */
    enum journal_kind kept_kind; /* not NONE: the line is not in the file yet */
    bool uncut;                  /* part of a line may stand behind size */
    unsigned was_mode;           /* of the folder, before it was narrowed; 0: it was not */
};

static int journal_new(const char *directory, struct journal **out, struct err *e)
{
    struct journal *j = calloc(1, sizeof *j);
    if (!j)
        return err_set(e, ERR_MEMORY, directory, "out of memory");
    j->fd = j->lock = -1;
    j->number = 1;
    buf_init(&j->line, JOURNAL_LINE_MAX);
    j->hash = digest_begin();
    if (!j->hash) {
        journal_close(&j);
        return err_set(e, ERR_MEMORY, directory, "out of memory");
    }
    if (snprintf(j->path, sizeof j->path, "%s/journal.yaml", directory) >= (int)sizeof j->path ||
        snprintf(j->directory, sizeof j->directory, "%s", directory) >= (int)sizeof j->directory) {
        journal_close(&j);
        return err_set(e, ERR_USAGE, directory, "the path is too long");
    }
    *out = j;
    return 0;
}

void journal_close(struct journal **journal)
{
    struct journal *j = *journal;
    *journal = NULL;
    if (!j)
        return;
    if (j->fd >= 0)
        close(j->fd);
    if (j->lock >= 0)
        close(j->lock); /* no LOCK_UN: a forked child's close must not take the lock from its parent */
    EVP_MD_CTX_free(j->hash);
    buf_free(&j->line);
    free(j);
}

/* DIR and the folders above it; only DIR itself is closed to others. */
static int make_directory(const char *directory, struct err *e)
{
    char path[4096];
    snprintf(path, sizeof path, "%s", directory);
    for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        if (mkdir(path, 0755) != 0 && errno != EEXIST)
            return err_system(e, ERR_ENVIRONMENT, path, errno, "the folder cannot be made");
        *slash = '/';
    }
    if (mkdir(path, 0700) != 0 && errno != EEXIST)
        return err_system(e, ERR_ENVIRONMENT, path, errno, "the run's folder cannot be made");
    return 0;
}

/*
 * A run is its owner's alone. Where others may write, what lies there may be theirs, and is not gone on with; where they may
 * only read, that ends. *was: the permissions before, 0 when nothing was changed.
 */
static int keep_private(const char *directory, unsigned *was, struct err *e)
{
    struct stat st;
    *was = 0;
    int fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return err_system(e, ERR_ENVIRONMENT, directory, errno, "the run's folder cannot be opened");
    int status = 0;
    if (fstat(fd, &st) != 0)
        status = err_system(e, ERR_ENVIRONMENT, directory, errno, "the run's folder cannot be looked at");
    else if (st.st_mode & 022)
        status = err_set(
            e, ERR_ENVIRONMENT, directory,
            "others may write in this folder (mode %04o), so what is in it may not be this station's: look "
            "at it, then chmod go= %s",
            st.st_mode & 07777, directory);
    else if (st.st_mode & 077 && st.st_uid == geteuid() && fchmod(fd, st.st_mode & 0700) == 0)
        *was = st.st_mode & 07777;
    close(fd);
    return status;
}

static int say_locked(int fd, const char *directory, struct err *e)
{
    char text[32] = "";
    ssize_t n = pread(fd, text, sizeof text - 1, 0);
    long pid = n > 0 ? strtol(text, NULL, 10) : 0;
    if (pid <= 0)
        return err_set(e, ERR_ENVIRONMENT, directory, "is in use by another process");
    if (kill((pid_t)pid, 0) != 0 && errno == ESRCH)
        return err_set(e, ERR_ENVIRONMENT, directory,
                       "is in use by a child of process %ld, which has ended; wait for it or end it", pid);
    return err_set(e, ERR_ENVIRONMENT, directory,
                   "is in use by process %ld; one run writes a folder at a time", pid);
}

static int take_lock(struct journal *j, struct err *e)
{
    char path[sizeof j->directory + 8], text[32];
    snprintf(path, sizeof path, "%s/lock", j->directory);
    j->lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (j->lock < 0)
        return err_system(e, ERR_ENVIRONMENT, path, errno, "cannot be opened");
    struct stat st;
    if (fstat(j->lock, &st) != 0 || !S_ISREG(st.st_mode) || st.st_nlink != 1)
        return err_set(e, ERR_ENVIRONMENT, path,
                       "is another file as well, or none: nothing is written to it; delete it when no run "
                       "uses the folder");
    int locked;
    do
        locked = flock(j->lock, LOCK_EX | LOCK_NB);
    while (locked != 0 && errno == EINTR);
    if (locked != 0 && errno == EWOULDBLOCK)
        return say_locked(j->lock, j->directory, e);
    if (locked != 0)
        return err_system(e, ERR_ENVIRONMENT, path, errno, "cannot be locked");
    /* The number is for the message only; on a full disk the lock holds without it. */
    int length = snprintf(text, sizeof text, "%ld\n", (long)getpid());
    if (ftruncate(j->lock, 0) != 0 || pwrite(j->lock, text, (size_t)length, 0) != length)
        return 0;
    return 0;
}

static void sync_directory(const char *directory)
{
    int fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return;
    fsync(fd); /* some file systems cannot; the journal itself is synced by journal_sync() */
    close(fd);
}

/* Killed between making its journal and its first record, a run left nothing: with the lock held it is
 * ours. */
static int open_empty(const char *path)
{
    struct stat st;
    int fd = open(path, O_WRONLY | O_APPEND | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size == 0)
        return fd;
    if (fd >= 0)
        close(fd);
    errno = EEXIST;
    return -1;
}

int journal_create(const char *directory, struct journal **out, struct err *e)
{
    struct journal *j = NULL;
    *out = NULL;
    int status = journal_new(directory, &j, e);
    if (status != 0)
        return status;
    unsigned was;
    status = make_directory(directory, e);
    if (status == 0)
        status = keep_private(directory, &was, e);
    if (status != 0)
        goto out;
    status = take_lock(j, e);
    if (status != 0)
        goto out;
    j->fd = open(j->path, O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0600);
    if (j->fd < 0 && errno == EEXIST)
        j->fd = open_empty(j->path);
    if (j->fd < 0 && errno == EEXIST) {
        status = err_set(e, ERR_ENVIRONMENT, j->path,
                         "exists already: name another folder, or go on with this run: run --resume %s",
                         directory);
        goto out;
    }
    if (j->fd < 0) {
        status = err_system(e, ERR_ENVIRONMENT, j->path, errno, "cannot be made");
        goto out;
    }
    sync_directory(directory);
    *out = j;
    j = NULL;
out:
    journal_close(&j);
    return status;
}

/* Counts and hashes what is there; *tail is the length of a torn last line. */
static int read_through(struct journal *j, uint64_t *tail, struct err *e)
{
    struct journal_reader *r = NULL;
    struct journal_record record;
    struct journal_line_info info;
    enum journal_read got;
    *tail = 0;
    int status = journal_reader_open(j->path, &r, e);
    if (status != 0)
        return status;
    journal_reader_hash(r);
    while ((got = journal_reader_next(r, &record, &info, e)) != JOURNAL_READ_END) {
        if (got == JOURNAL_READ_TORN) {
            *tail = info.length;
            continue;
        }
        j->lines++;
        j->size = info.offset + info.length + 1;
        if (got == JOURNAL_READ_RECORD)
            j->counts[record.kind]++;
    }
    status = e->code;
    j->number = journal_reader_next_number(r);
    if (status == 0 && !journal_reader_take_hash(r, j->hash))
        status = err_set(e, ERR_MEMORY, j->path, "out of memory");
    journal_reader_close(&r);
    return status;
}

int journal_reopen(const char *directory, struct journal **out, uint64_t *cut_bytes, struct err *e)
{
    struct journal *j = NULL;
    struct stat st;
    struct err unheard;
    e = e ? e : &unheard;
    *out = NULL;
    *cut_bytes = 0;
    int status = journal_new(directory, &j, e);
    if (status != 0)
        return status;
    if (access(j->path, F_OK) != 0) {
        status = err_system(e, ERR_INPUT, j->path, errno, "there is no run to go on with");
        goto out;
    }
    if ((status = keep_private(directory, &j->was_mode, e)) != 0)
        goto out;
    status = take_lock(j, e);
    if (status != 0)
        goto out;
    j->fd = open(j->path, O_RDWR | O_APPEND | O_CLOEXEC | O_NONBLOCK);
    if (j->fd < 0 || fstat(j->fd, &st) != 0) {
        status = err_system(e, ERR_ENVIRONMENT, j->path, errno, "cannot be opened for writing");
        goto out;
    }
    if (!S_ISREG(st.st_mode) && !S_ISCHR(st.st_mode)) {
        status = err_set(e, ERR_INPUT, j->path, "is not a regular file");
        goto out;
    }
    if (S_ISREG(st.st_mode)) {
        status = read_through(j, cut_bytes, e);
        if (status == 0 && *cut_bytes > 0 && ftruncate(j->fd, (off_t)j->size) != 0)
            status = err_system(e, ERR_ENVIRONMENT, j->path, errno, "the torn last line cannot be cut off");
    }
    if (status != 0)
        goto out;
    *out = j;
    j = NULL;
out:
    journal_close(&j);
    return status;
}

/* After a write that did not take the whole line. */
static int cut_back(struct journal *j, size_t written, int error, struct err *e)
{
    int status;
    bool full = error == 0 || error == ENOSPC || error == EDQUOT || error == EFBIG;
    j->uncut = ftruncate(j->fd, (off_t)j->size) != 0;
    int cut_error = errno;
    if (full)
        status = err_set(e, ERR_ENVIRONMENT, j->path,
                         "disk full: %zu of %zu bytes fitted; free some space, then run --resume %s", written,
                         j->line.length, j->directory);
    else
        status = err_system(e, ERR_ENVIRONMENT, j->path, error, "cannot be written; then run --resume %s",
                            j->directory);
    if (e && j->uncut && written > 0) {
        size_t used = strlen(e->text);
        snprintf(e->text + used, sizeof e->text - used,
                 " (the torn line could not be cut off: %s; resuming does it)", strerror(cut_error));
    }
    return status;
}

/* A folder that was deleted takes no more records, though the system lets them be written. */
static bool has_vanished(const struct journal *j)
{
    struct stat st;
    return fstat(j->fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_nlink == 0;
}

static int write_kept(struct journal *j, struct err *e)
{
    if (has_vanished(j))
        return err_set(e, ERR_ENVIRONMENT, j->path,
                       "has been deleted while the run wrote it: what it held up to here is lost with it");
    if (j->uncut && ftruncate(j->fd, (off_t)j->size) != 0 &&
        errno != EINVAL) /* EINVAL: a device holds no lines */
        return err_system(e, ERR_ENVIRONMENT, j->path, errno, "the torn last line cannot be cut off");
    j->uncut = false;
    ssize_t n;
    do
        n = write(j->fd, j->line.data, j->line.length);
    while (n < 0 && errno == EINTR);
    if (n < 0 || (size_t)n < j->line.length)
        return cut_back(j, n < 0 ? 0 : (size_t)n, n < 0 ? errno : 0, e);
    EVP_DigestUpdate(j->hash, j->line.data, j->line.length);
    j->size += j->line.length;
    j->lines++;
    j->number++;
    j->counts[j->kept_kind]++;
    j->kept_kind = JOURNAL_KIND_NONE;
    return 0;
}

int journal_append(struct journal *j, struct journal_record *r, struct err *e)
{
    const char *fault = journal_record_fault(r);
    if (fault)
        return err_set(e, ERR_USAGE, j->path, "a %s record cannot be written: its field %s has no value",
                       journal_kind_name(r->kind), fault);
    r->line = j->number;
    j->kept_kind = JOURNAL_KIND_NONE;
    buf_clear(&j->line);
    journal_format(&j->line, r);
    if (j->line.failed)
        return err_set(e, ERR_LIMIT, j->path, "a %s record is longer than the %u bytes of a line",
                       journal_kind_name(r->kind), JOURNAL_LINE_MAX);
    j->kept_kind = r->kind;
    return write_kept(j, e);
}

int journal_retry(struct journal *j, struct err *e)
{
    return j->kept_kind == JOURNAL_KIND_NONE ? 0 : write_kept(j, e);
}

bool journal_has_kept(const struct journal *j)
{
    return j->kept_kind != JOURNAL_KIND_NONE;
}

unsigned journal_was_mode(const struct journal *j)
{
    return j->was_mode;
}

uint64_t journal_lines(const struct journal *j)
{
    return j->lines;
}

uint64_t journal_count(const struct journal *j, enum journal_kind kind)
{
    return (unsigned)kind < JOURNAL_KIND_COUNT ? j->counts[kind] : 0;
}

void journal_sha256(const struct journal *j, char out[65])
{
    digest_text(j->hash, out);
}

int journal_sync(struct journal *j, struct err *e)
{
    if (fdatasync(j->fd) != 0 && errno != EINVAL) /* EINVAL: a device that cannot */
        return err_system(e, ERR_ENVIRONMENT, j->path, errno, "cannot be brought to the disk");
    return 0;
}
