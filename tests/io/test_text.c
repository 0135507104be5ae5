/* What reaches a terminal. */
#include "sim/io/text.h"
#include "tests/harness/harness.h"

#include <string.h>

static void
shows(const char *text, const char *shown)
{
    g_autofree char *is = io_printable(text);

    TEST_STR_EQUAL(is, shown);
}

static void
test_what_a_terminal_obeys(void)
{
    shows("plain \xc3\xa4 \xe2\x88\x9e", "plain \xc3\xa4 \xe2\x88\x9e");
    shows("\033[31mred\a\n\t\x7f", "\\x1b[31mred\\x07\\x0a\\x09\\x7f");
    shows("c1 \xc2\x9b"
          "31m",
          "c1 \\x9b31m");
    shows("\xe2\x80\xae"
          "abc\xe2\x81\xa6\xd8\x9c\xe2\x80\x8e",
          "\\u202eabc\\u2066\\u061c\\u200e");
    shows("a\xe2\x80\xa8", "a\\u2028");
    shows("tag \xf3\xa0\x80\x81", "tag \\u{e0001}");
    shows("joined \xe2\x80\x8d", "joined \xe2\x80\x8d");
}

static void
test_what_is_no_text(void)
{
    shows("\xff\xc3", "\\xff\\xc3");
    shows("cut \xe2\x80", "cut \\xe2\\x80");
    shows("surrogate \xed\xa0\x80", "surrogate \\xed\\xa0\\x80");
}

static void
test_what_is_kept(void)
{
    g_autofree char *kept = io_escape("a\n\tb\0c\r", 7, "\n\t");

    TEST_STR_EQUAL(kept, "a\n\tb\\x00c\\x0d");
}

static void
test_counts(void)
{
    static const struct {
        guint64 count;
        const char *text;
    } cases[] = {{0, "0 links"}, {1, "1 link"}, {2, "2 links"}};

    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *text = io_count(cases[i].count, "link");

        TEST_STR_EQUAL(text, cases[i].text);
    }
}

TEST_SUITE(io_text, {"what a terminal obeys", test_what_a_terminal_obeys},
           {"what is no text", test_what_is_no_text}, {"what is kept", test_what_is_kept},
           {"counts", test_counts})
