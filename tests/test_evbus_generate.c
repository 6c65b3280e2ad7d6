/* test_evbus_generate.c - random valleys: the same from the same seed, sound at every size, and
 * never without a plan. */
#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "adapters/json/json.h"
#include "tests/support/eb_case.h"
#include "tests/support/suite.h"

static json_t *generated(size_t size, uint64_t seed)
{
    struct az_arena *arena = az_arena_new(NULL);
    void *ev;
    ck_assert_int_eq(eb_generate(size, seed, arena, &ev), AZ_OK);
    json_t *json = az_json_write(&eb_instance_table, ev);
    ck_assert_ptr_nonnull(json);
    az_arena_free(arena);
    return json;
}

static void open_generated(struct eb_case *c, size_t size, uint64_t seed)
{
    json_t *json = generated(size, seed);
    ck_assert_int_eq(eb_case_open(c, json, NULL), AZ_OK);
    document_print(&c->findings);
    if (az_findings_total(&c->findings) > 0)
        ck_abort_msg("size %zu, seed %llu", size, (unsigned long long)seed);
    json_decref(json);
}

/* A benchmark that cannot be repeated is none. */
START_TEST(the_same_seed_gives_the_same_instance)
{
    for (uint64_t seed = 1; seed <= 5; seed++) {
        json_t *a = generated(40, seed), *b = generated(40, seed), *other = generated(40, seed + 1);
        ck_assert(json_equal(a, b));
        ck_assert(!json_equal(a, other));
        json_decref(a);
        json_decref(b);
        json_decref(other);
    }
}
END_TEST

/* Every trip within the day, in order, and joined to a depot: else some benchmark measures trips
 * that nobody can run. */
static void check_trips(const struct eb_instance *ev)
{
    size_t places = ev->places.count;
    for (size_t i = 0; i < ev->trips.count; i++) {
        const struct eb_trip *trip = &ev->trips.items[i];
        bool out = false, back = false;
        if (i > 0) ck_assert_int_ge(trip->depart_s, trip[-1].depart_s);
        for (size_t d = 0; d < ev->depots.count; d++) {
            size_t depot = ev->depots.items[d].place.index;
            int64_t from = ev->drive_s[depot * places + trip->from.index];
            int64_t to = ev->drive_s[trip->to.index * places + depot];
            out = out || (from >= 0 && from <= trip->depart_s);
            back = back || (to >= 0 && trip->arrive_s + to <= ev->end_s);
        }
        ck_assert(out && back);
        for (size_t v = 0; v < ev->types.count; v++) {
            double window = ev->types.items[v].max_kwh - ev->types.items[v].min_kwh;
            ck_assert_double_lt(trip->prefix_high[v], window);
        }
    }
}

START_TEST(size_counts_trips_at_every_size)
{
    for (size_t size = 1; size <= 120; size++) {
        struct eb_case c;
        open_generated(&c, size, size);
        ck_assert_uint_eq(c.ev->trips.count, size);
        ck_assert_uint_eq(c.ev->T, 96);
        ck_assert_uint_eq(c.ev->grids.count, 2);
        check_trips(c.ev);
        eb_case_close(&c);
    }
}
END_TEST

START_TEST(many_seeds_are_sound)
{
    for (uint64_t seed = 0; seed < 200; seed++) {
        struct eb_case c;
        open_generated(&c, 1 + seed % 61, seed);
        check_trips(c.ev);
        eb_case_close(&c);
    }
}
END_TEST

START_TEST(large_cities_are_sound)
{
    static const size_t sizes[] = { 300, 614, 1000, 2000 };
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        struct eb_case c;
        open_generated(&c, sizes[i], i);
        ck_assert_uint_eq(c.ev->trips.count, sizes[i]);
        check_trips(c.ev);
        eb_case_close(&c);
    }
}
END_TEST

/* What no seed uses is never tested by random instances. */
START_TEST(the_seeds_use_every_feature)
{
    size_t buses = 0, converters = 0, storages = 0, counts = 0, reserves = 0, restricted = 0,
           dear = 0, short_ends = 0, profiles = 0, upper = 0, cold = 0;
    for (uint64_t seed = 0; seed < 60; seed++) {
        struct eb_case c;
        open_generated(&c, 30, seed);
        const struct eb_instance *ev = c.ev;
        buses += ev->bus_count > 0;
        converters += ev->converters.count;
        storages += ev->storages.count;
        counts += ev->return_rule == EB_RETURN_COUNTS;
        reserves += ev->reserve_share > 0;
        upper += ev->depots.count > 1;
        cold += ev->temperature_c < 0;
        short_ends += !isnan(ev->types.items[1].end_price_jpy_per_kwh);
        for (size_t i = 0; i < ev->trips.count; i++) {
            restricted += ev->trips.items[i].types.count;
            dear += !isnan(ev->trips.items[i].unserved_price_jpy);
            profiles += ev->trips.items[i].profile.count > 0;
        }
        eb_case_close(&c);
    }
    ck_assert(buses && converters && storages && counts && reserves && restricted && dear);
    ck_assert(short_ends && profiles && upper && cold);
}
END_TEST

/* A bus that is known stands in its depot all day. */
static void stand_still(struct eb_case *c, struct eb_block *block, size_t b)
{
    const struct eb_instance *ev = c->ev;
    const struct eb_bus *bus = &ev->bus[b];
    ck_assert_ptr_nonnull(block->events.items = AZ_NEW(c->arena, struct eb_event));
    block->id = bus->id;
    block->bus = (struct az_ref){ .id = bus->id, .index = b };
    block->type = bus->type;
    block->depot = block->end_depot = bus->depot;
    block->start_kwh = bus->start_kwh;
    block->events.count = 1;
    struct eb_event *stay = block->events.items;
    static const struct az_table *plan = &eb_plan_table;
    const struct az_field *events =
        az_field_find(az_field_find(plan, "blocks")->item->table, "events");
    az_fields_clear(events->item->table, stay);
    stay->kind = EB_EVENT_STAY;
    stay->from = stay->to = bus->place;
    stay->start = ev->start;
    stay->end = az_time_add(ev->start, ev->end_s);
    stay->distance_km = 0;
    stay->energy_kwh = 0;
    stay->soc_before_kwh = stay->soc_after_kwh = bus->start_kwh;
}

/* Always feasible: nothing moves, every trip is left out at its price. */
START_TEST(doing_nothing_is_a_plan)
{
    for (uint64_t seed = 0; seed < 30; seed++) {
        struct eb_case c;
        struct az_judgement judgement = { 0 };
        open_generated(&c, 25, seed);
        ck_assert_int_eq(eb_plan_new(c.ev, c.arena, &c.plan), AZ_OK);
        c.plan->blocks.items = AZ_ARRAY(c.arena, c.ev->bus_count, struct eb_block);
        c.plan->blocks.count = c.ev->bus_count;
        for (size_t b = 0; b < c.ev->bus_count; b++) stand_still(&c, &c.plan->blocks.items[b], b);
        ck_assert_int_eq(eb_evaluate(c.ev, c.plan, c.arena, &judgement), AZ_OK);
        for (size_t i = 0; i < judgement.violations.count; i++) {
            const struct az_breach *breach = &judgement.violations.items[i];
            ck_abort_msg("seed %llu: %s %s", (unsigned long long)seed, breach->rule->code.code,
                         az_breach_words(breach, AZ_ENGLISH, c.arena));
        }
        ck_assert_uint_eq(judgement.concessions.count, 25);
        eb_case_close(&c);
    }
}
END_TEST

START_TEST(generating_survives_every_allocation_failure)
{
    enum az_status status = AZ_NO_MEMORY;
    for (size_t left = 0; status != AZ_OK; left++) {
        struct failing failing = { .left = left };
        struct az_allocator allocator = failing_allocator(&failing);
        struct az_arena *arena = az_arena_new(&allocator);
        void *ev;
        status = arena ? eb_generate(30, 7, arena, &ev) : AZ_NO_MEMORY;
        ck_assert(status == AZ_OK || status == AZ_NO_MEMORY);
        az_arena_free(arena);
        ck_assert_uint_lt(left, 10000);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("evbus_generate");
    TCase *cases = tcase_create("generate");
    tcase_set_timeout(cases, 120);
    tcase_add_test(cases, the_same_seed_gives_the_same_instance);
    tcase_add_test(cases, size_counts_trips_at_every_size);
    tcase_add_test(cases, many_seeds_are_sound);
    tcase_add_test(cases, large_cities_are_sound);
    tcase_add_test(cases, the_seeds_use_every_feature);
    tcase_add_test(cases, doing_nothing_is_a_plan);
    tcase_add_test(cases, generating_survives_every_allocation_failure);
    suite_add_tcase(suite, cases);
    return test_suite_run(suite);
}
