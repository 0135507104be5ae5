/* spam: an honest node that also sends rubbish, at even times, to its peers in turn. */
#include "sim/world/strategy/strategies.h"

#include "core/base/limits.h"

#include <string.h>

typedef struct {
    SimTime gap;
    SimSpam send;
    uint64_t sent;
} Spammer;

static KetteMessage *
orphan(SimAgent *agent, const Spammer *spammer)
{
    g_autoptr(KetteBlock) block = sim_agent_forge(agent, NULL, spammer->sent, 0);

    return kette_message_block(block);
}

static KetteMessage *
headers(SimAgent *agent, const Spammer *spammer)
{
    g_autoptr(KetteBlock) block = sim_agent_forge(agent, NULL, spammer->sent, 0);

    return kette_message_response_chain(&block->header, 1);
}

static KetteMessage *
bad_block(SimAgent *agent, const Spammer *spammer)
{
    g_autoptr(KetteBlock) block = sim_agent_forge(agent, sim_agent_tip(agent), spammer->sent, 1);

    return kette_message_block(block);
}

/* Announces a block or a payment, in turn. */
static KetteMessage *
junk(SimAgent *agent, const Spammer *spammer)
{
    g_autoptr(KetteBlock) block = sim_agent_forge(agent, NULL, spammer->sent, 0);
    KetteMessageKind kind =
        spammer->sent % 2 == 0 ? KETTE_MSG_NEW_BLOCK : KETTE_MSG_NEW_TRANSACTION;

    return kette_message_inventory(KETTE_MSG_INVENTORY, kind, &block->id, 1);
}

static KetteMessage *
forgery(SimAgent *agent, const Spammer *spammer)
{
    return sim_agent_forgery(agent, spammer->sent);
}

static KetteMessage *
payments(SimAgent *agent, const Spammer *spammer)
{
    return sim_agent_forged_payments(agent, spammer->sent);
}

static KetteMessage *(*const makers[])(SimAgent *agent, const Spammer *spammer) = {
    [SIM_SPAM_ORPHANS] = orphan,       [SIM_SPAM_HEADERS] = headers,
    [SIM_SPAM_BAD_BLOCKS] = bad_block, [SIM_SPAM_FORGERIES] = forgery,
    [SIM_SPAM_PAYMENTS] = payments,    [SIM_SPAM_JUNK] = junk,
};

static void *
begin(SimAgent *agent, const SimStrategyOptions *options)
{
    Spammer *spammer = g_new0(Spammer, 1);

    spammer->gap = options->gap;
    spammer->send = options->send;
    /* Peers ban who sends the first ones, so those that begin at other times begin with others. */
    if (options->send == SIM_SPAM_FORGERIES || options->send == SIM_SPAM_PAYMENTS)
        spammer->sent = (uint64_t)(sim_agent_now(agent) / SIM_S);
    if (spammer->gap > 0)
        sim_agent_wake(agent, spammer->gap);
    return spammer;
}

static void
on_wake(SimAgent *agent)
{
    Spammer *spammer = sim_agent_state(agent);
    KetteMessage *message = makers[spammer->send](agent, spammer);

    if (message != NULL)
        sim_agent_send(agent, message);
    spammer->sent++;
    sim_agent_wake(agent, spammer->gap);
}

const SimStrategy sim_strategy_spam = {
    .name = "spam", .begin = begin, .end = g_free, .on_wake = on_wake};
