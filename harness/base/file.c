#include "harness/base/file.h"

#include "harness/base/signal_block.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int file_read(const char *path, struct buf *out, struct err *e)
{
    int status = 0;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK); /* a FIFO must not hang us */
    struct stat st;
    if (fd < 0)
        return err_system(e, ERR_INPUT, path, errno, "cannot be read");
    if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
        status = err_set(e, ERR_INPUT, path, "is not a regular file");
        goto out;
    }
    if ((uint64_t)st.st_size > out->max) {
        status = err_set(e, ERR_LIMIT, path, "is %lld bytes long; at most %zu are read",
                         (long long)st.st_size, out->max);
        goto out;
    }
    for (;;) {
        char block[65536];
        ssize_t n = read(fd, block, sizeof block);
        if (n == 0)
            break;
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0) {
            status = err_system(e, ERR_INPUT, path, errno, "cannot be read");
            goto out;
        }
        buf_add(out, block, (size_t)n);
        if (out->failed) {
            status = err_set(e, ERR_LIMIT, path, "is longer than the %zu bytes that are read", out->max);
            goto out;
        }
    }
out:
    close(fd);
    return status;
}

static int write_all(int fd, const char *bytes, size_t length)
{
    while (length > 0) {
        ssize_t n = write(fd, bytes, length);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return -1;
        bytes += n;
        length -= (size_t)n;
    }
    return 0;
}

int file_temporary(const char *path)
{
    if (unlink(path) != 0 && errno != ENOENT)
        return -1;
    return open(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
}

FILE *file_open_temporary(const char *path)
{
    int fd = file_temporary(path);
    FILE *f = fd >= 0 ? fdopen(fd, "w+") : NULL;
    if (fd >= 0 && !f)
        close(fd);
    return f;
}

/* To what is there, or to a new file that takes its place; errno, or 0. */
static int write_file(const char *name, bool anew, const char *bytes, size_t length)
{
    int fd = anew ? file_temporary(name) : open(name, O_WRONLY | O_CLOEXEC);
    if (fd < 0)
        return errno;
    int failed = write_all(fd, bytes, length) != 0 || (anew && fsync(fd) != 0) ? errno : 0;
    if (close(fd) != 0 && !failed)
        failed = errno;
    return failed;
}

static int replace(const char *temporary, const char *path, const char *bytes, size_t length, struct err *e)
{
    int failed = write_file(temporary, true, bytes, length);
    if (failed == 0 && rename(temporary, path) != 0)
        failed = errno;
    if (failed == 0)
        return 0;
    unlink(temporary);
    return err_system(e, ERR_ENVIRONMENT, path, failed, "cannot be written");
}

/* A pipe or a device, which is written to and stays what it is. */
static bool is_written_through(const char *path)
{
    struct stat is;
    return stat(path, &is) == 0 && !S_ISREG(is.st_mode) && !S_ISDIR(is.st_mode);
}

int file_replace(const char *path, const char *bytes, size_t length, struct err *e)
{
    char temporary[PATH_MAX + 8], target[PATH_MAX];
    sigset_t before;
    if (is_written_through(path)) {
        int failed = write_file(path, false, bytes, length);
        return failed ? err_system(e, ERR_ENVIRONMENT, path, failed, "cannot be written") : 0;
    }
    /* Of a link, what it leads to is replaced; what has no real path is not there yet. */
    if (!realpath(path, target) && snprintf(target, sizeof target, "%s", path) >= (int)sizeof target)
        return err_set(e, ERR_ENVIRONMENT, path, "the path is too long");
    snprintf(temporary, sizeof temporary, "%s.tmp", target);
    bool held = signal_block_begin(&before);
    int status = replace(temporary, target, bytes, length, e);
    if (held)
        signal_block_end(&before);
    return status;
}

static int settle_by_copy(const char *temporary, const char *path, struct err *e)
{
    struct buf bytes;
    buf_init(&bytes, SIZE_MAX / 2);
    int status = file_read(temporary, &bytes, e);
    if (status == 0)
        status = file_replace(path, buf_text(&bytes), bytes.length, e);
    if (status == 0)
        unlink(temporary);
    buf_free(&bytes);
    return status;
}

int file_settle(const char *temporary, const char *path, struct err *e)
{
    struct stat is;
    if (lstat(path, &is) == 0 && !S_ISREG(is.st_mode))
        return settle_by_copy(temporary, path, e);
    int fd = open(temporary, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return err_system(e, ERR_ENVIRONMENT, temporary, errno, "cannot be opened");
    int failed = fchmod(fd, 0600) != 0 || fsync(fd) != 0 ? errno : 0;
    close(fd);
    if (!failed && rename(temporary, path) != 0)
        failed = errno;
    return failed ? err_system(e, ERR_ENVIRONMENT, path, failed, "cannot be written") : 0;
}
