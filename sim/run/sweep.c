/* Makes cells of a scenario, and rows of cells; see sweep.h. */
#include "sim/run/sweep.h"

#include "sim/engine/assert.h"

#include <string.h>

/* status, digest, outcome, detail, end, events, retry, values */
#define ROW_TYPE "(ssssxtba(yxds))"
#define DETAIL_MAX 400

/* Sweeps that advance together: one, or the members of a zip. */
typedef struct {
    GArray *sweeps; /* guint32 */
    guint64 length;
} Axis;

struct SimSweep {
    ScnScenario *base;
    SimSweepOptions options;
    char **overrides;
    GArray *axes; /* Axis; the last is the fastest */
    guint64 points, seeds;
};

/* --- the plan ----------------------------------------------------------------------------- */

static void
axis_clear(gpointer data)
{
    g_array_unref(((Axis *)data)->sweeps);
}

static const ScnSweep *
sweep_at(const SimSweep *sweep, guint32 i)
{
    return &g_array_index(sweep->base->sweeps, ScnSweep, i);
}

static Axis *
find_axis(const SimSweep *sweep, guint32 zip)
{
    for (guint i = 0; i < sweep->axes->len && zip != SCN_NONE; i++) {
        Axis *axis = &g_array_index(sweep->axes, Axis, i);

        if (sweep_at(sweep, g_array_index(axis->sweeps, guint32, 0))->zip == zip)
            return axis;
    }
    return NULL;
}

static bool
too_many(GError **error)
{
    g_set_error(error, SIM_RUN_ERROR, SIM_RUN_ERROR_SCENARIO,
                "this sweep has more than %d runs: take fewer values or seeds",
                SIM_SWEEP_CELLS_MAX);
    return false;
}

/* Returns whether an earlier sweep of the same zip has counted already. */
static bool
is_zipped(const GArray *sweeps, guint at)
{
    const guint32 zip = g_array_index(sweeps, ScnSweep, at).zip;

    for (guint i = 0; zip != SCN_NONE && i < at; i++) {
        if (g_array_index(sweeps, ScnSweep, i).zip == zip)
            return true;
    }
    return false;
}

guint64
sim_sweep_count_points(const ScnScenario *scenario)
{
    guint64 points = 1;

    for (guint i = 0; i < scenario->sweeps->len; i++) {
        const guint64 values = g_array_index(scenario->sweeps, ScnSweep, i).values->len;

        if (!is_zipped(scenario->sweeps, i) && __builtin_mul_overflow(points, values, &points))
            return G_MAXINT64;
    }
    return points;
}

static bool
make_axes(SimSweep *sweep, GError **error)
{
    sweep->axes = g_array_new(FALSE, FALSE, sizeof(Axis));
    g_array_set_clear_func(sweep->axes, axis_clear);
    sweep->points = sim_sweep_count_points(sweep->base);
    if (sweep->points > SIM_SWEEP_CELLS_MAX)
        return too_many(error);
    for (guint32 i = 0; i < sweep->base->sweeps->len; i++) {
        Axis *axis = find_axis(sweep, sweep_at(sweep, i)->zip);

        if (axis == NULL) {
            const Axis fresh = {g_array_new(FALSE, FALSE, sizeof(guint32)),
                                sweep_at(sweep, i)->values->len};

            g_array_append_val(sweep->axes, fresh);
            axis = &g_array_index(sweep->axes, Axis, sweep->axes->len - 1);
        }
        g_array_append_val(axis->sweeps, i);
    }
    return true;
}

static bool
make_seeds(SimSweep *sweep, GError **error)
{
    SimSweepOptions *options = &sweep->options;

    if (!options->seeds_given) {
        bool given = sweep->base->seeds_given;

        options->first_seed = given ? sweep->base->first_seed : sweep->base->seed;
        options->last_seed = given ? sweep->base->last_seed : sweep->base->seed;
    }
    sweep->seeds = options->last_seed - options->first_seed + 1;
    return sweep->seeds <= SIM_SWEEP_CELLS_MAX / sweep->points || too_many(error);
}

static SimSweep *
make_sweep(ScnScenario *base, const SimSweepOptions *options, GError **error)
{
    g_autoptr(SimSweep) sweep = g_new0(SimSweep, 1);

    sweep->base = base;
    sweep->options = *options;
    sweep->overrides = g_strdupv((char **)options->overrides);
    if (sweep->overrides == NULL)
        sweep->overrides = g_new0(char *, 1);
    sweep->options.overrides = (const char *const *)sweep->overrides;
    if (!make_axes(sweep, error) || !make_seeds(sweep, error))
        return NULL;
    return g_steal_pointer(&sweep);
}

static ScnOptions
base_options(const SimSweepOptions *options)
{
    return (ScnOptions){.overrides = options->overrides,
                        .seed_given = options->seeds_given,
                        .seed = options->first_seed,
                        .keeps_syntax = true};
}

SimSweep *
sim_sweep_new(const char *path, const SimSweepOptions *options, ScnErrors *errors, GError **error)
{
    const ScnOptions read = base_options(options);
    ScnScenario *base = scn_parse_file(path, &read, errors);

    return base != NULL ? make_sweep(base, options, error) : NULL;
}

SimSweep *
sim_sweep_new_kept(const GPtrArray *texts, const SimSweepOptions *options, ScnErrors *errors,
                   GError **error)
{
    const ScnOptions read = base_options(options);
    ScnScenario *base = scn_parse_kept(texts, &read, errors);

    return base != NULL ? make_sweep(base, options, error) : NULL;
}

void
sim_sweep_free(SimSweep *sweep)
{
    if (sweep == NULL)
        return;
    scn_scenario_free(sweep->base);
    g_strfreev(sweep->overrides);
    g_clear_pointer(&sweep->axes, g_array_unref);
    g_free(sweep);
}

/* --- questions ---------------------------------------------------------------------------- */

const ScnScenario *
sim_sweep_scenario(const SimSweep *sweep)
{
    return sweep->base;
}

const SimSweepOptions *
sim_sweep_options(const SimSweep *sweep)
{
    return &sweep->options;
}

guint64
sim_sweep_points(const SimSweep *sweep)
{
    return sweep->points;
}

guint64
sim_sweep_seeds(const SimSweep *sweep)
{
    return sweep->seeds;
}

guint64
sim_sweep_cells(const SimSweep *sweep)
{
    return sweep->points * sweep->seeds;
}

bool
sim_sweep_has(const SimSweep *sweep, guint64 cell)
{
    return cell % sweep->options.shards == sweep->options.shard - 1;
}

guint64
sim_sweep_first_seed(const SimSweep *sweep)
{
    return sweep->options.first_seed;
}

static const char *
param_name(const SimSweep *sweep, guint32 param)
{
    return g_array_index(sweep->base->params, ScnParam, param).name;
}

/* Calls visit for each swept param, in its order, with its value at a point. */
static void
walk_point(const SimSweep *sweep, guint64 point,
           void (*visit)(void *user, guint32 param, const char *value), void *user)
{
    guint64 below = sweep->points;

    for (guint i = 0; i < sweep->axes->len; i++) {
        const Axis *axis = &g_array_index(sweep->axes, Axis, i);
        guint64 place;

        below /= axis->length;
        place = point / below % axis->length;
        for (guint j = 0; j < axis->sweeps->len; j++) {
            const ScnSweep *swept = sweep_at(sweep, g_array_index(axis->sweeps, guint32, j));

            visit(user, swept->param, swept->values->pdata[place]);
        }
    }
}

typedef struct {
    const SimSweep *sweep;
    GPtrArray *words; /* char *, owned */
    guint32 param;
    const char *value;
} Walk;

static void
add_override(void *user, guint32 param, const char *value)
{
    Walk *walk = user;

    g_ptr_array_add(walk->words, g_strdup_printf("%s=%s", param_name(walk->sweep, param), value));
}

static void
find_value(void *user, guint32 param, const char *value)
{
    Walk *walk = user;

    if (param == walk->param)
        walk->value = value;
}

const char *
sim_sweep_value(const SimSweep *sweep, guint64 point, guint32 param)
{
    Walk walk = {.sweep = sweep,
                 .param = param,
                 .value = g_array_index(sweep->base->params, ScnParam, param).value};

    walk_point(sweep, point, find_value, &walk);
    return walk.value;
}

/* Returns the words of -P, the user's first; NULL at the end. */
static GPtrArray *
overrides_of(const SimSweep *sweep, guint64 point)
{
    Walk walk = {.sweep = sweep, .words = g_ptr_array_new_with_free_func(g_free)};

    for (char **word = sweep->overrides; *word != NULL; word++)
        g_ptr_array_add(walk.words, g_strdup(*word));
    walk_point(sweep, point, add_override, &walk);
    g_ptr_array_add(walk.words, NULL);
    return walk.words;
}

char *
sim_sweep_cell_text(const SimSweep *sweep, guint64 cell)
{
    g_autoptr(GPtrArray) words = overrides_of(sweep, cell / sweep->seeds);
    GString *out = g_string_new(NULL);

    for (guint i = 0; i + 1 < words->len; i++) {
        g_autofree char *quoted = g_shell_quote(words->pdata[i]);
        bool plain = strspn(words->pdata[i], "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                             "0123456789%+-./:=_") == strlen(words->pdata[i]);

        g_string_append_printf(out, "-P %s ", plain ? (char *)words->pdata[i] : quoted);
    }
    g_string_append_printf(out, "--seed %" G_GUINT64_FORMAT,
                           sweep->options.first_seed + cell % sweep->seeds);
    return g_string_free(out, FALSE);
}

ScnScenario *
sim_sweep_parse(const SimSweep *sweep, guint64 cell, ScnErrors *errors)
{
    g_autoptr(GPtrArray) words = overrides_of(sweep, cell / sweep->seeds);
    const ScnOptions options = {.overrides = (const char *const *)words->pdata,
                                .seed_given = true,
                                .seed = sweep->options.first_seed + cell % sweep->seeds};

    return scn_parse_again(sweep->base, &options, errors);
}

/* --- rows --------------------------------------------------------------------------------- */

guint
sim_sweep_value_count(const SimSweep *sweep)
{
    const GArray *samples = sweep->base->samples;
    guint count = sweep->base->measures->len;

    for (guint i = 0; i < samples->len; i++)
        count += g_array_index(samples, ScnSample, i).measure == SCN_NONE;
    return count;
}

static void
value_clear(gpointer value)
{
    g_free(((SimCellValue *)value)->text);
}

static GArray *
values_new(void)
{
    GArray *values = g_array_new(FALSE, TRUE, sizeof(SimCellValue));

    g_array_set_clear_func(values, value_clear);
    return values;
}

void
sim_sweep_row_clear(SimSweepRow *row)
{
    g_free(row->status);
    g_free(row->digest);
    g_free(row->outcome);
    g_free(row->detail);
    g_clear_pointer(&row->values, g_array_unref);
}

static void
put_real(GVariantBuilder *values, double real)
{
    bool whole = real >= -1e15 && real <= 1e15 && real == (double)(int64_t)real;

    g_variant_builder_add(values, "(yxds)", whole ? SIM_CELL_INTEGER : SIM_CELL_REAL,
                          whole ? (gint64)real : (gint64)0, real, "");
}

static void
put_measure(GVariantBuilder *values, const SimMeasureResult *result)
{
    const SimCellValue value = sim_measure_cell(result);

    g_variant_builder_add(values, "(yxds)", value.kind, value.integer, value.real,
                          value.kind == SIM_CELL_TEXT ? value.text : "");
}

static void
put_values(GVariantBuilder *values, const SimRun *run)
{
    const SimChecks *checks = sim_run_checks(run);
    const GArray *samples = sim_run_scenario(run)->samples;

    for (guint i = 0; i < sim_checks_measure_count(checks); i++)
        put_measure(values, sim_checks_get_measure(checks, i));
    for (guint i = 0; i < samples->len; i++) {
        SimSample sample = sim_checks_get_sample(checks, i);

        if (g_array_index(samples, ScnSample, i).measure != SCN_NONE)
            continue;
        if (sample.is_null)
            g_variant_builder_add(values, "(yxds)", SIM_CELL_NULL, (gint64)0, 0.0, "");
        else
            put_real(values, sample.value);
    }
}

static GBytes *
pack(GVariant *row)
{
    GBytes *bytes = g_variant_get_data_as_bytes(g_variant_ref_sink(row));

    g_variant_unref(row);
    return bytes;
}

/* Truncates a text and makes it valid UTF-8. */
static char *
shorten(const char *text)
{
    g_autofree char *cut = g_strndup(text, DETAIL_MAX);
    char *valid = g_utf8_make_valid(cut, -1);

    g_strchomp(valid);
    return valid;
}

static GBytes *
pack_error(const char *why, bool is_limit)
{
    g_autofree char *detail = shorten(why);

    return pack(g_variant_new(ROW_TYPE, is_limit ? "limit" : "error", "", "", detail, (gint64)0,
                              (guint64)0, is_limit, NULL));
}

/* Returns the first check that failed, or the reason why the run ended. */
static char *
detail_of(const SimRun *run)
{
    const SimChecks *checks = sim_run_checks(run);
    GString *out = g_string_new(sim_run_trouble(run));
    char *detail;

    for (guint i = 0; i < sim_checks_count(checks) && out->len == 0; i++) {
        if (sim_check_fails(sim_checks_get(checks, i)))
            sim_check_format(out, sim_checks_get(checks, i));
    }
    detail = shorten(sim_run_status(run) == SIM_STATUS_HELD ? "" : out->str);
    g_string_free(out, TRUE);
    return detail;
}

static GBytes *
pack_run(const SimRun *run)
{
    g_autofree char *detail = detail_of(run);
    GVariantBuilder values;

    g_variant_builder_init(&values, G_VARIANT_TYPE("a(yxds)"));
    put_values(&values, run);
    return pack(g_variant_new(ROW_TYPE, sim_run_status_name(sim_run_status(run)),
                              sim_run_digest(run), sim_run_outcome(run), detail,
                              (gint64)sim_run_end(run), (guint64)sim_run_events(run),
                              (gboolean)sim_run_may_retry(run), &values));
}

GBytes *
sim_sweep_run(const SimSweep *sweep, guint64 cell)
{
    const ScnSource *source = sweep->base->sources->pdata[0];
    const SimRunOptions options = {.scenario_name = source->name};
    g_autoptr(ScnErrors) errors = scn_errors_new();
    g_autoptr(ScnScenario) scenario = sim_sweep_parse(sweep, cell, errors);
    g_autoptr(GError) error = NULL;
    g_autoptr(SimRun) run = NULL;

    if (scenario == NULL) {
        GString *text = g_string_new(NULL);
        GBytes *bytes;

        scn_errors_format(errors, text, false);
        bytes = pack_error(text->str, false);
        g_string_free(text, TRUE);
        return bytes;
    }
    run = sim_run_new(scenario, &options, &error);
    if (run == NULL || !sim_run_execute(run, &error))
        return pack_error(error->message,
                          g_error_matches(error, SIM_RUN_ERROR, SIM_RUN_ERROR_LIMIT));
    return pack_run(run);
}

bool
sim_sweep_unpack(const SimSweep *sweep, GBytes *bytes, SimSweepRow *ret_row)
{
    g_autoptr(GVariant) raw =
        g_variant_ref_sink(g_variant_new_from_bytes(G_VARIANT_TYPE(ROW_TYPE), bytes, FALSE));
    g_autoptr(GVariant) packed = g_variant_get_normal_form(raw);
    g_autoptr(GVariantIter) values = NULL;
    SimSweepRow row = {.cell = 0};
    SimCellValue value;
    gboolean retry;
    guint8 kind;
    guint count = sim_sweep_value_count(sweep);

    g_variant_get(packed, ROW_TYPE, &row.status, &row.digest, &row.outcome, &row.detail,
                  &row.end_ns, &row.events, &retry, &values);
    row.retry = retry;
    row.values = values_new();
    while (g_variant_iter_next(values, "(yxds)", &kind, &value.integer, &value.real, &value.text)) {
        value.kind = MIN(kind, SIM_CELL_TEXT);
        g_array_append_val(row.values, value);
    }
    if (row.values->len != count && row.values->len != 0) {
        sim_sweep_row_clear(&row);
        return false;
    }
    g_array_set_size(row.values, count);
    *ret_row = row;
    return true;
}

void
sim_sweep_died(const SimSweep *sweep, guint64 cell, const char *detail, SimSweepRow *ret_row)
{
    *ret_row = (SimSweepRow){
        .cell = cell,
        .status = g_strdup("died"),
        .digest = g_strdup(""),
        .outcome = g_strdup(""),
        .detail = shorten(detail),
        .retry = true,
        .values = values_new(),
    };
    g_array_set_size(ret_row->values, sim_sweep_value_count(sweep));
}
