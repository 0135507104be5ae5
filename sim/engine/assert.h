/* Assertions of the simulator: on in every build, for what cannot be (an event in the past, books
 * that do not balance), never for what a file or a peer may contain.
 *
 * A failed assertion prints file, line and expression, and where in which run it happened (seed,
 * event number, virtual time), then aborts. With the seed and the event number the failure
 * replays. The place is found through a thread's own pointer, so runs in several threads do not
 * mix their stories.
 */
#ifndef SIM_ENGINE_ASSERT_H
#define SIM_ENGINE_ASSERT_H

#include "sim/engine/time.h"

#include <stddef.h>
#include <stdint.h>

/* What a run tells about itself; the pointers are read only when something is described. */
typedef struct {
    uint64_t seed;
    const SimTime *now;
    const uint64_t *events;
} SimAssertContext;

/* Sets this thread's context (NULL: none), which must outlive its use. Returns the one before.
 * An engine sets its own when made and at each run, and takes it back when freed. */
const SimAssertContext *sim_assert_context(const SimAssertContext *context);

/* Writes "seed 1, event 123, at 12.5s", or "" without a context. Takes no lock and no memory, so
 * a handler of SIGABRT may call it. */
void sim_assert_describe(char *buf, size_t size);

_Noreturn void sim_assert_failed(const char *file, int line, const char *expression);

/* cond has no side effects. */
#define sim_assert(cond)                                                                           \
    (__builtin_expect(!(cond), 0) ? sim_assert_failed(__FILE__, __LINE__, #cond) : (void)0)

#endif
