#include "drivers/emulator/testbed/field.h"

#include <stdlib.h>
#include <string.h>

struct field {
    struct handset *handset;
    struct air *air;
    bool present, powered, carrier;
    bool told;            /* a survey tells which transaction comes */
    bool begin;           /* `transaction` has not begun yet */
    bool wasted;          /* an APDU since the powering that the handset never saw */
    unsigned transaction; /* 1.. of the placement; 0 while a survey's reader only looks */
};

struct field *field_new(void)
{
    struct field *f = calloc(1, sizeof *f);
    if (!f)
        return NULL;
    f->handset = handset_new();
    f->air = f->handset ? air_new(f->handset) : NULL;
    if (!f->air)
        field_free(&f);
    return f;
}

void field_free(struct field **f)
{
    if (!*f)
        return;
    air_free(&(*f)->air);
    handset_free(&(*f)->handset);
    free(*f);
    *f = NULL;
}

bool field_lay(struct field *f, const struct laying *laying, const struct virtual_reader *reader)
{
    field_lift(f);
    handset_lay(f->handset, laying, reader);
    f->present = handset_present(f->handset);
    f->transaction = f->told ? 0 : 1;
    f->begin = true;
    return f->present;
}

void field_lift(struct field *f)
{
    if (f->carrier)
        air_field(f->air, false); /* what was selected is forgotten; the carrier itself stays */
    f->powered = f->present = f->wasted = false;
    handset_lift(f->handset);
    if (f->carrier)
        air_field(f->air, true);
}

bool field_present(const struct field *f)
{
    return f->present;
}

void field_begin(struct field *f, unsigned transaction)
{
    f->told = true;
    f->transaction = transaction;
    f->begin = true;
}

/* Where nobody tells, a powering that came to something or failed was a transaction. */
static void count(struct field *f, bool ran)
{
    if (!f->told && ran) {
        f->transaction++;
        f->begin = true;
    }
}

static void begin(struct field *f)
{
    if (f->begin)
        handset_begin(f->handset, f->transaction);
    f->begin = false;
}

void field_power_off(struct field *f)
{
    if (f->powered)
        count(f, f->wasted || handset_exchanges(f->handset) > 0);
    f->powered = f->wasted = false;
    handset_field_off(f->handset);
}

void field_power_on(struct field *f, struct handset_activation *out)
{
    field_power_off(f);
    begin(f);
    handset_activate(f->handset, out);
    f->powered = out->activated;
    if (!out->activated) {
        count(f, f->present);
        handset_field_off(f->handset);
    }
}

bool field_powered(const struct field *f)
{
    return f->powered || f->carrier;
}

void field_waste(struct field *f)
{
    f->wasted = true;
}

void field_exchange(struct field *f, const uint8_t *command, size_t length, struct handset_answer *out)
{
    handset_exchange(f->handset, command, length, out);
}

void field_carrier(struct field *f, bool on)
{
    if (f->carrier == on)
        return;
    f->carrier = on;
    if (on)
        begin(f);
    else
        count(f, f->wasted || handset_exchanges(f->handset) > 0);
    f->wasted = false;
    air_field(f->air, on);
}

void field_parameters(struct virtual_reader *field, const struct reader_profile *profile)
{
    *field = profile->simulation;
    if (profile->simulated)
        return;
    field->level = profile->level;
    field->max_message = profile->max_message;
    field->interrupt_endpoint = profile->endpoints != 2;
    if (!field->polling[0])
        memcpy(field->polling, "BA", 3);
    if (!field->max_kbit_s)
        field->max_kbit_s = 424;
    if (!field->fsd)
        field->fsd = 256;
    if (!(field->radius_mm > 0))
        field->radius_mm = 25;
}

struct air *field_air(struct field *f)
{
    return f->air;
}
