/* main() of every test binary: registers the suites with CUnit and reports through its hooks. */
#include "tests/harness/harness.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static TestSuite *suites;
static unsigned passed, failed;
static bool verbose;

void
test_register(TestSuite *suite)
{
    TestSuite **at = &suites;

    while (*at != NULL && strcmp((*at)->name, suite->name) < 0)
        at = &(*at)->next;
    suite->next = *at;
    *at = suite;
}

void
test_str_equal(const char *got, const char *want, const char *file, unsigned line)
{
    bool same = got != NULL && want != NULL && strcmp(got, want) == 0;
    static char text[4096];

    snprintf(text, sizeof text, "got \"%.1900s\" want \"%.1900s\"", got ? got : "(null)",
             want ? want : "(null)");
    CU_assertImplementation(same, line, text, file, "", CU_FALSE);
}

static void
on_complete(const CU_pTest test, const CU_pSuite suite, const CU_pFailureRecord failure)
{
    if (failure == NULL) {
        passed++;
        if (verbose)
            printf("ok   %s/%s\n", suite->pName, test->pName);
        return;
    }
    failed++;
    printf("FAIL %s/%s\n", suite->pName, test->pName);
    for (CU_pFailureRecord f = failure; f != NULL; f = f->pNext)
        printf("     %s:%u: %s\n", f->strFileName, f->uiLineNumber, f->strCondition);
    fflush(stdout);
}

static void
add_suite(const TestSuite *suite, const char *filter)
{
    CU_pSuite cu = NULL;

    for (const TestCase *c = suite->cases; c->name != NULL; c++) {
        char full[512];

        snprintf(full, sizeof full, "%s/%s", suite->name, c->name);
        if (filter != NULL && strstr(full, filter) == NULL)
            continue;
        if (cu == NULL)
            cu = CU_add_suite(suite->name, NULL, NULL);
        if (cu == NULL || CU_add_test(cu, c->name, c->func) == NULL) {
            fprintf(stderr, "cannot register %s: %s\n", full, CU_get_error_msg());
            exit(2);
        }
    }
}

int
main(int argc, char **argv)
{
    const char *filter = NULL;
    const char *base = strrchr(argv[0], '/');
    const char *layer = strstr(argv[0], "test-") ? strrchr(argv[0], '-') + 1 : base;

    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "-v") == 0)
            verbose = true;
        else
            filter = argv[i];
    }
    if (CU_initialize_registry() != CUE_SUCCESS)
        return 2;
    for (const TestSuite *s = suites; s != NULL; s = s->next)
        add_suite(s, filter);
    CU_set_test_complete_handler(on_complete);
    CU_set_error_action(CUEA_IGNORE);
    CU_run_all_tests();
    CU_cleanup_registry();
    printf("%s: %u passed, %u failed\n", layer, passed, failed);
    return failed == 0 && passed > 0 ? 0 : 1;
}
