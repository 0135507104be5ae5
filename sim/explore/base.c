/* See base.h. */
#include "sim/explore/base.h"

#include "sim/scenario/source.h"
#include "sim/scenario/syntax.h"

#include <string.h>

void
explore_base_free(ExploreBase *base)
{
    if (base == NULL)
        return;
    g_free(base->title);
    g_ptr_array_unref(base->lines);
    g_ptr_array_unref(base->rogues);
    g_ptr_array_unref(base->names);
    g_free(base);
}

/* Returns whether the items of a block stand on lines of their own. */
static bool
is_block(const ScnStmt *stmt)
{
    const ScnStmt *first = stmt->items->pdata[0];

    return first->span.source != stmt->span.source ||
           first->span.offset >= stmt->span.offset + stmt->span.length;
}

static bool
is_kept(const ExploreBase *base, const ScnStmt *item)
{
    return base->is_whole || item->kind != SCN_STMT_CHECK;
}

/* Appends an item. Faults may keep an action from doing anything, which is no failure here. */
static void
put_item(const ExploreBase *base, GString *out, const char *before, const ScnStmt *item,
         const char *text)
{
    bool may = !base->is_whole && item->kind == SCN_STMT_ACTION && !item->maybe;

    g_string_append_printf(out, "%s%s%s", before, text, may ? " maybe" : "");
}

/* Adds the text, which it takes over, unless it is empty. */
static void
add_text(ExploreBase *base, GString *text)
{
    if (text->len > 0)
        g_ptr_array_add(base->lines, g_string_free(text, FALSE));
    else
        g_string_free(text, TRUE);
}

static void
add_block(ExploreBase *base, const ScnStmt *stmt)
{
    GString *text;
    guint kept = 0;

    if (stmt->items->len == 0)
        return;
    text = g_string_new(NULL);
    if (!is_block(stmt)) {
        if (is_kept(base, stmt->items->pdata[0]))
            put_item(base, text, "", stmt->items->pdata[0], stmt->text);
        add_text(base, text);
        return;
    }
    g_string_append(text, stmt->text);
    for (guint i = 0; i < stmt->items->len; i++) {
        const ScnStmt *item = stmt->items->pdata[i];

        if (!is_kept(base, item))
            continue;
        put_item(base, text, "\n  ", item, item->text);
        kept++;
    }
    g_string_append(text, "\nend");
    if (kept == 0)
        g_string_truncate(text, 0);
    add_text(base, text);
}

/* Returns whether the statement would come when the network is to settle. */
static bool
comes_too_late(const ExploreBase *base, const ScnScenario *scenario, const ScnStmt *stmt)
{
    for (guint i = 0; i < scenario->timed->len; i++) {
        const ScnTimed *timed = g_ptr_array_index(scenario->timed, i);

        if (timed->place.order == stmt->order && timed->kind != SCN_TIMED_WHEN)
            return timed->at_ns >= base->bounds.until_ns;
    }
    return false;
}

static void
add_param(ExploreBase *base, const ScnScenario *scenario, const ScnStmt *stmt)
{
    for (guint i = 0; i < scenario->params->len; i++) {
        const ScnParam *param = &g_array_index(scenario->params, ScnParam, i);

        if (strcmp(param->name, stmt->name) == 0)
            g_ptr_array_add(base->lines,
                            g_strdup_printf("param %s = %s", param->name, param->value));
    }
}

static void
add_statement(ExploreBase *base, const ScnScenario *scenario, const ScnStmt *stmt)
{
    switch (stmt->kind) {
    case SCN_STMT_SEEDS:
    case SCN_STMT_SWEEP:
    case SCN_STMT_ZIP:
    case SCN_STMT_TABLE:
    case SCN_STMT_EXPLORE:
        break;
    case SCN_STMT_SEED:
    case SCN_STMT_DURATION:
    case SCN_STMT_STOP:
    case SCN_STMT_MEASURE:
        if (base->is_whole)
            g_ptr_array_add(base->lines, g_strdup(stmt->text));
        break;
    case SCN_STMT_PARAM:
        add_param(base, scenario, stmt);
        break;
    case SCN_STMT_AT:
    case SCN_STMT_EVERY:
    case SCN_STMT_WHEN:
        if (base->is_whole || !comes_too_late(base, scenario, stmt))
            add_block(base, stmt);
        break;
    case SCN_STMT_TREE:
    case SCN_STMT_SCRIPT:
        add_block(base, stmt);
        break;
    case SCN_STMT_CHECK:
        if (stmt->over == SCN_OVER_NONE)
            g_ptr_array_add(base->lines, g_strdup(stmt->text));
        break;
    default:
        g_ptr_array_add(base->lines, g_strdup(stmt->text));
    }
}

/* Returns whether the scenario read the file, which is no scenario itself. */
static bool
is_data_file(const ScnScenario *scenario, const char *path)
{
    for (guint i = scenario->syntax->source_count; i < scenario->sources->len; i++) {
        const ScnSource *source = scenario->sources->pdata[i];
        g_autofree char *whole = g_canonicalize_filename(source->name, NULL);

        if (strcmp(whole, path) == 0)
            return true;
    }
    return false;
}

/* Makes the names of files that a line reads absolute, so that the text can stand in any folder.
 * They are relative to the file that the statement stands in. */
static char *
with_whole_names(const ScnScenario *scenario, const ScnStmt *stmt, const char *line)
{
    const ScnSource *from = scenario->sources->pdata[stmt->span.source];
    g_auto(GStrv) parts = g_strsplit(line, "\"", -1);
    g_autofree char *beside = g_path_get_dirname(from->name);
    g_autofree char *folder = g_canonicalize_filename(beside, NULL);

    for (guint k = 1; parts[k] != NULL && parts[k + 1] != NULL; k += 2) {
        char *whole = g_canonicalize_filename(parts[k], folder);

        if (is_data_file(scenario, whole)) {
            g_free(parts[k]);
            parts[k] = whole;
        } else {
            g_free(whole);
        }
    }
    return g_strjoinv("\"", parts);
}

/* Returns the title as it stands in quotes. */
static char *
escape(const char *title)
{
    GString *out = g_string_new(NULL);

    for (; *title != '\0'; title++) {
        if (*title == '"' || *title == '\\')
            g_string_append_c(out, '\\');
        g_string_append_c(out, *title);
    }
    return g_string_free(out, FALSE);
}

static void
add_nodes(ExploreBase *base, const ScnScenario *scenario)
{
    for (guint i = 0; i < scenario->nodes->len; i++) {
        const ScnNode *node = &g_array_index(scenario->nodes, ScnNode, i);
        char *name = g_strdup(node->name);

        g_ptr_array_add(base->names, name);
        if (node->strategy != SCN_NONE)
            g_ptr_array_add(base->rogues, name);
        if (base->judge == NULL && node->role == SCN_ROLE_MINER && node->strategy == SCN_NONE)
            base->judge = name;
    }
}

static ExploreBase *
base_new(const ScnScenario *scenario, bool is_whole)
{
    ExploreBase *base = g_new0(ExploreBase, 1);

    base->title = escape(scenario->title);
    base->lines = g_ptr_array_new_with_free_func(g_free);
    base->names = g_ptr_array_new_with_free_func(g_free);
    base->rogues = g_ptr_array_new();
    base->is_whole = is_whole;
    base->bounds = scenario->explore;
    base->seed = scenario->seed;
    base->has_load = scenario->loads->len > 0;
    base->has_payments = scenario->txs->len > 0;
    base->is_one_version = scenario->upgrades->len == 0;
    base->polls = scenario->protocol.sync_ns > 0;
    base->bans_last = scenario->protocol.ban_ns > scenario->explore.settle_ns / 3;
    add_nodes(base, scenario);
    for (guint i = 0; i < scenario->syntax->stmts->len; i++) {
        const ScnStmt *stmt = scenario->syntax->stmts->pdata[i];
        guint before = base->lines->len;

        add_statement(base, scenario, stmt);
        for (guint k = before; k < base->lines->len; k++) {
            char *line = with_whole_names(scenario, stmt, base->lines->pdata[k]);

            g_free(base->lines->pdata[k]);
            base->lines->pdata[k] = line;
        }
    }
    return base;
}

ExploreBase *
explore_base_new(const ScnScenario *scenario, char **ret_why)
{
    *ret_why = NULL;
    if (scenario->scripts->len > 0) {
        *ret_why = g_strdup("it has scripts, which wait for replies and not for times: a search "
                            "needs a scenario with a duration");
        return NULL;
    }
    return base_new(scenario, false);
}

ExploreBase *
explore_base_new_whole(const ScnScenario *scenario)
{
    return base_new(scenario, true);
}

void
explore_base_limit(ExploreBase *base, const ScnScenario *scenario, guint64 events)
{
    if (scenario->limit.events == 0)
        base->most_events = events * EXPLORE_STORM + EXPLORE_STORM_FROM;
}

ExploreBase *
explore_base_copy(const ExploreBase *base)
{
    ExploreBase *copy = g_memdup2(base, sizeof *base);

    copy->title = g_strdup(base->title);
    copy->lines = g_ptr_array_new_with_free_func(g_free);
    g_ptr_array_ref(copy->names);
    g_ptr_array_ref(copy->rogues);
    for (guint i = 0; i < base->lines->len; i++)
        g_ptr_array_add(copy->lines, g_strdup(base->lines->pdata[i]));
    return copy;
}
