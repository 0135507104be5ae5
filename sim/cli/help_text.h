/* The parts of the help of a command, for completions and manual pages.
 *
 * GOption keeps the entries of a context to itself, so the parts are read back from the text that
 * it lays out. `kettensim COMMAND --help` prints the same text.
 */
#ifndef SIM_CLI_HELP_TEXT_H
#define SIM_CLI_HELP_TEXT_H

#include "sim/cli/command.h"

typedef struct {
    char *letter; /* "P"; "" if it has none */
    char *word;   /* "param" */
    char *value;  /* "NAME=VALUE"; "" if it takes none */
    char *text;
} HelpOption;

typedef struct {
    char *usage;        /* "kettensim run [OPTION…] FILE" */
    GPtrArray *options; /* HelpOption, in the order of the help */
    GPtrArray *summary; /* paragraphs before the options, without empty lines around them */
    GPtrArray *rest;    /* paragraphs after the options */
} HelpText;

/* Returns the help of a command in parts; free with help_text_free(). */
HelpText *help_text_new(const Command *command);
void help_text_free(HelpText *help);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(HelpText, help_text_free)

#endif
