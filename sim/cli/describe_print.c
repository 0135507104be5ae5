/* Prints a description as text and as JSON; see describe.h. */
#include "sim/cli/describe.h"
#include "sim/io/json.h"

#include "sim/io/text.h"

#include <inttypes.h>
#include <string.h>

#define LINKS_SHOWN 12
#define BOLD "\033[1m"
#define YELLOW "\033[33m"
#define PLAIN "\033[0m"

static const char *const role_names[] = {"miner", "full", "script"};

static guint
count_role(const ScnScenario *scenario, ScnRole role)
{
    guint count = 0;

    for (guint i = 0; i < scenario->nodes->len; i++)
        count += g_array_index(scenario->nodes, ScnNode, i).role == role;
    return count;
}

/* Returns the mean degree, 2 * links / nodes, in thousandths. */
static guint64
mean_degree(const SimShape *shape)
{
    return ((guint64)shape->links * 2000 + shape->nodes / 2) / shape->nodes;
}

/* -- text ----------------------------------------------------------------------------------- */

static void
heading(FILE *out, bool colour, const char *text)
{
    fprintf(out, "\n%s%s%s\n", colour ? BOLD : "", text, colour ? PLAIN : "");
}

static void
print_head(FILE *out, const Description *d, bool colour)
{
    const ScnScenario *scenario = d->scenario;
    g_autofree char *path = io_printable(d->path);

    fprintf(out, "%s%s%s\n  %s, seed %" PRIu64, colour ? BOLD : "", scenario->title,
            colour ? PLAIN : "", path, (uint64_t)scenario->seed);
    if (scenario->duration_ns > 0) {
        g_autofree char *duration = scn_time_text(scenario->duration_ns);

        fprintf(out, ", %s of virtual time", duration);
    }
    fputs(scenario->stop != NULL ? ", stops on a condition\n" : "\n", out);
    if (d->sweep.points > 1 || d->sweep.seeds > 1) {
        g_autofree char *points = io_count(d->sweep.points, "point");
        g_autofree char *seeds = io_count(d->sweep.seeds, "seed");

        fprintf(out, "  a sweep of %s x %s; described is the first\n", points, seeds);
    }
}

static void
print_links(FILE *out, const Description *d)
{
    for (guint i = 0; i < MIN(d->links->len, LINKS_SHOWN); i++) {
        const DescribedLinks *links = &g_array_index(d->links, DescribedLinks, i);

        g_autofree char *ways = io_count(links->count, "way");

        fprintf(out, "  %-9s %s: %s\n", i == 0 ? "link" : "", ways, links->text);
    }
    if (d->links->len > LINKS_SHOWN)
        fprintf(out, "  %-9s and %u kinds more\n", "", d->links->len - LINKS_SHOWN);
}

/* Returns how many nodes know the upgrade from the start. */
static guint
count_knowing(const ScnScenario *scenario, guint upgrade)
{
    guint count = 0;

    for (guint i = 0; i < scenario->nodes->len; i++)
        count += (g_array_index(scenario->nodes, ScnNode, i).without >> upgrade & 1) == 0;
    return count;
}

static void
print_upgrades(FILE *out, const ScnScenario *scenario)
{
    for (guint i = 0; i < scenario->upgrades->len; i++) {
        const ScnUpgrade *upgrade = &g_array_index(scenario->upgrades, ScnUpgrade, i);

        fprintf(out, "  %-9s %s from height %" PRIu64 "%s: %u of %u nodes know it\n",
                i == 0 ? "upgrade" : "", upgrade->name, (uint64_t)upgrade->at_height,
                upgrade->signal != 0 ? " or later, by signals" : "", count_knowing(scenario, i),
                scenario->nodes->len);
    }
}

static void
print_network(FILE *out, const Description *d)
{
    const SimShape *shape = &d->shape;
    guint64 mean = mean_degree(shape);

    fprintf(out, "  nodes     %u:", shape->nodes);
    for (guint role = 0, shown = 0; role < G_N_ELEMENTS(role_names); role++) {
        guint count = count_role(d->scenario, (ScnRole)role);

        if (count > 0)
            fprintf(out, "%s %u %s", shown++ > 0 ? "," : "", count, role_names[role]);
    }
    fprintf(out, "\n  links     %u\n", shape->links);
    fprintf(out, "  degree    %u to %u, mean %" PRIu64 ".%03" PRIu64 "\n", shape->degree_min,
            shape->degree_max, (uint64_t)mean / 1000, (uint64_t)mean % 1000);
    fprintf(out, "  diameter  %s%u\n", shape->diameter_exact ? "" : "at least ", shape->diameter);
    fprintf(out, "  parts     %u\n", shape->parts);
    for (guint i = 0; i < d->regions->len; i++)
        fprintf(out, "%s%s %u%s", i == 0 ? "  regions   " : ", ",
                (const char *)g_ptr_array_index(d->scenario->regions, i),
                g_array_index(d->regions, guint32, i), i + 1 == d->regions->len ? "\n" : "");
    print_links(out, d);
    print_upgrades(out, d->scenario);
}

/* Returns the line of a place, and its file if that is an included one. */
static char *
line_text(const Description *d, ScnPlace place)
{
    g_autofree char *text = scn_scenario_line(d->scenario, place);

    return io_printable(text);
}

static void
print_timeline(FILE *out, const Description *d)
{
    for (guint i = 0; i < d->scenario->scripts->len; i++) {
        const ScnScript *script = g_ptr_array_index(d->scenario->scripts, i);

        g_autofree char *lines = io_count(script->lines->len, "line");

        fprintf(out, "  a script of %s, from %s to %s\n", lines,
                g_array_index(d->scenario->nodes, ScnNode, script->from).name,
                g_array_index(d->scenario->nodes, ScnNode, script->to).name);
    }
    for (guint i = 0; i < d->scenario->loads->len; i++) {
        const ScnLoad *load = &g_array_index(d->scenario->loads, ScnLoad, i);
        g_autofree char *gap = scn_quantity_text((ScnQuantity){SCN_DIM_TIME, load->gap_ns});

        g_autofree char *at = io_count(load->at->len, "node");

        g_autofree char *line = line_text(d, load->place);

        fprintf(out, "  all along    %-9s load: a payment every %s on average, at %s\n", line, gap,
                at);
    }
    for (guint i = 0; i < d->timeline->len; i++) {
        const DescribedItem *item = &g_array_index(d->timeline, DescribedItem, i);

        g_autofree char *line = line_text(d, item->place);

        fprintf(out, "  %-12s %-9s %s\n", item->when, line, item->text);
    }
    if (d->scenario->scripts->len + d->scenario->loads->len + d->timeline->len == 0)
        fputs("  nothing but time passes\n", out);
}

static void
print_checks(FILE *out, const Description *d)
{
    for (guint i = 0; i < d->scenario->checks->len; i++) {
        const ScnCheck *check = g_ptr_array_index(d->scenario->checks, i);
        g_autofree char *line = line_text(d, check->place);

        fprintf(out, "  %-9s %s\n", line, check->text);
    }
    if (d->scenario->checks->len == 0)
        fputs("  none: nothing is judged\n", out);
    for (guint i = 0; i < d->scenario->measures->len; i++) {
        const ScnMeasure *measure = g_ptr_array_index(d->scenario->measures, i);

        g_autofree char *line = line_text(d, measure->place);

        fprintf(out, "  %-9s %s\n", line, measure->text);
    }
}

void
describe_print_params(FILE *out, const ScnScenario *scenario)
{
    for (guint i = 0; i < scenario->params->len; i++) {
        const ScnParam *param = &g_array_index(scenario->params, ScnParam, i);

        io_print(out, "  %s = %s", param->name, param->default_value);
        if (param->overridden)
            io_print(out, ", now %s", param->value);
        if (param->low != NULL)
            fprintf(out, " in %s..%s", param->low, param->high);
        fprintf(out, "%s%s\n", param->help != NULL ? "  " : "",
                param->help != NULL ? param->help : "");
    }
    if (scenario->params->len == 0)
        fputs("  none\n", out);
}

void
describe_print(FILE *out, const Description *d, bool colour)
{
    print_head(out, d, colour);
    heading(out, colour, "Network");
    print_network(out, d);
    heading(out, colour, "Timeline");
    print_timeline(out, d);
    heading(out, colour, "Checks and measures");
    print_checks(out, d);
    heading(out, colour, "Params");
    describe_print_params(out, d->scenario);
    for (guint i = 0; i < d->warnings->len; i++)
        fprintf(out, "%s%swarning:%s %s\n", i == 0 ? "\n" : "", colour ? YELLOW : "",
                colour ? PLAIN : "", (const char *)g_ptr_array_index(d->warnings, i));
}

/* -- JSON ----------------------------------------------------------------------------------- */

static void
add_network(JsonBuilder *b, const Description *d)
{
    const SimShape *shape = &d->shape;

    io_json_member_int(b, "nodes", shape->nodes);
    io_json_member_int(b, "links", shape->links);
    io_json_member_object(b, "degree");
    io_json_member_int(b, "min", shape->degree_min);
    io_json_member_real(b, "mean", (double)mean_degree(shape) / 1000);
    io_json_member_int(b, "max", shape->degree_max);
    json_builder_end_object(b);
    io_json_member_int(b, "diameter", shape->diameter);
    io_json_member_bool(b, "diameter_exact", shape->diameter_exact);
    io_json_member_int(b, "parts", shape->parts);
    io_json_member_object(b, "regions");
    for (guint i = 0; i < d->regions->len; i++)
        io_json_member_int(b, g_ptr_array_index(d->scenario->regions, i),
                           g_array_index(d->regions, guint32, i));
    json_builder_end_object(b);
    io_json_member_array(b, "link_classes");
    for (guint i = 0; i < d->links->len; i++) {
        const DescribedLinks *links = &g_array_index(d->links, DescribedLinks, i);

        json_builder_begin_object(b);
        io_json_member_int(b, "ways", links->count);
        io_json_member_text(b, "link", links->text);
        json_builder_end_object(b);
    }
    json_builder_end_array(b);
    io_json_member_array(b, "upgrades");
    for (guint i = 0; i < d->scenario->upgrades->len; i++) {
        const ScnUpgrade *upgrade = &g_array_index(d->scenario->upgrades, ScnUpgrade, i);

        json_builder_begin_object(b);
        io_json_member_text(b, "name", upgrade->name);
        io_json_member_int(b, "at_height", (gint64)upgrade->at_height);
        io_json_member_bool(b, "by_signals", upgrade->signal != 0);
        io_json_member_int(b, "nodes", count_knowing(d->scenario, i));
        json_builder_end_object(b);
    }
    json_builder_end_array(b);
}

static void
add_timeline(JsonBuilder *b, const Description *d)
{
    io_json_member_array(b, "timeline");
    for (guint i = 0; i < d->timeline->len; i++) {
        const DescribedItem *item = &g_array_index(d->timeline, DescribedItem, i);

        json_builder_begin_object(b);
        if (item->time_ns != SCN_TIME_NONE)
            io_json_member_int(b, "time_ns", item->time_ns);
        io_json_member_text(b, "when", item->when);
        io_json_member_text(b, "file", scn_scenario_file(d->scenario, item->place));
        io_json_member_int(b, "line", item->place.line);
        io_json_member_text(b, "text", item->text);
        json_builder_end_object(b);
    }
    json_builder_end_array(b);
}

static void
add_checks(JsonBuilder *b, const Description *d)
{
    io_json_member_array(b, "checks");
    for (guint i = 0; i < d->scenario->checks->len; i++) {
        const ScnCheck *check = g_ptr_array_index(d->scenario->checks, i);

        json_builder_begin_object(b);
        io_json_member_text(b, "file", scn_scenario_file(d->scenario, check->place));
        io_json_member_int(b, "line", check->place.line);
        io_json_member_text(b, "text", check->text);
        json_builder_end_object(b);
    }
    json_builder_end_array(b);
}

static void
add_params(JsonBuilder *b, const Description *d)
{
    io_json_member_array(b, "params");
    for (guint i = 0; i < d->scenario->params->len; i++) {
        const ScnParam *param = &g_array_index(d->scenario->params, ScnParam, i);

        json_builder_begin_object(b);
        io_json_member_text(b, "name", param->name);
        io_json_member_text(b, "default", param->default_value);
        io_json_member_text(b, "value", param->value);
        io_json_member_text(b, "low", param->low);
        io_json_member_text(b, "high", param->high);
        io_json_member_text(b, "help", param->help);
        json_builder_end_object(b);
    }
    json_builder_end_array(b);
}

void
describe_print_json(FILE *out, const Description *d)
{
    g_autoptr(JsonBuilder) b = json_builder_new();

    json_builder_begin_object(b);
    io_json_member_text(b, "scenario", d->path);
    io_json_member_text(b, "title", d->scenario->title);
    io_json_member_int(b, "seed", (gint64)d->scenario->seed);
    io_json_member_int(b, "duration_ns", d->scenario->duration_ns);
    io_json_member_int(b, "points", (gint64)d->sweep.points);
    io_json_member_int(b, "seeds", (gint64)d->sweep.seeds);
    add_network(b, d);
    add_timeline(b, d);
    add_checks(b, d);
    add_params(b, d);
    io_json_member_array(b, "warnings");
    for (guint i = 0; i < d->warnings->len; i++)
        json_builder_add_string_value(b, g_ptr_array_index(d->warnings, i));
    json_builder_end_array(b);
    json_builder_end_object(b);
    io_json_print(b, out, false);
}
