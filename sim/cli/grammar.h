/* Files for editors and shells, made from the tables of the language and of the commands. */
#ifndef SIM_CLI_GRAMMAR_H
#define SIM_CLI_GRAMMAR_H

#include <glib.h>
#include <stdbool.h>

/* Appends the file of that kind: "vim", "textmate" (syntax of scenarios), "bash", "zsh" or "fish"
 * (completion of the command). Returns false for another kind. */
bool grammar_write(GString *out, const char *kind);

/* Returns the name of a kind; NULL past the last. */
const char *grammar_kind(guint index);

#endif
