/* The fork rules by name; see fork_rule.h. */
#include "core/chain/fork_rule.h"

#include "core/base/assert.h"
#include "core/chain/view.h"

static const KetteForkRule rules[] = {
    [KETTE_FORK_MOST_WORK] = {.compare = kette_weight_compare_work,
                              .is_near = kette_weight_is_near_by_work,
                              .part_above = kette_weight_work_above,
                              .propose = kette_candidate_on_joined,
                              .choose_tip = kette_candidate_choose_tip,
                              .choose_tip_afresh = kette_candidate_choose_tip_afresh},
    [KETTE_FORK_LONGEST] = {.compare = kette_weight_compare_height,
                            .is_near = kette_weight_is_near_by_height,
                            .part_above = kette_weight_height_above,
                            .propose = kette_candidate_on_joined,
                            .choose_tip = kette_candidate_choose_tip,
                            .choose_tip_afresh = kette_candidate_choose_tip_afresh},
    /* What is worth fetching goes by work: peers show headers, not subtrees. */
    [KETTE_FORK_GHOST] = {.compare = kette_weight_compare_work,
                          .is_near = kette_weight_is_near_by_work,
                          .part_above = kette_ghost_part_above,
                          .weigh = kette_ghost_on_joined,
                          .choose_tip = kette_ghost_choose_tip,
                          .choose_tip_afresh = kette_ghost_choose_tip_afresh,
                          .side_blocks_weigh = true},
};

const KetteForkRule *
kette_fork_rule_get(KetteForkChoice choice)
{
    kette_assert(choice < G_N_ELEMENTS(rules));
    return &rules[choice];
}
