/* What holds the processes with the drivers on this kernel, in words. */
#ifndef NFC_SURVEY_DOCTOR_CONFINEMENT_H
#define NFC_SURVEY_DOCTOR_CONFINEMENT_H

#include "harness/domain/said.h"

/* Each: what holds them, or as absent why nothing does. */
void confinement_said(struct said *landlock, struct said *seccomp);

#endif
