/* liar: an honest node of which every second thing that others would learn from it is a lie.
 *
 * A lie is another message of the same kind: a block whose body is not the one that the header
 * commits to, or, every second time and for all other kinds, what was sent before this. So a
 * question gets the answer to another one, and what was told once is told again.
 */
#include "sim/world/strategy/strategies.h"

typedef struct {
    KetteMessage *before[KETTE_MSG_COUNT]; /* what was last due; NULL: nothing yet */
    uint64_t due[KETTE_MSG_COUNT];         /* how many messages of the kind were due */
} Liar;

static void *
begin(SimAgent *agent, const SimStrategyOptions *options)
{
    (void)agent, (void)options;
    return g_new0(Liar, 1);
}

static void
end(void *state)
{
    Liar *liar = state;

    for (size_t kind = 0; kind < KETTE_MSG_COUNT; kind++)
        kette_message_unref(liar->before[kind]);
    g_free(liar);
}

/* Returns the message with another body under the header of its first block; NULL: it has none. */
static KetteMessage *
with_wrong_body(SimAgent *agent, const KetteMessage *message)
{
    KetteBlock *const *blocks =
        message->kind == KETTE_MSG_NEW_BLOCK ? &message->block : message->bodies.blocks;
    uint16_t count = message->kind == KETTE_MSG_NEW_BLOCK ? 1 : message->bodies.range.count;
    g_autoptr(KetteBlock) wrong = NULL;
    g_autofree KetteBlock **lies = NULL;

    if (count == 0)
        return NULL;
    wrong = sim_agent_with_wrong_body(agent, blocks[0]);
    if (message->kind == KETTE_MSG_NEW_BLOCK)
        return kette_message_block(wrong);
    lies = g_memdup2(blocks, count * sizeof *lies);
    lies[0] = wrong;
    return kette_message_sync_response(&message->bodies.range.last, lies, count);
}

static KetteMessage *
lie(SimAgent *agent, const Liar *liar, const KetteMessage *message)
{
    bool has_blocks =
        message->kind == KETTE_MSG_NEW_BLOCK || message->kind == KETTE_MSG_SYNC_RESPONSE;
    KetteMessage *before = liar->before[message->kind];

    if (has_blocks && liar->due[message->kind] % 4 == 0)
        return with_wrong_body(agent, message);
    return before != NULL ? kette_message_ref(before) : NULL;
}

static KetteMessage *
on_replace(SimAgent *agent, KetteMessage *message)
{
    Liar *liar = sim_agent_state(agent);
    KetteMessage *told = NULL;

    if (!sim_strategy_passes_on(message->kind))
        return NULL;
    if (liar->due[message->kind]++ % 2 == 1)
        told = lie(agent, liar, message);
    kette_message_unref(liar->before[message->kind]);
    liar->before[message->kind] = kette_message_ref(message);
    return told;
}

const SimStrategy sim_strategy_liar = {
    .name = "liar", .begin = begin, .end = end, .on_replace = on_replace};
