/* Converts options of link lines to fields of links; see link_option.h. */
#include "sim/run/link_option.h"

#include "sim/engine/assert.h"
#include "sim/scenario/option.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* -- pairs ---------------------------------------------------------------------------------- */

#define OPTIONS_MAX 32 /* number of bits in ScnLink.set */

/* Returns the field of an option; NULL for latency and loss. */
static const SimLinkField *
field_of(const ScnOptSpec *spec)
{
    const SimLinkField *field = sim_link_fields;

    if (spec->kind == SCN_OPT_OWN)
        return NULL;
    while (field->option != NULL && strcmp(field->option, spec->name) != 0)
        field++;
    sim_assert(field->option != NULL);
    sim_assert(spec->kind != SCN_OPT_FLAG || strcmp(field->words, spec->words) == 0);
    return field;
}

static const SimLinkField *const *
fields_by_option(void)
{
    static const SimLinkField *fields[OPTIONS_MAX];
    static gsize made;

    if (g_once_init_enter(&made)) {
        sim_assert(scn_link_options.count <= OPTIONS_MAX);
        for (guint i = 0; i < scn_link_options.count; i++)
            fields[i] = field_of(&scn_link_options.rows[i].spec);
        g_once_init_leave(&made, 1);
    }
    return fields;
}

/* -- from options to fields ----------------------------------------------------------------- */

static uint32_t
ppb_of(ScnNumber portion)
{
    return (uint32_t)(portion / (SCN_ONE / SIM_PPB));
}

static void
apply_loss(SimLinkSpec *spec, const ScnLink *link)
{
    spec->loss_ppb = ppb_of(link->loss);
    spec->bad_loss_ppb = ppb_of(link->bad_loss);
    spec->to_bad_ppb = ppb_of(link->to_bad);
    spec->to_good_ppb = ppb_of(link->to_good);
}

static uint64_t
number_of(const ScnLink *link, const ScnOptSpec *spec)
{
    const char *at = (const char *)link + spec->field;
    ScnNumber share;
    gint64 number;
    bool second;

    switch (spec->kind) {
    case SCN_OPT_SHARE:
        memcpy(&share, at, sizeof share);
        return ppb_of(share);
    case SCN_OPT_FLAG:
        memcpy(&second, at, sizeof second);
        return second;
    default:
        memcpy(&number, at, sizeof number);
        return (uint64_t)number;
    }
}

void
sim_link_apply(SimLinkSpec *spec, const ScnLink *link)
{
    const SimLinkField *const *fields = fields_by_option();

    for (guint32 set = link->set; set != 0; set &= set - 1) {
        guint i = (guint)__builtin_ctz(set);
        const ScnOptSpec *option = &scn_link_options.rows[i].spec;

        if (fields[i] != NULL)
            sim_link_set(spec, fields[i], number_of(link, option));
        else if (strcmp(option->name, "loss") == 0)
            apply_loss(spec, link);
    }
}

SimLinkSpec
sim_link_standard(const ScnScenario *scenario)
{
    SimLinkSpec spec = sim_link_spec_default();

    sim_link_apply(&spec, &scenario->link_standard);
    spec.latency = sim_distribution_constant(scenario->link_standard.latency.a);
    return spec;
}

/* -- in words ------------------------------------------------------------------------------- */

/* Formats a number in units of 10^-9 without trailing zeros: "0.5". */
static const char *
format_ppb(char buf[32], int64_t ppb)
{
    int length = snprintf(buf, 32, "%" PRId64 ".%09" PRId64, ppb / SIM_PPB, ppb % SIM_PPB);

    while (buf[length - 1] == '0')
        buf[--length] = '\0';
    if (buf[length - 1] == '.')
        buf[length - 1] = '\0';
    return buf;
}

/* Returns the name of the text that the measured times come from. */
static const char *
times_name(const ScnScenario *scenario, const SimNet *net, const SimTimes *times)
{
    guint32 source;
    guint i = 0;

    while (sim_net_times(net, i) != times)
        i++;
    source = g_array_index(scenario->table_sources, guint32, i);
    return ((const ScnSource *)g_ptr_array_index(scenario->sources, source))->local_name;
}

char *
sim_link_latency_text(const ScnScenario *scenario, const SimNet *net, const SimDistribution *d)
{
    char a[SIM_TIME_TEXT], b[SIM_TIME_TEXT], parameter[32];

    sim_time_format(a, d->a);
    sim_time_format(b, d->b);
    format_ppb(parameter, d->parameter);
    switch (d->kind) {
    case SIM_DISTRIBUTION_CONSTANT:
        break;
    case SIM_DISTRIBUTION_UNIFORM:
        return g_strdup_printf("uniform(%s,%s)", a, b);
    case SIM_DISTRIBUTION_NORMAL:
        return g_strdup_printf("normal(%s,%s)", a, b);
    case SIM_DISTRIBUTION_LOGNORMAL:
        return g_strdup_printf("lognormal(%s,%s)", a, parameter);
    case SIM_DISTRIBUTION_EXPONENTIAL:
        return g_strdup_printf("exponential(%s)", a);
    case SIM_DISTRIBUTION_PARETO:
        return g_strdup_printf("pareto(%s,%s)", a, parameter);
    case SIM_DISTRIBUTION_EMPIRICAL:
        return g_strdup_printf("empirical(\"%s\")", times_name(scenario, net, d->times));
    }
    return g_strdup(a);
}

static void
append_percent(GString *out, const char *name, uint64_t ppb)
{
    g_autofree char *text = scn_number_text((ScnNumber)ppb * 100 * (SCN_ONE / SIM_PPB));

    g_string_append_printf(out, "%s%s%%", name, text);
}

static void
append_value(GString *out, const SimLinkSpec *spec, const SimLinkField *field)
{
    uint64_t value = sim_link_get(spec, field);
    ScnDim dim = field->kind == SIM_LINK_TIME   ? SCN_DIM_TIME
                 : field->kind == SIM_LINK_RATE ? SCN_DIM_RATE
                                                : SCN_DIM_SIZE;
    g_autofree char *quantity = scn_quantity_text((ScnQuantity){dim, (ScnNumber)value});

    g_string_append_printf(out, " %s ", field->option);
    if (field->kind == SIM_LINK_WORD) {
        g_auto(GStrv) words = g_strsplit(field->words, " ", -1);

        g_string_append(out, words[value]);
    } else if (field->kind == SIM_LINK_PPB) {
        append_percent(out, "", value);
    } else {
        g_string_append(out, quantity);
    }
}

static void
append_gilbert(GString *out, const SimLinkSpec *spec)
{
    append_percent(out, " loss gilbert(good=", spec->loss_ppb);
    append_percent(out, ", bad=", spec->bad_loss_ppb);
    append_percent(out, ", to-bad=", spec->to_bad_ppb);
    append_percent(out, ", to-good=", spec->to_good_ppb);
    g_string_append_c(out, ')');
}

char *
sim_link_text(const ScnScenario *scenario, const SimNet *net, const SimLinkSpec *spec,
              const SimLinkSpec *standard)
{
    g_autofree char *latency = sim_link_latency_text(scenario, net, &spec->latency);
    GString *out = g_string_new("latency ");

    g_string_append(out, latency);
    if (spec->to_bad_ppb > 0)
        append_gilbert(out, spec);
    for (const SimLinkField *field = sim_link_fields + 1; field->option != NULL; field++) {
        bool is_loss = strcmp(field->option, "loss") == 0;

        if (!sim_link_has(spec, field) || (is_loss && spec->to_bad_ppb > 0))
            continue;
        if (field->needs_size > 0 || sim_link_get(spec, field) != sim_link_get(standard, field))
            append_value(out, spec, field);
    }
    return g_string_free(out, FALSE);
}
