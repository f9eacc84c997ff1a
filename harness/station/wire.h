/*
 * Messages between the supervisor and a worker, over a SOCK_SEQPACKET pair: plain structs of one build on
 * one machine, those of harness/station/trial_report.h among them. One longer than a packet is sent in
 * fragments. The supervisor treats a worker as hostile: sizes, enumerations and text ends are checked
 * before anything is used.
 */
#ifndef NFC_SURVEY_STATION_WIRE_H
#define NFC_SURVEY_STATION_WIRE_H

#include "harness/base/buf.h"
#include "harness/base/identifier_key.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define WIRE_PACKET_MAX  60000 /* a packet holds at most about 200 kB; 64 KiB is the design's fragment */
#define WIRE_MESSAGE_MAX (1u << 20)

enum wire_kind {
    WIRE_NONE = 0,
    /* supervisor -> worker */
    WIRE_OPEN,      /* struct wire_open */
    WIRE_PLACE,     /* struct wire_place */
    WIRE_LIFT,      /* struct wire_lift: wait until the field is empty */
    WIRE_GO,        /* no body: the phone that was seen may be measured */
    WIRE_WATCH,     /* struct wire_lift: is something in the field, or does it come before the next order? */
    WIRE_ASK,       /* no body: does the reader itself answer? */
    WIRE_REFERENCE, /* struct wire_place with one script: does the reference card answer? One transaction */
    WIRE_FLOOR,     /* no body: time questions that no card answers */
    WIRE_FINISH,    /* no body: end the placement after the present transaction, or the watch */
    WIRE_QUIT,      /* no body */
    /* worker -> supervisor */
    WIRE_OPENED,      /* struct trial_opened */
    WIRE_SEEN,        /* no body: the phone that was ordered is in the field */
    WIRE_PROBED,      /* struct wire_probed, before the first transaction of a placement */
    WIRE_WATCHED,     /* struct wire_status: 0, something is there; ERR_TIMEOUT, nothing was */
    WIRE_EXCHANGE,    /* struct wire_exchange, then command and response hex when it says so */
    WIRE_TRANSACTION, /* struct trial_report */
    WIRE_PLACED,      /* struct wire_placed */
    WIRE_LIFTED,      /* struct wire_status */
    WIRE_ANSWER,      /* struct wire_status */
    WIRE_REFERENCED,  /* struct trial_report */
    WIRE_FLOORED,     /* struct trial_floor */
    WIRE_KIND_COUNT,
};

struct wire_open {
    char address[160]; /* "" = whatever matches the unit's profile */
    char serial[64];   /* "" = any */
    uint32_t ours;     /* the supervisor has locked the reader: not to be asked again */
};

struct wire_place {
    uint32_t pair, condition, session, ordinal;
    uint32_t scripts; /* bit a script */
    uint32_t detect_limit_ms;
    uint32_t asks;   /* 1: when it is seen, SEEN is sent, and nothing is measured before GO */
    uint32_t probes; /* 1: it is asked what it is before it is measured */
    uint64_t now_ns; /* virtual clocks are set to it */
};

struct wire_probed {
    char token_label[33];              /* of the JPKI application, without blanks at its end; "" = not read */
    char cplc[IDENTIFIER_VALUE_BYTES]; /* value of the chip's serial number; "" = not read */
    uint32_t hce;               /* status word to the SELECT of Android's host card emulation; 0: none */
    uint32_t reader_lost, busy; /* as in wire_placed, which follows at once */
    uint64_t started_ns;        /* of the reader's clock */
};

struct wire_lift { /* WATCH too */
    uint32_t limit_ms;
};

struct wire_exchange {
    uint32_t step, us;
    uint32_t sw; /* 0: none */
    uint32_t command_hex,
        response_hex; /* lengths of the hex that follows; 0 and 0 when only the times are sent */
    uint32_t late;    /* sent again, for its bytes only: index of the exchange in this transaction */
};

struct wire_placed {
    uint64_t now_ns;
    uint32_t broken; /* not all transactions were made */
    uint32_t reader_lost;
    uint32_t busy; /* another program holds it */
    uint32_t left; /* the last transaction failed to begin, and then nothing was in the field */
};

struct wire_status {
    int32_t status;
    char native[48], text[200];
};

/* Sends one message; body may be two parts. False when the peer is gone. While the peer's queue is full a worker
 * waits; the supervisor does not: false with EAGAIN in errno. */
bool wire_send(int fd, enum wire_kind kind, const void *body, size_t length, const void *more,
               size_t more_length);

struct wire_inbox {
    struct buf body; /* of the message being put together */
    enum wire_kind kind;
    size_t total;
};
void wire_inbox_init(struct wire_inbox *in);
void wire_inbox_free(struct wire_inbox *in);

enum wire_received { WIRE_MESSAGE = 1, WIRE_AGAIN, WIRE_CLOSED, WIRE_BROKEN };

/* One packet. MESSAGE: in->kind and in->body hold a whole message until the next call. AGAIN: nothing whole
 * yet. */
enum wire_received wire_receive(int fd, bool wait, struct wire_inbox *in);

/* The body as a struct of this exact size, or (more allowed) with a tail; NULL when it is not. */
const void *wire_body(const struct wire_inbox *in, size_t size, bool tail_allowed);

/* What a worker is doing now, in a page shared with its supervisor. */
struct wire_page {
    _Atomic uint64_t deadline_ns; /* clock_now_ns() at which the present call counts as hung; 0 = none */
    _Atomic uint64_t started_ns;
    _Atomic uint32_t stage;
    _Atomic uint32_t script, repeat, order, step;
    _Atomic uint32_t probing; /* the phone is asked what it is: nothing of it is measured */
};

#endif
