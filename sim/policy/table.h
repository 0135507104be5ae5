/* A policy: what a miner that withholds blocks does in each state, and its file.
 *
 * States and actions are those of Sapirshtein, Sompolinsky and Zohar ("Optimal Selfish Mining
 * Strategies in Bitcoin", FC 2016). Counted from the last block that both branches
 * share, the pool has `a` blocks and the public branch has `h`. `fork` says what a match would do:
 *
 *   irrelevant  the last block was the pool's
 *   relevant    the last block was public
 *   active      the pool has matched: others mine on both branches
 *
 *   adopt       give the own branch up, mine on the public one
 *   override    publish h + 1 blocks: the own branch wins            a > h
 *   match       publish h blocks: the two branches tie               a >= h >= 1, not active
 *   wait        mine on
 *
 * A match in an irrelevant state publishes a branch that others hear of after their own. It divides
 * them where a tie is broken by a coin; where the first seen wins, it does nothing.
 * Where a < h the pool cannot match: there irrelevant and relevant are one state.
 *
 * The file is CSV. Its head names the columns a, h, fork, action, in any order. Blank lines and
 * lines that begin with # are skipped:
 *
 *   a,h,fork,action
 *   1,0,irrelevant,wait
 *   1,1,relevant,match
 */
#ifndef SIM_POLICY_TABLE_H
#define SIM_POLICY_TABLE_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

#define POLICY_LENGTH_MAX 10000 /* blocks of a branch: longer than any that a miner could hide */
#define POLICY_ROWS_MAX 1000000 /* of a file: all states up to a branch length of 800 */

typedef enum { POLICY_IRRELEVANT, POLICY_RELEVANT, POLICY_ACTIVE, POLICY_FORKS } PolicyFork;
typedef enum {
    POLICY_ADOPT,
    POLICY_OVERRIDE,
    POLICY_MATCH,
    POLICY_WAIT,
    POLICY_ACTIONS
} PolicyAction;

/* The words of the file. A NULL ends each list. */
extern const char *const policy_fork_names[];
extern const char *const policy_action_names[];

/* Return whether a decision can be due in the state, and whether the action is possible in it. */
bool policy_state_occurs(guint32 a, guint32 h, PolicyFork fork);
bool policy_action_is_legal(guint32 a, guint32 h, PolicyFork fork, PolicyAction action);

typedef struct PolicyTable PolicyTable;

/* Returns an empty table for branches of up to `limit` blocks, at most POLICY_LENGTH_MAX. */
PolicyTable *policy_table_new(guint32 limit);
void policy_table_free(PolicyTable *table);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PolicyTable, policy_table_free)

/* Sets a state's action, in place of an earlier one. State and action must pass the two functions
 * above. */
void policy_table_set(PolicyTable *table, guint32 a, guint32 h, PolicyFork fork,
                      PolicyAction action);

/* Returns the state's action. A state without a row adopts when h > a, else overrides when a > h,
 * else waits. Takes any state. */
PolicyAction policy_table_get(const PolicyTable *table, guint32 a, guint32 h, PolicyFork fork);

/* Returns the number of rows, and the largest a or h of a row. */
guint policy_table_rows(const PolicyTable *table);
guint32 policy_table_limit(const PolicyTable *table);

/* Returns whether a row matches in an irrelevant state: such a policy is meant for a chain that
 * breaks ties by a coin. */
bool policy_table_needs_coin(const PolicyTable *table);

/* Reads a file's text, which is untrusted and need not end with a NUL. Returns NULL and sets the
 * line, from 1, and a message on one printable line that says what to write. Free it with
 * g_free. */
PolicyTable *policy_table_parse(const char *text, size_t length, guint *ret_line, char **ret_error);

/* Appends the file's text: the head, then the rows by a, h and fork. Parsing it gives the same
 * table. */
void policy_table_write(const PolicyTable *table, GString *out);

#endif
