/* test_clinic_properties.c - what must hold of any tiny week: the compact model and columns, which
 * share nothing but the instance, agree on every level, and the judge takes all their plans. */
#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "formulations/clinic/search.h"
#include "solver/tolerances.h"
#include "tests/support/cl_case.h"
#include "tests/support/cl_random.h"
#include "tests/support/engines.h"
#include "tests/support/folders.h"
#include "tests/support/suite.h"

#define WEEKS TEST_SOME(120)
#define LARGEST 60
#define TIGHT 1000 /* weeks drawn at most until so many have branched */
#define BRANCHED TEST_SOME(15)
#define SECONDS 1 /* of each solve: what is not proven by then is compared as far as it is */
#define GAP 0.5   /* JPY, asked of all */

/* --- solving -------------------------------------------------------------------------------------
 */

/* One solve: the best plan, what the judge says of it, the proof. */
struct solve {
    const struct cl_case *c;
    const char *name;
    struct az_run run;
    const struct cl_plan *plan;
    struct az_judgement judgement;
    struct az_proof proof;
};

static enum az_status judge(void *data, const void *plan, double *objective, bool *kept)
{
    struct solve *s = data;
    struct az_judgement judgement = { 0 };
    ck_assert_int_eq(cl_evaluate(s->c->cl, plan, s->c->arena, &judgement), AZ_OK);
    for (size_t i = 0; i < judgement.violations.count; i++)
        fprintf(stderr, "%s, %s: %s (%g)\n", s->name, judgement.violations.items[i].pointer,
                az_breach_words(&judgement.violations.items[i], AZ_ENGLISH, s->c->arena),
                judgement.violations.items[i].amount);
    *kept = false;
    if (judgement.violation_count > 0) return AZ_INVALID;
    *objective = judgement.cost + judgement.penalty;
    if (s->plan && !az_judgement_is_better(AZ_MINIMIZE, s->c->cl->scale, &judgement, &s->judgement))
        return AZ_OK;
    *kept = true;
    s->plan = plan;
    s->judgement = judgement;
    return AZ_OK;
}

static void begin(struct solve *s, const struct cl_case *c, struct az_context *context,
                  const char *engine, double seconds)
{
    struct az_run_options options = {
        .sense = AZ_MINIMIZE, .gap = 0, .gap_abs = GAP, .money_scale = c->cl->scale
    };
    *context = az_context_default();
    context->deadline = az_now(context) + seconds;
    s->c = c;
    az_run_begin(&s->run, context, engine_named(engine), &options);
    s->run.judge = judge;
    s->run.data = s;
}

static void solve(struct solve *s, const struct cl_case *c, const char *name, const char *method,
                  const char *engine, double seconds)
{
    struct az_context context;
    struct az_solve_options how = { .method = method };
    *s = (struct solve){ .name = name };
    begin(s, c, &context, engine, seconds);
    enum az_status status = cl_solve(c->cl, &how, &s->run, c->arena);
    if (status != AZ_OK) ck_abort_msg("%s: %s answers %s", name, method, az_status_code(status));
    ck_assert_msg(s->run.refused == 0, "%s: %s makes plans that the judge refuses", name, method);
    if (az_run_proof(&s->run, &s->proof) != AZ_OK)
        ck_abort_msg("%s: %s has a bound %.6f beyond its objective %.6f%s", name, method,
                     s->run.bound, s->run.objective,
                     s->run.infeasible ? ", and says that there is no plan" : "");
}

/* --- agreeing -----------------------------------------------------------------------------------
 */

static double bound_of(double bound)
{
    return isnan(bound) ? -INFINITY : bound;
}

/* [bound, objective] of two meet. True: both are proven and the same. */
static bool compare_level(const struct az_level *a, const struct az_level *b, double tolerance,
                          const char *name)
{
    if (bound_of(a->bound) > b->objective + tolerance ||
        bound_of(b->bound) > a->objective + tolerance)
        ck_abort_msg("%s: %s: compact [%.3f, %.3f], columns [%.3f, %.3f]", name, a->name, a->bound,
                     a->objective, b->bound, b->objective);
    if (!a->proven || !b->proven) return false;
    if (fabs(a->objective - b->objective) > 2 * tolerance)
        ck_abort_msg("%s: %s: compact %.3f, columns %.3f, both proven", name, a->name, a->objective,
                     b->objective);
    return true;
}

/* Each level is compared where those before are the same. */
static void compare(const struct solve *a, const struct solve *b, const char *name)
{
    double tolerance = GAP + 1e-5 * a->c->cl->scale;
    if ((a->proof.status == AZ_PLAN_INFEASIBLE && b->plan) ||
        (b->proof.status == AZ_PLAN_INFEASIBLE && a->plan))
        ck_abort_msg("%s: %s has a plan where %s proves that there is none", name,
                     a->plan ? a->run.method : b->run.method,
                     a->plan ? b->run.method : a->run.method);
    if (!a->plan || !b->plan) return;
    ck_assert_uint_eq(a->proof.level_count, b->proof.level_count);
    bool same = true;
    for (size_t i = 0; same && i < a->proof.level_count; i++)
        same = compare_level(&a->proof.levels[i], &b->proof.levels[i], tolerance, name);
    if (a->proof.level_count > 0) return;
    bool proven = a->proof.status == AZ_PLAN_OPTIMAL && b->proof.status == AZ_PLAN_OPTIMAL;
    struct az_level one = {
        .name = "sum", .objective = a->proof.objective, .bound = a->proof.bound, .proven = proven
    };
    struct az_level other = {
        .name = "sum", .objective = b->proof.objective, .bound = b->proof.bound, .proven = proven
    };
    compare_level(&one, &other, tolerance, name);
}

/* --- what was exercised -------------------------------------------------------------------------
 */

static struct {
    int plans, infeasible, unproven, both_proven, columns_proven;
    int breaks, charges, booked, waiting, online, closures, kept, changed, left_out, overtime;
    int branching;  /* trees of more than one node in which pricing saw a decision of the kind's */
    int tree_plans; /* plans that came of such a tree alone */
    int decided[3]; /* ... in which it saw one of this enum cl_decision */
} seen;

struct features {
    bool breaks, charges, booked, waiting;
};

static void look_at(const struct cl_stop *stop, const struct cl_instance *cl, struct features *has)
{
    has->breaks |= stop->kind == CL_STOP_BREAK;
    has->charges |= stop->kind == CL_STOP_CHARGE;
    has->booked |= stop->doctor != NULL;
    if (stop->kind != CL_STOP_VISIT || !stop->pharmacist) return;
    const struct cl_consultation *asked = cl->cares.items[stop->care.index].pharmacist;
    has->waiting |= stop->pharmacist->start.utc_s - stop->start.utc_s > asked->after_s;
}

static void count_features(const struct solve *s)
{
    const struct cl_plan *plan = s->plan;
    const struct cl_instance *cl = s->c->cl;
    struct features has = { .breaks = false };
    int confirmed = 0;
    seen.infeasible += s->proof.status == AZ_PLAN_INFEASIBLE;
    seen.unproven += s->proof.status != AZ_PLAN_INFEASIBLE && s->proof.status != AZ_PLAN_OPTIMAL;
    if (!plan) return;
    seen.plans++;
    for (size_t r = 0; r < plan->rounds.count; r++)
        for (size_t k = 0; k < plan->rounds.items[r].stops.count; k++)
            look_at(&plan->rounds.items[r].stops.items[k], cl, &has);
    for (size_t a = 0; a < cl->appointment_count; a++)
        confirmed += cl->appointment[a].status == CL_CONFIRMED;
    seen.breaks += has.breaks;
    seen.charges += has.charges;
    seen.booked += has.booked;
    seen.waiting += has.waiting;
    seen.online += plan->online.count > 0;
    seen.closures += cl->closures.count > 0;
    seen.changed += plan->summary->changes.count > 0;
    seen.kept += confirmed > (int)plan->summary->changes.count;
    seen.left_out += plan->unserved.count > 0;
    seen.overtime += plan->summary->overtime_min > 0;
}

/* --- branching by itself ------------------------------------------------------------------------
 */

/* The master's own pricing, and whether it saw a decision of branching. */
struct watched {
    struct cl_master *master;
    enum az_status (*price)(void *data, size_t block, const struct az_prices *prices,
                            struct az_arena *arena, struct az_arena *scratch,
                            struct az_block_columns *out, double *bound);
    bool decided[3]; /* enum cl_decision */
};
static struct watched *watched; /* one at a time; pricing has one thread here */

static enum az_status price(void *data, size_t block, const struct az_prices *prices,
                            struct az_arena *arena, struct az_arena *scratch,
                            struct az_block_columns *out, double *bound)
{
    for (size_t k = 0; k < prices->decision_count; k++)
        if (prices->decisions[k].type >= 0 && prices->decisions[k].type < 3)
            watched->decided[prices->decisions[k].type] = true;
    return watched->price(data, block, prices, arena, scratch, out, bound);
}

/* An integral solution of the tree as a plan. */
static enum az_status found(void *data, const struct az_master_solution *solution,
                            double *objective)
{
    struct cl_master *master = data;
    struct cl_search *search = master->owner;
    struct cl_week week = { .tours = { .count = 0 } };
    struct cl_tour tours[40];
    struct cl_online_visit online[40];
    bool judged;
    *objective = INFINITY;
    week.tours.items = tours;
    week.online.items = online;
    for (size_t k = 0; k < solution->count; k++)
        for (long n = lround(solution->values[k]); n > 0 && week.tours.count < 40; n--)
            tours[week.tours.count++] = *(const struct cl_tour *)solution->columns[k]->data;
    for (size_t o = 0; o < master->online_count && week.online.count < 40; o++) {
        size_t way = master->online_way[o];
        if (solution->x[master->online_column + o] > 0.5)
            online[week.online.count++] =
                (struct cl_online_visit){ way, search->ground.ways.items[way].from_s };
    }
    AZ_TRY(cl_offer(search, &week, &judged));
    if (judged) *objective = search->offered.cost + search->offered.penalty;
    return AZ_OK;
}

/* What a tree came to. */
struct tree {
    struct solve s;
    struct az_colgen_result result;
    bool branched;
};

/* The tree of one sum without any heuristic before it: nothing but branching closes the gap of the
 * root. Its plans are judged. */
static void branch(const struct cl_case *c, const char *engine, struct tree *tree, const char *name)
{
    struct watched watch = { .decided = { false } };
    struct az_context context;
    *tree = (struct tree){ .s = { .name = name } };
    struct az_colgen_options options = {
        .cutoff = NAN, .dive_backtracks = -1, .restricted_nodes = -1, .node_limit = 60
    };
    begin(&tree->s, c, &context, engine, 1);
    struct cl_search search = { .cl = c->cl,
                                .engine = tree->s.run.engine,
                                .context = &context,
                                .run = &tree->s.run,
                                .arena = c->arena };
    ck_assert_int_eq(cl_ground_of(c->cl, c->arena, &search.ground), AZ_OK);
    ck_assert_int_eq(cl_master_new(&search.ground, CL_MEASURE_SUM, INFINITY, INFINITY, &context,
                                   c->arena, &watch.master),
                     AZ_OK);
    watch.price = watch.master->problem.price;
    watch.master->problem.price = price;
    watch.master->problem.found = found;
    watch.master->owner = &search;
    watched = &watch;
    ck_assert_int_eq(az_colgen_solve(&watch.master->problem, &options, tree->s.run.engine, &context,
                                     NULL, c->arena, &tree->result),
                     AZ_OK);
    for (int k = 0; k < 3; k++) {
        seen.decided[k] += watch.decided[k];
        tree->branched |= tree->result.nodes > 1 && watch.decided[k];
    }
    seen.branching += tree->branched;
    seen.tree_plans += tree->branched && tree->s.plan;
}

/* The bound of a tree is one of every plan of the week. */
static void compare_tree(const struct tree *tree, const struct solve *other)
{
    double tolerance = GAP + 1e-5 * other->c->cl->scale;
    if (!other->plan) return;
    if (tree->result.bound > other->run.objective + tolerance)
        ck_abort_msg("%s: the tree proves %.3f, %s has a plan of %.3f", other->name,
                     tree->result.bound, other->run.method, other->run.objective);
    if (tree->result.status == AZ_SOLVE_INFEASIBLE)
        ck_abort_msg("%s: the tree proves that there is no plan, %s has one", other->name,
                     other->run.method);
}

/* --- weeks --------------------------------------------------------------------------------------
 */

/* Rounds times drives of each, a measure of how long the compact model takes. */
static size_t size_of(const struct cl_instance *cl)
{
    size_t size = 0;
    for (size_t d = cl->first_day; d < (size_t)cl->days; d++) {
        size_t sites = 0;
        for (size_t i = 0; i < cl->sites.count; i++) sites += cl->sites.items[i].allowed >> d & 1;
        for (size_t v = 0; v < cl->vehicles.count; v++)
            size += (size_t)cl->vehicles.items[v].fleet[d] * sites * (sites + 1);
    }
    return size;
}

static void set_all(json_t *list, const char *member, json_t *value)
{
    json_t *item;
    size_t i;
    json_array_foreach(list, i, item) json_object_set(item, member, value);
    json_decref(value);
}

/* What the generator draws seldom is put into every other week, each feature in its turn. */
static void add_feature(json_t *week, int seed)
{
    json_t *staff = json_object_get(week, "staff"), *member, *care;
    json_t *cares = json_object_get(week, "cares");
    size_t i;
    int minutes = 15 * (seed / 10 % 4);
    if (seed % 10 == 1 || seed % 10 == 5) { /* a break at noon */
        json_array_foreach(staff, i, member)
        {
            json_t *shifts = json_object_get(member, "shifts");
            set_all(shifts, "break_min", json_integer(30 + minutes));
            set_all(shifts, "break_from", json_sprintf("11:%02d", minutes));
            set_all(shifts, "break_until", json_sprintf("12:%02d", minutes));
        }
    } else if (seed % 10 == 3) { /* a range that does not do without charging */
        json_t *car = json_array_get(json_object_get(week, "vehicles"), 0);
        json_object_set_new(car, "range_km", json_integer(26 + minutes));
        json_object_set_new(week, "chargers",
                            json_pack("[{s:s,s:s,s:i,s:i}]", "id", "ch", "place", "plug", "minutes",
                                      10 + minutes, "gives_km", 15 + minutes));
    } else if (seed % 10 == 7) { /* short shifts */
        json_array_foreach(staff, i, member)
        {
            set_all(json_object_get(member, "shifts"), "until", json_sprintf("12:%02d", minutes));
            json_object_set_new(member, "overtime_max_min", json_integer(150));
            json_object_set_new(member, "overtime_price_jpy_per_h", json_integer(600));
        }
    } else if (seed % 10 == 9) { /* a pharmacist who is busy for a part of every hour */
        json_t *remote = json_object_get(week, "remote");
        if (!remote) return;
        json_array_append_new(
            remote, json_pack("{s:s,s:s,s:[{s:s,s:s,s:i},{s:s,s:s,s:i},{s:s,s:s,s:i}]}", "id",
                              "busy", "role", "pharmacist", "slots", "from", "10:15", "until",
                              "10:30", "capacity", 2, "from", "11:15", "until", "11:30", "capacity",
                              2, "from", "13:30", "until", "13:45", "capacity", 1));
        for (i = json_array_size(remote); i-- > 0;)
            if (strcmp(json_string_value(json_object_get(json_array_get(remote, i), "id")),
                       "pharm") == 0)
                json_array_remove(remote, i);
        json_array_foreach(cares, i, care) if (json_object_get(care, "skills") &&
                                               json_object_get(care, "doctor"))
            json_object_set_new(care, "pharmacist",
                                json_pack("{s:i,s:i,s:i}", "minutes", 5, "after_min", 15,
                                          "wait_max_min", 30 + minutes));
    }
}

/* And what it never draws into the others. */
static void add_rarity(json_t *week, int seed)
{
    json_t *member, *care, *car = json_array_get(json_object_get(week, "vehicles"), 0);
    size_t i;
    if (seed % 10 == 0) { /* two shifts of a day */
        json_array_foreach(json_object_get(week, "staff"), i, member)
        {
            json_object_set_new(member, "shifts",
                                json_pack("[{s:s,s:s},{s:s,s:s,s:i,s:s,s:s}]", "from", "08:30",
                                          "until", i == 0 ? "12:30" : "12:00", "from", "13:00",
                                          "until", "17:00", "break_min", 15, "break_from", "15:00",
                                          "break_until", "15:30"));
            json_object_set_new(member, "overtime_max_min", json_integer(60));
            json_object_set_new(member, "overtime_price_jpy_per_h", json_integer(900));
        }
    } else if (seed % 10 == 2) { /* nothing is priced */
        json_object_set_new(week, "mode", json_string("exact"));
    } else if (seed % 10 == 4) { /* visits that take no time */
        json_array_foreach(json_object_get(week, "cares"), i, care)
        {
            if (json_object_get(care, "doctor")) continue;
            json_object_set_new(care, "visit_min", json_integer(0));
            json_object_set_new(care, "per_patient_min", json_integer(0));
        }
    } else if (seed % 10 == 6) { /* anybody takes a seat, and visits need nobody's skill */
        json_object_del(car, "crew");
        json_object_set_new(car, "seats", json_integer(2));
        json_array_foreach(json_object_get(week, "cares"), i, care) json_object_del(care, "skills");
    } else if (seed % 10 == 8) { /* a car that has been out, and one that has not */
        json_object_set_new(car, "count", json_integer(2));
        if (!json_object_get(week, "state"))
            json_object_set_new(
                week, "state",
                json_pack("{s:s,s:[s]}", "at", "2026-12-07T09:10:00+09:00", "vehicles_out", "car"));
    }
}

/* A week that is small enough, with its feature where that contradicts nothing. */
static bool open_week(struct cl_case *c, int seed, const char *name)
{
    json_t *json = cl_random_instance((uint64_t)seed), *more = json_deep_copy(json);
    add_feature(more, seed);
    add_rarity(more, seed);
    enum az_status status = cl_case_open(c, more, NULL);
    if (status != AZ_OK || az_findings_total(&c->findings) > 0) {
        cl_case_close(c);
        cl_case_open_good(c, json, name);
    }
    json_decref(json);
    json_decref(more);
    if (size_of(c->cl) <= LARGEST) return true;
    cl_case_close(c);
    return false;
}

/* --- the properties -----------------------------------------------------------------------------
 */

/* The compact model, columns with both masters, and what a tree has said. */
static void check_tree(const struct cl_case *c, const char *name, const struct tree *tree)
{
    static const char *const masters[] = { "cbc", "glpk" };
    struct solve compact, columns[2];
    solve(&compact, c, name, "compact", "cbc", SECONDS);
    count_features(&compact);
    bool proven = compact.proof.status == AZ_PLAN_OPTIMAL;
    for (int k = 0; k < 2; k++) {
        solve(&columns[k], c, name, "columns", masters[k], SECONDS);
        compare(&compact, &columns[k], name);
        proven = proven && columns[k].proof.status == AZ_PLAN_OPTIMAL;
        if (getenv("VERBOSE"))
            fprintf(
                stderr, "%s: size %zu compact %d [%.2f, %.2f] %.2fs, %s %d [%.2f, %.2f] %.2fs\n",
                name, size_of(c->cl), compact.proof.status, compact.proof.bound,
                compact.proof.objective, compact.proof.seconds, masters[k], columns[k].proof.status,
                columns[k].proof.bound, columns[k].proof.objective, columns[k].proof.seconds);
    }
    compare(&columns[0], &columns[1], name);
    seen.both_proven += proven;
    seen.columns_proven +=
        columns[0].proof.status == AZ_PLAN_OPTIMAL && columns[1].proof.status == AZ_PLAN_OPTIMAL;
    compare_tree(tree, &compact);
    compare_tree(tree, &columns[0]);
}

static void check_case(const struct cl_case *c, const char *name, int number)
{
    struct tree tree;
    branch(c, number % 2 ? "glpk" : "cbc", &tree, name);
    check_tree(c, name, &tree);
}

/* Without it both could be wrong alike, or each by itself: nothing else tests the whole of pricing,
 * master and branching against another formulation. */
START_TEST(two_methods_agree)
{
    int from = getenv("SEED") ? atoi(getenv("SEED")) : 1, weeks = 0;
    int all = getenv("WEEKS") ? atoi(getenv("WEEKS")) : getenv("SEED") ? 1 : WEEKS;
    for (int seed = from; weeks < all; seed++) {
        struct cl_case c;
        char name[32];
        snprintf(name, sizeof name, "seed %d", seed);
        if (!open_week(&c, seed, name)) continue;
        check_case(&c, name, seed);
        cl_case_close(&c);
        weeks++;
    }
    printf("COUNTED of %d weeks: %d plans, %d infeasible; %d with breaks, %d charges, %d remote "
           "bookings, %d waiting for the pharmacist, %d on line, %d closures, %d kept and %d "
           "changed appointments, %d left out, %d overtime; %d branched (%d of them to a plan); %d "
           "proven by the compact model and by columns with both masters, %d not by the compact "
           "model\n",
           weeks, seen.plans, seen.infeasible, seen.breaks, seen.charges, seen.booked, seen.waiting,
           seen.online, seen.closures, seen.kept, seen.changed, seen.left_out, seen.overtime,
           seen.branching, seen.tree_plans, seen.both_proven, seen.unproven);
    if (getenv("SEED") || getenv("WEEKS")) return;
    ck_assert_int_ge(seen.breaks, TEST_SEEN(WEEKS / 10));
    ck_assert_int_ge(seen.charges, TEST_SEEN(WEEKS / 100));
    ck_assert_int_ge(seen.booked, TEST_SEEN(WEEKS / 5));
    ck_assert_int_ge(seen.waiting, TEST_SEEN(WEEKS / 100));
    ck_assert_int_ge(seen.online, TEST_SEEN(WEEKS / 10));
    ck_assert_int_ge(seen.closures, TEST_SEEN(WEEKS / 10));
    ck_assert_int_ge(seen.kept, TEST_SEEN(WEEKS / 20));
    ck_assert_int_ge(seen.changed, TEST_SEEN(WEEKS / 20));
    ck_assert_int_ge(seen.left_out, TEST_SEEN(WEEKS / 10));
    ck_assert_int_ge(seen.overtime, TEST_SEEN(WEEKS / 100));
    ck_assert_int_ge(seen.both_proven, TEST_SEEN(WEEKS / 3));
}
END_TEST

/* Without it a wrong branching would show nowhere: in small weeks the cuts close the root. Tight
 * ones are drawn until enough of them branch; what a tree proves there, and its plans, are compared
 * with the whole solve of columns and with the compact model. */
START_TEST(trees_that_branch_agree)
{
    int weeks = 0;
    memset(&seen, 0, sizeof seen);
    for (int seed = 1; seed <= TIGHT && seen.branching < BRANCHED; seed++, weeks++) {
        struct cl_case c;
        struct tree tree;
        char name[32];
        snprintf(name, sizeof name, "tight seed %d", seed);
        json_t *json = cl_random_tight((uint64_t)seed);
        cl_case_open_good(&c, json, name);
        branch(&c, seed % 2 ? "cbc" : "glpk", &tree, name);
        if (tree.branched) check_tree(&c, name, &tree);
        cl_case_close(&c);
        json_decref(json);
    }
    printf("COUNTED of %d tight weeks: %d branched (%d of them to a plan), %d on who follows whom, "
           "%d on slots, %d on promises; %d proven by the compact model and by columns with both "
           "masters, %d not by the compact model\n",
           weeks, seen.branching, seen.tree_plans, seen.decided[CL_DECIDE_FOLLOW],
           seen.decided[CL_DECIDE_SLOT], seen.decided[CL_DECIDE_KEPT], seen.both_proven,
           seen.unproven);
    ck_assert_int_ge(seen.branching, BRANCHED);
    ck_assert_int_ge(seen.columns_proven, TEST_SEEN(BRANCHED / 2));
    ck_assert_int_ge(seen.both_proven, TEST_SEEN(1));
}
END_TEST

/* Weeks in which columns once took visits of days that no pattern has, or changed a promise where
 * nothing is priced: they proved nothing of them then. */
START_TEST(found_weeks_are_proven)
{
    static const int seeds[] = { 1033, 1072 };
    struct cl_case c;
    struct solve s;
    char name[32];
    snprintf(name, sizeof name, "seed %d", seeds[_i]);
    ck_assert(open_week(&c, seeds[_i], name));
    check_case(&c, name, seeds[_i]);
    solve(&s, &c, name, "columns", "cbc", 20);
    ck_assert(s.proof.status == AZ_PLAN_OPTIMAL || s.proof.status == AZ_PLAN_INFEASIBLE);
    cl_case_close(&c);
}
END_TEST

/* The weeks that golden cases are written for: every rule in its plainest form. */
static void check_golden(const char *name, void *data)
{
    struct cl_case c;
    json_t *json = case_file(CL_GOLDEN, name, "instance.json");
    cl_case_open_good(&c, json, name);
    check_case(&c, name, (*(int *)data)++);
    cl_case_close(&c);
    json_decref(json);
}

/* Weeks small enough to calculate by hand leave no excuse: both methods prove the same. */
START_TEST(two_methods_agree_on_golden_weeks)
{
    int number = 0;
    memset(&seen, 0, sizeof seen);
    each_case(CL_GOLDEN, 60, check_golden, &number);
    printf("COUNTED of %d golden weeks: %d plans, %d proven by all\n", number, seen.plans,
           seen.both_proven);
    ck_assert_int_ge(seen.both_proven, number * 9 / 10);
}
END_TEST

/* Weeks in which the words say something that is easily missed; left_out: how many sites. */
static const struct {
    const char *name;
    int left_out;
    const char *changes[8][2];
} plain[] = {
    { "of two vehicles one has been out",
      1,
      { { "/days", "1" },
        { "/vehicles/0/count", "2" },
        { "/staff/-", "{\"id\":\"n2\",\"skills\":[\"nurse\"],\"shifts\":[{\"from\":\"08:00\","
                      "\"until\":\"17:00\"}]}" },
        { "/sites/0/windows/0", "{\"from\":\"12:00\",\"until\":\"12:05\"}" },
        { "/sites/1/windows/0", "{\"from\":\"12:00\",\"until\":\"12:05\"}" },
        { "/state", "{\"at\":\"2026-11-30T08:00:00+09:00\",\"vehicles_out\":[\"car\"]}" } } },
    { "a visit on line is of the day on which it begins",
      1,
      { { "/cares/-",
          "{\"id\":\"line\",\"stage\":1,\"visit_min\":10,\"doctor\":{\"minutes\":10}}" },
        { "/sites/0/care", "[{\"care\":\"line\"}]" },
        { "/sites/0/windows/0",
          "{\"dates\":[\"2026-11-30\"],\"from\":\"22:00\",\"until\":\"26:00\"}" },
        { "/remote", "[{\"id\":\"d\",\"role\":\"doctor\",\"slots\":[{\"dates\":[\"2026-11-30\"],"
                     "\"from\":\"24:30\",\"until\":\"25:30\"}]}]" } } },
    { "a visit of the night takes a slot of the next day",
      0,
      { { "/cares/-",
          "{\"id\":\"late\",\"stage\":2,\"visit_min\":10,\"doctor\":{\"minutes\":10}}" },
        { "/sites/0/care", "[{\"care\":\"late\"}]" },
        { "/sites/0/windows/0",
          "{\"dates\":[\"2026-11-30\"],\"from\":\"22:00\",\"until\":\"26:00\"}" },
        { "/vehicles/0/from", "\"08:00\"" },
        { "/vehicles/0/until", "\"27:00\"" },
        { "/staff/0/shifts/0/until", "\"27:00\"" },
        { "/remote", "[{\"id\":\"d\",\"role\":\"doctor\",\"slots\":[{\"dates\":[\"2026-12-01\"],"
                     "\"from\":\"00:30\",\"until\":\"01:30\"}]}]" } } },
    { "somebody sits where there are seats",
      0,
      { { "/cares/0/skills", "[]" }, { "/vehicles/0/crew", NULL }, { "/vehicles/0/seats", "2" } } },
    { "the work begins with a break before leaving",
      0,
      { { "/vehicles/0/from", "\"08:40\"" },
        { "/staff/0/shifts/0", "{\"from\":\"07:00\",\"until\":\"17:00\",\"break_min\":20,"
                               "\"break_from\":\"08:30\",\"break_until\":\"09:15\"}" },
        { "/sites/0/windows/0", "{\"from\":\"09:00\",\"until\":\"09:25\"}" } } },
    { "two shifts of a day",
      0,
      { { "/staff/0/shifts", "[{\"from\":\"08:00\",\"until\":\"10:00\"},"
                             "{\"from\":\"12:00\",\"until\":\"15:00\"}]" },
        { "/staff/0/overtime_max_min", "120" },
        { "/staff/0/overtime_price_jpy_per_h", "5000" },
        { "/sites/0/windows/0", "{\"from\":\"11:00\",\"until\":\"11:30\"}" },
        { "/sites/1/windows/0", "{\"from\":\"12:00\",\"until\":\"16:00\"}" } } },
    { "a range that needs the charger twice",
      0,
      { { "/places/-", "{\"id\":\"cp\"}" },
        { "/vehicles/0/range_km", "21" },
        { "/travel/legs/-", "{\"from\":\"pb\",\"to\":\"cp\",\"minutes\":5,\"km\":1}" },
        { "/travel/legs/-", "{\"from\":\"pa\",\"to\":\"cp\",\"minutes\":5,\"km\":9}" },
        { "/chargers", "[{\"id\":\"ch\",\"place\":\"cp\",\"minutes\":20,\"gives_km\":10}]" } } },
};

/* What one method overlooks it calls optimal; the other one, and the sites left out, tell. */
START_TEST(two_methods_agree_on_what_is_easily_missed)
{
    struct cl_case c;
    struct solve s;
    size_t count = 0;
    while (count < 8 && plain[_i].changes[count][0]) count++;
    json_t *json = case_file(CL_GOLDEN, "one_round", "instance.json");
    json_object_set_new(json, "unserved_price_jpy", json_integer(50000));
    document_change(json, count, plain[_i].changes);
    cl_case_open_good(&c, json, plain[_i].name);
    check_case(&c, plain[_i].name, _i);
    solve(&s, &c, plain[_i].name, "columns", "cbc", 20);
    ck_assert_int_eq(s.proof.status, AZ_PLAN_OPTIMAL);
    if ((int)s.plan->unserved.count != plain[_i].left_out)
        ck_abort_msg("%s: %zu are left out", plain[_i].name, s.plan->unserved.count);
    cl_case_close(&c);
    json_decref(json);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("clinic_properties");
    TCase *cases = tcase_create("properties");
    tcase_set_timeout(cases, 900);
    tcase_add_test(cases, two_methods_agree);
    tcase_add_test(cases, two_methods_agree_on_golden_weeks);
    tcase_add_test(cases, trees_that_branch_agree);
    tcase_add_loop_test(cases, found_weeks_are_proven, 0, 2);
    tcase_add_loop_test(cases, two_methods_agree_on_what_is_easily_missed, 0,
                        (int)(sizeof plain / sizeof *plain));
    suite_add_tcase(suite, cases);
    return test_suite_run(suite);
}
