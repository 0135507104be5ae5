/* Formatting: what it writes, and that it loses nothing, on every scenario of the project. */
#include "sim/scenario/format.h"
#include "sim/scenario/meaning.h"
#include "tests/harness/harness.h"
#include "tests/scenario/scenario.h"

#include <string.h>

static char *
format(const char *text)
{
    g_autoptr(ScnErrors) errors = scn_errors_new();
    char *out = scn_format("t.scn", text, strlen(text), errors);

    CU_ASSERT_PTR_NOT_NULL_FATAL(out);
    return out;
}

/* The text becomes `want`, and that stays as it is. */
static void
check(const char *text, const char *want)
{
    g_autofree char *got = format(text);
    g_autofree char *again = format(got);

    TEST_STR_EQUAL(got, want);
    TEST_STR_EQUAL(again, want);
}

static void
test_operators(void)
{
    check("let x=(($a+ 2)*3^ 2  -  1)\n", "let x = (($a + 2) * 3^2 - 1)\n");
    check("at 1m expect height( a1 )>=2 and not (same_tip(all))\n",
          "at 1m expect height(a1) >= 2 and not (same_tip(all))\n");
    check("at 1m delay a->b +2ms for 3m msg = ack\n", "at 1m delay a -> b +2ms for 3m msg=ack\n");
    check("at 1m hash{a1,b[ 1 .. 3 ]}=50%\n", "at 1m hash {a1, b[1..3]} = 50%\n");
    check("link all loss = gilbert( good = 0,bad=1% )\n",
          "link all loss=gilbert(good=0, bad=1%)\n");
    check("nodes a [1..$n], b region = na : 1%, eu :99%\n",
          "nodes a[1..$n], b region=na:1%,eu:99%\n");
    check("sweep x=1,2,3\nparam x=- 1 in -2..( -1 )\nzip x ,y\n",
          "sweep x = 1, 2, 3\nparam x = -1 in -2..(-1)\nzip x, y\n");
    check("at 1m partition {a}|{b}\nat 2m expect x .start==- 1m\n",
          "at 1m partition {a} | {b}\nat 2m expect x.start == -1m\n");
    check("duration($a/2)\n", "duration ($a / 2)\n");
    check("at 1m expect height(n1)  % 3==(height((n2)))\n",
          "at 1m expect height(n1) % 3 == (height((n2)))\n");
}

static void
test_blocks(void)
{
    check("at 1m\nmine 1 at a\n      # why\n\tmark  x=height( a )\nend\nduration 1h\n",
          "at 1m\n  mine 1 at a\n  # why\n  mark x = height(a)\nend\nduration 1h\n");
    check("   tree\ng  -b1- b2\n end\nscript deliver from=p to=n\nb1->tip|reject bad-nonce at "
          "b1\nend\n",
          "tree\n  g - b1 - b2\nend\nscript deliver from=p to=n\n  b1 -> tip | reject bad-nonce at "
          "b1\nend\n");
    check("when height(a)>1 \\\n each\nmine 1 at a\nend\n",
          "when height(a) > 1 \\\n  each\n  mine 1 at a\nend\n");
    check("every 5m mine 1 at a\nat 1m mine 1 at a\n", "every 5m mine 1 at a\nat 1m mine 1 at a\n");
}

static void
test_lines(void)
{
    check("\n\n\nscn 1 \"a  b\"   \r\n\n\n\n#  one \n\nduration 1h\n\n\n",
          "scn 1 \"a  b\"\n\n#  one\n\nduration 1h\n");
    check("chain pow=off\\\n mtp=3   \\ \n      tie=random", "chain pow=off \\\n  mtp=3 \\\n      "
                                                             "tie=random\n");
    check("duration 1h \\\n\n\nseed 1\n", "duration 1h \\\n\nseed 1\n");
    check("\\\n\\\nseed 1\n", "\\\n  \\\n  seed 1\n");
    check("", "");
    check("# only\n", "# only\n");
    check("\xEF\xBB\xBF"
          "seed  1\n",
          "\xEF\xBB\xBF"
          "seed 1\n");
}

/* Columns that the author made stay; a lone wide gap does not. */
static void
test_columns(void)
{
    check("param a    = 5   in 1..9\nparam long = 50  in 1..99\nparam x  = 1\n",
          "param a    = 5  in 1..9\nparam long = 50 in 1..99\nparam x = 1\n");
    check("seed   1\nduration 1h     # x\nseed 2          # y\nseed 3 # z\n",
          "seed 1\nduration 1h     # x\nseed 2          # y\nseed 3  # z\n");
    check("at 1m mine 1 at a# one\nat 10m mine 1 at a # two\n",
          "at 1m mine 1 at a  # one\nat 10m mine 1 at a  # two\n");
}

static void
test_refused(void)
{
    static const char *const bad[] = {"link all latency=\n",  "dura tion 1h\n",
                                      "at 1m\nmine 1 at a\n", "seed \"1\n",
                                      "seed 1 ;\n",           "seed 1\x01\n"};

    for (guint i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autoptr(ScnErrors) errors = scn_errors_new();
        g_autofree char *out = scn_format("t.scn", bad[i], strlen(bad[i]), errors);

        CU_ASSERT_PTR_NULL(out);
        CU_ASSERT(errors->found > 0);
    }
    /* Errors of meaning are no matter of form. */
    check("include \"nowhere.scn\"\nlink all latency=80\nnodes a\nnodes a\n",
          "include \"nowhere.scn\"\nlink all latency=80\nnodes a\nnodes a\n");
}

/* ---- every scenario ---- */

static void
free_source(gpointer source)
{
    scn_source_free(source);
}

static GString *
meaning_of(const char *text)
{
    g_autoptr(GPtrArray) sources = g_ptr_array_new_with_free_func(free_source);

    g_ptr_array_add(sources, scn_source_new("t.scn", text, strlen(text)));
    return scn_meaning(sources, 0);
}

/* Returns the comments of a text, a line each, found without the code that formats. */
static char *
comments_of(const char *text)
{
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    GString *out = g_string_new(NULL);

    for (guint i = 0; lines[i] != NULL; i++) {
        bool quoted = false;
        const char *at = lines[i];

        for (; *at != '\0' && (quoted || *at != '#'); at++) {
            if (quoted && *at == '\\' && at[1] != '\0')
                at++;
            else if (*at == '"')
                quoted = !quoted;
        }
        if (*at == '#')
            g_string_append_printf(out, "%s\n", g_strchomp((char *)at));
    }
    return g_string_free(out, FALSE);
}

typedef struct {
    guint seen, refused;
} Tally;

static void
check_text(const char *name, const char *text, Tally *tally)
{
    g_autoptr(ScnErrors) errors = scn_errors_new();
    g_autofree char *once = scn_format(name, text, strlen(text), errors);

    tally->seen++;
    if (!once) {
        CU_ASSERT(errors->found > 0);
        CU_ASSERT(!strstr(((ScnError *)errors->items->pdata[0])->message, "bug"));
        tally->refused++;
        return;
    }
    g_autofree char *twice = format(once);
    g_autoptr(GString) before = meaning_of(text);
    g_autoptr(GString) after = meaning_of(once);
    g_autofree char *said = comments_of(text);
    g_autofree char *says = comments_of(once);
    bool good =
        strcmp(once, twice) == 0 && g_string_equal(before, after) && strcmp(said, says) == 0;

    CU_ASSERT(good);
    if (!good)
        printf("     %s: formatting is not stable, or loses something\n", name);
}

/* Checks the file, and the same with each blank made three. */
static void
check_file(const char *path, Tally *tally)
{
    g_autofree char *text = NULL;

    CU_ASSERT_TRUE_FATAL(g_file_get_contents(path, &text, NULL, NULL));
    check_text(path, text, tally);
    g_auto(GStrv) words = g_strsplit(text, " ", -1);
    g_autofree char *wide = g_strjoinv("   ", words);
    check_text(path, wide, tally);
}

static void
check_folder(const char *folder, const char *suffix, Tally *tally)
{
    g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
    const char *name;

    CU_ASSERT_PTR_NOT_NULL_FATAL(dir);
    while ((name = g_dir_read_name(dir)) != NULL) {
        g_autofree char *path = g_build_filename(folder, name, NULL);

        if (g_file_test(path, G_FILE_TEST_IS_DIR))
            check_folder(path, suffix, tally);
        else if (g_str_has_suffix(name, suffix))
            check_file(path, tally);
    }
}

static void
test_scenarios(void)
{
    Tally tally = {0}, corpus = {0};

    check_folder("scenarios", ".scn", &tally);
    CU_ASSERT(tally.seen > 800 && tally.refused == 0);
    check_folder("tests/fuzz/corpus/scenario", "", &corpus);
    CU_ASSERT(corpus.seen > corpus.refused);
}

TEST_SUITE(format, {"operators", test_operators}, {"blocks", test_blocks}, {"lines", test_lines},
           {"columns", test_columns}, {"what does not parse", test_refused},
           {"every scenario", test_scenarios})
