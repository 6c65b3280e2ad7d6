/* test_clinic_generate.c - random weeks: the same from the same seed, sound at every size, with
 * every feature in some of them, and never without a plan; the tiny weeks of property tests too. */
#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "adapters/json/json.h"
#include "tests/support/cl_case.h"
#include "tests/support/cl_random.h"
#include "tests/support/suite.h"

static json_t *generated(size_t size, uint64_t seed)
{
    struct az_arena *arena = az_arena_new(NULL);
    void *cl;
    ck_assert_int_eq(cl_generate(size, seed, arena, &cl), AZ_OK);
    json_t *json = az_json_write(&cl_instance_table, cl);
    ck_assert_ptr_nonnull(json);
    az_arena_free(arena);
    return json;
}

static void open_generated(struct cl_case *c, size_t size, uint64_t seed)
{
    json_t *json = generated(size, seed);
    ck_assert_int_eq(cl_case_open(c, json, NULL), AZ_OK);
    document_print(&c->findings);
    if (az_findings_total(&c->findings) > 0)
        ck_abort_msg("size %zu, seed %llu", size, (unsigned long long)seed);
    json_decref(json);
}

/* A benchmark that cannot be repeated is none. */
START_TEST(the_same_seed_gives_the_same_week)
{
    for (uint64_t seed = 1; seed <= 5; seed++) {
        json_t *a = generated(45, seed), *b = generated(45, seed), *other = generated(45, seed + 1);
        ck_assert(json_equal(a, b));
        ck_assert(!json_equal(a, other));
        json_decref(a);
        json_decref(b);
        json_decref(other);
    }
}
END_TEST

/* Every site may be left out, so that the empty week is a plan; every site has days. */
static void check_sites(const struct cl_instance *cl, size_t size)
{
    ck_assert_uint_eq(cl->sites.count, size);
    ck_assert_int_eq(cl->days, 5);
    for (size_t i = 0; i < cl->sites.count; i++) {
        const struct cl_site *site = &cl->sites.items[i];
        ck_assert(isfinite(site->left_out_jpy) && site->left_out_jpy > 0);
        ck_assert_uint_gt(site->pattern_count, 0);
    }
}

/* A generator that makes a broken week at one size or seed breaks every random test that takes
 * it. */
START_TEST(weeks_of_every_size_are_sound)
{
    for (size_t size = 1; size <= 120; size++) {
        struct cl_case c;
        open_generated(&c, size, size);
        check_sites(c.cl, size);
        cl_case_close(&c);
    }
    for (uint64_t seed = 0; seed < 150; seed++) {
        struct cl_case c;
        open_generated(&c, 1 + seed % 61, seed);
        check_sites(c.cl, 1 + seed % 61);
        cl_case_close(&c);
    }
}
END_TEST

/* Without a limit that is said, a size with a nought too many fills the memory. */
START_TEST(large_weeks_are_sound)
{
    static const size_t sizes[] = { 300, 600, 1000 };
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        struct cl_case c;
        open_generated(&c, sizes[i], i);
        check_sites(c.cl, sizes[i]);
        cl_case_close(&c);
    }
    struct az_arena *arena = az_arena_new(NULL);
    void *cl;
    ck_assert_int_eq(cl_generate(1001, 1, arena, &cl), AZ_LIMIT);
    az_arena_free(arena);
}
END_TEST

/* What no seed uses is never tested by random weeks. */
START_TEST(the_seeds_use_every_feature)
{
    size_t slow = 0, closed = 0, absent = 0, appointments = 0, patterns = 0, twice = 0, online = 0,
           aboard = 0, familiar = 0, late = 0, within = 0, broken = 0, intervals = 0;
    for (uint64_t seed = 0; seed < 60; seed++) {
        struct cl_case c;
        open_generated(&c, 30, seed);
        const struct cl_instance *cl = c.cl;
        slow += cl->travel->slow_days.count;
        closed += cl->closures.count;
        appointments += cl->appointment_count;
        broken += cl->vehicles.items[1].out_of_service.count;
        for (size_t i = 0; i < cl->staff.count; i++) absent += cl->staff.items[i].absent.count;
        for (size_t i = 0; i < cl->sites.count; i++) {
            const struct cl_site *site = &cl->sites.items[i];
            patterns += site->patterns.count;
            twice += site->visits > 1;
            familiar += site->familiar.count;
            late += site->closed.count;
            intervals += site->interval_max_days != AZ_NO_INTEGER;
            for (size_t w = 0; w < site->windows.count; w++)
                within += site->windows.items[w].ends_within == 1;
            for (size_t o = 0; o < site->option_count; o++) {
                online += site->option[o].care.index == 0;
                aboard += site->option[o].care.index == 2;
            }
        }
        cl_case_close(&c);
    }
    ck_assert(slow && closed && absent && appointments && patterns && twice && online && aboard);
    ck_assert(familiar && late && within && broken && intervals);
}
END_TEST

/* --- tiny weeks ---------------------------------------------------------------------------------
 */

struct shares {
    size_t breaks, ranges, patterns, twice, closures, appointments, remote, pharmacists, waits,
        online, equipment, crews, overtime, familiar, capacity, state, weighted, firm, several,
        slow, within, two_vehicles, matrices, prices;
};

static void count(struct shares *s, const struct cl_instance *cl)
{
    bool breaks = false, over = false, twice = false, lists = false, known = false, inner = false,
         pharmacist = false, waits = false, online = false, equipment = false, several = false,
         prices = false, firm = false, range = false, capacity = false;
    for (size_t i = 0; i < cl->staff.count; i++) {
        over = over || cl->staff.items[i].overtime_s > 0;
        for (size_t k = 0; k < cl->staff.items[i].shifts.count; k++)
            breaks = breaks || cl->staff.items[i].shifts.items[k].break_s > 0;
    }
    for (size_t i = 0; i < cl->sites.count; i++) {
        const struct cl_site *site = &cl->sites.items[i];
        twice = twice || site->visits > 1;
        lists = lists || site->patterns.count > 0;
        known = known || site->familiar.count > 0;
        several = several || site->windows.count > 1;
        firm = firm || isinf(site->left_out_jpy);
        for (size_t w = 0; w < site->windows.count; w++)
            inner = inner || site->windows.items[w].ends_within == 1;
        for (size_t o = 0; o < site->option_count; o++) {
            const struct cl_care *care = &cl->cares.items[site->option[o].care.index];
            pharmacist = pharmacist || care->pharmacist;
            waits = waits || (care->pharmacist && care->pharmacist->wait_s > 0);
            online = online || !care->needs_crew;
            equipment = equipment || care->equipment.count > 0;
            prices = prices || site->option[o].price_jpy > 0;
        }
    }
    for (size_t v = 0; v < cl->vehicles.count; v++) {
        range = range || !isnan(cl->vehicles.items[v].range_km);
        capacity = capacity || !isnan(cl->vehicles.items[v].capacity);
    }
    s->breaks += breaks;
    s->overtime += over;
    s->twice += twice;
    s->patterns += lists;
    s->familiar += known;
    s->several += several;
    s->firm += firm;
    s->within += inner;
    s->pharmacists += pharmacist;
    s->waits += waits;
    s->online += online;
    s->equipment += equipment;
    s->prices += prices;
    s->ranges += range;
    s->capacity += capacity;
    s->closures += cl->closures.count > 0;
    s->appointments += cl->appointment_count > 0;
    s->remote += cl->slot_count > 0;
    s->crews += cl->crews.count > 0;
    s->state += cl->state != NULL;
    s->weighted += cl->objective == CL_WEIGHTED;
    s->slow += cl->travel->slow_days.count > 0;
    s->two_vehicles += cl->vehicles.count > 1;
    s->matrices += cl->travel->matrices.count > 0;
}

/* A feature that hardly any tiny week has is one that no cross-check sees. */
START_TEST(tiny_weeks_are_sound_and_use_every_feature)
{
    struct shares s = { 0 };
    enum { WEEKS = 300 };
    for (uint64_t seed = 0; seed < WEEKS; seed++) {
        struct cl_case c;
        json_t *json = cl_random_instance(seed), *again = cl_random_instance(seed);
        ck_assert(json_equal(json, again));
        ck_assert_int_eq(cl_case_open(&c, json, NULL), AZ_OK);
        document_print(&c.findings);
        ck_assert_uint_eq(az_findings_total(&c.findings), 0);
        ck_assert(c.cl->sites.count >= 3 && c.cl->sites.count <= 7);
        ck_assert(c.cl->days <= 3 && c.cl->vehicles.count <= 2);
        count(&s, c.cl);
        cl_case_close(&c);
        json_decref(json);
        json_decref(again);
    }
    const size_t *all = (const size_t *)&s;
    for (size_t i = 0; i < sizeof s / sizeof(size_t); i++)
        if (all[i] < WEEKS / 12) ck_abort_msg("feature %zu is in %zu of %d only", i, all[i], WEEKS);
}
END_TEST

/* A size that runs out of memory half made must not be half an instance. */
START_TEST(generating_survives_every_allocation_failure)
{
    enum az_status status = AZ_NO_MEMORY;
    for (size_t left = 0; status != AZ_OK; left++) {
        struct failing failing = { .left = left };
        struct az_allocator allocator = failing_allocator(&failing);
        struct az_arena *arena = az_arena_new(&allocator);
        void *cl;
        if (!arena) continue;
        status = cl_generate(20, 3, arena, &cl);
        ck_assert(status == AZ_OK || status == AZ_NO_MEMORY);
        az_arena_free(arena);
        ck_assert_uint_lt(left, 1000);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("clinic_generate");
    TCase *cases = tcase_create("generate");
    tcase_set_timeout(cases, 120);
    tcase_add_test(cases, the_same_seed_gives_the_same_week);
    tcase_add_test(cases, weeks_of_every_size_are_sound);
    tcase_add_test(cases, large_weeks_are_sound);
    tcase_add_test(cases, the_seeds_use_every_feature);
    tcase_add_test(cases, tiny_weeks_are_sound_and_use_every_feature);
    tcase_add_test(cases, generating_survives_every_allocation_failure);
    suite_add_tcase(suite, cases);
    return test_suite_run(suite);
}
