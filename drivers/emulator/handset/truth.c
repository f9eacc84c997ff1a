/*
 * The true rate of dirty placements of a simulated cell. Given the margin m, transactions are independent, so
 * P(dirty) = 1 - E[(1 - p(m))^k] x P(no fault of the profile strikes) x P(all are in time); the expectation is over
 * the normal sum of the sessions' and the placement's effects, by Simpson's rule. What a session does to the pace is
 * left out: times are those of a usual session.
 */
#include "drivers/emulator/handset/applets.h"
#include "drivers/emulator/handset/coupling.h"
#include "drivers/emulator/handset/faults.h"
#include "drivers/emulator/handset/handset.h"
#include "drivers/emulator/handset/identity.h"
#include "drivers/emulator/handset/pace.h"

#include <math.h>

#define STEPS    2000 /* even; over 12 sd */
#define REACH_SD 6.0

/* The probability that a transaction at this margin fails, when it has so many exchanges. */
static double transaction_failure(double margin_db, size_t exchanges)
{
    double not_detected, not_activated;
    coupling_shares(margin_db, &not_detected, &not_activated);
    double reached = exchanges >= COUPLING_EXCHANGES ? 1.0 : (double)exchanges / COUPLING_EXCHANGES;
    double lost = 1.0 - not_detected - not_activated;
    return coupling_failure(margin_db) * (not_detected + not_activated + lost * reached);
}

static double clean_link(double margin_db, size_t exchanges, unsigned k)
{
    return pow(1.0 - transaction_failure(margin_db, exchanges), k);
}

static double expected_clean_link(double mean_db, double sd_db, size_t exchanges, unsigned k)
{
    if (sd_db <= 0)
        return clean_link(mean_db, exchanges, k);
    double sum = 0, weights = 0;
    for (int i = 0; i <= STEPS; i++) {
        double z = REACH_SD * (2.0 * i / STEPS - 1.0);
        double weight = exp(-0.5 * z * z) * (i == 0 || i == STEPS ? 1.0 : i % 2 ? 4.0 : 2.0);
        sum += weight * clean_link(mean_db + sd_db * z, exchanges, k);
        weights += weight;
    }
    return sum / weights;
}

/* The probability that this fault spares a whole placement. */
static double spared(const struct virtual_fault *f, const struct handset_transaction *t, size_t block_payload,
                     unsigned k)
{
    size_t shows = 0;
    for (size_t i = 0; i < t->count; i++) {
        struct fault_exchange x = { (unsigned)i + 1, i == 0, t->exchanges[i].response, block_payload };
        if (f->cause == 25 ? t->exchanges[i].response > 0 : fault_applies(f, &x))
            shows++;
    }
    bool activation = fault_of_activation(f->cause);
    if (f->cause == 27 /* late, not lost */ || (!activation && shows == 0))
        return 1.0;
    if (f->per == VIRTUAL_PER_PLACEMENT)
        return 1.0 - f->rate;
    if (f->per == VIRTUAL_PER_TRANSACTION || activation)
        return pow(1.0 - f->rate, k);
    return f->per == VIRTUAL_PER_EXCHANGE ? pow(1.0 - f->rate, (double)k * (double)shows) : 1.0;
}

static double effects_sd_db(const struct virtual_handset *phone, const struct virtual_reader *reader)
{
    const double sds[] = { phone->session_sd_db, phone->handset_session_sd_db, reader->reader_session_sd_db,
                           phone->placement_sd_db };
    double variance = 0;
    for (size_t i = 0; i < sizeof sds / sizeof *sds; i++)
        variance += sds[i] * sds[i];
    return sqrt(variance);
}

double handset_truth(const struct laying *laying, const struct virtual_reader *reader,
                     const struct handset_transaction *t, unsigned k)
{
    const struct virtual_handset *phone = laying->handset;
    struct card card = { .handset = phone, .sim = laying->sim, .power_mode = laying->power_mode };
    unsigned before;
    if (k == 0)
        return 0.0;
    if (card_first_alive(&card) >= phone->target_count || !identity_polled(phone, reader, &before) ||
        (phone->technology == 'A' && !(phone->sak & 0x20)))
        return 1.0;
    double sd = effects_sd_db(phone, reader);
    double clean = expected_clean_link(coupling_mean_db(laying, reader), sd, t->count, k);
    unsigned fsc = frame_size_of_code(phone->fsci);
    unsigned frame = reader->fsd > 0 && reader->fsd < fsc ? reader->fsd : fsc;
    for (size_t i = 0; i < phone->fault_count; i++) {
        const struct virtual_fault *f = &phone->faults[i];
        if (f->power_modes == 0 || (f->power_modes & (1u << laying->power_mode)))
            clean *= spared(f, t, frame > 3 ? frame - 3u : 1u, k);
    }
    return 1.0 - clean * pace_in_time(laying, reader, t, k);
}
