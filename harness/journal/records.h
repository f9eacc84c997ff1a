/*
 * The record table: one X-macro a record kind makes the struct, the emitter, the parser, the schema file and
 * the manual's table. F(TYPE, name, NEED, "meaning") with NEED one of MUST, MAY (left out when unset).
 *
 * Types, with their C member, their form in the line, and what is left out of one that is MAY:
 *   U64        uint64_t                   plain decimal; UINT64_MAX
 *   REAL       double                     plain decimal, at most 9 digits after the point; NaN
 *   BOOL       int                        true, false; negative
 *   TEXT       const char *               JSON string; NULL. A MUST that is NULL is written as ""
 *   SAID       const struct said *        what somebody said: a string; what the program said: ["code", "argument",
 *                                         ...] by harness/domain/said.def; why there is nothing: {"absent": either};
 *                                         NULL
 *   OUTCOME..  enum outcome ...           its name as a JSON string; 0. Every enum of harness/domain/domain.h by
 *                                         its prefix; a stranger's name is damage
 *   CAUSES     uint32_t                   ["F10", "F11"]; 0
 *   STAGES     struct journal_stages      {"activate": 30211, ...} microseconds by stage; UINT32_MAX: not reached
 *   EXCHANGES  struct journal_exchanges   [[step, us, "9000"], ...]; SW "" when there was none
 *   BYTES      struct journal_bytes       [["00a4..", "9000"], ...] command and response of each exchange, redacted
 *   RESULTS    struct journal_results     [[cell, "dirty", ok, fail, invalid, slow], ...]
 *   FILES      struct journal_files       [{"kind": .., "path": .., "sha256": .., "text": ..}, ...]
 *   READERS    struct journal_readers     [{"unit": .., "profile": .., "driver": .., "name": .., "serial": ..,
 *                                         "firmware": .., "simulated": true, "proof": ..}, ...]; "proof" is left out
 *                                         of what 0.4.0 wrote: not checked
 *
 * Every line: `- {"<kind>": <line number>, <fields in this order>, "crc": "xxxxxxxx"}` and a newline.
 */
#ifndef NFC_SURVEY_JOURNAL_RECORDS_H
#define NFC_SURVEY_JOURNAL_RECORDS_H

#include "harness/domain/cause.h"
#include "harness/domain/domain.h"
#include "harness/domain/said.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define JOURNAL_VERSION 2 /* 1: sentences in place of codes; both are read, old_sentences.c */

#define JOURNAL_OLD_CODES_END                                                                                \
    (SAID_VIRTUAL_CLOCK + 1)             /* the codes of said.def behind it are not of version 1 */
#define JOURNAL_CODES_END SAID_CONDITION /* from it on they are of findings and reports */

#define JOURNAL_START(F)                                                                                     \
    F(TEXT, format, MUST, "nfc-survey/journal")                                                              \
    F(U64, version, MUST, "of this format: 2; of a run that version 1 began: 1, to its end")                 \
    F(TEXT, run, MUST, "name of the run, from its directory")                                                \
    F(BOOL, simulated, MUST, "true when any sign of simulation was seen; for good")                          \
    F(SAID, simulated_sign, MAY, "which sign")                                                               \
    F(TEXT, survey, MUST, "id of the survey")                                                                \
    F(U64, seed, MUST, "of the order and of the simulator's draws")                                          \
    F(TEXT, scheme, MUST, "name of the statistical scheme, fixed before the first placement")                \
    F(REAL, q0, MUST, "share of dirty placements that is clean enough")                                      \
    F(REAL, q1, MUST, "share of dirty placements that is too many")                                          \
    F(REAL, alpha, MUST, "bound on a false `incompatible`")                                                  \
    F(REAL, beta, MUST, "bound on a false `compatible`")                                                     \
    F(U64, k, MUST, "transactions of each script a placement")                                               \
    F(U64, n_max, MUST, "placements a cell at most")                                                         \
    F(U64, rules, MAY,                                                                                       \
      "of judgement, 2: suspect placements count in both bounds, `incompatible` takes two sessions; "        \
      "absent: as by version 0.4.0")                                                                         \
    F(REAL, mean, MAY,                                                                                       \
      "of a scheme of two tiers: the mean over the readers that is too many; q1 is that of each, n_max in "  \
      "tours")                                                                                               \
    F(DECIDE, decide, MAY, "what it is for: every cell, or the list alone; absent: every cell")              \
    F(TEXT, prior_upper, MUST, "mixture prior of the upper bound, e.g. Beta(1/2, 5/q1)")                     \
    F(TEXT, prior_lower, MUST, "mixture prior of the lower bound, e.g. Beta(1, 4)")                          \
    F(U64, sessions, MUST, "planned sittings")                                                               \
    F(U64, lanes, MUST, "placements at the same time")                                                       \
    F(HANDS, hands, MUST, "who lays the phones")                                                             \
    F(TEXT, wall, MUST, "UTC wall time at the start")                                                        \
    F(TEXT, boot_id, MUST, "of the host")                                                                    \
    F(TEXT, host, MUST, "name of the host")                                                                  \
    F(TEXT, system, MUST, "kernel and machine")                                                              \
    F(SAID, clock, MUST, "of all durations: its name, or the simulator's")                                   \
    F(U64, clock_resolution_ns, MUST, "as the system reports it")                                            \
    F(TEXT, program, MUST, "nfc-survey and its version")                                                     \
    F(TEXT, operator, MAY, "who works at the station, by --operator or the user's name")                     \
    F(TEXT, governor, MAY, "of the host's processor frequency; not with a virtual clock")                    \
    F(TEXT, clock_source, MAY, "of the kernel's clock; not with a virtual clock")                            \
    F(REAL, temperature_c, MAY, "of the host's hottest zone; not with a virtual clock")                      \
    F(U64, boot_us, MAY, "since the host's boot, its sleep included; not with a virtual clock")              \
    F(TEXT, libraries, MAY, "versions of the reader stacks in use")                                          \
    F(SAID, landlock, MAY, "what held the files of the processes with the drivers, or why nothing did")      \
    F(SAID, seccomp, MAY, "what held their system calls, or why nothing did")                                \
    F(TEXT, directory, MAY, "of the survey; with hands of a command or a testbed")                           \
    F(TEXT, hands_seal, MAY, "value by the user's key of that command and folder: who began the run has it") \
    F(READERS, readers, MUST, "the reader units found, in survey order")                                     \
    F(FILES, files, MUST, "survey, profiles, scripts and criteria as they were read; the survey first")

#define JOURNAL_RESUME(F)                                                                                    \
    F(STOP, stopped, MAY, "how the execution before it ended, by its stop record")                           \
    F(SAID, reason, MUST, "why it did; without a stop record that it has none")                              \
    F(TEXT, wall, MUST, "UTC wall time")                                                                     \
    F(TEXT, boot_id, MUST, "of the host")                                                                    \
    F(TEXT, host, MUST, "name of the host")                                                                  \
    F(SAID, clock, MUST, "of all durations")                                                                 \
    F(U64, cut_bytes, MUST, "bytes of a torn last line that were cut off")                                   \
    F(TEXT, program, MUST, "nfc-survey and its version")                                                     \
    F(TEXT, operator, MAY, "who works at the station, by --operator or the user's name")                     \
    F(TEXT, governor, MAY, "of the host's processor frequency; not with a virtual clock")                    \
    F(TEXT, clock_source, MAY, "of the kernel's clock; not with a virtual clock")                            \
    F(REAL, temperature_c, MAY, "of the host's hottest zone; not with a virtual clock")                      \
    F(U64, boot_us, MAY, "since the host's boot, its sleep included; not with a virtual clock")              \
    F(TEXT, libraries, MAY, "versions of the reader stacks in use")                                          \
    F(SAID, landlock, MAY, "what held the files of the processes with the drivers, or why nothing did")      \
    F(SAID, seccomp, MAY, "what held their system calls, or why nothing did")                                \
    F(BOOL, reopened, MAY, "true: cells that instruments had closed are open again, by --reopen")            \
    F(TEXT, replaced, MAY, "the units whose reader is another from here on, by --replace")                   \
    F(TEXT, clock_was_wrong, MAY, "the operator's reason to go on against the wall clock")                   \
    F(TEXT, damage_accepted, MAY,                                                                            \
      "lines of the journal that were damaged, edited or missing, by --accept-damaged: 5, 14, 20-36")        \
    F(TEXT, folder_mode, MAY, "permissions of the run's folder, where others had any: they were taken away") \
    F(READERS, readers, MUST, "the reader units found, in survey order")

#define JOURNAL_PLACEMENT(F)                                                                                 \
    F(U64, at_us, MUST, "since this execution's start or resume")                                            \
    F(TEXT, reader, MUST, "unit")                                                                            \
    F(TEXT, handset, MUST, "unit")                                                                           \
    F(TEXT, sim, MUST, "id of the sim in it")                                                                \
    F(TEXT, condition, MUST, "id of the condition")                                                          \
    F(TEXT, position, MUST, "name of the position")                                                          \
    F(U64, session, MUST, "planned sitting, 1..")                                                            \
    F(U64, ordinal, MUST, "attempts of this reader, handset and condition in this session before it")        \
    F(U64, tour, MUST, "tour within session, handset group and condition")

/* What came of it, then how long each part took: who wants to know the first alone need not read the second. */
#define JOURNAL_TRANSACTION(F) JOURNAL_TRANSACTION_HEAD(F) JOURNAL_TRANSACTION_PARTS(F)
#define JOURNAL_TRANSACTION_HEAD(F)                                                                          \
    F(U64, placement, MUST, "line number of its placement record")                                           \
    F(U64, cell, MUST, "reader x (handset + sim) x condition x script, by the survey's numbering")           \
    F(U64, repeat, MUST, "1.. within the placement and script")                                              \
    F(U64, order, MUST,                                                                                      \
      "1.. within the placement, over all scripts: 1 is the first after the phone was laid")                 \
    F(U64, at_us, MUST, "since this execution's start or resume")                                            \
    F(TECHNOLOGY, technology, MAY, "of the activation")                                                      \
    F(OUTCOME, outcome, MUST, "how it ended")                                                                \
    F(STAGE, stage, MAY, "where it ended, when not ok")                                                      \
    F(TEXT, step, MAY, "name of the script's step where it ended, when not ok")                              \
    F(CAUSES, causes, MAY, "candidate causes")                                                               \
    F(DEPTH, depth, MAY, "of the evidence")                                                                  \
    F(TEXT, native, MAY, "the library's code by name")                                                       \
    F(SAID, detail, MAY, "what was seen")                                                                    \
    F(BOOL, slow, MAY, "passed the time limit of its script")                                                \
    F(U64, total_us, MAY, "from the start of activation to the last response, without apart_us")             \
    F(U64, apart_us, MAY, "of the host's own work between the commands, and of what proves the target")      \
    F(U64, proof_us, MAY, "what proved the test target, and counted its PINs' tries before and behind")      \
    F(RECOVERY, recovery, MAY,                                                                               \
      "of one that ended before its last step: whether the script's `recover:` put right what it left")      \
    F(U64, recover_us, MAY, "that took, from its activation")                                                \
    F(U64, detect_us, MAY, "wait for presence; first transaction of a placement only")                       \
    F(SAID, detect_source, MAY, "how presence was seen")                                                     \
    F(U64, detect_quantum_us, MAY, "how coarse that is")                                                     \
    F(SAID, atr, MAY, "answer to reset, hex; first transaction of a placement only")                         \
    F(SAID, uid, MAY,                                                                                        \
      "class of the UID (random, fixed) and its length, never the UID; first of a placement")                \
    F(SAID, ats, MAY, "answer to select, hex; first transaction of a placement only")                        \
    F(SAID, atqa, MAY,                                                                                       \
      "answer to request, type A, hex as received; first of a placement, where the reader shows it")         \
    F(SAID, sak, MAY, "select acknowledge, hex; with atqa")                                                  \
    F(SAID, atqb, MAY, "answer to request, type B, hex, the identifier in it as xx; first of a placement")   \
    F(TEXT, identifiers, MAY,                                                                                \
      "what tells this one from all others: kinds (uid, cplc ..) and, after `=`, the value of each by the "  \
      "key of identifiers, the key's id and 16 bytes of HMAC; with blanks between; never an identifier")     \
    F(U64, kbit_s, MAY, "rate of the exchanges, where the reader shows it; first of a placement")            \
    F(U64, fwt_us, MAY, "frame waiting time offered")                                                        \
    F(U64, skipped_steps, MAY, "steps that the reader's class cannot pass")                                  \
    F(HOST, host, MAY, "what befell the host while it ran")
#define JOURNAL_TRANSACTION_PARTS(F)                                                                         \
    F(STAGES, stages, MUST, "microseconds by stage")                                                         \
    F(EXCHANGES, exchanges, MUST, "step number, microseconds, status word of each exchange")                 \
    F(BYTES, bytes, MAY,                                                                                     \
      "of a failed transaction, or where the script asks for them; redacted at the source")                  \
    F(SAID, bytes_cut, MAY, "some are left out of bytes: the most that a line holds is reached")

#define JOURNAL_PLACED(F)                                                                                    \
    F(U64, placement, MUST, "line number of its placement record")                                           \
    F(U64, at_us, MUST, "since this execution's start or resume")                                            \
    F(PLACEMENT, result, MUST, "the worst of its scripts")                                                   \
    F(SAID, reason, MAY, "why invalid or aborted")                                                           \
    F(SAID, differs, MAY, "what answered was not as before; with hands of a command, which nobody can ask")  \
    F(BOOL, suspect, MAY, "true of one that could hide a failure of the phone: it is not proven innocent")   \
    F(RESULTS, results, MUST, "cell, result, and counts of ok, fail, invalid and slow for each script")

#define JOURNAL_PROBE(F)                                                                                     \
    F(U64, placement, MUST, "line number of its placement record, of which nothing was measured yet")        \
    F(U64, at_us, MUST, "since this execution's start or resume")                                            \
    F(TEXT, token_label, MAY, "of the JPKI application that answered")                                       \
    F(TEXT, hce, MAY, "status word to the SELECT of Android's host card emulation")                          \
    F(TEXT, cplc, MAY, "serial number of the chip, by the key of identifiers: its id, and 16 bytes of HMAC")

#define JOURNAL_ANSWER(F)                                                                                    \
    F(U64, at_us, MUST, "since this execution's start or resume")                                            \
    F(QUESTION, about, MUST, "what was asked")                                                               \
    F(CHOICE, choice, MUST, "what was answered")                                                             \
    F(TEXT, reader, MAY, "unit of the placement in question")                                                \
    F(TEXT, handset, MAY, "unit, likewise")                                                                  \
    F(TEXT, sim, MAY, "id, likewise")                                                                        \
    F(TEXT, condition, MAY, "id, likewise")                                                                  \
    F(U64, placement, MAY, "line number of its record, where it was opened before the question")             \
    F(SAID, detail, MAY, "why it was asked")                                                                 \
    F(TEXT, text, MAY, "a tag or a reason; `next` of a handset that was put off to the next session")        \
    F(U64, waited_us, MAY, "from the question to the answer")                                                \
    F(TEXT, operator, MAY, "who answered")                                                                   \
    F(TEXT, face, MAY, "where: lines, screen or web")

#define JOURNAL_CALIBRATION(F)                                                                               \
    F(U64, at_us, MUST, "since this execution's start or resume")                                            \
    F(TEXT, reader, MUST, "unit")                                                                            \
    F(TEXT, what, MUST, "what was timed")                                                                    \
    F(U64, n, MUST, "how often")                                                                             \
    F(U64, median_us, MUST, "of it")                                                                         \
    F(U64, least_us, MUST, "of it")

#define JOURNAL_REFERENCE(F)                                                                                 \
    F(U64, at_us, MUST, "since this execution's start or resume")                                            \
    F(TEXT, reader, MUST, "unit")                                                                            \
    F(CHECK, why, MUST, "why the reference card was laid")                                                   \
    F(BOOL, ok, MUST,                                                                                        \
      "true: it answered, and vouches for the placements of this reader since the last record of it that "   \
      "is "                                                                                                  \
      "ok; false: these are invalid, clean ones for good, dirty ones as suspect")                            \
    F(U64, since, MAY, "line number of the first of these placements")                                       \
    F(U64, placements, MUST, "how many they are")                                                            \
    F(U64, tries, MUST, "how often it was laid")                                                             \
    F(STAGE, stage, MAY, "where it failed at the last try")                                                  \
    F(CAUSES, causes, MAY, "candidate causes")                                                               \
    F(TEXT, native, MAY, "the library's code by name")                                                       \
    F(SAID, detail, MAY, "what was seen")                                                                    \
    F(U64, total_us, MAY, "when ok, from the start of activation to the last response")

#define JOURNAL_HEALTH(F)                                                                                    \
    F(U64, at_us, MUST, "since this execution's start or resume")                                            \
    F(TEXT, reader, MUST, "unit")                                                                            \
    F(HEALTH, event, MUST, "what happened to it")                                                            \
    F(SAID, detail, MAY, "what more there is of it")                                                         \
    F(PROOF, proof, MAY, "of one that came back and is not simulated: what shows that it is real")

#define JOURNAL_HOST(F)                                                                                      \
    F(U64, at_us, MUST, "since this execution's start or resume")                                            \
    F(HOST, event, MUST, "what befell it")                                                                   \
    F(REAL, seconds, MUST, "by how much the clock was set, less than 0 back; else for how long")             \
    F(TEXT, reader, MAY, "unit whose worker it befell; left out: all")

#define JOURNAL_NOTE(F)                                                                                      \
    F(U64, at_us, MUST,                                                                                      \
      "since this execution's start or resume; between executions: of the record before it")                 \
    F(TEXT, text, MUST, "by the operator or the program; where it has an effect, the reason for it")         \
    F(U64, placement, MAY, "line number of the placement record that it is about")                           \
    F(EXCLUSION, effect, MAY,                                                                                \
      "exclude: a slip of the operator (F28), recorded before the result was shown, the placement is "       \
      "invalid; "                                                                                            \
      "withdraw: recorded after it, the placement stays counted and is reported both ways")                  \
    F(TEXT, by, MAY, "who reported it")                                                                      \
    F(TEXT, wall, MAY, "UTC wall time")

#define JOURNAL_DECISION(F)                                                                                  \
    F(U64, at_us, MUST, "since this execution's start or resume")                                            \
    F(U64, cell, MUST, "reader x (handset + sim) x condition x script")                                      \
    F(VERDICT, verdict, MUST, "what the bounds say")                                                         \
    F(U64, n, MUST, "placements counted")                                                                    \
    F(U64, d, MUST, "of them dirty")                                                                         \
    F(U64, s, MAY, "suspect placements, in neither n nor d; absent: none")                                   \
    F(BOOL, attributed, MAY, "true when they are the handset's own, and are judged as dirty ones")           \
    F(REAL, lower, MUST, "anytime-valid bound on P(dirty)")                                                  \
    F(REAL, upper, MUST, "anytime-valid bound on P(dirty)")                                                  \
    F(ROW, row, MAY, "of a scheme of two tiers: what is decided of the cell's row, its readers together")    \
    F(ROW_TEST, row_by, MAY, "by which test; absent where it is open")                                       \
    F(U64, row_tours, MAY, "complete tours of all readers")                                                  \
    F(U64, row_dirty, MAY, "dirty and suspect placements of these tours")

#define JOURNAL_STOP(F)                                                                                      \
    F(U64, at_us, MUST, "since this execution's start or resume")                                            \
    F(TEXT, wall, MUST, "UTC wall time")                                                                     \
    F(STOP, status, MUST, "how this execution ended")                                                        \
    F(SAID, reason, MUST, "why")                                                                             \
    F(U64, placements, MUST, "placement records so far")                                                     \
    F(U64, transactions, MUST, "transaction records so far")                                                 \
    F(U64, lines, MUST, "records so far, without this one")                                                  \
    F(TEXT, sha256, MUST, "of all bytes before this line")

/* K(UPPER, lower): every record kind; its fields are JOURNAL_<UPPER>, its struct is journal_<lower>. */
#define JOURNAL_KINDS(K)                                                                                     \
    K(START, start)                                                                                          \
    K(RESUME, resume)                                                                                        \
    K(PLACEMENT, placement)                                                                                  \
    K(TRANSACTION, transaction)                                                                              \
    K(PLACED, placed)                                                                                        \
    K(PROBE, probe)                                                                                          \
    K(ANSWER, answer)                                                                                        \
    K(CALIBRATION, calibration)                                                                              \
    K(REFERENCE, reference)                                                                                  \
    K(HEALTH, health)                                                                                        \
    K(HOST, host)                                                                                            \
    K(NOTE, note)                                                                                            \
    K(DECISION, decision)                                                                                    \
    K(STOP, stop)

struct journal_exchange {
    uint32_t step; /* 1.. number of the script's step */
    uint32_t us;
    char sw[5]; /* "9000" or "" */
};
struct journal_exchanges {
    struct journal_exchange *items;
    size_t count;
};
struct journal_byte_pair {
    const char *command, *response; /* hex, secrets as xx */
};
struct journal_bytes {
    struct journal_byte_pair *items;
    size_t count;
};
struct journal_result {
    uint64_t cell;
    enum placement_result result;
    uint64_t ok, fail, invalid, slow;
};
struct journal_results {
    struct journal_result *items;
    size_t count;
};
struct journal_file {
    const char *kind, *path, *sha256, *text;
};
struct journal_files {
    struct journal_file *items;
    size_t count;
};
struct journal_reader_found {
    const char *unit, *profile, *driver, *name, *serial, *firmware;
    int simulated;
    enum proof proof; /* NONE: not checked */
};
struct journal_readers {
    struct journal_reader_found *items;
    size_t count;
};

struct journal_stages {
    uint32_t us[STAGE_COUNT]; /* [0] unused */
};

#define JOURNAL_C_U64        uint64_t
#define JOURNAL_C_REAL       double
#define JOURNAL_C_BOOL       int
#define JOURNAL_C_TEXT       const char *
#define JOURNAL_C_SAID       const struct said *
#define JOURNAL_C_CAUSES     uint32_t
#define JOURNAL_C_EXCHANGES  struct journal_exchanges
#define JOURNAL_C_BYTES      struct journal_bytes
#define JOURNAL_C_RESULTS    struct journal_results
#define JOURNAL_C_FILES      struct journal_files
#define JOURNAL_C_READERS    struct journal_readers
#define JOURNAL_C_STAGES     struct journal_stages
#define JOURNAL_C_DECIDE     enum decide
#define JOURNAL_C_ROW        enum row_verdict
#define JOURNAL_C_ROW_TEST   enum row_test
#define JOURNAL_C_HANDS      enum hands_kind
#define JOURNAL_C_TECHNOLOGY enum technology
#define JOURNAL_C_OUTCOME    enum outcome
#define JOURNAL_C_STAGE      enum stage
#define JOURNAL_C_DEPTH      enum depth
#define JOURNAL_C_PLACEMENT  enum placement_result
#define JOURNAL_C_HEALTH     enum health_event
#define JOURNAL_C_HOST       enum host_event
#define JOURNAL_C_RECOVERY   enum recovery
#define JOURNAL_C_PROOF      enum proof
#define JOURNAL_C_EXCLUSION  enum exclusion
#define JOURNAL_C_VERDICT    enum verdict
#define JOURNAL_C_STOP       enum stop_status
#define JOURNAL_C_QUESTION   enum question
#define JOURNAL_C_CHOICE     enum choice
#define JOURNAL_C_CHECK      enum check_reason

#define JOURNAL_MEMBER(type, name, need, meaning) JOURNAL_C_##type name;
#define JOURNAL_STRUCT(upper, lower)                                                                         \
    struct journal_##lower {                                                                                 \
        JOURNAL_##upper(JOURNAL_MEMBER)                                                                      \
    };
JOURNAL_KINDS(JOURNAL_STRUCT)

#define JOURNAL_ENUM(upper, lower) JOURNAL_KIND_##upper,
enum journal_kind { JOURNAL_KIND_NONE = 0, JOURNAL_KINDS(JOURNAL_ENUM) JOURNAL_KIND_COUNT };

struct journal_record {
    enum journal_kind kind;
    uint64_t line; /* the value of the first key */
    union {
#define JOURNAL_UNION(upper, lower) struct journal_##lower lower;
        JOURNAL_KINDS(JOURNAL_UNION)
    } as;
};

/* Every field set to "left out": call it before filling a record that is to be appended. */
void journal_record_init(struct journal_record *r, enum journal_kind kind);
const char *journal_kind_name(enum journal_kind kind); /* "" for a stranger */
const char *journal_shown(const struct said *s); /* the hex digits of an answer; "" where there are none */

/* The same tables as data: for the libyaml reader, the schema, the manual and the tests. */
enum journal_type {
    JOURNAL_TYPE_U64 = 1,
    JOURNAL_TYPE_REAL,
    JOURNAL_TYPE_BOOL,
    JOURNAL_TYPE_TEXT,
    JOURNAL_TYPE_SAID,
    JOURNAL_TYPE_CAUSES,
    JOURNAL_TYPE_STAGES,
    JOURNAL_TYPE_EXCHANGES,
    JOURNAL_TYPE_BYTES,
    JOURNAL_TYPE_RESULTS,
    JOURNAL_TYPE_FILES,
    JOURNAL_TYPE_READERS,
    JOURNAL_TYPE_ENUM, /* and the number of its list: JOURNAL_TYPE_OUTCOME is JOURNAL_TYPE_ENUM + DOMAIN_OUTCOME */
#define JOURNAL_TYPE_OF(type, PREFIX) JOURNAL_TYPE_##PREFIX = JOURNAL_TYPE_ENUM + DOMAIN_##PREFIX,
    DOMAIN_ENUMS(JOURNAL_TYPE_OF)
#undef JOURNAL_TYPE_OF
};
struct journal_field {
    const char *name, *meaning;
    enum journal_type type;
    bool must;
    size_t offset; /* in struct journal_record */
};
const struct journal_field *journal_fields(enum journal_kind kind,
                                           size_t *count); /* NULL, 0 for a stranger */
enum domain_enum journal_enum_of(enum journal_type type);  /* DOMAIN_NONE of a type that is no enum */

#endif
