/* A PN533 on emulated USB, as an SCM SCL3711 wears it: the chip's frames in bulk transfers, one a
 * transfer. */
#include "drivers/emulator/testbed/pn53x.h"

static void *create(const struct function_setup *setup)
{
    return pn53x_new(PN53X_PN533, setup->field, setup->emit, setup->context);
}

static void destroy(void *self)
{
    struct pn53x *p = self;
    pn53x_free(&p);
}

static void bulk(void *self, const uint8_t *bytes, size_t length)
{
    pn53x_bytes(self, bytes, length);
}

static void presence(void *self, bool pending)
{
    pn53x_presence(self, pending);
}

static void restart(void *self)
{
    pn53x_restart(self);
}

static int fault(void *self, const char *name, bool has_argument, unsigned argument, unsigned count,
                 struct err *e)
{
    return pn53x_fault(self, name, has_argument, argument, count, e);
}

const struct function_ops function_pn533 = {
    .name = "pn533",
    .interface_class = 0xff,
    .interface_subclass = 0xff,
    .interface_protocol = 0xff,
    .bulk_out = 0x04,
    .bulk_in = 0x84,
    .create = create,
    .destroy = destroy,
    .bulk = bulk,
    .presence = presence,
    .restart = restart,
    .fault = fault,
    .fault_help = PN53X_FAULTS,
    .regular_node = true,
};
