/* The unit that a key's ending names, as in time_limit_ms; every file of ours says its units so. */
#ifndef NFC_SURVEY_DOMAIN_UNIT_H
#define NFC_SURVEY_DOMAIN_UNIT_H

struct unit {
    const char *ending, *symbol, *plural; /* "_ms", "ms", "milliseconds" */
};

const struct unit *key_unit(const char *key); /* NULL: none */

#endif
