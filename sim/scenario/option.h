/* The options of the language: one table for each statement that takes them, one row for each word.
 *
 * From the rows come what the resolver reads, the defaults, the nearest right word of a wrong one,
 * the tables of docs/scenario-language.md and what `kettensim help WORD` prints. The tables stand
 * beside the code that resolves their statements (resolve_*.c).
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
    SCN_OPT_WORD,   /* an enum: the index of the word in words */
    SCN_OPT_FLAG,   /* a bool: whether it is the second of two words */
    SCN_OPT_OWN,    /* the statement sees to it */
} ScnOptKind;

typedef struct {
    const char *name;
    ScnOptKind kind;
    gsize field;
    const char *words; /* "a b c". For other kinds: what stands for 0 (off, none) */
    gint64 low, high;  /* high 0: no limit */
    const char *unit;  /* for the help; of plain numbers: what is counted */
} ScnOptSpec;

/* Reads an option of SCN_OPT_OWN and says whether it was good; what is not good is reported. */
typedef bool (*ScnOptOwn)(ScnResolver *resolver, const ScnOption *option, gpointer data);

/* One option of a documented statement. */
typedef struct {
    ScnOptSpec spec;
    ScnOptOwn own;        /* of SCN_OPT_OWN; `data` is the record */
    const char *standard; /* its default as a line writes it; in parentheses: told, not read */
    const char *range;    /* of SCN_OPT_OWN: what may stand there */
    const char *text;     /* what it means, in one line of Markdown */
} ScnOptRow;

/* Rows. Each takes its default and its text last, so that none is without. */
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

typedef struct {
    const char *statement;
    const ScnOptRow *rows;
    guint count;
} ScnOptTable;

extern const ScnOptTable scn_chain_options, scn_protocol_options, scn_node_options,
    scn_topology_options, scn_link_options, scn_wallet_options, scn_tx_options, scn_load_options,
    scn_action_options, scn_block_options, scn_script_options, scn_limit_options;

/* All of these, in the order of docs/scenario-language.md; NULL at the end. */
extern const ScnOptTable *const scn_option_tables[];

/* The row of an option, or NULL. */
const ScnOptRow *scn_option_find(const ScnOptTable *table, const char *name);

/* Appends the rows as a Markdown table; name NULL: all of them. False: there is no such option. */
bool scn_option_describe(GString *out, const ScnOptTable *table, const char *name);

#endif
