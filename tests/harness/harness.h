/* The test harness: CUnit's assertions with a reporter of our own.
 *
 * Each test file ends in TEST_SUITE(name, {"case", function}, …); one binary a layer holds all
 * files of tests/<layer>/, and the harness brings main(). CUnit's own XML and console output are
 * not used: one line a failing case, then "<layer>: N passed, N failed". Zero cases is a failure.
 *
 * Each suite runs in a child process. A case that crashes, or takes longer than 300 s (TEST_CASE_S
 * in the environment, 0: no limit), is one failed case, and the others run all the same.
 *
 *   test-core [-v] [FILTER]     runs the cases whose "suite/case" contains FILTER
 */
#ifndef TESTS_HARNESS_H
#define TESTS_HARNESS_H

#include <CUnit/CUnit.h>

typedef struct {
    const char *name;
    void (*func)(void);
} TestCase;

typedef struct TestSuite {
    const char *name;
    const TestCase *cases; /* ends with a NULL name */
    struct TestSuite *next;
} TestSuite;

void test_register(TestSuite *suite);

#define TEST_SUITE(ident, ...)                                                                     \
    static const TestCase ident##_cases[] = {__VA_ARGS__, {NULL, NULL}};                           \
    __attribute__((constructor)) static void ident##_register(void)                                \
    {                                                                                              \
        static TestSuite suite = {#ident, ident##_cases, NULL};                                    \
        test_register(&suite);                                                                     \
    }

/* Strings and bytes that differ are worth printing; CUnit prints only the expression. */
void test_str_equal(const char *got, const char *want, const char *file, unsigned line);
#define TEST_STR_EQUAL(got, want) test_str_equal((got), (want), __FILE__, __LINE__)

#endif
