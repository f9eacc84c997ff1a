#include "harness/commands/data.h"

#include "harness/commands/message.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PATH_SIZE 4096

static bool is_directory(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

static bool join(char *out, size_t capacity, const char *directory, const char *name)
{
    return snprintf(out, capacity, "%s/%s", directory, name) < (int)capacity;
}

/* The directory of the running executable; false when the system doesn't tell. */
static bool executable_directory(char *out, size_t capacity)
{
    ssize_t n = readlink("/proc/self/exe", out, capacity);
    if (n <= 0 || (size_t)n >= capacity)
        return false;
    out[n] = '\0';
    char *slash = strrchr(out, '/');
    if (!slash)
        return false;
    *slash = '\0';
    return true;
}

static bool holds_profiles(const char *directory)
{
    char profiles[PATH_SIZE];
    return join(profiles, sizeof profiles, directory, "profiles") && is_directory(profiles);
}

int data_directory(char *out, size_t capacity, struct err *e)
{
    const char *asked = getenv("NFC_SURVEY_DATA");
    if (asked && asked[0]) {
        if (!holds_profiles(asked))
            return err_set(e, ERR_ENVIRONMENT, "NFC_SURVEY_DATA", "%s has no folder `profiles`", asked);
        if (snprintf(out, capacity, "%s", asked) >= (int)capacity)
            return err_set(e, ERR_ENVIRONMENT, "NFC_SURVEY_DATA", "the path is too long");
        return 0;
    }
    char here[PATH_SIZE], share[PATH_SIZE];
    if (executable_directory(here, sizeof here)) {
        char *slash = strrchr(here, '/');
        if (slash && slash != here)
            *slash = '\0';
        if (holds_profiles(here) && snprintf(out, capacity, "%s", here) < (int)capacity)
            return 0;
        if (join(share, sizeof share, here, "share/nfc-survey") && holds_profiles(share) &&
            snprintf(out, capacity, "%s", share) < (int)capacity)
            return 0;
    }
    if (!holds_profiles(NFC_SURVEY_DATADIR))
        return err_set(e, ERR_ENVIRONMENT, NFC_SURVEY_DATADIR,
                       "the program's profiles are not there; name their directory in NFC_SURVEY_DATA");
    if (snprintf(out, capacity, "%s", NFC_SURVEY_DATADIR) >= (int)capacity)
        return err_set(e, ERR_ENVIRONMENT, NFC_SURVEY_DATADIR, "the path is too long");
    return 0;
}

int data_profiles(const char *data, struct profiles **out, struct err *e)
{
    struct survey_problems sick = { 0 };
    int status = profiles_load(data, out, &sick, e);
    if (status == 0)
        message_problems(&sick);
    survey_problems_free(&sick);
    return status;
}

int data_program(const char *name, char *out, size_t capacity, struct err *e)
{
    char here[PATH_SIZE], libexec[PATH_SIZE];
    static const char *const beside[] = { "libexec", "../libexec" }; /* built; installed under one prefix */
    bool known = executable_directory(here, sizeof here);
    for (size_t i = 0; known && i < sizeof beside / sizeof *beside; i++) {
        if (join(libexec, sizeof libexec, here, beside[i]) && join(out, capacity, libexec, name) &&
            access(out, X_OK) == 0)
            return 0;
    }
    if (join(out, capacity, NFC_SURVEY_LIBEXECDIR, name) && access(out, X_OK) == 0)
        return 0;
    return err_set(
        e, ERR_ENVIRONMENT, name,
        "this helper program is not built; scripts/deps build names the packages that it needs, then "
        "`make` builds it");
}

int data_locale(char *out, size_t capacity, struct err *e)
{
    char here[PATH_SIZE];
    static const char *const beside[] = { "locale",
                                          "../share/locale" }; /* built; installed under one prefix */
    bool known = executable_directory(here, sizeof here);
    for (size_t i = 0; known && i < sizeof beside / sizeof *beside; i++) {
        if (join(out, capacity, here, beside[i]) && is_directory(out))
            return 0;
    }
    if (snprintf(out, capacity, "%s", NFC_SURVEY_LOCALEDIR) >= (int)capacity)
        return err_set(e, ERR_ENVIRONMENT, NFC_SURVEY_LOCALEDIR, "the path is too long");
    return 0;
}
