#include "harness/base/err.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#undef err_set
#undef err_system

int err_set(struct err *e, int code, const char *where, const char *format, ...)
{
    if (!e)
        return code;
    va_list arguments;
    char text[sizeof e->text];
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    char place[sizeof e->where];
    snprintf(place, sizeof place, "%s", where ? where : "");
    memset(e, 0, sizeof *e);
    e->code = code;
    memcpy(e->where, place, sizeof place);
    memcpy(e->text, text, sizeof text);
    return code;
}

const char *err_of_errno(int errno_value)
{
    const char *text = strerrordesc_np(errno_value);
    return text ? text : "unknown error";
}

int err_system(struct err *e, int code, const char *where, int errno_value, const char *format, ...)
{
    if (!e)
        return code;
    va_list arguments;
    char text[sizeof e->text / 2];
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    const char *name = strerrorname_np(errno_value);
    err_set(e, code, where, "%s: %s", text, err_of_errno(errno_value));
    snprintf(e->native, sizeof e->native, "%s", name ? name : "");
    return code;
}

int err_exit_status(int code)
{
    switch (code) {
    case ERR_NONE:
        return EXIT_STATUS_DONE;
    case ERR_USAGE:
        return EXIT_STATUS_USAGE;
    case ERR_INPUT:
    case ERR_REFUSED:
    case ERR_LIMIT:
        return EXIT_STATUS_INPUT;
    case ERR_NO_DATA:
        return EXIT_STATUS_NO_DATA;
    case ERR_INTERRUPTED:
        return EXIT_STATUS_INTERRUPTED;
    default:
        return EXIT_STATUS_ENVIRONMENT;
    }
}
