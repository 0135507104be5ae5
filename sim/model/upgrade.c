/* Upgrades: which rules hold for the children of a block. */
#include "sim/model/facts.h"

/* A version signals an upgrade by its bit, if the top three bits are 001. */
static bool
signals(const ModelBlock *block, guint number)
{
    const guint32 version = (guint32)block->header.version;

    return version >> 29 == 1 && (version >> number & 1) == 1;
}

/* Returns whether enough blocks of the window that ends with this one signal the upgrade. */
static bool
is_wanted(const ModelUpgrade *upgrade, const ModelBlock *last)
{
    guint64 count = 0;

    for (guint64 i = 0; i < upgrade->window && last != NULL; i++, last = last->parent)
        count += signals(last, upgrade->number);
    return count >= upgrade->signals;
}

void
model_upgrades_follow(const Model *model, ModelBlock *block)
{
    if (block->parent != NULL) {
        block->locked_in = block->parent->locked_in;
        block->upgraded = block->parent->upgraded;
    }
    for (guint i = 0; i < model->upgrades->len; i++) {
        const ModelUpgrade *upgrade = &g_array_index(model->upgrades, ModelUpgrade, i);
        const guint bit = 1u << upgrade->number;
        gint64 since = (gint64)block->height + 1 - (gint64)upgrade->at_height;

        if (upgrade->signals == 0 && since >= 0)
            block->upgraded |= bit;
        if (upgrade->signals == 0 || since <= 0 || since % (gint64)upgrade->window != 0)
            continue;
        if ((block->locked_in & bit) != 0)
            block->upgraded |= bit;
        else if (is_wanted(upgrade, block))
            block->locked_in |= bit;
    }
}

static void
change(ModelParams *params, const ModelUpgrade *upgrade)
{
    const ModelParams *to = &upgrade->params;

#define CHANGES(change, field)                                                                     \
    if ((upgrade->changes >> change & 1) != 0)                                                     \
        params->field = to->field;
    CHANGES(MODEL_CHANGE_MAX_BLOCK, max_block_bytes)
    CHANGES(MODEL_CHANGE_REWARD, reward)
    CHANGES(MODEL_CHANGE_HALVING, halving)
    CHANGES(MODEL_CHANGE_MATURITY, maturity)
    CHANGES(MODEL_CHANGE_RETARGET, retarget)
    CHANGES(MODEL_CHANGE_WINDOW, window)
    CHANGES(MODEL_CHANGE_CLAMP, clamp)
    CHANGES(MODEL_CHANGE_HALF_LIFE, half_life_s)
    CHANGES(MODEL_CHANGE_ANCHOR, anchor)
    CHANGES(MODEL_CHANGE_MIN_DIFFICULTY, min_difficulty_after_s)
    CHANGES(MODEL_CHANGE_RETARGET_FROM, retarget_from_first)
    CHANGES(MODEL_CHANGE_TIMEWARP_GUARD, timewarp_guard_s)
    CHANGES(MODEL_CHANGE_WINDOW_ORDER, window_order)
    CHANGES(MODEL_CHANGE_MTP, mtp_window)
    CHANGES(MODEL_CHANGE_MAX_FUTURE, max_future_s)
    CHANGES(MODEL_CHANGE_MIN_VERSION, min_version)
#undef CHANGES
}

const ModelParams *
model_rules_above(const Model *model, const ModelBlock *parent)
{
    ModelParams *params;

    if (parent == NULL || parent->upgraded == 0)
        return &model->params;
    params = g_hash_table_lookup(model->rules, GUINT_TO_POINTER(parent->upgraded));
    if (params != NULL)
        return params;
    params = g_memdup2(&model->params, sizeof *params);
    for (guint i = 0; i < model->upgrades->len; i++) {
        const ModelUpgrade *upgrade = &g_array_index(model->upgrades, ModelUpgrade, i);

        if ((parent->upgraded >> upgrade->number & 1) != 0)
            change(params, upgrade);
    }
    g_hash_table_insert(model->rules, GUINT_TO_POINTER(parent->upgraded), params);
    return params;
}
