/* Trees, blocks and scripts: what they come to, and what is wrong with them. */
#include "tests/harness/harness.h"
#include "tests/scenario/scenario.h"

#include <string.h>

static const char tree[] = "node n\nnode peer role=script\n"
                           "tree\n  x1 - x3 - x4\n  g - x1 - x2\nend\n";

static ScnScenario *
parse(const char *text)
{
    g_autofree char *whole = g_strconcat(SCN_TEST_HEADER, tree, text, NULL);

    return scn_test_parse(whole, NULL, NULL);
}

static void
check_bad(const char *text, const char *part)
{
    g_autofree char *whole = g_strconcat(tree, text, NULL);
    g_autofree char *errors = scn_test_errors(whole);

    if (strstr(errors, part) == NULL)
        TEST_STR_EQUAL(errors, part);
}

static const ScnBlock *
block(const ScnScenario *s, const char *name)
{
    for (guint i = 0; i < s->blocks->len; i++) {
        const ScnBlock *b = &g_array_index(s->blocks, ScnBlock, i);
        if (strcmp(b->name, name) == 0)
            return b;
    }
    return NULL;
}

static const char *
parent(const ScnScenario *s, const char *name)
{
    return g_array_index(s->blocks, ScnBlock, block(s, name)->parent).name;
}

static void
test_paths(void)
{
    g_autoptr(ScnScenario) s = parse("");
    CU_ASSERT_PTR_NOT_NULL_FATAL(s);
    TEST_STR_EQUAL(parent(s, "x1"), "g");
    TEST_STR_EQUAL(parent(s, "x2"), "x1");
    TEST_STR_EQUAL(parent(s, "x3"), "x1");
    TEST_STR_EQUAL(parent(s, "x4"), "x3");
    CU_ASSERT_EQUAL(block(s, "g")->origin, SCN_BLOCK_GENESIS);
}

static void
test_options(void)
{
    g_autoptr(ScnScenario) s = parse("block x3 work=2 time=-10s txs=pay miner=w\n"
                                     "block x4 bits=0x1f1fffff invalid=bad-nonce\n");
    CU_ASSERT_PTR_NOT_NULL_FATAL(s);
    CU_ASSERT_EQUAL(block(s, "x3")->work, 2);
    CU_ASSERT_EQUAL(block(s, "x3")->time_s, -10);
    CU_ASSERT_EQUAL(block(s, "x3")->txs->len, 1);
    TEST_STR_EQUAL(block(s, "x3")->miner, "w");
    CU_ASSERT_EQUAL(block(s, "x4")->bits, 0x1f1fffff);
    TEST_STR_EQUAL(scn_verdict_names[block(s, "x4")->invalid], "bad-nonce");
    CU_ASSERT_PTR_NULL(block(s, "x1")->txs);
    CU_ASSERT_EQUAL(block(s, "x1")->time_s, G_MININT64);
}

static void
test_script(void)
{
    g_autoptr(ScnScenario) s = parse("script deliver from=peer to=n\n  x1 -> tip\n"
                                     "  x4 -> orphan | reject\n  x3\n"
                                     "  x2 -> reject bad-nonce at x1\n  restart n\nend\n");
    const ScnScript *script;
    const ScnLine *line;

    CU_ASSERT_PTR_NOT_NULL_FATAL(s);
    CU_ASSERT_EQUAL_FATAL(s->scripts->len, 1);
    script = s->scripts->pdata[0];
    CU_ASSERT_EQUAL(script->lines->len, 5);
    line = script->lines->pdata[1];
    CU_ASSERT_EQUAL(line->replies->len, 2);
    CU_ASSERT_EQUAL(g_array_index(line->replies, ScnReply, 0).kind, SCN_REPLY_ORPHAN);
    CU_ASSERT_EQUAL(g_array_index(line->replies, ScnReply, 1).verdict, SCN_NONE);
    line = script->lines->pdata[2];
    CU_ASSERT_EQUAL(line->check, SCN_NONE);
    line = script->lines->pdata[3];
    TEST_STR_EQUAL(scn_verdict_names[g_array_index(line->replies, ScnReply, 0).verdict],
                   "bad-nonce");
    CU_ASSERT_TRUE(g_array_index(line->replies, ScnReply, 0).at != line->block);
    line = script->lines->pdata[4];
    CU_ASSERT_EQUAL(line->item->kind, SCN_ITEM_RESTART);
    CU_ASSERT_TRUE(s->keeps_records);
}

static void
test_refused(void)
{
    check_bad("tree\n g - x3\nend\n", "'x3' hangs on 'x1' already");
    check_bad("tree\n y1 - y2 - y1\nend\n", "is its own ancestor");
    check_bad("tree\n y1 - y2\nend\n", "'y1' hangs on nothing");
    check_bad("tree\n x1 - g\nend\n", "genesis has no parent");
    check_bad("tree\n g - n\nend\n", "the name 'n' is taken");
    check_bad("block zz work=2\n", "'zz' stands in no tree");
    check_bad("block x1 work=2 bits=0x1f1fffff\n", "both work= and bits=");
    check_bad("block x1 invalid=bad-nonse\n", "help: write bad-nonce");
    check_bad("block x1 invalid=invalid-ancestor\n", "no block can be built so");
    check_bad("chain pow=off\nblock x1 invalid=high-hash\n", "no hash is too high");
    check_bad("chain pow=off\nblock x1 invalid=bad-bits\n", "bits are free");
    check_bad("block x1 time=1500ms\n", "needs whole seconds");
    check_bad("block x1 txs=w\n", "a transaction is due here");
    check_bad("wallet w funds=1\ntx pay from=w to=w amount=1\nblock x1 txs=pay,pay,pay\n",
              "a block has a transaction once");
    check_bad("script deliver from=peer to=n\n x1 -> tipp\nend\n", "help: write tip");
    check_bad("script deliver from=peer to=n\n x9 -> tip\nend\n", "unknown block 'x9'");
    check_bad("script deliver from=peer to=n\n x1 -> reject nonsense\nend\n", "unknown verdict");
    check_bad("script deliver from=peer\n x1 -> tip\nend\n", "a script needs from= and to=");
    check_bad("script deliver from=n to=n\n x1 -> tip\nend\n", "from one node to another");
    check_bad("script deliver from=peer to=n\n x1 -> tip\nend\nat 5m mine at n\n",
              "scripts or timed statements, not both");
    check_bad("always tip(n) == x99\n", "unknown name 'x99'");
    check_bad("at 5m mine 2 at n as m1\n", "one block is due where it gets a name");
}

TEST_SUITE(tree, {"paths", test_paths}, {"options", test_options}, {"script", test_script},
           {"refused", test_refused})
