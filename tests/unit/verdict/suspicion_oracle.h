/* Made by bracket_oracle.py. */
#include <stdint.h>

#define ATTRIBUTION_READERS 6

struct attribution_row {
    const char *name;
    unsigned readers, handsets, hangs; /* of the phone on each reader, the first number that is enough */
    struct {
        uint64_t least_n, least_s, n, s, others_n, others_s; /* least: one hang before */
        double log_e;
    } on[ATTRIBUTION_READERS];
};
static const struct attribution_row attribution_rows[] = {
    { "it hangs always, the readers now and then",
      2,
      50,
      2,
      {
          { 1, 1, 2, 2, 1519, 8, 7.306785506 },
          { 1, 1, 2, 2, 1519, 8, 7.306785506 },
      } },
    { "the others never hung",
      2,
      50,
      1,
      {
          { 0, 0, 1, 1, 1519, 0, 5.340341743 },
          { 0, 0, 1, 1, 1519, 0, 5.340341743 },
      } },
    { "a small survey",
      2,
      4,
      1,
      {
          { 0, 0, 1, 1, 93, 1, 2.358776641 },
          { 0, 0, 1, 1, 93, 1, 2.358776641 },
      } },
    { "it hangs half the time",
      2,
      50,
      3,
      {
          { 4, 2, 6, 3, 1519, 8, 6.714717992 },
          { 4, 2, 6, 3, 1519, 8, 6.714717992 },
      } },
    { "a third reader on which it was clean",
      3,
      50,
      2,
      {
          { 1, 1, 2, 2, 1519, 8, 7.306785506 },
          { 1, 1, 2, 2, 1519, 8, 7.306785506 },
          { 31, 0, 31, 0, 1519, 8, -3.802860514 },
      } },
    { "readers that hang often",
      2,
      50,
      7,
      {
          { 6, 6, 7, 7, 1519, 300, 3.556638088 },
          { 6, 6, 7, 7, 1519, 300, 3.556638088 },
      } },
    { "six readers",
      6,
      50,
      5,
      {
          { 31, 4, 31, 5, 1519, 15, 3.417618050 },
          { 31, 4, 31, 5, 1519, 15, 3.417618050 },
          { 31, 4, 31, 5, 1519, 15, 3.417618050 },
          { 31, 4, 31, 5, 1519, 15, 3.417618050 },
          { 31, 4, 31, 5, 1519, 15, 3.417618050 },
          { 31, 4, 31, 5, 1519, 15, 3.417618050 },
      } },
};
