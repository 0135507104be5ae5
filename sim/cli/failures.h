/* The names of the tests that failed when they were run last, for `kettensim test --last-failed`.
 */
#ifndef SIM_CLI_FAILURES_H
#define SIM_CLI_FAILURES_H

#include "sim/cli/suite.h"

/* In the folder where the command runs; one name a line, as test_name() has it, escaped. */
#define FAILURES_PATH "out/failed-tests"

/* Keeps only the tests that failed last. Returns false if none is left. */
bool failures_select(GArray *tests);

/* Takes those that passed out of the file and adds those that failed. Makes no file while nothing
 * has failed. Only a convenience: that it cannot be written is no failure. */
void failures_keep(const GArray *tests);

#endif
