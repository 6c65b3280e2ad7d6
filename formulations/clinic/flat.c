/* flat.c - the ground of a week, flattened. */
#include "formulations/clinic/flat.h"

#include <math.h>
#include <string.h>

/* --- drives --------------------------------------------------------------------------------------
 */

static enum az_status fill_lane(const struct cl_flat *flat, const struct cl_ground *ground,
                                const struct cl_team *team, struct az_arena *arena,
                                struct cl_lane *lane)
{
    size_t pairs = flat->places * flat->places;
    lane->duration_s = AZ_ARRAY(arena, pairs, int32_t);
    lane->drive_jpy = AZ_ARRAY(arena, pairs, double);
    lane->from_s = AZ_ARRAY(arena, pairs, int32_t);
    lane->from_jpy = AZ_ARRAY(arena, pairs, double);
    if (!lane->duration_s || !lane->drive_jpy || !lane->from_s || !lane->from_jpy)
        return AZ_NO_MEMORY;
    for (size_t k = 0; k < pairs; k++) {
        int64_t duration_s = lane->roads->duration_s[k];
        lane->duration_s[k] = duration_s < 0 || duration_s > CL_FAR ? CL_FAR : (int32_t)duration_s;
        lane->drive_jpy[k] = cl_drive_jpy(ground, team, k / flat->places, k % flat->places);
        if (lane->duration_s[k] == CL_FAR) lane->drive_jpy[k] = INFINITY;
        size_t back = k % flat->places * flat->places + k / flat->places;
        lane->from_s[back] = lane->duration_s[k];
        lane->from_jpy[back] = lane->drive_jpy[k];
    }
    return AZ_OK;
}

/* Is the drive by a charger worse than straight on in everything but the range? */
static bool is_worse_by(const struct cl_flat *flat, const struct cl_lane *lane, size_t from,
                        size_t to, const struct cl_charger *charger)
{
    size_t by = charger->place.index, straight = from * flat->places + to;
    size_t there = from * flat->places + by, on = by * flat->places + to;
    const double *distance_m = lane->roads->distance_m;
    if (lane->duration_s[there] == CL_FAR || lane->duration_s[on] == CL_FAR) return true;
    return distance_m[there] + distance_m[on] >= distance_m[straight] &&
           lane->drive_jpy[there] + lane->drive_jpy[on] >= lane->drive_jpy[straight] &&
           lane->duration_s[there] + lane->duration_s[on] + cl_charge_s(charger) >=
               lane->duration_s[straight];
}

static enum az_status find_detours(const struct cl_flat *flat, struct cl_lane *lane,
                                   struct az_arena *arena)
{
    lane->is_detour = AZ_ARRAY(arena, flat->places * flat->places, bool);
    if (!lane->is_detour) return AZ_NO_MEMORY;
    for (size_t k = 0; k < flat->places * flat->places; k++)
        for (size_t c = 0; c < flat->cl->chargers.count && !lane->is_detour[k]; c++)
            lane->is_detour[k] = !is_worse_by(flat, lane, k / flat->places, k % flat->places,
                                              &flat->cl->chargers.items[c]);
    return AZ_OK;
}

/* The lane of a crew: that of another one where roads and prices are the same. */
static enum az_status lane_of(struct cl_flat *flat, const struct cl_team *team,
                              struct az_arena *arena, size_t *index)
{
    const struct cl_vehicle *vehicle = &flat->cl->vehicles.items[team->vehicle];
    const struct cl_roads *roads = cl_roads_of(flat->cl, team->vehicle, team->day);
    for (*index = 0; *index < flat->lane_count; ++*index) {
        const struct cl_lane *lane = &flat->lanes[*index];
        if (lane->roads->duration_s == roads->duration_s &&
            lane->roads->distance_m == roads->distance_m &&
            lane->per_km == vehicle->cost_jpy_per_km && lane->per_h == vehicle->cost_jpy_per_h)
            return AZ_OK;
    }
    struct cl_lane *lane = &flat->lanes[flat->lane_count++];
    *lane = (struct cl_lane){ .roads = roads,
                              .per_km = vehicle->cost_jpy_per_km,
                              .per_h = vehicle->cost_jpy_per_h };
    return fill_lane(flat, flat->ground, team, arena, lane);
}

/* --- crews ---------------------------------------------------------------------------------------
 */

/* Does it matter when the crew returns? */
static bool has_overtime(const struct cl_ground *ground, const struct cl_team *team)
{
    for (size_t k = 0; k < team->member_count; k++) {
        const struct cl_staff_class *class = &ground->teams.classes[team->classes[k]];
        if (class->until_s<team->limit_s &&class->overtime_jpy_per_s> 0) return true;
    }
    return false;
}

static void set_unit(struct cl_flat *flat, size_t index)
{
    const struct cl_team *team = &flat->ground->teams.items[index];
    const struct cl_vehicle *vehicle = &flat->cl->vehicles.items[team->vehicle];
    flat->units[index] =
        (struct cl_unit){ .team = team,
                          .day = team->day,
                          .vehicle = team->vehicle,
                          .start_place = vehicle->start_place,
                          .end_place = vehicle->end_place,
                          .from_s = (int32_t)team->from_s,
                          .limit_s = (int32_t)team->limit_s,
                          .cost_jpy = team->cost_jpy,
                          .most_load = cl_most_load(flat->ground, team),
                          .range_km = cl_range_km(flat->ground, team),
                          .is_plain = team->break_s == 0 && isnan(vehicle->range_km),
                          .has_overtime = has_overtime(flat->ground, team) };
}

/* Abilities in the order of their first crew; example: [teams] that crew. */
static void set_abilities(struct cl_flat *flat, size_t example[])
{
    const struct cl_teams *teams = &flat->ground->teams;
    for (size_t t = 0; t < teams->count; t++) {
        const struct cl_team *team = &teams->items[t];
        uint64_t equipment = flat->cl->vehicles.items[team->vehicle].equipment_set;
        size_t a = 0;
        for (; a < flat->ability_count; a++) {
            const struct cl_team *other = &teams->items[example[a]];
            if (other->day == team->day && other->skills == team->skills &&
                flat->cl->vehicles.items[other->vehicle].equipment_set == equipment)
                break;
        }
        if (a == flat->ability_count) example[flat->ability_count++] = t;
        flat->units[t].ability = a;
    }
}

/* --- choices -------------------------------------------------------------------------------------
 */

/* The ways of a site that a crew may do, into choices (NULL: only counted). */
static size_t choices_of(const struct cl_flat *flat, const struct cl_team *team, size_t site,
                         struct cl_choice choices[])
{
    const struct cl_ways *ways = &flat->ground->ways;
    size_t at = site * flat->days + team->day, count = 0;
    for (size_t w = ways->first[at]; w < ways->first[at + 1]; w++) {
        const struct cl_way *way = &ways->items[w];
        if (!cl_may_do(flat->ground, team, way)) continue;
        if (choices)
            choices[count] =
                (struct cl_choice){ .from_s = (int32_t)way->from_s,
                                    .until_s = (int32_t)way->until_s,
                                    .length_s = (int32_t)way->length_s,
                                    .ends_s = (int32_t)way->ends_s,
                                    .value = way->cost_jpy -
                                             flat->kept_weight * cl_kept_jpy(flat->ground, way),
                                    .way = w,
                                    .doctor = way->doctor,
                                    .pharmacist = way->pharmacist };
        count++;
    }
    return count;
}

static enum az_status set_choices(struct cl_flat *flat, const size_t example[],
                                  struct az_arena *arena)
{
    const struct cl_teams *teams = &flat->ground->teams;
    size_t lists = flat->ability_count * flat->sites, count = 0;
    flat->first = AZ_ARRAY(arena, lists + 1, size_t);
    if (!flat->first) return AZ_NO_MEMORY;
    for (size_t k = 0; k < lists; k++) {
        flat->first[k] = count;
        count += choices_of(flat, &teams->items[example[k / flat->sites]], k % flat->sites, NULL);
    }
    flat->first[lists] = count;
    flat->choices = AZ_ARRAY(arena, count, struct cl_choice);
    if (!flat->choices) return AZ_NO_MEMORY;
    flat->least = AZ_ARRAY(arena, lists, double);
    if (!flat->least) return AZ_NO_MEMORY;
    for (size_t k = 0; k < lists; k++) {
        (void)choices_of(flat, &teams->items[example[k / flat->sites]], k % flat->sites,
                         flat->choices + flat->first[k]);
        flat->least[k] = INFINITY;
        for (size_t c = flat->first[k]; c < flat->first[k + 1]; c++)
            flat->least[k] = fmin(flat->least[k], flat->choices[c].value);
    }
    return AZ_OK;
}

/* --- what is known of sites ----------------------------------------------------------------------
 */

static enum az_status set_strangers(struct cl_flat *flat, struct az_arena *arena)
{
    const struct cl_teams *teams = &flat->ground->teams;
    bool pays = false;
    for (size_t i = 0; i < flat->sites; i++)
        pays = pays || flat->cl->sites.items[i].continuity_jpy > 0;
    if (!pays) return AZ_OK;
    flat->is_stranger = AZ_ARRAY(arena, teams->count * flat->sites, bool);
    if (!flat->is_stranger) return AZ_NO_MEMORY;
    for (size_t t = 0; t < teams->count; t++)
        for (size_t i = 0; i < flat->sites; i++)
            flat->is_stranger[t * flat->sites + i] =
                !cl_team_is_familiar(flat->cl, teams, &teams->items[t], i);
    return AZ_OK;
}

static enum az_status set_places(struct cl_flat *flat, struct az_arena *arena)
{
    flat->place = AZ_ARRAY(arena, flat->sites, size_t);
    flat->load = AZ_ARRAY(arena, flat->sites, double);
    flat->possible = AZ_ARRAY(arena, flat->sites, uint32_t);
    if (!flat->place || !flat->load || !flat->possible) return AZ_NO_MEMORY;
    for (size_t i = 0; i < flat->sites; i++) {
        flat->place[i] = flat->cl->sites.items[i].place_index;
        flat->load[i] = flat->cl->sites.items[i].load;
        const struct cl_ways *ways = &flat->ground->ways;
        for (size_t w = ways->first[i * flat->days]; w < ways->first[(i + 1) * flat->days]; w++)
            if (ways->items[w].online) flat->possible[i] |= 1u << ways->items[w].day;
    }
    return AZ_OK;
}

/* Rounds of one visit. */
static enum az_status set_alone(struct cl_flat *flat, struct az_arena *arena,
                                struct az_arena *scratch)
{
    size_t teams = flat->ground->teams.count;
    flat->alone = AZ_ARRAY(arena, teams * flat->sites, double);
    if (!flat->alone) return AZ_NO_MEMORY;
    for (size_t t = 0; t < teams; t++)
        for (size_t i = 0; i < flat->sites; i++) {
            struct cl_tour tour;
            double *alone = &flat->alone[t * flat->sites + i];
            const struct cl_choice *choice;
            *alone = INFINITY;
            if (cl_flat_choices(flat, &flat->units[t], i, &choice) == 0) continue;
            AZ_TRY(cl_sequence_tour(flat->ground, t, &i, 1, NULL, 1, flat->kept_weight, scratch,
                                    scratch, &tour, alone));
            if (isfinite(*alone)) flat->possible[i] |= 1u << flat->units[t].day;
            az_arena_empty(scratch);
        }
    return AZ_OK;
}

enum az_status cl_flat_of(const struct cl_ground *ground, double kept_weight,
                          struct az_arena *arena, struct az_arena *scratch, struct cl_flat *flat)
{
    const struct cl_instance *cl = ground->cl;
    size_t teams = ground->teams.count;
    *flat = (struct cl_flat){ .ground = ground,
                              .cl = cl,
                              .kept_weight = kept_weight,
                              .sites = cl->sites.count,
                              .days = (size_t)cl->days,
                              .places = cl->places.count,
                              .lanes = AZ_ARRAY(arena, teams, struct cl_lane),
                              .units = AZ_ARRAY(arena, teams, struct cl_unit) };
    size_t *example = AZ_ARRAY(arena, teams, size_t);
    if (!flat->lanes || !flat->units || !example) return AZ_NO_MEMORY;
    for (size_t t = 0; t < teams; t++) {
        size_t lane;
        set_unit(flat, t);
        AZ_TRY(lane_of(flat, &ground->teams.items[t], arena, &lane));
        flat->units[t].lane = &flat->lanes[lane];
        if (isfinite(flat->units[t].range_km) && !flat->lanes[lane].is_detour)
            AZ_TRY(find_detours(flat, &flat->lanes[lane], arena));
    }
    set_abilities(flat, example);
    AZ_TRY(set_places(flat, arena));
    AZ_TRY(set_choices(flat, example, arena));
    AZ_TRY(set_strangers(flat, arena));
    return set_alone(flat, arena, scratch);
}
