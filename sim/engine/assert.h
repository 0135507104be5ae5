/* Assertions of the simulator, on in every build: for impossible states (an event in the past,
 * books that do not balance), never for the contents of a file or a peer's message.
 *
 * A failed assertion prints file, line and expression, and its place in the run (seed, event
 * number, virtual time), then aborts. Seed and event number replay the failure. Each thread has its
 * own context pointer, so that runs in several threads report their own places.
 */
#ifndef SIM_ENGINE_ASSERT_H
#define SIM_ENGINE_ASSERT_H

#include "sim/engine/time.h"

#include <stddef.h>
#include <stdint.h>

/* The place in a run. The pointers are read only when an assertion fails. */
typedef struct {
    uint64_t seed;
    const SimTime *now;
    const uint64_t *events;
} SimAssertContext;

/* Sets this thread's context (NULL: none), which must outlive its use. Returns the previous one. An
 * engine sets its context when made and at each run, and removes it when freed. */
const SimAssertContext *sim_assert_context(const SimAssertContext *context);

/* Writes "seed 1, event 123, at 12.5s", or "" without a context. Takes no locks and allocates
 * nothing, so a handler of SIGABRT may call it. */
void sim_assert_describe(char *buf, size_t size);

_Noreturn void sim_assert_failed(const char *file, int line, const char *expression);

/* cond has no side effects. */
#define sim_assert(cond)                                                                           \
    (__builtin_expect(!(cond), 0) ? sim_assert_failed(__FILE__, __LINE__, #cond) : (void)0)

#endif
