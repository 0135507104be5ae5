/* A scenario that cannot be read or built: as text on stderr, and as a JSON object on stdout for a
 * command with --json. */
#ifndef SIM_CLI_REFUSAL_H
#define SIM_CLI_REFUSAL_H

#include "sim/scenario/diagnostic.h"

typedef enum {
    REFUSAL_TEXT,  /* no JSON */
    REFUSAL_JSON,  /* also an object */
    REFUSAL_LINES, /* also an object, on one line */
} RefusalForm;

/* Prints what is wrong with the text of the scenario. */
void refusal_print(const char *path, const ScnErrors *errors, RefusalForm form);

/* Prints the object alone, for a scenario that cannot be built; the caller prints the text. */
void refusal_print_built(const char *path, const char *message, RefusalForm form);

#endif
