#include "drivers/pcsc/pcsc_versions.h"

#include "harness/base/buf.h"
#include "harness/base/err.h"
#include "harness/base/file.h"

#include <PCSC/pcsclite.h>

#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define DAEMON      "/usr/sbin/pcscd"
#define CCID_DRIVER "/usr/lib/pcsc/drivers/ifd-ccid.bundle/Contents/Info.plist"
#define TEXT_MAX    65536

void pcsc_version_printed(const char *text, char *out, size_t capacity)
{
    const char *at = strstr(text, "version ");
    size_t length = at ? strspn(at + strlen("version "), "0123456789.") : 0;
    while (length > 0 && at[strlen("version ") + length - 1] == '.')
        length--; /* of the sentence */
    snprintf(out, capacity, "%.*s", (int)length, at ? at + strlen("version ") : "");
}

void pcsc_version_listed(const char *text, const char *key, char *out, size_t capacity)
{
    char named[80];
    snprintf(named, sizeof named, "<key>%s</key>", key);
    const char *at = strstr(text, named);
    at = at ? strstr(at, "<string>") : NULL;
    at = at ? at + strlen("<string>") : "";
    snprintf(out, capacity, "%.*s", (int)strcspn(at, "<\n"), at);
}

static pid_t start_daemon(int output)
{
    pid_t pid = 0;
    posix_spawn_file_actions_t actions;
    char *arguments[] = { (char[]) { DAEMON }, (char[]) { "--version" }, NULL };
    char *environment[] = { NULL };
    if (posix_spawn_file_actions_init(&actions) != 0)
        return 0;
    if (posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO) != 0 ||
        posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0) != 0 ||
        posix_spawn(&pid, DAEMON, &actions, NULL, arguments, environment) != 0)
        pid = 0;
    posix_spawn_file_actions_destroy(&actions);
    return pid;
}

/* The running one is asked for nothing: pcscd has no call for it. The program says the same. */
static void ask_daemon(char *out, size_t capacity)
{
    char text[2048];
    size_t length = 0;
    ssize_t n = 1;
    int ends[2];
    out[0] = '\0';
    if (pipe2(ends, O_CLOEXEC) != 0)
        return;
    pid_t pid = start_daemon(ends[1]);
    close(ends[1]);
    while (pid > 0 && n > 0 && length < sizeof text - 1) {
        n = read(ends[0], text + length, sizeof text - 1 - length);
        length += n > 0 ? (size_t)n : 0;
    }
    close(ends[0]);
    text[length] = '\0';
    if (pid > 0 && waitpid(pid, NULL, 0) == pid)
        pcsc_version_printed(text, out, capacity);
}

static void ask_ccid_driver(char *out, size_t capacity)
{
    struct buf b;
    struct err e;
    buf_init(&b, TEXT_MAX);
    pcsc_version_listed(file_read(CCID_DRIVER, &b, &e) == 0 ? buf_text(&b) : "", "CFBundleShortVersionString",
                        out, capacity);
    buf_free(&b);
}

void pcsc_versions(char *out, size_t capacity)
{
    char daemon[32], driver[32];
    ask_daemon(daemon, sizeof daemon);
    ask_ccid_driver(driver, sizeof driver);
    snprintf(out, capacity, "libpcsclite %s%s%s%s%s", PCSCLITE_VERSION_NUMBER, daemon[0] ? ", pcscd " : "",
             daemon, driver[0] ? ", libccid " : "", driver);
}
