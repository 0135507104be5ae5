/* SHA256ShortMsg.rsp: NIST's byte-oriented cases of up to 64 bytes. */
#include "core/base/bytes.h"
#include "core/base/hash.h"
#include "tests/harness/harness.h"
#include "tests/vectors/vectors.h"

/* The text after "KEY = " when the line is that, else NULL. */
static const char *
value_of(const char *line, const char *key)
{
    size_t len = strlen(key);

    return strncmp(line, key, len) == 0 ? line + len : NULL;
}

static void
test_short_messages(void)
{
    g_autofree char *text = vectors_read("SHA256ShortMsg.rsp", NULL);
    g_auto(GStrv) lines = g_strsplit_set(text, "\r\n", -1);
    g_autoptr(KetteHasher) hasher = kette_hasher_new();
    size_t len = 0;
    uint8_t message[64];
    unsigned seen = 0;

    for (char **line = lines; *line != NULL; line++) {
        const char *value;

        if ((value = value_of(*line, "Len = ")) != NULL) {
            len = g_ascii_strtoull(value, NULL, 10) / 8;
            CU_ASSERT_TRUE_FATAL(len <= sizeof message);
        } else if ((value = value_of(*line, "Msg = ")) != NULL) {
            CU_ASSERT_TRUE(len == 0 || kette_hex_decode(message, len, value));
        } else if ((value = value_of(*line, "MD = ")) != NULL) {
            KetteHash hash = kette_sha256(hasher, message, len);
            char hex[KETTE_HASH_HEX];

            kette_hex_encode(hex, hash.b, sizeof hash.b);
            TEST_STR_EQUAL(hex, value);
            seen++;
        }
    }
    CU_ASSERT_EQUAL(seen, 65);
}

TEST_SUITE(sha256, {"NIST's short messages", test_short_messages})
