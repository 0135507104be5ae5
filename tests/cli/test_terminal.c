/* Times for people. */
#include "sim/cli/terminal.h"
#include "tests/harness/harness.h"

#include <glib.h>

static void
test_durations(void)
{
    static const struct {
        double seconds;
        const char *text;
    } cases[] = {
        {-1, "0s"},   {0.4, "0s"},  {45, "45s"},      {119, "119s"},  {120, "2m"},   {3569, "59m"},
        {3570, "1h"}, {3600, "1h"}, {12959, "3h36m"}, {90000, "25h"}, {1e300, "0s"},
    };

    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *text = terminal_duration(cases[i].seconds);

        TEST_STR_EQUAL(text, cases[i].text);
    }
}

TEST_SUITE(terminal, {"durations", test_durations})
