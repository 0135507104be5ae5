/* Signals: a first Ctrl-C asks the run to end, a second one ends the process. A failed assertion
 * reports its place in the run. Half-written files are removed. */
#ifndef SIM_CLI_INTERRUPT_H
#define SIM_CLI_INTERRUPT_H

#include <stdbool.h>

/* Also makes write() return an error, instead of killing the process, at a file-size limit or a
 * closed pipe. */
void interrupt_install(void);
bool interrupt_asked(void);

#endif
