/*
 * Errors: every function that can fail returns 0 or one of these negative codes, and describes the failure in
 * the `struct err` that its caller passed last. Nothing below commands/ prints or exits; commands/ turns a
 * code into an exit status with err_exit_status().
 */
#ifndef NFC_SURVEY_BASE_ERR_H
#define NFC_SURVEY_BASE_ERR_H

enum err_code {
    ERR_NONE = 0,
    ERR_USAGE = -1,       /* the command line is wrong: exit 2 */
    ERR_INPUT = -2,       /* a file is invalid or damaged: exit 3 */
    ERR_ENVIRONMENT = -3, /* reader, daemon, disk, permission: exit 4 */
    ERR_NO_DATA = -4,     /* not enough data for an answer: exit 5 */
    ERR_INTERRUPTED = -5, /* stopped, can be resumed: exit 6 */
    ERR_UNSUPPORTED = -6, /* this driver or reader can't do it; never looks like success: exit 4 */
    ERR_REFUSED = -7,     /* the guard or an honesty rule says no: exit 3 */
    ERR_LIMIT = -8,       /* a cap on input was passed: exit 3 */
    ERR_MEMORY = -9,      /* exit 4 */
    ERR_TIMEOUT = -10,    /* a deadline was missed: exit 4 */
    ERR_NO_TARGET = -11,  /* nothing answers in the field: exit 4 */
    ERR_CARD = -12,       /* the exchange failed between reader and card: exit 4 */
};

enum exit_status {
    EXIT_STATUS_DONE = 0,
    EXIT_STATUS_NOT_MET = 1,
    EXIT_STATUS_USAGE = 2,
    EXIT_STATUS_INPUT = 3,
    EXIT_STATUS_ENVIRONMENT = 4,
    EXIT_STATUS_NO_DATA = 5,
    EXIT_STATUS_INTERRUPTED = 6,
};

/* where: the object that failed, e.g. "survey.yaml:12:3", a reader's name, "journal.yaml:81". */
/* native: a library's own code by name, e.g. "SCARD_E_NO_SERVICE", or "" . */
struct err {
    int code;
    char native[64];
    char where[512];
    char text[1024];
};

/* Fills e (may be NULL) and returns code, so that `return err_set(...)` reads well. */
int err_set(struct err *e, int code, const char *where, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* What errno means, in English whatever languages reports are in: strerror() would follow their catalogue. */
const char *err_of_errno(int errno_value);

/* The same with that of errno_value appended to the text and its symbolic value in native. */
int err_system(struct err *e, int code, const char *where, int errno_value, const char *format, ...)
    __attribute__((format(printf, 5, 6)));

/* The analyser does not look into other files: this says that the code given is the code returned. */
#ifdef __clang_analyzer__
#define err_set(e, code, ...)    (err_set(e, code, __VA_ARGS__), (code))
#define err_system(e, code, ...) (err_system(e, code, __VA_ARGS__), (code))
#endif

int err_exit_status(int code);

#endif
