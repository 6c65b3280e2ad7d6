/* evbus_csv.c - a bus plan as a table of events with the recharge columns operators know.
 *
 * One row an event, blocks in the plan's order; trips without a bus follow. Usage, recharge and
 * discharge are at the battery, so that each row adds up: SOC after = SOC before - usage + recharge
 * - discharge. What meters at the charger show stands beside it. */
#include <stdlib.h>
#include <string.h>

#include "adapters/export/evbus.h"

static const char *event_name(const struct eb_event *event, const struct az_evx_energy *energy)
{
    if (event->kind == EB_EVENT_TRIP) return "trip";
    if (event->kind == EB_EVENT_DEADHEAD) return "deadhead";
    if (energy->into > 0 && energy->out > 0) return "charge and discharge";
    if (energy->into > 0) return "charge";
    return energy->out > 0 ? "discharge" : "layover";
}

static void put_time(FILE *out, struct az_time time)
{
    char text[32];
    az_evx_text(out, false, az_time_given(time) ? az_time_format(time, text) : NULL);
}

static void put_event(FILE *out, const struct eb_instance *ev, const struct eb_block *block,
                      const struct eb_event *event)
{
    struct az_evx_energy energy = az_evx_energy_of(ev, event);
    const struct eb_trip *trip = az_evx_trip(ev, &event->trip);
    const struct eb_type *type =
        block->type.index < ev->types.count ? &ev->types.items[block->type.index] : NULL;
    bool stay = event->kind == EB_EVENT_STAY;
    az_evx_text(out, true, block->id);
    az_evx_text(out, false, block->bus.id);
    az_evx_text(out, false, block->type.id);
    az_evx_text(out, false, event_name(event, &energy));
    az_evx_text(out, false, event->trip.id);
    az_evx_text(out, false, trip ? trip->name : NULL);
    az_evx_text(out, false, event->from.id);
    az_evx_text(out, false, stay ? event->from.id : event->to.id);
    put_time(out, event->start);
    put_time(out, event->end);
    az_evx_number(out, stay ? 0 : event->distance_km);
    az_evx_number(out, event->soc_before_kwh);
    az_evx_number(out, stay ? 0 : event->energy_kwh);
    az_evx_number(out, energy.into);
    az_evx_number(out, energy.out);
    az_evx_number(out, event->soc_after_kwh);
    az_evx_number(out,
                  type && type->battery_kwh > 0 ? event->soc_after_kwh / type->battery_kwh : NAN);
    az_evx_text(out, false, event->charger.id);
    az_evx_number(out, energy.charged);
    az_evx_number(out, energy.discharged);
    fputc('\n', out);
}

static void put_unserved(FILE *out, const struct eb_instance *ev, const struct eb_plan *plan)
{
    for (size_t i = 0; i < plan->unserved.count; i++) {
        const struct eb_trip *trip = az_evx_trip(ev, &plan->unserved.items[i].trip);
        if (!trip) continue;
        fputs(",,,unserved", out);
        az_evx_text(out, false, trip->id);
        az_evx_text(out, false, trip->name);
        az_evx_text(out, false, trip->from.id);
        az_evx_text(out, false, trip->to.id);
        put_time(out, trip->departure);
        put_time(out, trip->arrival);
        az_evx_number(out, trip->distance_km);
        fputs(",,,,,,,,,\n", out);
    }
}

static enum az_status write_events(const struct az_formulation *formulation, const void *instance,
                                   const void *given, struct az_arena *arena, char **text,
                                   size_t *length)
{
    const struct eb_instance *ev = instance;
    const struct eb_plan *plan;
    char *bytes = NULL;
    (void)formulation;
    AZ_TRY(az_evx_results(ev, given, arena, &plan));
    FILE *out = open_memstream(&bytes, length);
    if (!out) return AZ_NO_MEMORY;
    fputs("block,bus,type,event,trip,trip_name,from,to,start,end,distance_km,soc_before_kwh,"
          "usage_kwh,recharge_kwh,discharge_kwh,soc_after_kwh,soc_after_share,charger,"
          "charger_in_kwh,charger_out_kwh\n",
          out);
    for (size_t b = 0; b < plan->blocks.count; b++)
        for (size_t e = 0; e < plan->blocks.items[b].events.count; e++)
            put_event(out, ev, &plan->blocks.items[b], &plan->blocks.items[b].events.items[e]);
    put_unserved(out, ev, plan);
    bool good = ferror(out) == 0;
    good = fclose(out) == 0 && good;
    *text = good ? az_arena_text_n(arena, bytes, *length) : NULL;
    free(bytes);
    return *text ? AZ_OK : AZ_NO_MEMORY;
}

const struct az_export_format az_export_evbus_csv = {
    .name = "csv",
    .kind = "evbus",
    .summary = { "the events of every bus with charge, usage and recharge",
                 "各車両の行程（蓄電量・消費・充電）" },
    .write = write_events,
};
