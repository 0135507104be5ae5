/* Groups rows in an open hash table; see tally.h. */
#include "analysis/tally.h"

#include <glib.h>
#include <string.h>

#define KEYS_MAX 4
#define SLOTS_FIRST 256u
#define GROUPS_MAX (1u << 22) /* a longer list would exceed the size limit of a value */
#define DENSE_MAX (1 << 20)

/* A column of keys may contain all three: 1 and '1' are different keys. */
typedef enum { KEY_INTEGER, KEY_TEXT, KEY_NULL } KeyKind;

typedef struct {
    gint64 values[KEYS_MAX]; /* for a text: its index in texts; for null: 0 */
    guint8 kinds[KEYS_MAX];  /* KeyKind */
} Keys;

typedef struct {
    Keys keys;
    gint64 rows, sum; /* rows 0: an empty slot */
} Slot;

typedef struct {
    gint64 rows, sum;
} Cell;

typedef struct {
    Slot *slots;
    guint size, used; /* size is a power of two */
    Cell *dense;      /* direct index for a single small integer key, such as an id */
    gint64 dense_size;
    int keys;
    GPtrArray *texts; /* char * */
    GHashTable *text_numbers;
    bool failed;
} Groups;

static void
groups_init(Groups *groups)
{
    groups->size = SLOTS_FIRST;
    groups->slots = g_new0(Slot, groups->size);
    groups->texts = g_ptr_array_new_with_free_func(g_free);
    groups->text_numbers = g_hash_table_new(g_str_hash, g_str_equal);
}

static void
groups_clear(Groups *groups)
{
    g_clear_pointer(&groups->slots, g_free);
    g_clear_pointer(&groups->dense, g_free);
    g_clear_pointer(&groups->texts, g_ptr_array_unref);
    g_clear_pointer(&groups->text_numbers, g_hash_table_unref);
}

static gint64
text_number(Groups *groups, const char *text)
{
    gpointer number = g_hash_table_lookup(groups->text_numbers, text);
    char *copy;

    if (number != NULL)
        return GPOINTER_TO_SIZE(number) - 1;
    copy = g_strdup(text);
    g_ptr_array_add(groups->texts, copy);
    g_hash_table_insert(groups->text_numbers, copy, GSIZE_TO_POINTER(groups->texts->len));
    return groups->texts->len - 1;
}

static bool
same_keys(const Keys *a, const Keys *b)
{
    return memcmp(a->values, b->values, sizeof a->values) == 0 &&
           memcmp(a->kinds, b->kinds, sizeof a->kinds) == 0;
}

/* Returns the slot of the keys, or the empty slot for them. */
static Slot *
find_slot(const Groups *groups, const Keys *keys)
{
    guint64 hash = 0;

    for (int i = 0; i < groups->keys; i++) {
        hash = (hash ^ (guint64)keys->values[i]) * G_GUINT64_CONSTANT(0x9e3779b97f4a7c15);
        hash ^= hash >> 32;
    }
    for (guint at = (guint)hash & (groups->size - 1);; at = (at + 1) & (groups->size - 1)) {
        Slot *slot = &groups->slots[at];

        if (slot->rows == 0 || same_keys(&slot->keys, keys))
            return slot;
    }
}

static void
grow(Groups *groups)
{
    Slot *old = groups->slots;
    guint size = groups->size;

    groups->size *= 2;
    groups->slots = g_new0(Slot, groups->size);
    for (guint i = 0; i < size; i++) {
        if (old[i].rows > 0)
            *find_slot(groups, &old[i].keys) = old[i];
    }
    g_free(old);
}

static void
add_to_slot(Groups *groups, const Keys *keys, gint64 value)
{
    Slot *slot = find_slot(groups, keys);

    if (slot->rows == 0) {
        if (groups->used >= GROUPS_MAX) {
            groups->failed = true;
            return;
        }
        slot->keys = *keys;
        groups->used++;
    }
    slot->rows++;
    slot->sum = (gint64)((guint64)slot->sum + (guint64)value);
    if (groups->used * 2 > groups->size)
        grow(groups);
}

static void
add_dense(Groups *groups, gint64 key, gint64 value)
{
    if (key >= groups->dense_size) {
        gint64 size = MAX(key + 1, 2 * groups->dense_size);

        groups->dense = g_renew(Cell, groups->dense, size);
        memset(groups->dense + groups->dense_size, 0,
               (gsize)(size - groups->dense_size) * sizeof(Cell));
        groups->dense_size = size;
    }
    groups->dense[key].rows++;
    groups->dense[key].sum = (gint64)((guint64)groups->dense[key].sum + (guint64)value);
}

static Groups *
groups_of(sqlite3_context *context, int keys)
{
    Groups *groups = sqlite3_aggregate_context(context, sizeof *groups);

    if (groups != NULL && groups->slots == NULL) {
        groups_init(groups);
        groups->keys = keys;
    }
    return groups;
}

/* Returns false for a key of another type. */
static bool
read_keys(Groups *groups, Keys *keys, sqlite3_value **values)
{
    for (int i = 0; i < groups->keys; i++) {
        int type = sqlite3_value_type(values[i]);
        const char *text = type == SQLITE_TEXT ? (const char *)sqlite3_value_text(values[i]) : NULL;

        if (text != NULL) {
            keys->values[i] = text_number(groups, text);
            keys->kinds[i] = KEY_TEXT;
        } else if (type == SQLITE_INTEGER) {
            keys->values[i] = sqlite3_value_int64(values[i]);
        } else if (type == SQLITE_NULL) {
            keys->kinds[i] = KEY_NULL;
        } else {
            return false;
        }
    }
    return true;
}

static void
tally_step(sqlite3_context *context, int count, sqlite3_value **values)
{
    Groups *groups = groups_of(context, count - 1);
    Keys keys = {{0}, {0}};

    if (count < 2 || count - 1 > KEYS_MAX) {
        sqlite3_result_error(context, "tally takes a value and one to four keys", -1);
        return;
    }
    if (groups == NULL)
        return;
    if (count == 2 && sqlite3_value_type(values[1]) == SQLITE_INTEGER) {
        gint64 key = sqlite3_value_int64(values[1]);

        if (key >= 0 && key < DENSE_MAX) {
            add_dense(groups, key, sqlite3_value_int64(values[0]));
            return;
        }
    }
    if (read_keys(groups, &keys, values + 1))
        add_to_slot(groups, &keys, sqlite3_value_int64(values[0]));
    else
        sqlite3_result_error(context, "a key of tally is an integer, a text or null", -1);
}

static void
put_text(GString *json, const char *text)
{
    g_autofree char *valid = g_utf8_make_valid(text, -1);

    g_string_append_c(json, '"');
    for (const char *c = valid; *c != '\0'; c++) {
        if ((guchar)*c < 0x20)
            g_string_append_printf(json, "\\u%04x", (guchar)*c);
        else if (*c == '"' || *c == '\\')
            g_string_append_printf(json, "\\%c", *c);
        else
            g_string_append_c(json, *c);
    }
    g_string_append_c(json, '"');
}

static void
put_key(GString *json, const Groups *groups, const Slot *slot, int key)
{
    gint64 value = slot->keys.values[key];

    if (slot->keys.kinds[key] == KEY_TEXT)
        put_text(json, g_ptr_array_index(groups->texts, value));
    else if (slot->keys.kinds[key] == KEY_NULL)
        g_string_append(json, "null");
    else
        g_string_append_printf(json, "%" G_GINT64_FORMAT, value);
}

/* Appends the values after the keys. */
static void
put_rest(GString *json, gint64 rows, gint64 sum, bool with_sums)
{
    g_string_append_printf(json, "%" G_GINT64_FORMAT, rows);
    if (with_sums)
        g_string_append_printf(json, ",%" G_GINT64_FORMAT, sum);
    g_string_append_c(json, ']');
}

/* Returns the groups as JSON to SQLite and frees them. */
static void
return_groups(sqlite3_context *context, Groups *groups, bool with_sums)
{
    GString *json = g_string_new("[");

    for (gint64 key = 0; key < groups->dense_size; key++) {
        const Cell *cell = &groups->dense[key];

        if (cell->rows == 0)
            continue;
        g_string_append_printf(json, "%s%" G_GINT64_FORMAT ",", json->len > 1 ? ",[" : "[", key);
        put_rest(json, cell->rows, cell->sum, with_sums);
    }
    for (guint i = 0; groups->slots != NULL && i < groups->size; i++) {
        const Slot *slot = &groups->slots[i];

        if (slot->rows == 0)
            continue;
        g_string_append(json, json->len > 1 ? ",[" : "[");
        for (int key = 0; key < groups->keys; key++) {
            put_key(json, groups, slot, key);
            g_string_append_c(json, ',');
        }
        put_rest(json, slot->rows, slot->sum, with_sums);
    }
    g_string_append_c(json, ']');
    if (groups->failed)
        sqlite3_result_error(context, "too many groups, or a key that is no small number", -1);
    else
        sqlite3_result_text64(context, json->str, json->len, SQLITE_TRANSIENT, SQLITE_UTF8);
    g_string_free(json, TRUE);
    groups_clear(groups);
}

static void
tally_final(sqlite3_context *context)
{
    Groups *groups = sqlite3_aggregate_context(context, 0);
    Groups none = {.slots = NULL};

    return_groups(context, groups != NULL ? groups : &none, true);
}

/* --- members ------------------------------------------------------------------------------ */

/* Key and member in one number, plus 1; 0 is an empty slot. Eight bytes a pair, because millions
 * are looked up in random order. The last four bits of the key choose one of PARTS tables: if they
 * are a slice of time, rows in order of time stay in one table, which fits a cache. */
typedef struct {
    guint64 *pairs;
    guint size, used;
} Pairs;

#define PARTS 16
#define PAIRS_MAX (1u << 26)

typedef struct {
    Pairs parts[PARTS];
    Pairs *where;    /* table of the previous row, whose slot is being prefetched; NULL: none */
    guint64 waiting; /* the pair of that row */
    bool failed;
} Spread;

static guint
place_of(const Pairs *pairs, guint64 pair)
{
    guint64 hash = pair * G_GUINT64_CONSTANT(0x9e3779b97f4a7c15);

    return (guint)(hash >> 32) & (pairs->size - 1);
}

static void
add_pair(Pairs *pairs, guint64 pair)
{
    guint at = place_of(pairs, pair);

    while (pairs->pairs[at] != 0 && pairs->pairs[at] != pair)
        at = (at + 1) & (pairs->size - 1);
    pairs->used += pairs->pairs[at] == 0;
    pairs->pairs[at] = pair;
}

static void
grow_pairs(Pairs *pairs)
{
    guint64 *old = pairs->pairs;
    guint size = pairs->size;

    pairs->size = size > 0 ? 2 * size : SLOTS_FIRST;
    pairs->pairs = g_new0(guint64, pairs->size);
    pairs->used = 0;
    for (guint i = 0; i < size; i++) {
        if (old[i] != 0)
            add_pair(pairs, old[i]);
    }
    g_free(old);
}

static void
add_waiting(Spread *spread)
{
    if (spread->where != NULL)
        add_pair(spread->where, spread->waiting);
    spread->where = NULL;
}

static void
spread_step(sqlite3_context *context, int count, sqlite3_value **values)
{
    Spread *spread = sqlite3_aggregate_context(context, sizeof *spread);
    gint64 key = sqlite3_value_int64(values[0]), member = sqlite3_value_int64(values[1]);
    Pairs *pairs;

    (void)count;
    if (spread == NULL)
        return;
    add_waiting(spread);
    pairs = &spread->parts[key & (PARTS - 1)];
    if (key < 0 || key > G_MAXUINT32 || member < 0 || member >= G_MAXUINT32 ||
        pairs->used >= PAIRS_MAX / PARTS) {
        spread->failed = true;
        return;
    }
    if (pairs->used * 2 >= pairs->size)
        grow_pairs(pairs);
    spread->where = pairs;
    spread->waiting = (guint64)key << 32 | ((guint64)member + 1);
    __builtin_prefetch(&pairs->pairs[place_of(pairs, spread->waiting)], 1);
}

static void
spread_final(sqlite3_context *context)
{
    Spread *spread = sqlite3_aggregate_context(context, 0);
    Groups by_key = {.keys = 1, .failed = spread != NULL && spread->failed};

    groups_init(&by_key);
    if (spread != NULL)
        add_waiting(spread);
    for (guint part = 0; spread != NULL && part < PARTS; part++) {
        Pairs *pairs = &spread->parts[part];

        for (guint i = 0; i < pairs->size; i++) {
            const Keys key = {.values = {(gint64)(pairs->pairs[i] >> 32)}};

            if (pairs->pairs[i] != 0)
                add_to_slot(&by_key, &key, 0); /* keys may be far apart */
        }
        g_clear_pointer(&pairs->pairs, g_free);
    }
    return_groups(context, &by_key, false);
}

bool
ana_tally_register(sqlite3 *db)
{
    const int flags = SQLITE_UTF8 | SQLITE_DETERMINISTIC;

    return sqlite3_create_function_v2(db, "tally", -1, flags, NULL, NULL, tally_step, tally_final,
                                      NULL) == SQLITE_OK &&
           sqlite3_create_function_v2(db, "spread", 2, flags, NULL, NULL, spread_step, spread_final,
                                      NULL) == SQLITE_OK;
}
