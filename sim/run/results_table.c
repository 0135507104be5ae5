/* Groups points by the values of params; see results_table.h. */
#include "sim/run/results_table.h"

#include "sim/run/results_impl.h"
#include "sim/run/results_judge.h"

#include <math.h>
#include <sqlite3.h>
#include <string.h>

typedef struct {
    const SimResults *results;
    const SimSweep *sweep;
    const ScnScenario *scenario;
    const ScnTable *table;
    guint32 *groups; /* by point */
    GArray *firsts;  /* guint64: the first point of each group */
} Making;

void
sim_table_free(SimTable *table)
{
    if (table == NULL)
        return;
    for (guint i = 0; i < table->cells->len; i++) {
        g_free(g_array_index(table->cells, SimTableCell, i).text);
        g_free(g_array_index(table->cells, SimTableCell, i).exact);
    }
    g_array_unref(table->cells);
    g_ptr_array_unref(table->heads);
    g_ptr_array_unref(table->units);
    g_free(table);
}

/* --- groups ------------------------------------------------------------------------------- */

static char *
group_key(const Making *making, guint64 point)
{
    GString *key = g_string_new(NULL);

    for (guint i = 0; i < making->table->params->len; i++)
        g_string_append_printf(key, "%s\n",
                               sim_sweep_value(making->sweep, point,
                                               g_array_index(making->table->params, guint32, i)));
    return g_string_free(key, FALSE);
}

static void
find_groups(Making *making)
{
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    guint64 points = sim_sweep_points(making->sweep);

    making->groups = g_new0(guint32, points);
    making->firsts = g_array_new(FALSE, FALSE, sizeof(guint64));
    for (guint64 i = 0; i < points; i++) {
        char *key = group_key(making, i);
        gpointer group;

        if (g_hash_table_lookup_extended(seen, key, NULL, &group)) {
            making->groups[i] = GPOINTER_TO_UINT(group);
            g_free(key);
            continue;
        }
        making->groups[i] = making->firsts->len;
        g_hash_table_insert(seen, key, GUINT_TO_POINTER(making->firsts->len));
        g_array_append_val(making->firsts, i);
    }
}

/* --- cells -------------------------------------------------------------------------------- */

static char *
exact_number(double value)
{
    char text[G_ASCII_DTOSTR_BUF_SIZE];

    if (isnan(value))
        return g_strdup("");
    if (isinf(value))
        return g_strdup("inf");
    if (fabs(value) < 1e15 && value == floor(value))
        return g_strdup_printf("%" G_GINT64_FORMAT, (gint64)value);
    return g_strdup(g_ascii_formatd(text, sizeof text, "%.15g", value));
}

static void
add_param(SimTable *table, const char *value)
{
    SimTableCell cell = {g_strdup(value), NULL, false};
    ScnQuantity quantity;

    if (scn_quantity_read(value, &quantity)) {
        cell.exact = exact_number(scn_quantity_double(quantity));
    } else {
        cell.is_word = true;
        cell.exact = g_strdup(value);
    }
    g_array_append_val(table->cells, cell);
}

static void
add_number(SimTable *table, double value, ScnType type)
{
    const SimTableCell cell = {sim_results_text(value, type), exact_number(value), false};

    g_array_append_val(table->cells, cell);
}

static bool
is_count(ScnStat stat)
{
    return stat.kind == SCN_STAT_N || stat.kind == SCN_STAT_NULLS;
}

static void
add_measure(const Making *making, SimTable *table, guint32 measure, const GArray *values)
{
    ScnType type = ((const ScnMeasure *)making->scenario->measures->pdata[measure])->type;
    g_auto(SimStatistic) statistic = {0};

    sim_statistic_init(&statistic, (const SimSeedValue *)(const void *)values->data, values->len);
    for (guint i = 0; i < making->table->stats->len; i++) {
        ScnStat stat = g_array_index(making->table->stats, ScnStat, i);

        add_number(table, sim_statistic_get(&statistic, stat),
                   is_count(stat) ? SCN_TYPE_NUMBER : type);
    }
}

static void
add_head(SimTable *table, char *head, const char *unit)
{
    g_ptr_array_add(table->heads, head);
    g_ptr_array_add(table->units, (gpointer)unit);
}

static void
add_heads(const Making *making, SimTable *table)
{
    const ScnScenario *scenario = making->scenario;

    for (guint i = 0; i < making->table->params->len; i++) {
        const ScnParam *param = &g_array_index(scenario->params, ScnParam,
                                               g_array_index(making->table->params, guint32, i));

        add_head(table, g_strdup(param->name), sim_results_param_unit(param));
    }
    for (guint i = 0; i < making->table->measures->len; i++) {
        const ScnMeasure *measure =
            scenario->measures->pdata[g_array_index(making->table->measures, guint32, i)];

        for (guint j = 0; j < making->table->stats->len; j++) {
            ScnStat stat = g_array_index(making->table->stats, ScnStat, j);
            g_autofree char *name = scn_stat_name(stat);

            add_head(table, g_strdup_printf("%s %s", measure->name, name),
                     is_count(stat) ? "" : sim_results_unit(measure->type));
        }
    }
}

static void
add_rows(const Making *making, SimTable *table)
{
    g_autoptr(GPtrArray) columns =
        g_ptr_array_new_with_free_func((GDestroyNotify)g_ptr_array_unref);

    for (guint i = 0; i < making->table->measures->len; i++)
        g_ptr_array_add(columns,
                        sim_results_split(making->results,
                                          g_array_index(making->table->measures, guint32, i),
                                          making->groups, making->firsts->len));
    for (guint row = 0; row < making->firsts->len; row++) {
        for (guint i = 0; i < making->table->params->len; i++)
            add_param(table,
                      sim_sweep_value(making->sweep, g_array_index(making->firsts, guint64, row),
                                      g_array_index(making->table->params, guint32, i)));
        for (guint i = 0; i < columns->len; i++)
            add_measure(making, table, g_array_index(making->table->measures, guint32, i),
                        ((GPtrArray *)columns->pdata[i])->pdata[row]);
    }
    table->rows = making->firsts->len;
}

static SimTable *
make_table(const SimResults *results, const ScnTable *asked)
{
    SimTable *table = g_new0(SimTable, 1);
    const SimSweep *sweep = sim_results_sweep(results);
    Making making = {
        .results = results,
        .sweep = sweep,
        .scenario = sim_sweep_scenario(sweep),
        .table = asked,
    };

    table->heads = g_ptr_array_new_with_free_func(g_free);
    table->units = g_ptr_array_new();
    table->cells = g_array_new(FALSE, FALSE, sizeof(SimTableCell));
    find_groups(&making);
    add_heads(&making, table);
    add_rows(&making, table);
    g_free(making.groups);
    g_array_unref(making.firsts);
    return table;
}

static SimTable *
default_table(const SimResults *results)
{
    static const ScnStat stats[] = {{SCN_STAT_MEAN, 0}, {SCN_STAT_QUANTILE, 95}, {SCN_STAT_MAX, 0}};
    const ScnScenario *scenario = sim_sweep_scenario(sim_results_sweep(results));
    g_autoptr(GArray) measures = g_array_new(FALSE, FALSE, sizeof(guint32));
    g_autoptr(GArray) params = g_array_new(FALSE, FALSE, sizeof(guint32));
    g_autoptr(GArray) all = g_array_new(FALSE, FALSE, sizeof(ScnStat));
    const ScnTable asked = {measures, params, all};

    for (guint32 i = 0; i < scenario->measures->len; i++)
        g_array_append_val(measures, i);
    for (guint i = 0; i < scenario->sweeps->len; i++)
        g_array_append_val(params, g_array_index(scenario->sweeps, ScnSweep, i).param);
    g_array_append_vals(all, stats, G_N_ELEMENTS(stats));
    return make_table(results, &asked);
}

GPtrArray *
sim_results_tables(const SimResults *results)
{
    const ScnScenario *scenario = sim_sweep_scenario(sim_results_sweep(results));
    GPtrArray *tables = g_ptr_array_new_with_free_func((GDestroyNotify)sim_table_free);

    for (guint i = 0; i < scenario->result_tables->len; i++)
        g_ptr_array_add(tables, make_table(results, scenario->result_tables->pdata[i]));
    if (tables->len == 0 && scenario->measures->len > 0)
        g_ptr_array_add(tables, default_table(results));
    return tables;
}

/* --- in the file -------------------------------------------------------------------------- */

const char sim_results_table_schema[] =
    "DROP TABLE IF EXISTS result_table; DROP TABLE IF EXISTS result_param;"
    "DROP TABLE IF EXISTS result_value; DROP TABLE IF EXISTS over_check;"
    "CREATE TABLE over_check(id INTEGER PRIMARY KEY, line INTEGER NOT NULL, text TEXT NOT NULL,"
    " verdict TEXT NOT NULL, detail TEXT NOT NULL) STRICT;"
    "CREATE TABLE result_table(id INTEGER PRIMARY KEY, title TEXT NOT NULL) STRICT;"
    "CREATE TABLE result_param(result INTEGER NOT NULL, position INTEGER NOT NULL,"
    " param INTEGER NOT NULL, PRIMARY KEY(result, position)) STRICT, WITHOUT ROWID;"
    "CREATE TABLE result_value(result INTEGER NOT NULL, line INTEGER NOT NULL,"
    " measure INTEGER NOT NULL, stat TEXT NOT NULL, point INTEGER NOT NULL, n INTEGER NOT NULL,"
    " value ANY, ci_low REAL, ci_high REAL, PRIMARY KEY(result, line, measure, stat))"
    " STRICT, WITHOUT ROWID;";

typedef struct {
    Making making;
    sqlite3_stmt *table, *param, *value;
    gint64 id;
} Writing;

static bool
finish_statement(sqlite3_stmt *stmt)
{
    int code = sqlite3_step(stmt);

    sqlite3_reset(stmt);
    return code == SQLITE_DONE;
}

/* Returns the statement as written: "heal_time by latency, split stat=mean,p95". Free with g_free.
 */
static char *
table_title(const Making *making)
{
    const ScnTable *asked = making->table;
    GString *title = g_string_new(NULL);

    for (guint i = 0; i < asked->measures->len; i++) {
        guint32 measure = g_array_index(asked->measures, guint32, i);

        g_string_append_printf(
            title, "%s%s", i > 0 ? ", " : "",
            ((const ScnMeasure *)making->scenario->measures->pdata[measure])->name);
    }
    for (guint i = 0; i < asked->params->len; i++) {
        guint32 param = g_array_index(asked->params, guint32, i);

        g_string_append_printf(title, "%s%s", i > 0 ? ", " : " by ",
                               g_array_index(making->scenario->params, ScnParam, param).name);
    }
    for (guint i = 0; i < asked->stats->len; i++) {
        g_autofree char *stat = scn_stat_name(g_array_index(asked->stats, ScnStat, i));

        g_string_append_printf(title, "%s%s", i > 0 ? "," : " stat=", stat);
    }
    return g_string_free(title, FALSE);
}

static void
bind_value(sqlite3_stmt *stmt, int at, double value)
{
    if (value >= -1e15 && value <= 1e15 && value == (double)(gint64)value)
        sqlite3_bind_int64(stmt, at, (gint64)value);
    else
        sqlite3_bind_double(stmt, at, value); /* NaN is bound as NULL */
}

/* Writes a line. The interval belongs to the mean. */
static bool
write_values(const Writing *writing, guint line, guint32 measure, const GArray *values)
{
    const Making *making = &writing->making;
    guint64 point = g_array_index(making->firsts, guint64, line);
    g_auto(SimStatistic) statistic = {0};
    bool ok = true;

    sim_statistic_init(&statistic, (const SimSeedValue *)(const void *)values->data, values->len);
    for (guint i = 0; ok && i < making->table->stats->len; i++) {
        ScnStat stat = g_array_index(making->table->stats, ScnStat, i);
        g_autofree char *name = scn_stat_name(stat);
        double half = stat.kind == SCN_STAT_MEAN ? sim_statistic_half_width(&statistic, 0.95) : NAN;
        const gint64 integers[] = {writing->id, line + 1, (gint64)measure + 1};

        for (int k = 0; k < 3; k++)
            sqlite3_bind_int64(writing->value, k + 1, integers[k]);
        sqlite3_bind_text(writing->value, 4, name, -1, SQLITE_STATIC);
        sqlite3_bind_int64(writing->value, 5, (gint64)point + 1);
        sqlite3_bind_int64(writing->value, 6, statistic.n);
        bind_value(writing->value, 7, sim_statistic_get(&statistic, stat));
        sqlite3_bind_double(writing->value, 8, statistic.mean - half);
        sqlite3_bind_double(writing->value, 9, statistic.mean + half);
        ok = finish_statement(writing->value);
    }
    return ok;
}

static bool
write_params(const Writing *writing)
{
    const GArray *params = writing->making.table->params;
    bool ok = true;

    for (guint i = 0; ok && i < params->len; i++) {
        sqlite3_bind_int64(writing->param, 1, writing->id);
        sqlite3_bind_int64(writing->param, 2, i);
        sqlite3_bind_int64(writing->param, 3, (gint64)g_array_index(params, guint32, i) + 1);
        ok = finish_statement(writing->param);
    }
    return ok;
}

static bool
write_table(Writing *writing, const ScnTable *asked)
{
    Making *making = &writing->making;
    g_autofree char *title = NULL;
    bool ok;

    making->table = asked;
    title = table_title(making);
    find_groups(making);
    writing->id++;
    sqlite3_bind_int64(writing->table, 1, writing->id);
    sqlite3_bind_text(writing->table, 2, title, -1, SQLITE_STATIC);
    ok = finish_statement(writing->table) && write_params(writing);
    for (guint i = 0; ok && i < asked->measures->len; i++) {
        guint32 measure = g_array_index(asked->measures, guint32, i);
        g_autoptr(GPtrArray) split =
            sim_results_split(making->results, measure, making->groups, making->firsts->len);

        for (guint line = 0; ok && line < split->len; line++)
            ok = write_values(writing, line, measure, split->pdata[line]);
    }
    g_clear_pointer(&making->groups, g_free);
    g_clear_pointer(&making->firsts, g_array_unref);
    return ok;
}

/* Writes the results of checks over seeds and over the sweep; `maybe` excuses a vacuous check. */
static bool
write_over_checks(sqlite3 *db, const SimResults *results)
{
    g_autoptr(GArray) judged = sim_results_judge(results);
    sqlite3_stmt *stmt = NULL;
    bool ok = sqlite3_prepare_v2(db,
                                 "INSERT INTO over_check(line, text, verdict, detail)"
                                 " VALUES(?, ?, ?, ?)",
                                 -1, &stmt, NULL) == SQLITE_OK;

    for (guint i = 0; ok && i < judged->len; i++) {
        SimOverResult *result = &g_array_index(judged, SimOverResult, i);
        const char *verdict =
            sim_over_fails(result) ? "failed" : sim_check_verdict_name(result->verdict);

        sqlite3_bind_int64(stmt, 1, result->check->place.line);
        sqlite3_bind_text(stmt, 2, result->check->text, -1, SQLITE_STATIC);
        sqlite3_bind_text(stmt, 3, verdict, -1, SQLITE_STATIC);
        sqlite3_bind_text(stmt, 4, g_strstrip(result->detail), -1, SQLITE_STATIC);
        ok = finish_statement(stmt);
    }
    sqlite3_finalize(stmt);
    return ok;
}

bool
sim_results_write_tables(sqlite3 *db, const char *path, const SimResults *results, GError **error)
{
    const SimSweep *sweep = sim_results_sweep(results);
    const ScnScenario *scenario = sim_sweep_scenario(sweep);
    Writing writing = {.making = {.results = results, .sweep = sweep, .scenario = scenario}};
    bool ok = sim_results_exec(db, path, sim_results_table_schema, error);

    if (!ok)
        return false;
    writing.table = sim_results_prepare(db, path, "INSERT INTO result_table VALUES(?, ?)", error);
    writing.param =
        writing.table != NULL
            ? sim_results_prepare(db, path, "INSERT INTO result_param VALUES(?, ?, ?)", error)
            : NULL;
    writing.value =
        writing.param != NULL
            ? sim_results_prepare(
                  db, path, "INSERT OR IGNORE INTO result_value VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?)",
                  error)
            : NULL;
    ok = writing.value != NULL;
    for (guint i = 0; ok && i < scenario->result_tables->len; i++)
        ok = write_table(&writing, scenario->result_tables->pdata[i]) ||
             sim_results_fail(db, path, error);
    ok = ok && (write_over_checks(db, results) || sim_results_fail(db, path, error));
    sqlite3_finalize(writing.table);
    sqlite3_finalize(writing.param);
    sqlite3_finalize(writing.value);
    return ok;
}
