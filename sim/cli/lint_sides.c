/* Lints of nodes that are kept apart: who bridges a cut, and which sides never come together. */
#include "sim/cli/lint_impl.h"

#include "sim/scenario/operator.h"

#define NAMES_SHOWN 4

static const char *
node_name(const Lint *lint, guint32 node)
{
    return g_array_index(lint->scenario->nodes, ScnNode, node).name;
}

/* ---- cuts ---- */

#define SIDE_NONE 0
#define SIDE_SEVERAL G_MAXUINT32

/* Returns for each node its side of the cut, from 1; SIDE_NONE for a node that the cut does not
 * name. NULL for a cut whose sides are drawn or follow the order of the nodes. */
static guint32 *
sides_of(const Lint *lint, const ScnItem *cut)
{
    guint count = lint->scenario->nodes->len;
    guint32 *sides;

    if (cut->form == SCN_PARTITION_ISOLATE && cut->set != NULL && cut->set->nodes != NULL) {
        sides = g_new(guint32, count + 1);
        for (guint i = 0; i < count; i++)
            sides[i] = 2;
        for (guint i = 0; i < cut->set->nodes->len; i++)
            sides[g_array_index(cut->set->nodes, guint32, i)] = 1;
        return sides;
    }
    if (cut->form != SCN_PARTITION_GROUPS || cut->groups == NULL || cut->groups->len < 2)
        return NULL;
    sides = g_new0(guint32, count + 1);
    for (guint g = 0; g < cut->groups->len; g++) {
        const GArray *group = g_ptr_array_index(cut->groups, g);

        for (guint i = 0; i < group->len; i++) {
            guint32 *side = &sides[g_array_index(group, guint32, i)];

            *side = *side == SIDE_NONE ? g + 1 : SIDE_SEVERAL;
        }
    }
    return sides;
}

/* A cut while it is looked at, with those beside it. */
typedef struct {
    const ScnItem *item;
    const ScnTimed *timed; /* the block that it is in */
    guint32 *sides;
    GPtrArray *others; /* guint32 *, sides of cuts that begin with it or are in force then */
    gint64 from_ns;
} Cut;

/* Returns whether the node has no side, is there when the cut begins and passes on what it hears.
 */
static bool
is_between(const Lint *lint, const Cut *cut, guint32 node)
{
    return cut->sides[node] == SIDE_NONE && !lint_is_script(lint, node) &&
           g_array_index(lint->scenario->nodes, ScnNode, node).start_ns <= cut->from_ns;
}

/* Returns whether another cut separates the two nodes. */
static bool
is_separated(const Cut *cut, guint32 a, guint32 b)
{
    for (guint i = 0; i < cut->others->len; i++) {
        const guint32 *sides = g_ptr_array_index(cut->others, i);

        if (sides[a] != SIDE_NONE && sides[b] != SIDE_NONE && sides[a] != sides[b])
            return true;
    }
    return false;
}

/* Computes for each node between which sides its linked neighbours between reach: the entry of its
 * root in `ret_reached` is one side, or SIDE_SEVERAL. */
static void
reach_sides(const Lint *lint, const Cut *cut, guint32 *parents, guint32 *ret_reached)
{
    const SimNet *net = lint->network->net;

    for (uint32_t edge = 0; edge < sim_net_edge_count(net); edge++) {
        uint32_t a = sim_net_edge_src(net, edge), b = sim_net_edge_dst(net, edge);

        if (is_between(lint, cut, a) && is_between(lint, cut, b) && !is_separated(cut, a, b))
            parents[lint_sets_find(parents, a)] = lint_sets_find(parents, b);
    }
    for (uint32_t edge = 0; edge < sim_net_edge_count(net); edge++) {
        uint32_t a = sim_net_edge_src(net, edge), b = sim_net_edge_dst(net, edge);
        guint32 side = cut->sides[b], *reached;

        if (!is_between(lint, cut, a) || side == SIDE_NONE || is_separated(cut, a, b))
            continue;
        reached = &ret_reached[lint_sets_find(parents, a)];
        *reached = *reached == SIDE_NONE || *reached == side ? side : SIDE_SEVERAL;
    }
}

/* Appends a few names of the nodes through which blocks pass from side to side, and a count;
 * returns their number. */
static guint
name_bridges(const Lint *lint, const Cut *cut, GString *names)
{
    guint count = lint->scenario->nodes->len, bridges = 0;
    g_autofree guint32 *parents = lint_sets_new(lint), *reached = g_new0(guint32, count + 1);

    reach_sides(lint, cut, parents, reached);
    for (guint32 i = 0; i < count; i++) {
        if (!is_between(lint, cut, i) || reached[lint_sets_find(parents, i)] != SIDE_SEVERAL)
            continue;
        if (bridges++ < NAMES_SHOWN)
            g_string_append_printf(names, "%s%s", bridges > 1 ? ", " : "", node_name(lint, i));
    }
    if (bridges > NAMES_SHOWN)
        g_string_append_printf(names, " and %u more", bridges - NAMES_SHOWN);
    return bridges;
}

/* Returns whether a node stands on several sides: a bridge that the author wants. */
static bool
has_wanted_bridge(const Lint *lint, const guint32 *sides)
{
    for (guint32 i = 0; i < lint->scenario->nodes->len; i++) {
        if (sides[i] == SIDE_SEVERAL)
            return true;
    }
    return false;
}

/* Adds the sides of a cut that begins with the one that is looked at, or is in force then. */
static void
see_other(Lint *lint, const ScnTimed *timed, const ScnItem *item, void *user)
{
    Cut *cut = user;
    guint32 *sides;

    if (item->kind != SCN_ITEM_PARTITION || item == cut->item || timed == NULL ||
        (timed != cut->timed &&
         (timed->kind != SCN_TIMED_AT || timed->at_ns > cut->from_ns ||
          (item->for_ns != SCN_TIME_NONE && timed->at_ns + item->for_ns <= cut->from_ns))))
        return;
    sides = sides_of(lint, item);
    if (sides != NULL)
        g_ptr_array_add(cut->others, sides);
}

static void
find_bridge(Lint *lint, const ScnTimed *timed, const ScnItem *item, void *user)
{
    g_autofree guint32 *sides = item->kind == SCN_ITEM_PARTITION ? sides_of(lint, item) : NULL;
    g_autoptr(GPtrArray) others = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GString) names = g_string_new(NULL);
    Cut cut = {item, timed, sides, others,
               timed != NULL && timed->kind != SCN_TIMED_WHEN ? timed->at_ns : 0};
    guint bridges;

    (void)user;
    if (sides == NULL || has_wanted_bridge(lint, sides))
        return;
    lint_each_item(lint, see_other, &cut);
    bridges = name_bridges(lint, &cut, names);
    if (bridges > 0)
        lint_warn(lint, item->place,
                  "%s %s on no side of this cut, so blocks pass from side to side through %s",
                  names->str, bridges == 1 ? "is" : "are", bridges == 1 ? "it" : "them");
}

void
lint_bridges(Lint *lint)
{
    lint_each_item(lint, find_bridge, NULL);
}

/* ---- cuts that last ---- */

/* Returns whether the condition can hold only if nodes of two sides agree. */
static bool
wants_agreement(const ScnTerm *term, const guint32 *sides)
{
    guint32 seen = SIDE_NONE;

    if (scn_term_is_operator(term, SCN_OP_AND))
        return wants_agreement(scn_term_at(term, 0), sides) ||
               wants_agreement(scn_term_at(term, 1), sides);
    if (term->kind != SCN_TERM_FACT ||
        (term->function->id != SCN_FN_SAME_TIP && term->function->id != SCN_FN_COMMON_PREFIX))
        return false;
    for (guint i = 0; i < scn_term_at(term, 0)->members->len; i++) {
        guint32 side = sides[g_array_index(scn_term_at(term, 0)->members, ScnMember, i).node];

        if (side == SIDE_NONE || side == SIDE_SEVERAL)
            continue;
        if (seen != SIDE_NONE && seen != side)
            return true;
        seen = side;
    }
    return false;
}

/* Returns "line 7" of the first `finally` that can hold only if nodes of two sides agree; NULL if
 * none does. */
static char *
find_agreement(const Lint *lint, const guint32 *sides)
{
    for (guint i = 0; i < lint->scenario->checks->len; i++) {
        const ScnCheck *check = g_ptr_array_index(lint->scenario->checks, i);

        if (check->kind == SCN_CHECK_FINALLY && check->over == SCN_OVER_NONE &&
            wants_agreement(check->condition, sides))
            return scn_scenario_line(lint->scenario, check->place);
    }
    return NULL;
}

typedef struct {
    guint32 cut;
    bool healed;
} Heals;

static void
see_heal(Lint *lint, const ScnTimed *timed, const ScnItem *item, void *user)
{
    Heals *heals = user;

    (void)lint, (void)timed;
    if (item->kind == SCN_ITEM_HEAL && (item->cut == SCN_NONE || item->cut == heals->cut))
        heals->healed = true;
}

static void
find_lasting_cut(Lint *lint, const ScnTimed *timed, const ScnItem *item, void *user)
{
    g_autofree guint32 *sides = NULL;
    g_autofree char *line = NULL;
    Heals heals = {.cut = item->cut};

    (void)timed, (void)user;
    if (item->kind != SCN_ITEM_PARTITION || item->for_ns != SCN_TIME_NONE)
        return;
    lint_each_item(lint, see_heal, &heals);
    sides = heals.healed ? NULL : sides_of(lint, item);
    line = sides != NULL ? find_agreement(lint, sides) : NULL;
    if (line != NULL)
        lint_warn(lint, item->place, "this cut never heals, and %s wants its sides to agree", line);
}

void
lint_lasting_cuts(Lint *lint)
{
    lint_each_item(lint, find_lasting_cut, NULL);
}

/* ---- upgrades ---- */

typedef struct {
    guint32 upgrade;
    bool is_harmless;
} Upgraded;

static void
see_upgrade(Lint *lint, const ScnTimed *timed, const ScnItem *item, void *user)
{
    Upgraded *upgraded = user;

    (void)lint, (void)timed;
    if (item->kind == SCN_ITEM_UPGRADE &&
        (item->upgrade == SCN_NONE || item->upgrade == upgraded->upgrade))
        upgraded->is_harmless = true;
}

/* Returns for each node its side: 1 if it knows the upgrade, 2 if not. */
static guint32 *
sides_of_upgrade(const Lint *lint, guint32 upgrade)
{
    guint32 *sides = g_new(guint32, lint->scenario->nodes->len + 1);

    for (guint i = 0; i < lint->scenario->nodes->len; i++)
        sides[i] = 1 + (g_array_index(lint->scenario->nodes, ScnNode, i).without >> upgrade & 1);
    return sides;
}

/* Returns whether the upgrade changes what a node may find in any block. A block that is too big,
 * or dated too far ahead, may never come. */
static bool
splits_by_itself(const ScnUpgrade *upgrade)
{
    static const char *const rare[] = {"max-block", "maturity", "mtp", "max-future", NULL};

    for (guint i = 0; scn_upgrade_changes[i] != NULL; i++) {
        if ((upgrade->changes >> i & 1) != 0 && !g_strv_contains(rare, scn_upgrade_changes[i]))
            return true;
    }
    return false;
}

static void
find_lasting_ban(Lint *lint, guint32 index)
{
    const ScnUpgrade *upgrade = &g_array_index(lint->scenario->upgrades, ScnUpgrade, index);
    g_autofree guint32 *sides = sides_of_upgrade(lint, index);
    g_autofree char *line = NULL;
    Upgraded upgraded = {.upgrade = index};

    lint_each_item(lint, see_upgrade, &upgraded);
    if (!upgraded.is_harmless && splits_by_itself(upgrade))
        line = find_agreement(lint, sides);
    if (line != NULL)
        lint_warn(
            lint, upgrade->place,
            "nodes that do not know '%s' are banned for longer than the run, and %s wants them to "
            "agree with the others: write protocol ban=1m",
            upgrade->name, line);
}

/* Warns of bans that outlast the run: they keep nodes of two versions apart. */
void
lint_lasting_bans(Lint *lint)
{
    const ScnScenario *scenario = lint->scenario;

    if (scenario->duration_ns == 0 || scenario->protocol.ban_ns < scenario->duration_ns)
        return;
    for (guint32 i = 0; i < scenario->upgrades->len; i++)
        find_lasting_ban(lint, i);
}
