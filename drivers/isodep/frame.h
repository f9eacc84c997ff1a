/* Inside drivers/isodep: one frame over the link, at the target's technology and rate. */
#ifndef NFC_SURVEY_ISODEP_FRAME_H
#define NFC_SURVEY_ISODEP_FRAME_H

#include "drivers/isodep/isodep.h"

/* Fills technology, rate and what came; keeps the chip's code of a frame that failed. */
enum isodep_air isodep_send(struct isodep *d, struct isodep_frame *f);

#endif
