/* Tokens: words with dashes, numbers next to dots, joins, strings, encodings. */
#include "sim/scenario/lexer.h"
#include "tests/harness/harness.h"

#include <string.h>

/* The tokens of every line, with blanks between them and / between lines. */
static char *
lex(const char *text, ScnErrors *errors)
{
    g_autoptr(GPtrArray) sources = g_ptr_array_new_with_free_func((GDestroyNotify)scn_source_free);
    g_ptr_array_add(sources, scn_source_new("t.scn", text, strlen(text)));
    ScnLexer lexer = {sources, errors, 0, 0};
    g_autoptr(GArray) tokens = scn_tokens_new();
    GString *out = g_string_new(NULL);
    while (scn_lexer_line(&lexer, tokens)) {
        g_string_append(out, out->len ? " / " : "");
        for (guint i = 0; i + 1 < tokens->len; i++) {
            const ScnToken *token = &g_array_index(tokens, ScnToken, i);
            g_string_append_printf(out, "%s%d:%.*s", i ? " " : "", (int)token->kind,
                                   (int)token->span.length, text + token->span.offset);
        }
    }
    return g_string_free(out, FALSE);
}

static void
check(const char *text, const char *want)
{
    g_autoptr(ScnErrors) errors = scn_errors_new();
    g_autofree char *got = lex(text, errors);
    TEST_STR_EQUAL(got, want);
    CU_ASSERT_EQUAL(errors->items->len, 0);
}

static void
test_tokens(void)
{
    check("invalid-ancestor us-east-1 a- 1", "1:invalid-ancestor 1:us-east-1 1:a 6:- 2:1");
    check("a[1..$n]", "1:a 6:[ 2:1 6:.. 5:$n 6:]");
    check("1s..20s", "2:1s 6:.. 2:20s");
    check("0x1e0ffff0", "3:0x1e0ffff0");
    check("a <-> b -> c", "1:a 6:<-> 1:b 6:-> 1:c");
    check("h - 1", "1:h 6:- 2:1");
    check("cut.end", "1:cut 6:. 1:end");
    check("rate=2/s", "1:rate 6:= 2:2/s");
    check("$x/3", "5:$x 6:/ 2:3");
    check("35% 35 % 2 $x %2", "2:35% 2:35 6:% 2:2 5:$x 6:% 2:2");
    check("a<=b!=c", "1:a 6:<= 1:b 6:!= 1:c");
    check("\"a \\\" # b\" c # d", "4:\"a \\\" # b\" 1:c");
}

static void
test_lines(void)
{
    check("a\n\n  # only a comment\nb \\\n  c\r\nd", "1:a / 1:b 1:c / 1:d");
    check("", "");
    check("\n\n", "");
}

static void
test_bad(void)
{
    static const char *const cases[] = {"\"open", "\"\\q\"",  "$",    "0x",      "0xzz",
                                        "5y",     "1h30m20h", "\\ a", "\xC3\xA9"};
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(ScnErrors) errors = scn_errors_new();
        g_autofree char *got = lex(cases[i], errors);
        CU_ASSERT_EQUAL(errors->items->len, 1);
        CU_ASSERT_PTR_NOT_NULL(strstr(got, "7:"));
    }
}

static void
check_encoding(const char *text, gsize length, bool want)
{
    g_autoptr(ScnErrors) errors = scn_errors_new();
    g_autoptr(GPtrArray) sources = g_ptr_array_new_with_free_func((GDestroyNotify)scn_source_free);
    g_ptr_array_add(sources, scn_source_new("t.scn", text, length));
    CU_ASSERT_EQUAL(scn_lexer_check_encoding(sources, 0, errors), want);
    CU_ASSERT_EQUAL(errors->items->len, want ? 0 : 1);
}

static void
test_encoding(void)
{
    check_encoding("plain", 5, true);
    check_encoding("\xC3\xA9", 2, true);
    check_encoding("a\nb\xFF", 4, false);
    check_encoding("a\0b", 3, false);
    check_encoding("\xC3", 1, false);
}

static void
test_text(void)
{
    static const char text[] = "expect   within 5m \\\n  tip(all)==w # why";
    g_autoptr(ScnErrors) errors = scn_errors_new();
    g_autoptr(GPtrArray) sources = g_ptr_array_new_with_free_func((GDestroyNotify)scn_source_free);
    g_ptr_array_add(sources, scn_source_new("t.scn", text, strlen(text)));
    ScnLexer lexer = {sources, errors, 0, 0};
    g_autoptr(GArray) tokens = scn_tokens_new();
    CU_ASSERT(scn_lexer_line(&lexer, tokens));
    g_autofree char *joined = scn_tokens_text(tokens, 0, tokens->len - 1, sources);
    TEST_STR_EQUAL(joined, "expect within 5m tip(all)==w");
}

TEST_SUITE(lexer, {"tokens", test_tokens}, {"lines", test_lines}, {"bad", test_bad},
           {"encoding", test_encoding}, {"text", test_text})
