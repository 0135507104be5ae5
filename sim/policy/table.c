/* Rows in an array, and a hash table that finds them; see table.h. */
#include "sim/policy/table.h"

#include "sim/io/text.h"
#include "sim/policy/assert.h"

#include <stdarg.h>
#include <string.h>

/* clang-format off */
#define FORKS(X) X("irrelevant") X("relevant") X("active")
#define ACTIONS(X) X("adopt") X("override") X("match") X("wait")
#define COLUMNS(X) X("a") X("h") X("fork") X("action")
#define WORD(word) word,
/* clang-format on */

const char *const policy_fork_names[] = {FORKS(WORD) NULL};
const char *const policy_action_names[] = {ACTIONS(WORD) NULL};

enum { COLUMN_A, COLUMN_H, COLUMN_FORK, COLUMN_ACTION, COLUMN_COUNT };
static const char *const column_names[] = {COLUMNS(WORD) NULL};

G_STATIC_ASSERT(G_N_ELEMENTS(policy_fork_names) == POLICY_FORKS + 1);
G_STATIC_ASSERT(G_N_ELEMENTS(policy_action_names) == POLICY_ACTIONS + 1);
G_STATIC_ASSERT(G_N_ELEMENTS(column_names) == COLUMN_COUNT + 1);

#define SHOWN_MAX 40 /* bytes of a wrong word that a message repeats */
#define BYTE_ORDER_MARK "\xef\xbb\xbf"

typedef struct {
    guint32 a, h;
    PolicyFork fork;
    PolicyAction action;
} Row;

struct PolicyTable {
    guint32 most;     /* largest a or h that may be set */
    guint32 limit;    /* largest a or h of a row */
    GArray *rows;     /* of Row, as they came */
    GHashTable *find; /* key of a state → index into rows + 1 */
};

/* --- states ------------------------------------------------------------------------------- */

bool
policy_state_occurs(guint32 a, guint32 h, PolicyFork fork)
{
    switch (fork) {
    case POLICY_IRRELEVANT:
        return true;
    case POLICY_RELEVANT:
        return h >= 1;
    default:
        /* A match takes a >= h; the next decision is due when the pool has found one more. */
        return h >= 1 && a > h;
    }
}

bool
policy_action_is_legal(guint32 a, guint32 h, PolicyFork fork, PolicyAction action)
{
    switch (action) {
    case POLICY_OVERRIDE:
        return a > h;
    case POLICY_MATCH:
        return h >= 1 && a >= h && fork != POLICY_ACTIVE;
    default:
        return true;
    }
}

static gpointer
key_of(guint32 a, guint32 h, PolicyFork fork)
{
    if (a < h && fork == POLICY_RELEVANT)
        fork = POLICY_IRRELEVANT;
    return GUINT_TO_POINTER((a * (POLICY_LENGTH_MAX + 1) + h) * POLICY_FORKS + (guint)fork);
}

/* --- the table ---------------------------------------------------------------------------- */

PolicyTable *
policy_table_new(guint32 limit)
{
    PolicyTable *table = g_new0(PolicyTable, 1);

    policy_assert(limit <= POLICY_LENGTH_MAX);
    table->most = limit;
    table->rows = g_array_new(FALSE, FALSE, sizeof(Row));
    table->find = g_hash_table_new(g_direct_hash, g_direct_equal);
    return table;
}

void
policy_table_free(PolicyTable *table)
{
    if (table == NULL)
        return;
    g_array_unref(table->rows);
    g_hash_table_unref(table->find);
    g_free(table);
}

static Row *
find_row(const PolicyTable *table, guint32 a, guint32 h, PolicyFork fork)
{
    guint index;

    if (a > table->limit || h > table->limit)
        return NULL;
    index = GPOINTER_TO_UINT(g_hash_table_lookup(table->find, key_of(a, h, fork)));
    return index > 0 ? &g_array_index(table->rows, Row, index - 1) : NULL;
}

void
policy_table_set(PolicyTable *table, guint32 a, guint32 h, PolicyFork fork, PolicyAction action)
{
    Row *there, row = {a, h, fork, action};

    policy_assert(a <= table->most && h <= table->most);
    policy_assert(policy_state_occurs(a, h, fork));
    policy_assert(policy_action_is_legal(a, h, fork, action));
    there = find_row(table, a, h, fork);
    if (there != NULL) {
        there->action = action;
        return;
    }
    g_array_append_val(table->rows, row);
    g_hash_table_insert(table->find, key_of(a, h, fork), GUINT_TO_POINTER(table->rows->len));
    table->limit = MAX(table->limit, MAX(a, h));
}

PolicyAction
policy_table_get(const PolicyTable *table, guint32 a, guint32 h, PolicyFork fork)
{
    const Row *row = find_row(table, a, h, fork);

    if (row != NULL)
        return row->action;
    return h > a ? POLICY_ADOPT : a > h ? POLICY_OVERRIDE : POLICY_WAIT;
}

guint
policy_table_rows(const PolicyTable *table)
{
    return table->rows->len;
}

guint32
policy_table_limit(const PolicyTable *table)
{
    return table->limit;
}

bool
policy_table_needs_coin(const PolicyTable *table)
{
    for (guint i = 0; i < table->rows->len; i++) {
        const Row *row = &g_array_index(table->rows, Row, i);

        if (row->action == POLICY_MATCH && row->fork == POLICY_IRRELEVANT)
            return true;
    }
    return false;
}

/* --- reading ------------------------------------------------------------------------------ */

/* A piece of the text. */
typedef struct {
    const char *text;
    size_t length;
} Span;

typedef struct {
    PolicyTable *table;
    int columns[COLUMN_COUNT]; /* their places in a line */
    guint count;               /* columns of the head; 0: not read yet */
    GArray *cells;             /* of Span: those of the line */
    char *error;
} Reader;

G_GNUC_PRINTF(2, 3)
static bool
refuse(Reader *reader, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    reader->error = g_strdup_vprintf(format, args);
    va_end(args);
    return false;
}

static char *
shown(Span span)
{
    g_autofree char *text = io_escape(span.text, (gssize)MIN(span.length, SHOWN_MAX), NULL);

    return g_strconcat(text, span.length > SHOWN_MAX ? "…" : "", NULL);
}

static Span
trim(Span span)
{
    while (span.length > 0 && g_ascii_isspace(span.text[span.length - 1]))
        span.length--;
    while (span.length > 0 && g_ascii_isspace(*span.text)) {
        span.text++;
        span.length--;
    }
    return span;
}

/* Takes the blanks and then the quotes away. */
static Span
bare(Span span)
{
    span = trim(span);
    if (span.length >= 2 && span.text[0] == '"' && span.text[span.length - 1] == '"')
        span = (Span){span.text + 1, span.length - 2};
    return span;
}

static void
split_cells(GArray *cells, Span line)
{
    size_t start = 0;

    g_array_set_size(cells, 0);
    for (size_t i = 0; i <= line.length; i++) {
        if (i < line.length && line.text[i] != ',')
            continue;
        Span cell = bare((Span){line.text + start, i - start});
        g_array_append_val(cells, cell);
        start = i + 1;
    }
}

/* Returns the word's place in the list, or -1. */
static int
word_of(Span cell, const char *const *words)
{
    for (int i = 0; words[i] != NULL; i++) {
        if (strlen(words[i]) == cell.length && memcmp(words[i], cell.text, cell.length) == 0)
            return i;
    }
    return -1;
}

/* Returns the words with commas between them. */
static char *
list_of(const char *const *words)
{
    return g_strjoinv(", ", (char **)words);
}

static bool
read_head(Reader *reader)
{
    g_autoptr(GString) unknown = g_string_new(NULL);
    g_autoptr(GString) missing = g_string_new(NULL);
    g_autofree char *columns = list_of(column_names);

    for (guint i = 0; i < COLUMN_COUNT; i++)
        reader->columns[i] = -1;
    reader->count = reader->cells->len;
    for (guint i = 0; i < reader->cells->len; i++) {
        Span cell = g_array_index(reader->cells, Span, i);
        g_autofree char *name = shown(cell);
        int column = word_of(cell, column_names);

        if (column >= 0 && reader->columns[column] >= 0)
            return refuse(reader, "the column '%s' stands twice: write it once", name);
        if (column >= 0)
            reader->columns[column] = (int)i;
        else if (unknown->len < 4 * SHOWN_MAX)
            g_string_append_printf(unknown, "%s'%s'", unknown->len > 0 ? ", " : "", name);
    }
    if (unknown->len > 0)
        return refuse(reader, "no column of a policy: %s: write the columns %s, in any order",
                      unknown->str, columns);
    for (guint i = 0; i < COLUMN_COUNT; i++) {
        if (reader->columns[i] < 0)
            g_string_append_printf(missing, "%s'%s'", missing->len > 0 ? ", " : "",
                                   column_names[i]);
    }
    return missing->len == 0 ||
           refuse(reader, "the head lacks %s: write the columns %s, in any order", missing->str,
                  columns);
}

static Span
cell_of(const Reader *reader, int column)
{
    return g_array_index(reader->cells, Span, reader->columns[column]);
}

static bool
read_length(Reader *reader, int column, guint32 *ret_length)
{
    Span cell = cell_of(reader, column);
    g_autofree char *text = NULL;
    guint32 value = 0;
    size_t used = 0;

    while (used < cell.length && g_ascii_isdigit(cell.text[used]) && value <= POLICY_LENGTH_MAX)
        value = value * 10 + (guint32)(cell.text[used++] - '0');
    if (used == cell.length && used > 0 && value <= POLICY_LENGTH_MAX) {
        *ret_length = value;
        return true;
    }
    text = shown(cell);
    return refuse(reader, "%s is '%s': write a number of blocks, 0 to %d", column_names[column],
                  text, POLICY_LENGTH_MAX);
}

static bool
read_word(Reader *reader, int column, const char *const *words, int *ret_word)
{
    Span cell = cell_of(reader, column);
    g_autofree char *text = NULL, *right = NULL;

    *ret_word = word_of(cell, words);
    if (*ret_word >= 0)
        return true;
    text = shown(cell);
    right = list_of(words);
    return refuse(reader, "%s is '%s': write one of %s", column_names[column], text, right);
}

static bool
check_state(Reader *reader, const Row *row)
{
    if (policy_state_occurs(row->a, row->h, row->fork))
        return true;
    if (row->h == 0)
        return refuse(reader, "no state is %s at h = 0, without a public block: write h >= 1",
                      policy_fork_names[row->fork]);
    return refuse(reader,
                  "no state is active at a = %u, h = %u: a match needs a >= h, and the next block "
                  "of the pool makes it a > h",
                  row->a, row->h);
}

/* Appends the actions that are legal in the state. */
static char *
legal_actions(const Row *row)
{
    const char *words[POLICY_ACTIONS + 1] = {NULL};
    guint count = 0;

    for (int i = 0; i < POLICY_ACTIONS; i++) {
        if (policy_action_is_legal(row->a, row->h, row->fork, (PolicyAction)i))
            words[count++] = policy_action_names[i];
    }
    return list_of(words);
}

static bool
check_action(Reader *reader, const Row *row)
{
    g_autofree char *legal = NULL;
    const char *why = NULL;

    if (policy_action_is_legal(row->a, row->h, row->fork, row->action))
        return true;
    legal = legal_actions(row);
    if (row->action == POLICY_OVERRIDE)
        why = "override needs a > h";
    else if (row->fork == POLICY_ACTIVE)
        why = "an active state has its match";
    else
        why = row->h == 0 ? "match needs a public block" : "match needs a >= h";
    return refuse(reader, "%s, and here a = %u, h = %u: write one of %s", why, row->a, row->h,
                  legal);
}

/* Refuses a second row of a state, unless it is the state's other name with the same action. */
static bool
check_new(Reader *reader, const Row *row)
{
    const Row *there = find_row(reader->table, row->a, row->h, row->fork);

    if (there == NULL || (there->fork != row->fork && there->action == row->action))
        return true;
    if (there->fork != row->fork)
        return refuse(reader,
                      "the state a = %u, h = %u is the same irrelevant or relevant, as the pool "
                      "cannot match, and an earlier row says %s: write one row",
                      row->a, row->h, policy_action_names[there->action]);
    return refuse(reader, "the state a = %u, h = %u, %s has a row already, which says %s", row->a,
                  row->h, policy_fork_names[row->fork], policy_action_names[there->action]);
}

static bool
read_row(Reader *reader)
{
    Row row = {0};
    int fork, action;

    if (reader->cells->len != reader->count)
        return refuse(reader, "%u cells where the head has %u", reader->cells->len, reader->count);
    if (!read_length(reader, COLUMN_A, &row.a) || !read_length(reader, COLUMN_H, &row.h) ||
        !read_word(reader, COLUMN_FORK, policy_fork_names, &fork) ||
        !read_word(reader, COLUMN_ACTION, policy_action_names, &action))
        return false;
    row.fork = (PolicyFork)fork;
    row.action = (PolicyAction)action;
    if (!check_state(reader, &row) || !check_action(reader, &row) || !check_new(reader, &row))
        return false;
    if (reader->table->rows->len >= POLICY_ROWS_MAX)
        return refuse(reader,
                      "more than %d rows: leave out those that say what a state without a "
                      "row does",
                      POLICY_ROWS_MAX);
    policy_table_set(reader->table, row.a, row.h, row.fork, row.action);
    return true;
}

static bool
read_line(Reader *reader, Span line)
{
    line = trim(line);
    if (line.length == 0 || *line.text == '#')
        return true;
    split_cells(reader->cells, line);
    return reader->count > 0 ? read_row(reader) : read_head(reader);
}

/* Returns whether all lines are good. The line is that of the error. */
static bool
read_lines(Reader *reader, Span text, guint *ret_line)
{
    const char *end = text.text + text.length;
    guint line = 0;

    if (text.length >= strlen(BYTE_ORDER_MARK) &&
        memcmp(text.text, BYTE_ORDER_MARK, strlen(BYTE_ORDER_MARK)) == 0)
        text.text += strlen(BYTE_ORDER_MARK);
    for (const char *at = text.text; at < end; line++) {
        const char *stop = memchr(at, '\n', (size_t)(end - at));

        *ret_line = line + 1;
        stop = stop != NULL ? stop : end;
        if (!read_line(reader, (Span){at, (size_t)(stop - at)}))
            return false;
        at = stop + 1;
    }
    *ret_line = MAX(line, 1);
    if (reader->count == 0)
        return refuse(reader, "no policy: write the line a,h,fork,action and a row for each state");
    return reader->table->rows->len > 0 ||
           refuse(reader, "no row: write one for each state, such as 1,1,relevant,match");
}

PolicyTable *
policy_table_parse(const char *text, size_t length, guint *ret_line, char **ret_error)
{
    Reader reader = {.table = policy_table_new(POLICY_LENGTH_MAX),
                     .cells = g_array_new(FALSE, FALSE, sizeof(Span))};

    if (!read_lines(&reader, (Span){text, length}, ret_line)) {
        *ret_error = reader.error;
        g_clear_pointer(&reader.table, policy_table_free);
    }
    g_array_unref(reader.cells);
    return reader.table;
}

/* --- writing ------------------------------------------------------------------------------ */

static gint
compare_rows(gconstpointer x, gconstpointer y)
{
    const Row *p = x, *q = y;

    if (p->a != q->a)
        return p->a < q->a ? -1 : 1;
    if (p->h != q->h)
        return p->h < q->h ? -1 : 1;
    return (int)p->fork - (int)q->fork;
}

void
policy_table_write(const PolicyTable *table, GString *out)
{
    g_autoptr(GArray) rows = g_array_copy(table->rows);
    g_autofree char *head = g_strjoinv(",", (char **)column_names);

    g_array_sort(rows, compare_rows);
    g_string_append_printf(out, "%s\n", head);
    for (guint i = 0; i < rows->len; i++) {
        const Row *row = &g_array_index(rows, Row, i);

        g_string_append_printf(out, "%u,%u,%s,%s\n", row->a, row->h, policy_fork_names[row->fork],
                               policy_action_names[row->action]);
    }
}
