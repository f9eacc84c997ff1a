#include "harness/doctor/confinement.h"

#include "harness/base/sandbox.h"
#include "harness/doctor/examination.h"

void confinement_said(struct said *landlock, struct said *seccomp)
{
    const struct sandbox_kernel k = sandbox_of_kernel();
    const enum said_code files = k.landlock_off ? SAID_LANDLOCK_OFF : SAID_NO_LANDLOCK;
    *landlock = k.landlock_abi > 0 ? SAY(SAID_LANDLOCK, said_number(k.landlock_abi).text)
                                   : said_absent(said_alone(k.sanitized ? SAID_SANITIZED : files));
    *seccomp = k.seccomp ? said_alone(SAID_SECCOMP)
                         : said_absent(said_alone(k.sanitized ? SAID_SANITIZED : SAID_NO_SECCOMP));
}

void check_sandbox(struct examination *x)
{
    struct said held[2];
    confinement_said(&held[0], &held[1]);
    for (size_t i = 0; i < 2; i++) {
        const bool absent = held[i].absent;
        held[i].absent = 0;
        if (absent)
            found(x, DOCTOR_ADVICE, "", held[i], "cat /sys/kernel/security/lsm /proc/cmdline");
        else
            found(x, DOCTOR_OK, "", held[i], NULL);
    }
}
