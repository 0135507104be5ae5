/* Runs and judges one scenario of a suite in a child process, which returns its result as bytes. */
#ifndef SIM_CLI_JUDGE_H
#define SIM_CLI_JUDGE_H

#include "sim/cli/suite.h"

/* Runs and judges the file of a test, and returns the result. Call in the child. */
GBytes *judge_run(const Test *test);
/* Stores the result in the test, and compares the golden outcome beside the scenario; with bless,
 * writes it. Call in the parent. */
void judge_take(Test *test, GBytes *result, bool bless);

#endif
