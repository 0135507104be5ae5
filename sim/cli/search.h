/* A search over faults: what it has tried, which plans reached new states, what it found.
 *
 * The search goes in rounds. What a round tries depends on the seed and on what the rounds before
 * it found, so it does not depend on how many run at a time. A search that ends, in the middle of a
 * round too, can be saved, and goes on from there as if it had not ended.
 */
#ifndef SIM_CLI_SEARCH_H
#define SIM_CLI_SEARCH_H

#include "sim/cli/finding.h"

/* How the next plan is drawn. Each guide adds to the one before it. */
typedef enum {
    SEARCH_UNIFORM, /* faults of all kinds, each as likely */
    SEARCH_SWARM,   /* a few kinds in each run */
    SEARCH_NOVELTY, /* half of the runs change one that reached a new state */
    SEARCH_BRANCH,  /* half of those keep its faults up to that moment, and draw the rest afresh */
} SearchGuide;

extern const char *const search_guide_names[]; /* by guide; ends with NULL */

/* A plan that reached a new state, and when. */
typedef struct {
    GPtrArray *plan; /* ExploreFault */
    gint64 moment;
} SearchKept;

typedef struct {
    const ExploreBase *base; /* borrowed */
    SearchGuide guide;
    guint64 seed;
    bool has_model;
    bool keep_going;
    guint64 done;
    GArray *states;   /* guint64, in order of discovery */
    GHashTable *seen; /* of them; look-up only */
    GPtrArray *kept;  /* SearchKept */
    guint drawable;   /* of them those that the round may begin with: the rounds before kept them */
    GPtrArray *found; /* Finding */
    GPtrArray *plans; /* GPtrArray of ExploreFault: of the round */
} Search;

void search_init(Search *search, const ExploreBase *base);
void search_clear(Search *search);

/* Draws the plans that are left of the round, at most `most` of them; returns their texts. */
GPtrArray *search_draw(Search *search, guint64 most);
/* Takes over the verdict on plan number i of the round: its new states. Returns whether it is a
 * failure of a kind that was not found before and is to be made small. */
bool search_judge(Search *search, guint i, const ExploreVerdict *verdict);

/* Save the search as a file, and read it back. Loading fails if the file is damaged, or another
 * search's: of another base, seed, guide or build. A file that was tampered with may have plans
 * that are no scenarios: trying them shows it. */
bool search_save(const Search *search, const char *path, GError **error);
bool search_load(Search *search, const char *path, GError **error);

#endif
