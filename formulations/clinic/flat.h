/* flat.h - teams, ways and roads in flat arrays, as the search walks over them a million times.
 *
 * Nothing here says more than ground (tour.h) says: times as 32-bit seconds since the start, prices
 * of drives already calculated, of each crew only the ways that it may do. */
#ifndef AZ_CLINIC_FLAT_H
#define AZ_CLINIC_FLAT_H

#include "formulations/clinic/tour.h"

#define CL_FAR (1 << 28) /* s: of a drive that cannot be; above all times, far from overflow */

/* A way, as a visit of it counts. */
struct cl_choice {
    int32_t from_s, until_s, length_s, ends_s;
    double value; /* the care, less the promise that it keeps at its weight */
    size_t way, doctor, pharmacist;
};

/* Drives of the vehicles that drive alike on days that are alike. */
struct cl_lane {
    const struct cl_roads *roads;
    double per_km, per_h;
    int32_t *duration_s; /* [places * places] from, to; CL_FAR: none */
    double *drive_jpy;   /* [places * places] from, to; INFINITY: none */
    int32_t *from_s;     /* the same as to, from: all drives to a place side by side */
    double *from_jpy;
    bool *is_detour; /* [places * places] some charger's way round is quicker, shorter or cheaper;
                        NULL: no vehicle here has a range */
};

/* A crew (teams.h). */
struct cl_unit {
    const struct cl_team *team;
    size_t day, vehicle, ability, start_place, end_place;
    const struct cl_lane *lane;
    int32_t from_s, limit_s;
    double cost_jpy, most_load;
    double range_km;   /* INFINITY: none */
    bool is_plain;     /* no break, no range */
    bool has_overtime; /* which return time counts */
};

struct cl_flat {
    const struct cl_ground *ground;
    const struct cl_instance *cl;
    double kept_weight;
    size_t sites, days, places;
    size_t *place; /* [sites] */
    double *load;  /* [sites] */
    size_t lane_count;
    struct cl_lane *lanes;
    struct cl_unit *units; /* [teams] */
    /* Crews of a day with the same skills and equipment are of one ability. */
    size_t ability_count;
    size_t *first; /* [abilities * sites + 1] into choices, by ability and site */
    struct cl_choice *choices;
    double *least;      /* [abilities * sites] the least value of the choices; INFINITY: none */
    double *alone;      /* [teams * sites] a round of this visit only, slots apart; INFINITY */
    uint32_t *possible; /* [sites] days on which some crew can, or the visit is on line */
    bool *is_stranger;  /* [teams * sites] a crew that the site does not know; NULL: never asked */
};

/* kept_weight: of a promise kept, against a yen of cost. */
enum az_status cl_flat_of(const struct cl_ground *ground, double kept_weight,
                          struct az_arena *arena, struct az_arena *scratch, struct cl_flat *flat);

/* What a site pays for a crew that it does not know. */
static inline double cl_flat_continuity(const struct cl_flat *flat, size_t team, size_t site)
{
    bool pays = flat->is_stranger && flat->is_stranger[team * flat->sites + site];
    return pays ? flat->cl->sites.items[site].continuity_jpy : 0;
}

/* The choices of a crew at a site. */
static inline size_t cl_flat_choices(const struct cl_flat *flat, const struct cl_unit *unit,
                                     size_t site, const struct cl_choice **choice)
{
    size_t at = unit->ability * flat->sites + site;
    *choice = &flat->choices[flat->first[at]];
    return flat->first[at + 1] - flat->first[at];
}

#endif
