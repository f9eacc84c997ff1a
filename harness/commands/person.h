/* The prompts of `hands: person`, and what is typed at them. */
#ifndef NFC_SURVEY_COMMANDS_PERSON_H
#define NFC_SURVEY_COMMANDS_PERSON_H

#include "harness/commands/speech.h"
#include "harness/station/station.h"

#define PERSON_LINE_MAX 512

struct person {
    struct speech speech;       /* of the prompts */
    char line[PERSON_LINE_MAX]; /* the last one typed, without its end */
    const char *words;          /* behind its command, in `line` */
    bool ended;                 /* of the input: nothing more can be typed */
};

/* As struct station_ui wants them. */
enum station_answer person_ask(struct person *p, const struct survey *s, const struct plan_placement *order,
                               bool lift);
enum station_answer person_listen_for(struct person *p, bool wait);
void person_show(const struct speech *s, const struct station_shown *result);

#endif
