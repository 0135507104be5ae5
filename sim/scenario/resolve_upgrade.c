/* Upgrades: rules of the chain that change from a height on, for the nodes that know of it. */
#include "sim/scenario/resolve.h"

#include <stddef.h>
#include <string.h>

#define UPGRADE(field) offsetof(ScnUpgrade, field)

/* In the order of the changes' bits. */
const char *const scn_upgrade_changes[] = {
    "max-block",
    "reward",
    "halving",
    "maturity",
    "algorithm",
    "window",
    "clamp",
    "half-life",
    "anchor",
    "min-difficulty-after",
    "retarget-from",
    "timewarp-guard",
    "window-order",
    "mtp",
    "max-future",
    "min-version",
    NULL,
};

static const ScnOptRow rows[] = {
    SCN_ROW("at-height", LARGE, UPGRADE(at_height), NULL, 1, G_MAXINT64, "blocks",
            "(must be given)",
            "height of the first block with the new rules; with `signal`, of the first window that "
            "is counted"),
    SCN_ROW_SHARE("signal", UPGRADE(signal), "0",
                  "share of a window's blocks that must signal the upgrade in their version; one "
                  "window later the new rules hold (BIP 9). 0: no signals are needed"),
    SCN_ROW("signal-window", COUNT, UPGRADE(window), NULL, 1, 1000000, "blocks", "2016",
            "blocks in which signals are counted; beside `signal`, `window` says the same"),
};

const ScnOptTable scn_upgrade_options = {"upgrade", rows, G_N_ELEMENTS(rows), &scn_chain_options};

/* Reads the options of the chain that it changes. */
static void
read_changes(ScnResolver *resolver, const ScnStmt *stmt, ScnUpgrade *upgrade)
{
    const ScnOptTable changes = {"upgrade", scn_chain_options.rows, scn_chain_options.count,
                                 &scn_upgrade_options};

    upgrade->chain = resolver->scenario->chain;
    scn_apply_table(resolver, stmt, &changes, scn_upgrade_changes, &upgrade->chain);
    for (guint i = 0; scn_upgrade_changes[i] != NULL; i++)
        upgrade->changes |= (guint32)scn_is_given(stmt, scn_upgrade_changes[i]) << i;
    if (upgrade->signal == 0 || scn_is_given(stmt, "signal-window") ||
        !scn_is_given(stmt, "window"))
        return;
    upgrade->window = upgrade->chain.window;
    upgrade->chain.window = resolver->scenario->chain.window;
    for (guint i = 0; scn_upgrade_changes[i] != NULL; i++) {
        if (strcmp(scn_upgrade_changes[i], "window") == 0)
            upgrade->changes &= ~(1u << i);
    }
}

static void
check_signal_window(ScnResolver *resolver, const ScnStmt *stmt)
{
    if (scn_is_given(stmt, "signal-window") && !scn_is_given(stmt, "signal"))
        scn_report(resolver, stmt->name_span, "write signal=75%",
                   "'signal-window' goes with signal alone");
}

/* Returns whether the line has no options but those of every upgrade. */
static bool
names_own_options(const ScnStmt *stmt)
{
    for (guint i = 0; i < stmt->options->len; i++) {
        if (!scn_option_find(&scn_upgrade_options, g_array_index(stmt->options, ScnOption, i).name))
            return false;
    }
    return true;
}

static void
resolve_upgrade(ScnResolver *resolver, const ScnStmt *stmt)
{
    GArray *upgrades = resolver->scenario->upgrades;
    ScnUpgrade upgrade = {.name = g_strdup(stmt->name), .place = scn_place(resolver, stmt)};

    scn_apply_standards(resolver, &scn_upgrade_options, &upgrade);
    scn_apply_table(resolver, stmt, &scn_upgrade_options, NULL, &upgrade);
    read_changes(resolver, stmt, &upgrade);
    check_signal_window(resolver, stmt);
    if (!scn_is_given(stmt, "at-height"))
        scn_report(resolver, stmt->name_span, "write at-height=100",
                   "an upgrade needs the height from which it holds");
    else if (upgrade.changes == 0 && names_own_options(stmt))
        scn_report(resolver, stmt->name_span, "write max-block=2MB or another option of the chain",
                   "the upgrade changes nothing");
    else if (upgrades->len == SCN_UPGRADES_MAX)
        scn_report(resolver, stmt->name_span, "leave one out", "there can be at most %d upgrades",
                   SCN_UPGRADES_MAX);
    scn_declare(resolver, SCN_NAME_UPGRADE, stmt->name, upgrades->len, stmt->name_span);
    scn_check_chain(resolver, stmt, &upgrade.chain);
    g_array_append_val(upgrades, upgrade);
}

void
scn_resolve_upgrades(ScnResolver *resolver)
{
    for (guint i = 0; i < resolver->stmts->len; i++) {
        const ScnStmt *stmt = resolver->stmts->pdata[i];

        if (stmt->kind == SCN_STMT_UPGRADE)
            resolve_upgrade(resolver, stmt);
    }
}

bool
scn_resolve_without(ScnResolver *resolver, const ScnOption *option, guint32 *ret_without)
{
    for (guint i = 0; i < option->values->len; i++) {
        const ScnExpr *value = scn_follow(resolver, option->values->pdata[i]);
        guint32 index;

        if (!scn_resolve_thing(resolver, value, SCN_NAME_UPGRADE, "upgrade", &index))
            return false;
        *ret_without |= 1u << index;
    }
    return true;
}
