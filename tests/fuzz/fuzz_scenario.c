/* Any bytes as a scenario file. */
#include "sim/scenario/model.h"
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>
#include <string.h>

/* Looked for next to an include; nothing is there. */
#define FUZZ_PATH "/nonexistent/fuzz.scn"

void
fuzz_scenario(const uint8_t *data, size_t size)
{
    g_autoptr(ScnErrors) errors = scn_errors_new();
    ScnOptions options = {0};
    ScnScenario *scenario = scn_parse_text(FUZZ_PATH, (const char *)data, size, &options, errors);
    g_autoptr(GString) text = g_string_new(NULL);

    scn_errors_format(errors, text, false);
    if ((scenario != NULL) == (errors->found > 0))
        abort();
    if (scenario == NULL && strncmp(text->str, FUZZ_PATH ":", strlen(FUZZ_PATH) + 1) != 0)
        abort();
    scn_scenario_free(scenario);
}
