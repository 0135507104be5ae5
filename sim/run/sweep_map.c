/* Cells that two sweeps have in common; see sweep_map.h. */
#include "sim/run/sweep_map.h"

#include <string.h>

#define NOWHERE G_MAXUINT64

struct SimSweepMap {
    const SimSweep *from, *to;
    GArray *points; /* guint64: of `to`, by point of `from`; NOWHERE */
};

/* Appends a value so that equal quantities are equal texts: 60s and 1m. */
static void
append_value(GString *key, const char *value)
{
    ScnQuantity quantity;

    if (scn_quantity_read(value, &quantity))
        g_string_append_printf(key, "%" G_GUINT64_FORMAT ".%" G_GUINT64_FORMAT ":%d\n",
                               (guint64)((__uint128_t)quantity.value >> 64),
                               (guint64)quantity.value, (int)quantity.dim);
    else
        g_string_append_printf(key, "%s\n", value);
}

static char *
key_of(const SimSweep *sweep, guint64 point)
{
    const GArray *params = sim_sweep_scenario(sweep)->params;
    GString *key = g_string_new(NULL);

    for (guint32 i = 0; i < params->len; i++)
        append_value(key, sim_sweep_value(sweep, point, i));
    return g_string_free(key, FALSE);
}

SimSweepMap *
sim_sweep_map_new(const SimSweep *from, const SimSweep *to)
{
    g_autoptr(GHashTable) places = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    SimSweepMap *map = g_new0(SimSweepMap, 1);

    map->from = from;
    map->to = to;
    map->points = g_array_new(FALSE, FALSE, sizeof(guint64));
    for (guint64 i = 0; i < sim_sweep_points(to); i++)
        g_hash_table_insert(places, key_of(to, i), g_memdup2(&i, sizeof i));
    for (guint64 i = 0; i < sim_sweep_points(from); i++) {
        g_autofree char *key = key_of(from, i);
        const guint64 *place = g_hash_table_lookup(places, key);
        const guint64 found = place != NULL ? *place : NOWHERE;

        g_array_append_val(map->points, found);
    }
    return map;
}

void
sim_sweep_map_free(SimSweepMap *map)
{
    if (map == NULL)
        return;
    g_array_unref(map->points);
    g_free(map);
}

bool
sim_sweep_map_get(const SimSweepMap *map, guint64 cell, guint64 *ret_cell)
{
    const guint64 seeds = sim_sweep_seeds(map->from);
    const guint64 point = g_array_index(map->points, guint64, cell / seeds);
    const guint64 seed = sim_sweep_first_seed(map->from) + cell % seeds;
    const guint64 first = sim_sweep_first_seed(map->to);

    if (point == NOWHERE || seed < first || seed - first >= sim_sweep_seeds(map->to))
        return false;
    *ret_cell = point * sim_sweep_seeds(map->to) + (seed - first);
    return true;
}
