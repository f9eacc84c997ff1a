/* Packages of Debian that are known to spoil sweeps, from dpkg's own list. */
#include "harness/doctor/examination.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

/* A version that begins with `version`, or any where that is "". */
static const struct known_bad {
    const char *name, *version;
    enum said_code why;
    const char *fix;
} known_bad[] = {
    /* acshk/acsccid issue 42: a protocol analyser showed no command on air; issue 15: it fails on FW V107 */
    { "libacsccid1", "", SAID_PACKAGE_ACSCCID,
      "sudo apt-get remove libacsccid1 && sudo apt-get install libccid" },
    /* vpcd keeps one context a library: with several entries the card on one port shows in all readers */
    { "vsmartcard-vpcd", "", SAID_PACKAGE_VPCD, "sudo apt-get remove vsmartcard-vpcd" },
};

static void judge(struct examination *x, const char *name, const char *version)
{
    for (size_t i = 0; i < sizeof known_bad / sizeof *known_bad; i++) {
        const struct known_bad *k = &known_bad[i];
        if (strcmp(k->name, name) == 0 && strncmp(version, k->version, strlen(k->version)) == 0)
            found(x, DOCTOR_SPOILS, name, SAY(k->why, version), "%s", k->fix);
    }
}

/* A paragraph a package; a removed one keeps its paragraph with another status. */
void check_packages(struct examination *x)
{
    char path[PATH_MAX], line[512], name[128] = "";
    bool installed = false;
    snprintf(path, sizeof path, "%s/var/lib/dpkg/status", x->how->root);
    FILE *f = fopen(path, "re");
    while (f && fgets(line, sizeof line, f)) {
        line[strcspn(line, "\n")] = '\0';
        if (strncmp(line, "Package: ", 9) == 0)
            snprintf(name, sizeof name, "%.127s", line + 9);
        else if (strncmp(line, "Status: ", 8) == 0)
            installed = strstr(line, " installed") != NULL;
        else if (installed && strncmp(line, "Version: ", 9) == 0)
            judge(x, name, line + 9);
    }
    if (f)
        fclose(f);
}
