/* test_clinic_pricing.c - pricing of one crew's rounds against every round there is: random prices,
 * decisions and cuts on random tiny weeks; labels from both ends, forwards and backwards alone. */
#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "formulations/clinic/columns.h"
#include "tests/support/cl_case.h"
#include "tests/support/cl_random.h"
#include "tests/support/suite.h"

#ifdef __SANITIZE_ADDRESS__
#define WEEKS 12
#else
#define WEEKS 60
#endif
#define MOST_ROUNDS 100000.0 /* tried by hand for one crew */
#define SITES 5
#define DRAWS 10 /* of a crew: the first as it is, then with other hours */
#define CUTS 3
#define CLOSE 1e-6

/* --- every round there is ------------------------------------------------------------------------
 */

struct trial {
    const struct cl_ground *ground;
    const struct cl_round_prices *prices;
    size_t team, site_count, site[SITES];
    size_t count, way[SITES]; /* visits so far, in order */
    struct cl_tour_stop stops[40];
    double best;
};

/* The hops of a gap, numbered: which charger, how often, which rest. */
static size_t hop_kinds(const struct trial *t)
{
    return isfinite(cl_range_km(t->ground, &t->ground->teams.items[t->team]))
               ? 1 + CL_MAX_CHARGES * t->ground->cl->chargers.count
               : 1;
}

static void try_tour(struct trial *t, const size_t kind[], size_t rest_gap, int rest, bool late)
{
    struct cl_tour tour = { .team = t->team, .late = late, .stops = t->stops };
    size_t at = 40;
    for (size_t gap = t->count + 1; gap-- > 0;) {
        size_t charger = kind[gap] == 0 ? AZ_NO_INDEX : (kind[gap] - 1) / CL_MAX_CHARGES;
        int charges = kind[gap] == 0 ? 0 : (int)((kind[gap] - 1) % CL_MAX_CHARGES) + 1;
        cl_put_hop(&tour, &at, charger, charges, gap == rest_gap ? rest : CL_REST_NONE);
        if (gap > 0)
            tour.stops[--at] =
                (struct cl_tour_stop){ .kind = CL_STOP_VISIT, .index = t->way[gap - 1] };
    }
    tour.stops += at;
    tour.count = 40 - at;
    if (!cl_tour_time(t->ground, &tour)) return;
    t->best = fmin(t->best, cl_round_reduced(t->ground, t->prices, &tour));
}

static bool is_forbidden(const struct trial *t)
{
    size_t n = t->ground->cl->sites.count, from = n;
    for (size_t k = 0; k <= t->count; k++) {
        size_t to = k < t->count ? t->ground->ways.items[t->way[k]].site : n;
        if (t->prices->forbidden && t->prices->forbidden[from * (n + 1) + to]) return true;
        from = to;
    }
    return false;
}

/* All hops between the visits at hand. */
static void try_hops(struct trial *t)
{
    size_t kinds = hop_kinds(t), kind[SITES + 1] = { 0 }, gaps = t->count + 1, at;
    bool rests = t->ground->teams.items[t->team].break_s > 0;
    if (is_forbidden(t)) return;
    do {
        try_tour(t, kind, gaps, CL_REST_NONE, false);
        if (rests) try_tour(t, kind, gaps, CL_REST_NONE, true);
        for (size_t gap = 0; rests && gap < gaps; gap++)
            for (int rest = CL_REST_BEFORE; rest <= CL_REST_ON_ARRIVAL; rest++) {
                if (rest == CL_REST_AT_CHARGER && kind[gap] == 0) continue;
                if (rest == CL_REST_ON_ARRIVAL && gap == t->count) continue;
                try_tour(t, kind, gap, rest, false);
            }
        for (at = 0; at < gaps && ++kind[at] == kinds; at++) kind[at] = 0;
    } while (at < gaps);
}

static void try_visits(struct trial *t)
{
    const struct cl_instance *cl = t->ground->cl;
    const struct cl_ways *ways = &t->ground->ways;
    const struct cl_team *team = &t->ground->teams.items[t->team];
    if (t->count > 0) try_hops(t);
    for (size_t s = 0; s < t->site_count; s++) {
        bool there = false;
        for (size_t k = 0; k < t->count; k++)
            there = there || ways->items[t->way[k]].site == t->site[s];
        if (there) continue;
        size_t day = t->site[s] * (size_t)cl->days + team->day;
        for (size_t w = ways->first[day]; w < ways->first[day + 1]; w++) {
            if (!cl_may_do(t->ground, team, &ways->items[w])) continue;
            if (t->prices->banned && t->prices->banned[w]) continue;
            t->way[t->count++] = w;
            try_visits(t);
            t->count--;
        }
    }
}

/* How many rounds there are of these sites, roughly. */
static double how_many(const struct trial *t)
{
    const struct cl_ways *ways = &t->ground->ways;
    double count = 2 + 6 * (double)t->site_count;
    for (size_t s = 0; s < t->site_count; s++) {
        size_t day = t->site[s] * (size_t)t->ground->cl->days + t->ground->teams.items[t->team].day;
        double of_site = (double)(ways->first[day + 1] - ways->first[day]);
        count *= fmax(1, of_site) * (double)(s + 1) * (double)hop_kinds(t);
    }
    return count;
}

/* --- random prices ------------------------------------------------------------------------------
 */

struct bid {
    struct cl_round_prices prices;
    struct cl_cut cut[CUTS];
    const struct cl_cut *cuts[CUTS];
    double cut_price[CUTS];
    uint64_t memory[CUTS];
};

static double between(struct az_random *random, double low, double high)
{
    return low + (high - low) * az_random_unit(random);
}

/* Prices of the sites of the trial; nobody goes to the others. */
static void draw(struct bid *bid, const struct trial *t, struct az_random *random,
                 struct az_arena *arena)
{
    const struct cl_ground *ground = t->ground;
    size_t sites = ground->cl->sites.count, n = sites + 1;
    double *visit = AZ_ARRAY(arena, sites, double);
    double *slot = AZ_ARRAY(arena, ground->ways.slot_count + 1, double);
    bool *forbidden = AZ_ARRAY(arena, n * n, bool);
    bool *banned = AZ_ARRAY(arena, ground->ways.count + 1, bool);
    for (size_t i = 0; i < sites; i++) visit[i] = -INFINITY;
    for (size_t s = 0; s < t->site_count; s++) visit[t->site[s]] = between(random, -2000, 25000);
    for (size_t s = 0; s < ground->ways.slot_count; s++)
        slot[s] = az_random_below(random, 2) ? 0 : between(random, -4000, 0);
    for (size_t k = 0; k < n * n; k++) forbidden[k] = az_random_below(random, 8) == 0;
    for (size_t w = 0; w < ground->ways.count; w++) banned[w] = az_random_below(random, 8) == 0;
    *bid = (struct bid){ .prices = { .cost = az_random_below(random, 6) ? 1 : 0,
                                     .kept = az_random_below(random, 2) ? 1 : 0,
                                     .round = between(random, -5000, 0),
                                     .visit = visit,
                                     .slot = slot,
                                     .below = INFINITY,
                                     .effort = CL_EFFORTS - 1,
                                     .limit = 1 } };
    if (az_random_below(random, 2)) bid->prices.forbidden = forbidden;
    if (az_random_below(random, 2)) bid->prices.banned = banned;
    bid->prices.cut_count = t->site_count < 3 ? 0 : az_random_below(random, CUTS + 1);
    for (size_t c = 0; c < bid->prices.cut_count; c++) {
        size_t out = az_random_below(random, t->site_count), k = 0;
        bid->cut[c].day = ground->teams.items[t->team].day;
        for (size_t s = 0; s < t->site_count && k < 3; s++)
            if (t->site_count == 3 || s != out) bid->cut[c].site[k++] = t->site[s];
        bid->memory[c] = az_random_next(random);
        for (k = 0; k < 3; k++) bid->memory[c] |= 1ull << bid->cut[c].site[k];
        if (az_random_below(random, 2)) bid->cut[c].memory = &bid->memory[c];
        bid->cuts[c] = &bid->cut[c];
        bid->cut_price[c] = between(random, -8000, 0);
    }
    bid->prices.cut = bid->cuts;
    bid->prices.cut_price = bid->cut_price;
    bid->prices.many = az_random_below(random, 2); /* with an outlook, or from both ends */
}

/* Another day's work for a crew: shorter, with a break at odd hours, with overtime. */
static void squeeze(struct cl_ground *ground, size_t index, struct az_random *random)
{
    struct cl_team *team = &ground->teams.items[index];
    int64_t day_s = team->limit_s - team->from_s;
    team->limit_s = team->from_s + (int64_t)(between(random, 0.3, 1) * (double)day_s);
    team->break_s = az_random_below(random, 2) ? (int64_t)between(random, 60, 5400) : 0;
    team->break_from_s = team->from_s + (int64_t)(between(random, -0.1, 0.7) * (double)day_s);
    team->break_until_s = team->break_from_s + (int64_t)between(random, 0, 7200);
    for (size_t m = 0; m < team->member_count; m++) {
        struct cl_staff_class *class = &ground->teams.classes[team->classes[m]];
        class->until_s = team->from_s + (int64_t)(between(random, 0.2, 1) * (double)day_s);
        class->overtime_jpy_per_s = az_random_below(random, 2) ? between(random, 0, 5) : 0;
    }
}

/* --- comparing ----------------------------------------------------------------------------------
 */

static double price(const struct trial *t, const struct cl_round_prices *prices, double *bound)
{
    struct az_arena *arena = az_arena_new(NULL), *scratch = az_arena_new(NULL);
    struct az_context context = az_context_default();
    struct cl_priced_round *rounds;
    size_t count;
    ck_assert_int_eq(cl_price_rounds(t->ground, t->team, prices, &context, arena, scratch, &count,
                                     &rounds, bound),
                     AZ_OK);
    double best = INFINITY;
    if (count > 0) {
        best = rounds[0].reduced;
        double again = cl_round_reduced(t->ground, prices, &rounds[0].tour);
        ck_assert_double_eq_tol(best, again, CLOSE);
    }
    az_arena_free(scratch);
    az_arena_free(arena);
    return best;
}

static bool is_near(double a, double b)
{
    return a == b || fabs(a - b) <= CLOSE;
}

/* One crew at random prices, all ways to price it. */
static void compare(const struct cl_ground *ground, size_t team, struct az_random *random)
{
    struct az_arena *arena = az_arena_new(NULL);
    struct trial t = { .ground = ground, .team = team, .best = INFINITY };
    bool has_range = isfinite(cl_range_km(ground, &ground->teams.items[team]));
    struct bid bid;
    size_t sites = ground->cl->sites.count, from = az_random_below(random, sites);
    for (size_t k = 0; k < sites && t.site_count < SITES; k++) {
        t.site[t.site_count++] = (from + k) % sites;
        if (how_many(&t) > MOST_ROUNDS) t.site_count--;
    }
    draw(&bid, &t, random, arena);
    t.prices = &bid.prices;
    try_visits(&t);
    for (int method = CL_PRICE_BOTH; method <= CL_PRICE_BACKWARDS; method++) {
        double bound, best;
        bool exact = method == CL_PRICE_FORWARDS || !has_range;
        bid.prices.method = method;
        best = price(&t, &bid.prices, &bound);
        if (exact ? !is_near(best, t.best) || !is_near(bound, t.best)
                  : best < t.best - CLOSE || bound > t.best + CLOSE)
            ck_abort_msg("crew %zu, method %d: %.9g, bound %.9g, by hand %.9g", team, method, best,
                         bound, t.best);
        if (!isfinite(t.best)) continue;
        /* only what pays is asked for: it is found, whatever the range */
        bid.prices.below = t.best + 1e-3;
        best = price(&t, &bid.prices, &bound);
        bid.prices.below = INFINITY;
        ck_assert_msg(is_near(best, t.best) && bound <= t.best + CLOSE,
                      "crew %zu, method %d: %.9g of %.9g pays", team, method, best, t.best);
    }
    az_arena_free(arena);
}

/* A bound of columns rests on the least reduced cost alone: a round that pricing does not see makes
 * it wrong, and nothing else would tell. */
START_TEST(pricing_finds_the_best_round_of_all)
{
    for (uint64_t seed = 1; seed <= WEEKS; seed++) {
        struct cl_case c = { 0 };
        struct cl_ground ground;
        struct az_random random;
        json_t *json = cl_random_instance(seed);
        cl_case_open_good(&c, json, "random");
        json_decref(json);
        az_random_seed(&random, seed);
        ck_assert_int_eq(cl_ground_of(c.cl, c.arena, &ground), AZ_OK);
        for (size_t team = 0; team < ground.teams.count; team++) {
            struct cl_team before = ground.teams.items[team];
            for (int draw = 0; draw < DRAWS; draw++) {
                if (draw > 0) squeeze(&ground, team, &random);
                compare(&ground, team, &random);
                ground.teams.items[team] = before;
            }
        }
        cl_case_close(&c);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("clinic_pricing");
    TCase *tests = tcase_create("pricing");
    tcase_set_timeout(tests, 120);
    tcase_add_test(tests, pricing_finds_the_best_round_of_all);
    suite_add_tcase(suite, tests);
    return test_suite_run(suite);
}
