/* Prints the divergence of two traces: for `diff`, and for a `replay` that differs. */
#ifndef SIM_CLI_DIFF_TEXT_H
#define SIM_CLI_DIFF_TEXT_H

#include "sim/run/compare.h"

#include <stdio.h>

void diff_print(FILE *out, const SimTraceDiff *diff, const char *first, const char *second);

#endif
