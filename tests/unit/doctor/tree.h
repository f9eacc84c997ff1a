/* A made tree that stands for / : files and links as /proc and /sys have them, removed after the test. */
#ifndef NFC_SURVEY_TESTS_DOCTOR_TREE_H
#define NFC_SURVEY_TESTS_DOCTOR_TREE_H

#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static char tree[64];

static inline int tree_enter(void **state)
{
    (void)state;
    snprintf(tree, sizeof tree, "/tmp/nfc-survey-tree-XXXXXX");
    return mkdtemp(tree) ? 0 : -1;
}

static inline int tree_remove(const char *path, const struct stat *is, int kind, struct FTW *at)
{
    (void)is;
    (void)kind;
    (void)at;
    return remove(path);
}

static inline int tree_leave(void **state)
{
    (void)state;
    return nftw(tree, tree_remove, 16, FTW_DEPTH | FTW_PHYS);
}

/* The path in the tree, with the folders that lead to it. */
static inline void tree_path(const char *name, char out[512])
{
    int length = snprintf(out, 512, "%s/%s", tree, name);
    assert_in_range(length, 1, 511);
    for (char *at = out + strlen(tree) + 1; (at = strchr(at, '/')); at++) {
        *at = '\0';
        mkdir(out, 0700);
        *at = '/';
    }
}

static inline void tree_file(const char *name, const char *text)
{
    char path[512];
    tree_path(name, path);
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    assert_true(fputs(text, f) >= 0);
    assert_int_equal(fclose(f), 0);
}

static inline void tree_link(const char *name, const char *target)
{
    char path[512];
    tree_path(name, path);
    assert_int_equal(symlink(target, path), 0);
}

#endif
