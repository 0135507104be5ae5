/* Any bytes as the file of a policy. */
#include "sim/policy/optimal.h"
#include "sim/policy/table.h"
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>
#include <string.h>

#define SMALL 12 /* branches of policies whose share is worked out */

static PolicyTable *
parse(const char *text, size_t size)
{
    guint line = 0;
    char *error = NULL;
    PolicyTable *table = policy_table_parse(text, size, &line, &error);

    if ((table == NULL) != (error != NULL) || line == 0)
        abort();
    if (error != NULL && (strchr(error, '\n') != NULL || !g_utf8_validate(error, -1, NULL)))
        abort();
    g_free(error);
    return table;
}

void
fuzz_policy(const uint8_t *data, size_t size)
{
    g_autoptr(PolicyTable) table = parse((const char *)data, size), again = NULL;
    g_autoptr(GString) text = g_string_new(NULL), second = g_string_new(NULL);
    const RaceRules rules = {0.3, 0.5, size % 2 == 1};
    PolicyShare share = {0};

    if (table == NULL)
        return;
    policy_table_write(table, text);
    again = parse(text->str, text->len);
    if (again == NULL)
        abort();
    policy_table_write(again, second);
    if (strcmp(text->str, second->str) != 0)
        abort();
    if (policy_table_limit(table) <= SMALL &&
        (policy_evaluate(&rules, table, &share) != RACE_CONVERGED || !(share.share >= 0) ||
         !(share.share < 1)))
        abort();
}
