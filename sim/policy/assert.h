/* Checks what cannot happen, in every build: prints place and expression, and aborts. */
#ifndef SIM_POLICY_ASSERT_H
#define SIM_POLICY_ASSERT_H

#include <glib.h>

#define policy_assert(cond)                                                                        \
    do {                                                                                           \
        if (G_UNLIKELY(!(cond)))                                                                   \
            g_error("%s:%d: this cannot be: not (%s)", __FILE__, __LINE__, #cond);                 \
    } while (0)

#endif
