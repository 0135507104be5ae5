/* Signals: Ctrl-C asks a run to end, a second one ends it; an assertion tells where it died. A file
 * that is half written goes away with the process. */
#ifndef SIM_CLI_INTERRUPT_H
#define SIM_CLI_INTERRUPT_H

#include <stdbool.h>

/* Also makes errors of write() what would kill: a file-size limit, a reader that has gone. */
void interrupt_install(void);
bool interrupt_asked(void);

#endif
