/* Sizes and times of checking; see charge.h. */
#include "sim/world/charge.h"

#define DECLARED_MAX 1000000000 /* bytes */

static uint64_t
first_bytes(const KetteHash *id)
{
    uint64_t key;

    memcpy(&key, id->b, sizeof key);
    return GUINT64_FROM_LE(key);
}

void
sim_world_set_block_size(SimWorld *world, const SimDistribution *size)
{
    world->block_size = *size;
    world->declares_blocks =
        size->kind != SIM_DISTRIBUTION_CONSTANT || size->a > 0; /* constant 0: the real sizes */
}

uint32_t
sim_world_declared_bytes(const SimWorld *world, const KetteHash *id)
{
    SimCounter draws;
    SimTime bytes;

    if (!world->declares_blocks)
        return 0;
    if (world->block_size.kind == SIM_DISTRIBUTION_CONSTANT)
        return (uint32_t)world->block_size.a;
    sim_counter_init(&draws, sim_key_combine(world->config.seed, sim_key("block-size")),
                     first_bytes(id));
    bytes = sim_distribution_sample(&world->block_size, &draws);
    return (uint32_t)CLAMP(bytes, 1, DECLARED_MAX);
}

static uint32_t
bytes_of_range(const SimWorld *world, const KetteMessage *message)
{
    uint64_t sum = 0;

    for (uint16_t i = 0; i < message->bodies.range.count; i++)
        sum += sim_world_declared_bytes(world, &message->bodies.blocks[i]->id);
    return (uint32_t)MIN(sum, UINT32_MAX);
}

uint32_t
sim_world_charged_bytes(const SimWorld *world, const KetteMessage *message)
{
    if (message->kind == KETTE_MSG_NEW_BLOCK && world->declares_blocks)
        return sim_world_declared_bytes(world, &message->block->id);
    if (message->kind == KETTE_MSG_COMPACT_BLOCK && world->config.compact_bytes > 0)
        return world->config.compact_bytes;
    if (message->kind == KETTE_MSG_BLOCK_TXS && world->config.refetch_bytes > 0)
        return world->config.refetch_bytes;
    if (message->kind == KETTE_MSG_SYNC_RESPONSE && world->declares_blocks &&
        message->bodies.range.count > 0)
        return bytes_of_range(world, message);
    return message->bytes;
}

/* --- checking ----------------------------------------------------------------------------- */

uint32_t
sim_message_body_count(const KetteMessage *message)
{
    switch (message->kind) {
    case KETTE_MSG_NEW_BLOCK:
    case KETTE_MSG_COMPACT_BLOCK:
    case KETTE_MSG_BLOCK_TXS:
        return 1;
    case KETTE_MSG_SYNC_RESPONSE:
        return message->bodies.range.count;
    default:
        return 0;
    }
}

static SimBody
with_size(const SimHost *host, SimBody body, size_t real_bytes)
{
    uint32_t declared = sim_world_declared_bytes(host->world, &body.id);

    body.bytes = declared > 0 ? declared : (uint32_t)real_bytes;
    return body;
}

SimBody
sim_message_body(const SimHost *host, const KetteMessage *message, uint32_t i)
{
    const KetteBlockSpec *head = &message->compact.head;
    const KetteBlock *block;
    KetteHash id;

    if (message->kind == KETTE_MSG_BLOCK_TXS)
        return with_size(host, (SimBody){message->block_txs.block, message->block_txs.block, 0},
                         message->bytes);
    if (message->kind == KETTE_MSG_COMPACT_BLOCK) {
        id = kette_header_id(kette_store_hasher(host->store), &head->header);
        return with_size(host, (SimBody){id, id, 0},
                         KETTE_FRAME_BYTES + KETTE_BLOCK_FIXED_BYTES +
                             (size_t)head->tx_count * KETTE_TX_BYTES);
    }
    block = message->kind == KETTE_MSG_NEW_BLOCK ? message->block : message->bodies.blocks[i];
    return with_size(host, (SimBody){block->id, block->body_key, 0},
                     KETTE_FRAME_BYTES + kette_block_bytes(block));
}

SimTime
sim_host_check_time(const SimHost *host, const SimBody *body)
{
    if (host->validate_bps == 0)
        return host->validate;
    return sim_time_add(host->validate, sim_link_serialisation(body->bytes, host->validate_bps));
}
