/* test_calendar.c - slots, months and metering intervals on the local clock. */
#include <check.h>
#include <stdlib.h>

#include "formulations/common/calendar.h"
#include "tests/support/suite.h"

static struct az_time at(const char *text)
{
    struct az_time time;
    ck_assert(az_time_parse(text, &time));
    return time;
}

/* Slots that straddle an hour would straddle prices and metering intervals. */
START_TEST(slot_lengths_divide_an_hour)
{
    static const int64_t good[] = { 1, 5, 10, 12, 15, 20, 30, 60 };
    static const int64_t bad[] = { 0, -30, 7, 25, 45, 90, 120 };
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) ck_assert(az_divides_hour(good[i]));
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) ck_assert(!az_divides_hour(bad[i]));
}
END_TEST

/* A start at 10:10 would put every half-hour price in the wrong place. */
START_TEST(slots_stand_on_the_local_clock)
{
    ck_assert(az_on_slot(at("2026-01-21T10:30:00+09:00"), 30));
    ck_assert(!az_on_slot(at("2026-01-21T10:10:00+09:00"), 30));
    ck_assert(az_on_slot(at("2026-01-21T10:10:00+09:00"), 5));
    ck_assert(!az_on_slot(at("2026-01-21T10:30:01+09:00"), 30));
    ck_assert(az_on_slot(at("2026-01-21T10:00:00+05:30"), 60));  /* 04:30 UTC */
    ck_assert(!az_on_slot(at("2026-01-21T10:30:00+05:30"), 60)); /* 05:00 UTC */
    ck_assert(az_on_slot(at("1969-12-31T23:30:00Z"), 30));
}
END_TEST

START_TEST(slot_times_keep_their_offset)
{
    char text[32];
    struct az_time start = at("2026-01-31T23:30:00+09:00");
    ck_assert_str_eq(az_time_format(az_slot_time(start, 30, 0), text), "2026-01-31T23:30:00+09:00");
    ck_assert_str_eq(az_time_format(az_slot_time(start, 30, 1), text), "2026-02-01T00:00:00+09:00");
    ck_assert_str_eq(az_time_format(az_slot_time(start, 5, 288), text),
                     "2026-02-01T23:30:00+09:00");
}
END_TEST

/* 0.1 + 0.2 hours are whole slots; 0.7999 hours are not, and must not become a fifth of an hour. */
START_TEST(durations_are_whole_slots_or_are_not)
{
    size_t slots;
    ck_assert(az_whole_slots(2, 30, 100, &slots));
    ck_assert_uint_eq(slots, 4);
    ck_assert(az_whole_slots(0.1 + 0.2, 6, 100, &slots));
    ck_assert_uint_eq(slots, 3);
    ck_assert(az_whole_slots(1.0 / 3, 20, 100, &slots));
    ck_assert_uint_eq(slots, 1);
    ck_assert(!az_whole_slots(0.7999, 30, 100, &slots));
    ck_assert_uint_eq(slots, 1);
    ck_assert(az_whole_slots(0, 30, 100, &slots));
    ck_assert_uint_eq(slots, 0);
    ck_assert(az_whole_slots(1e300, 30, 100, &slots));
    ck_assert_uint_eq(slots, 100);
    ck_assert(az_whole_slots(INFINITY, 30, 100, &slots));
    ck_assert_uint_eq(slots, 100);
}
END_TEST

/* In Japan the month begins at 15:00 UTC: a UTC month would bill nine hours to the wrong one. */
START_TEST(months_are_local)
{
    struct az_time last = at("2026-01-31T23:59:59+09:00"), first = at("2026-02-01T00:00:00+09:00");
    ck_assert_int_eq(az_month_number(first) - az_month_number(last), 1);
    ck_assert_int_eq(az_month_number(at("2027-01-01T00:00:00+09:00")) -
                         az_month_number(at("2026-12-01T00:00:00+09:00")),
                     1);
    ck_assert(az_is_month_start(first));
    ck_assert(!az_is_month_start(last));
    ck_assert(!az_is_month_start(at("2026-02-01T00:30:00+09:00")));
    ck_assert(!az_is_month_start((struct az_time){ first.utc_s, 0 })); /* the same moment in UTC */
    ck_assert(az_is_month_start(at("2028-03-01T00:00:00+09:00")));
    ck_assert(!az_is_month_start(at("2028-02-29T00:00:00+09:00")));
}
END_TEST

static void need_metering(const char *start, int64_t slot, int64_t interval, size_t slots,
                          size_t offset)
{
    struct az_metering metering;
    ck_assert(az_metering_of(at(start), slot, interval, &metering));
    ck_assert_uint_eq(metering.slots, slots);
    ck_assert_uint_eq(metering.offset, offset);
}

/* The demand is the average over the clock's half-hour, whatever the slots and the start. */
START_TEST(metering_intervals_are_those_of_the_clock)
{
    struct az_metering metering;
    need_metering("2026-01-21T10:00:00+09:00", 30, 30, 1, 0);
    need_metering("2026-01-21T10:30:00+09:00", 30, 60, 2, 1);
    need_metering("2026-01-21T10:25:00+09:00", 5, 30, 6, 5);
    need_metering("2026-01-21T10:45:00+09:00", 15, 30, 2, 1);
    need_metering("2026-01-21T10:00:00+09:00", 60, 30, 1, 0); /* longer slots: their own */
    need_metering("2026-01-21T10:30:00+05:30", 30, 60, 2, 1); /* an hour in UTC */
    ck_assert(!az_metering_of(at("2026-01-21T10:00:00+09:00"), 20, 30, &metering));
    ck_assert(!az_metering_of(at("2026-01-21T10:00:00+09:00"), 30, 20, &metering));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("calendar");
    TCase *cases = tcase_create("calendar");
    tcase_add_test(cases, slot_lengths_divide_an_hour);
    tcase_add_test(cases, slots_stand_on_the_local_clock);
    tcase_add_test(cases, slot_times_keep_their_offset);
    tcase_add_test(cases, durations_are_whole_slots_or_are_not);
    tcase_add_test(cases, months_are_local);
    tcase_add_test(cases, metering_intervals_are_those_of_the_clock);
    suite_add_tcase(suite, cases);
    return test_suite_run(suite);
}
