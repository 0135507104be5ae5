/* Opening and asking it; see world.h. */
#include "tests/analysis/world.h"

#include <stdlib.h>

World
world_new(void)
{
    World world = {.folder = folder_new()};

    world.path = trace_write(world.folder, "t.db");
    world.database = ana_database_open(world.path, (AnaLimits){NULL, 0}, NULL);
    CU_ASSERT_PTR_NOT_NULL_FATAL(world.database);
    return world;
}

void
world_clear(World *world)
{
    ana_database_free(world->database);
    folder_remove(world->folder);
    g_free(world->path);
}

char *
world_ask(const World *world, const char *sql, AnaForm form)
{
    g_autoptr(GError) error = NULL;
    char *text = NULL, *copy;
    size_t size;
    FILE *out = open_memstream(&text, &size);

    if (!ana_query_print(world->database, sql, form, out, &error))
        fprintf(out, "%s", error->message);
    fclose(out);
    copy = g_strdup(text);
    free(text);
    return copy;
}
