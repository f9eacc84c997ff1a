/*
 * The words of the field as types: what a journal writes, a survey asks for and a report says is one of
 * these, never a string that is compared. A list of names makes the enum, its names and the parser:
 *
 *   enum outcome { OUTCOME_NONE = 0, OUTCOME_OK, ..., OUTCOME_COUNT };
 *   const char *outcome_name(enum outcome);                        "" for NONE and strangers; static storage
 *   enum outcome outcome_of_name(const char *name, size_t length); OUTCOME_NONE for a stranger
 *
 * enum domain_enum numbers the lists (DOMAIN_OUTCOME ...), for tables whose cells are of one or another.
 */
#ifndef NFC_SURVEY_DOMAIN_DOMAIN_H
#define NFC_SURVEY_DOMAIN_DOMAIN_H

#include <stdbool.h>
#include <stddef.h>

/* Where a transaction ended. */
#define STAGE_NAMES(N, P)                                                                                    \
    N(P, SETUP, "setup")                                                                                     \
    N(P, DETECT, "detect")                                                                                   \
    N(P, ACTIVATE, "activate")                                                                               \
    N(P, ROUTE, "route")                                                                                     \
    N(P, EXCHANGE, "exchange")                                                                               \
    N(P, CHECK, "check")

/* INVALID: instrument, host or operator at fault. NOT_APPLICABLE: a capability that a profile declares
 * absent. */
#define OUTCOME_NAMES(N, P)                                                                                  \
    N(P, OK, "ok")                                                                                           \
    N(P, FAIL, "fail")                                                                                       \
    N(P, INVALID, "invalid")                                                                                 \
    N(P, NOT_APPLICABLE, "not-applicable")

/* How deep the evidence of a cause goes. */
#define DEPTH_NAMES(N, P) N(P, PCSC, "pcsc") N(P, CCID, "ccid") N(P, RF, "rf")

/* How the phone is offered. */
#define POWER_NAMES(N, P)                                                                                    \
    N(P, ON_UNLOCKED, "on-unlocked")                                                                         \
    N(P, ON_LOCKED, "on-locked")                                                                             \
    N(P, SCREEN_OFF, "screen-off")                                                                           \
    N(P, BATTERY_LOW, "battery-low")                                                                         \
    N(P, OFF, "off")

/* What answers inside a phone. */
#define TARGET_NAMES(N, P) N(P, UICC, "uicc") N(P, ESE, "ese") N(P, HCE, "hce")

/* The contactless technologies: ISO/IEC 14443 type A and B, and FeliCa. */
#define TECHNOLOGY_NAMES(N, P) N(P, A, "A") N(P, B, "B") N(P, F, "F")

/* How a placement ended, for one script or as a whole. */
#define PLACEMENT_NAMES(N, P)                                                                                \
    N(P, CLEAN, "clean")                                                                                     \
    N(P, DIRTY, "dirty")                                                                                     \
    N(P, INVALID, "invalid")                                                                                 \
    N(P, ABORTED, "aborted")

/* What a note does to its placement: EXCLUDE, recorded before the result was shown, makes it invalid; WITHDRAW,
   recorded after it, leaves it counted and has it reported both ways. */
#define EXCLUSION_NAMES(N, P) N(P, EXCLUDE, "exclude") N(P, WITHDRAW, "withdraw")

/*
 * What is decided of a cell. UNDECIDED_INSTRUMENT: too many invalid placements running. REJECTED_SO_FAR: too dirty, but
 * in one session only, another one has to show it too. NOT_PURSUED: open when its handset was off the list.
 */
#define VERDICT_NAMES(N, P)                                                                                  \
    N(P, UNDECIDED, "undecided")                                                                             \
    N(P, COMPATIBLE, "compatible")                                                                           \
    N(P, INCOMPATIBLE, "incompatible")                                                                       \
    N(P, UNDECIDED_INSTRUMENT, "undecided (instrument)")                                                     \
    N(P, NOT_APPLICABLE, "not-applicable")                                                                   \
    N(P, EXCLUDED, "excluded")                                                                               \
    N(P, REJECTED_SO_FAR, "rejected so far")                                                                 \
    N(P, NOT_PURSUED, "not pursued")

/* What a survey is for: a verdict of every cell, or the list of recommended handsets alone. */
/* A row of a scheme of two tiers: the cells of a handset + sim, a condition and a script on all readers. */
#define ROW_NAMES(N, P) N(P, OPEN, "open") N(P, PASSES, "passes") N(P, FAILS, "fails")

/* What settles a row, or what an open one waits for: the mean over the readers, the bound on each of them, a second
 * session, a cell that is incompatible. CELL and EACH are of one reader. */
#define ROW_TEST_NAMES(N, P)                                                                                 \
    N(P, MEAN, "mean") N(P, EACH, "each") N(P, SESSIONS, "sessions") N(P, CELL, "cell")

#define DECIDE_NAMES(N, P) N(P, MATRIX, "matrix") N(P, LIST, "list")

/* What criteria make of a handset + sim. */
#define RECOMMENDATION_NAMES(N, P)                                                                           \
    N(P, RECOMMENDED, "recommended")                                                                         \
    N(P, CONDITIONAL, "conditional")                                                                         \
    N(P, NOT_RECOMMENDED, "not recommended")                                                                 \
    N(P, NOT_ENOUGH_DATA, "not enough data")

/* Who lays the phones. */
#define HANDS_NAMES(N, P)                                                                                    \
    N(P, PERSON, "person")                                                                                   \
    N(P, COMMAND, "command")                                                                                 \
    N(P, SIM, "sim")                                                                                         \
    N(P, TESTBED, "testbed")

/* How a person says which phone is in the hand, at each change: the tag scanned or typed, a yes, or not at all. */
#define IDENTITY_NAMES(N, P) N(P, SCAN, "scan") N(P, CONFIRM, "confirm") N(P, OFF, "off")

/* What happened to a reader. */
#define HEALTH_NAMES(N, P)                                                                                   \
    N(P, LOST, "lost")                                                                                       \
    N(P, BACK, "back")                                                                                       \
    N(P, KILLED, "killed")                                                                                   \
    N(P, QUARANTINED, "quarantined")                                                                         \
    N(P, RELEASED, "released")                                                                               \
    N(P, ASKED, "asked")                                                                                     \
    N(P, DROPPED, "dropped")                                                                                 \
    N(P, SIMULATED, "simulated")                                                                             \
    N(P, ASIDE, "set-aside")                                                                                 \
    N(P, HELD, "held")

/*
 * What a station asks the person at it, or tells (SEEKING, MEASURING). TAG: which phone is in the hand. NOTHING_SEEN: was it lying there, as asked?
 * ELSEWHERE: another reader sees a phone. LOST: it left the field while it was measured: was it lifted?
 * STRANGER: what answers is not what this phone and sim answered before. LIFT: to be taken away.
 * CLEAR: whatever lies on a reader, before the sweep goes on. REFERENCE: the reference card is to be laid.
 */
#define QUESTION_NAMES(N, P)                                                                                 \
    N(P, OPERATOR, "operator")                                                                               \
    N(P, TAG, "tag")                                                                                         \
    N(P, LAY, "lay")                                                                                         \
    N(P, SEEKING, "seeking")                                                                                 \
    N(P, MEASURING, "measuring")                                                                             \
    N(P, NOTHING_SEEN, "nothing-seen")                                                                       \
    N(P, ELSEWHERE, "elsewhere")                                                                             \
    N(P, LOST, "lost")                                                                                       \
    N(P, STRANGER, "stranger")                                                                               \
    N(P, WAITING, "waiting")                                                                                 \
    N(P, LIFT, "lift")                                                                                       \
    N(P, CLEAR, "clear")                                                                                     \
    N(P, PAUSED, "paused")                                                                                   \
    N(P, REFERENCE, "reference")

/*
 * Why the reference card was laid: before the first placement of a session or an execution, after so many placements,
 * after failures running, at the session's end; or on a reader that is set aside, to take it back.
 */
#define CHECK_NAMES(N, P)                                                                                    \
    N(P, BEGIN, "begin")                                                                                     \
    N(P, EVERY, "every")                                                                                     \
    N(P, FAILURES, "failures")                                                                               \
    N(P, END, "end")                                                                                         \
    N(P, AGAIN, "again")

/* What a person says to a station. SLIP: a slip of the operator (F28), before its result is shown. */
#define CHOICE_NAMES(N, P)                                                                                   \
    N(P, GO, "go")                                                                                           \
    N(P, YES, "yes")                                                                                         \
    N(P, NO, "no")                                                                                           \
    N(P, TAG, "tag")                                                                                         \
    N(P, SLIP, "slip")                                                                                       \
    N(P, LATER, "later")                                                                                     \
    N(P, WITHDRAW, "withdraw")                                                                               \
    N(P, NOTE, "note")                                                                                       \
    N(P, PAUSE, "pause")                                                                                     \
    N(P, HELP, "help")                                                                                       \
    N(P, QUIT, "quit")

/* What befell the host or the program on it; of two at once the later one here is told. */
#define HOST_NAMES(N, P)                                                                                     \
    N(P, CLOCK_SET, "clock-set")                                                                             \
    N(P, STARVED, "starved")                                                                                 \
    N(P, STOPPED, "stopped")                                                                                 \
    N(P, SLEPT, "slept")

/* Whether a script's `recover:` put right what a transaction left that ended before its last step. */
#define RECOVERY_NAMES(N, P) N(P, DONE, "done") N(P, FAILED, "failed")

/* How an execution of a run ended. */
#define STOP_NAMES(N, P)                                                                                     \
    N(P, DONE, "done")                                                                                       \
    N(P, SESSION_END, "session-end")                                                                         \
    N(P, INTERRUPTED, "interrupted")                                                                         \
    N(P, FAILED, "failed")

/* What shows that a reader is a device and no program: it agrees with the host's USB bus, nothing does, or a sign says
 * that it is emulated. */
#define PROOF_NAMES(N, P) N(P, BUS, "bus") N(P, UNPROVEN, "unproven") N(P, SIMULATED, "simulated")

/* Whose one of a kind it is that a card answers with: of the chip, of what is on it, or of a person. UID: or the PUPI of
 * type B; HISTORICAL: bytes of an ATS or ATR that look like a serial number; SUBJECT: of a certificate. */
#define IDENTIFIER_NAMES(N, P)                                                                               \
    N(P, UID, "uid")                                                                                         \
    N(P, HISTORICAL, "historical")                                                                           \
    N(P, CPLC, "cplc")                                                                                       \
    N(P, ICCID, "iccid")                                                                                     \
    N(P, IMSI, "imsi")                                                                                       \
    N(P, EID, "eid")                                                                                         \
    N(P, SERIAL, "serial")                                                                                   \
    N(P, SUBJECT, "subject")

/* What a reader passes on: whole APDUs only when they are SHORT, or EXTENDED ones too. */
#define READER_LEVEL_NAMES(N, P) N(P, TPDU, "tpdu") N(P, SHORT, "short") N(P, EXTENDED, "extended")

/* E(type, PREFIX): every word of the field, so that tables and tests can go through them. */
#define DOMAIN_ENUMS(E)                                                                                      \
    E(stage, STAGE)                                                                                          \
    E(outcome, OUTCOME)                                                                                      \
    E(depth, DEPTH)                                                                                          \
    E(power_mode, POWER)                                                                                     \
    E(target, TARGET)                                                                                        \
    E(technology, TECHNOLOGY)                                                                                \
    E(placement_result, PLACEMENT)                                                                           \
    E(exclusion, EXCLUSION)                                                                                  \
    E(verdict, VERDICT)                                                                                      \
    E(decide, DECIDE)                                                                                        \
    E(row_verdict, ROW)                                                                                      \
    E(row_test, ROW_TEST)                                                                                    \
    E(recommendation, RECOMMENDATION)                                                                        \
    E(hands_kind, HANDS)                                                                                     \
    E(identity, IDENTITY)                                                                                    \
    E(health_event, HEALTH)                                                                                  \
    E(question, QUESTION)                                                                                    \
    E(choice, CHOICE)                                                                                        \
    E(check_reason, CHECK)                                                                                   \
    E(host_event, HOST)                                                                                      \
    E(recovery, RECOVERY)                                                                                    \
    E(stop_status, STOP)                                                                                     \
    E(reader_level, READER_LEVEL)                                                                            \
    E(proof, PROOF)                                                                                          \
    E(identifier_kind, IDENTIFIER)

#define DOMAIN_MEMBER(PREFIX, name, text) PREFIX##_##name,
#define DOMAIN_ENUM(type, PREFIX)                                                                            \
    enum type { PREFIX##_NONE = 0, PREFIX##_NAMES(DOMAIN_MEMBER, PREFIX) PREFIX##_COUNT };                   \
    const char *type##_name(enum type value);                                                                \
    enum type type##_of_name(const char *name, size_t length);
DOMAIN_ENUMS(DOMAIN_ENUM)
#undef DOMAIN_ENUM

#define DOMAIN_NUMBER(type, PREFIX) DOMAIN_##PREFIX,
enum domain_enum { DOMAIN_NONE = 0, DOMAIN_ENUMS(DOMAIN_NUMBER) };
#undef DOMAIN_NUMBER
const char *domain_name(enum domain_enum list, unsigned value); /* "" for 0 and past the end */
unsigned domain_of_name(enum domain_enum list, const char *name, size_t length); /* 0 for a stranger */

/* Of the results of two scripts in a placement the worse one: DIRTY, then INVALID, ABORTED, CLEAN. */
enum placement_result placement_worse(enum placement_result a, enum placement_result b);

/* Whether more placements could still decide it. */
bool verdict_is_open(enum verdict v);

/* Whether a transaction that this befell tells nothing of the phone. */
bool host_event_spoils(enum host_event event);

/* Whether an invalid transaction may hide a failure of the phone: it had been activated, and the host was innocent. */
bool transaction_hides_failure(enum outcome outcome, enum stage stage, enum host_event host);

#endif
