/* Where each name of a scenario is defined and used, for editors.
 *
 * Params and lets have a namespace, measures one, and all other names share the third. Names come
 * from the syntax tree: a line that did not parse has none. A name of a group of nodes is found in
 * those of its members, too: `a` in a3 and a[1..5].
 */
#ifndef SIM_SCENARIO_SYMBOL_H
#define SIM_SCENARIO_SYMBOL_H

#include "sim/scenario/syntax.h"

typedef enum { SCN_SYMBOL_BINDING, SCN_SYMBOL_NAME, SCN_SYMBOL_MEASURE } ScnSymbolSpace;

typedef struct {
    ScnSymbolSpace space;
    char *name;
    const char *what; /* of a definition: "param", "nodes", "wallet", …; NULL: a use */
    ScnSpan span;     /* of the name, without the $ and the number of a node */
} ScnSymbol;

/* Returns the definitions (ScnSymbol), then the uses of names that have one, both in the order of
 * the file. Free with g_array_unref. */
GArray *scn_symbols(const ScnSyntax *syntax, const GPtrArray *sources);

/* Returns the symbol at an offset of a source, also just behind it; or NULL. */
const ScnSymbol *scn_symbol_at(const GArray *symbols, guint32 source, guint32 offset);

/* Returns the definition of that symbol. */
const ScnSymbol *scn_symbol_definition(const GArray *symbols, const ScnSymbol *symbol);

/* Returns whether both stand for the same thing. */
bool scn_symbol_is_same(const ScnSymbol *a, const ScnSymbol *b);

/* Returns why a name cannot be the new one of that symbol, or NULL if it can. Free with g_free. */
char *scn_symbol_refuse_name(const GArray *symbols, const ScnSymbol *symbol, const char *name);

#endif
