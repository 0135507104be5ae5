/* The actions of the language: one table entry for each word.
 *
 * An entry says how an action is written (for the parser), which options it reads (for the
 * resolver) and what it is for (for the reader). sim/run/action.c has an entry for the same word,
 * with the function that carries it out.
 */
#ifndef SIM_SCENARIO_ACTION_H
#define SIM_SCENARIO_ACTION_H

#include "sim/scenario/resolve.h"

#define SCN_ACTION_FLAGS 2
#define SCN_ACTION_TAKES 4

/* Values of an action's options that have no field in ScnItem. */
typedef struct {
    ScnItem *item;
    guint32 style;
    gint64 by_ns;
    guint32 at_write;
    guint32 first;
    const ScnExpr *via;
} ScnActionOptions;

/* Resolves what only this action has, after its sets and options. */
typedef void (*ScnActionResolve)(ScnResolver *resolver, const ScnStmt *stmt, ScnItem *item,
                                 const ScnActionOptions *options);

/* The letters of `form` stand for the parts of the line, in their order:
 *   s: a set   o: one node   n: a name   v: a value   V: an optional value
 *   N: an optional name   w: on or off   |: the groups of a partition
 *   >: ->   =: =   @: at   b: by   f: from   t: to
 * The first s or o is the item's `set`, the second its `other`. After the form, in any order:
 * for T, as N, options, flags, and maybe.
 */
struct ScnAction {
    const char *word;
    ScnItemKind kind;
    const char *form;
    guint variant;                           /* tells apart several words of one kind */
    const char *takes[SCN_ACTION_TAKES + 1]; /* its words of scn_action_options */
    const ScnOptTable *options; /* a table of its own in place of scn_action_options; or NULL */
    const char *flags[SCN_ACTION_FLAGS];
    bool lasts;               /* accepts `for` */
    bool names_block;         /* accepts `as` */
    bool makes_cut;           /* declares a cut; name= names it */
    ScnActionResolve resolve; /* NULL: nothing else to resolve */
    const char *usage;
    const char *text; /* what the action does, in one line of Markdown */
};

/* _find returns NULL for an unknown word, _get when index is past the last row. */
const ScnAction *scn_action_find(const char *word);
const ScnAction *scn_action_get(guint index);

/* A named form of a partition. */
typedef struct {
    const char *word;
    const char *form; /* what follows the word. s: a set; c: the word is called, as in random(2) */
    void (*resolve)(ScnResolver *resolver, const ScnStmt *stmt, ScnItem *item, const ScnExpr *via);
    const char *usage;
    const char *text; /* what the form does, in one line of Markdown */
} ScnPartitionWord;

const ScnPartitionWord *scn_partition_word_find(const char *word);
const ScnPartitionWord *scn_partition_word_get(guint index);

/* Resolves the groups, or the named form, of a partition. `via` is NULL if the line has none. */
void scn_resolve_partition(ScnResolver *resolver, const ScnStmt *stmt, ScnItem *item,
                           const ScnExpr *via);

#endif
