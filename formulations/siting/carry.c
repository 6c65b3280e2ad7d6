/* carry.c - what stands at the beginning of a year: options of earlier years are built and become
 * existing equipment of the next instance. Carrying to one year and from there to another gives the
 * same as carrying to the other at once. */
#include <string.h>

#include "formulations/common/misfit.h"
#include "formulations/siting/codes.h"
#include "formulations/siting/judge.h"

/* The year of the horizon that begins at this moment; -1: none does. */
static int64_t year_of(const struct st_instance *in, struct az_time at)
{
    int year, month, day, minute;
    az_time_local(at, &year, &month, &day, &minute);
    int64_t second = (at.utc_s + (int64_t)at.offset_min * 60) % 60;
    if (month != 1 || day != 1 || minute != 0 || second != 0) return -1;
    int64_t k = year - in->first_year;
    return k >= 0 && k <= in->years ? k : -1;
}

/* What an earlier state has of a site, and what the plan has built since. */
static void add_built(struct st_built *built, double pv_kw, double battery_kwh, double battery_kw)
{
    built->pv_kw += pv_kw;
    built->battery_kwh += battery_kwh;
    built->battery_kw += battery_kw;
}

enum az_status st_carry(const void *instance, const void *plan, struct az_time at,
                        struct az_arena *arena, void **state, struct az_findings *findings)
{
    const struct st_instance *in = instance;
    const struct st_plan *of = plan;
    struct az_misfit_finder finder = { arena, findings, &st_code_carry_plan_misfit };
    struct az_misfit misfit = { .tell = az_misfit_find, .data = &finder };
    struct st_layout layout;
    int64_t k = year_of(in, at);
    *state = NULL;
    if (k < 0) {
        char value[32];
        AZ_FIND(findings, &st_code_carry_outside, AZ_AT(NULL, "at"),
                AZ_TEXT_PARAM("value", az_time_format(at, value)),
                AZ_NUMBER_PARAM("from", (double)in->first_year),
                AZ_NUMBER_PARAM("until", (double)(in->first_year + in->years)));
        return AZ_INVALID;
    }
    AZ_TRY(st_lay_out(in, plan, arena, &misfit, &layout));
    if (misfit.count > 0) return AZ_INVALID;
    struct st_state *made = AZ_NEW(arena, struct st_state);
    size_t *entry = AZ_ARRAY(arena, in->sites.count + 1, size_t);
    size_t before = in->state ? in->state->built.count : 0;
    size_t most = before + of->choices.count;
    if (!made || !entry) return AZ_NO_MEMORY;
    az_fields_clear(&st_state_table, made);
    made->at = at;
    if (!(made->built.items = AZ_ARRAY(arena, most + 1, struct st_built))) return AZ_NO_MEMORY;
    for (size_t s = 0; s < in->sites.count; s++) entry[s] = AZ_NO_INDEX;
    for (size_t i = 0; i < before; i++) {
        const struct st_built *old = &in->state->built.items[i];
        entry[old->site.index] = made->built.count;
        made->built.items[made->built.count++] = *old;
    }
    for (size_t i = 0; i < of->choices.count; i++) {
        const struct st_option *option = layout.option[i];
        size_t s = of->choices.items[i].site.index;
        if (option->year >= k) continue;
        if (entry[s] == AZ_NO_INDEX) {
            entry[s] = made->built.count;
            made->built.items[made->built.count++] =
                (struct st_built){ .site = of->choices.items[i].site };
        }
        add_built(&made->built.items[entry[s]], option->pv_kw, option->battery_kwh,
                  option->battery_kw);
    }
    *state = made;
    return AZ_OK;
}
