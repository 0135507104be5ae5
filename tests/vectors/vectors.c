/* Finding and reading published cases; see vectors.h. */
#include "tests/vectors/vectors.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/bytes.h"
#include "tests/harness/harness.h"

static char *
read_file(const char *name, size_t *ret_len, GError **error)
{
    const char *set = g_getenv("KETTE_VECTORS");
    g_autofree char *path = g_build_filename(set ? set : "../shared/vectors", name, NULL);
    char *text = NULL;

    g_file_get_contents(path, &text, ret_len, error);
    return text;
}

char *
vectors_read_if_there(const char *name, size_t *ret_len)
{
    g_autoptr(GError) error = NULL;
    char *text = read_file(name, ret_len, &error);

    if (text == NULL)
        fprintf(stderr, "*** NOT CHECKED: %s\n", error->message);
    return text;
}

char *
vectors_read(const char *name, size_t *ret_len)
{
    g_autoptr(GError) error = NULL;
    char *text = read_file(name, ret_len, &error);

    if (text == NULL) {
        fprintf(stderr,
                "\n*** VECTORS NOT CHECKED: %s\n"
                "*** The published cases stand beside the project's root in ../shared/vectors, or\n"
                "*** where KETTE_VECTORS says; without them this target has nothing to check.\n\n",
                error->message);
        exit(1);
    }
    return text;
}

JsonParser *
vectors_parse(const char *name)
{
    JsonParser *parser = json_parser_new();
    g_autofree char *text = vectors_read(name, NULL);

    CU_ASSERT_TRUE_FATAL(json_parser_load_from_data(parser, text, -1, NULL));
    return parser;
}

JsonObject *
vectors_root(JsonParser *parser)
{
    return json_node_get_object(json_parser_get_root(parser));
}

JsonObject *
vectors_at(JsonArray *array, guint i)
{
    return json_array_get_object_element(array, i);
}

KetteU256
vectors_number(JsonObject *object, const char *member)
{
    const char *hex = json_object_get_string_member(object, member);
    char padded[65];
    KetteU256 number = {{0}};

    CU_ASSERT_TRUE_FATAL(strlen(hex) <= 64);
    memset(padded, '0', sizeof padded);
    memcpy(padded + 64 - strlen(hex), hex, strlen(hex) + 1);
    CU_ASSERT_TRUE(kette_u256_from_hex(&number, padded));
    return number;
}

GByteArray *
vectors_bytes(JsonObject *object, const char *member)
{
    const char *hex = json_object_get_string_member(object, member);
    GByteArray *bytes = g_byte_array_new();

    g_byte_array_set_size(bytes, (guint)strlen(hex) / 2);
    CU_ASSERT_TRUE(kette_hex_decode(bytes->data, bytes->len, hex));
    return bytes;
}

uint32_t
vectors_bits(JsonObject *object, const char *member)
{
    return (uint32_t)vectors_number(object, member).limb[0];
}

KetteU256
vectors_decimal(const char *digits)
{
    KetteU256 number = {{0}};

    for (; *digits != '\0'; digits++) {
        KetteU256 digit = kette_u256_from_u64((uint64_t)(*digits - '0'));

        CU_ASSERT_FALSE(kette_u256_mul_u64(&number, &number, 10));
        CU_ASSERT_FALSE(kette_u256_add(&number, &number, &digit));
    }
    return number;
}

void
vectors_check_number(const KetteU256 *got, const KetteU256 *want)
{
    char a[65], b[65];

    kette_u256_to_hex(a, got);
    kette_u256_to_hex(b, want);
    TEST_STR_EQUAL(a, b);
}
