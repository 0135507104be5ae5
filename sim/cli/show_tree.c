/* Draws the block tree at a moment in lines of text; see show.h.
 *
 * The tree starts a little below the last block that all nodes have in common. A run of blocks
 * without a fork and without nodes on it is one line, if all or none of them are secret. At a fork,
 * the other branches are printed first and indented; the heaviest branch then continues straight
 * down:
 *
 *     57       1a2b3c4  a1
 *     |- 58    9f8e7d6  b2                     here: b1 b2
 *     58-79    77aa001  a4   22 blocks         here: a1 a2 a3
 *     80-81    0c9d8e7  e1   2 blocks  withheld  here: e1
 */
#include "sim/cli/show.h"

#include "sim/io/text.h"

#include <string.h>

#define BELOW_COMMON 3
#define NAMES_SHOWN 12
#define LINES_MAX 400

typedef struct {
    const Show *show;
    const SimMoment *moment;
    GPtrArray *children; /* GArray of uint32_t, or NULL, by block */
    GArray *heaviest;    /* uint32_t by block: the heaviest leaf above it */
    GPtrArray *here;     /* GArray of nodes, or NULL, by block */
    guint lines;
} Tree;

static void
add_to(GPtrArray *lists, uint32_t at, uint32_t value)
{
    GArray *list = g_ptr_array_index(lists, at);

    if (list == NULL)
        list = lists->pdata[at] = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    g_array_append_val(list, value);
}

static guint
length_of(const GPtrArray *lists, uint32_t at)
{
    const GArray *list = g_ptr_array_index(lists, at);

    return list ? list->len : 0;
}

static void
list_free(gpointer list)
{
    if (list != NULL)
        g_array_unref(list);
}

static uint32_t
parent_of(const Tree *tree, uint32_t block)
{
    return sim_trace_reader_block(tree->show->reader, block)->parent;
}

static const char *
secret_of(const Tree *tree, uint32_t block)
{
    return g_array_index(tree->moment->secrets, const char *, block);
}

static int
compare_work(const Tree *tree, uint32_t a, uint32_t b)
{
    const SimTraceBlock *x = sim_trace_reader_block(tree->show->reader, a);
    const SimTraceBlock *y = sim_trace_reader_block(tree->show->reader, b);
    int order = strcmp(x->work, y->work);

    return order != 0 ? order : strcmp(y->hash, x->hash);
}

/* --- building ----------------------------------------------------------------------------- */

/* Records a leaf at its ancestors, down to the first with a leaf at least as heavy. Heights fall
 * towards genesis, so the walk ends. */
static void
note_leaf(Tree *tree, uint32_t leaf)
{
    for (uint32_t at = leaf; at != UINT32_MAX; at = parent_of(tree, at)) {
        uint32_t *best = &g_array_index(tree->heaviest, uint32_t, at);

        if (*best != UINT32_MAX && compare_work(tree, *best, leaf) >= 0)
            return;
        *best = leaf;
    }
}

static void
build(Tree *tree)
{
    const SimMoment *moment = tree->moment;
    const SimTraceReader *reader = tree->show->reader;
    uint32_t count = sim_trace_reader_block_count(reader), none = UINT32_MAX;

    tree->children = g_ptr_array_new_with_free_func(list_free);
    tree->here = g_ptr_array_new_with_free_func(list_free);
    g_ptr_array_set_size(tree->children, (gint)count);
    g_ptr_array_set_size(tree->here, (gint)count);
    tree->heaviest = g_array_sized_new(FALSE, FALSE, sizeof(uint32_t), count);
    for (uint32_t i = 0; i < count; i++)
        g_array_append_val(tree->heaviest, none);
    for (uint32_t i = 0; i < count; i++) {
        if (sim_trace_reader_block(reader, i)->found_ns > moment->at)
            continue;
        if (parent_of(tree, i) != UINT32_MAX)
            add_to(tree->children, parent_of(tree, i), i);
    }
    for (uint32_t i = 0; i < count; i++) {
        if (sim_trace_reader_block(reader, i)->found_ns <= moment->at &&
            length_of(tree->children, i) == 0)
            note_leaf(tree, i);
    }
    for (uint32_t node = 0; node < moment->tips->len; node++) {
        uint32_t tip = g_array_index(moment->tips, uint32_t, node);

        if (tree->show->node == UINT32_MAX || tree->show->node == node)
            add_to(tree->here, tip, node);
    }
}

static void
clear(Tree *tree)
{
    g_ptr_array_unref(tree->children);
    g_ptr_array_unref(tree->here);
    g_array_unref(tree->heaviest);
}

/* Returns the last block below the tips of all nodes, shown or not; UINT32_MAX if there is none. */
static uint32_t
common_block(const Tree *tree)
{
    const SimMoment *moment = tree->moment;
    uint32_t common = g_array_index(moment->tips, uint32_t, 0);

    for (uint32_t node = 1; node < moment->tips->len && common != UINT32_MAX; node++) {
        uint32_t tip = g_array_index(moment->tips, uint32_t, node);

        while (tip != common && tip != UINT32_MAX && common != UINT32_MAX) {
            uint32_t x = sim_trace_reader_block(tree->show->reader, tip)->height;
            uint32_t y = sim_trace_reader_block(tree->show->reader, common)->height;

            if (x >= y)
                tip = parent_of(tree, tip);
            if (y >= x)
                common = parent_of(tree, common);
        }
        common = tip == UINT32_MAX ? UINT32_MAX : common;
    }
    return common;
}

/* --- lines -------------------------------------------------------------------------------- */

static void
append_here(const Tree *tree, GString *line, uint32_t block)
{
    const GArray *here = g_ptr_array_index(tree->here, block);

    if (here == NULL)
        return;
    g_string_append(line, "  here:");
    for (guint i = 0; i < MIN(here->len, NAMES_SHOWN); i++)
        g_string_append_printf(
            line, " %s",
            sim_trace_reader_node_name(tree->show->reader, g_array_index(here, uint32_t, i)));
    if (here->len > NAMES_SHOWN)
        g_string_append_printf(line, " and %u more", here->len - NAMES_SHOWN);
}

/* Prints the run from `first` to `last`; only `last` may have nodes on it. */
static void
print_run(Tree *tree, const char *before, uint32_t first, uint32_t last)
{
    const SimTraceReader *reader = tree->show->reader;
    const SimTraceBlock *from = sim_trace_reader_block(reader, first);
    const SimTraceBlock *to = sim_trace_reader_block(reader, last);
    g_autoptr(GString) line = g_string_new(NULL);

    if (from->height == to->height)
        g_string_append_printf(line, "%u", to->height);
    else
        g_string_append_printf(line, "%u-%u", from->height, to->height);
    g_string_append_printf(line, "  %.*s", IO_HASH_DIGITS, to->hash);
    if (to->name != NULL)
        g_string_append_printf(line, "  %s", to->name);
    if (to->miner != UINT32_MAX)
        g_string_append_printf(line, "  by %s", sim_trace_reader_node_name(reader, to->miner));
    if (from->height != to->height)
        g_string_append_printf(line, "  %u blocks", to->height - from->height + 1);
    if (secret_of(tree, last) != NULL)
        g_string_append_printf(line, "  %s", secret_of(tree, last));
    append_here(tree, line, last);
    fprintf(tree->show->out, "  %s%s\n", before, line->str);
    tree->lines++;
}

static uint32_t
heaviest_child(const Tree *tree, uint32_t block)
{
    const GArray *children = g_ptr_array_index(tree->children, block);
    uint32_t best = g_array_index(children, uint32_t, 0);

    for (guint i = 1; i < children->len; i++) {
        uint32_t child = g_array_index(children, uint32_t, i);

        if (compare_work(tree, g_array_index(tree->heaviest, uint32_t, child),
                         g_array_index(tree->heaviest, uint32_t, best)) > 0)
            best = child;
    }
    return best;
}

/* Returns the last block of the run that begins with the block. The words of secret_of() are few
 * and static, so the same word is the same pointer. */
static uint32_t
end_of_run(const Tree *tree, uint32_t block)
{
    while (length_of(tree->children, block) == 1 && length_of(tree->here, block) == 0) {
        uint32_t next = heaviest_child(tree, block);

        if (secret_of(tree, next) != secret_of(tree, block))
            break;
        block = next;
    }
    return block;
}

/* A branch to be printed, and the continuation of each of its runs. */
typedef struct {
    uint32_t block;
    guint depth;
    bool begins; /* print the mark of a new branch */
} Branch;

static char *
indent(const Branch *branch)
{
    GString *text = g_string_new(NULL);

    for (guint i = branch->begins ? 1 : 0; i < branch->depth; i++)
        g_string_append(text, "|  ");
    if (branch->begins)
        g_string_append(text, "|- ");
    return g_string_free(text, FALSE);
}

/* Pushes the children; side branches last, so that they are printed first. */
static void
push_children(const Tree *tree, GArray *stack, uint32_t block, guint depth)
{
    const GArray *children = g_ptr_array_index(tree->children, block);
    uint32_t best = heaviest_child(tree, block);
    const Branch straight = {best, depth, false};

    g_array_append_val(stack, straight);
    for (guint i = children->len; i > 0; i--) {
        const Branch side = {g_array_index(children, uint32_t, i - 1), depth + 1, true};

        if (side.block != best)
            g_array_append_val(stack, side);
    }
}

/* Uses its own stack: a hostile trace may be deeper than the stack of the machine. */
static void
print_from(Tree *tree, uint32_t root)
{
    g_autoptr(GArray) stack = g_array_new(FALSE, FALSE, sizeof(Branch));
    Branch branch = {root, 0, false};

    g_array_append_val(stack, branch);
    while (stack->len > 0 && tree->lines < LINES_MAX) {
        g_autofree char *before = NULL;
        uint32_t last;

        branch = g_array_index(stack, Branch, stack->len - 1);
        g_array_set_size(stack, stack->len - 1);
        before = indent(&branch);
        last = end_of_run(tree, branch.block);
        print_run(tree, before, branch.block, last);
        if (length_of(tree->children, last) > 0)
            push_children(tree, stack, last, branch.depth);
    }
    if (stack->len > 0)
        fprintf(tree->show->out, "  … and more: over %d lines\n", LINES_MAX);
}

void
show_tree(const Show *show, const SimMoment *moment)
{
    Tree tree = {.show = show, .moment = moment};
    uint32_t root;

    build(&tree);
    root = common_block(&tree);
    for (int i = 0; i < BELOW_COMMON && root != UINT32_MAX; i++) {
        if (parent_of(&tree, root) != UINT32_MAX)
            root = parent_of(&tree, root);
    }
    if (root == UINT32_MAX)
        root = 0;
    if (sim_trace_reader_block(show->reader, root)->height > 0)
        fprintf(show->out, "  … %u older, which all nodes have\n",
                sim_trace_reader_block(show->reader, root)->height);
    print_from(&tree, root);
    clear(&tree);
}
