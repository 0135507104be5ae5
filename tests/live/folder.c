/* Folders of tests; see folder.h. */
#define _GNU_SOURCE /* nftw() */
#include "tests/live/folder.h"

#include <ftw.h>
#include <glib.h>
#include <glib/gstdio.h>

char *
folder_make(void)
{
    return g_dir_make_tmp("kettensim-XXXXXX", NULL);
}

static int
remove_one(const char *path, const struct stat *state, int type, struct FTW *walk)
{
    (void)state, (void)type, (void)walk;
    return g_remove(path);
}

void
folder_end(const char *folder)
{
    (void)nftw(folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}
