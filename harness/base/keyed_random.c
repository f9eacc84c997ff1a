/* SplitMix64's finaliser (Steele, Lea & Flood 2014) as a keyed mixing function; FNV-1a folds names. */
#include "harness/base/keyed_random.h"

#include <math.h>

static uint64_t mix(uint64_t x)
{
    x += 0x9e3779b97f4a7c15u;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
    return x ^ (x >> 31);
}

uint64_t random_key(uint64_t key, uint64_t value)
{
    return mix(key ^ mix(value));
}

uint64_t random_key_text(uint64_t key, const char *text)
{
    uint64_t h = 0xcbf29ce484222325u;
    for (; *text; text++)
        h = (h ^ (unsigned char)*text) * 0x100000001b3u;
    return random_key(key, h);
}

uint64_t random_u64(uint64_t key, uint64_t what)
{
    return mix(random_key(key, what));
}

double random_uniform(uint64_t key, uint64_t what)
{
    return (double)(random_u64(key, what) >> 11) * 0x1p-53;
}

double random_normal(uint64_t key, uint64_t what)
{
    double u = 1.0 - random_uniform(key, what);
    double v = random_uniform(key ^ 0x5851f42d4c957f2du, what);
    double z = sqrt(-2.0 * log(u)) * cos(6.283185307179586 * v);
    return z > 6.0 ? 6.0 : z < -6.0 ? -6.0 : z;
}

void random_shuffle(uint64_t key, unsigned *items, size_t n)
{
    for (size_t i = n; i > 1; i--) {
        size_t j = (size_t)(random_uniform(key, i) * (double)i);
        unsigned swap = items[i - 1];
        items[i - 1] = items[j];
        items[j] = swap;
    }
}
