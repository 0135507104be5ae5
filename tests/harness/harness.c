/* main() of every test binary: runs each suite in a child, registers its cases with CUnit there,
 * and reports through CUnit's hooks. A child that dies fails the case it was at, and the suite goes
 * on behind that case in another child. */
#include "tests/harness/harness.h"

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define CASE_S 300 /* what a case may take; TEST_CASE_S in the environment says otherwise */

/* What the children tell: shared with them. */
typedef struct {
    unsigned passed, failed;
    unsigned done; /* cases of the suite that have ended */
} Tally;

static TestSuite *suites;
static Tally *tally;
static unsigned case_s = CASE_S;
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
on_start(const CU_pTest test, const CU_pSuite suite)
{
    (void)test, (void)suite;
    alarm(case_s);
}

static void
on_complete(const CU_pTest test, const CU_pSuite suite, const CU_pFailureRecord failure)
{
    alarm(0);
    tally->done++;
    if (failure == NULL) {
        tally->passed++;
        if (verbose)
            printf("ok   %s/%s\n", suite->pName, test->pName);
        return;
    }
    tally->failed++;
    printf("FAIL %s/%s\n", suite->pName, test->pName);
    for (CU_pFailureRecord f = failure; f != NULL; f = f->pNext)
        printf("     %s:%u: %s\n", f->strFileName, f->uiLineNumber, f->strCondition);
}

static bool
is_wanted(const TestSuite *suite, const TestCase *c, const char *filter)
{
    char full[512];

    snprintf(full, sizeof full, "%s/%s", suite->name, c->name);
    return filter == NULL || strstr(full, filter) != NULL;
}

/* The wanted case number `index`; NULL when there are not so many. */
static const TestCase *
case_at(const TestSuite *suite, const char *filter, unsigned index)
{
    for (const TestCase *c = suite->cases; c->name != NULL; c++) {
        if (is_wanted(suite, c, filter) && index-- == 0)
            return c;
    }
    return NULL;
}

/* In the child: the cases from number `first` on. */
static _Noreturn void
run_cases(const TestSuite *suite, const char *filter, unsigned first)
{
    CU_pSuite cu;
    const TestCase *c;

    if (CU_initialize_registry() != CUE_SUCCESS ||
        (cu = CU_add_suite(suite->name, NULL, NULL)) == NULL)
        exit(2);
    for (unsigned i = first; (c = case_at(suite, filter, i)) != NULL; i++) {
        if (CU_add_test(cu, c->name, c->func) == NULL) {
            fprintf(stderr, "cannot register %s/%s: %s\n", suite->name, c->name,
                    CU_get_error_msg());
            exit(2);
        }
    }
    CU_set_test_start_handler(on_start);
    CU_set_test_complete_handler(on_complete);
    CU_set_error_action(CUEA_IGNORE);
    CU_run_all_tests();
    CU_cleanup_registry();
    exit(0);
}

static void
tell_death(const TestSuite *suite, const char *filter, int status)
{
    const TestCase *c = case_at(suite, filter, tally->done);

    tally->failed++;
    printf("FAIL %s/%s\n", suite->name, c != NULL ? c->name : "(its end)");
    if (!WIFSIGNALED(status))
        printf("     it left with exit status %d\n", WEXITSTATUS(status));
    else if (WTERMSIG(status) == SIGALRM)
        printf("     it took longer than %u s\n", case_s);
    else
        printf("     it died of signal %d (%s)\n", WTERMSIG(status), strsignal(WTERMSIG(status)));
}

static void
run_suite(const TestSuite *suite, const char *filter)
{
    tally->done = 0;
    while (case_at(suite, filter, tally->done) != NULL) {
        pid_t pid;
        int status = 0;

        fflush(NULL);
        pid = fork();
        if (pid == 0)
            run_cases(suite, filter, tally->done);
        while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
            ;
        if (pid < 0) {
            perror("fork");
            exit(2);
        }
        if (status == 0 && case_at(suite, filter, tally->done) == NULL)
            return;
        tell_death(suite, filter, status);
        tally->done++;
    }
}

int
main(int argc, char **argv)
{
    const char *filter = NULL, *seconds = getenv("TEST_CASE_S");
    const char *base = strrchr(argv[0], '/');
    const char *layer = strstr(argv[0], "test-") ? strrchr(argv[0], '-') + 1 : base;

    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "-v") == 0)
            verbose = true;
        else
            filter = argv[i];
    }
    if (seconds != NULL)
        case_s = (unsigned)strtoul(seconds, NULL, 10);
    setvbuf(stdout, NULL, _IOLBF, 0);
    tally = mmap(NULL, sizeof *tally, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (tally == MAP_FAILED) {
        perror("mmap");
        return 2;
    }
    for (const TestSuite *s = suites; s != NULL; s = s->next)
        run_suite(s, filter);
    printf("%s: %u passed, %u failed\n", layer, tally->passed, tally->failed);
    return tally->failed == 0 && tally->passed > 0 ? 0 : 1;
}
