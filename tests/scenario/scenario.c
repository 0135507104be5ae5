/* Shared by the tests of the scenario layer. */
#include "tests/scenario/scenario.h"

#include "sim/scenario/option.h"
#include "tests/harness/harness.h"

#include <string.h>

ScnScenario *
scn_test_parse(const char *text, const char *const *overrides, char **ret_errors)
{
    g_autoptr(ScnErrors) errors = scn_errors_new();
    ScnOptions options = {.overrides = overrides};
    ScnScenario *scenario = scn_parse_text("t.scn", text, strlen(text), &options, errors);
    GString *out = g_string_new(NULL);
    scn_errors_format(errors, out, false);
    char *messages = g_string_free(out, FALSE);
    if (ret_errors)
        *ret_errors = messages;
    else
        g_free(messages);
    return scenario;
}

char *
scn_test_errors(const char *text)
{
    char *errors = NULL;
    g_autofree char *whole = g_strconcat(SCN_TEST_HEADER, text, NULL);
    scn_scenario_free(scn_test_parse(whole, NULL, &errors));
    return errors;
}

ScnScenario *
scn_test_model(const char *text)
{
    g_autofree char *whole = g_strconcat(SCN_TEST_HEADER, text, NULL);
    g_autofree char *errors = NULL;
    ScnScenario *scenario = scn_test_parse(whole, NULL, &errors);

    TEST_STR_EQUAL(errors, "");
    CU_ASSERT_PTR_NOT_NULL_FATAL(scenario);
    return scenario;
}

void
scn_test_check_message(const char *errors, const char *part)
{
    bool found = strstr(errors, part) != NULL;

    CU_ASSERT(found);
    if (!found)
        printf("     want \"%s\" in: %s\n", part, errors);
}

void
scn_test_check_bad(const char *text, const char *part)
{
    g_autofree char *errors = scn_test_errors(text);

    scn_test_check_message(errors, part);
}

guint32
scn_test_link_bit(const char *word)
{
    const ScnOptRow *row = scn_option_find(&scn_link_options, word);

    CU_ASSERT_PTR_NOT_NULL_FATAL(row);
    return 1u << (row - scn_link_options.rows);
}
