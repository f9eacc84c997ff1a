/* The keys of script files. */
#include "harness/survey/keys.h"

#include "harness/domain/domain.h"
#include "harness/survey/script.h"

#define VARIABLE_NAME "^[a-z][a-z0-9_]*$"
#define STATUS_WORD   "^[0-9A-FXa-fx]{4}$"
#define TEMPLATE      "^([0-9A-Fa-f]{2}| |[{][a-z][a-z0-9_]*(:[0-9]+)?[}])+$"

/* A number, or the name of a variable that holds one. */
static const struct field variable_name = { NULL, FIELD_OPTIONAL, FIELD_PATTERN, NULL,
                                            .pattern = VARIABLE_NAME };

static const struct field variable_keys[] = {
    { "bytes", FIELD_OPTIONAL, FIELD_PATTERN, "bytes in hexadecimal", .pattern = "^([0-9A-Fa-f]{2} *)+$" },
    { "number", FIELD_OPTIONAL, FIELD_UNSIGNED, "a whole number", .most = UINT32_MAX },
    { 0 },
};
static const struct field_map variable_map = {
    "a variable", variable_keys,
    .rules = "\"oneOf\": [{\"required\": [\"bytes\"]}, {\"required\": [\"number\"]}]"
};
static const struct field variable = { NULL, FIELD_OPTIONAL, FIELD_MAP, NULL, .map = &variable_map };

/* ---- loops of a step ---- */

static const struct field value = { NULL, FIELD_OPTIONAL, FIELD_UNSIGNED, NULL, .most = 65536 };
static const struct field values_keys[] = {
    { "value", FIELD_REQUIRED, FIELD_LIST, "what {value} is, one after the other", .of = &value, .least = 1,
      .most = SCRIPT_EXPANDED_MAX },
    { 0 },
};
static const struct field_map values_map = { "a loop", values_keys };

static const struct field read_keys[] = {
    { "length", FIELD_REQUIRED, FIELD_UNSIGNED, "bytes in all, or the variable that holds it",
      .most = SCRIPT_READ_MAX, .or = &variable_name },
    { "chunk", FIELD_OPTIONAL, FIELD_UNSIGNED, "bytes at a time, 256 unless said; more needs needs_extended",
      .least = 1, .most = 65536 },
    { "as", FIELD_OPTIONAL, FIELD_PATTERN, "the variable that holds all that was read",
      .pattern = VARIABLE_NAME },
    { 0 },
};
static const struct field_map read_map = { "a read loop", read_keys };

static const struct field write_keys[] = {
    { "from", FIELD_REQUIRED, FIELD_PATTERN, "what is written, as a template", .pattern = TEMPLATE },
    { "chunk", FIELD_OPTIONAL, FIELD_UNSIGNED,
      "bytes at a time, 239 unless said: what fits into a secure channel", .least = 1, .most = 255 },
    { 0 },
};
static const struct field_map write_map = { "a write loop", write_keys };

/* ---- what an answer must be, and what is kept of it ---- */

static const struct field check_keys[] = {
    { "length", FIELD_OPTIONAL, FIELD_UNSIGNED, "bytes of data, or the variable that holds it", .most = 65536,
      .or = &variable_name },
    { "equals", FIELD_OPTIONAL, FIELD_PATTERN, "the data, as a template", .pattern = TEMPLATE },
    { "starts", FIELD_OPTIONAL, FIELD_PATTERN, "what the data begins with, as a template",
      .pattern = TEMPLATE },
    { "same", FIELD_OPTIONAL, FIELD_BOOL, "true: the same data in every transaction of a cell" },
    { "token", FIELD_OPTIONAL, FIELD_BOOL, "true: the token label of the sim that is said to be there" },
    { 0 },
};
static const struct field_map check_map = { "a check", check_keys };

static const struct fields_choice kinds[] = { { "number", 1 }, { "bytes", 0 }, { NULL, 0 } };
static const struct field capture_keys[] = {
    { "as", FIELD_REQUIRED, FIELD_CHOICE, "what the variable becomes", .choices = kinds },
    { "offset", FIELD_OPTIONAL, FIELD_UNSIGNED, "its first byte in the data, from 0", .most = 65535 },
    { "length", FIELD_OPTIONAL, FIELD_UNSIGNED,
      "bytes; of a number 1 to 4, and required; left out of bytes: the rest", .least = 1,
      .most = SCRIPT_BYTES_MAX },
    { "add", FIELD_OPTIONAL, FIELD_UNSIGNED, "to a number", .most = 65535 },
    { 0 },
};
static const struct field_map capture_map = {
    "a capture", capture_keys,
    .rules = "\"if\": {\"properties\": {\"as\": {\"const\": \"number\"}}}, "
             "\"then\": {\"required\": [\"length\"], \"properties\": {\"length\": {\"maximum\": 4}}}, "
             "\"else\": {\"properties\": {\"add\": false}}"
};
static const struct field capture = { NULL, FIELD_OPTIONAL, FIELD_MAP, NULL, .map = &capture_map };

/* ---- what the host does between two commands ---- */

static const struct field take_keys[] = {
    { "from", FIELD_REQUIRED, FIELD_PATTERN, "the bytes, as a template", .pattern = TEMPLATE },
    { "offset", FIELD_OPTIONAL, FIELD_UNSIGNED,
      "the first that is taken, from 0, or the variable that holds it", .most = SCRIPT_BYTES_MAX,
      .or = &variable_name },
    { "length", FIELD_OPTIONAL, FIELD_UNSIGNED,
      "how many, or the variable that holds it; the rest unless said", .least = 1, .most = SCRIPT_BYTES_MAX,
      .or = &variable_name },
    { 0 },
};
static const struct field_map take_map = { "a part", take_keys };
static const struct field pad_keys[] = {
    { "from", FIELD_REQUIRED, FIELD_PATTERN, "the bytes, as a template", .pattern = TEMPLATE },
    { "length", FIELD_REQUIRED, FIELD_UNSIGNED, "how many there are with the padding", .least = 1,
      .most = SCRIPT_BYTES_MAX },
    { 0 },
};
static const struct field_map pad_map = { "padded bytes", pad_keys };

/* A key a function of enum script_function, but for SCRIPT_TAKE's and SCRIPT_PAD's in the same order. */
static const struct field function_keys[] = {
    { "bytes", FIELD_OPTIONAL, FIELD_PATTERN, "a template's bytes, one behind the other",
      .pattern = TEMPLATE },
    { "sha256", FIELD_OPTIONAL, FIELD_PATTERN, "the SHA-256 of a template's bytes", .pattern = TEMPLATE },
    { "digest_info", FIELD_OPTIONAL, FIELD_PATTERN,
      "the SHA-256 of a template's bytes in the structure that RSA signs", .pattern = TEMPLATE },
    { "pad", FIELD_OPTIONAL, FIELD_MAP, "bytes and FF behind them: a PIN in its block", .map = &pad_map },
    { "take", FIELD_OPTIONAL, FIELD_MAP, "a part of bytes", .map = &take_map },
    { "length", FIELD_OPTIONAL, FIELD_PATTERN, "the number of a template's bytes", .pattern = TEMPLATE },
    { "random", FIELD_OPTIONAL, FIELD_UNSIGNED, "so many bytes that nobody guesses", .least = 1,
      .most = 256 },
    { 0 },
};
static const struct field_map function_map = { "a function", function_keys,
                                               .rules = "\"minProperties\": 1, \"maxProperties\": 1" };
static const struct field function = { NULL, FIELD_OPTIONAL, FIELD_MAP, NULL, .map = &function_map };

static const struct fields_choice certificates[] = { { "authentication", TEST_CA_AUTHENTICATION },
                                                     { "signature", TEST_CA_SIGNATURE },
                                                     { NULL, 0 } };
static const struct field certify_keys[] = {
    { "public_key", FIELD_REQUIRED, FIELD_PATTERN, "as a card gives it: 7F49 ..", .pattern = TEMPLATE },
    { "issue_for", FIELD_REQUIRED, FIELD_CHOICE, "what the certificate is for", .choices = certificates },
    { "size", FIELD_OPTIONAL, FIELD_UNSIGNED,
      "bytes of the certificate, filled with a comment; else as it comes", .least = 1000, .most = 2048 },
    { "as", FIELD_REQUIRED, FIELD_PATTERN, "the variable that holds it, in DER", .pattern = VARIABLE_NAME },
    { 0 },
};
static const struct field_map certify_map = { "a certificate", certify_keys };

static const struct field verify_keys[] = {
    { "certificate", FIELD_OPTIONAL, FIELD_PATTERN, "of the key that signed, in DER", .pattern = TEMPLATE },
    { "public_key", FIELD_OPTIONAL, FIELD_PATTERN, "the key that signed, as a card gives it: 7F49 ..",
      .pattern = TEMPLATE },
    { "data", FIELD_REQUIRED, FIELD_PATTERN, "what was signed", .pattern = TEMPLATE },
    { "signature", FIELD_REQUIRED, FIELD_PATTERN, "with SHA-256: RSA of PKCS #1 v1.5, or ECDSA in DER",
      .pattern = TEMPLATE },
    { "issued_for", FIELD_OPTIONAL, FIELD_CHOICE, "the certificate must be of the test CA, for this",
      .choices = certificates },
    { 0 },
};
static const struct field_map verify_map = {
    "a signature", verify_keys,
    .rules = "\"oneOf\": [{\"required\": [\"certificate\"]}, {\"required\": [\"public_key\"]}]"
};

static const struct field compare_keys[] = {
    { "value", FIELD_REQUIRED, FIELD_PATTERN, "bytes, as a template", .pattern = TEMPLATE },
    { "with", FIELD_REQUIRED, FIELD_PATTERN, "what they must be, as a template", .pattern = TEMPLATE },
    { 0 },
};
static const struct field_map compare_map = { "a comparison", compare_keys };

/* ---- steps ---- */

static const struct fields_choice stages[] = { { "route", STAGE_ROUTE },
                                               { "exchange", STAGE_EXCHANGE },
                                               { NULL, 0 } };
static const struct fields_choice resets[] = { { "reset", SCRIPT_FIELD_RESET }, { NULL, 0 } };

static const struct field status_word = { NULL, FIELD_OPTIONAL, FIELD_PATTERN, NULL, .pattern = STATUS_WORD };
static const struct field status_words = { NULL, FIELD_OPTIONAL,     FIELD_LIST,
                                           NULL, .of = &status_word, .least = 1 };

static const struct field when_keys[] = {
    { "step", FIELD_REQUIRED, FIELD_TEXT, "name of an earlier step that sends something" },
    { "sw", FIELD_REQUIRED, FIELD_PATTERN, "its last status word, X for any digit", .pattern = STATUS_WORD,
      .or = &status_words },
    { 0 },
};
static const struct field_map when_map = { "a condition", when_keys };

static const struct field step_keys[] = {
    { "name", FIELD_OPTIONAL, FIELD_TEXT, "what the journal calls it; else its number" },
    FIELD_TITLE("title", FIELD_OPTIONAL, "for reports, in place of its name"),
    { "when", FIELD_OPTIONAL, FIELD_MAP, "the step is left out unless an earlier one was answered so",
      .map = &when_map },
    { "send", FIELD_OPTIONAL, FIELD_PATTERN, "the command: hexadecimal, with {variables}",
      .pattern = TEMPLATE },
    { "field", FIELD_OPTIONAL, FIELD_CHOICE, "reset: the field goes off and on", .choices = resets },
    { "pause_ms", FIELD_OPTIONAL, FIELD_UNSIGNED, "waits so long", .least = 1, .most = TIME_LIMIT_MS_MAX },
    { "compute", FIELD_OPTIONAL, FIELD_NAMED, "variables that the host fills, in this order", .of = &function,
      .least = 1 },
    { "compare", FIELD_OPTIONAL, FIELD_MAP, "the host compares bytes, else the step fails at check",
      .map = &compare_map },
    { "certify", FIELD_OPTIONAL, FIELD_MAP, "the test CA issues a certificate", .map = &certify_map },
    { "verify", FIELD_OPTIONAL, FIELD_MAP, "the host verifies a signature, else the step fails at check",
      .map = &verify_map },
    { "stage", FIELD_OPTIONAL, FIELD_CHOICE, "of a failure here; exchange unless said", .choices = stages },
    { "expect", FIELD_OPTIONAL, FIELD_PATTERN,
      "status words that are right, X for any digit; 9000 unless said", .pattern = STATUS_WORD,
      .or = &status_words },
    { "check", FIELD_OPTIONAL, FIELD_MAP, "what the data must be", .map = &check_map },
    { "capture", FIELD_OPTIONAL, FIELD_NAMED, "variables that the data fills", .of = &capture },
    { "repeat", FIELD_OPTIONAL, FIELD_UNSIGNED, "how often it is sent", .least = 1,
      .most = SCRIPT_EXPANDED_MAX },
    { "for", FIELD_OPTIONAL, FIELD_MAP, "is sent once for each value", .map = &values_map },
    { "read", FIELD_OPTIONAL, FIELD_MAP, "is sent until a length is read, with {offset} and {le}",
      .map = &read_map },
    { "write", FIELD_OPTIONAL, FIELD_MAP,
      "is sent until all is written, with {offset}, {part} and {part_length}", .map = &write_map },
    { "needs_extended", FIELD_OPTIONAL, FIELD_BOOL,
      "true: left out on readers that cannot pass extended APDUs" },
    { "keep_bytes", FIELD_OPTIONAL, FIELD_BOOL, "true: the journal keeps its bytes, also when ok" },
    { 0 },
};
static const struct field_map step_map = {
    "a step", step_keys,
    .rules = "\"oneOf\": [{\"required\": [\"send\"]}, {\"required\": [\"field\"]}, {\"required\": "
             "[\"pause_ms\"]}, {\"required\": [\"compute\"]}, {\"required\": [\"certify\"]}, {\"required\": "
             "[\"compare\"]}, "
             "{\"required\": [\"verify\"]}], "
             "\"dependentRequired\": {\"stage\": [\"send\"], \"expect\": [\"send\"], \"check\": [\"send\"], "
             "\"capture\": [\"send\"], \"repeat\": [\"send\"], \"for\": [\"send\"], \"read\": [\"send\"], "
             "\"write\": [\"send\"], "
             "\"needs_extended\": [\"send\"], \"keep_bytes\": [\"send\"]}"
};
static const struct field step = { NULL, FIELD_OPTIONAL, FIELD_MAP, NULL, .map = &step_map };

static const struct field script_keys[] = {
    FIELD_HEAD("script"),
    { "id", FIELD_REQUIRED, FIELD_ID, "the file's name without .yaml" },
    FIELD_TITLE("title", FIELD_REQUIRED, "for reports"),
    { "source", FIELD_OPTIONAL, FIELD_TEXT, "where the commands are from", .most = FIELDS_LONG_MAX },
    { "time_limit_ms", FIELD_REQUIRED, FIELD_UNSIGNED,
      "from the start of activation to the last response: a transaction beyond it is slow", .least = 1,
      .most = TIME_LIMIT_MS_MAX },
    { "deadline_ms", FIELD_REQUIRED, FIELD_UNSIGNED, "of one exchange, at least, before the reader is asked",
      .least = 1, .most = TIME_LIMIT_MS_MAX },
    { "typical_length_bytes", FIELD_OPTIONAL, FIELD_UNSIGNED,
      "of a read whose length is known only in the run, for the plan's estimate", .least = 1,
      .most = SCRIPT_READ_MAX },
    { "variables", FIELD_OPTIONAL, FIELD_NAMED, "what {names} in templates stand for", .of = &variable },
    { "steps", FIELD_REQUIRED, FIELD_LIST, "what is done, in order", .of = &step, .least = 1,
      .most = SCRIPT_STEPS_MAX },
    { "recover", FIELD_OPTIONAL, FIELD_LIST,
      "what is done, from a field reset, when a transaction ended before its last step", .of = &step,
      .least = 1, .most = SCRIPT_STEPS_MAX },
    { 0 },
};
const struct field_map script_map = { "a script", script_keys };
