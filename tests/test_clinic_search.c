/* test_clinic_search.c - the search of weeks: what it says that a change costs is what it costs,
 * and its books are right after any number of steps. */
#include <check.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "formulations/clinic/draft.h"
#include "formulations/clinic/improve.h"
#include "tests/support/cl_judged.h"
#include "tests/support/cl_random.h"
#include "tests/support/suite.h"

#define MOST_SITES 10
#define SAMPLE "instances/clinic/matsumoto-week.json"

/* --- courses -------------------------------------------------------------------------------------
 */

struct bench {
    struct az_arena *arena, *scratch;
    struct cl_ground ground;
    struct cl_flat flat;
    struct cl_tracer tracer;
    struct az_random random;
    double kept_weight;
    long plain, marked, impossible, overbooked;
};

static void begin(struct bench *b, const struct cl_case *c, uint64_t seed)
{
    b->arena = az_arena_new(NULL);
    b->scratch = az_arena_new(NULL);
    b->kept_weight = seed % 2 ? 1 : 7;
    az_random_seed(&b->random, seed);
    ck_assert_int_eq(cl_ground_of(c->cl, b->arena, &b->ground), AZ_OK);
    ck_assert_int_eq(cl_flat_of(&b->ground, b->kept_weight, b->arena, b->scratch, &b->flat), AZ_OK);
    ck_assert_int_eq(cl_tracer_of(&b->flat, b->arena, &b->tracer), AZ_OK);
}

static void end(struct bench *b)
{
    az_arena_free(b->scratch);
    az_arena_free(b->arena);
}

/* What the evaluator that everybody shares says; tour: the one it found. */
static double sequenced(struct bench *b, size_t team, const size_t site[], size_t count,
                        struct cl_tour *tour)
{
    double value;
    az_arena_empty(b->scratch);
    ck_assert_int_eq(cl_sequence_tour(&b->ground, team, site, count, b->tracer.slot_free, 1,
                                      b->kept_weight, b->scratch, b->scratch, tour, &value),
                     AZ_OK);
    return value;
}

/* Does a tour take more bookings of some class than are free? */
static bool overbooks(const struct bench *b, const struct cl_tour *tour)
{
    for (size_t s = 0; b->tracer.slot_free && s < b->ground.ways.slot_count; s++) {
        int64_t used = 0;
        for (size_t k = 0; k < tour->count; k++) {
            if (tour->stops[k].kind != CL_STOP_VISIT) continue;
            const struct cl_way *way = &b->ground.ways.items[tour->stops[k].index];
            used += (way->doctor == s) + (way->pharmacist == s);
        }
        if (used > b->tracer.slot_free[s]) return true;
    }
    return false;
}

static bool is_same(double a, double b)
{
    return a == b || fabs(a - b) <= 1e-7 * (1 + fabs(a));
}

/* A course's value is that of the order of its sites, and its tour has that value. */
static bool check_course(struct bench *b, struct cl_course *course)
{
    struct cl_tour tour;
    bool possible;
    ck_assert_int_eq(cl_course_refresh(&b->tracer, course, b->arena, &possible), AZ_OK);
    double value = sequenced(b, course->team, course->site, course->count, &tour);
    if (isfinite(value) && !possible) {
        ck_assert(overbooks(b, &tour));
        b->overbooked++;
    }
    if (!possible) return false;
    ck_assert_msg(is_same(value, course->value), "%.9f, not %.9f", course->value, value);
    ck_assert_int_eq(cl_course_tour(&b->flat, course, b->scratch, &tour), AZ_OK);
    ck_assert_msg(is_same(tour.cost_jpy - b->kept_weight * tour.kept_jpy, value),
                  "a tour of %.9f for %.9f", tour.cost_jpy - b->kept_weight * tour.kept_jpy, value);
    ck_assert(!overbooks(b, &tour));
    return true;
}

/* Every insertion of a site is worth what the longer order is worth more. */
static void check_insertions(struct bench *b, const struct cl_course *course, size_t site)
{
    for (size_t k = 0; k <= course->count; k++) {
        size_t sites[MOST_SITES + 1];
        struct cl_tour tour;
        for (size_t j = 0; j < course->count; j++) sites[j + (j >= k)] = course->site[j];
        sites[k] = site;
        double found = cl_course_insertion(&b->tracer, course, k, site, INFINITY);
        double value = sequenced(b, course->team, sites, course->count + 1, &tour);
        b->plain += course->is_plain && isfinite(found);
        b->marked += !course->is_plain && isfinite(found);
        b->impossible += !isfinite(value);
        ck_assert_msg(is_same(found, value - course->value) ||
                          (!isfinite(found) && overbooks(b, &tour)),
                      "team %zu, site %zu at %zu of %zu: %.9f, not %.9f", course->team, site, k,
                      course->count, found, value - course->value);
        if (!isfinite(found)) continue;
        double less = found - 1e-6 * (1 + fabs(found) + fabs(course->value));
        ck_assert(isinf(cl_course_insertion(&b->tracer, course, k, site, less)));
        ck_assert(is_same(found + course->value, cl_course_value(&b->tracer, course->team, sites,
                                                                 course->count + 1, INFINITY)));
    }
}

/* A course grows site by site, wherever it can. */
static void grow(struct bench *b, size_t team)
{
    struct cl_course course = { .is_open = true, .team = team };
    size_t sites = b->flat.sites;
    for (size_t tries = 0; tries < 3 * sites && course.count < MOST_SITES; tries++) {
        size_t site = (size_t)az_random_below(&b->random, sites), at = 0;
        const struct cl_choice *choice;
        while (at < course.count && course.site[at] != site) at++;
        if (at < course.count ||
            cl_flat_choices(&b->flat, &b->flat.units[team], site, &choice) == 0)
            continue;
        if (course.count > 0) check_insertions(b, &course, site);
        ck_assert_int_eq(cl_course_room(&course, course.count + 1, b->arena), AZ_OK);
        at = (size_t)az_random_below(&b->random, course.count + 1);
        memmove(course.site + at + 1, course.site + at, (course.count - at) * sizeof *course.site);
        course.site[at] = site;
        course.count++;
        if (check_course(b, &course)) continue;
        course.count--;
        memmove(course.site + at, course.site + at + 1, (course.count - at) * sizeof *course.site);
        if (course.count > 0) ck_assert(check_course(b, &course));
    }
}

static void grow_some(struct bench *b, const struct cl_case *c, uint64_t seed, int courses)
{
    begin(b, c, seed);
    for (int k = 0; k < courses && b->ground.teams.count > 0; k++) {
        if (seed % 3 == 0 && b->ground.ways.slot_count > 0) {
            b->tracer.slot_free = AZ_ARRAY(b->arena, b->ground.ways.slot_count, int64_t);
            for (size_t s = 0; s < b->ground.ways.slot_count; s++)
                b->tracer.slot_free[s] = (int64_t)az_random_below(&b->random, 3);
        }
        grow(b, (size_t)az_random_below(&b->random, b->ground.teams.count));
    }
    end(b);
}

/* The search would chase savings that are none, or miss those that are. */
START_TEST(an_insertion_costs_what_the_longer_round_costs_more)
{
    struct bench b = { .plain = 0 };
    struct cl_case c;
    for (uint64_t seed = 1; seed <= 200; seed++) {
        json_t *instance = cl_random_instance(seed);
        cl_case_open_good(&c, instance, "a random week");
        json_decref(instance);
        grow_some(&b, &c, seed, 6);
        cl_case_close(&c);
    }
    cl_case_load(&c, CL_BASE, NULL);
    for (uint64_t seed = 1; seed <= 6; seed++) grow_some(&b, &c, seed, 10);
    cl_case_close(&c);
    cl_case_load(&c, SAMPLE, NULL);
    for (uint64_t seed = 1; seed <= 3; seed++) grow_some(&b, &c, seed, 15);
    cl_case_close(&c);
    printf("%ld insertions in constant time, %ld along marks, %ld impossible, %ld overbooked\n",
           b.plain, b.marked, b.impossible, b.overbooked);
    ck_assert_int_gt(b.plain, 500);
    ck_assert_int_gt(b.marked, 2000);
    ck_assert_int_gt(b.impossible, 500);
    ck_assert_int_gt(b.overbooked, 0);
}
END_TEST

/* --- searches ------------------------------------------------------------------------------------
 */

struct searched {
    struct cl_case c;
    struct az_context context;
    struct az_run run;
    struct cl_search search;
    struct cl_improver *improver;
    bool has;
    struct az_judgement best;
    const struct cl_plan *plan;
};

static enum az_status judge(void *data, const void *plan, double *objective, bool *kept)
{
    struct searched *s = data;
    cl_keep_better(&s->c, 1000, plan, s->has, &s->best, objective, kept);
    if (*kept) s->plan = plan;
    s->has = true;
    return AZ_OK;
}

static void open_search(struct searched *s)
{
    struct az_run_options options = { .sense = AZ_MINIMIZE, .money_scale = 1000 };
    s->context = az_context_default();
    az_run_begin(&s->run, &s->context, NULL, &options);
    s->run.judge = judge;
    s->run.data = s;
    s->search = (struct cl_search){
        .cl = s->c.cl, .context = &s->context, .run = &s->run, .arena = s->c.arena
    };
    ck_assert_int_eq(cl_ground_of(s->c.cl, s->c.arena, &s->search.ground), AZ_OK);
}

static void close_search(struct searched *s)
{
    cl_improver_free(s->improver);
    cl_case_close(&s->c);
}

/* The value of a draft, from nothing. */
static double value_of(const struct cl_improver *m, const struct cl_draft *draft)
{
    double value = 0;
    for (size_t i = 0; i < m->sites; i++)
        value += draft->pattern[i] == AZ_NO_INDEX
                     ? cl_left_out_value(m, i)
                     : m->cl->sites.items[i].pattern[draft->pattern[i]].price_jpy;
    for (size_t k = 0; k < m->sites * m->days; k++)
        if (draft->online[k] != AZ_NO_INDEX)
            value += cl_online_value(m, &m->ground->ways.items[draft->online[k]]);
    for (size_t r = 0; r < draft->course_count; r++)
        if (draft->courses[r].is_open) value += draft->courses[r].value;
    return value;
}

/* Each visit of each pattern is in one course or on line, and what is free is what is not used. */
static void check_books(struct cl_improver *m, const struct cl_draft *draft)
{
    int64_t *slots = AZ_ARRAY(m->arena, m->ground->ways.slot_count, int64_t);
    for (size_t s = 0; s < m->ground->ways.slot_count; s++)
        slots[s] = m->ground->ways.slots[s].capacity;
    size_t visits = 0;
    for (size_t r = 0; r < draft->course_count; r++) {
        const struct cl_course *course = &draft->courses[r];
        const struct cl_choice *choice[100];
        if (!course->is_open) continue;
        visits += course->count;
        size_t day = m->flat.units[course->team].day;
        cl_course_choices(&m->flat, course, choice);
        for (size_t k = 0; k < course->count; k++) {
            ck_assert_uint_eq(draft->course_of[course->site[k] * m->days + day], r);
            if (choice[k]->doctor != AZ_NO_INDEX) slots[choice[k]->doctor]--;
            if (choice[k]->pharmacist != AZ_NO_INDEX) slots[choice[k]->pharmacist]--;
        }
    }
    for (size_t i = 0; i < m->sites; i++)
        for (size_t d = 0; d < m->days; d++) {
            size_t at = i * m->days + d, pattern = draft->pattern[i];
            const struct cl_site *site = &m->cl->sites.items[i];
            bool wanted =
                pattern != AZ_NO_INDEX && (site->pattern[pattern].days & ~site->done) >> d & 1;
            bool on_line = draft->online[at] != AZ_NO_INDEX;
            bool on_round = draft->course_of[at] != AZ_NO_INDEX;
            ck_assert_int_eq(wanted, on_line + on_round);
            visits -= on_round;
            if (!on_line) continue;
            const struct cl_way *way = &m->ground->ways.items[draft->online[at]];
            if (way->doctor != AZ_NO_INDEX) slots[way->doctor]--;
            if (way->pharmacist != AZ_NO_INDEX) slots[way->pharmacist]--;
        }
    ck_assert_uint_eq(visits, 0);
    for (size_t s = 0; s < m->ground->ways.slot_count; s++) {
        ck_assert_int_eq(slots[s], draft->slot_free[s]);
        ck_assert_int_ge(slots[s], 0);
    }
    for (size_t g = 0; g < m->ground->teams.group_count; g++)
        ck_assert_int_ge(draft->group_free[g], 0);
    ck_assert_double_eq_tol(value_of(m, draft), draft->value, 1e-6 * (1 + fabs(draft->value)));
}

/* A slot or a nurse that is lost in the books is lost for the week. */
START_TEST(books_are_right_after_many_steps)
{
    for (uint64_t seed = 1; seed <= 30; seed++) {
        struct searched s = { .has = false };
        json_t *instance = cl_random_instance(seed);
        cl_case_open_good(&s.c, instance, "a random week");
        json_decref(instance);
        open_search(&s);
        ck_assert_int_eq(cl_improver_new(&s.search, NULL, &s.improver), AZ_OK);
        for (int part = 0; s.improver && part < 4; part++) {
            ck_assert_int_eq(cl_improver_run(s.improver, 50, 1, 1), AZ_OK);
            check_books(s.improver, &s.improver->now);
            check_books(s.improver, &s.improver->best);
        }
        close_search(&s);
    }
    struct searched s = { .has = false };
    cl_case_load(&s.c, SAMPLE, NULL);
    open_search(&s);
    ck_assert_int_eq(cl_improver_new(&s.search, NULL, &s.improver), AZ_OK);
    ck_assert_int_eq(cl_improver_run(s.improver, 300, 1, 1), AZ_OK);
    check_books(s.improver, &s.improver->now);
    check_books(s.improver, &s.improver->best);
    close_search(&s);
}
END_TEST

static void search_base(struct searched *s, uint64_t seed, size_t steps)
{
    *s = (struct searched){ .has = false };
    cl_case_load(&s->c, CL_BASE, NULL);
    open_search(s);
    s->context.seed = seed;
    ck_assert_int_eq(cl_improver_new(&s->search, NULL, &s->improver), AZ_OK);
    ck_assert_int_eq(cl_improver_run(s->improver, steps, 1, 1), AZ_OK);
    ck_assert(s->has);
}

/* Whoever solves again to see why would see something else. */
START_TEST(one_seed_has_one_plan)
{
    struct searched a, b;
    search_base(&a, 5, 400);
    search_base(&b, 5, 400);
    ck_assert_double_eq(a.improver->now.value, b.improver->now.value);
    ck_assert_double_eq(a.improver->best.value, b.improver->best.value);
    ck_assert_uint_eq(a.plan->rounds.count, b.plan->rounds.count);
    for (size_t r = 0; r < a.plan->rounds.count; r++) {
        ck_assert_uint_eq(a.plan->rounds.items[r].stops.count, b.plan->rounds.items[r].stops.count);
        ck_assert(a.plan->rounds.items[r].leaves.utc_s == b.plan->rounds.items[r].leaves.utc_s);
    }
    close_search(&a);
    close_search(&b);
}
END_TEST

/* A good plan at hand would be thrown away for a worse one made from nothing. */
START_TEST(a_search_that_begins_with_a_week_keeps_it)
{
    struct searched a, b = { .has = false };
    struct cl_week week;
    search_base(&a, 1, 2000);
    ck_assert_int_eq(cl_draft_week(a.improver, &a.improver->best, a.c.arena, &week), AZ_OK);
    cl_case_load(&b.c, CL_BASE, NULL);
    open_search(&b);
    ck_assert_int_eq(cl_improver_new(&b.search, &week, &b.improver), AZ_OK);
    ck_assert_double_eq_tol(b.improver->best.value, a.improver->best.value, 1e-6);
    ck_assert(b.has);
    ck_assert_double_eq_tol(b.best.cost + b.best.penalty, a.best.cost + a.best.penalty, 1e-6);
    check_books(b.improver, &b.improver->best);
    close_search(&a);
    close_search(&b);
}
END_TEST

/* What a week leaves out comes in where it can. */
START_TEST(a_part_of_a_week_is_completed)
{
    struct searched a, b = { .has = false };
    struct cl_week week;
    search_base(&a, 1, 2000);
    ck_assert_int_eq(cl_draft_week(a.improver, &a.improver->best, a.c.arena, &week), AZ_OK);
    ck_assert_uint_gt(week.tours.count, 1);
    week.tours.count--;
    cl_case_load(&b.c, CL_BASE, NULL);
    open_search(&b);
    ck_assert_int_eq(cl_improver_new(&b.search, &week, &b.improver), AZ_OK);
    ck_assert(b.has);
    ck_assert_uint_ge(b.plan->rounds.count, week.tours.count);
    ck_assert_int_eq(cl_improver_run(b.improver, 500, 0.1, 1), AZ_OK);
    ck_assert_double_eq_tol(b.best.rank[0], a.best.rank[0], 1e-6);
    check_books(b.improver, &b.improver->now);
    close_search(&a);
    close_search(&b);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("clinic_search");
    TCase *courses = tcase_create("courses");
    TCase *searches = tcase_create("searches");
    tcase_set_timeout(courses, 60);
    tcase_set_timeout(searches, 60);
    tcase_add_test(courses, an_insertion_costs_what_the_longer_round_costs_more);
    tcase_add_test(searches, books_are_right_after_many_steps);
    tcase_add_test(searches, one_seed_has_one_plan);
    tcase_add_test(searches, a_search_that_begins_with_a_week_keeps_it);
    tcase_add_test(searches, a_part_of_a_week_is_completed);
    suite_add_tcase(suite, courses);
    suite_add_tcase(suite, searches);
    return test_suite_run(suite);
}
