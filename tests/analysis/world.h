/* The trace worked out by hand in a folder of its own, opened, to be asked. */
#ifndef TESTS_ANALYSIS_WORLD_H
#define TESTS_ANALYSIS_WORLD_H

#include "analysis/query.h"
#include "tests/analysis/trace.h"

typedef struct {
    char *folder, *path;
    AnaDatabase *database;
} World;

World world_new(void);
void world_clear(World *world);

/* The answer as text, or what went wrong; free with g_free. */
char *world_ask(const World *world, const char *sql, AnaForm form);

#endif
