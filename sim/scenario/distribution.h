/* The distributions of the language: one row for each word. */
#ifndef SIM_SCENARIO_DISTRIBUTION_H
#define SIM_SCENARIO_DISTRIBUTION_H

#include <glib.h>

typedef struct {
    const char *word;
    const char *usage; /* "lognormal(MEDIAN, SIGMA)" */
    const char *text;  /* what it draws, in one line of Markdown */
} ScnDistribution;

/* Returns NULL past the last row. */
const ScnDistribution *scn_distribution_get(guint index);

#endif
