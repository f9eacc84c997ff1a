/* For the behaviours of the contract: two readers of the subject under test, and what is done to them. Every
 * function here fails the test that calls it when it can't do what it says. */
#ifndef NFC_SURVEY_TESTS_CONTRACT_BENCH_H
#define NFC_SURVEY_TESTS_CONTRACT_BENCH_H

#include "tests/contract/contract.h"

#include <sys/types.h>

#define FOUND_MAX  16
#define CANARY     0xc3
#define CANARIES   64
#define ARRIVAL_MS 5000 /* generous: what lies there is seen long before */

struct bench {
    const struct contract_subject *subject;
    struct driver_found found[FOUND_MAX];
    size_t count;
    struct driver_reader *readers[CONTRACT_READERS];
    struct driver_reader *reader; /* the one that is spoken to: readers[number] */
    unsigned number;
    unsigned transactions;
    struct driver_target target;
    struct driver_fault fault;
    struct err e;
    struct driver_exchange x;
    uint8_t *response; /* APDU_RESPONSE_MAX bytes, canaries after them */
    bool laid[CONTRACT_READERS], unplugged[CONTRACT_READERS], faulty[CONTRACT_READERS];
    pid_t later; /* hands that act later; 0: none */
    uint8_t *command;
    char addresses[CONTRACT_READERS][160]; /* as they were opened last */
};

int bench_set_up(void **state);
int bench_tear_down(void **state);
void bench_use(const struct contract_subject *subject);

/* ---- hands ---- */
void lay(struct bench *b, enum contract_handset which);
void lift(struct bench *b);
void fault_is(struct bench *b, const char *fault);
void unplug(struct bench *b);
void plug(struct bench *b);
enum deed { DEED_LAY, DEED_LIFT, DEED_UNPLUG };
void later(struct bench *b, unsigned ms,
           enum deed deed); /* at once where the hands have no time of their own */

/* ---- readers ---- */
void list_readers(struct bench *b);
const char *address_of(struct bench *b, unsigned number); /* waits for it to appear */
void wait_until_gone(struct bench *b, unsigned number);   /* from the list */
int try_open(struct bench *b, const char *address, struct driver_reader **out);
void open_reader(struct bench *b, unsigned number); /* and speaks to it from now on */
void speak_to(struct bench *b, unsigned number);
void close_reader(struct bench *b);

/* ---- a transaction ---- */
void arrive(struct bench *b);
int try_activate(struct bench *b);
void activate(struct bench *b);
void lay_and_activate(struct bench *b, unsigned number, enum contract_handset which);
uint64_t now_ns(struct bench *b);

/* One exchange with a deadline (0: none), its status; the bytes behind the response are looked at. */
int exchange(struct bench *b, const uint8_t *command, size_t length, uint32_t deadline_ms);
int exchange_into(struct bench *b, const uint8_t *command, size_t length, size_t capacity);
void expect_sw(struct bench *b, const uint8_t *command, size_t length, unsigned sw);
#define SEND(b, command, sw) expect_sw(b, command, sizeof command, sw)

/* The ladder applet: a response of n bytes, a command with n bytes of data. */
void select_ladder(struct bench *b);
int try_read(struct bench *b, size_t n, uint32_t deadline_ms);
void expect_read(struct bench *b, size_t n); /* exactly these bytes */
bool is_right(const struct bench *b, size_t n);
int try_write(struct bench *b, size_t n);
void expect_write(struct bench *b, size_t n);

/* ---- failures ---- */
/* The last call failed with `status`, at this stage, and says all that a failure must say. */
void expect_failure(struct bench *b, int status, enum stage stage);
void expect_any_failure(struct bench *b, int status); /* whatever its stage */
void expect_lost(struct bench *b, int status);
void expect_mistake(struct bench *b, int status, int expected); /* the caller's: no cause, nothing was sent */
bool fault_is_empty(const struct bench *b);

extern const uint8_t select_jpki[15], select_token[7], read_label[5], uid_of_a[7], pupi_of_b[4];

#endif
