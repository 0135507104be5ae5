/* The options of the language: one table for each statement, one row for each word.
 *
 * The rows tell the resolver what to read, give the defaults and the candidates of "did you mean",
 * and fill the tables of docs/scenario-language.md and `kettensim help WORD`. Each table stands
 * beside the code that resolves its statement (resolve_*.c).
 */
#ifndef SIM_SCENARIO_OPTION_H
#define SIM_SCENARIO_OPTION_H

#include "sim/scenario/syntax.h"

typedef struct ScnResolver ScnResolver;

typedef enum {
    SCN_OPT_TIME,   /* gint64 ns */
    SCN_OPT_SIZE,   /* gint64 bytes */
    SCN_OPT_RATE,   /* gint64 bit/s */
    SCN_OPT_AMOUNT, /* gint64, 10^-8 tokens */
    SCN_OPT_COUNT,  /* guint32 */
    SCN_OPT_LARGE,  /* guint64 */
    SCN_OPT_SIGNED, /* gint64, a plain count */
    SCN_OPT_SHARE,  /* ScnNumber in 0 .. SCN_ONE */
    SCN_OPT_WORD,   /* an enum: index of the word in `words` */
    SCN_OPT_FLAG,   /* a bool: true for the second of two words */
    SCN_OPT_OWN,    /* read by the row's own function */
} ScnOptKind;

typedef struct {
    const char *name;
    ScnOptKind kind;
    gsize field;
    const char *words; /* "a b c". For other kinds: the word for 0 (off, none) */
    gint64 low, high;  /* high 0: no limit */
    const char *unit;  /* for the help; for plain numbers: the thing counted */
} ScnOptSpec;

/* Reads an option of SCN_OPT_OWN. Returns false after reporting an error. */
typedef bool (*ScnOptOwn)(ScnResolver *resolver, const ScnOption *option, gpointer data);

/* One option of a documented statement. */
typedef struct {
    ScnOptSpec spec;
    ScnOptOwn own;        /* for SCN_OPT_OWN; `data` is the record */
    const char *standard; /* default as a line writes it; in parentheses: shown, not parsed */
    const char *range;    /* for SCN_OPT_OWN: values accepted, as shown in the help */
    const char *text;     /* what the option means, in one line of Markdown */
} ScnOptRow;

/* Rows. Each macro requires the default and the text, so that no row lacks them. */
#define SCN_ROW(name, kind, field, words, low, high, unit, standard, text)                         \
    {                                                                                              \
        {name, SCN_OPT_##kind, field, words, low, high, unit}, NULL, standard, NULL, text          \
    }
#define SCN_ROW_WORD(name, field, words, standard, text)                                           \
    SCN_ROW(name, WORD, field, words, 0, 0, NULL, standard, text)
#define SCN_ROW_FLAG(name, field, words, standard, text)                                           \
    SCN_ROW(name, FLAG, field, words, 0, 0, NULL, standard, text)
#define SCN_ROW_SHARE(name, field, standard, text)                                                 \
    SCN_ROW(name, SHARE, field, NULL, 0, 0, NULL, standard, text)
#define SCN_ROW_OWN(name, own, standard, range, text)                                              \
    {                                                                                              \
        {name, SCN_OPT_OWN, 0, NULL, 0, 0, NULL}, own, standard, range, text                       \
    }

typedef struct ScnOptTable {
    const char *statement;
    const ScnOptRow *rows;
    guint count;
    const struct ScnOptTable
        *also; /* other words that the line may have, read elsewhere; or NULL */
} ScnOptTable;

extern const ScnOptTable scn_chain_options, scn_protocol_options, scn_node_options,
    scn_topology_options, scn_link_options, scn_wallet_options, scn_tx_options, scn_load_options,
    scn_action_options, scn_strategy_options, scn_block_options, scn_script_options,
    scn_limit_options, scn_explore_options, scn_upgrade_options;

/* All tables, in the order of docs/scenario-language.md; NULL at the end. */
extern const ScnOptTable *const scn_option_tables[];

/* Returns the row of an option, or NULL. */
const ScnOptRow *scn_option_find(const ScnOptTable *table, const char *name);

/* Returns whether an option that takes a number or quantity has the word for none: "off", "none".
 */
bool scn_option_is_none(const char *word);

/* Appends the row of `name`, or all rows if it is NULL, as a Markdown table. Returns false if there
 * is no such option. */
bool scn_option_describe(GString *out, const ScnOptTable *table, const char *name);

#endif
