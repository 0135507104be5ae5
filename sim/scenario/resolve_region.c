/* Regions of nodes: one for all of a line, or drawn for each node by shares. */
#include "sim/scenario/resolve.h"

#include "sim/scenario/draw.h"

#include <string.h>

#define REGIONS_MAX 64
#define SLACK 1000 /* of the sum of shares, in 10^-12 */

static bool
find_region(const ScnScenario *scenario, const char *name, guint32 *ret_region)
{
    for (guint i = 0; i < scenario->regions->len; i++) {
        if (strcmp(scenario->regions->pdata[i], name) != 0)
            continue;
        *ret_region = i;
        return true;
    }
    return false;
}

static bool
find_or_add(ScnResolver *resolver, ScnSpan span, const char *name, guint32 *ret_region)
{
    ScnScenario *scenario = resolver->scenario;
    if (find_region(scenario, name, ret_region))
        return true;
    if (scenario->regions->len == REGIONS_MAX) {
        scn_report(resolver, span, NULL, "a scenario has at most %d regions", REGIONS_MAX);
        return false;
    }
    *ret_region = scenario->regions->len;
    g_ptr_array_add(scenario->regions, g_strdup(name));
    return true;
}

static void
set_all(ScnResolver *resolver, guint first, guint32 region)
{
    GArray *nodes = resolver->scenario->nodes;
    for (guint i = first; i < nodes->len; i++)
        g_array_index(nodes, ScnNode, i).region = region;
}

typedef struct {
    guint32 region;
    ScnNumber up_to; /* of the shares so far */
} Portion;

static bool
read_portions(ScnResolver *resolver, const ScnOption *option, GArray *portions)
{
    ScnNumber sum = 0;
    for (guint i = 0; i < option->values->len; i++) {
        const ScnExpr *value = option->values->pdata[i];
        Portion portion;
        ScnNumber share;
        if (value->kind != SCN_EXPR_LABELLED) {
            scn_report(resolver, value->span, "write region=na:40%,eu:60%",
                       "a region and its share are due here");
            return false;
        }
        if (!scn_need_portion(resolver, scn_expr_at(value, 0), value->name, &share) ||
            !find_or_add(resolver, value->span, value->name, &portion.region))
            return false;
        portion.up_to = sum += share;
        g_array_append_val(portions, portion);
    }
    if (sum + SLACK >= SCN_ONE && sum <= SCN_ONE + SLACK)
        return true;
    g_autofree char *text = scn_number_text(sum * 100);
    scn_report(resolver, option->name_span, NULL,
               "the shares of the regions add to %s%%, not 100%%", text);
    return false;
}

/* Each node draws by its own name. */
static void
draw_regions(ScnResolver *resolver, const GArray *portions, guint first)
{
    GArray *nodes = resolver->scenario->nodes;
    ScnNumber total = g_array_index(portions, Portion, portions->len - 1).up_to;

    for (guint i = first; i < nodes->len; i++) {
        ScnNode *node = &g_array_index(nodes, ScnNode, i);
        guint64 bits = scn_draw(resolver->scenario->seed, "region", node->name, 0);
        ScnNumber at = (ScnNumber)((unsigned __int128)bits * (guint64)total >> 64);
        guint p = 0;

        while (p + 1 < portions->len && at >= g_array_index(portions, Portion, p).up_to)
            p++;
        node->region = g_array_index(portions, Portion, p).region;
    }
}

void
scn_resolve_regions(ScnResolver *resolver, const ScnOption *option, guint first)
{
    const ScnExpr *value = option->values->pdata[0];
    guint32 region;
    ScnConst word;

    set_all(resolver, first, SCN_NONE);
    if (option->values->len > 1 || value->kind == SCN_EXPR_LABELLED) {
        g_autoptr(GArray) portions = g_array_new(FALSE, FALSE, sizeof(Portion));
        if (read_portions(resolver, option, portions))
            draw_regions(resolver, portions, first);
        return;
    }
    word = scn_const(resolver, value);
    if (word.kind == SCN_CONST_BAD)
        return;
    if (word.kind != SCN_CONST_WORD)
        scn_report(resolver, value->span, "as in region=eu", "'region' needs a name");
    else if (find_or_add(resolver, value->span, word.text, &region))
        set_all(resolver, first, region);
}
