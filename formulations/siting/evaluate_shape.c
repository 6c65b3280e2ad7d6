/* evaluate_shape.c - laying a plan out in indices, and telling where it does not fit the instance.
 */
#include <stdlib.h>
#include <string.h>

#include "formulations/siting/judge.h"

struct shaper {
    const struct st_instance *in;
    const struct st_plan *plan;
    struct az_arena *arena;
    struct az_misfit *misfit;
    struct st_layout *layout;
};

static void tell(struct shaper *s, const struct az_path *where)
{
    az_misfit_tell(s->misfit, where);
}

static bool is_there(const struct az_ref *ref, size_t count)
{
    return ref->id && ref->index < count;
}

/* --- choices ------------------------------------------------------------------------------------
 */

static const struct st_option *option_of(const struct st_site *site, const char *id)
{
    for (size_t i = 0; id && i < site->option_count; i++)
        if (strcmp(site->option[i].id, id) == 0) return &site->option[i];
    return NULL;
}

/* Every site once at most, with one of its options. */
static void lay_choices(struct shaper *s)
{
    const struct st_instance *in = s->in;
    const struct az_path *choices = AZ_AT(NULL, "choices");
    for (size_t i = 0; i < s->plan->choices.count; i++) {
        const struct st_choice *choice = &s->plan->choices.items[i];
        const struct az_path *at = AZ_ITEM(choices, i, choice->site.id);
        if (!is_there(&choice->site, in->sites.count)) {
            tell(s, AZ_AT(at, "site"));
            continue;
        }
        size_t site = choice->site.index;
        if (s->layout->choice[site] != AZ_NO_INDEX) tell(s, AZ_AT(at, "site"));
        s->layout->choice[site] = i;
        s->layout->option[i] = option_of(&in->sites.items[site], choice->option);
        if (!s->layout->option[i]) tell(s, AZ_AT(at, "option"));
    }
}

/* --- reinforcements -----------------------------------------------------------------------------
 */

/* All reinforcements of the instance, by id. */
struct known {
    struct st_laid_reinforcement what;
    bool chosen;
};

static int by_id(const void *a, const void *b)
{
    return strcmp(((const struct known *)a)->what.it->id, ((const struct known *)b)->what.it->id);
}

static size_t count_reinforcements(const struct st_instance *in)
{
    size_t count = 0;
    for (size_t i = 0; i < in->feeders.count; i++)
        count += in->feeders.items[i].reinforcements.count;
    for (size_t i = 0; i < in->banks.count; i++) count += in->banks.items[i].reinforcements.count;
    for (size_t i = 0; i < in->lines.count; i++) count += in->lines.items[i].reinforcements.count;
    return count;
}

static enum az_status know_reinforcements(const struct shaper *s, size_t *count,
                                          struct known **known)
{
    const struct st_instance *in = s->in;
    *count = 0;
    *known = AZ_ARRAY(s->arena, count_reinforcements(in), struct known);
    if (!*known) return AZ_NO_MEMORY;
#define KNOW(list, element_)                                                                   \
    for (size_t i = 0; i < (list).count; i++)                                                  \
        for (size_t k = 0; k < (list).items[i].reinforcements.count; k++)                      \
            (*known)[(*count)++] = (struct known){ { &(list).items[i].reinforcements.items[k], \
                                                     element_, i, (list).items[i].id },        \
                                                   false };
    KNOW(in->feeders, ST_FEEDER)
    KNOW(in->banks, ST_BANK)
    KNOW(in->lines, ST_LINE)
#undef KNOW
    if (*count > 1) qsort(*known, *count, sizeof **known, by_id);
    return AZ_OK;
}

/* Each once at most; what it adds to its element. */
static enum az_status lay_reinforcements(struct shaper *s)
{
    size_t count;
    struct known *known;
    const struct az_path *list = AZ_AT(NULL, "reinforcements");
    AZ_TRY(know_reinforcements(s, &count, &known));
    for (size_t i = 0; i < s->plan->reinforcements.count; i++) {
        const char *id = s->plan->reinforcements.items[i];
        struct st_reinforcement named = { .id = id ? id : "" };
        struct known key = { .what.it = &named };
        struct known *found = count ? bsearch(&key, known, count, sizeof *known, by_id) : NULL;
        if (!found || found->chosen) {
            tell(s, AZ_ITEM(list, i, NULL));
            continue;
        }
        found->chosen = true;
        s->layout->reinforced[i] = found->what;
        double *adds[] = { [ST_FEEDER] = s->layout->feeder_adds,
                           [ST_BANK] = s->layout->bank_adds,
                           [ST_LINE] = s->layout->line_adds };
        adds[found->what.element][found->what.index] += found->what.it->adds_kw;
    }
    return AZ_OK;
}

/* --- outages ------------------------------------------------------------------------------------
 */

static void lay_armed(struct shaper *s)
{
    const struct st_upstream *up = s->in->upstream;
    const struct az_path *list = AZ_AT(NULL, "armed");
    for (size_t i = 0; i < s->plan->armed.count; i++) {
        const struct az_ref *ref = &s->plan->armed.items[i];
        if (!up || !is_there(ref, up->plants.count) || s->layout->armed[ref->index])
            tell(s, AZ_ITEM(list, i, ref->id));
        else
            s->layout->armed[ref->index] = true;
    }
}

/* A trip's own: who, when, after what. */
struct trip_key {
    size_t circuit, plant, hour, entry;
    int collection;
};

static int by_key(const void *a, const void *b)
{
    const struct trip_key *x = a, *y = b;
    if (x->circuit != y->circuit) return x->circuit < y->circuit ? -1 : 1;
    if (x->collection != y->collection) return x->collection < y->collection ? -1 : 1;
    if (x->plant != y->plant) return x->plant < y->plant ? -1 : 1;
    if (x->hour != y->hour) return x->hour < y->hour ? -1 : 1;
    return x->entry < y->entry ? -1 : x->entry > y->entry;
}

/* Circuit, plant, hour and power of each; each once at most. */
static enum az_status lay_trips(struct shaper *s)
{
    const struct st_upstream *up = s->in->upstream;
    size_t count = s->plan->trips.count, kept = 0;
    struct trip_key *keys = AZ_ARRAY(s->arena, count, struct trip_key);
    const struct az_path *list = AZ_AT(NULL, "trips");
    if (!keys) return AZ_NO_MEMORY;
    for (size_t i = 0; i < count; i++) {
        const struct st_trip *trip = &s->plan->trips.items[i];
        const struct az_path *at = AZ_ITEM(list, i, NULL);
        bool site = trip->plant.collection == 1;
        size_t plants = site ? s->in->sites.count : up ? up->plants.count : 0;
        bool circuit = up && is_there(&trip->circuit, up->circuits.count);
        bool plant = is_there(&trip->plant, plants);
        bool hour = trip->hour >= 0 && (uint64_t)trip->hour < s->in->hour_count;
        bool kw = isfinite(trip->kw) && trip->kw >= 0;
        if (!circuit) tell(s, AZ_AT(at, "circuit"));
        if (!plant) tell(s, AZ_AT(at, "plant"));
        if (!hour) tell(s, AZ_AT(at, "hour"));
        if (!kw) tell(s, AZ_AT(at, "kw"));
        if (circuit && plant && hour && kw)
            keys[kept++] = (struct trip_key){ trip->circuit.index, trip->plant.index,
                                              (size_t)trip->hour, i, trip->plant.collection };
    }
    if (kept > 1) qsort(keys, kept, sizeof *keys, by_key);
    for (size_t k = 1; k < kept; k++) {
        const struct trip_key *a = &keys[k - 1], *b = &keys[k];
        if (a->circuit == b->circuit && a->collection == b->collection && a->plant == b->plant &&
            a->hour == b->hour)
            tell(s, AZ_ITEM(list, b->entry, NULL));
    }
    return AZ_OK;
}

/* --- deliveries ---------------------------------------------------------------------------------
 */

static void lay_served(struct shaper *s)
{
    const struct az_path *list = AZ_AT(NULL, "served");
    for (size_t i = 0; i < s->plan->served.count; i++) {
        const struct st_served *served = &s->plan->served.items[i];
        const struct az_path *at = AZ_ITEM(list, i, served->customer.id);
        if (!is_there(&served->customer, s->in->customers.count)) tell(s, AZ_AT(at, "customer"));
        if (!is_there(&served->site, s->in->sites.count)) tell(s, AZ_AT(at, "site"));
        if (!(isfinite(served->share) && served->share >= 0)) tell(s, AZ_AT(at, "share"));
    }
}

enum az_status st_lay_out(const struct st_instance *in, const struct st_plan *plan,
                          struct az_arena *arena, struct az_misfit *misfit,
                          struct st_layout *layout)
{
    struct shaper s = { in, plan, arena, misfit, layout };
    size_t plants = in->upstream ? in->upstream->plants.count : 0;
    *layout = (struct st_layout){
        .choice = AZ_ARRAY(arena, in->sites.count, size_t),
        .option = AZ_ARRAY(arena, plan->choices.count, const struct st_option *),
        .reinforced = AZ_ARRAY(arena, plan->reinforcements.count, struct st_laid_reinforcement),
        .feeder_adds = AZ_ARRAY(arena, in->feeders.count, double),
        .bank_adds = AZ_ARRAY(arena, in->banks.count, double),
        .line_adds = AZ_ARRAY(arena, in->lines.count, double),
        .armed = AZ_ARRAY(arena, plants, bool)
    };
    if (!layout->choice || !layout->option || !layout->reinforced || !layout->feeder_adds ||
        !layout->bank_adds || !layout->line_adds || !layout->armed)
        return AZ_NO_MEMORY;
    for (size_t i = 0; i < in->sites.count; i++) layout->choice[i] = AZ_NO_INDEX;
    lay_choices(&s);
    AZ_TRY(lay_reinforcements(&s));
    lay_armed(&s);
    AZ_TRY(lay_trips(&s));
    lay_served(&s);
    return AZ_OK;
}
