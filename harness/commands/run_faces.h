/* The faces of a run: the screen or plain lines where it is started, and the page where one is asked for. */
#ifndef NFC_SURVEY_COMMANDS_RUN_FACES_H
#define NFC_SURVEY_COMMANDS_RUN_FACES_H

#include "harness/commands/speech.h"
#include "harness/faces/lines.h"
#include "harness/faces/web.h"
#include "harness/survey/survey.h"

struct run_faces {
    struct face faces[FACES_MAX];
    size_t count;
    struct lines lines;
    struct web *web;
    bool has_lines, has_screen;
    char note[PHRASE_BYTES]; /* on the screen: the page's address */
};

/* clang-format off */
#define RUN_FACES_OPTIONS \
    { .name = "plain", \
      .help = "where a person lays the phones: lines instead of the full screen" }, \
    { .name = "station", .argument = "ADDRESS:PORT", .may_lack = true, \
      .help = "serve the station's page for a browser, and print its address (default: 127.0.0.1, any port)" }, \
    { .name = "tls-cert", .argument = "FILE", \
      .help = "the page's certificate in PEM: without one it is served on loopback only" }, \
    { .name = "tls-key", .argument = "FILE", .help = "the key of that certificate, in PEM" }, \
    { .name = "no-sound", .help = "no sound for done, failed and your turn" }
/* clang-format on */

/* 0, or the exit status after a message. Whatever was opened is to be closed, also then. */
int run_faces_open(struct run_faces *f, const struct survey *s, const struct options *o,
                   const struct speech *speech) __attribute__((warn_unused_result));
void run_faces_close(struct run_faces *f); /* before anything else is written to stderr */

#endif
