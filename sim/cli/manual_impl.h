/* The parts of manual.h: manual.c writes the pages of commands, manual_language.c that of the
 * language. */
#ifndef SIM_CLI_MANUAL_IMPL_H
#define SIM_CLI_MANUAL_IMPL_H

#include "sim/cli/manual.h"

/* The name of the page that manual_language() writes. */
#define MANUAL_LANGUAGE "kettensim-scenario"

/* Appends the head of a page: the title line and NAME. */
void manual_head(GString *out, const char *name, guint section, const char *summary);

void manual_language(GString *out);

#endif
