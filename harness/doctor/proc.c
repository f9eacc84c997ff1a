#include "harness/doctor/proc.h"

#include "harness/base/text.h"

#include <dirent.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define ANCESTORS_MAX 64

bool proc_stat(const char *root, pid_t pid, char comm[PROC_COMM_SIZE], pid_t *parent)
{
    char path[PATH_MAX], line[512];
    snprintf(path, sizeof path, "%s/proc/%d/stat", root, (int)pid);
    FILE *f = fopen(path, "re");
    if (!f)
        return false;
    line[fread(line, 1, sizeof line - 1, f)] = '\0';
    fclose(f);
    char *begin = strchr(line, '('), *end = strrchr(line, ')'); /* the name may hold brackets */
    long number;
    if (!begin || !end || sscanf(end, ") %*c %ld", &number) != 1)
        return false;
    *end = '\0';
    text_fit(comm, PROC_COMM_SIZE, begin + 1);
    *parent = (pid_t)number;
    return true;
}

bool proc_descends_from(const char *root, pid_t pid, pid_t ancestor)
{
    char comm[PROC_COMM_SIZE];
    for (int i = 0; i < ANCESTORS_MAX && pid > 0; i++) {
        if (pid == ancestor)
            return true;
        if (!proc_stat(root, pid, comm, &pid))
            return false;
    }
    return false;
}

static void each_link_of(const char *root, pid_t pid, proc_link_seen *seen, void *context)
{
    char path[PATH_MAX], target[256];
    snprintf(path, sizeof path, "%s/proc/%d/fd", root, (int)pid);
    DIR *folder = opendir(path);
    for (struct dirent *d; folder && (d = readdir(folder));) {
        ssize_t n = readlinkat(dirfd(folder), d->d_name, target, sizeof target - 1);
        if (n <= 0)
            continue;
        target[n] = '\0';
        seen(context, pid, target);
    }
    if (folder)
        closedir(folder);
}

void proc_each_link(const char *root, proc_link_seen *seen, void *context)
{
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s/proc", root);
    DIR *proc = opendir(path);
    for (struct dirent *d; proc && (d = readdir(proc));) {
        uint64_t number;
        if (text_to_u64(d->d_name, strlen(d->d_name), &number) && number <= INT_MAX)
            each_link_of(root, (pid_t)number, seen, context);
    }
    if (proc)
        closedir(proc);
}
