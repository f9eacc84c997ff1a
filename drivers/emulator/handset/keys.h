/* What each random draw of the virtual handset is for: the last part of its key, so that no two share a
 * value. */
#ifndef NFC_SURVEY_HANDSET_KEYS_H
#define NFC_SURVEY_HANDSET_KEYS_H

enum draw_purpose {
    DRAW_PURPOSE_SESSION = 1,
    DRAW_PURPOSE_PLACEMENT,
    DRAW_PURPOSE_ACTIVATION, /* folds the number of an activation within its transaction */
    DRAW_PURPOSE_COUPLING_FAILS,
    DRAW_PURPOSE_COUPLING_WHERE,
    DRAW_PURPOSE_COUPLING_HOW,
    DRAW_PURPOSE_COUPLING_EXCHANGE,
    DRAW_PURPOSE_PRESENCE,
    DRAW_PURPOSE_UID,
    DRAW_PURPOSE_WAKE,
    DRAW_PURPOSE_APPLET_TIME,
    DRAW_PURPOSE_CHALLENGE,
    DRAW_PURPOSE_BYTE,
    DRAW_PURPOSE_SESSION_TIME,
    DRAW_PURPOSE_FAULT = 0x100, /* and the fault's place in the profile */
};

#endif
