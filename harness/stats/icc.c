#include "harness/stats/icc.h"

bool icc_pooled(const struct icc_cell *cells, size_t count, unsigned k, double *rho)
{
    double above = 0.0, below = 0.0;
    if (k < 2)
        return false;
    for (size_t i = 0; i < count; i++) {
        double m = (double)cells[i].placements, x = (double)cells[i].bad;
        double squared = (double)cells[i].bad_squared, size = k;
        if (cells[i].placements < 2)
            continue;
        double same = (squared - x) / (m * size * (size - 1.0)); /* two of one placement, both bad */
        double different = (x * x - squared) / (m * (m - 1.0) * size * size); /* two of different ones */
        above += m * (same - different);
        below += m * (x / (m * size) - different);
    }
    if (!(below > 0.0))
        return false;
    *rho = above / below;
    return true;
}
