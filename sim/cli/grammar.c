/* The table of kinds; see grammar.h. */
#include "sim/cli/grammar_impl.h"

#include <string.h>

static const struct {
    const char *kind;
    void (*write)(GString *out);
} kinds[] = {
    {"vim", grammar_vim}, {"textmate", grammar_textmate}, {"bash", grammar_bash},
    {"zsh", grammar_zsh}, {"fish", grammar_fish},
};

const char *
grammar_kind(guint index)
{
    return index < G_N_ELEMENTS(kinds) ? kinds[index].kind : NULL;
}

bool
grammar_write(GString *out, const char *kind)
{
    for (guint i = 0; i < G_N_ELEMENTS(kinds); i++) {
        if (strcmp(kinds[i].kind, kind) == 0) {
            kinds[i].write(out);
            return true;
        }
    }
    return false;
}
