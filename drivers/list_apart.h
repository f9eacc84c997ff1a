/* Listing readers where it can hang or crash without harm. */
#ifndef NFC_SURVEY_DRIVERS_LIST_APART_H
#define NFC_SURVEY_DRIVERS_LIST_APART_H

#include "drivers/driver.h"

#define LIST_APART_MS  5000 /* a hung daemon must not hang us */
#define LIST_APART_MAX 64   /* readers of a driver */

struct driver_listing {
    struct driver_found found[LIST_APART_MAX];
    size_t count;
};

/* driver_list() in a process of its own, for LIST_APART_MS at most. */
int driver_list_apart(const struct driver_ops *ops, const struct reader_model *models, size_t model_count,
                      struct driver_listing *out, struct err *e) __attribute__((warn_unused_result));

#endif
