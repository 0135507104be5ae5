/* The actions of the language: one table entry a word.
 *
 * An entry has all there is to know of an action but what it does to a network, for which
 * sim/run/action.c has an entry of the same kind: how it is written, for the parser; what it takes,
 * for the resolver; what it is for, for the reader.
 */
#ifndef SIM_SCENARIO_ACTION_H
#define SIM_SCENARIO_ACTION_H

#include "sim/scenario/resolve.h"

#define SCN_ACTION_FLAGS 2
#define SCN_ACTION_TAKES 4

/* Values of an action's options that no member of ScnItem holds. */
typedef struct {
    ScnItem *item;
    guint32 style;
    gint64 by_ns;
    guint32 at_write;
    const ScnExpr *via;
} ScnActionOptions;

/* Resolves what is particular to the action, after its sets and options. */
typedef void (*ScnActionResolve)(ScnResolver *resolver, const ScnStmt *stmt, ScnItem *item,
                                 const ScnActionOptions *options);

/* The letters of `form`, in the order in which its parts stand:
 *   s: a set   o: one node   n: a name   v: a value   V: a value if one stands there
 *   N: a name if one stands there   w: on or off   |: the groups of a partition
 *   >: ->   =: =   @: at   b: by   f: from   t: to
 * The first s or o is the item's set, the second its other. After the form, in any order: for T,
 * as N, options, flags, and maybe. */
struct ScnAction {
    const char *word;
    ScnItemKind kind;
    const char *form;
    guint variant;                           /* of several words of one kind */
    const char *takes[SCN_ACTION_TAKES + 1]; /* its options, of scn_action_options */
    const char *flags[SCN_ACTION_FLAGS];
    bool lasts;               /* takes `for` */
    bool names_block;         /* takes `as` */
    bool makes_cut;           /* has a cut of its own, with a name if name= gives one */
    ScnActionResolve resolve; /* NULL: nothing is left */
    const char *usage;
    const char *text; /* what it does, in one line of Markdown */
};

/* NULL: there is none of that word; none of that index, when all have been seen. */
const ScnAction *scn_action_find(const char *word);
const ScnAction *scn_action_get(guint index);

/* The named forms of a partition. */
typedef struct {
    const char *word;
    const char *form; /* what follows the word. s: a set; c: the word is called, as random(2) */
    void (*resolve)(ScnResolver *resolver, const ScnStmt *stmt, ScnItem *item, const ScnExpr *via);
    const char *usage;
    const char *text; /* what it does, in one line of Markdown */
} ScnPartitionWord;

const ScnPartitionWord *scn_partition_word_find(const char *word);
const ScnPartitionWord *scn_partition_word_get(guint index);

/* Resolves the groups, or the named form, of a partition; `via` is NULL where it is not given. */
void scn_resolve_partition(ScnResolver *resolver, const ScnStmt *stmt, ScnItem *item,
                           const ScnExpr *via);

#endif
