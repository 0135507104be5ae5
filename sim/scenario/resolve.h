/* Resolving: from statements to the model. Shared by the resolve_*.c files alone.
 *
 * Order: params and lets, names of everything, chain and protocol, nodes' shares, network,
 * marks, then checks and actions. Each wrong token is reported once; what depends on a thing
 * already reported says nothing.
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
    const char *text; /* belongs to the expression */
} ScnConst;

typedef enum { SCN_STATE_NEW, SCN_STATE_BUSY, SCN_STATE_DONE } ScnState;

/* A param or let. Expressions belong to the statements, but the override's. */
typedef struct {
    const char *name;
    bool is_param;
    const ScnExpr *value, *low, *high, *override;
    const char *help;
    bool swept;
    ScnState state;
    ScnConst result;
} ScnBinding;

typedef enum {
    SCN_NAME_NODE,
    SCN_NAME_WALLET,
    SCN_NAME_TX,
    SCN_NAME_MARK,
    SCN_NAME_CUT,
    SCN_NAME_BLOCK
} ScnNameKind;

typedef struct {
    ScnNameKind kind;
    guint32 index;
    ScnSpan span; /* of the declaration */
} ScnName;

/* The value of a mark, bound when it is first named. */
typedef struct {
    const ScnExpr *expr;
    ScnTerm *term; /* until the item takes it; NULL: reported, or not bound yet */
    ScnType type;  /* ANY while it is not known: a mark that is defined by itself is never set */
    bool bound;
} ScnMarkValue;

/* A check over many runs; it is bound when all measures are known. */
typedef struct {
    guint32 check;
    const ScnExpr *condition;
} ScnOverCheck;

typedef struct ScnResolver {
    ScnScenario *scenario;
    ScnErrors *errors;
    GPtrArray *sources; /* the scenario's */
    GPtrArray *stmts;   /* the syntax's, as doubtful */
    GHashTable *doubtful;
    GArray *bindings; /* ScnBinding */
    GHashTable *binding_index;
    GPtrArray *override_exprs; /* ScnExpr */
    GHashTable *names;         /* char * to ScnName */
    GPtrArray *name_list;      /* in order of declaration; the table owns them */
    GHashTable *group_index;   /* name to index into groups */
    GArray *marks;             /* ScnMarkValue, by mark */
    GArray *over_checks;       /* ScnOverCheck, in file order */
    GArray *all;               /* ScnMember: every node */
    gsize member_count;        /* in all sets so far */
    guint const_depth;
    ScnNumber links; /* of the topologies so far, or in the mean */
    ScnSpan spacing_span, window_span, reward_span, duration_span, share_span;
    bool shares_given, shares_bad, duration_given;
    char *hidden; /* the first message held back as a follow-up */
    ScnSpan hidden_span;
    guint32 line_source;   /* of line.c; 0: none yet */
    guint32 graph_source;  /* of the graph that is being imported; 0: none is */
    ScnNode node_standard; /* what a line without options gives */
} ScnResolver;

ScnResolver *scn_resolver_new(ScnScenario *scenario, const ScnSyntax *syntax, ScnErrors *errors);
void scn_resolver_free(ScnResolver *resolver);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ScnResolver, scn_resolver_free)

/* Fills the scenario; false: something was reported. */
bool scn_resolve(ScnResolver *resolver, const ScnOptions *options);

/* ---- reports ---- */

void scn_report(ScnResolver *resolver, ScnSpan span, const char *help, const char *format, ...)
    G_GNUC_PRINTF(4, 5);
/* "unknown WHAT 'name'" and the nearest of words; silent for doubtful names. */
void scn_report_unknown(ScnResolver *resolver, ScnSpan span, const char *what, const char *name,
                        const GPtrArray *words);
bool scn_is_doubtful(const ScnResolver *resolver, const char *name);
char *scn_span_text(const ScnResolver *resolver, ScnSpan span);
ScnPlace scn_place(const ScnResolver *resolver, const ScnStmt *stmt);

/* ---- constants (resolve_const.c) ---- */

void scn_resolve_bindings(ScnResolver *resolver, const ScnOptions *options);
ScnConst scn_const(ScnResolver *resolver, const ScnExpr *expr);
/* $x followed to what it stands for. */
const ScnExpr *scn_follow(ScnResolver *resolver, const ScnExpr *expr);
ScnBinding *scn_find_binding(const ScnResolver *resolver, const char *name);
/* Reports a name that is no param. */
void scn_report_no_param(ScnResolver *resolver, ScnSpan span, const char *name);
/* Reports a value that this param cannot take. */
void scn_check_swept_value(ScnResolver *resolver, const ScnBinding *binding, const ScnExpr *value);
/* The value of a param or let; reported at the span where it is bad. */
ScnConst scn_const_of(ScnResolver *resolver, const char *name, ScnSpan span);

/* A quantity of that dimension; `what` is named in the message, `unit` in its help. */
bool scn_need(ScnResolver *resolver, const ScnExpr *expr, const char *what, ScnDim dim,
              const char *unit, ScnQuantity *ret_quantity);
bool scn_need_time(ScnResolver *resolver, const ScnExpr *expr, const char *what, gint64 *ret_ns);
/* A plain number in 0..1. */
bool scn_need_portion(ScnResolver *resolver, const ScnExpr *expr, const char *what,
                      ScnNumber *ret_portion);
/* A whole number in low..high. */
bool scn_need_count(ScnResolver *resolver, const ScnExpr *expr, const char *what, guint64 low,
                    guint64 high, guint64 *ret_count);

/* ---- options (resolve_option.c) ---- */

/* Fills `record` from the options of the line. `takes` are the words that it may have, NULL at the
 * end; NULL: all of the table. Returns a bit for each row that was given and good. */
guint64 scn_apply_table(ScnResolver *resolver, const ScnStmt *stmt, const ScnOptTable *table,
                        const char *const *takes, gpointer record);
/* Fills `record` with the defaults of the table. */
void scn_apply_standards(ScnResolver *resolver, const ScnOptTable *table, gpointer record);
/* Whether the line has the option, good or bad. */
bool scn_is_given(const ScnStmt *stmt, const char *name);
/* The option's one value, or NULL (reported). */
const ScnExpr *scn_option_value(ScnResolver *resolver, const ScnOption *option);
bool scn_need_word(ScnResolver *resolver, const ScnExpr *expr, const char *what, const char *words,
                   guint *ret_index);

/* ---- names and sets (resolve_name.c) ---- */

void scn_declare(ScnResolver *resolver, ScnNameKind kind, const char *name, guint32 index,
                 ScnSpan span);
/* Takes back the declarations beyond the first `count`. */
void scn_undeclare(ScnResolver *resolver, guint count);
const ScnName *scn_find_name(const ScnResolver *resolver, const char *name);
void scn_report_unknown_name(ScnResolver *resolver, ScnSpan span, const char *what,
                             const char *name, const char *const *more);
/* Members in order of declaration, to be unreffed; NULL: reported. */
GArray *scn_resolve_set(ScnResolver *resolver, const ScnExpr *expr);
/* The same as node indices. not_empty: reports an empty one. */
GArray *scn_resolve_nodes(ScnResolver *resolver, const ScnExpr *expr, bool not_empty);
bool scn_resolve_node(ScnResolver *resolver, const ScnExpr *expr, guint32 *ret_node);
bool scn_resolve_thing(ScnResolver *resolver, const ScnExpr *expr, ScnNameKind kind,
                       const char *what, guint32 *ret_index);
/* The set of an action: drawn at each firing where random() stands in it. NULL: reported. */
ScnSet *scn_resolve_drawn_set(ScnResolver *resolver, const ScnExpr *expr);
/* A constant, or one of the distributions of times. */
bool scn_resolve_dist(ScnResolver *resolver, const ScnExpr *expr, const char *what,
                      ScnDist *ret_dist);
/* The file of times that a call names, as an index into the scenario's tables. */
bool scn_resolve_times(ScnResolver *resolver, const ScnExpr *call, guint32 *ret_table);
/* matrix("file.csv", pareto). */
bool scn_resolve_matrix(ScnResolver *resolver, const ScnExpr *call, ScnDist *ret_dist);
/* Reports nodes of the rule that its matrix, if it has one, knows no region for. */
void scn_check_matrix(ScnResolver *resolver, const ScnStmt *stmt, const ScnLinkRule *rule);
/* A time as files of data write it: 80ms, or a bare number of milliseconds. */
bool scn_read_time(const char *text, gsize length, gint64 *ret_ns);
/* The line without blanks at its ends; lines count from 1. */
ScnSpan scn_line_span(const ScnSource *source, guint32 index, guint32 line);
/* The cells of a line of a CSV file: spans without blanks and without "…" around them. */
void scn_csv_cells(const ScnSource *source, ScnSpan line, GArray *ret_cells);
bool scn_index_bounds(ScnResolver *resolver, const ScnExpr *expr, guint64 *ret_first,
                      guint64 *ret_last);
bool scn_is_set(const ScnResolver *resolver, const ScnExpr *expr);

/* The numbers that cuts and marks get, in file order. */
typedef struct {
    guint32 cut, mark;
} ScnNext;

/* Where a check stands: alone, or in a block. */
typedef struct {
    bool alone, repeats;
    gint64 at_ns; /* of `at`; else SCN_TIME_NONE */
} ScnStand;

/* An action, mark or check in a block. */
ScnItem *scn_resolve_item(ScnResolver *resolver, const ScnStmt *stmt, ScnStand stand,
                          ScnNext *next);

/* ---- the parts ---- */

/* False: there are too many, reported. */
bool scn_find_or_add_region(ScnResolver *resolver, ScnSpan span, const char *name,
                            guint32 *ret_region);
/* The name of a region, a word or a text; NULL: reported. */
const char *scn_region_name(ScnResolver *resolver, const ScnExpr *expr);

/* uplink= and downlink= of the nodes from `first` on: one rate, or one by region. */
void scn_resolve_node_rates(ScnResolver *resolver, const ScnOption *option, guint first);
/* region= of the nodes from `first` on: one name, or names with shares to draw by. */
void scn_resolve_regions(ScnResolver *resolver, const ScnOption *option, guint first);
void scn_resolve_load(ScnResolver *resolver, const ScnStmt *stmt);
void scn_resolve_declarations(ScnResolver *resolver);
void scn_declare_nodes(ScnResolver *resolver, const ScnStmt *stmt);
void scn_resolve_shares(ScnResolver *resolver);
void scn_resolve_money(ScnResolver *resolver);
void scn_check_supply(ScnResolver *resolver);
void scn_resolve_world(ScnResolver *resolver);
void scn_resolve_network(ScnResolver *resolver);
void scn_resolve_topology(ScnResolver *resolver, const ScnStmt *stmt);
void scn_resolve_default_topology(ScnResolver *resolver); /* the mesh of a file that has none */
ScnLink scn_resolve_link_options(ScnResolver *resolver, const ScnStmt *stmt);
void scn_resolve_timed(ScnResolver *resolver);

void scn_declare_cuts(ScnResolver *resolver);
/* Names of blocks: of trees and of mine ... as. */
void scn_declare_blocks(ScnResolver *resolver);
void scn_resolve_blocks(ScnResolver *resolver);
void scn_resolve_script(ScnResolver *resolver, const ScnStmt *stmt, ScnNext *next);
/* Fills an item from an action's statement. */
void scn_resolve_action(ScnResolver *resolver, const ScnStmt *stmt, ScnItem *item,
                        guint32 *next_cut);

/* Of many runs (resolve_sweep.c): first values of sweeps, before bindings are read; sweeps, zips
 * and seeds; tables and checks over seeds, once measures are known. */
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
