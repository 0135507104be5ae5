/* The parts of grammar.h: grammar_language.c writes syntax files, grammar_shell.c completions. */
#ifndef SIM_CLI_GRAMMAR_IMPL_H
#define SIM_CLI_GRAMMAR_IMPL_H

#include "sim/cli/grammar.h"

void grammar_vim(GString *out);
void grammar_textmate(GString *out);
void grammar_bash(GString *out);
void grammar_zsh(GString *out);
void grammar_fish(GString *out);

#endif
