/* The plots of a report: each draws figures with inline SVG, or nothing and a warning in the report. */
#ifndef NFC_SURVEY_PLOTS_PLOTS_H
#define NFC_SURVEY_PLOTS_PLOTS_H

#include "harness/findings/positions.h"
#include "reports/render/html.h"

void plot_times(struct page *p, size_t script);
void plot_failures(struct page *p);
void plot_matrix(struct page *p);
bool plot_has_steps(const struct page *p, size_t script);
void plot_steps(struct page *p, size_t script);
void plot_step_curves(struct page *p, size_t script);
void plot_budget(struct page *p);
void plot_points(struct page *p, const struct position_offer *offer);
void plot_heights(struct page *p, const struct position_offer *offer, size_t reader);
void plot_drift(struct page *p);
void plot_pooled(struct page *p, const struct matrix_group *g);
void plot_market(struct page *p, const struct matrix_group *g);

#endif
