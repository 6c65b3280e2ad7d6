/* improve.c - a plan made better by its parts: some bus-days that lie near each other are taken
 * out, and their trips are planned anew by a small column generation.
 *
 * The small problem is the master of the whole with the other duties as they are: only they are
 * columns for their trips, so that energy, chargers and counts are of the whole plan. Its root is
 * priced for a few rounds, dived into and solved over its columns; what comes of it is dispatched
 * and judged like any plan. All of it ends by counts. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "formulations/evbus/search.h"

#define MOST_TRIPS 24       /* of a small problem */
#define MOST_DUTIES 4       /* taken out at once */
#define ROUNDS 30           /* of its root */
#define RESTRICTED_NODES 50 /* of the MILP over its columns */
#define EFFORTS 2           /* no proof is sought */
#define COLUMNS 10          /* of a block in a round */
#define FAR 1e6             /* minutes: no link */

/* The sets of duties that are tried for every duty: which of those nearest to it go along. */
static const unsigned ALONG[] = { 1 | 2, 1 | 4, 1 | 2 | 4, 2 | 4, 1 };
#define VARIANTS (sizeof ALONG / sizeof *ALONG)

struct near {
    double minutes;
    size_t duty;
};

static int by_nearness(const void *a, const void *b)
{
    const struct near *x = a, *y = b;
    if (x->minutes != y->minutes) return x->minutes < y->minutes ? -1 : 1;
    return x->duty < y->duty ? -1 : x->duty > y->duty;
}

/* Minutes from the end of one trip to the start of the other, whichever comes first; untimed, the
 * kilometres between them. */
static double between(const struct eb_network *net, size_t i, size_t j)
{
    const struct eb_instance *ev = net->ev;
    size_t from = net->order[i], to = net->order[j];
    size_t link = eb_link_find(net, from < to ? from : to, from < to ? to : from);
    if (link == AZ_NO_INDEX) return FAR;
    const struct eb_trip *first = &ev->trips.items[from < to ? i : j];
    const struct eb_trip *second = &ev->trips.items[from < to ? j : i];
    return ev->timed ? (double)(second->depart_s - first->arrive_s) / 60 : net->links[link].km;
}

/* How near duty b is to a: every trip of a to the nearest of b, on average. */
static double nearness(const struct eb_network *net, const struct eb_duty *a,
                       const struct eb_duty *b)
{
    double sum = 0;
    for (size_t k = 0; k + 1 < a->leg_count; k++) {
        double least = FAR;
        for (size_t l = 0; l + 1 < b->leg_count; l++)
            least = fmin(least, between(net, a->legs[k].trip, b->legs[l].trip));
        sum += least;
    }
    return a->leg_count > 1 ? sum / (double)(a->leg_count - 1) : 0;
}

/* Marks the duties of a try. Returns how many trips they have. */
static size_t choose(const struct eb_search *search, size_t seed, unsigned along,
                     struct near near[], bool out[])
{
    const struct eb_duty_list *best = &search->best_duties;
    size_t count = 0, duties = 1, trips = best->items[seed]->leg_count - 1;
    memset(out, 0, best->count * sizeof *out);
    out[seed] = true;
    for (size_t d = 0; d < best->count; d++)
        if (d != seed)
            near[count++] =
                (struct near){ nearness(search->network, best->items[seed], best->items[d]), d };
    qsort(near, count, sizeof *near, by_nearness);
    for (size_t k = 0; k < count && k < 32 && along >> k != 0; k++) {
        size_t more = best->items[near[k].duty]->leg_count - 1;
        if (!(along >> k & 1) || duties == MOST_DUTIES || trips + more > MOST_TRIPS) continue;
        out[near[k].duty] = true;
        trips += more;
        duties++;
    }
    return trips;
}

/* One number for a set of duties, whatever their order. */
static uint64_t mark_of(const struct eb_search *search, const bool out[])
{
    uint64_t mark = 0;
    for (size_t d = 0; d < search->best_duties.count; d++)
        if (out[d]) mark += eb_duty_mark(search->best_duties.items[d], false);
    return mark;
}

/* Trips that stay as they are: those of the duties that are not taken out. */
static enum az_status keep_trips(const struct eb_search *search, const bool out[],
                                 struct az_arena *arena, unsigned char **kept)
{
    const struct eb_network *net = search->network;
    *kept = AZ_ARRAY(arena, net->trip_count, unsigned char);
    if (!*kept) return AZ_NO_MEMORY;
    for (size_t d = 0; d < search->best_duties.count; d++) {
        const struct eb_duty *duty = search->best_duties.items[d];
        for (size_t l = 0; !out[d] && l + 1 < duty->leg_count; l++)
            (*kept)[net->order[duty->legs[l].trip]] = 1;
    }
    return AZ_OK;
}

static bool runs_kept(const struct eb_network *net, const struct eb_duty *duty,
                      const unsigned char kept[])
{
    for (size_t l = 0; l + 1 < duty->leg_count; l++)
        if (kept[net->order[duty->legs[l].trip]]) return true;
    return false;
}

/* The plan's duties, and those of the pool that run nothing but free trips. */
static enum az_status first_columns(const struct eb_search *search, const struct eb_master *master,
                                    const unsigned char kept[], struct az_arena *arena,
                                    struct az_block_columns *columns)
{
    struct az_block_column column;
    *columns = (struct az_block_columns){ .arena = arena };
    for (size_t d = 0; d < search->best_duties.count; d++) {
        AZ_TRY(eb_master_column(master, search->best_duties.items[d], arena, &column));
        AZ_TRY(az_block_columns_add(columns, &column));
    }
    for (size_t k = 0; k < search->pool.count; k++) {
        if (runs_kept(search->network, search->pool.items[k], kept)) continue;
        AZ_TRY(eb_master_column(master, search->pool.items[k], arena, &column));
        AZ_TRY(az_block_columns_add(columns, &column));
    }
    return AZ_OK;
}

/* Plans the duties marked anew. */
static enum az_status plan_anew(struct eb_search *search, const bool out[], struct az_arena *arena)
{
    struct eb_master *master;
    struct az_colgen_options options = { .cutoff = search->best,
                                         .columns_per_block = COLUMNS,
                                         .node_limit = 1,
                                         .round_limit = ROUNDS,
                                         .dive_backtracks = 1,
                                         .restricted_nodes = RESTRICTED_NODES };
    struct az_colgen_result result;
    struct az_block_columns columns;
    unsigned char *kept;
    AZ_TRY(keep_trips(search, out, arena, &kept));
    AZ_TRY(eb_master_new(search->network, EB_MEASURE_COST, search->fleet_min, search->fleet_max,
                         search->unserved_max, arena, &master));
    master->owner = search;
    master->kept = kept;
    master->problem.mends = EB_MENDS_PART;
    if (master->problem.effort_count > EFFORTS) master->problem.effort_count = EFFORTS;
    master->problem.found = eb_found;
    AZ_TRY(first_columns(search, master, kept, arena, &columns));
    options.columns = columns.items;
    options.column_count = columns.count;
    return az_colgen_solve(&master->problem, &options, search->engine, search->context, NULL, arena,
                           &result);
}

/* One try in an arena of its own; what is worth keeping of it is copied by eb_offer. */
static enum az_status try_once(struct eb_search *search, const bool out[], bool *better)
{
    double before = search->best;
    struct az_arena *arena = az_arena_new(NULL);
    if (!arena) return AZ_NO_MEMORY;
    enum az_status status = plan_anew(search, out, arena);
    az_arena_free(arena);
    *better = search->best < before;
    return status == AZ_ENGINE ? AZ_OK : status; /* a heuristic may fail */
}

static bool was_tried(const uint64_t tried[], size_t count, uint64_t mark)
{
    for (size_t k = 0; k < count; k++)
        if (tried[k] == mark) return true;
    return false;
}

enum az_status eb_improve_plan(struct eb_search *search, size_t tries)
{
    struct az_arena *arena = az_arena_new(NULL);
    enum az_status status = AZ_OK;
    size_t most = search->network->trip_count + search->network->source_count, count = 0, idle = 0;
    uint64_t *tried = AZ_ARRAY(arena, tries, uint64_t);
    struct near *near = AZ_ARRAY(arena, most, struct near);
    bool *out = AZ_ARRAY(arena, most, bool), better;
    if (!tried || !near || !out) AZ_GOTO(AZ_NO_MEMORY);
    for (size_t k = 0; count < tries && idle < VARIANTS * search->best_duties.count; k++) {
        size_t duties = search->best_duties.count;
        if (az_run_must_stop(search->run) || !search->has_best || duties < 2) break;
        if (duties > most) break;
        idle++;
        size_t trips = choose(search, k % duties, ALONG[k / duties % VARIANTS], near, out);
        uint64_t mark = mark_of(search, out);
        if (trips > MOST_TRIPS || was_tried(tried, count, mark)) continue;
        tried[count++] = mark;
        az_run_progress(search->run, "neighbourhoods", false);
        AZ_GOTO(try_once(search, out, &better));
        if (better) idle = 0;
    }
done:
    az_arena_free(arena);
    return status;
}
