/* test_siting_value.c - every option of every site: agrees with dispatch and account, whatever the
 * number of threads, in time, and without memory. */
#include <check.h>
#include <math.h>
#include <string.h>

#include "formulations/siting/value.h"
#include "tests/support/failing.h"
#include "tests/support/st_hand.h"
#include "tests/support/st_plain.h"
#include "tests/support/suite.h"

static struct st_values *values_of(const struct hand *hand, unsigned threads)
{
    struct az_context context = az_context_default();
    struct st_values *values = NULL;
    ck_assert_int_eq(st_values_new(&hand->in, &context, threads, hand->arena, &values), AZ_OK);
    return values;
}

static bool is_as_decided(const struct st_site *site, const struct st_option *option)
{
    if (site->decision == ST_OUT) return false;
    return site->decision == ST_FREE || !site->decided_option ||
           strcmp(site->decided_option, option->id) == 0;
}

/* kvar of a site's dispatch in an hour: load and sun lag, as the contract says. */
static double kvar(const struct st_instance *in, const struct st_site *site,
                   const struct st_dispatch *d, size_t h)
{
    double f = site->load_power_factor, g = 1;
    if (site->feeder != AZ_NO_INDEX && in->feeders.count > 0)
        g = in->feeders.items[0].pv_power_factor;
    return -sqrt(1 / (f * f) - 1) * d->load[h] - sqrt(1 / (g * g) - 1) * (d->sun[h] - d->lost[h]);
}

/* The largest difference of an option's rows to those of its dispatch. */
static double rows_off(const struct st_instance *in, const struct st_values *values, size_t option,
                       const struct st_dispatch room[2])
{
    const struct st_site *site = &in->sites.items[values->site[option]];
    size_t count = in->hour_count, row = values->out_row[option];
    double most = 0;
    for (size_t h = 0; h < count; h++) {
        double base = room[0].out[h] - room[0].grid[h], with = room[1].out[h] - room[1].grid[h];
        if (values->injection) {
            most = fmax(most, fabs(values->injection[option * count + h] - (with - base)));
            most = fmax(most, fabs(values->base[values->site[option] * count + h] - base));
        }
        double without = kvar(in, site, &room[0], h),
               beyond = kvar(in, site, &room[1], h) - without;
        if (values->base_reactive) {
            double told = values->reactive ? values->reactive[option * count + h] : 0;
            double old = values->base_reactive[values->site[option] * count + h];
            most = fmax(most, fmax(fabs(told - beyond), fabs(old - without)));
        }
        if (row != AZ_NO_INDEX)
            most = fmax(most, fabs(values->out[row * count + h] - room[1].out[h]));
    }
    return most;
}

static void check_value(const struct hand *hand, const struct st_values *values, size_t at,
                        size_t place, struct st_dispatch room[2])
{
    const struct st_instance *in = &hand->in;
    const struct st_site *site = &in->sites.items[values->site[at]];
    const struct st_option *option = &site->option[place];
    const struct st_value *value = &values->value[at];
    struct plain_year year[ST_MAX_YEARS];
    plain_cash(in, site, option, room, year);
    double rate = site->operator_index < in->operators.count
                      ? in->operators.items[site->operator_index].discount_rate
                      : in->discount_rate;
    double cost = 0, scale = 1 + option->capex_jpy;
    bool pays = false;
    for (int64_t k = 0; k < in->years; k++) {
        double t = in->carbon ? year[k].kwh * in->carbon->co2_kg_per_kwh / 1000 : 0;
        double price = in->carbon ? in->carbon->price_jpy_per_t : 0;
        cost -= year[k].begin * pow(1 + rate, -(double)k) +
                year[k].end * pow(1 + rate, -(double)(k + 1)) +
                price * t * pow(1 + in->discount_rate, -(double)(k + 1));
        pays = pays || (year[k].contract && year[k].host < -fmax(1e-6, 1e-6 * fabs(year[k].saved)));
    }
    ck_assert_double_eq_tol(value->cost_jpy, cost, 1e-8 * scale);
    ck_assert_double_eq_tol(value->saving_jpy, year[option->year].host, 1e-8 * scale);
    ck_assert_double_eq_tol(value->spent_jpy, option->capex_jpy - option->subsidy_jpy, 1e-9);
    ck_assert_double_eq_tol(value->self_kwh + value->out_kwh, year[option->year].kwh, 1e-7 * scale);
    int refusal = !is_as_decided(site, option) ? ST_DECIDED : pays ? ST_HOST_PAYS : ST_ALLOWED;
    ck_assert_int_eq(value->refusal, refusal);
    ck_assert_int_eq(value->backup, st_is_self_sufficient(in, site, option));
    plain_dispatch(in, site, NULL, 1, &room[0]);
    plain_dispatch(in, site, option, 1, &room[1]);
    ck_assert_double_le(rows_off(in, values, at, room), 1e-6);
}

/* The models would choose by figures that the judge does not find. */
START_TEST(random_options_are_worth_what_a_plain_account_says)
{
    struct az_random dice;
    az_random_seed(&dice, 31);
    size_t refused[3] = { 0 }, with_rows = 0, reactive = 0, tripping = 0;
    for (int round = 0; round < TEST_SOME(25); round++) {
        struct hand hand = hand_random(&dice, 12);
        struct st_dispatch room[2];
        for (size_t k = 0; k < 2; k++)
            ck_assert_int_eq(st_dispatch_new(&hand.in, hand.arena, &room[k]), AZ_OK);
        struct st_values *values = values_of(&hand, 2);
        ck_assert_uint_eq(values->first[hand.in.sites.count], values->option_count);
        ck_assert_int_eq(values->injection != NULL, hand.in.feeders.count > 0);
        with_rows += values->injection != NULL;
        reactive += values->reactive != NULL;
        for (size_t s = 0; s < hand.in.sites.count; s++) {
            const struct st_site *site = &hand.in.sites.items[s];
            ck_assert_uint_eq(values->first[s + 1] - values->first[s], site->option_count);
            ck_assert_int_eq(values->backup[s], st_is_self_sufficient(&hand.in, site, NULL));
            for (size_t o = 0; o < site->option_count; o++) {
                size_t at = values->first[s] + o;
                ck_assert_uint_eq(values->site[at], s);
                ck_assert_int_eq(values->out_row[at] != AZ_NO_INDEX, site->armable == 1);
                check_value(&hand, values, at, o, room);
                refused[values->value[at].refusal]++;
                tripping += values->out_row[at] != AZ_NO_INDEX;
            }
        }
        az_arena_free(hand.arena);
    }
    for (size_t k = 0; k < 3; k++) ck_assert_uint_gt(refused[k], 5);
    ck_assert_uint_gt(with_rows, 1);
    ck_assert_uint_gt(reactive, 0);
    ck_assert_uint_gt(tripping, 5);
}
END_TEST

static bool is_same(const double *a, const double *b, size_t count)
{
    return (!a && !b) || (a && b && memcmp(a, b, count * sizeof *a) == 0);
}

/* The plan would depend on the machine it was made on. */
START_TEST(values_do_not_depend_on_the_number_of_threads)
{
    struct az_random dice;
    az_random_seed(&dice, 32);
    for (int round = 0; round < 4; round++) {
        struct hand hand = hand_random(&dice, 300);
        struct st_values *one = values_of(&hand, 1);
        size_t options = one->option_count, hours = one->hour_count;
        const unsigned threads[] = { 2, 3, 8, 1000 };
        for (size_t k = 0; k < 4; k++) {
            struct st_values *many = values_of(&hand, threads[k]);
            ck_assert(memcmp(one->first, many->first, 301 * sizeof(size_t)) == 0);
            ck_assert(memcmp(one->site, many->site, options * sizeof(size_t)) == 0);
            ck_assert(memcmp(one->backup, many->backup, 300 * sizeof(bool)) == 0);
            ck_assert(memcmp(one->value, many->value, options * sizeof *one->value) == 0);
            ck_assert(is_same(one->injection, many->injection, options * hours));
            ck_assert(is_same(one->reactive, many->reactive, options * hours));
            ck_assert(is_same(one->base, many->base, 300 * hours));
            ck_assert(is_same(one->base_reactive, many->base_reactive, 300 * hours));
        }
        az_arena_free(hand.arena);
    }
}
END_TEST

/* A crash where memory ends: every request of ours is refused once. */
START_TEST(values_end_when_there_is_no_memory)
{
    struct az_random dice;
    az_random_seed(&dice, 33);
    struct az_context context = az_context_default();
    for (int round = 0; round < 6; round++) {
        struct hand hand = hand_random(&dice, 40);
        bool done = false;
        for (size_t left = 0; !done; left++) {
            struct failing failing = { .left = left };
            struct az_allocator allocator = failing_allocator(&failing);
            struct az_arena *arena = az_arena_new(&allocator);
            if (!arena) continue;
            struct st_values *values = NULL;
            enum az_status status = st_values_new(&hand.in, &context, 2, arena, &values);
            done = status == AZ_OK;
            if (!done) ck_assert_int_eq(status, AZ_NO_MEMORY);
            ck_assert_int_eq(values != NULL, done);
            az_arena_free(arena);
            ck_assert_uint_eq(failing.served, failing.returned);
        }
        az_arena_free(hand.arena);
    }
}
END_TEST

static bool always(void *data)
{
    (void)data;
    return true;
}

/* A cancelled run would go on for minutes at a hundred thousand sites. */
START_TEST(values_stop_when_they_must)
{
    struct az_random dice;
    az_random_seed(&dice, 34);
    struct hand hand = hand_random(&dice, 100);
    struct az_context context = az_context_default();
    struct st_values *values = NULL;
    context.cancelled = always;
    ck_assert_int_eq(st_values_new(&hand.in, &context, 2, hand.arena, &values), AZ_DEADLINE);
    context.cancelled = NULL;
    context.deadline = az_now(&context) - 1;
    ck_assert_int_eq(st_values_new(&hand.in, &context, 1, hand.arena, &values), AZ_DEADLINE);
    ck_assert_ptr_null(values);
    az_arena_free(hand.arena);
}
END_TEST

/* An instance of deliveries alone has no hours, no energy and no rows. */
START_TEST(sites_without_days_have_their_capex_alone)
{
    struct hand hand = hand_new(NULL, 0, 2);
    struct st_option *option = hand_option(&hand, hand_site(&hand, ST_PUBLIC), 0, 0);
    option->capex_jpy = 700;
    hand_site(&hand, ST_PUBLIC);
    struct st_values *values = values_of(&hand, 3);
    ck_assert_uint_eq(values->option_count, 1);
    ck_assert_double_eq_tol(values->value[0].cost_jpy, 700, 1e-9);
    ck_assert_int_eq(values->value[0].refusal, ST_ALLOWED);
    ck_assert_double_eq(values->value[0].co2_t, 0);
    ck_assert_ptr_null(values->injection);
    az_arena_free(hand.arena);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("siting_value");
    TCase *tests = tcase_create("values");
    tcase_add_test(tests, random_options_are_worth_what_a_plain_account_says);
    tcase_add_test(tests, values_do_not_depend_on_the_number_of_threads);
    tcase_add_test(tests, values_end_when_there_is_no_memory);
    tcase_add_test(tests, values_stop_when_they_must);
    tcase_add_test(tests, sites_without_days_have_their_capex_alone);
    suite_add_tcase(suite, tests);
    return test_suite_run(suite);
}
