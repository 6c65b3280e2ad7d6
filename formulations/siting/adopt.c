/* adopt.c - an earlier plan as a start: what it chose, where site and option are still there and
 * may still be chosen. What stands is left to the judge: a start that breaks a limit is mended by
 * the solver, not here. Trips go with the circuits that they were for. */
#include <stdlib.h>
#include <string.h>

#include "formulations/siting/plan.h"

/* Ids of a collection, sorted. */
struct known_id {
    const char *id;
    size_t index;
};
struct known_ids {
    size_t count;
    struct known_id *items;
};

static int by_id(const void *a, const void *b)
{
    return strcmp(((const struct known_id *)a)->id, ((const struct known_id *)b)->id);
}

static enum az_status know_sites(const struct st_instance *in, struct az_arena *arena,
                                 struct known_ids *ids)
{
    ids->count = in->sites.count;
    if (!(ids->items = AZ_ARRAY(arena, ids->count + 1, struct known_id))) return AZ_NO_MEMORY;
    for (size_t s = 0; s < ids->count; s++)
        ids->items[s] = (struct known_id){ in->sites.items[s].id, s };
    qsort(ids->items, ids->count, sizeof *ids->items, by_id);
    return AZ_OK;
}

static size_t find(const struct known_ids *ids, const char *id)
{
    struct known_id key = { id, 0 };
    const struct known_id *found =
        id ? bsearch(&key, ids->items, ids->count, sizeof *ids->items, by_id) : NULL;
    return found ? found->index : AZ_NO_INDEX;
}

/* The option of this name that the site's decision leaves open; AZ_NO_INDEX: none. */
static size_t find_option(const struct st_site *site, const char *id)
{
    if (!id || site->decision == ST_OUT) return AZ_NO_INDEX;
    if (site->decided_option && strcmp(site->decided_option, id) != 0) return AZ_NO_INDEX;
    for (size_t o = 0; o < site->option_count; o++)
        if (strcmp(site->option[o].id, id) == 0) return o;
    return AZ_NO_INDEX;
}

static bool has_reinforcement(const struct st_instance *in, const char *id)
{
    for (size_t i = 0; i < in->feeders.count; i++)
        for (size_t r = 0; r < in->feeders.items[i].reinforcements.count; r++)
            if (strcmp(in->feeders.items[i].reinforcements.items[r].id, id) == 0) return true;
    for (size_t i = 0; i < in->banks.count; i++)
        for (size_t r = 0; r < in->banks.items[i].reinforcements.count; r++)
            if (strcmp(in->banks.items[i].reinforcements.items[r].id, id) == 0) return true;
    for (size_t i = 0; i < in->lines.count; i++)
        for (size_t r = 0; r < in->lines.items[i].reinforcements.count; r++)
            if (strcmp(in->lines.items[i].reinforcements.items[r].id, id) == 0) return true;
    return false;
}

static size_t find_plant(const struct st_instance *in, const char *id)
{
    for (size_t p = 0; id && in->upstream && p < in->upstream->plants.count; p++)
        if (strcmp(in->upstream->plants.items[p].id, id) == 0) return p;
    return AZ_NO_INDEX;
}

static size_t find_circuit(const struct st_instance *in, const char *id)
{
    for (size_t c = 0; id && in->upstream && c < in->upstream->circuits.count; c++)
        if (strcmp(in->upstream->circuits.items[c].id, id) == 0) return c;
    return AZ_NO_INDEX;
}

static size_t find_customer(const struct st_instance *in, const char *id)
{
    for (size_t c = 0; id && c < in->customers.count; c++)
        if (strcmp(in->customers.items[c].id, id) == 0) return c;
    return AZ_NO_INDEX;
}

/* What the earlier plan chose and still can be. Sites that are decided since are not added. */
static enum az_status adopt_choices(const struct st_instance *in, const struct st_plan *old,
                                    const struct known_ids *ids, struct az_arena *arena,
                                    struct st_plan **plan, size_t *kept)
{
    size_t sites = in->sites.count;
    size_t *option = AZ_ARRAY(arena, sites + 1, size_t);
    bool *armed = AZ_ARRAY(arena, sites + 1, bool);
    if (!option || !armed) return AZ_NO_MEMORY;
    for (size_t s = 0; s < sites; s++) option[s] = AZ_NO_INDEX;
    for (size_t i = 0; i < old->choices.count; i++) {
        const struct st_choice *choice = &old->choices.items[i];
        size_t s = find(ids, choice->site.id);
        if (s == AZ_NO_INDEX || option[s] != AZ_NO_INDEX) continue;
        option[s] = find_option(&in->sites.items[s], choice->option);
        armed[s] =
            option[s] != AZ_NO_INDEX && choice->armed == 1 && in->sites.items[s].armable == 1;
        *kept += option[s] != AZ_NO_INDEX;
    }
    return st_plan_of(in, option, armed, arena, plan);
}

static enum az_status adopt_network(const struct st_instance *in, const struct st_plan *old,
                                    const struct known_ids *ids, struct az_arena *arena,
                                    struct st_plan *plan)
{
    for (size_t i = 0; i < old->reinforcements.count; i++)
        if (old->reinforcements.items[i] && has_reinforcement(in, old->reinforcements.items[i]))
            AZ_TRY(st_plan_reinforce(plan, old->reinforcements.items[i], arena));
    for (size_t i = 0; i < old->armed.count; i++) {
        size_t plant = find_plant(in, old->armed.items[i].id);
        if (plant != AZ_NO_INDEX && in->upstream->plants.items[plant].armable == 1)
            AZ_TRY(st_plan_arm(in, plan, plant, arena));
    }
    for (size_t i = 0; i < old->trips.count; i++) {
        const struct st_trip *trip = &old->trips.items[i];
        size_t circuit = find_circuit(in, trip->circuit.id);
        size_t plant = find_plant(in, trip->plant.id), site = find(ids, trip->plant.id);
        bool is_site = plant == AZ_NO_INDEX;
        if (circuit == AZ_NO_INDEX || (is_site && site == AZ_NO_INDEX)) continue;
        if (trip->hour < 0 || (uint64_t)trip->hour >= in->hour_count) continue;
        AZ_TRY(st_plan_trip(in, plan, circuit, is_site, is_site ? site : plant, (size_t)trip->hour,
                            trip->kw, arena));
    }
    return AZ_OK;
}

static enum az_status adopt_served(const struct st_instance *in, const struct st_plan *old,
                                   const struct known_ids *ids, struct az_arena *arena,
                                   struct st_plan *plan)
{
    for (size_t i = 0; i < old->served.count; i++) {
        size_t customer = find_customer(in, old->served.items[i].customer.id);
        size_t site = find(ids, old->served.items[i].site.id);
        if (customer == AZ_NO_INDEX || site == AZ_NO_INDEX) continue;
        AZ_TRY(st_plan_serve(in, plan, customer, site, old->served.items[i].share, arena));
    }
    return AZ_OK;
}

enum az_status st_adopt(const void *instance, const void *previous_plan, struct az_arena *arena,
                        void **plan)
{
    const struct st_instance *in = instance;
    const struct st_plan *old = previous_plan;
    struct known_ids ids;
    struct st_plan *adopted = NULL;
    size_t kept = 0;
    *plan = NULL;
    AZ_TRY(know_sites(in, arena, &ids));
    AZ_TRY(adopt_choices(in, old, &ids, arena, &adopted, &kept));
    if (kept == 0) return AZ_NO_PLAN;
    AZ_TRY(adopt_network(in, old, &ids, arena, adopted));
    AZ_TRY(adopt_served(in, old, &ids, arena, adopted));
    *plan = adopted;
    return AZ_OK;
}
