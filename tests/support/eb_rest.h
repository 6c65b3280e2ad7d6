/* eb_rest.h - a plan of the electric buses at a moment, and the rest of its day as an instance.
 *
 * For the one file of a suite. */
#ifndef AZ_TEST_EB_REST_H
#define AZ_TEST_EB_REST_H

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "adapters/json/json.h"
#include "formulations/evbus/duty.h"
#include "tests/support/eb_case.h"

/* Trips may leave their times to the timetable; to cut a plan they are needed. */
static inline void say_times(struct eb_case *c)
{
    for (size_t b = 0; b < c->plan->blocks.count; b++)
        for (size_t e = 0; e < c->plan->blocks.items[b].events.count; e++) {
            struct eb_event *event = &c->plan->blocks.items[b].events.items[e];
            if (event->kind != EB_EVENT_TRIP) continue;
            event->start = c->ev->trips.items[event->trip.index].departure;
            event->end = c->ev->trips.items[event->trip.index].arrival;
        }
}

static inline struct az_time moment(const struct eb_case *c, size_t k)
{
    return az_time_add(c->ev->start, (int64_t)k * c->ev->slot_minutes * 60);
}

static inline const struct eb_state *carry_to(const struct eb_case *c, size_t k)
{
    void *state = NULL;
    ck_assert_int_eq(eb_carry(c->ev, c->plan, moment(c, k), c->arena, &state, NULL), AZ_OK);
    return state;
}

/* Keeps the values from slot `from` on of the series of the grids. */
static inline void cut_series(json_t *json, size_t T, size_t from)
{
    const char *key;
    json_t *value;
    size_t i;
    bool series = json_is_array(json) && json_array_size(json) == T &&
                  json_is_number(json_array_get(json, 0));
    for (i = 0; series && i < from; i++) json_array_remove(json, 0);
    if (json_is_array(json) && !series) json_array_foreach(json, i, value)
        {
            cut_series(value, T, from);
        }
    json_object_foreach(json, key, value) cut_series(value, T, from);
}

static inline void open_rest(struct eb_case *rest, const struct eb_case *c, const json_t *instance,
                             size_t k)
{
    char start[32];
    json_t *json = json_deep_copy(instance);
    az_time_format(moment(c, k), start);
    cut_series(json_object_get(json, "grids"), c->ev->T, k);
    json_object_set_new(json, "start", json_string(start));
    json_object_set_new(json, "slots", json_integer((int64_t)(c->ev->T - k)));
    json_object_set_new(json, "state", az_json_write(&eb_state_table, carry_to(c, k)));
    ck_assert_int_eq(eb_case_open(rest, json, NULL), AZ_OK);
    document_print(&rest->findings);
    ck_assert_uint_eq(az_findings_total(&rest->findings), 0);
    json_decref(json);
}

#endif
