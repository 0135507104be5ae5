/* The header rules of real chains; see header_rules.h for sources. */
#include "core/chain/header_rules.h"

#include <string.h>

#include "core/base/assert.h"

#define MINUTE INT64_C(60)

void
kette_header_rules_init(KetteHeaderRules *rules, const KetteParams *params)
{
    *rules = (KetteHeaderRules){.count = 1};
    rules->stages[0].params = *params;
}

/* Begins a stage with the rules of the one before, and returns its parameters. */
static KetteParams *
add_stage(KetteHeaderRules *rules, uint64_t from)
{
    unsigned index = rules->count++;

    kette_assert(index > 0 && index < KETTE_HEADER_STAGES);
    rules->stages[index] = rules->stages[index - 1];
    rules->stages[index].from = from;
    return &rules->stages[index].params;
}

static void
fill_bitcoin(KetteHeaderRules *rules)
{
    (void)rules;
}

static void
fill_bip54(KetteHeaderRules *rules)
{
    KetteParams *params = &rules->stages[0].params;

    params->timewarp_guard_s = 120 * MINUTE;
    params->window_order = true;
}

static void
fill_testnet3(KetteHeaderRules *rules)
{
    KetteParams *params = &rules->stages[0].params;

    params->min_difficulty_after_s = 20 * MINUTE;
    params->genesis_time = 1296688602;
}

static void
fill_testnet4(KetteHeaderRules *rules)
{
    KetteParams *params = &rules->stages[0].params;

    params->min_difficulty_after_s = 20 * MINUTE;
    params->retarget_from_first = true;
    params->timewarp_guard_s = 10 * MINUTE;
    params->genesis_time = 1714777860;
}

static void
fill_bch(KetteHeaderRules *rules)
{
    KetteParams *params = add_stage(rules, 478559);

    params->retarget = KETTE_RETARGET_EDA;
    params = add_stage(rules, 504032);
    params->retarget = KETTE_RETARGET_CW_144;
    params->window = 144;
    params = add_stage(rules, 661648);
    params->retarget = KETTE_RETARGET_ASERT;
    params->half_life_s = 2 * 24 * 60 * MINUTE;
    params->anchor = (KetteAnchor){
        .height = 661647,
        .bits = 0x1804dafe,
        .parent_time = 1605447844,
    };
}

static const struct {
    const char *name;
    void (*fill)(KetteHeaderRules *rules);
} table[] = {
    {"bitcoin", fill_bitcoin},   {"bip54", fill_bip54}, {"testnet3", fill_testnet3},
    {"testnet4", fill_testnet4}, {"bch", fill_bch},
};

bool
kette_header_rules_find(KetteHeaderRules *ret_rules, const char *name)
{
    KetteHeaderRules rules;
    KetteParams params;

    for (unsigned i = 0; i < G_N_ELEMENTS(table); i++) {
        if (strcmp(table[i].name, name) != 0)
            continue;
        kette_params_init_bitcoin(&params);
        kette_header_rules_init(&rules, &params);
        rules.name = table[i].name;
        table[i].fill(&rules);
        *ret_rules = rules;
        return true;
    }
    return false;
}

const char *
kette_header_rules_name(unsigned index)
{
    return index < G_N_ELEMENTS(table) ? table[index].name : NULL;
}

const KetteParams *
kette_header_rules_at(const KetteHeaderRules *rules, uint64_t height)
{
    unsigned at = rules->count - 1;

    while (at > 0 && height < rules->stages[at].from)
        at--;
    return &rules->stages[at].params;
}
