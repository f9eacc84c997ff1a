/*
 * The margin model. On the axis of a loop of radius R the field falls as (1 + (z/R)^2)^(-3/2) (Biot-Savart),
 * which gives the loss with height; sideways it is a parabola that reaches 3 dB at the reader's radius. The
 * logistic failure curve and its shares are the simulator's own and claim nothing about any real phone.
 */
#include "drivers/emulator/handset/coupling.h"

#include "drivers/emulator/handset/keys.h"
#include "harness/base/keyed_random.h"

#include <math.h>

#define SLOPE_DB      1.0
#define REMOVED_SHARE (1.0 / 3.0)

double coupling_mean_db(const struct laying *laying, const struct virtual_reader *reader)
{
    double margin = laying->handset->margin_db + reader->field_db;
    if (reader->radius_mm <= 0)
        return margin;
    double x = (laying->x_mm + laying->handset->antenna_x_mm) / reader->radius_mm;
    double y = (laying->y_mm + laying->handset->antenna_y_mm) / reader->radius_mm;
    double z = laying->z_mm / reader->radius_mm;
    return margin - 3.0 * (x * x + y * y) - 30.0 * log10(1.0 + z * z);
}

/* What a session does to the link of a handset or a reader, whatever lies where. */
static double session_db(double sd_db, uint64_t key, unsigned session)
{
    return sd_db > 0.0 ? sd_db * random_normal(random_key(key, session), DRAW_PURPOSE_SESSION) : 0.0;
}

double coupling_session_slowness(double spread, uint64_t key, unsigned session)
{
    return spread > 0.0 ? exp(spread * random_normal(random_key(key, session), DRAW_PURPOSE_SESSION_TIME))
                        : 1.0;
}

double coupling_margin_db(const struct laying *laying, const struct virtual_reader *reader)
{
    uint64_t session = random_key(laying->unit_key, laying->session);
    uint64_t placement = random_key(session, laying->ordinal);
    return coupling_mean_db(laying, reader) +
           laying->handset->session_sd_db * random_normal(session, DRAW_PURPOSE_SESSION) +
           session_db(laying->handset->handset_session_sd_db, laying->handset_key, laying->session) +
           session_db(reader->reader_session_sd_db, laying->reader_key, laying->session) +
           laying->handset->placement_sd_db * random_normal(placement, DRAW_PURPOSE_PLACEMENT);
}

double coupling_failure(double margin_db)
{
    return margin_db <= COUPLING_DEAD_DB ? 1.0 : 1.0 / (1.0 + exp(margin_db / SLOPE_DB));
}

void coupling_shares(double margin_db, double *not_detected, double *not_activated)
{
    *not_detected = margin_db <= COUPLING_DEAD_DB ? 1.0 : 0.05 + 0.75 / (1.0 + exp(margin_db + 2.0));
    *not_activated = margin_db <= COUPLING_DEAD_DB ? 0.0 : 0.15;
}

struct coupling_fate coupling_fate(double margin_db, uint64_t key)
{
    struct coupling_fate fate = { COUPLING_HOLDS, 0, false };
    if (random_uniform(key, DRAW_PURPOSE_COUPLING_FAILS) >= coupling_failure(margin_db))
        return fate;
    double not_detected, not_activated;
    coupling_shares(margin_db, &not_detected, &not_activated);
    double where = random_uniform(key, DRAW_PURPOSE_COUPLING_WHERE);
    if (where < not_detected) {
        fate.end = COUPLING_NOT_DETECTED;
    } else if (where < not_detected + not_activated) {
        fate.end = COUPLING_NOT_ACTIVATED;
    } else {
        fate.end = COUPLING_LOST;
        fate.removed = random_uniform(key, DRAW_PURPOSE_COUPLING_HOW) < REMOVED_SHARE;
        fate.exchange =
            1 + (unsigned)(random_uniform(key, DRAW_PURPOSE_COUPLING_EXCHANGE) * COUPLING_EXCHANGES);
    }
    return fate;
}
