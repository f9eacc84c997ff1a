/* The keys of reader and handset profiles. */
#include "harness/survey/keys.h"

#include "harness/card/virtual.h"
#include "harness/survey/survey.h"

/* ---- facts with their sources ---- */

static const struct fields_choice marks[] = { { "R", 1 }, { "Rx", 2 }, { "K", 3 }, { "D", 4 }, { NULL, 0 } };

static const struct field fact_keys[] = {
    { "value", FIELD_OPTIONAL, FIELD_TEXT, "what is known" },
    { "absent", FIELD_OPTIONAL, FIELD_TEXT, "why nothing is known" },
    { "mark", FIELD_OPTIONAL, FIELD_CHOICE,
      "how it is known: R read in the source, Rx read as an excerpt, K from memory, D derived",
      .choices = marks },
    { "source", FIELD_OPTIONAL, FIELD_TEXT, "where it is from; else the file's source",
      .most = FIELDS_LONG_MAX },
    { 0 },
};
static const struct field_map fact_map = {
    "a fact", fact_keys, .rules = "\"oneOf\": [{\"required\": [\"value\"]}, {\"required\": [\"absent\"]}]"
};
static const struct field fact_with_source = { NULL, FIELD_OPTIONAL, FIELD_MAP, NULL, .map = &fact_map };
static const struct field fact = { NULL, FIELD_OPTIONAL, FIELD_TEXT, NULL, .or = &fact_with_source };

/* ---- faults of simulated units ---- */

static const struct fields_choice per[] = { { "placement", VIRTUAL_PER_PLACEMENT },
                                            { "transaction", VIRTUAL_PER_TRANSACTION },
                                            { "exchange", VIRTUAL_PER_EXCHANGE },
                                            { NULL, 0 } };
static const struct fields_choice when[] = { { "failing", VIRTUAL_WHEN_FAILING },
                                             { "after-failure", VIRTUAL_WHEN_AFTER_FAILURE },
                                             { NULL, 0 } };

#define FAULT(of_unit, cause_pattern)                                                                        \
    static const struct field of_unit##_fault_keys[] = {                                                     \
        { "cause", FIELD_REQUIRED, FIELD_PATTERN, "what goes wrong, by docs/causes.md",                      \
          .pattern = (cause_pattern) },                                                                      \
        { "rate", FIELD_REQUIRED, FIELD_REAL, "its probability, 0 to 1", .most = 1 },                        \
        { "per", FIELD_REQUIRED, FIELD_CHOICE, "of each of what", .choices = per },                          \
        FIELD_POWER_MODES("power_modes", FIELD_OPTIONAL, "only in these; left out: in all"),                 \
        { "response_at_least_bytes", FIELD_OPTIONAL, FIELD_UNSIGNED, "only where the response is so long",   \
          .most = 65536 },                                                                                   \
        { "slow_us", FIELD_OPTIONAL, FIELD_UNSIGNED, "how long it hangs or is late", .most = 60000000 },     \
        { "when", FIELD_OPTIONAL, FIELD_CHOICE,                                                              \
          "of F31, a reader that hangs: only while the phone fails, or after it did", .choices = when },     \
        { 0 },                                                                                               \
    };                                                                                                       \
    static const struct field_map of_unit##_fault_map = { "a fault", of_unit##_fault_keys };                 \
    static const struct field of_unit##_fault = { NULL, FIELD_OPTIONAL, FIELD_MAP, NULL,                     \
                                                  .map = &of_unit##_fault_map };

FAULT(reader, "^F(01|1[3-5]|2[89]|3[01])$")
FAULT(handset, "^F(0[2-9]|1[0-9]|2[0-7])$")

/* ---- readers ---- */

const struct fields_choice reader_levels[] = { { "none", READER_LEVEL_NONE },
                                               { "tpdu", READER_LEVEL_TPDU },
                                               { "short", READER_LEVEL_SHORT },
                                               { "short+extended", READER_LEVEL_EXTENDED },
                                               { NULL, 0 } };

static const struct field usb_keys[] = {
    { "vendor", FIELD_REQUIRED, FIELD_HEX, "idVendor", .least = 2, .most = 2 },
    { "product", FIELD_REQUIRED, FIELD_HEX, "idProduct", .least = 2, .most = 2 },
    { "class", FIELD_REQUIRED, FIELD_HEX, "bInterfaceClass: 0B of a CCID, FF of a vendor's own", .least = 1,
      .most = 1 },
    { "interface", FIELD_OPTIONAL, FIELD_UNSIGNED, "bInterfaceNumber", .most = 15 },
    { 0 },
};
static const struct field_map usb_map = { "usb", usb_keys };

#define USB_STRING(key, meaning)                                                                             \
    {                                                                                                        \
        key, FIELD_OPTIONAL, FIELD_PATTERN, meaning ", empty where the device has none",                     \
            .most = USB_STRING_BYTES_MAX, .pattern = ""                                                      \
    }
static const struct field usb_string_keys[] = {
    USB_STRING("manufacturer", "the text behind iManufacturer"),
    USB_STRING("product", "the text behind iProduct"),
    USB_STRING("interface", "the text behind iInterface"),
    { 0 },
};
static const struct field_map usb_strings_map = { "usb_strings", usb_string_keys };

static const struct field ccid_keys[] = {
    { "features", FIELD_REQUIRED, FIELD_HEX, "dwFeatures, highest byte first", .least = 4, .most = 4 },
    { "level", FIELD_REQUIRED, FIELD_CHOICE, "of exchange, as the features say", .choices = reader_levels },
    { "max_message_bytes", FIELD_REQUIRED, FIELD_UNSIGNED, "dwMaxCCIDMsgLen", .most = UINT32_MAX },
    { "ifsd_bytes", FIELD_REQUIRED, FIELD_UNSIGNED, "dwMaxIFSD", .most = UINT32_MAX },
    { "endpoints", FIELD_REQUIRED, FIELD_UNSIGNED,
      "bNumEndpoints: with 3 it reports arrivals by itself, with 2 it is asked every 400 ms", .most = 30 },
    { "busy_slots", FIELD_REQUIRED, FIELD_UNSIGNED, "bMaxCCIDBusySlots", .most = 255 },
    { "clock_khz", FIELD_OPTIONAL, FIELD_UNSIGNED, "dwDefaultClock", .most = UINT32_MAX },
    { "protocols", FIELD_OPTIONAL, FIELD_HEX, "dwProtocols, highest byte first: 1 T=0, 2 T=1, 3 both",
      .least = 4, .most = 4 },
    { 0 },
};
static const struct field_map ccid_map = { "ccid", ccid_keys };

static const struct field withdrawal_keys[] = {
    { "clean", FIELD_OPTIONAL, FIELD_REAL, "share of placements that they saw clean, 0 to 1", .most = 1 },
    { "dirty", FIELD_OPTIONAL, FIELD_REAL, "share of placements that they saw dirty, 0 to 1", .most = 1 },
    { 0 },
};
static const struct field_map withdrawals_map = { "withdrawals", withdrawal_keys };

static const struct field reader_simulation_keys[] = {
    { "level", FIELD_REQUIRED, FIELD_CHOICE, "of exchange", .choices = reader_levels + 1 },
    { "max_message_bytes", FIELD_REQUIRED, FIELD_UNSIGNED, "of a CCID message", .least = 32, .most = 70000 },
    { "interrupt_endpoint", FIELD_REQUIRED, FIELD_BOOL, "whether it reports arrivals by itself" },
    { "detect_quantum_us", FIELD_REQUIRED, FIELD_UNSIGNED, "how coarse presence is seen", .most = 10000000 },
    { "polling", FIELD_REQUIRED, FIELD_PATTERN, "one to three of A, B and F in polling order",
      .pattern = "^[ABF]{1,3}$" },
    { "max_kbit_s", FIELD_REQUIRED, FIELD_UNSIGNED, "rate at most", .least = 106, .most = 848 },
    { "fsd_bytes", FIELD_REQUIRED, FIELD_UNSIGNED, "the frame size that it takes", .least = 16, .most = 256 },
    { "host_us", FIELD_REQUIRED, FIELD_UNSIGNED, "USB and driver time of one exchange, median",
      .most = 1000000 },
    { "host_spread", FIELD_REQUIRED, FIELD_REAL, "of it: log-normal sigma", .most = 2 },
    { "field_db", FIELD_REQUIRED, FIELD_REAL, "adds to the handset's margin", .least = -60, .most = 60 },
    { "reader_session_sd_db", FIELD_OPTIONAL, FIELD_REAL,
      "a session's effect on its link to every handset: normal, standard deviation", .most = 30 },
    { "reader_session_spread", FIELD_OPTIONAL, FIELD_REAL,
      "a session's effect on its host times: log-normal sigma", .most = 2 },
    { "radius_mm", FIELD_REQUIRED, FIELD_REAL, "distance at which 3 dB are lost", .least = 1, .most = 1000 },
    { "faults", FIELD_OPTIONAL, FIELD_LIST, "what goes wrong now and then", .of = &reader_fault,
      .most = VIRTUAL_FAULTS_MAX },
    { "withdrawals", FIELD_OPTIONAL, FIELD_MAP,
      "an operator who looks at the result first and withdraws placements", .map = &withdrawals_map },
    { 0 },
};
static const struct field_map reader_simulation_map = { "a reader's simulation", reader_simulation_keys };

static const struct field reader_keys[] = {
    FIELD_HEAD("reader"),
    { "id", FIELD_REQUIRED, FIELD_ID, "the file's name without .yaml" },
    { "maker", FIELD_REQUIRED, FIELD_TEXT, "who makes it" },
    { "model", FIELD_REQUIRED, FIELD_TEXT, "what it is called" },
    { "source", FIELD_REQUIRED, FIELD_TEXT, "where every line comes from", .most = FIELDS_LONG_MAX },
    { "note", FIELD_OPTIONAL, FIELD_TEXT, "what else is to be known of it", .most = FIELDS_LONG_MAX },
    { "match", FIELD_OPTIONAL, FIELD_TEXT, "the part of its PC/SC name that no other model has" },
    { "connstring", FIELD_OPTIONAL, FIELD_TEXT, "how libnfc reaches one at a serial port" },
    { "uid_apdu", FIELD_OPTIONAL, FIELD_PATTERN, "the command that it answers itself with the UID, in hex",
      .pattern = "^([0-9A-Fa-f]{2} *){4,32}$" },
    { "usb", FIELD_OPTIONAL, FIELD_MAP, "what its USB descriptor says", .map = &usb_map },
    { "usb_strings", FIELD_OPTIONAL, FIELD_MAP, "for the emulated unit to wear", .map = &usb_strings_map },
    { "ccid", FIELD_OPTIONAL, FIELD_MAP, "what its CCID descriptor says", .map = &ccid_map },
    { "facts", FIELD_OPTIONAL, FIELD_NAMED, "what else is known, each with its source", .of = &fact },
    { "simulation", FIELD_OPTIONAL, FIELD_MAP, "of a model whose id begins with sim-",
      .map = &reader_simulation_map },
    { 0 },
};

/* An id that begins with sim- and a simulation come together or not at all. */
#define SIMULATED_OR_NOT                                                                                     \
    "\"if\": {\"properties\": {\"id\": {\"pattern\": \"^sim-\"}}}, "                                         \
    "\"then\": {\"required\": [\"simulation\"]}, \"else\": {\"properties\": {\"simulation\": false}}"

const struct field_map reader_map = { "a reader profile", reader_keys, .rules = SIMULATED_OR_NOT };

/* ---- handsets ---- */

static const struct fields_choice targets[] = {
    { "uicc", TARGET_UICC }, { "ese", TARGET_ESE }, { "hce", TARGET_HCE }, { NULL, 0 }
};

static const struct fields_choice applets[] = {
    { "jpki", VIRTUAL_APPLET_JPKI },     { "hce-probe", VIRTUAL_APPLET_HCE_PROBE },
    { "cplc", VIRTUAL_APPLET_CPLC },     { "ppse", VIRTUAL_APPLET_PPSE },
    { "ladder", VIRTUAL_APPLET_LADDER }, { NULL, 0 }
};
static const struct field applet = { NULL, FIELD_OPTIONAL, FIELD_CHOICE, NULL, .choices = applets };

static const struct field target_keys[] = {
    { "target", FIELD_REQUIRED, FIELD_CHOICE, "what answers inside of the phone", .choices = targets },
    FIELD_POWER_MODES("power_modes", FIELD_REQUIRED, "in which it answers"),
    { "applets", FIELD_REQUIRED, FIELD_LIST, "what is installed there", .of = &applet },
    { "select_us", FIELD_REQUIRED, FIELD_UNSIGNED, "time of a SELECT, median", .most = 60000000 },
    { "command_us", FIELD_REQUIRED, FIELD_UNSIGNED, "time of any other command, median", .most = 60000000 },
    { "per_byte_ns", FIELD_REQUIRED, FIELD_UNSIGNED, "time of the link to it, a byte of payload",
      .most = 10000000 },
    { "spread", FIELD_REQUIRED, FIELD_REAL, "of these times: log-normal sigma, cut off at 3 sigma",
      .most = 2 },
    { "sign_rsa_us", FIELD_OPTIONAL, FIELD_UNSIGNED,
      "what a signature of RSA-2048 adds, median; 300000 unless given", .most = 60000000 },
    { "sign_p256_us", FIELD_OPTIONAL, FIELD_UNSIGNED, "of P-256; 60000 unless given", .most = 60000000 },
    { "generate_rsa_us", FIELD_OPTIONAL, FIELD_UNSIGNED,
      "what making a key pair of RSA-2048 adds, median; 2000000 unless given", .most = 60000000 },
    { "generate_p256_us", FIELD_OPTIONAL, FIELD_UNSIGNED, "of P-256; 80000 unless given", .most = 60000000 },
    { "wtx_after_us", FIELD_OPTIONAL, FIELD_UNSIGNED, "asks for more time after that; 0: never",
      .most = 60000000 },
    { 0 },
};
static const struct field_map target_map = { "a target", target_keys };
static const struct field target = { NULL, FIELD_OPTIONAL, FIELD_MAP, NULL, .map = &target_map };

enum { TARGETS_MAX = sizeof((struct virtual_handset *)0)->targets / sizeof(struct virtual_target) };

static const struct fields_choice technologies[] = { { "A", 'A' }, { "B", 'B' }, { NULL, 0 } };

static const struct field handset_simulation_keys[] = {
    { "technology", FIELD_REQUIRED, FIELD_CHOICE, "that it answers with", .choices = technologies },
    { "random_uid", FIELD_OPTIONAL, FIELD_BOOL, "whether it shows another UID each time" },
    { "uid", FIELD_OPTIONAL, FIELD_HEX, "UID of 4, 7 or 10 bytes, or PUPI of 4; not beside a random one",
      .least = 4, .most = 10 },
    { "atqa", FIELD_OPTIONAL, FIELD_HEX, "answer to request, of technology A", .least = 2, .most = 2 },
    { "sak", FIELD_OPTIONAL, FIELD_HEX, "select acknowledge, of technology A", .least = 1, .most = 1 },
    { "historical", FIELD_OPTIONAL, FIELD_HEX, "historical bytes",
      .most = sizeof((struct virtual_handset *)0)->historical },
    { "fsci", FIELD_REQUIRED, FIELD_UNSIGNED, "code of the frame size that it takes", .most = 8 },
    { "fwi", FIELD_REQUIRED, FIELD_UNSIGNED, "code of its frame waiting time", .most = 14 },
    { "max_kbit_s", FIELD_REQUIRED, FIELD_UNSIGNED, "rate at most: 106, 212 or 424", .least = 106,
      .most = 424 },
    { "targets", FIELD_REQUIRED, FIELD_LIST, "what answers inside of it", .of = &target, .least = 1,
      .most = TARGETS_MAX },
    { "margin_db", FIELD_REQUIRED, FIELD_REAL, "link margin at the centre of a reader of 0 dB", .least = -60,
      .most = 60 },
    { "placement_sd_db", FIELD_REQUIRED, FIELD_REAL, "a placement's effect on it: standard deviation",
      .most = 30 },
    { "session_sd_db", FIELD_REQUIRED, FIELD_REAL, "a session's effect on it in a cell: standard deviation",
      .most = 30 },
    { "handset_session_sd_db", FIELD_OPTIONAL, FIELD_REAL,
      "a session's effect on it on all readers at once: standard deviation", .most = 30 },
    { "handset_session_spread", FIELD_OPTIONAL, FIELD_REAL,
      "a session's effect on its times: log-normal sigma", .most = 2 },
    { "antenna_x_mm", FIELD_OPTIONAL, FIELD_REAL, "where its antenna is, from its middle to the right",
      .least = -200, .most = 200 },
    { "antenna_y_mm", FIELD_OPTIONAL, FIELD_REAL, "where its antenna is, from its middle upwards",
      .least = -200, .most = 200 },
    { "faults", FIELD_OPTIONAL, FIELD_LIST, "what goes wrong now and then", .of = &handset_fault,
      .most = VIRTUAL_FAULTS_MAX },
    { 0 },
};
static const struct field_map handset_simulation_map = {
    "a handset's simulation", handset_simulation_keys,
    .rules = "\"allOf\": [{\"if\": {\"properties\": {\"technology\": {\"const\": \"A\"}}}, "
             "\"then\": {\"required\": [\"atqa\", \"sak\"]}}, "
             "{\"if\": {\"properties\": {\"random_uid\": {\"const\": true}}, \"required\": "
             "[\"random_uid\"]}, "
             "\"then\": {\"properties\": {\"uid\": false}}, \"else\": {\"required\": [\"uid\"]}}]"
};

static const struct field absent_mode_keys[] = {
    FIELD_POWER_MODES("modes", FIELD_REQUIRED, "which"),
    { "source", FIELD_REQUIRED, FIELD_TEXT, "who says so", .most = FIELDS_LONG_MAX },
    { 0 },
};
static const struct field_map absent_modes_map = { "absent_modes", absent_mode_keys };

static const struct field handset_keys[] = {
    FIELD_HEAD("handset"),
    { "id", FIELD_REQUIRED, FIELD_ID, "the file's name without .yaml" },
    { "source", FIELD_REQUIRED, FIELD_TEXT, "that of every fact without one of its own",
      .most = FIELDS_LONG_MAX },
    { "note", FIELD_OPTIONAL, FIELD_TEXT, "what else is to be known of it", .most = FIELDS_LONG_MAX },
    { "share", FIELD_OPTIONAL, FIELD_REAL, "its part of the market, 0 to 1", .most = 1 },
    { "facts", FIELD_REQUIRED, FIELD_NAMED,
      "what is known: maker and name, and as far as known model_code, carrier, released, android, "
      "technologies, felica, and others",
      .of = &fact },
    { "absent_modes", FIELD_OPTIONAL, FIELD_MAP, "power modes that the model is stated not to have",
      .map = &absent_modes_map },
    { "simulation", FIELD_OPTIONAL, FIELD_MAP, "of a model whose id begins with sim-",
      .map = &handset_simulation_map },
    { 0 },
};
const struct field_map handset_map = { "a handset profile", handset_keys, .rules = SIMULATED_OR_NOT };
