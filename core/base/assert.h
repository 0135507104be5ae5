/* Assertions for what cannot be: on in every build, never on bytes from a peer or a file.
 *
 * A failed assertion prints its place and aborts; whoever embeds the core and knows a virtual
 * time or a seed adds them from a SIGABRT handler. No side effects, one condition each.
 */
#ifndef CORE_BASE_ASSERT_H
#define CORE_BASE_ASSERT_H

#include <glib.h>

G_NORETURN void kette_assert_fail(const char *expression, const char *file, int line);

#ifndef KETTE_COVERAGE
#define kette_assert(cond)                                                                         \
    do {                                                                                           \
        if (G_UNLIKELY(!(cond)))                                                                   \
            kette_assert_fail(#cond, __FILE__, __LINE__);                                          \
    } while (0)
#else /* make cover alone: a branch that cannot be taken is not to be counted */
#define kette_assert(cond) ((void)sizeof(cond))
#endif

#endif
