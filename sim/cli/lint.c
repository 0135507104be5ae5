/* The table of lints; see lint.h. */
#include "sim/cli/lint.h"

#include "sim/io/text.h"
#include "sim/scenario/operator.h"

#include <string.h>

#define MESH_NODES 2000   /* a mesh of that many takes seconds and gigabytes */
#define SWEEP_RUNS 100000 /* runs that take hours */
#define NAMES_SHOWN 4

typedef struct {
    const ScnScenario *scenario;
    const LintNetwork *network;
    GPtrArray *warnings;
} Lint;

G_GNUC_PRINTF(3, 4)
static void
warn(Lint *lint, ScnPlace place, const char *format, ...)
{
    g_autofree char *message = NULL;
    va_list args;

    va_start(args, format);
    message = g_strdup_vprintf(format, args);
    va_end(args);
    g_ptr_array_add(lint->warnings,
                    place.line > 0
                        ? g_strdup_printf("%s:%u: %s", scn_scenario_file(lint->scenario, place),
                                          place.line, message)
                        : g_strdup(message));
}

static const ScnPlace nowhere;

/* ---- walking ---- */

/* Calls a function for each action, mark and check in a block or a script. `timed` is NULL in a
 * script. */
static void
for_each_item(Lint *lint,
              void (*func)(Lint *lint, const ScnTimed *timed, const ScnItem *item, void *user),
              void *user)
{
    for (guint i = 0; i < lint->scenario->timed->len; i++) {
        const ScnTimed *timed = g_ptr_array_index(lint->scenario->timed, i);

        for (guint k = 0; k < timed->items->len; k++)
            func(lint, timed, g_ptr_array_index(timed->items, k), user);
    }
    for (guint i = 0; i < lint->scenario->scripts->len; i++) {
        const ScnScript *script = g_ptr_array_index(lint->scenario->scripts, i);

        for (guint k = 0; k < script->lines->len; k++) {
            const ScnLine *line = g_ptr_array_index(script->lines, k);

            if (line->item != NULL)
                func(lint, NULL, line->item, user);
        }
    }
}

static const char *
node_name(const Lint *lint, guint32 node)
{
    return g_array_index(lint->scenario->nodes, ScnNode, node).name;
}

/* ---- the network ---- */

static guint32
root_of(guint32 *parents, guint32 node)
{
    while (parents[node] != node)
        node = parents[node] = parents[parents[node]];
    return node;
}

static guint32 *
new_parents(const Lint *lint)
{
    guint count = lint->scenario->nodes->len;
    guint32 *parents = g_new(guint32, count + 1);

    for (guint32 i = 0; i < count; i++)
        parents[i] = i;
    return parents;
}

static bool
is_script(const Lint *lint, guint32 node)
{
    return g_array_index(lint->scenario->nodes, ScnNode, node).role == SCN_ROLE_SCRIPT;
}

/* Joins the members of each pool: what one hears, all know. */
static void
join_pools(const Lint *lint, guint32 *parents)
{
    const ScnScenario *scenario = lint->scenario;
    g_autofree guint32 *first = g_new0(guint32, scenario->strategies->len + 1); /* node + 1 */

    for (guint32 i = 0; i < scenario->nodes->len; i++) {
        guint32 strategy = g_array_index(scenario->nodes, ScnNode, i).strategy;

        if (strategy == SCN_NONE ||
            g_array_index(scenario->strategies, ScnStrategy, strategy).is_alone)
            continue;
        if (first[strategy] != 0)
            parents[root_of(parents, i)] = root_of(parents, first[strategy] - 1);
        first[strategy] = first[strategy] != 0 ? first[strategy] : i + 1;
    }
}

/* Counts the parts of the network, and those of one node. Leaves out nodes of scripts, which
 * connect by themselves. */
static void
count_parts(const Lint *lint, guint *ret_parts, guint *ret_alone)
{
    const SimNet *net = lint->network->net;
    guint count = lint->scenario->nodes->len;
    g_autofree guint32 *parents = new_parents(lint), *sizes = g_new0(guint32, count + 1);

    for (uint32_t edge = 0; edge < sim_net_edge_count(net); edge++)
        parents[root_of(parents, sim_net_edge_src(net, edge))] =
            root_of(parents, sim_net_edge_dst(net, edge));
    join_pools(lint, parents);
    for (guint32 i = 0; i < count; i++)
        sizes[root_of(parents, i)] += !is_script(lint, i);
    *ret_parts = *ret_alone = 0;
    for (guint32 i = 0; i < count; i++) {
        *ret_parts += sizes[i] > 0;
        *ret_alone += sizes[i] == 1;
    }
}

/* Returns whether the file joins its nodes by `edge` lines alone. */
static bool
is_laid_out(const ScnScenario *scenario)
{
    bool laid_out = scenario->edges->len > 0;

    for (guint i = 0; i < scenario->topologies->len; i++)
        laid_out = laid_out &&
                   g_array_index(scenario->topologies, ScnTopology, i).kind == SCN_TOPOLOGY_NONE;
    return laid_out;
}

static gint64 blocks_of(Lint *lint);

/* Several networks laid out by hand are meant, and so is a graph in which no block is made. */
static void
find_unconnected(Lint *lint)
{
    guint parts, alone;

    if (lint->scenario->protocol.discovery || lint->scenario->scripts->len > 0)
        return;
    count_parts(lint, &parts, &alone);
    g_autofree char *lonely = io_count(alone, "node");
    if (parts <= 1 || (alone == 0 && (is_laid_out(lint->scenario) || blocks_of(lint) == 0)))
        return;
    if (alone == 0)
        warn(lint, nowhere, "the network is not connected: it falls into %u parts", parts);
    else
        warn(lint, nowhere,
             "the network is not connected: it falls into %u parts, and %s %s no link", parts,
             lonely, alone == 1 ? "has" : "have");
}

/* Of nodes that draw their regions there may be none in a small one. */
static void
find_empty_regions(Lint *lint)
{
    for (guint i = 0; !lint->scenario->draws_regions && i < lint->network->regions->len; i++) {
        if (g_array_index(lint->network->regions, guint32, i) == 0)
            warn(lint, nowhere, "no node is in the region '%s'",
                 (const char *)g_ptr_array_index(lint->scenario->regions, i));
    }
}

static void
find_large_mesh(Lint *lint)
{
    guint64 nodes = lint->scenario->nodes->len;

    for (guint i = 0; nodes >= MESH_NODES && i < lint->scenario->topologies->len; i++) {
        const ScnTopology *topology = &g_array_index(lint->scenario->topologies, ScnTopology, i);

        if (topology->kind == SCN_TOPOLOGY_MESH)
            warn(lint, topology->place,
                 "a full mesh of %" G_GUINT64_FORMAT " nodes has %" G_GUINT64_FORMAT
                 " links; topology outbound k=8 has %" G_GUINT64_FORMAT,
                 nodes, nodes * (nodes - 1) / 2, nodes * 8);
    }
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

/* A cut while it is looked at, with those of the same block. */
typedef struct {
    guint32 *sides;
    GPtrArray *others; /* guint32 *, sides of cuts that begin with it */
    gint64 from_ns;
} Cut;

/* Returns whether the node has no side, is there when the cut begins and passes on what it hears.
 */
static bool
is_between(const Lint *lint, const Cut *cut, guint32 node)
{
    return cut->sides[node] == SIDE_NONE && !is_script(lint, node) &&
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
            parents[root_of(parents, a)] = root_of(parents, b);
    }
    for (uint32_t edge = 0; edge < sim_net_edge_count(net); edge++) {
        uint32_t a = sim_net_edge_src(net, edge), b = sim_net_edge_dst(net, edge);
        guint32 side = cut->sides[b], *reached;

        if (!is_between(lint, cut, a) || side == SIDE_NONE || is_separated(cut, a, b))
            continue;
        reached = &ret_reached[root_of(parents, a)];
        *reached = *reached == SIDE_NONE || *reached == side ? side : SIDE_SEVERAL;
    }
}

/* Appends a few names of the nodes through which blocks pass from side to side, and a count;
 * returns their number. */
static guint
name_bridges(const Lint *lint, const Cut *cut, GString *names)
{
    guint count = lint->scenario->nodes->len, bridges = 0;
    g_autofree guint32 *parents = new_parents(lint), *reached = g_new0(guint32, count + 1);

    reach_sides(lint, cut, parents, reached);
    for (guint32 i = 0; i < count; i++) {
        if (!is_between(lint, cut, i) || reached[root_of(parents, i)] != SIDE_SEVERAL)
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

static void
find_bridge(Lint *lint, const ScnTimed *timed, const ScnItem *item, void *user)
{
    g_autofree guint32 *sides = item->kind == SCN_ITEM_PARTITION ? sides_of(lint, item) : NULL;
    g_autoptr(GPtrArray) others = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GString) names = g_string_new(NULL);
    Cut cut = {sides, others, timed != NULL && timed->kind != SCN_TIMED_WHEN ? timed->at_ns : 0};
    guint bridges;

    (void)user;
    if (sides == NULL || has_wanted_bridge(lint, sides))
        return;
    for (guint i = 0; timed != NULL && i < timed->items->len; i++) {
        const ScnItem *other = g_ptr_array_index(timed->items, i);
        guint32 *separated =
            other->kind == SCN_ITEM_PARTITION && other != item ? sides_of(lint, other) : NULL;

        if (separated != NULL)
            g_ptr_array_add(others, separated);
    }
    bridges = name_bridges(lint, &cut, names);
    if (bridges > 0)
        warn(lint, item->place,
             "%s %s on no side of this cut, so blocks pass from side to side through %s",
             names->str, bridges == 1 ? "is" : "are", bridges == 1 ? "it" : "them");
}

static void
find_bridges(Lint *lint)
{
    for_each_item(lint, find_bridge, NULL);
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
    Heals heals = {.cut = item->cut};

    (void)timed, (void)user;
    if (item->kind != SCN_ITEM_PARTITION || item->for_ns != SCN_TIME_NONE)
        return;
    for_each_item(lint, see_heal, &heals);
    sides = heals.healed ? NULL : sides_of(lint, item);
    for (guint i = 0; sides != NULL && i < lint->scenario->checks->len; i++) {
        const ScnCheck *check = g_ptr_array_index(lint->scenario->checks, i);
        g_autofree char *line = scn_scenario_line(lint->scenario, check->place);

        if (check->kind != SCN_CHECK_FINALLY || check->over != SCN_OVER_NONE ||
            !wants_agreement(check->condition, sides))
            continue;
        warn(lint, item->place, "this cut never heals, and %s wants its sides to agree", line);
        return;
    }
}

static void
find_lasting_cuts(Lint *lint)
{
    for_each_item(lint, find_lasting_cut, NULL);
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
    Upgraded upgraded = {.upgrade = index};

    for_each_item(lint, see_upgrade, &upgraded);
    upgraded.is_harmless |= !splits_by_itself(upgrade);
    for (guint i = 0; !upgraded.is_harmless && i < lint->scenario->checks->len; i++) {
        const ScnCheck *check = g_ptr_array_index(lint->scenario->checks, i);
        g_autofree char *line = scn_scenario_line(lint->scenario, check->place);

        if (check->kind != SCN_CHECK_FINALLY || check->over != SCN_OVER_NONE ||
            !wants_agreement(check->condition, sides))
            continue;
        warn(lint, upgrade->place,
             "nodes that do not know '%s' are banned for longer than the run, and %s wants them to "
             "agree with the others: write protocol ban=1m",
             upgrade->name, line);
        return;
    }
}

/* A ban ends what nodes of two versions hear of each other. */
static void
find_lasting_bans(Lint *lint)
{
    const ScnScenario *scenario = lint->scenario;

    if (scenario->duration_ns == 0 || scenario->protocol.ban_ns < scenario->duration_ns)
        return;
    for (guint32 i = 0; i < scenario->upgrades->len; i++)
        find_lasting_ban(lint, i);
}

/* ---- times ---- */

static void
find_late_times(Lint *lint)
{
    gint64 end = lint->scenario->duration_ns;

    for (guint i = 0; i < lint->scenario->timed->len; i++) {
        const ScnTimed *timed = g_ptr_array_index(lint->scenario->timed, i);

        if (end > 0 && timed->kind != SCN_TIMED_WHEN && timed->at_ns > end)
            warn(lint, timed->place, "this never comes: it is after the end of the run");
    }
}

static void
find_late_checks(Lint *lint)
{
    gint64 end = lint->scenario->duration_ns;

    for (guint i = 0; i < lint->scenario->checks->len; i++) {
        const ScnCheck *check = g_ptr_array_index(lint->scenario->checks, i);

        if (check->alone && end > 0 && check->from_ns > end)
            warn(lint, check->place, "this check never begins: it is after the end of the run");
    }
}

/* ---- names that nothing reads ---- */

/* An included file may offer names that this one does not need. */
static void
find_unused(Lint *lint)
{
    for (guint i = 0; i < lint->scenario->unused->len; i++) {
        const ScnUnused *unused = &g_array_index(lint->scenario->unused, ScnUnused, i);

        if (unused->place.source == 0)
            warn(lint, unused->place, "nothing reads the %s '%s'", unused->what, unused->name);
    }
}

typedef struct {
    guint32 tx;
    bool sent;
} Sending;

static void
see_submit(Lint *lint, const ScnTimed *timed, const ScnItem *item, void *user)
{
    Sending *sending = user;

    (void)lint, (void)timed;
    if (item->kind == SCN_ITEM_SUBMIT && item->tx == sending->tx)
        sending->sent = true;
}

/* Returns whether an action, a block of a tree or a strategy sends the transaction. */
static bool
is_sent(Lint *lint, guint32 tx)
{
    Sending sending = {.tx = tx};

    for_each_item(lint, see_submit, &sending);
    for (guint i = 0; i < lint->scenario->blocks->len; i++) {
        const GArray *txs = g_array_index(lint->scenario->blocks, ScnBlock, i).txs;

        for (guint k = 0; txs != NULL && k < txs->len; k++)
            sending.sent = sending.sent || g_array_index(txs, guint32, k) == tx;
    }
    for (guint i = 0; i < lint->scenario->strategies->len; i++) {
        const ScnStrategy *s = &g_array_index(lint->scenario->strategies, ScnStrategy, i);

        sending.sent = sending.sent || s->pay == tx || s->back == tx;
    }
    return sending.sent;
}

static void
find_unsent(Lint *lint)
{
    for (guint32 i = 0; i < lint->scenario->txs->len; i++) {
        const ScnTx *tx = &g_array_index(lint->scenario->txs, ScnTx, i);

        if (tx->asked && !is_sent(lint, i))
            warn(lint, tx->place, "'%s' is asked about, but nothing submits it", tx->name);
    }
}

/* ---- blocks without a race ---- */

#define MANY G_MAXINT64

/* Returns how often the items of a block can happen, at most. */
static gint64
firings_of(const Lint *lint, const ScnTimed *timed)
{
    gint64 end = lint->scenario->duration_ns;

    if (timed == NULL || timed->kind == SCN_TIMED_AT ||
        (timed->kind == SCN_TIMED_WHEN && !timed->each))
        return 1;
    if (timed->kind == SCN_TIMED_WHEN || (end == 0 && timed->until_ns == SCN_TIME_NONE))
        return MANY;
    end = end > 0 ? MIN(end, timed->until_ns) : timed->until_ns;
    return end < timed->at_ns ? 0 : (end - timed->at_ns) / timed->period_ns + 1;
}

static gint64
nodes_in(const Lint *lint, const ScnSet *set)
{
    return set != NULL && set->nodes != NULL ? set->nodes->len : lint->scenario->nodes->len;
}

/* Adds the blocks that an action can make. */
static void
add_blocks(Lint *lint, const ScnTimed *timed, const ScnItem *item, void *user)
{
    gint64 *total = user, made;

    if (item->kind == SCN_ITEM_DELIVER || item->kind == SCN_ITEM_ANNOUNCE)
        *total = MANY;
    if (item->kind != SCN_ITEM_MINE || *total == MANY)
        return;
    if (__builtin_mul_overflow(firings_of(lint, timed), (gint64)item->count, &made) ||
        __builtin_mul_overflow(made, nodes_in(lint, item->set), &made) ||
        __builtin_add_overflow(*total, made, total))
        *total = MANY;
}

/* Returns whether the term asks for heights: height(S), or the least or greatest of them. */
static bool
is_of_height(const ScnTerm *term)
{
    if (term->kind == SCN_TERM_REDUCE && scn_term_count(term) == 1 &&
        (term->function->id == SCN_FN_MIN || term->function->id == SCN_FN_MAX))
        return is_of_height(scn_term_at(term, 0));
    return term->kind == SCN_TERM_FACT &&
           (term->function->id == SCN_FN_HEIGHT || term->function->id == SCN_FN_MINED);
}

/* Returns the least height at which the condition can hold; 0 if it does not say. */
static gint64
height_wanted(const ScnTerm *term)
{
    const ScnTerm *left, *right;
    ScnOp op = term->op;

    if (scn_term_is_operator(term, SCN_OP_AND))
        return MAX(height_wanted(scn_term_at(term, 0)), height_wanted(scn_term_at(term, 1)));
    if (term->kind != SCN_TERM_OPERATOR || scn_term_count(term) != 2)
        return 0;
    left = scn_term_at(term, 0);
    right = scn_term_at(term, 1);
    if (left->kind == SCN_TERM_QUANTITY && is_of_height(right)) {
        const ScnTerm *swap = left;

        left = right;
        right = swap;
        op = op == SCN_OP_LT ? SCN_OP_GT : op == SCN_OP_LE ? SCN_OP_GE : op;
    }
    if (!is_of_height(left) || right->kind != SCN_TERM_QUANTITY || right->quantity.value < 0 ||
        right->quantity.value > SCN_ONE * G_MAXINT32)
        return 0;
    if (op == SCN_OP_EQ || op == SCN_OP_GE)
        return (gint64)((right->quantity.value + SCN_ONE - 1) / SCN_ONE);
    return op == SCN_OP_GT ? (gint64)(right->quantity.value / SCN_ONE) + 1 : 0;
}

static void
warn_of_height(Lint *lint, ScnPlace place, const ScnTerm *condition, gint64 blocks)
{
    gint64 wanted = condition != NULL ? height_wanted(condition) : 0;
    g_autofree char *made = io_count((guint64)blocks, "block");

    if (wanted <= blocks)
        return;
    if (blocks == 0)
        warn(lint, place,
             "height %" G_GINT64_FORMAT " is out of reach: with pow=off only `mine` "
             "makes blocks, and nothing mines",
             wanted);
    else
        warn(lint, place,
             "height %" G_GINT64_FORMAT " is out of reach: with pow=off only `mine` "
             "makes blocks, %s here",
             wanted, made);
}

/* Returns how many blocks can be made; MANY if there is a race, or that cannot be told. */
static gint64
blocks_of(Lint *lint)
{
    gint64 blocks =
        lint->scenario->chain.pow == SCN_POW_OFF && lint->scenario->scripts->len == 0 ? 0 : MANY;

    for_each_item(lint, add_blocks, &blocks);
    return blocks;
}

static void
find_unreachable_heights(Lint *lint)
{
    const ScnScenario *scenario = lint->scenario;
    gint64 blocks = blocks_of(lint);

    if (blocks == MANY)
        return;
    for (guint i = 0; i < scenario->checks->len; i++) {
        const ScnCheck *check = g_ptr_array_index(scenario->checks, i);

        if (check->kind != SCN_CHECK_NEVER && check->over == SCN_OVER_NONE && check->guard == NULL)
            warn_of_height(lint, check->place, check->condition, blocks);
    }
    for (guint i = 0; i < scenario->timed->len; i++) {
        const ScnTimed *timed = g_ptr_array_index(scenario->timed, i);

        warn_of_height(lint, timed->place, timed->condition, blocks);
    }
    warn_of_height(lint, scenario->stop_place, scenario->stop, blocks);
}

/* ---- what is judged, and how often ---- */

static void
find_no_check(Lint *lint)
{
    if (lint->scenario->checks->len == 0 && lint->scenario->result_tables->len == 0)
        warn(lint, nowhere, "nothing is judged: there is no check");
}

LintSweep
lint_sweep_size(const ScnScenario *scenario)
{
    LintSweep size = {1, 1};

    for (guint i = 0; i < scenario->sweeps->len; i++) {
        const ScnSweep *sweep = &g_array_index(scenario->sweeps, ScnSweep, i);
        bool counted = false;

        for (guint k = 0; k < i && sweep->zip != SCN_NONE; k++)
            counted |= g_array_index(scenario->sweeps, ScnSweep, k).zip == sweep->zip;
        if (!counted &&
            __builtin_mul_overflow(size.points, (guint64)sweep->values->len, &size.points))
            size.points = G_MAXINT64;
    }
    if (scenario->seeds_given)
        size.seeds = scenario->last_seed - scenario->first_seed + 1;
    return size;
}

/* Returns whether the term has a statistic that one seed does not give. */
static bool
needs_seeds(const ScnTerm *term)
{
    if (term->kind == SCN_TERM_STATISTIC &&
        (term->stat.kind == SCN_STAT_NEAR || term->stat.kind == SCN_STAT_SE))
        return true;
    for (guint i = 0; i < scn_term_count(term); i++) {
        if (needs_seeds(scn_term_at(term, i)))
            return true;
    }
    return false;
}

static void
find_lone_seed(Lint *lint)
{
    if (lint_sweep_size(lint->scenario).seeds > 1)
        return;
    for (guint i = 0; i < lint->scenario->checks->len; i++) {
        const ScnCheck *check = g_ptr_array_index(lint->scenario->checks, i);

        if (check->over != SCN_OVER_NONE && check->condition != NULL &&
            needs_seeds(check->condition))
            warn(lint, check->place, "one seed gives no interval and no error: write seeds 1..32");
    }
}

static void
find_large_sweep(Lint *lint)
{
    LintSweep size = lint_sweep_size(lint->scenario);
    g_autofree char *points = io_count(size.points, "point");
    g_autofree char *seeds = io_count(size.seeds, "seed");

    if (size.points > SWEEP_RUNS / size.seeds)
        warn(lint, nowhere, "the sweep has %s x %s: more than %d runs", points, seeds, SWEEP_RUNS);
}

/* ---- the table ---- */

static const struct {
    void (*find)(Lint *lint);
    bool of_network;
} lints[] = {
    {find_large_mesh, false}, {find_unconnected, true},          {find_empty_regions, true},
    {find_bridges, true},     {find_lasting_cuts, false},        {find_lasting_bans, false},
    {find_late_times, false}, {find_late_checks, false},         {find_unused, false},
    {find_unsent, false},     {find_unreachable_heights, false}, {find_no_check, false},
    {find_lone_seed, false},  {find_large_sweep, false},
};

void
lint_find(GPtrArray *warnings, const ScnScenario *scenario, const LintNetwork *network)
{
    Lint lint = {scenario, network, warnings};

    for (guint i = 0; i < G_N_ELEMENTS(lints); i++) {
        if (lints[i].of_network == (network != NULL))
            lints[i].find(&lint);
    }
}
