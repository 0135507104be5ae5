/* See upgrade.h. */
#include "core/chain/upgrade.h"

#include "core/base/assert.h"

static void
note_maturity(KetteUpgrades *upgrades, uint32_t maturity)
{
    for (unsigned i = 0; i < upgrades->maturity_count; i++) {
        if (upgrades->maturities[i] == maturity)
            return;
    }
    upgrades->maturities[upgrades->maturity_count++] = maturity;
}

void
kette_upgrades_add(KetteUpgrades *upgrades, const KetteParams *base, const KetteUpgrade *upgrade)
{
    kette_assert(upgrades->count < KETTE_UPGRADES_MAX && upgrade->number < KETTE_UPGRADES_MAX);
    kette_assert(upgrade->signals == 0 || upgrade->window > 0);
    upgrades->known = g_renew(KetteUpgrade, upgrades->known, upgrades->count + 1);
    upgrades->known[upgrades->count++] = *upgrade;
    if (upgrades->sets == NULL)
        upgrades->sets = g_new0(KetteParams *, 1u << KETTE_UPGRADES_MAX);
    upgrades->changes |= upgrade->changes;
    if (upgrades->maturity_count == 0)
        note_maturity(upgrades, base->maturity);
    if (upgrade->changes >> KETTE_CHANGE_MATURITY & 1)
        note_maturity(upgrades, upgrade->params.maturity);
}

void
kette_upgrades_clear(KetteUpgrades *upgrades)
{
    for (unsigned i = 0; upgrades->sets != NULL && i < 1u << KETTE_UPGRADES_MAX; i++)
        g_free(upgrades->sets[i]);
    g_free(upgrades->sets);
    g_free(upgrades->known);
    *upgrades = (KetteUpgrades){0};
}

/* Changes the parameters as those upgrades do whose number is among the bits. */
static void
apply(KetteParams *params, const KetteUpgrade *upgrades, size_t count, uint32_t bits)
{
    for (size_t i = 0; i < count; i++) {
        const KetteUpgrade *upgrade = &upgrades[i];

        if ((bits >> upgrade->number & 1) == 0)
            continue;
#define KETTE_CHANGE_APPLY(symbol, field)                                                          \
    if (upgrade->changes >> KETTE_CHANGE_##symbol & 1)                                             \
        params->field = upgrade->params.field;
        KETTE_UPGRADABLE(KETTE_CHANGE_APPLY)
#undef KETTE_CHANGE_APPLY
    }
}

static bool
signals(const KetteEntry *entry, unsigned number)
{
    uint32_t version = (uint32_t)entry->header.version;

    return (version & KETTE_SIGNAL_MASK) == KETTE_SIGNAL_TOP && (version >> number & 1) != 0;
}

/* Counts the signals in the window that ends with the entry. */
static uint32_t
count_signals(const KetteUpgrade *upgrade, const KetteEntry *entry)
{
    uint32_t count = 0;

    for (uint32_t i = 0; i < upgrade->window && entry != NULL; i++, entry = entry->parent)
        count += signals(entry, upgrade->number);
    return count;
}

void
kette_upgrades_derive(KetteUpgrades *upgrades, const KetteParams *base, KetteEntry *entry)
{
    const uint64_t next = entry->height + 1;
    KetteParams **set;

    if (entry->parent != NULL) {
        entry->upgrades_locked = entry->parent->upgrades_locked;
        entry->upgrades_active = entry->parent->upgrades_active;
    }
    for (unsigned i = 0; i < upgrades->count; i++) {
        const KetteUpgrade *upgrade = &upgrades->known[i];
        const uint8_t bit = (uint8_t)(1u << upgrade->number);

        if (upgrade->signals == 0) {
            entry->upgrades_active |= next >= upgrade->at_height ? bit : 0;
        } else if (next > upgrade->at_height &&
                   (next - upgrade->at_height) % upgrade->window == 0) {
            if ((entry->upgrades_locked & bit) != 0)
                entry->upgrades_active |= bit;
            else if (count_signals(upgrade, entry) >= upgrade->signals)
                entry->upgrades_locked |= bit;
        }
    }
    set = entry->upgrades_active != 0 ? &upgrades->sets[entry->upgrades_active] : NULL;
    if (set != NULL && *set == NULL) {
        *set = g_memdup2(base, sizeof *base);
        apply(*set, upgrades->known, upgrades->count, entry->upgrades_active);
    }
}

const char *
kette_upgrades_check(const KetteUpgrade *upgrades, size_t count, const KetteParams *base)
{
    const char *why = NULL;

    for (uint32_t bits = 1; bits < 1u << KETTE_UPGRADES_MAX && why == NULL; bits++) {
        KetteParams params = *base;

        apply(&params, upgrades, count, bits);
        why = kette_params_check(&params);
    }
    return why;
}

const KetteParams *
kette_upgrades_params(const KetteUpgrades *upgrades, const KetteParams *base,
                      const KetteEntry *parent)
{
    if (parent == NULL || parent->upgrades_active == 0)
        return base;
    return upgrades->sets[parent->upgrades_active];
}

int32_t
kette_upgrades_least_version(const KetteUpgrades *upgrades, const KetteParams *base)
{
    int32_t least = base->min_version;

    for (unsigned i = 0; i < upgrades->count; i++) {
        if ((upgrades->known[i].changes >> KETTE_CHANGE_MIN_VERSION & 1) != 0)
            least = MIN(least, upgrades->known[i].params.min_version);
    }
    return least;
}

int32_t
kette_upgrades_version(const KetteUpgrades *upgrades, const KetteParams *base,
                       const KetteEntry *parent)
{
    uint32_t bits = 0;

    for (unsigned i = 0; i < upgrades->count; i++) {
        unsigned number = upgrades->known[i].number;

        if (upgrades->known[i].signals > 0 && (parent->upgrades_active >> number & 1) == 0)
            bits |= 1u << number;
    }
    if (bits != 0)
        return (int32_t)(KETTE_SIGNAL_TOP | bits);
    return kette_upgrades_params(upgrades, base, parent)->min_version;
}
