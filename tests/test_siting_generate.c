/* test_siting_generate.c - random cities: the same from the same seed, sound at every size, and
 * never without a plan. */
#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "adapters/json/json.h"
#include "formulations/certificate.h"
#include "tests/support/engines.h"
#include "tests/support/st_case.h"
#include "tests/support/suite.h"

static json_t *generated(size_t size, uint64_t seed)
{
    struct az_arena *arena = az_arena_new(NULL);
    void *in;
    ck_assert_int_eq(st_generate(size, seed, arena, &in), AZ_OK);
    json_t *json = az_json_write(&st_instance_table, in);
    ck_assert_ptr_nonnull(json);
    az_arena_free(arena);
    return json;
}

static void open_generated(struct st_case *c, size_t size, uint64_t seed)
{
    json_t *json = generated(size, seed);
    ck_assert_int_eq(st_case_open(c, json, NULL), AZ_OK);
    document_print(&c->findings);
    if (az_findings_total(&c->findings) > 0)
        ck_abort_msg("size %zu, seed %llu", size, (unsigned long long)seed);
    json_decref(json);
}

/* A benchmark that cannot be repeated is none. */
START_TEST(the_same_seed_gives_the_same_city)
{
    for (uint64_t seed = 1; seed <= 3; seed++) {
        json_t *a = generated(80, seed), *b = generated(80, seed), *other = generated(80, seed + 1);
        ck_assert(json_equal(a, b));
        ck_assert(!json_equal(a, other));
        json_decref(a);
        json_decref(b);
        json_decref(other);
    }
}
END_TEST

/* --- extras -------------------------------------------------------------------------------------
 */

/* A city with one extra, or all (NULL). */
static json_t *generated_with(size_t size, uint64_t seed, const char *name)
{
    struct az_arena *arena = az_arena_new(NULL);
    void *in;
    ck_assert_int_eq(st_generate(size, seed, arena, &in), AZ_OK);
    for (const struct az_generate_extra *extra = st_generate_extras; extra->name; extra++)
        if (!name || strcmp(extra->name, name) == 0)
            ck_assert_int_eq(extra->add(in, seed, arena), AZ_OK);
    json_t *json = az_json_write(&st_instance_table, in);
    ck_assert_ptr_nonnull(json);
    az_arena_free(arena);
    return json;
}

/* An extra that changed the city, or another extra, would make a series of cases no series. */
START_TEST(extras_leave_the_rest_as_it_is)
{
    static const char *const members[] = { "front", "scenarios" };
    for (size_t k = 0; k < 2; k++) {
        json_t *plain = generated(80, 5), *with = generated_with(80, 5, members[k]);
        json_t *all = generated_with(80, 5, NULL);
        ck_assert(json_equal(json_object_get(with, members[k]), json_object_get(all, members[k])));
        ck_assert(!json_equal(with, plain));
        json_object_del(with, members[k]);
        json_object_del(plain, members[k]);
        ck_assert(json_equal(with, plain));
        json_decref(all);
        json_decref(with);
        json_decref(plain);
    }
    json_t *once = generated_with(80, 5, NULL), *again = generated_with(80, 5, NULL);
    ck_assert(json_equal(once, again));
    json_decref(once);
    json_decref(again);
}
END_TEST

/* A case that has no plan would be taken for a fault of the solver. */
START_TEST(a_city_with_all_extras_has_a_plan)
{
    static const size_t sizes[] = { 1, 7, 40, 130 };
    size_t decided = 0, built = 0;
    for (size_t k = 0; k < sizeof sizes / sizeof *sizes; k++)
        for (uint64_t seed = 1; seed <= TEST_SOME(3); seed++) {
            struct st_case c;
            json_t *json = generated_with(sizes[k], seed, NULL);
            st_case_open_good(&c, json, "extras");
            struct az_context context = az_context_default();
            struct az_answer answer = { 0 };
            struct az_job job = { .formulation = az_formulation_find("siting"),
                                  .instance = c.in,
                                  .options = { .gap = 0.05, .gap_abs = 1e4 } };
            ck_assert_int_eq(az_job_prepare(&job, c.arena, &answer), AZ_OK);
            ck_assert_int_eq(az_job_solve(&job, engine_named("auto"), &context, c.arena, &answer),
                             AZ_OK);
            ck_assert_msg(answer.plan != NULL, "size %zu, seed %d", sizes[k], (int)seed);
            const struct st_plan *plan = answer.plan;
            ck_assert_uint_ge(plan->served.count, c.in->customers.count);
            for (size_t s = 0; s < c.in->sites.count; s++)
                decided += c.in->sites.items[s].decided == ST_IN;
            built += c.in->state->built.count;
            st_case_close(&c);
            json_decref(json);
        }
    ck_assert_int_ge((int)decided, TEST_SEEN(4));
    ck_assert_int_ge((int)built, TEST_SEEN(12));
}
END_TEST

/* --- there is always a plan ---------------------------------------------------------------------
 */

struct near {
    size_t site, steps; /* lines to the root */
};

static int by_steps(const void *a, const void *b)
{
    const struct near *left = a, *right = b;
    if (left->steps != right->steps) return left->steps < right->steps ? -1 : 1;
    return left->site < right->site ? -1 : left->site > right->site;
}

/* The houses of a feeder that may get something, nearest to its root first. */
static size_t houses_of(const struct st_instance *in, size_t feeder, struct near houses[])
{
    size_t count = 0;
    for (size_t i = 0; i < in->sites.count; i++) {
        const struct st_site *site = &in->sites.items[i];
        if (site->feeder != feeder || site->kind != ST_HOUSE || site->option_count == 0) continue;
        struct near near = { .site = i };
        for (size_t n = site->node; in->nodes.items[n].parent != n; n = in->nodes.items[n].parent)
            near.steps++;
        houses[count++] = near;
    }
    qsort(houses, count, sizeof *houses, by_steps);
    return count;
}

/* A fifth of the houses of every feeder, those nearest to its root, with the smallest option; of a
 * district no more than its minimum asks for. */
static json_t *least_plan(const struct st_instance *in)
{
    json_t *choices = json_array();
    struct near *houses = calloc(in->sites.count, sizeof *houses);
    double *wanted = calloc(in->districts.count, sizeof *wanted);
    for (size_t i = 0; i < in->limits.count; i++)
        if (in->limits.items[i].what == ST_PV_KW)
            wanted[in->limits.items[i].district.index] = in->limits.items[i].min;
    double carry[64] = { 0 }; /* parts of houses that a district's feeders leave */
    for (size_t f = 0; f < in->feeders.count; f++) {
        size_t count = houses_of(in, f, houses);
        if (count == 0) continue;
        size_t d = in->sites.items[houses[0].site].district.index;
        carry[d] += 0.2 * (double)count;
        for (size_t k = 0; k < count && carry[d] > 1e-9 && wanted[d] > 0; k++) {
            json_array_append_new(choices, json_pack("{s:s, s:s}", "site",
                                                     in->sites.items[houses[k].site].id, "option",
                                                     "pv4-b0-y0"));
            carry[d]--;
            wanted[d] -= 4;
        }
    }
    free(houses);
    free(wanted);
    return json_pack("{s:o}", "choices", choices);
}

static void check_plan(struct st_case *c, json_t *plan, const char *what, const char *allowed)
{
    struct az_judgement judgement;
    ck_assert_int_eq(st_case_plan(c, plan), AZ_OK);
    document_print(&c->findings);
    ck_assert_uint_eq(az_findings_total(&c->findings), 0);
    ck_assert_int_eq(st_evaluate(c->in, c->plan, c->arena, &judgement), AZ_OK);
    for (size_t i = 0; i < judgement.violations.count; i++) {
        const struct az_breach *breach = &judgement.violations.items[i];
        if (allowed && strcmp(breach->rule->code.code, allowed) == 0) continue;
        ck_abort_msg("%s, %s: %s at %s, by %g", c->in->title, what, breach->rule->code.code,
                     breach->place, breach->amount);
    }
    json_decref(plan);
}

/* A city that nobody can plan makes every test that takes it fail, or worse, pass. */
START_TEST(every_city_has_a_plan)
{
    static const size_t sizes[] = { 1, 2, 10, 25, 60, 120, 300 };
    for (size_t k = 0; k < sizeof sizes / sizeof *sizes; k++)
        for (uint64_t seed = 1; seed <= (sizes[k] < 100 ? 12 : 3); seed++) {
            struct st_case c;
            open_generated(&c, sizes[k], seed);
            ck_assert_uint_eq(c.in->sites.count, sizes[k]);
            check_plan(&c, document_parse("{'choices':[]}"), "nothing chosen", "pv_min");
            check_plan(&c, least_plan(c.in), "least plan", NULL);
            st_case_close(&c);
        }
}
END_TEST

/* The networks are rated for loads that last so many hours at their peak at least. */
START_TEST(loads_are_no_higher_than_networks_are_rated_for)
{
    static const char *const loads[] = { "house", "shift", "office", "farm", "public" };
    for (size_t size = 10; size <= 300; size += 290) {
        struct st_case c;
        open_generated(&c, size, 1);
        for (size_t p = 0; p < sizeof loads / sizeof *loads; p++) {
            const struct st_profile *profile = &c.in->profiles.items[p];
            double highest = 0;
            ck_assert_str_eq(profile->id, loads[p]);
            for (size_t h = 0; h < c.in->hour_count; h++)
                highest = fmax(highest, profile->values.values[h]);
            ck_assert_double_gt(profile->year_sum / highest, 2400);
        }
        st_case_close(&c);
    }
}
END_TEST

/* A city in which nothing binds tests nothing: with every roof full the networks are over. */
START_TEST(not_everything_fits)
{
    struct st_case c;
    struct az_judgement judgement;
    open_generated(&c, 300, 4);
    json_t *choices = json_array(), *plan = json_pack("{s:o}", "choices", choices);
    for (size_t i = 0; i < c.in->sites.count; i++) {
        const struct st_site *site = &c.in->sites.items[i];
        size_t largest = 0;
        for (size_t o = 1; o < site->option_count; o++)
            if (site->option[o].pv_kw > site->option[largest].pv_kw) largest = o;
        if (site->option_count > 0)
            json_array_append_new(choices, json_pack("{s:s, s:s}", "site", site->id, "option",
                                                     site->option[largest].id));
    }
    ck_assert_int_eq(st_case_plan(&c, plan), AZ_OK);
    ck_assert_int_eq(st_evaluate(c.in, c.plan, c.arena, &judgement), AZ_OK);
    static const char *const rules[] = { "budget", "feeder", "bank", "voltage" };
    for (size_t k = 0; k < sizeof rules / sizeof *rules; k++) {
        bool told = false;
        for (size_t i = 0; i < judgement.violations.count; i++)
            told = told || strstr(judgement.violations.items[i].rule->code.code, rules[k]);
        if (!told) ck_abort_msg("nothing is over its %s", rules[k]);
    }
    st_case_close(&c);
    json_decref(plan);
}
END_TEST

/* The largest cities are for the searches; their instances must come at once. */
START_TEST(large_cities_are_sound)
{
    struct st_case c;
    open_generated(&c, 8000, 1);
    size_t options = 0;
    for (size_t i = 0; i < c.in->sites.count; i++) options += c.in->sites.items[i].option_count;
    ck_assert_uint_gt(options, 3 * c.in->sites.count);
    st_case_close(&c);
    struct az_arena *arena = az_arena_new(NULL);
    void *in;
    ck_assert_int_eq(st_generate(100001, 1, arena, &in), AZ_LIMIT);
    az_arena_free(arena);
}
END_TEST

/* A failed allocation must be a status, never a crash or half an instance. */
START_TEST(memory_may_run_out_anywhere)
{
    struct failing failing = { .left = (size_t)-1 };
    struct az_allocator allocator = failing_allocator(&failing);
    struct az_arena *arena = az_arena_new(&allocator);
    void *in;
    ck_assert_int_eq(st_generate(300, 1, arena, &in), AZ_OK);
    az_arena_free(arena);
    size_t served = failing.served;
    for (size_t left = 1; left < served; left++) {
        failing = (struct failing){ .left = left };
        arena = az_arena_new(&allocator);
        ck_assert_int_eq(st_generate(300, 1, arena, &in), AZ_NO_MEMORY);
        az_arena_free(arena);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("siting_generate");
    TCase *cases = tcase_create("generate");
    tcase_set_timeout(cases, 60);
    tcase_add_test(cases, extras_leave_the_rest_as_it_is);
    tcase_add_test(cases, a_city_with_all_extras_has_a_plan);
    tcase_add_test(cases, the_same_seed_gives_the_same_city);
    tcase_add_test(cases, every_city_has_a_plan);
    tcase_add_test(cases, loads_are_no_higher_than_networks_are_rated_for);
    tcase_add_test(cases, not_everything_fits);
    tcase_add_test(cases, large_cities_are_sound);
    tcase_add_test(cases, memory_may_run_out_anywhere);
    suite_add_tcase(suite, cases);
    return test_suite_run(suite);
}
