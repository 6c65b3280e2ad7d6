/* cuts.c - three-site cuts: of three sites that are visited once each, rounds that visit two or
 * three of them are at most one (subset rows: Jepsen, Petersen, Spoorendonk, Pisinger 2008). Of one
 * day every site is visited once; of the week those that no pattern visits twice. */
#include <math.h>
#include <stdlib.h>

#include "formulations/clinic/columns.h"

#define CUTS 20         /* a round of separation */
#define CUT_BROKEN 0.05 /* by so much at least */
#define FEW_SITES 60    /* up to so many cuts remember everything */

double cl_coefficient(void *data, const struct az_master_row *row,
                      const struct az_block_column *column)
{
    const struct cl_master *master = data;
    const struct cl_cut *cut = row->data;
    if (!cl_cut_is_of(cut, master->ground->teams.items[column->block].day)) return 0;
    return cl_cut_visits(master->ground, cut, column->data);
}

struct broken {
    struct cl_cut cut;
    double by;
};

struct separation {
    const struct cl_master *master;
    const struct az_master_solution *solution;
    struct az_arena *arena;
    bool *once; /* [sites] no pattern has two days that are left */
    size_t count, capacity;
    struct broken *found;
};

static int by_breach(const void *a, const void *b)
{
    const struct broken *x = a, *y = b;
    if (x->by != y->by) return x->by > y->by ? -1 : 1;
    for (int s = 0; s < 3; s++)
        if (x->cut.site[s] != y->cut.site[s]) return x->cut.site[s] < y->cut.site[s] ? -1 : 1;
    return (x->cut.day > y->cut.day) - (x->cut.day < y->cut.day);
}

/* The site of a stop, or AZ_NO_INDEX. */
static size_t site_of(const struct cl_ground *ground, const struct cl_tour_stop *stop)
{
    return stop->kind == CL_STOP_VISIT ? ground->ways.items[stop->index].site : AZ_NO_INDEX;
}

/* The tour of a column when the cut is of its day; NULL otherwise. */
static const struct cl_tour *tour_for(const struct separation *s, size_t k,
                                      const struct cl_cut *cut)
{
    const struct cl_tour *tour = s->solution->columns[k]->data;
    size_t day = s->master->ground->teams.items[tour->team].day;
    return cl_cut_is_of(cut, day) ? tour : NULL;
}

/* How much rounds of the day visit both of two sites. */
static void go_together(const struct separation *s, const struct cl_cut *cut, double together[])
{
    const struct cl_ground *ground = s->master->ground;
    size_t n = ground->cl->sites.count;
    for (size_t k = 0; k < s->solution->count; k++) {
        const struct cl_tour *tour = tour_for(s, k, cut);
        for (size_t a = 0; tour && a < tour->count; a++)
            for (size_t b = a + 1; b < tour->count; b++) {
                size_t i = site_of(ground, &tour->stops[a]), j = site_of(ground, &tour->stops[b]);
                if (i == AZ_NO_INDEX || j == AZ_NO_INDEX) continue;
                together[i * n + j] += s->solution->values[k];
                together[j * n + i] += s->solution->values[k];
            }
    }
}

static enum az_status look_at(struct separation *s, const struct cl_cut *cut)
{
    double activity = 0;
    for (size_t k = 0; k < s->solution->count; k++) {
        const struct cl_tour *tour = tour_for(s, k, cut);
        if (tour) activity += s->solution->values[k] * cl_cut_visits(s->master->ground, cut, tour);
    }
    if (activity <= 1 + CUT_BROKEN) return AZ_OK;
    if (s->count == s->capacity) {
        s->capacity = 2 * s->capacity + 64;
        s->found = az_arena_grow(s->arena, s->found, s->count, s->capacity, sizeof *s->found);
        if (!s->found) return AZ_NO_MEMORY;
    }
    s->found[s->count++] = (struct broken){ .cut = *cut, .by = activity - 1 };
    return AZ_OK;
}

/* Of a day, AZ_NO_INDEX: of the week. Only three sites can be broken of which pairs go together. */
static enum az_status break_day(struct separation *s, size_t day)
{
    size_t n = s->master->ground->cl->sites.count;
    bool week = day == AZ_NO_INDEX;
    struct cl_cut cut = { .day = day };
    double *together = AZ_ARRAY(s->arena, n * n, double);
    if (!together) return AZ_NO_MEMORY;
    go_together(s, &cut, together);
    for (size_t i = 0; i < n; i++)
        for (size_t j = i + 1; j < n; j++)
            for (size_t l = j + 1; l < n; l++) {
                double pairs = together[i * n + j] + together[j * n + l] + together[i * n + l];
                bool once = s->once[i] && s->once[j] && s->once[l];
                if (pairs <= 1 + CUT_BROKEN || once != week) continue;
                cut.site[0] = i;
                cut.site[1] = j;
                cut.site[2] = l;
                AZ_TRY(look_at(s, &cut));
            }
    return AZ_OK;
}

static enum az_status list_once(struct separation *s)
{
    const struct cl_instance *cl = s->master->ground->cl;
    s->once = AZ_ARRAY(s->arena, cl->sites.count, bool);
    if (!s->once) return AZ_NO_MEMORY;
    for (size_t i = 0; i < cl->sites.count; i++) {
        const struct cl_site *site = &cl->sites.items[i];
        s->once[i] = true;
        for (size_t p = 0; p < site->pattern_count; p++)
            if (__builtin_popcount(site->pattern[p].days & ~site->done) > 1) s->once[i] = false;
    }
    return AZ_OK;
}

/* --- memory --- */

/* The sites between two visits that count together. */
static void remember_tour(const struct cl_ground *ground, const struct cl_tour *tour,
                          const struct cl_cut *cut, uint64_t memory[])
{
    size_t first = AZ_NO_INDEX;
    for (size_t k = 0; k < tour->count; k++) {
        size_t site = site_of(ground, &tour->stops[k]);
        if (site != cut->site[0] && site != cut->site[1] && site != cut->site[2]) continue;
        if (first == AZ_NO_INDEX) {
            first = k;
            continue;
        }
        for (size_t b = first; b <= k; b++) {
            size_t between = site_of(ground, &tour->stops[b]);
            if (between != AZ_NO_INDEX) memory[between / 64] |= 1ull << (between % 64);
        }
        first = AZ_NO_INDEX;
    }
}

/* As little memory as breaks the solution as much. */
static enum az_status remember(const struct separation *s, struct cl_cut *cut)
{
    const struct cl_ground *ground = s->master->ground;
    size_t sites = ground->cl->sites.count;
    if (sites <= FEW_SITES) return AZ_OK;
    uint64_t *memory = AZ_ARRAY(s->master->arena, (sites + 63) / 64, uint64_t);
    if (!memory) return AZ_NO_MEMORY;
    for (int k = 0; k < 3; k++) memory[cut->site[k] / 64] |= 1ull << (cut->site[k] % 64);
    for (size_t k = 0; k < s->solution->count; k++) {
        const struct cl_tour *tour = tour_for(s, k, cut);
        if (tour) remember_tour(ground, tour, cut, memory);
    }
    cut->memory = memory;
    return AZ_OK;
}

enum az_status cl_separate(void *data, const struct az_master_solution *solution,
                           struct az_master_row_list *out)
{
    const struct cl_master *master = data;
    const struct cl_instance *cl = master->ground->cl;
    struct separation s = { .master = master, .solution = solution, .arena = out->arena };
    if (!solution->pi) return AZ_OK; /* integral: no cut is broken */
    AZ_TRY(list_once(&s));
    AZ_TRY(break_day(&s, AZ_NO_INDEX));
    for (size_t d = cl->first_day; d < (size_t)cl->days; d++) AZ_TRY(break_day(&s, d));
    if (s.count > 0) qsort(s.found, s.count, sizeof *s.found, by_breach);
    for (size_t k = 0; k < s.count && k < CUTS; k++) {
        struct cl_cut *cut = AZ_NEW(master->arena, struct cl_cut);
        if (!cut) return AZ_NO_MEMORY;
        *cut = s.found[k].cut;
        AZ_TRY(remember(&s, cut));
        struct az_master_row row = { .lower = -INFINITY, .upper = 1, .data = cut };
        AZ_TRY(az_master_row_list_add(out, &row));
    }
    return AZ_OK;
}
