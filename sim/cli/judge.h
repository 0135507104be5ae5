/* One scenario of a suite: run and judged in a child process, its result as bytes for the parent.
 */
#ifndef SIM_CLI_JUDGE_H
#define SIM_CLI_JUDGE_H

#include "sim/cli/suite.h"

/* In the child. */
GBytes *judge_run(const Test *test);
/* In the parent: fills the test, compares the golden outcome beside the scenario or, with bless,
 * writes it. */
void judge_take(Test *test, GBytes *result, bool bless);

#endif
