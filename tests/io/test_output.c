/* Files that get their name whole or not at all, and never somebody else's. */
#define _GNU_SOURCE /* fopencookie */

#include "sim/io/output.h"

#include "sim/io/database.h"
#include "tests/harness/harness.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#define OWN_ID 0x6b747472

typedef struct {
    char *folder, *path;
    GError *error;
} Place;

static void
place_init(Place *place)
{
    *place = (Place){.folder = g_dir_make_tmp("kettensim-io-XXXXXX", NULL)};
    CU_ASSERT_PTR_NOT_NULL_FATAL(place->folder);
    place->path = g_build_filename(place->folder, "out", NULL);
}

static gint
compare(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Names in the folder, sorted, a blank after each. */
static char *
names_in(const char *folder)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    GDir *dir = g_dir_open(folder, 0, NULL);
    GString *text = g_string_new(NULL);
    const char *name;

    while ((name = g_dir_read_name(dir)) != NULL)
        g_ptr_array_add(names, g_strdup(name));
    g_dir_close(dir);
    g_ptr_array_sort(names, compare);
    for (guint i = 0; i < names->len; i++)
        g_string_append_printf(text, "%s ", (const char *)names->pdata[i]);
    return g_string_free(text, FALSE);
}

static void
place_holds(const Place *place, const char *names)
{
    g_autofree char *are = names_in(place->folder);

    TEST_STR_EQUAL(are, names);
}

static void
place_clear(Place *place)
{
    g_autofree char *names = names_in(place->folder);
    g_auto(GStrv) all = g_strsplit(names, " ", -1);

    for (char **name = all; *name != NULL; name++) {
        g_autofree char *path = g_build_filename(place->folder, *name, NULL);

        if (**name != '\0')
            g_unlink(path);
    }
    g_rmdir(place->folder);
    g_clear_error(&place->error);
    g_free(place->folder);
    g_free(place->path);
}

static void
has_text(const char *path, const char *text)
{
    g_autofree char *is = NULL;

    CU_ASSERT_TRUE_FATAL(g_file_get_contents(path, &is, NULL, NULL));
    TEST_STR_EQUAL(is, text);
}

static void
test_whole_or_not_at_all(void)
{
    g_auto(IoOutput) output = IO_OUTPUT_INIT;
    Place place;

    place_init(&place);
    CU_ASSERT_TRUE_FATAL(io_output_open(&output, place.path, NULL, &place.error));
    fputs("first", output.file);
    fflush(output.file);
    place_holds(&place, "");
    CU_ASSERT_TRUE(io_output_commit(&output, &place.error));
    io_output_clear(&output);
    has_text(place.path, "first");
    CU_ASSERT_TRUE_FATAL(io_output_open(&output, place.path, NULL, &place.error));
    fputs("given up", output.file);
    io_output_clear(&output);
    has_text(place.path, "first");
    CU_ASSERT_TRUE(io_output_write(place.path, "second", NULL, &place.error));
    has_text(place.path, "second");
    place_holds(&place, "out ");
    place_clear(&place);
}

/* Under any of its names. */
static void
test_an_input_is_no_output(void)
{
    Place place;
    g_autofree char *soft = NULL, *hard = NULL, *input = NULL;
    const char *names[3];

    place_init(&place);
    input = g_build_filename(place.folder, "input", NULL);
    soft = g_build_filename(place.folder, "soft", NULL);
    hard = g_build_filename(place.folder, "hard", NULL);
    CU_ASSERT_TRUE_FATAL(g_file_set_contents(input, "mine", -1, NULL));
    CU_ASSERT_EQUAL_FATAL(symlink(input, soft), 0);
    CU_ASSERT_EQUAL_FATAL(link(input, hard), 0);
    names[0] = input, names[1] = soft, names[2] = hard;
    for (int i = 0; i < 3; i++) {
        const char *const inputs[] = {"/nonexistent", input, NULL};
        g_auto(IoOutput) output = IO_OUTPUT_INIT;

        CU_ASSERT_FALSE(io_output_write(names[i], "lost", inputs, &place.error));
        CU_ASSERT_TRUE(g_error_matches(place.error, IO_ERROR, IO_ERROR_OUTPUT));
        CU_ASSERT_PTR_NOT_NULL(strstr(place.error->message, "this command reads it"));
        g_clear_error(&place.error);
        CU_ASSERT_FALSE(io_output_open_database(&output, names[i], OWN_ID, inputs, &place.error));
        g_clear_error(&place.error);
        has_text(input, "mine");
    }
    place_clear(&place);
}

static void
make_database(const Place *place, const char *sql)
{
    g_auto(IoOutput) output = IO_OUTPUT_INIT;
    GError *error = NULL;
    sqlite3 *db = NULL;

    CU_ASSERT_TRUE_FATAL(io_output_open_database(&output, place->path, OWN_ID, NULL, &error));
    CU_ASSERT_EQUAL_FATAL(io_database_open(output.temporary, IO_DATABASE_MAKE, &db), SQLITE_OK);
    CU_ASSERT_EQUAL(sqlite3_exec(db, "PRAGMA journal_mode=OFF", NULL, NULL, NULL), SQLITE_OK);
    CU_ASSERT_EQUAL(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    CU_ASSERT_EQUAL(sqlite3_close(db), SQLITE_OK);
    CU_ASSERT_TRUE(io_output_publish(&output, &error));
}

static void
test_a_database_of_another_kind_stays(void)
{
    g_auto(IoOutput) output = IO_OUTPUT_INIT;
    Place place;

    place_init(&place);
    make_database(&place, "PRAGMA application_id = 7; CREATE TABLE precious(a)");
    CU_ASSERT_FALSE(io_output_write(place.path, "lost", NULL, &place.error));
    CU_ASSERT_PTR_NOT_NULL(strstr(place.error->message, "database that another program made"));
    g_clear_error(&place.error);
    CU_ASSERT_FALSE(io_output_open_database(&output, place.path, OWN_ID, NULL, &place.error));
    g_clear_error(&place.error);
    CU_ASSERT_TRUE(io_output_open_database(&output, place.path, 7, NULL, &place.error));
    io_output_clear(&output);
    place_holds(&place, "out ");
    place_clear(&place);
}

/* One beside a new name would be played back into the new file; that of the file that is replaced
 * goes with it. */
static void
test_journals(void)
{
    g_auto(IoOutput) output = IO_OUTPUT_INIT;
    Place place;
    g_autofree char *journal = NULL;

    place_init(&place);
    journal = g_strconcat(place.path, "-journal", NULL);
    CU_ASSERT_TRUE_FATAL(g_file_set_contents(journal, "mine", -1, NULL));
    CU_ASSERT_FALSE(io_output_open_database(&output, place.path, OWN_ID, NULL, &place.error));
    CU_ASSERT_PTR_NOT_NULL(strstr(place.error->message, "-journal"));
    g_clear_error(&place.error);
    has_text(journal, "mine");
    g_unlink(journal);
    make_database(&place, "PRAGMA application_id = 1802794098; CREATE TABLE a(a)");
    CU_ASSERT_TRUE_FATAL(g_file_set_contents(journal, "old", -1, NULL));
    make_database(&place, "PRAGMA application_id = 1802794098; CREATE TABLE b(b)");
    place_holds(&place, "out ");
    place_clear(&place);
}

/* Only what a process of ours has left, and no living one writes. */
static void
test_what_a_killed_one_left(void)
{
    static const char *const left[] = {"out.part-Ab12Cd", "out.part-Ef34Gh", "out.part-mine_too",
                                       "out.part-empty_"};
    g_auto(IoOutput) living = IO_OUTPUT_INIT;
    g_autofree char *bytes = NULL;
    gsize length;
    Place place;

    place_init(&place);
    make_database(&place, "PRAGMA application_id = 1802794098; CREATE TABLE a(a)");
    CU_ASSERT_TRUE_FATAL(g_file_get_contents(place.path, &bytes, &length, NULL));
    for (size_t i = 0; i < G_N_ELEMENTS(left); i++) {
        g_autofree char *path = g_build_filename(place.folder, left[i], NULL);

        gssize size = i == 1 ? 4 : i == 3 ? 0 : (gssize)length;

        CU_ASSERT_TRUE_FATAL(g_file_set_contents(path, i == 1 ? "mine" : bytes, size, NULL));
    }
    CU_ASSERT_TRUE(io_output_open_database(&living, place.path, OWN_ID, NULL, &place.error));
    CU_ASSERT_EQUAL(pwrite(living.fd, bytes, length, 0), (gssize)length);
    make_database(&place, "PRAGMA application_id = 1802794098; CREATE TABLE b(b)");
    CU_ASSERT_EQUAL(g_access(living.temporary, F_OK), 0);
    io_output_clear(&living);
    place_holds(&place, "out out.part-Ef34Gh out.part-empty_ out.part-mine_too ");
    place_clear(&place);
}

/* However many were written before: what has its name stays, and what has not yet goes. */
static void
test_a_signal_takes_what_is_being_written(void)
{
    g_auto(IoOutput) output = IO_OUTPUT_INIT;
    Place place;

    place_init(&place);
    for (int i = 0; i < 20; i++)
        make_database(&place, "PRAGMA application_id = 1802794098; CREATE TABLE a(a)");
    CU_ASSERT_TRUE(io_output_open_database(&output, place.path, OWN_ID, NULL, &place.error));
    CU_ASSERT_EQUAL(g_access(output.temporary, F_OK), 0);
    io_output_unlink_all();
    place_holds(&place, "out ");
    io_output_clear(&output);
    place_holds(&place, "out ");
    place_clear(&place);
}

static ssize_t
fail_once(void *cookie, const char *bytes, size_t size)
{
    int *calls = cookie;

    (void)bytes;
    if (++*calls > 1)
        return (ssize_t)size;
    errno = ENOSPC;
    return 0;
}

/* A write that failed in passing is told at the end, though there was room again by then. */
static void
test_a_write_that_failed_in_passing(void)
{
    int calls = 0;
    IoOutput output = {.file =
                           fopencookie(&calls, "w", (cookie_io_functions_t){.write = fail_once}),
                       .path = g_strdup("somewhere"),
                       .fd = -1};
    g_autoptr(GError) error = NULL;

    CU_ASSERT_PTR_NOT_NULL_FATAL(output.file);
    fputs("lost", output.file);
    CU_ASSERT_NOT_EQUAL(fflush(output.file), 0);
    fputs("written", output.file);
    CU_ASSERT_FALSE(io_output_commit(&output, &error));
    CU_ASSERT_PTR_NOT_NULL(error);
    io_output_clear(&output);
}

static void
test_which_errors_are_a_full_disk(void)
{
    CU_ASSERT_TRUE(io_errno_is_full(ENOSPC));
    CU_ASSERT_TRUE(io_errno_is_full(EDQUOT));
    CU_ASSERT_TRUE(io_errno_is_full(EFBIG));
    CU_ASSERT_FALSE(io_errno_is_full(EACCES));
    CU_ASSERT_FALSE(io_errno_is_full(0));
}

TEST_SUITE(io_output, {"whole or not at all", test_whole_or_not_at_all},
           {"an input is no output", test_an_input_is_no_output},
           {"a database of another kind stays", test_a_database_of_another_kind_stays},
           {"journals", test_journals}, {"what a killed one left", test_what_a_killed_one_left},
           {"a signal takes what is being written", test_a_signal_takes_what_is_being_written},
           {"a write that failed in passing", test_a_write_that_failed_in_passing},
           {"which errors are a full disk", test_which_errors_are_a_full_disk})
