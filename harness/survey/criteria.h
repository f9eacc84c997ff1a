/* A criteria file as a struct: which cells a handset must pass to be recommended. The engine is in findings/.
 */
#ifndef NFC_SURVEY_SURVEY_CRITERIA_H
#define NFC_SURVEY_SURVEY_CRITERIA_H

#include "harness/survey/survey.h"

struct criteria {
    char *id, *title, *title_ja, *source;
    char **scripts; /* ids of the scripts that must be compatible; none = all of the survey */
    size_t script_count;
    uint32_t power_modes;       /* modes that must be compatible for "recommended"; 0 = all of the survey */
    uint32_t conditional_modes; /* modes whose failure makes it "conditional" only; bits (1 << mode) */
    unsigned readers_at_least;  /* how many readers must pass; 0 = all */
};

int criteria_load(const char *path, const char *data_directory, struct criteria **out,
                  struct survey_problems *p, struct err *e) __attribute__((warn_unused_result));
int criteria_load_text(const char *path, const char *text, size_t length, struct criteria **out,
                       struct survey_problems *p, struct err *e) __attribute__((warn_unused_result));
void criteria_free(struct criteria **c);

#endif
