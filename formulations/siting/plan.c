/* plan.c - plans: an empty one, one of given choices, and what is added to them. */
#include "formulations/siting/plan.h"

#include <string.h>

/* A choice whose results nobody has told yet. */
static struct st_choice new_choice(const struct st_instance *in, size_t site, size_t option)
{
    const struct st_site *it = &in->sites.items[site];
    struct st_choice choice;
    memset(&choice, 0, sizeof choice);
    choice.site = (struct az_ref){ .id = it->id, .index = site };
    choice.option = it->option[option].id;
    choice.year = AZ_NO_INTEGER;
    double *results[] = { &choice.pv_kw,         &choice.battery_kwh,     &choice.capex_jpy,
                          &choice.subsidy_jpy,   &choice.npv_jpy,         &choice.irr,
                          &choice.payback_years, &choice.host_saving_jpy, &choice.host_npv_jpy,
                          &choice.self_kwh,      &choice.export_kwh,      &choice.lost_kwh,
                          &choice.co2_t };
    for (size_t k = 0; k < sizeof results / sizeof *results; k++) *results[k] = NAN;
    return choice;
}

/* Lists of a plan are there, if empty: an absent one would be for somebody to complete. */
static enum az_status new_plan(struct az_arena *arena, size_t choices, struct st_plan **out)
{
    struct st_plan *plan = AZ_NEW(arena, struct st_plan);
    if (!plan) return AZ_NO_MEMORY;
    plan->choices.items = AZ_ARRAY(arena, choices, struct st_choice);
    plan->reinforcements.items = az_arena_take(arena, 0);
    plan->armed.items = az_arena_take(arena, 0);
    plan->trips.items = az_arena_take(arena, 0);
    plan->served.items = az_arena_take(arena, 0);
    if (!plan->choices.items || !plan->reinforcements.items || !plan->armed.items ||
        !plan->trips.items || !plan->served.items)
        return AZ_NO_MEMORY;
    *out = plan;
    return AZ_OK;
}

enum az_status st_plan_new(const struct st_instance *in, struct az_arena *arena,
                           struct st_plan **plan)
{
    (void)in;
    return new_plan(arena, 0, plan);
}

enum az_status st_plan_of(const struct st_instance *in, const size_t option[], const bool armed[],
                          struct az_arena *arena, struct st_plan **out)
{
    size_t count = 0, room = 1; /* a power of two, for more to be added */
    for (size_t s = 0; s < in->sites.count; s++) count += option[s] != AZ_NO_INDEX;
    while (room < count) room *= 2;
    AZ_TRY(new_plan(arena, room, out));
    for (size_t s = 0; s < in->sites.count; s++) {
        if (option[s] == AZ_NO_INDEX) continue;
        struct st_choice *choice = &(*out)->choices.items[(*out)->choices.count++];
        *choice = new_choice(in, s, option[s]);
        choice->armed = armed && armed[s];
    }
    return AZ_OK;
}

enum az_status st_plan_options(const struct st_instance *in, const struct st_plan *plan,
                               size_t option[])
{
    for (size_t s = 0; s < in->sites.count; s++) option[s] = AZ_NO_INDEX;
    for (size_t i = 0; i < plan->choices.count; i++) {
        const struct st_choice *choice = &plan->choices.items[i];
        size_t s = choice->site.index, o = 0;
        if (s >= in->sites.count || option[s] != AZ_NO_INDEX || !choice->option) return AZ_INVALID;
        const struct st_site *site = &in->sites.items[s];
        while (o < site->option_count && strcmp(site->option[o].id, choice->option) != 0) o++;
        if (o == site->option_count) return AZ_INVALID;
        option[s] = o;
    }
    return AZ_OK;
}

enum az_status st_plan_copy(const struct st_plan *plan, struct az_arena *arena,
                            struct st_plan **copy)
{
    void *made = NULL;
    AZ_TRY(az_copy(&st_plan_table, plan, arena, &made));
    *copy = made;
    return AZ_OK;
}

/* --- adding -------------------------------------------------------------------------------------
 */

/* Room for one more at the end of a list: the arrays double at powers of two. */
#define ROOM(arena, list)                                                                        \
    do {                                                                                         \
        size_t count_ = (list).count;                                                            \
        if ((count_ & (count_ - 1)) == 0) {                                                      \
            void *items_ = az_arena_grow((arena), (list).items, count_, count_ ? 2 * count_ : 1, \
                                         sizeof *(list).items);                                  \
            if (!items_) return AZ_NO_MEMORY;                                                    \
            (list).items = items_;                                                               \
        }                                                                                        \
    } while (0)

enum az_status st_plan_choose(const struct st_instance *in, struct st_plan *plan, size_t site,
                              size_t option, struct az_arena *arena)
{
    ROOM(arena, plan->choices);
    plan->choices.items[plan->choices.count++] = new_choice(in, site, option);
    return AZ_OK;
}

enum az_status st_plan_reinforce(struct st_plan *plan, const char *id, struct az_arena *arena)
{
    ROOM(arena, plan->reinforcements);
    plan->reinforcements.items[plan->reinforcements.count++] = id;
    return AZ_OK;
}

enum az_status st_plan_arm(const struct st_instance *in, struct st_plan *plan, size_t plant,
                           struct az_arena *arena)
{
    ROOM(arena, plan->armed);
    plan->armed.items[plan->armed.count++] =
        (struct az_ref){ .id = in->upstream->plants.items[plant].id, .index = plant };
    return AZ_OK;
}

enum az_status st_plan_trip(const struct st_instance *in, struct st_plan *plan, size_t circuit,
                            bool is_site, size_t plant, size_t hour, double kw,
                            struct az_arena *arena)
{
    const char *id = is_site ? in->sites.items[plant].id : in->upstream->plants.items[plant].id;
    ROOM(arena, plan->trips);
    plan->trips.items[plan->trips.count++] = (struct st_trip){
        .circuit = { .id = in->upstream->circuits.items[circuit].id, .index = circuit },
        .plant = { .id = id, .index = plant, .collection = is_site },
        .hour = (int64_t)hour,
        .kw = kw,
    };
    return AZ_OK;
}

enum az_status st_plan_serve(const struct st_instance *in, struct st_plan *plan, size_t customer,
                             size_t site, double share, struct az_arena *arena)
{
    ROOM(arena, plan->served);
    plan->served.items[plan->served.count++] =
        (struct st_served){ .customer = { .id = in->customers.items[customer].id,
                                          .index = customer },
                            .site = { .id = in->sites.items[site].id, .index = site },
                            .share = share };
    return AZ_OK;
}
