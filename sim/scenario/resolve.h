/* Resolving turns statements into the model. Only the resolve_*.c files (and the binder) include
 * this header.
 *
 * Order: params and lets, names of everything, chain and protocol, nodes' shares, network, marks,
 * then checks and actions.
 *
 * Functions that resolve or read something report errors themselves; NULL or false then means:
 * already reported. Each wrong token is reported once; what depends on a reported thing stays
 * silent.
 */
#ifndef SIM_SCENARIO_RESOLVE_H
#define SIM_SCENARIO_RESOLVE_H

#include "sim/scenario/line.h"
#include "sim/scenario/option.h"
#include "sim/scenario/syntax.h"

#define SCN_NODES_MAX 1000000

typedef enum { SCN_CONST_BAD, SCN_CONST_QUANTITY, SCN_CONST_WORD, SCN_CONST_TEXT } ScnConstKind;

typedef struct {
    ScnConstKind kind;
    ScnQuantity quantity;
    const char *text; /* owned by the expression */
} ScnConst;

typedef enum { SCN_STATE_NEW, SCN_STATE_BUSY, SCN_STATE_DONE } ScnState;

/* A param or let. The statements own the expressions, except the override's. */
typedef struct {
    const char *name;
    bool is_param;
    const ScnExpr *value, *low, *high, *override;
    const char *help;
    bool swept, used;
    ScnSpan name_span;
    ScnState state;
    ScnConst result;
} ScnBinding;

typedef enum {
    SCN_NAME_NODE,
    SCN_NAME_WALLET,
    SCN_NAME_TX,
    SCN_NAME_MARK,
    SCN_NAME_CUT,
    SCN_NAME_BLOCK,
    SCN_NAME_UPGRADE
} ScnNameKind;

typedef struct {
    ScnNameKind kind;
    guint32 index;
    ScnSpan span; /* of the declaration */
} ScnName;

/* The value of a mark, bound when the mark is first named. */
typedef struct {
    const ScnExpr *expr;
    ScnTerm *term; /* until the item takes it; NULL: not bound yet, or reported */
    ScnType type;  /* ANY until known; a mark defined by itself stays ANY and is never set */
    bool bound, used;
} ScnMarkValue;

/* A check over many runs; it is bound once all measures are known. */
typedef struct {
    guint32 check;
    const ScnExpr *condition;
} ScnOverCheck;

typedef struct ScnResolver {
    ScnScenario *scenario;
    ScnErrors *errors;
    GPtrArray *sources; /* owned by the scenario */
    GPtrArray *stmts;   /* owned by the syntax, as is doubtful */
    GHashTable *doubtful;
    GArray *bindings; /* ScnBinding */
    GHashTable *binding_index;
    GPtrArray *override_exprs; /* ScnExpr */
    GHashTable *names;         /* char * to ScnName */
    GPtrArray *name_list;      /* in order of declaration; owned by names */
    GHashTable *group_index;   /* name to index into groups */
    GArray *marks;             /* ScnMarkValue, by mark */
    GArray *over_checks;       /* ScnOverCheck, in file order */
    GArray *all;               /* ScnMember: every node */
    gsize member_count;        /* total size of all sets so far */
    guint const_depth, mark_depth;
    ScnNumber links; /* number (or mean number) of the topologies' links so far */
    ScnSpan spacing_span, window_span, limit_bits_span, anchor_span, epoch_span, parking_span,
        reward_span, duration_span, share_span;
    bool shares_given, shares_bad, duration_given;
    char *hidden; /* first follow-up message, held back */
    ScnSpan hidden_span;
    guint32 line_source;   /* source of line.c; 0: none yet */
    guint32 graph_source;  /* source of the graph being imported; 0: none */
    ScnNode node_standard; /* a node with default options */
} ScnResolver;

ScnResolver *scn_resolver_new(ScnScenario *scenario, const ScnSyntax *syntax, ScnErrors *errors);
void scn_resolver_free(ScnResolver *resolver);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ScnResolver, scn_resolver_free)

/* Fills the scenario. */
bool scn_resolve(ScnResolver *resolver, const ScnOptions *options);

/* ---- reports ---- */

void scn_report(ScnResolver *resolver, ScnSpan span, const char *help, const char *format, ...)
    G_GNUC_PRINTF(4, 5);
/* Reports "unknown WHAT 'name'" with the nearest of words; stays silent for doubtful names. */
void scn_report_unknown(ScnResolver *resolver, ScnSpan span, const char *what, const char *name,
                        const GPtrArray *words);
bool scn_is_doubtful(const ScnResolver *resolver, const char *name);
char *scn_span_text(const ScnResolver *resolver, ScnSpan span);
ScnPlace scn_place(const ScnResolver *resolver, const ScnStmt *stmt);

/* ---- constants (resolve_const.c) ---- */

void scn_resolve_bindings(ScnResolver *resolver, const ScnOptions *options);
ScnConst scn_const(ScnResolver *resolver, const ScnExpr *expr);
/* Returns the expression that $x stands for, through any number of params. */
const ScnExpr *scn_follow(ScnResolver *resolver, const ScnExpr *expr);
ScnBinding *scn_find_binding(const ScnResolver *resolver, const char *name);
/* Reports a name that is not a param. */
void scn_report_no_param(ScnResolver *resolver, ScnSpan span, const char *name);
/* Reports a value outside of what the param accepts. */
void scn_check_swept_value(ScnResolver *resolver, const ScnBinding *binding, const ScnExpr *value);
/* Returns the value of a param or let; reports an error at the span. */
ScnConst scn_const_of(ScnResolver *resolver, const char *name, ScnSpan span);

/* Reads a quantity of that dimension. Messages name `what`, their help suggests `unit`. */
bool scn_need(ScnResolver *resolver, const ScnExpr *expr, const char *what, ScnDim dim,
              const char *unit, ScnQuantity *ret_quantity);
/* Reads a frequency option: the time between two, above 0. */
bool scn_need_gap(ScnResolver *resolver, const ScnOption *option, gint64 *ret_gap_ns);
bool scn_need_time(ScnResolver *resolver, const ScnExpr *expr, const char *what, gint64 *ret_ns);
/* Reads a plain number in 0..1. */
bool scn_need_portion(ScnResolver *resolver, const ScnExpr *expr, const char *what,
                      ScnNumber *ret_portion);
/* Reads a whole number in low..high. */
bool scn_need_count(ScnResolver *resolver, const ScnExpr *expr, const char *what, guint64 low,
                    guint64 high, guint64 *ret_count);

/* ---- options (resolve_option.c) ---- */

/* Fills `record` from the options of the line. `takes` lists the words it may have, NULL at the
 * end; a NULL list allows the whole table. Returns a bit for each row that was given and valid. */
guint64 scn_apply_table(ScnResolver *resolver, const ScnStmt *stmt, const ScnOptTable *table,
                        const char *const *takes, gpointer record);
/* Fills `record` with the defaults of the table. */
void scn_apply_standards(ScnResolver *resolver, const ScnOptTable *table, gpointer record);
/* Returns whether the line has the option, valid or not. */
bool scn_is_given(const ScnStmt *stmt, const char *name);
/* Returns the one value of the option; reports a list. */
const ScnExpr *scn_option_value(ScnResolver *resolver, const ScnOption *option);
bool scn_need_word(ScnResolver *resolver, const ScnExpr *expr, const char *what, const char *words,
                   guint *ret_index);

/* ---- names and sets (resolve_name.c) ---- */

void scn_declare(ScnResolver *resolver, ScnNameKind kind, const char *name, guint32 index,
                 ScnSpan span);
/* Removes the declarations after the first `count`. */
void scn_undeclare(ScnResolver *resolver, guint count);
const ScnName *scn_find_name(const ScnResolver *resolver, const char *name);
void scn_report_unknown_name(ScnResolver *resolver, ScnSpan span, const char *what,
                             const char *name, const char *const *more);
/* Reports an unknown name where only names of one kind are right. */
void scn_report_unknown_kind(ScnResolver *resolver, ScnSpan span, const char *what,
                             const char *name, ScnNameKind kind);
/* Returns the members in order of declaration, for the caller to unref. */
GArray *scn_resolve_set(ScnResolver *resolver, const ScnExpr *expr);
/* Returns the node indices of a set; with not_empty reports an empty one. */
GArray *scn_resolve_nodes(ScnResolver *resolver, const ScnExpr *expr, bool not_empty);
bool scn_resolve_node(ScnResolver *resolver, const ScnExpr *expr, guint32 *ret_node);
bool scn_resolve_thing(ScnResolver *resolver, const ScnExpr *expr, ScnNameKind kind,
                       const char *what, guint32 *ret_index);
/* Returns the set of an action; if it contains random(), the run draws it at each firing. */
ScnSet *scn_resolve_drawn_set(ScnResolver *resolver, const ScnExpr *expr);
/* Reads a constant time, size or rate, or a distribution of them. */
bool scn_resolve_dist(ScnResolver *resolver, const ScnExpr *expr, const char *what, ScnDim dim,
                      ScnDist *ret_dist);
/* Reads what nodes draw: none, or as scn_resolve_dist(). *ret_draw is an index into `draws`. */
bool scn_need_draw(ScnResolver *resolver, const ScnExpr *expr, const char *what, ScnDim dim,
                   guint32 *ret_draw);
/* Returns the index of the distribution in `draws`, where it is added if it is not there. */
guint32 scn_add_draw(ScnScenario *scenario, const ScnDist *dist);
/* Reads the file of times, sizes or rates that a call names; *ret_table is an index into the
 * scenario's tables. */
bool scn_resolve_measured(ScnResolver *resolver, const ScnExpr *call, ScnDim dim,
                          guint32 *ret_table);
/* Returns the numbers of links, gint64, in the file that empirical("file.csv") names, in rising
 * order; else NULL, after reporting why. */
GArray *scn_resolve_degrees(ScnResolver *resolver, const ScnExpr *call);
/* Reads matrix("file.csv", pareto). */
bool scn_resolve_matrix(ScnResolver *resolver, const ScnExpr *call, ScnDist *ret_dist);
/* Reports nodes of the rule whose region is missing in the rule's matrix, if it has one. */
void scn_check_matrix(ScnResolver *resolver, const ScnStmt *stmt, const ScnLinkRule *rule);
/* Reads a time as data files write it: 80ms, or a bare number of milliseconds. */
bool scn_read_time(const char *text, gsize length, gint64 *ret_ns);
/* Returns the span of a line, from 1, without the blanks at its ends. */
ScnSpan scn_line_span(const ScnSource *source, guint32 index, guint32 line);
/* Splits a line of a CSV file into cells, without blanks and without "…" around them. */
void scn_csv_cells(const ScnSource *source, ScnSpan line, GArray *ret_cells);
bool scn_index_bounds(ScnResolver *resolver, const ScnExpr *expr, guint64 *ret_first,
                      guint64 *ret_last);
bool scn_is_set(const ScnResolver *resolver, const ScnExpr *expr);

/* The next numbers of cuts and marks, in file order. */
typedef struct {
    guint32 cut, mark;
} ScnNext;

/* Where a check stands: alone, or in a block. */
typedef struct {
    bool alone, repeats;
    gint64 at_ns; /* of `at`; SCN_TIME_NONE elsewhere */
} ScnStand;

/* Resolves an action, mark or check in a block. */
ScnItem *scn_resolve_item(ScnResolver *resolver, const ScnStmt *stmt, ScnStand stand,
                          ScnNext *next);

/* ---- the parts ---- */

/* Reports too many regions. */
bool scn_find_or_add_region(ScnResolver *resolver, ScnSpan span, const char *name,
                            guint32 *ret_region);
/* Returns the name of a region, written as a word or a text. */
const char *scn_region_name(ScnResolver *resolver, const ScnExpr *expr);

/* Reads uplink= or downlink= for the nodes from `first` on: one rate, or one for each region. */
void scn_resolve_node_rates(ScnResolver *resolver, const ScnOption *option, guint first);
/* Reads region= for the nodes from `first` on: one name, or names with shares, by which each node
 * draws or (`exact`) which the numbers of nodes follow. */
void scn_resolve_regions(ScnResolver *resolver, const ScnOption *option, bool exact, guint first);
void scn_resolve_load(ScnResolver *resolver, const ScnStmt *stmt);
void scn_resolve_declarations(ScnResolver *resolver);
/* Fills what a search may do, from the last `explore` line or from defaults. */
/* Reads the upgrades. */
void scn_resolve_upgrades(ScnResolver *resolver);
/* Reads the names of `without`, as bits by index; false after an error. */
bool scn_resolve_without(ScnResolver *resolver, const ScnOption *option, guint32 *ret_without);
/* Reports options of the chain that do not go together. `stmt`: an upgrade that makes the chain
 * this; NULL: the statements `chain` do. */
void scn_check_chain(ScnResolver *resolver, const ScnStmt *stmt, const ScnChain *chain);
void scn_resolve_explore(ScnResolver *resolver);
/* Gives the nodes their strategies, when transactions are known, and checks what depends on other
 * statements. */
void scn_finish_nodes(ScnResolver *resolver);
void scn_declare_nodes(ScnResolver *resolver, const ScnStmt *stmt);
void scn_resolve_shares(ScnResolver *resolver);
void scn_resolve_money(ScnResolver *resolver);
void scn_check_supply(ScnResolver *resolver);
void scn_resolve_world(ScnResolver *resolver);
void scn_resolve_network(ScnResolver *resolver);
void scn_resolve_topology(ScnResolver *resolver, const ScnStmt *stmt);
void scn_resolve_default_topology(ScnResolver *resolver); /* the mesh for a file without one */
ScnLink scn_resolve_link_options(ScnResolver *resolver, const ScnStmt *stmt);
void scn_resolve_timed(ScnResolver *resolver);

void scn_declare_cuts(ScnResolver *resolver);
/* Declares the names of blocks, from trees and from mine ... as. */
void scn_declare_blocks(ScnResolver *resolver);
void scn_resolve_blocks(ScnResolver *resolver);
void scn_resolve_script(ScnResolver *resolver, const ScnStmt *stmt, ScnNext *next);
/* Fills an item from the statement of an action. */
void scn_resolve_action(ScnResolver *resolver, const ScnStmt *stmt, ScnItem *item,
                        guint32 *next_cut);

/* For many runs (resolve_sweep.c): place the first values of sweeps before bindings are read;
 * resolve sweeps, zips and seeds; resolve tables and checks over seeds once measures are known. */
void scn_place_sweeps(ScnResolver *resolver);
void scn_resolve_sweeps(ScnResolver *resolver);
void scn_resolve_seeds(ScnResolver *resolver, const ScnStmt *stmt);
void scn_resolve_results(ScnResolver *resolver);

ScnScenario *scn_scenario_new(void);
void scn_link_rule_free(gpointer rule);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ScnLinkRule, scn_link_rule_free)
void scn_timed_free(gpointer timed);
void scn_set_free(ScnSet *set);

#endif
