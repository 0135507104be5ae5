/* Draws the sets of actions; see node_set.h. */
#include "sim/run/node_set.h"
#include "sim/world/observe.h"

struct SimNodeSets {
    SimWorld *world;
    guint64 seed;
    GHashTable *streams; /* const ScnItem * -> SimRandom *; look-up only */
    GHashTable *texts;   /* text -> number of actions seen with it; look-up only */
};

SimNodeSets *
sim_node_sets_new(SimWorld *world, guint64 seed)
{
    SimNodeSets *sets = g_new(SimNodeSets, 1);

    *sets = (SimNodeSets){
        .world = world,
        .seed = seed,
        .streams = g_hash_table_new_full(NULL, NULL, NULL, g_free),
        .texts = g_hash_table_new(g_str_hash, g_str_equal),
    };
    return sets;
}

void
sim_node_sets_free(SimNodeSets *sets)
{
    g_hash_table_unref(sets->streams);
    g_hash_table_unref(sets->texts);
    g_free(sets);
}

static gint
compare_nodes(gconstpointer a, gconstpointer b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

    return (x > y) - (x < y);
}

/* Returns the stream of an action; two actions with the same text have different streams. */
static SimRandom *
stream_of(SimNodeSets *sets, const ScnItem *item)
{
    SimRandom *random = g_hash_table_lookup(sets->streams, item);
    g_autofree char *key = NULL;
    guint seen;

    if (random != NULL)
        return random;
    seen = GPOINTER_TO_UINT(g_hash_table_lookup(sets->texts, item->text));
    g_hash_table_insert(sets->texts, item->text, GUINT_TO_POINTER(seen + 1));
    key = g_strdup_printf("%u %s", seen, item->text);
    random = g_new(SimRandom, 1);
    sim_random_init(random, sets->seed, "action", key);
    g_hash_table_insert(sets->streams, (gpointer)item, random);
    return random;
}

GArray *
sim_node_sets_all(const SimNodeSets *sets)
{
    uint32_t count = sim_world_node_count(sets->world);
    GArray *nodes = g_array_sized_new(FALSE, FALSE, sizeof(uint32_t), count);

    for (uint32_t i = 0; i < count; i++)
        g_array_append_val(nodes, i);
    return nodes;
}

/* Shuffles by Fisher and Yates. */
GArray *
sim_node_sets_shuffle(SimNodeSets *sets, const ScnItem *item)
{
    SimRandom *random = stream_of(sets, item);
    GArray *nodes = sim_node_sets_all(sets);
    uint32_t *v = (uint32_t *)(void *)nodes->data;

    for (guint i = 0; i < nodes->len; i++) {
        guint j = i + (guint)sim_random_below(random, nodes->len - i);
        uint32_t held = v[i];

        v[i] = v[j];
        v[j] = held;
    }
    return nodes;
}

bool
sim_nodes_hold(const GArray *nodes, uint32_t node)
{
    return g_array_binary_search((GArray *)nodes, &node, compare_nodes, NULL);
}

typedef struct {
    uint64_t key;
    uint32_t node;
} Lot;

static gint
compare_lots(gconstpointer a, gconstpointer b)
{
    const Lot *x = a, *y = b;

    if (x->key != y->key)
        return x->key < y->key ? -1 : 1;
    return (x->node > y->node) - (x->node < y->node);
}

/* Draws a lot for each node, keyed by its name, so that an additional node changes no other lot. */
static GArray *
draw_some(SimNodeSets *sets, const ScnItem *item, uint32_t count)
{
    uint64_t firing = sim_random_next(stream_of(sets, item));
    g_autoptr(GArray) lots = g_array_new(FALSE, FALSE, sizeof(Lot));
    GArray *nodes = g_array_new(FALSE, FALSE, sizeof(uint32_t));

    for (uint32_t node = 0; node < sim_world_node_count(sets->world); node++) {
        Lot lot = {sim_key_combine(firing, sim_net_node_key(sim_world_net(sets->world), node)),
                   node};

        g_array_append_val(lots, lot);
    }
    g_array_sort(lots, compare_lots);
    for (guint i = 0; i < MIN(count, lots->len); i++)
        g_array_append_val(nodes, g_array_index(lots, Lot, i).node);
    g_array_sort(nodes, compare_nodes);
    return nodes;
}

GArray *
sim_node_sets_draw(SimNodeSets *sets, const ScnItem *item, const ScnSet *set)
{
    GArray *nodes;

    if (set->nodes != NULL)
        return g_array_ref(set->nodes);
    if (set->random > 0)
        return draw_some(sets, item, set->random);
    g_autoptr(GArray) of = sim_node_sets_draw(sets, item, set->of);
    g_autoptr(GArray) without = sim_node_sets_draw(sets, item, set->without);

    nodes = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    for (guint i = 0; i < of->len; i++) {
        uint32_t node = g_array_index(of, uint32_t, i);

        if (!sim_nodes_hold(without, node))
            g_array_append_val(nodes, node);
    }
    return nodes;
}
