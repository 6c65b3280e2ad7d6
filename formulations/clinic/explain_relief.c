/* explain_relief.c - what would help: one member of staff, vehicle or booking more, a longer shift,
 * an open pass.
 *
 * Each candidate is a week of its own, changed in the words of the instance, over the tours of the
 * search for the plan. Its relaxation says whether it can bring anything; those that can are solved
 * once more for whole rounds, and what they bring is what these cost less than the plan. A row of
 * the plan's own relaxation without a price needs no test: one unit more of it brings nothing.
 *
 * In a lexicographic week prices are multiplied until each level outweighs those below it, so that
 * one relaxation does for all levels; what is told is in the instance's own money. */
#include <math.h>
#include <string.h>

#include "formulations/clinic/explain.h"
#include "formulations/clinic/explain_change.h"
#include "formulations/clinic/improve.h"
#include "formulations/clinic/resolve.h"
#include "solver/tolerances.h"

#define MOST_TESTS 60  /* candidates */
#define ROUNDS 60      /* of pricing, for a relaxation */
#define NODES 8        /* of a tree for whole rounds */
#define WORTH 1e-4     /* of the money scale: gains below are none */
#define BASE_SHARE 0.3 /* of the time, for the plan's own relaxation */
#define STEPS 600      /* of a search, where that has not ended */
#define HEAT 0.3       /* ... which stays near the plan */
#define SURE 0.01      /* of the plan's money: a search is not good for less */
#define OUTWEIGHS 10.0 /* times what lies below */

struct weights {
    double unserved, changes;
};

/* A week and its relaxation. */
struct week {
    struct cl_instance *cl; /* with multiplied prices */
    struct cl_ground ground;
    struct cl_master *master;
    bool converged;
    double value;
    const double *pi;
    size_t column_count;
    const struct az_block_column *columns;
};

struct reliever {
    struct cl_explainer *e;
    const struct cl_search *search; /* of the plan */
    struct az_arena *arena;
    struct weights weights;
    struct week base;
    double plan_jpy;     /* of the plan, its balance apart */
    double plan_visits;  /* left out */
    double plan_ordered; /* with multiplied prices */
    size_t count, capacity;
    struct cl_candidate *items;
    size_t relief_capacity;
    const struct cl_plan *plan;
    struct az_judgement plan_order;
};

/* --- the order in one sum -----------------------------------------------------------------------
 */

static struct weights weights_of(const struct cl_instance *cl)
{
    struct weights weights = { 1, 1 };
    if (cl->objective != CL_LEXICOGRAPHIC) return weights;
    double least_change = INFINITY, changes = 0, least_site = INFINITY;
    for (size_t a = 0; a < cl->appointment_count; a++) {
        double price = cl_promise_jpy(cl, a);
        if (cl->appointment[a].status != CL_CONFIRMED || !(price > 0)) continue;
        least_change = fmin(least_change, price);
        changes += price;
    }
    for (size_t i = 0; i < cl->sites.count; i++)
        if (cl->sites.items[i].left_out_jpy > 0)
            least_site = fmin(least_site, cl->sites.items[i].left_out_jpy);
    double scale = OUTWEIGHS * fmax(1, cl->scale);
    if (isfinite(least_change)) weights.changes = fmax(1, scale / least_change);
    if (isfinite(least_site))
        weights.unserved = fmax(1, (scale + weights.changes * changes) / least_site);
    return weights;
}

/* A copy of a resolved instance with multiplied prices. */
static enum az_status weigh(const struct cl_instance *cl, const struct weights *weights,
                            struct az_arena *arena, struct cl_instance **out)
{
    struct cl_instance *copy = AZ_NEW(arena, struct cl_instance);
    struct cl_site *sites = AZ_ARRAY(arena, cl->sites.count, struct cl_site);
    struct cl_appointment *promises = AZ_ARRAY(arena, cl->appointment_count, struct cl_appointment);
    if (!copy || !sites || !promises) return AZ_NO_MEMORY;
    *copy = *cl;
    for (size_t i = 0; i < cl->sites.count; i++) {
        sites[i] = cl->sites.items[i];
        sites[i].left_out_jpy *= weights->unserved;
    }
    for (size_t a = 0; a < cl->appointment_count; a++) {
        promises[a] = cl->appointment[a];
        promises[a].change_price_jpy = cl_promise_jpy(cl, a) * weights->changes;
    }
    copy->sites.items = sites;
    copy->appointment = promises;
    *out = copy;
    return AZ_OK;
}

/* --- tours of one week in another ---------------------------------------------------------------
 */

/* Is it the same crew? Staff that are there in both have the same indices. */
static bool is_same_crew(const struct cl_ground *a, const struct cl_team *x,
                         const struct cl_ground *b, const struct cl_team *y)
{
    if (x->day != y->day || x->vehicle != y->vehicle || x->crew != y->crew ||
        x->member_count != y->member_count)
        return false;
    for (size_t m = 0; m < x->member_count; m++) {
        const struct cl_staff_class *p = &a->teams.classes[x->classes[m]];
        const struct cl_staff_class *q = &b->teams.classes[y->classes[m]];
        if (p->from_s != q->from_s ||
            a->teams.groups[p->group].staff[0] != b->teams.groups[q->group].staff[0])
            return false;
    }
    return true;
}

/* The tour with the crew's index there; false when there is none, or it cannot do it. */
static bool take_over(const struct cl_ground *from, const struct cl_ground *to,
                      struct cl_tour *tour)
{
    const struct cl_team *team = &from->teams.items[tour->team];
    size_t t = to->teams.day_first[team->day], end = to->teams.day_first[team->day + 1];
    while (t < end && !is_same_crew(from, team, to, &to->teams.items[t])) t++;
    if (t == end) return false;
    tour->team = t;
    return cl_tour_time(to, tour);
}

/* The search's tours as columns of a week. */
static enum az_status first_columns(const struct reliever *r, const struct week *week,
                                    struct az_arena *arena, struct az_block_columns *columns)
{
    const struct cl_search *search = r->search;
    bool same_ways = week->ground.ways.count == search->ground.ways.count;
    size_t count = r->base.master ? r->base.column_count : search->pool.count;
    for (size_t k = 0; k < count && same_ways; k++) {
        const struct cl_tour *old =
            r->base.master ? r->base.columns[k].data : search->pool.items[k];
        struct cl_tour *tour = AZ_NEW(arena, struct cl_tour);
        struct cl_tour_stop *stops = AZ_ARRAY(arena, old->count, struct cl_tour_stop);
        struct az_block_column column;
        if (!tour || !stops) return AZ_NO_MEMORY;
        *tour = *old;
        tour->stops = memcpy(stops, old->stops, old->count * sizeof *stops);
        if (!take_over(&search->ground, &week->ground, tour)) continue;
        AZ_TRY(cl_master_column(week->master, tour, arena, &column));
        AZ_TRY(az_block_columns_add(columns, &column));
    }
    return AZ_OK;
}

/* --- relaxations --------------------------------------------------------------------------------
 */

/* The value of a week's relaxation, and the columns that it was reached with. */
static enum az_status relax(const struct reliever *r, const struct az_context *context,
                            struct az_arena *arena, struct week *week)
{
    struct az_colgen_options options = { .cutoff = NAN, .node_limit = -1, .round_limit = ROUNDS };
    struct az_block_columns columns = { .arena = arena };
    struct az_colgen_result result;
    double changes_max = week->cl->mode == CL_EXACT ? 0 : INFINITY;
    AZ_TRY(cl_master_new(&week->ground, CL_MEASURE_SUM, INFINITY, changes_max, context, arena,
                         &week->master));
    /* The rows of vehicles and staff say how often a crew goes out; theirs is the price. */
    for (size_t t = 0; t < week->ground.teams.count; t++) week->master->blocks[t].max++;
    AZ_TRY(first_columns(r, week, arena, &columns));
    options.columns = columns.items;
    options.column_count = columns.count;
    if (r->base.pi && r->base.master->model->row_count == week->master->model->row_count)
        options.pi = r->base.pi;
    AZ_TRY(az_colgen_solve(&week->master->problem, &options, r->e->engine, context, NULL, arena,
                           &result));
    week->converged = result.root_converged && result.status != AZ_SOLVE_INFEASIBLE;
    week->value = result.root_objective;
    week->pi = result.pi;
    week->columns = result.columns;
    week->column_count = result.column_count;
    return AZ_OK;
}

/* What a solution of whole rounds costs, and the visits that it leaves out. */
static void count_solution(const struct week *week, const struct cl_instance *cl,
                           const struct az_colgen_result *result, double *jpy, double *visits)
{
    const struct cl_master *master = week->master;
    const struct cl_ways *ways = &week->ground.ways;
    double changes = 0;
    *jpy = *visits = 0;
    for (size_t a = 0; a < cl->appointment_count; a++)
        if (cl->appointment[a].status == CL_CONFIRMED && cl->appointment[a].day != AZ_NO_INDEX)
            changes += cl->appointment[a].change_price_jpy;
    for (size_t k = 0; k < result->solution_count; k++) {
        const struct cl_tour *tour = result->solution_columns[k]->data;
        double times = result->solution_values[k];
        *jpy += times * tour->cost_jpy;
        for (size_t s = 0; s < tour->count; s++) {
            if (tour->stops[s].kind != CL_STOP_VISIT) continue;
            size_t kept = ways->items[tour->stops[s].index].kept;
            if (kept != AZ_NO_INDEX) changes -= times * cl->appointment[kept].change_price_jpy;
        }
    }
    for (size_t o = 0; o < master->online_count; o++) {
        const struct cl_way *way = &ways->items[master->online_way[o]];
        double value = result->x[master->online_column + o];
        *jpy += value * way->cost_jpy;
        if (way->kept != AZ_NO_INDEX)
            changes -= value * cl->appointment[way->kept].change_price_jpy;
    }
    for (size_t i = 0; i < cl->sites.count; i++) {
        const struct cl_site *site = &cl->sites.items[i];
        for (size_t p = 0; p < site->pattern_count; p++)
            *jpy += site->pattern[p].price_jpy * result->x[master->pattern_column[i] + p];
        if (master->left_out_column[i] == AZ_NO_INDEX) continue;
        double value = result->x[master->left_out_column[i]];
        *jpy += value * site->left_out_jpy;
        *visits += value * (double)cl_visits_left(site);
    }
    *jpy += changes;
}

/* --- candidates, one by one ---------------------------------------------------------------------
 */

static enum az_status add_candidate(struct reliever *r, struct cl_candidate candidate)
{
    if (r->count == r->capacity) {
        r->capacity = 2 * r->capacity + 32;
        r->items = az_arena_grow(r->arena, r->items, r->count, r->capacity, sizeof *r->items);
        if (!r->items) return AZ_NO_MEMORY;
    }
    size_t at = r->count++; /* the most promising first; the earlier of equal ones */
    for (; at > 0 && r->items[at - 1].price < candidate.price; at--)
        r->items[at] = r->items[at - 1];
    r->items[at] = candidate;
    return AZ_OK;
}

/* What one unit more of a row brings at most: its price in the relaxation. */
static double price_of(const struct reliever *r, size_t row)
{
    if (row == AZ_NO_INDEX || !r->base.converged || !r->base.pi) return INFINITY;
    return fabs(r->base.pi[row]);
}

static double tolerance_of(const struct reliever *r)
{
    return fmax(1, WORTH * r->e->cl->scale);
}

static bool is_same_kind(const struct cl_staff *a, const struct cl_shift *x,
                         const struct cl_staff *b, const struct cl_shift *y)
{
    return a->skill_set == b->skill_set && x->hours.from_s == y->hours.from_s &&
           x->hours.until_s == y->hours.until_s && x->break_s == y->break_s &&
           x->break_from_s == y->break_from_s && x->break_until_s == y->break_until_s;
}

/* Who is alike works at the same hours: one of them is enough. */
static bool is_first_of_kind(const struct cl_instance *cl, size_t member, size_t day)
{
    const struct cl_staff *staff = &cl->staff.items[member];
    const struct cl_shift *shift = &staff->shifts.items[cl_usual_shift(cl, staff, day)];
    for (size_t k = 0; k < member; k++) {
        const struct cl_staff *other = &cl->staff.items[k];
        if (other->shifts.count > 0 &&
            is_same_kind(staff, shift, other, &other->shifts.items[cl_usual_shift(cl, other, day)]))
            return false;
    }
    return true;
}

/* The price of a member more who is like one that is there, where crews of two like them need no
 * new ones. */
static double member_price(const struct reliever *r, size_t member, size_t day)
{
    const struct cl_teams *teams = &r->base.ground.teams;
    const struct cl_instance *cl = r->e->cl;
    size_t seats = 0;
    for (size_t v = 0; v < cl->vehicles.count; v++)
        if ((size_t)cl->vehicles.items[v].seat_count > seats)
            seats = (size_t)cl->vehicles.items[v].seat_count;
    for (size_t g = 0; g < teams->group_count; g++) {
        if (teams->groups[g].day != day || teams->groups[g].count < seats) continue;
        for (size_t k = 0; k < teams->groups[g].count; k++)
            if (teams->groups[g].staff[k] == member)
                return price_of(r, r->base.master->group_row[g]);
    }
    return INFINITY;
}

static enum az_status list_day(struct reliever *r, size_t day)
{
    const struct cl_instance *cl = r->e->cl;
    size_t days = (size_t)cl->days;
    for (size_t k = 0; k < cl->crews.count; k++)
        AZ_TRY(add_candidate(r, (struct cl_candidate){ CL_CHANGE_CREW, k, day, 0, INFINITY }));
    for (size_t k = 0; k < cl->staff.count && !cl->crews.items; k++) {
        if (cl->staff.items[k].shifts.count == 0 || !is_first_of_kind(cl, k, day)) continue;
        size_t shift = cl_usual_shift(cl, &cl->staff.items[k], day);
        AZ_TRY(add_candidate(
            r, (struct cl_candidate){ CL_CHANGE_MEMBER, k, day, shift, member_price(r, k, day) }));
    }
    for (size_t v = 0; v < cl->vehicles.count; v++) {
        size_t row = r->base.master->vehicle_row[v * days + day];
        bool out = cl->vehicles.items[v].fleet[day] == 0;
        AZ_TRY(add_candidate(
            r, out ? (struct cl_candidate){ CL_CHANGE_REPAIR, v, day, 0, INFINITY }
                   : (struct cl_candidate){ CL_CHANGE_VEHICLE, v, day, 0, price_of(r, row) }));
    }
    return AZ_OK;
}

static enum az_status list_candidates(struct reliever *r)
{
    const struct cl_instance *cl = r->e->cl;
    const struct cl_ways *ways = &r->base.ground.ways;
    for (size_t d = cl->first_day; d < (size_t)cl->days; d++) AZ_TRY(list_day(r, d));
    for (size_t k = 0; k < cl->staff.count; k++)
        if (cl->staff.items[k].shifts.count > 0)
            AZ_TRY(add_candidate(r, (struct cl_candidate){ CL_CHANGE_SHIFT, k, 0, 0, INFINITY }));
    for (size_t c = 0; c < cl->closures.count; c++)
        if (cl->closures.items[c].days >> cl->first_day)
            AZ_TRY(add_candidate(r, (struct cl_candidate){ CL_CHANGE_CLOSURE, c, 0, 0, INFINITY }));
    for (size_t s = 0; s < ways->slot_count; s++)
        AZ_TRY(add_candidate(r, (struct cl_candidate){ CL_CHANGE_BOOKING, s, ways->slots[s].day, 0,
                                                       price_of(r, r->base.master->slot_row[s]) }));
    return AZ_OK;
}

/* The week with the change; *plain: with its own prices. */
static enum az_status make_week(const struct reliever *r, const struct cl_candidate *it,
                                struct az_arena *arena, struct cl_instance **plain,
                                struct week *week)
{
    void *copy;
    struct az_findings findings;
    *week = (struct week){ .value = NAN };
    az_findings_init(&findings, arena, 0);
    AZ_TRY(az_copy(&cl_instance_table, r->e->cl, arena, &copy));
    *plain = copy;
    AZ_TRY(cl_change(*plain, it, arena));
    AZ_TRY(az_link(&cl_instance_table, *plain, NULL, NULL, arena, &findings));
    AZ_TRY(cl_resolve(*plain, arena, &findings, &findings));
    if (!(*plain)->roads) return AZ_INTERNAL;
    cl_change_after(*plain, it);
    AZ_TRY(weigh(*plain, &r->weights, arena, &week->cl));
    AZ_TRY(cl_ground_of(week->cl, arena, &week->ground));
    if (it->kind == CL_CHANGE_BOOKING) week->ground.ways.slots[it->index].capacity++;
    return AZ_OK;
}

/* --- telling ------------------------------------------------------------------------------------
 */

static enum az_status add_relief(struct reliever *r, const struct cl_candidate *it, double gain,
                                 double visits)
{
    struct az_explanation *to = r->e->explanation;
    struct az_arena *arena = r->e->arena;
    struct az_path parts[3];
    const struct az_path *path = cl_change_path(r->e->cl, &r->base.ground.ways, it, parts);
    struct az_words what = cl_change_words(r->e->cl, &r->base.ground.ways, it, r->e->arena);
    long more = lround(visits);
    if (!what.en || !what.ja) return AZ_NO_MEMORY;
    struct az_relief relief = { .pointer = az_path_pointer(path, arena),
                                .place = az_path_place(path, arena),
                                .words = what,
                                .gain = gain };
    if (more > 0)
        relief.words =
            (struct az_words){ az_arena_format(arena, "%s: %ld %s more", what.en, more,
                                               more == 1 ? "visit" : "visits"),
                               az_arena_format(arena, "%s: 訪問が %ld 件増えます", what.ja, more) };
    if (!relief.pointer || !relief.place || !relief.words.en || !relief.words.ja)
        return AZ_NO_MEMORY;
    if (to->reliefs.count == r->relief_capacity) {
        r->relief_capacity = 2 * r->relief_capacity + 16;
        to->reliefs.items = az_arena_grow(arena, to->reliefs.items, to->reliefs.count,
                                          r->relief_capacity, sizeof *to->reliefs.items);
        if (!to->reliefs.items) return AZ_NO_MEMORY;
    }
    size_t at = to->reliefs.count++;
    for (; at > 0 && to->reliefs.items[at - 1].gain < gain; at--)
        to->reliefs.items[at] = to->reliefs.items[at - 1];
    to->reliefs.items[at] = relief;
    return AZ_OK;
}

/* --- tests --------------------------------------------------------------------------------------
 */

/* Whole rounds of a week whose relaxation is better. *proven: there are none better. */
static enum az_status solve_whole(const struct reliever *r, const struct az_context *context,
                                  const struct week *week, struct az_arena *arena,
                                  struct az_colgen_result *result)
{
    struct az_colgen_options options = { .cutoff = r->plan_ordered - 0.5,
                                         .node_limit = NODES,
                                         .columns = week->columns,
                                         .column_count = week->column_count,
                                         .gap_abs = 1,
                                         .pi = week->pi };
    return az_colgen_solve(&week->master->problem, &options, r->e->engine, context, NULL, arena,
                           result);
}

/* *known: what it brings is known. */
static enum az_status test(struct reliever *r, const struct cl_candidate *it,
                           const struct az_context *context, struct az_arena *arena, bool *known)
{
    struct week week;
    struct cl_instance *plain;
    struct az_colgen_result result;
    double jpy, visits, tolerance = tolerance_of(r);
    *known = false;
    AZ_TRY(make_week(r, it, arena, &plain, &week));
    AZ_TRY(relax(r, context, arena, &week));
    if (!week.converged) return AZ_OK;
    if (r->base.converged && week.value > r->base.value - tolerance) {
        *known = true;
        return AZ_OK;
    }
    AZ_TRY(solve_whole(r, context, &week, arena, &result));
    *known = result.status == AZ_SOLVE_OPTIMAL || result.bound >= r->plan_ordered - tolerance;
    if (result.solution_count == 0 && !(result.x && isfinite(result.objective))) return AZ_OK;
    if (!isfinite(result.objective) || result.objective > r->plan_ordered - tolerance) return AZ_OK;
    count_solution(&week, plain, &result, &jpy, &visits);
    return add_relief(r, it, r->plan_jpy - jpy, r->plan_visits - visits);
}

/* --- tests by search -----------------------------------------------------------------------------
 * Where the week is too large for its relaxation in the time: what a plan is found to bring.
 */

/* The best plan of a week that a search from the plan finds. */
static enum az_status search_on(const struct reliever *r, struct cl_instance *week,
                                const struct cl_ground *ground, struct az_arena *arena,
                                struct cl_keeper *keeper)
{
    struct az_context context = cl_explain_share(r->e, 1);
    struct az_run run;
    struct az_run_options options = { .sense = AZ_MINIMIZE,
                                      .gap_abs = 1,
                                      .money_scale = week->scale };
    struct cl_search search = { .cl = week,
                                .ground = *ground,
                                .engine = r->e->engine,
                                .context = &context,
                                .run = &run,
                                .arena = arena };
    struct cl_week from;
    struct cl_improver *improver = NULL;
    search.ground.cl = week;
    *keeper = (struct cl_keeper){ .cl = week, .arena = arena, .run = &run };
    az_run_begin(&run, &context, r->e->engine, &options);
    run.judge = cl_keep_plan;
    run.data = keeper;
    AZ_TRY(cl_week_of_plan(&search.ground, r->plan, arena, &from));
    AZ_TRY(cl_improver_new(&search, &from, &improver));
    enum az_status status = improver ? cl_improver_run(improver, STEPS, HEAT, 1) : AZ_OK;
    cl_improver_free(improver);
    keeper->run = NULL;
    return status;
}

static double visits_left(const struct cl_instance *cl, const struct cl_plan *plan)
{
    double visits = 0;
    for (size_t u = 0; u < plan->unserved.count; u++) {
        const struct cl_site *site = &cl->sites.items[plan->unserved.items[u].site.index];
        visits += (double)cl_visits_left(site);
    }
    return visits;
}

static enum az_status try_one(struct reliever *r, const struct cl_candidate *it,
                              struct az_arena *arena)
{
    struct week week;
    struct cl_instance *plain;
    struct cl_keeper keeper;
    AZ_TRY(make_week(r, it, arena, &plain, &week));
    AZ_TRY(search_on(r, plain, &week.ground, arena, &keeper));
    if (!keeper.plan) return AZ_OK;
    double jpy = keeper.judgement.cost + keeper.judgement.penalty;
    double visits = visits_left(plain, keeper.plan), more = r->plan_visits - visits;
    bool better =
        az_judgement_is_better(AZ_MINIMIZE, r->e->cl->scale, &keeper.judgement, &r->plan_order);
    if (!better || (more <= 0 && r->plan_jpy - jpy <= SURE * r->plan_jpy)) return AZ_OK;
    return add_relief(r, it, r->plan_jpy - jpy, more);
}

/* All that fit the time; what helps less than the search is good for is not told. */
static enum az_status try_all(struct reliever *r)
{
    struct az_arena *own = az_arena_new(NULL);
    struct cl_keeper keeper;
    if (!own) return AZ_NO_MEMORY;
    struct cl_instance same = *r->e->cl;
    enum az_status status = search_on(r, &same, &r->search->ground, own, &keeper);
    if (status == AZ_OK && keeper.plan &&
        az_judgement_is_better(AZ_MINIMIZE, same.scale, &keeper.judgement, &r->plan_order)) {
        r->plan_order = az_judgement_order(&keeper.judgement);
        r->plan_visits = visits_left(&same, keeper.plan);
    }
    az_arena_free(own);
    r->plan_jpy = r->plan_order.cost + r->plan_order.penalty;
    for (size_t k = 0; k < r->count && k < MOST_TESTS && status == AZ_OK; k++) {
        if (az_must_stop(r->e->context)) break;
        struct az_arena *arena = az_arena_new(NULL);
        status = arena ? try_one(r, &r->items[k], arena) : AZ_NO_MEMORY;
        az_arena_free(arena);
    }
    return status;
}

static enum az_status test_all(struct reliever *r)
{
    struct cl_explainer *e = r->e;
    bool all = r->base.converged;
    size_t tests = 0;
    for (size_t k = 0; k < r->count; k++) {
        const struct cl_candidate *it = &r->items[k];
        if (it->price <= tolerance_of(r)) continue;
        if (tests++ == MOST_TESTS || az_must_stop(e->context)) {
            all = false;
            break;
        }
        bool known = false;
        struct az_arena *arena = az_arena_new(NULL);
        if (!arena) return AZ_NO_MEMORY;
        enum az_status status = test(r, it, e->context, arena, &known);
        az_arena_free(arena);
        AZ_TRY(status);
        all = all && known;
    }
    e->explanation->all_limits = all;
    return AZ_OK;
}

/* The plan's money without what it pays for the balance, which no relaxation knows. */
static void measure_plan(struct reliever *r, const struct cl_keeper *keeper)
{
    const struct az_judgement *judgement = &keeper->judgement;
    const struct cl_instance *cl = r->e->cl;
    double left_out = 0;
    r->plan = keeper->plan;
    r->plan_order = az_judgement_order(judgement);
    r->plan_jpy = judgement->cost + judgement->penalty;
    for (size_t i = 0; i < judgement->money.count; i++)
        if (strcmp(judgement->money.items[i].code, "balance") == 0)
            r->plan_jpy -= judgement->money.items[i].amount;
    for (size_t u = 0; u < keeper->plan->unserved.count; u++) {
        const struct cl_site *site = &cl->sites.items[keeper->plan->unserved.items[u].site.index];
        left_out += site->left_out_jpy;
        r->plan_visits += (double)cl_visits_left(site);
    }
    r->plan_ordered = r->plan_jpy + (r->weights.unserved - 1) * left_out;
    if (cl->objective == CL_LEXICOGRAPHIC)
        r->plan_ordered += (r->weights.changes - 1) * judgement->rank[1];
}

enum az_status cl_explain_reliefs(struct cl_explainer *e, const struct cl_search *search,
                                  const struct cl_keeper *keeper, struct az_arena *arena)
{
    struct reliever r = { .e = e, .search = search, .arena = arena, .weights = weights_of(e->cl) };
    struct week base = { .value = NAN };
    measure_plan(&r, keeper);
    AZ_TRY(weigh(e->cl, &r.weights, arena, &base.cl));
    base.ground = search->ground;
    base.ground.cl = base.cl;
    struct az_context share = cl_explain_share(e, BASE_SHARE);
    AZ_TRY(relax(&r, &share, arena, &base));
    r.base = base;
    AZ_TRY(list_candidates(&r));
    return base.converged ? test_all(&r) : try_all(&r);
}
