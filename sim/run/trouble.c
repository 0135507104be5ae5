/* Stores trouble in a list and finds it by its words; see trouble.h. */
#include "sim/run/trouble.h"

typedef struct {
    char *where, *why;
    SimTime first, last;
    uint64_t times;
} Complaint;

struct SimTrouble {
    GPtrArray *complaints; /* Complaint, in order of first occurrence */
    GHashTable *by_words;  /* "where" and "why" to Complaint; look-up only */
    GString *text, *recent;
};

static void
complaint_free(gpointer data)
{
    Complaint *complaint = data;

    g_free(complaint->where);
    g_free(complaint->why);
    g_free(complaint);
}

SimTrouble *
sim_trouble_new(void)
{
    SimTrouble *trouble = g_new0(SimTrouble, 1);

    trouble->complaints = g_ptr_array_new_with_free_func(complaint_free);
    trouble->by_words = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    trouble->text = g_string_new(NULL);
    trouble->recent = g_string_new(NULL);
    return trouble;
}

void
sim_trouble_free(SimTrouble *trouble)
{
    g_hash_table_unref(trouble->by_words);
    g_ptr_array_unref(trouble->complaints);
    g_string_free(trouble->text, TRUE);
    g_string_free(trouble->recent, TRUE);
    g_free(trouble);
}

static void
append_complaint(GString *text, const char *where, const char *why, SimTime time)
{
    char at[SIM_TIME_TEXT];

    g_string_append_printf(text, "FAIL %s\n  at %s: %s\n", where, sim_time_format(at, time), why);
}

void
sim_trouble_add(SimTrouble *trouble, const char *where, const char *why, SimTime now)
{
    g_autofree char *words = g_strconcat(where, "\n", why, NULL);
    Complaint *complaint = g_hash_table_lookup(trouble->by_words, words);

    if (complaint == NULL) {
        complaint = g_new(Complaint, 1);
        *complaint = (Complaint){g_strdup(where), g_strdup(why), now, now, 0};
        g_ptr_array_add(trouble->complaints, complaint);
        g_hash_table_insert(trouble->by_words, g_steal_pointer(&words), complaint);
    }
    complaint->last = now;
    complaint->times++;
    append_complaint(trouble->recent, where, why, now);
}

const char *
sim_trouble_text(SimTrouble *trouble)
{
    char last[SIM_TIME_TEXT];

    g_string_truncate(trouble->text, 0);
    for (guint i = 0; i < trouble->complaints->len; i++) {
        const Complaint *complaint = trouble->complaints->pdata[i];

        append_complaint(trouble->text, complaint->where, complaint->why, complaint->first);
        if (complaint->times > 1)
            g_string_append_printf(trouble->text,
                                   "  the same %" G_GUINT64_FORMAT " times in all, last at %s\n",
                                   complaint->times, sim_time_format(last, complaint->last));
    }
    return trouble->text->str;
}

const char *
sim_trouble_recent(const SimTrouble *trouble)
{
    return trouble->recent->str;
}

void
sim_trouble_forget_recent(SimTrouble *trouble)
{
    g_string_truncate(trouble->recent, 0);
}
