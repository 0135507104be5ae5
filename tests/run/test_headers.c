/* The command `headers`, run as a user runs it: what it prints and its exit status. The rules have
 * their own tests in tests/core/test_header_chain.c; here are Bitcoin's first three headers. The
 * binary runs from the project's root; KETTENSIM names another command than build/kettensim. */
#include "tests/harness/harness.h"

#include <glib/gstdio.h>
#include <json-glib/json-glib.h>
#include <stdbool.h>
#include <string.h>
#include <sys/wait.h>

#define HEADER 80

static const char *const mainnet[] = {
    "0100000000000000000000000000000000000000000000000000000000000000000000003ba3edfd7a7b12b27ac72c"
    "3e67768f617fc81bc3888a51323a9fb8aa4b1e5e4a29ab5f49ffff001d1dac2b7c",
    "010000006fe28c0ab6f1b372c1a6a246ae63f74f931e8365e15a089c68d6190000000000982051fd1e4ba744bbbe68"
    "0e1fee14677ba1a3c3540bf7b1cdb606e857233e0e61bc6649ffff001d01e36299",
    "010000004860eb18bf1b1620e37e9490fc8a427514416fd75159ab86688e9a8300000000d5fdcc541e25de1c7a5add"
    "edf24858b8bb665c9f36ef744ee42c316022c90f9bb0bc6649ffff001d08d2bd61",
};

#define TIP "000000006a625f06636b8bb6ac7b960a8d03705d1ace08b1a19da3fdcc99ddbd"

typedef struct {
    char *folder, *path;
} File;

static void
file_init(File *file, const guint8 *bytes, gsize len)
{
    file->folder = g_dir_make_tmp("kette-headers-XXXXXX", NULL);
    CU_ASSERT_PTR_NOT_NULL_FATAL(file->folder);
    file->path = g_build_filename(file->folder, "headers.bin", NULL);
    CU_ASSERT_TRUE_FATAL(g_file_set_contents(file->path, (const char *)bytes, (gssize)len, NULL));
}

static void
file_clear(File *file)
{
    g_unlink(file->path);
    g_rmdir(file->folder);
    g_free(file->path);
    g_free(file->folder);
}

static void
put_header(guint8 *ret_bytes, const char *hex)
{
    for (int i = 0; i < HEADER; i++)
        ret_bytes[i] =
            (guint8)(g_ascii_xdigit_value(hex[2 * i]) << 4 | g_ascii_xdigit_value(hex[2 * i + 1]));
}

/* The exit status; *ret_out is both streams, *ret_json the object on stdout or NULL. */
static int
headers(char **ret_out, JsonParser *ret_json, const char *const *words)
{
    const char *command = g_getenv("KETTENSIM") ? g_getenv("KETTENSIM") : "build/kettensim";
    g_autoptr(GPtrArray) argv = g_ptr_array_new();
    g_autofree char *out = NULL, *err = NULL;
    int status;

    g_ptr_array_add(argv, (gpointer)command);
    g_ptr_array_add(argv, (gpointer) "headers");
    for (; *words != NULL; words++)
        g_ptr_array_add(argv, (gpointer)*words);
    g_ptr_array_add(argv, NULL);
    CU_ASSERT_TRUE_FATAL(
        g_spawn_sync(NULL, (char **)argv->pdata, NULL, 0, NULL, NULL, &out, &err, &status, NULL));
    CU_ASSERT_TRUE(WIFEXITED(status));
    if (ret_json != NULL)
        CU_ASSERT_TRUE_FATAL(json_parser_load_from_data(ret_json, out, -1, NULL));
    *ret_out = g_strconcat(out, err, NULL);
    return WEXITSTATUS(status);
}

#define WORDS(...) ((const char *const[]){__VA_ARGS__, NULL})

/* A file of the three with `spoil` xored into one byte of the last. */
static void
three_headers(File *file, guint8 spoil)
{
    guint8 bytes[3 * HEADER];

    for (int i = 0; i < 3; i++)
        put_header(bytes + i * HEADER, mainnet[i]);
    bytes[2 * HEADER + 68] ^= spoil;
    file_init(file, bytes, sizeof bytes);
}

static void
test_accepted(void)
{
    g_autoptr(JsonParser) parser = json_parser_new();
    g_autofree char *json = NULL, *text = NULL;
    JsonObject *object;
    File file;

    three_headers(&file, 0);
    CU_ASSERT_EQUAL(headers(&json, parser, WORDS(file.path, "--json")), 0);
    object = json_node_get_object(json_parser_get_root(parser));
    TEST_STR_EQUAL(json_object_get_string_member(object, "tip"), TIP);
    CU_ASSERT_EQUAL(json_object_get_int_member(object, "height"), 2);
    TEST_STR_EQUAL(json_object_get_string_member(object, "work"),
                   "0000000000000000000000000000000000000000000000000000000300030003");
    CU_ASSERT_TRUE(json_object_get_null_member(object, "refused"));
    CU_ASSERT_EQUAL(json_object_get_int_member(object, "retargets"), 0);
    CU_ASSERT_EQUAL(headers(&text, NULL, WORDS(file.path, "--rules", "bitcoin")), 0);
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "3 headers, 0 refused"));
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "height     2\n"));
    file_clear(&file);
}

static void
test_refused(void)
{
    g_autoptr(JsonParser) parser = json_parser_new();
    g_autofree char *json = NULL, *text = NULL;
    JsonObject *object, *refused;
    File file;

    three_headers(&file, 1);
    CU_ASSERT_EQUAL(headers(&json, parser, WORDS(file.path, "--json")), 1);
    object = json_node_get_object(json_parser_get_root(parser));
    CU_ASSERT_EQUAL(json_object_get_int_member(object, "height"), 1);
    refused = json_object_get_object_member(object, "refused");
    CU_ASSERT_EQUAL(json_object_get_int_member(refused, "index"), 2);
    TEST_STR_EQUAL(json_object_get_string_member(refused, "verdict"), "high-hash");
    CU_ASSERT_EQUAL(headers(&text, NULL, WORDS(file.path)), 1);
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "refused    header 2 of the file: high-hash"));
    file_clear(&file);
}

/* Nothing in the file joins: there is no tip to name. */
static void
test_no_tip(void)
{
    g_autoptr(JsonParser) parser = json_parser_new();
    g_autofree char *json = NULL, *text = NULL;
    guint8 bytes[HEADER];
    JsonObject *object;
    File file;

    put_header(bytes, mainnet[1]);
    file_init(&file, bytes, sizeof bytes);
    CU_ASSERT_EQUAL(headers(&json, parser, WORDS(file.path, "--json")), 1);
    object = json_node_get_object(json_parser_get_root(parser));
    CU_ASSERT_TRUE(json_object_get_null_member(object, "tip"));
    CU_ASSERT_TRUE(json_object_get_null_member(object, "height"));
    CU_ASSERT_EQUAL(headers(&text, NULL, WORDS(file.path)), 1);
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "unknown-parent"));
    file_clear(&file);
}

static void
test_root(void)
{
    g_autofree char *text = NULL;
    guint8 bytes[HEADER];
    File file;

    put_header(bytes, mainnet[2]);
    file_init(&file, bytes, sizeof bytes);
    CU_ASSERT_EQUAL(
        headers(&text, NULL,
                WORDS(file.path, "--root", mainnet[1], "--height", "1", "--work", "200020002")),
        0);
    CU_ASSERT_PTR_NOT_NULL(strstr(text, TIP));
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "height     2\n"));
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "0000000300030003\n"));
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "on trust   the root at height 1\n"));
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "times at heights 2 to 2"));
    file_clear(&file);
}

static void
check_usage(const char *expected, const char *const *words)
{
    g_autofree char *text = NULL;

    CU_ASSERT_EQUAL(headers(&text, NULL, words), 2);
    if (strstr(text, expected) == NULL)
        TEST_STR_EQUAL(text, expected);
}

static void
test_usage(void)
{
    guint8 bytes[HEADER + 1];
    File file, empty;

    put_header(bytes, mainnet[0]);
    file_init(&file, bytes, sizeof bytes);
    file_init(&empty, bytes, 0);
    check_usage("no file", WORDS(NULL));
    check_usage("81 bytes, which is not a multiple of 80", WORDS(file.path));
    check_usage("is empty", WORDS(empty.path));
    check_usage("/nowhere", WORDS("/nowhere/headers.bin"));
    check_usage("one file at a time", WORDS(file.path, file.path));
    check_usage("no rules 'litecoin'", WORDS(file.path, "--rules", "litecoin"));
    check_usage("--help", WORDS(file.path, "--rule"));
    check_usage("go together", WORDS(file.path, "--root", mainnet[0]));
    check_usage("160 hex digits", WORDS(file.path, "--root", "00", "--height", "0", "--work", "1"));
    check_usage("--height '-1'",
                WORDS(file.path, "--root", mainnet[0], "--height", "-1", "--work", "1"));
    check_usage("'/dev/zero' has more than 4000000 headers: --max N reads more",
                WORDS("/dev/zero"));
    check_usage("'/dev/zero' has more than 1 headers", WORDS("/dev/zero", "--max", "1"));
    check_usage("--max '0' is not", WORDS(file.path, "--max", "0"));
    check_usage("--work '0'",
                WORDS(file.path, "--root", mainnet[0], "--height", "0", "--work", "0"));
    check_usage("--work 'xyz'",
                WORDS(file.path, "--root", mainnet[0], "--height", "0", "--work", "xyz"));
    file_clear(&file);
    file_clear(&empty);
}

TEST_SUITE(headers, {"accepted", test_accepted}, {"refused", test_refused}, {"no tip", test_no_tip},
           {"above a root", test_root}, {"usage", test_usage})
