/* Writes the outcome, one fact a line; see outcome.h. */
#include "sim/run/outcome.h"

#include "sim/engine/assert.h"
#include "sim/world/observe.h"

#include <inttypes.h>
#include <openssl/evp.h>
#include <string.h>

static void
append_node(GString *out, SimWorld *world, uint32_t node)
{
    uint32_t tip = sim_world_tip(world, node);
    KetteHash root = sim_world_state_root(world, node);
    char tip_hex[KETTE_HASH_HEX], root_hex[KETTE_HASH_HEX];

    kette_hash_to_hex(tip_hex, sim_world_block_hash(world, tip));
    kette_hash_to_hex(root_hex, &root);
    g_string_append_printf(
        out, "node %s height %" PRIu64 " tip %s root %s reorgs %" PRIu64 " deepest %" PRIu64 "\n",
        sim_world_node_name(world, node), sim_world_block_height(world, tip), tip_hex, root_hex,
        sim_world_reorgs(world, node), sim_world_max_reorg(world, node));
}

char *
sim_outcome_text(SimWorld *world, const SimChecks *checks)
{
    GString *out = g_string_new("kettensim outcome 1\n");

    for (uint32_t i = 0; i < sim_world_node_count(world); i++)
        append_node(out, world, i);
    for (guint i = 0; i < sim_checks_count(checks); i++) {
        const SimCheckResult *result = sim_checks_get(checks, i);

        g_string_append_printf(out, "check %s: %s\n", sim_check_verdict_name(result->verdict),
                               result->check->text);
    }
    for (guint i = 0; i < sim_checks_measure_count(checks); i++) {
        const SimMeasureResult *result = sim_checks_get_measure(checks, i);

        g_string_append_printf(out, "measure %s %s\n", result->measure->name, result->exact);
    }
    return g_string_free(out, FALSE);
}

void
sim_outcome_digest(char ret_hex[SIM_DIGEST_HEX], const char *text)
{
    uint8_t hash[32];
    size_t len = sizeof hash;
    int ok = EVP_Q_digest(NULL, "SHA256", NULL, text, strlen(text), hash, &len);

    sim_assert(ok == 1);
    kette_hex_encode(ret_hex, hash, sizeof hash);
}
