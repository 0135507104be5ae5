/* Prints the summary of a run; see summary.h. */
#include "sim/cli/summary.h"
#include "sim/io/json.h"

#include "sim/io/text.h"
#include "sim/run/results.h"
#include "sim/world/observe.h"

#include <inttypes.h>
#include <string.h>

#define NODES_SHOWN 24
#define GREEN "\033[32m"
#define RED "\033[31m"
#define BOLD "\033[1m"
#define PLAIN "\033[0m"

typedef struct {
    FILE *out;
    const SimRun *run;
    SimWorld *world;
    bool colour;
} Summary;

static const char *
tint(const Summary *s, const char *code)
{
    return s->colour ? code : "";
}

static void
heading(const Summary *s, const char *text)
{
    fprintf(s->out, "\n%s%s%s\n", tint(s, BOLD), text, tint(s, PLAIN));
}

static void
short_hash(char ret_text[IO_HASH_DIGITS + 1], const KetteHash *hash)
{
    char hex[KETTE_HASH_HEX];

    kette_hash_to_hex(hex, hash);
    g_strlcpy(ret_text, hex, IO_HASH_DIGITS + 1);
}

/* --- sections ----------------------------------------------------------------------------- */

static uint64_t
count_messages(const SimWorld *world)
{
    uint64_t sum = 0;

    for (unsigned kind = 0; kind < KETTE_MSG_COUNT; kind++)
        sum += sim_world_messages(world, (KetteMessageKind)kind);
    return sum;
}

static void
print_head(const Summary *s, double seconds)
{
    const ScnScenario *scenario = sim_run_scenario(s->run);
    SimNet *net = sim_world_net(s->world);
    g_autofree char *nodes = io_count(sim_world_node_count(s->world), "node");
    g_autofree char *links = io_count(sim_net_edge_count(net) / 2, "link");
    g_autofree char *events = io_count(sim_run_events(s->run), "event");
    g_autofree char *messages = io_count(count_messages(s->world), "message");
    char end[SIM_TIME_TEXT];

    fprintf(s->out, "%s%s%s\n", tint(s, BOLD), scenario->title, tint(s, PLAIN));
    fprintf(s->out, "  seed %" PRIu64 ", %s, %s, %s of virtual time\n", scenario->seed, nodes,
            links, sim_time_format(end, sim_run_end(s->run)));
    fprintf(s->out, "  %s and %s in %.2f s\n", events, messages, seconds);
}

static void
print_checks(const Summary *s)
{
    const SimChecks *checks = sim_run_checks(s->run);

    heading(s, "Checks");
    if (sim_checks_count(checks) == 0)
        fputs("  none: nothing was judged\n", s->out);
    for (guint i = 0; i < sim_checks_count(checks); i++) {
        const SimCheckResult *result = sim_checks_get(checks, i);
        bool bad = sim_check_fails(result);
        g_autofree char *raw = scn_scenario_line(sim_run_scenario(s->run), result->check->place);
        g_autofree char *line = io_printable(raw);

        fprintf(s->out, "  %s%-8s%s %-9s %s%s\n", tint(s, bad ? RED : GREEN),
                sim_check_verdict_name(result->verdict), tint(s, PLAIN), line, result->check->text,
                result->verdict == SIM_CHECK_VACUOUS && !bad ? "  (maybe)" : "");
    }
}

static int
name_width(const Summary *s)
{
    size_t width = 4;

    for (uint32_t i = 0; i < sim_world_node_count(s->world); i++)
        width = MAX(width, strlen(sim_world_node_name(s->world, i)));
    return (int)MIN(width, 24);
}

static void
print_nodes(const Summary *s)
{
    uint32_t count = sim_world_node_count(s->world);
    int width = name_width(s);

    heading(s, "Nodes");
    fprintf(s->out, "  %-*s %7s  %-8s %7s %8s %6s %6s\n", width, "name", "height", "tip", "reorgs",
            "deepest", "mined", "stale");
    for (uint32_t i = 0; i < MIN(count, NODES_SHOWN); i++) {
        uint32_t tip = sim_world_tip(s->world, i);
        char hash[IO_HASH_DIGITS + 1];

        short_hash(hash, sim_world_block_hash(s->world, tip));
        fprintf(s->out,
                "  %-*s %7" PRIu64 "  %s  %7" PRIu64 " %8" PRIu64 " %6" PRIu64 " %6" PRIu64 "\n",
                width, sim_world_node_name(s->world, i), sim_world_block_height(s->world, tip),
                hash, sim_world_reorgs(s->world, i), sim_world_max_reorg(s->world, i),
                sim_world_mined(s->world, i), sim_world_stale(s->world, i));
    }
    if (count > NODES_SHOWN)
        fprintf(s->out, "  … and %u more (the trace has them all)\n", count - NODES_SHOWN);
}

/* Counts the heights with more than one block. */
static uint32_t
count_forks(const Summary *s)
{
    uint32_t count = sim_world_block_count(s->world), forks = 0;
    g_autoptr(GArray) seen = g_array_new(FALSE, TRUE, sizeof(uint32_t));

    for (uint32_t i = 0; i < count; i++) {
        uint64_t height = sim_world_block_height(s->world, i);

        if (height >= seen->len)
            g_array_set_size(seen, (guint)height + 1);
        forks += ++g_array_index(seen, uint32_t, height) == 2;
    }
    return forks;
}

static gint
compare_times(gconstpointer a, gconstpointer b)
{
    SimTime x = *(const SimTime *)a, y = *(const SimTime *)b;

    return (x > y) - (x < y);
}

/* Returns the median, over all blocks found, of the time until `permille` of the nodes had the
 * block; -1 if none reached that. */
static SimTime
median_propagation(const Summary *s, uint32_t permille, uint32_t *ret_reached)
{
    g_autoptr(GArray) times = g_array_new(FALSE, FALSE, sizeof(SimTime));

    for (uint32_t i = 1; i < sim_world_block_count(s->world); i++) {
        SimTime time = sim_world_propagation(s->world, i, permille);

        if (time >= 0)
            g_array_append_val(times, time);
    }
    g_array_sort(times, compare_times);
    *ret_reached = times->len;
    return times->len > 0 ? g_array_index(times, SimTime, times->len / 2) : -1;
}

static void
print_blocks(const Summary *s)
{
    uint32_t blocks = sim_world_block_count(s->world) - 1, half, most;
    SimTime p50 = median_propagation(s, 500, &half), p90 = median_propagation(s, 900, &most);
    g_autofree char *forks = io_count(count_forks(s), "height");
    uint64_t deepest = 0;
    char a[SIM_TIME_TEXT], b[SIM_TIME_TEXT];

    for (uint32_t i = 0; i < sim_world_node_count(s->world); i++)
        deepest = MAX(deepest, sim_world_max_reorg(s->world, i));
    heading(s, "Blocks");
    fprintf(s->out, "  %u found; %s with more than one; deepest reorganisation %" PRIu64 "\n",
            blocks, forks, deepest);
    if (p50 >= 0 && p90 >= 0)
        fprintf(s->out,
                "  half of the nodes had a block after %s, nine tenths after %s (medians)\n",
                sim_time_format(a, p50 - p50 % SIM_US), sim_time_format(b, p90 - p90 % SIM_US));
}

static void
print_measures(const Summary *s)
{
    const SimChecks *checks = sim_run_checks(s->run);

    if (sim_checks_measure_count(checks) == 0)
        return;
    heading(s, "Measures");
    for (guint i = 0; i < sim_checks_measure_count(checks); i++) {
        const SimMeasureResult *result = sim_checks_get_measure(checks, i);

        fprintf(s->out, "  %-16s %s\n", result->measure->name, result->text);
    }
}

void
summary_print(FILE *out, const SimRun *run, const char *trace_path, double seconds, bool colour)
{
    const Summary s = {out, run, sim_run_world(run), colour};

    print_head(&s, seconds);
    print_checks(&s);
    print_nodes(&s);
    print_blocks(&s);
    print_measures(&s);
    if (sim_run_has_model(run) && sim_run_status(run) != SIM_STATUS_BROKEN)
        fprintf(out, "\n  model   every node thinks what it must\n");
    if (!sim_run_is_live(run))
        fprintf(out, "\n  digest  %s\n  outcome %s\n", sim_run_digest(run), sim_run_outcome(run));
    if (trace_path != NULL && sim_run_status(run) != SIM_STATUS_INTERRUPTED)
        io_print(out, "  trace   %s   (sqlite3 %s 'SELECT * FROM reorg')\n", trace_path,
                 trace_path);
}

void
summary_print_failures(FILE *out, const SimRun *run, const char *path, const char *options)
{
    const SimChecks *checks = sim_run_checks(run);
    g_autoptr(GString) text = g_string_new(NULL);
    g_autofree char *arguments = scn_scenario_reproduce(sim_run_scenario(run));
    g_autofree char *file = io_shell_word(path);
    const char *model = sim_run_has_model(run) ? " --model" : "";
    const char *command = sim_run_is_live(run) ? "live" : "run";

    for (guint i = 0; i < sim_checks_count(checks); i++) {
        const SimCheckResult *result = sim_checks_get(checks, i);

        if (!sim_check_fails(result) || result->verdict == SIM_CHECK_SKIPPED)
            continue;
        sim_check_format(text, result);
        g_string_append_printf(text, "  reproduce: kettensim %s %s %s%s%s\n", command, file,
                               arguments, model, options);
    }
    if (*sim_run_trouble(run) != '\0') {
        g_string_append(text, sim_run_trouble(run));
        g_string_append_printf(text, "  reproduce: kettensim %s %s %s%s%s\n", command, file,
                               arguments, model, options);
    }
    io_print(out, "%s", text->str);
}

/* --- JSON --------------------------------------------------------------------------------- */

static void
json_checks(JsonBuilder *builder, const SimRun *run)
{
    const SimChecks *checks = sim_run_checks(run);

    io_json_member_array(builder, "checks");
    for (guint i = 0; i < sim_checks_count(checks); i++) {
        const SimCheckResult *result = sim_checks_get(checks, i);

        json_builder_begin_object(builder);
        io_json_member_text(builder, "file", result->file);
        io_json_member_int(builder, "line", result->check->place.line);
        io_json_member_text(builder, "kind", result->kind);
        io_json_member_text(builder, "text", result->check->text);
        io_json_member_text(builder, "verdict", sim_check_verdict_name(result->verdict));
        io_json_member_int(builder, "time_ns", result->time_ns);
        io_json_member_int(builder, "event", (int64_t)result->event);
        io_json_member_text(builder, "detail", result->detail);
        json_builder_end_object(builder);
    }
    json_builder_end_array(builder);
}

/* Adds a value: numbers and times as numbers; null for what never happened or is true only by a
 * null; the rest as text. */
static void
json_measure(JsonBuilder *builder, const SimMeasureResult *result)
{
    gint64 whole;

    json_builder_set_member_name(builder, result->measure->name);
    if (strcmp(result->exact, "null") == 0)
        json_builder_add_null_value(builder);
    else if (g_ascii_string_to_signed(result->exact, 10, G_MININT64, G_MAXINT64, &whole, NULL))
        json_builder_add_int_value(builder, whole);
    else if (result->value.scalar.kind == SCN_VALUE_QUANTITY)
        json_builder_add_double_value(builder, g_ascii_strtod(result->exact, NULL));
    else if (result->value.scalar.kind == SCN_VALUE_BOOL)
        json_builder_add_boolean_value(builder, result->value.scalar.flag);
    else
        json_builder_add_string_value(builder, result->exact);
}

/* Adds the units of all measures. The type of some is known from their value only. */
static void
json_units(JsonBuilder *builder, const SimChecks *checks)
{
    io_json_member_object(builder, "units");
    for (guint i = 0; i < sim_checks_measure_count(checks); i++) {
        const SimMeasureResult *result = sim_checks_get_measure(checks, i);
        const ScnScalar *scalar = &result->value.scalar;
        ScnType type = result->measure->type;

        if (scalar->kind == SCN_VALUE_QUANTITY)
            type = scn_type_of_dim(scalar->quantity.dim);
        else if (scalar->kind == SCN_VALUE_REAL)
            type = scn_type_of_dim(scalar->real.dim);
        io_json_member_text(builder, result->measure->name, sim_results_unit(type));
    }
    json_builder_end_object(builder);
}

static void
json_nodes(JsonBuilder *builder, SimWorld *world)
{
    char hex[KETTE_HASH_HEX];

    io_json_member_array(builder, "nodes");
    for (uint32_t i = 0; i < sim_world_node_count(world); i++) {
        uint32_t tip = sim_world_tip(world, i);

        kette_hash_to_hex(hex, sim_world_block_hash(world, tip));
        json_builder_begin_object(builder);
        io_json_member_text(builder, "name", sim_world_node_name(world, i));
        io_json_member_int(builder, "height", (int64_t)sim_world_block_height(world, tip));
        io_json_member_text(builder, "tip", hex);
        io_json_member_int(builder, "reorgs", (int64_t)sim_world_reorgs(world, i));
        io_json_member_int(builder, "max_reorg", (int64_t)sim_world_max_reorg(world, i));
        io_json_member_int(builder, "mined", (int64_t)sim_world_mined(world, i));
        json_builder_end_object(builder);
    }
    json_builder_end_array(builder);
}

static void
json_params(JsonBuilder *builder, const ScnScenario *scenario)
{
    io_json_member_object(builder, "params");
    for (guint i = 0; i < scenario->params->len; i++) {
        const ScnParam *param = &g_array_index(scenario->params, ScnParam, i);

        io_json_member_text(builder, param->name, param->value);
    }
    json_builder_end_object(builder);
}

void
summary_print_json(FILE *out, const SimRun *run, const char *path, const Stats *stats)
{
    const ScnScenario *scenario = sim_run_scenario(run);
    const SimChecks *checks = sim_run_checks(run);
    g_autoptr(JsonBuilder) builder = json_builder_new();

    json_builder_begin_object(builder);
    io_json_member_text(builder, "scenario", path);
    io_json_member_text(builder, "title", scenario->title);
    json_params(builder, scenario);
    io_json_member_int(builder, "seed", (int64_t)scenario->seed);
    io_json_member_text(builder, "digest", sim_run_digest(run));
    if (*sim_run_trouble(run) != '\0')
        io_json_member_text(builder, "trouble", sim_run_trouble(run));
    io_json_member_text(builder, "outcome", sim_run_outcome(run));
    io_json_member_text(builder, "status", sim_run_status_name(sim_run_status(run)));
    io_json_member_int(builder, "end_ns", sim_run_end(run));
    io_json_member_int(builder, "events", (int64_t)sim_run_events(run));
    json_checks(builder, run);
    io_json_member_object(builder, "measures");
    for (guint i = 0; i < sim_checks_measure_count(checks); i++)
        json_measure(builder, sim_checks_get_measure(checks, i));
    json_builder_end_object(builder);
    json_units(builder, checks);
    json_nodes(builder, sim_run_world(run));
    if (stats != NULL)
        stats_build(builder, stats);
    json_builder_end_object(builder);
    io_json_print(builder, out, true);
}
