/* evaluate_way.c - the judge of a round's way: roads, times from stop to stop, load, range, and
 * what driving costs. */
#include "formulations/clinic/judge.h"

/* A vehicle on its way through its round. */
struct walk {
    struct cl_judge *j;
    const struct cl_round *round;
    struct cl_laid_round *laid;
    const struct cl_vehicle *vehicle;
    const struct cl_roads *roads;
    const struct az_path *at, *stops; /* of the round, of its stops */
    size_t place;
    bool out;        /* it has left */
    int64_t free_s;  /* the stop before has ended; of a break at a site: its arrival */
    int64_t ready_s; /* the same with the breaks since then */
    size_t rest;     /* the last of these breaks; AZ_NO_INDEX */
    double left_km;  /* NAN: no limit */
    bool range_told;
};

/* --- drives -------------------------------------------------------------------------------------
 */

/* road: the drive is possible on this day. */
static void judge_road(struct walk *w, const struct az_path *at, const char *id, size_t to)
{
    struct cl_judge *j = w->j;
    const char *what =
        az_arena_format(j->arena, "%s \xe2\x86\x92 %s", j->cl->places.items[w->place].id,
                        j->cl->places.items[to].id);
    if (!what) j->status = AZ_NO_MEMORY;
    CL_BREACH(j, CL_RULE_road, at, id, w->ready_s, 0, CL_WHAT(what ? what : "?"),
              cl_date(j, "value", w->laid->day));
}

/* range: never below 0 on arrival; told once a round. */
static void use_range(struct walk *w, const struct az_path *at, const char *id, int64_t arrival_s,
                      double metres)
{
    if (isnan(w->left_km)) return;
    w->left_km -= metres / 1000;
    if (w->range_told || !az_under(w->left_km, 0)) return;
    w->range_told = true;
    CL_BREACH(w->j, CL_RULE_range, at, id, arrival_s, -w->left_km, CL_WHAT(w->vehicle->id));
}

/* arrival, return_early, break_driving: what is before, and the drive, come first. home: the last
 * drive. */
static void judge_arrival(struct walk *w, const struct az_path *at, const char *id,
                          int64_t arrival_s, int64_t drive_s, bool stays, bool home)
{
    struct cl_judge *j = w->j;
    int64_t from_s = w->out ? w->ready_s : w->laid->leaves_s;
    size_t day = w->laid->day;
    if (!w->out && w->rest != AZ_NO_INDEX && w->ready_s > from_s) {
        const struct az_path *rest = AZ_ITEM(w->stops, w->rest, NULL);
        CL_BREACH(j, CL_RULE_break_driving, rest, w->round->id, from_s,
                  cl_minutes(w->ready_s - from_s), CL_VALUE(0));
    }
    if (stays) from_s = w->out ? w->free_s : from_s; /* nothing is driven: the start will tell */
    int64_t early_s = from_s + drive_s - arrival_s;
    if (early_s <= 0) return;
    bool rests = w->out && w->rest != AZ_NO_INDEX && w->free_s + drive_s <= arrival_s;
    if (rests) {
        const struct az_path *rest = AZ_ITEM(w->stops, w->rest, NULL);
        CL_BREACH(j, CL_RULE_break_driving, rest, w->round->id, arrival_s - drive_s,
                  cl_minutes(early_s), CL_VALUE(0));
        return;
    }
    CL_BREACH(j, home ? CL_RULE_return_early : CL_RULE_arrival, at, id, arrival_s,
              cl_minutes(early_s), cl_clock(j, "value", day, arrival_s),
              cl_clock(j, "limit", day, from_s + drive_s));
}

/* Drives to a place, to be there at arrival_s. */
static void drive(struct walk *w, const struct az_path *at, const char *id, size_t to,
                  int64_t arrival_s, bool home, int64_t *drive_s, double *metres)
{
    size_t leg = w->place * w->j->cl->places.count + to;
    *drive_s = w->roads->duration_s[leg];
    *metres = w->roads->distance_m[leg];
    if (*drive_s < 0) {
        judge_road(w, at, id, to);
        *drive_s = 0;
        *metres = 0;
    }
    judge_arrival(w, at, id, arrival_s, *drive_s, !home && to == w->place, home);
    use_range(w, at, id, arrival_s, *metres);
    w->laid->driving_s += *drive_s;
    w->laid->distance_m += *metres;
    w->place = to;
    w->out = true;
}

/* --- stops --------------------------------------------------------------------------------------
 */

/* charger_fits, charge_time; the range that it gives. */
static void charge(struct walk *w, const struct az_path *at, const struct cl_stop *stop,
                   const struct cl_laid_visit *laid)
{
    struct cl_judge *j = w->j;
    const struct cl_charger *charger = &j->cl->chargers.items[stop->charger.index];
    bool fits = !charger->vehicles.items && !isnan(w->left_km);
    for (size_t i = 0; i < charger->vehicles.count; i++)
        fits = fits || (charger->vehicles.items[i].index == w->laid->vehicle && !isnan(w->left_km));
    if (!fits)
        CL_BREACH(j, CL_RULE_charger_fits, at, charger->id, laid->start_s, 0,
                  CL_WHAT(w->vehicle->id));
    int64_t takes_s = (int64_t)ceil(charger->minutes * 60 - AZ_FEASIBILITY_TOLERANCE);
    int64_t lasts_s = laid->end_s - laid->start_s;
    if (lasts_s != takes_s)
        CL_BREACH(j, CL_RULE_charge_time, at, charger->id, laid->start_s,
                  fabs(cl_minutes(lasts_s - takes_s)), CL_VALUE_MIN(lasts_s),
                  CL_LIMIT_MIN(takes_s));
    if (!isnan(w->left_km)) w->left_km = fmin(w->vehicle->range_km, w->left_km + charger->gives_km);
}

/* break_place: a break that names a site comes before its visit. */
static void judge_break_place(struct walk *w, const struct az_path *at, size_t k)
{
    size_t site = w->laid->stop[k].site, next = k + 1;
    while (next < w->round->stops.count && w->round->stops.items[next].kind == CL_STOP_BREAK)
        next++;
    bool follows = next < w->round->stops.count &&
                   w->round->stops.items[next].kind == CL_STOP_VISIT &&
                   w->laid->stop[next].site == site;
    if (!follows)
        CL_BREACH(w->j, CL_RULE_break_place, at, w->round->id, w->laid->stop[k].start_s, 0,
                  CL_WHAT(w->j->cl->sites.items[site].id));
}

/* overlap, before_arrival, ends_first: of a stop that is reached. */
static void judge_start(struct walk *w, const struct az_path *at, const char *id,
                        const struct cl_laid_visit *laid, bool moved, bool rests)
{
    struct cl_judge *j = w->j;
    size_t day = w->laid->day;
    if (moved && laid->start_s < laid->arrival_s)
        CL_BREACH(j, CL_RULE_before_arrival, at, id, laid->start_s,
                  cl_minutes(laid->arrival_s - laid->start_s),
                  cl_clock(j, "value", day, laid->start_s),
                  cl_clock(j, "limit", day, laid->arrival_s));
    else if (laid->start_s < w->ready_s)
        CL_BREACH(j, CL_RULE_overlap, at, id, laid->start_s, cl_minutes(w->ready_s - laid->start_s),
                  cl_clock(j, "value", day, laid->start_s), cl_clock(j, "limit", day, w->ready_s));
    if (rests && laid->end_s < laid->start_s)
        CL_BREACH(j, CL_RULE_ends_first, at, id, laid->start_s,
                  cl_minutes(laid->start_s - laid->end_s), CL_VALUE(0));
}

static void walk_stop(struct walk *w, size_t k)
{
    const struct cl_stop *stop = &w->round->stops.items[k];
    struct cl_laid_visit *laid = &w->laid->stop[k];
    bool rests = stop->kind == CL_STOP_BREAK, moves = !rests || stop->site.id;
    const char *id = rests                          ? w->round->id
                     : stop->kind == CL_STOP_CHARGE ? stop->charger.id
                                                    : w->j->cl->sites.items[laid->site].id;
    const struct az_path *at = AZ_ITEM(w->stops, k, rests ? NULL : id);
    size_t before = w->place;
    if (moves)
        drive(w, at, id, laid->place, laid->arrival_s, false, &laid->drive_s, &laid->distance_m);
    laid->left_km = w->left_km;
    if (moves && before != w->place) w->ready_s = laid->arrival_s; /* what was before is told */
    judge_start(w, at, id, laid, moves, rests);
    if (rests && stop->site.id) judge_break_place(w, at, k);
    if (stop->kind == CL_STOP_CHARGE) charge(w, at, stop, laid);
    if (!rests || stop->site.id) w->free_s = rests ? laid->arrival_s : laid->end_s;
    w->ready_s = laid->end_s;
    w->rest = rests ? k : AZ_NO_INDEX;
}

/* capacity: the loads of all visits fit. */
static void judge_capacity(const struct walk *w)
{
    double load = 0;
    for (size_t k = 0; k < w->round->stops.count; k++)
        if (w->round->stops.items[k].kind == CL_STOP_VISIT)
            load += w->j->cl->sites.items[w->laid->stop[k].site].load;
    if (isnan(w->vehicle->capacity) || !az_over(load, w->vehicle->capacity)) return;
    CL_BREACH(w->j, CL_RULE_capacity, w->at, w->round->id, w->laid->leaves_s,
              load - w->vehicle->capacity, CL_VALUE(load), CL_LIMIT(w->vehicle->capacity),
              CL_WHAT(w->vehicle->id));
}

void cl_judge_way(struct cl_judge *j, size_t round)
{
    const struct cl_round *it = &j->plan->rounds.items[round];
    struct cl_laid_round *laid = &j->at.round[round];
    const struct cl_vehicle *vehicle = &j->cl->vehicles.items[laid->vehicle];
    const struct az_path *at = AZ_ITEM(AZ_AT(NULL, "rounds"), round, it->id);
    struct walk w = { .j = j,
                      .round = it,
                      .laid = laid,
                      .vehicle = vehicle,
                      .roads = cl_roads_of(j->cl, laid->vehicle, laid->day),
                      .at = at,
                      .stops = AZ_AT(at, "stops"),
                      .place = vehicle->start_place,
                      .free_s = laid->works_from_s,
                      .ready_s = laid->works_from_s,
                      .rest = AZ_NO_INDEX,
                      .left_km = vehicle->range_km };
    for (size_t k = 0; k < it->stops.count; k++) walk_stop(&w, k);
    drive(&w, AZ_AT(at, "returns"), it->id, vehicle->end_place, laid->returns_s, true,
          &laid->home_s, &laid->home_m);
    judge_capacity(&w);
    cl_money(j, CL_MONEY_vehicle_day, vehicle->id, vehicle->cost_jpy_per_day);
    cl_money(j, CL_MONEY_distance, vehicle->id, laid->distance_m / 1000 * vehicle->cost_jpy_per_km);
    cl_money(j, CL_MONEY_driving, vehicle->id,
             (double)laid->driving_s / 3600 * vehicle->cost_jpy_per_h);
}
