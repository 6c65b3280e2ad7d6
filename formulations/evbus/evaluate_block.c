/* evaluate_block.c - the judge walks a block event by event: places, times, energy and money of
 * trips and drives. Charging is in evaluate_charge.c, the drivers' rules in evaluate_drivers.c. */
#include "formulations/evbus/judge.h"

/* The way between two places or over an explicit link. */
struct movement {
    bool exists;
    int64_t s;
    double km, energy_kwh, cost;
};

void eb_walk_breach(struct eb_walk *w, enum eb_rule rule, const char *member, size_t item,
                    int64_t at_s, double amount, double price, size_t param_count,
                    const struct az_param params[])
{
    const struct az_path *blocks = AZ_AT(NULL, "blocks");
    const struct az_path *block = w->block ? AZ_ITEM(blocks, w->b, w->id) : blocks;
    const struct az_path *asset =
        w->e == AZ_NO_INDEX ? block : AZ_ITEM(AZ_AT(block, "events"), w->e, NULL);
    const struct az_path *of = member ? AZ_AT(asset, member) : asset;
    const struct az_path *path = item == AZ_NO_INDEX ? of : AZ_ITEM(of, item, NULL);
    bool timed = w->j->ev->timed || at_s == EB_NO_TIME;
    struct eb_where where = { path, asset, w->id, timed ? at_s : EB_NO_TIME };
    eb_breach(w->j, rule, &where, amount, price, param_count, params);
}

static double minutes(int64_t seconds)
{
    return (double)seconds / 60;
}

static bool is_stop(const struct eb_walk *w, size_t place, size_t node)
{
    const struct eb_instance *ev = w->j->ev;
    if (!ev->links) return place != AZ_NO_INDEX && w->j->stop_of[place] != AZ_NO_INDEX;
    return node >= ev->depots.count && node < ev->depots.count + ev->stop_count;
}

/* Does it still stand in the depot that it has not left yet? */
static bool in_depot(const struct eb_walk *w)
{
    const struct eb_instance *ev = w->j->ev;
    bool pulled_out = w->bus && az_time_given(w->bus->pulled_out);
    if (!w->first || pulled_out) return false;
    return ev->links ? w->node == w->depot : w->place == ev->depots.items[w->depot].place.index;
}

/* soc_before_kwh and soc_after_kwh, where the plan says them: charge_energy. */
static void check_charge(struct eb_walk *w, const struct eb_event *event, double before,
                         double after)
{
    const char *members[] = { "soc_before_kwh", "soc_after_kwh" };
    double said[] = { event->soc_before_kwh, event->soc_after_kwh }, is[] = { before, after };
    for (int i = 0; w->type->has_battery && i < 2; i++) {
        if (isnan(said[i]) || fabs(said[i] - is[i]) <= eb_slack(is[i])) continue;
        struct az_param params[] = { EB_VALUE(said[i]), EB_LIMIT(is[i]) };
        eb_walk_breach(w, EB_RULE_charge_energy, members[i], AZ_NO_INDEX, w->now,
                       fabs(said[i] - is[i]), NAN, 2, params);
    }
}

static void keep(struct eb_walk *w, int64_t start_s, int64_t end_s, size_t from, double km,
                 double energy, double before)
{
    if (!w->j->trace || w->e == AZ_NO_INDEX || !w->block) return;
    w->j->trace[w->b][w->e] = (struct eb_trace){ .start_s = start_s,
                                                 .end_s = end_s,
                                                 .from = from,
                                                 .to = w->place,
                                                 .km = km,
                                                 .energy_kwh = energy,
                                                 .before_kwh = before,
                                                 .after_kwh = w->charge,
                                                 .driving_s = w->driving_s,
                                                 .standing_s = w->since_s,
                                                 .no_break = w->no_break };
}

/* block_time, bus_available, horizon: an event begins when the one before has ended, when its bus
 * is available, and lies in the horizon. */
static void check_times(struct eb_walk *w, int64_t start, int64_t end)
{
    const struct eb_instance *ev = w->j->ev;
    int64_t horizon = (int64_t)ev->T * eb_slot_s(ev), from = w->any ? w->now : 0;
    if (!ev->timed) return;
    if (end < start)
        EB_WALK_BREACH(w, EB_RULE_block_time, start, minutes(start - end),
                       EB_VALUE(minutes(start)));
    if (!w->any && w->bus && start >= 0 && start < w->bus->available_s)
        EB_WALK_BREACH(w, EB_RULE_bus_available, start, minutes(w->bus->available_s - start),
                       EB_VALUE(minutes(start)));
    if (w->any && start < from)
        EB_WALK_BREACH(w, EB_RULE_block_time, start, minutes(from - start),
                       EB_VALUE(minutes(start)));
    if (!w->any && start < 0)
        EB_WALK_BREACH(w, EB_RULE_horizon, start, minutes(-start), EB_VALUE(minutes(start)));
    else if (ev->T > 0 && end > horizon)
        EB_WALK_BREACH(w, EB_RULE_horizon, start, minutes(end - horizon), EB_VALUE(minutes(end)));
}

/* block_start, block_chain: an event begins where the one before has ended. */
static void check_from(struct eb_walk *w, size_t place, int64_t at_s)
{
    const struct eb_place *places = w->j->ev->places.items;
    if (place == w->place || w->place == AZ_NO_INDEX || place == AZ_NO_INDEX) return;
    struct az_param params[] = { AZ_TEXT_PARAM("value", places[place].id),
                                 AZ_TEXT_PARAM("limit", places[w->place].id) };
    eb_walk_breach(w, w->any ? EB_RULE_block_chain : EB_RULE_block_start, NULL, AZ_NO_INDEX, at_s,
                   0, NAN, 2, params);
    w->place = place;
}

/* --- movements ----------------------------------------------------------------------------------
 */

static struct movement drive_between(const struct eb_walk *w, size_t from, size_t to)
{
    const struct eb_instance *ev = w->j->ev;
    size_t count = ev->places.count, cell = from * count + to;
    struct movement m = { .exists = ev->drive_s[cell] >= 0 };
    if (!m.exists) return m;
    m.s = ev->drive_s[cell];
    m.km = ev->drive_km[cell];
    if (w->type->has_battery) m.energy_kwh = ev->drive_kwh[w->type_index * count * count + cell];
    return m;
}

/* distance * kwh_per_unit + km * kwh_per_km + hours * auxiliary_kw */
static struct movement link_between(const struct eb_walk *w, size_t from, size_t to)
{
    const struct eb_links *links = w->j->ev->links;
    if (from >= links->distance.rows || to >= links->distance.columns)
        return (struct movement){ 0 };
    double distance = links->distance.values[from * links->distance.columns + to];
    struct movement m = { .exists = isfinite(distance) };
    if (!m.exists) return m;
    m.s = (int64_t)llround(distance * links->minutes_per_unit * 60);
    m.km = distance * links->km_per_unit;
    m.cost = distance * links->cost_jpy_per_unit;
    if (!w->type->has_battery) return m;
    m.energy_kwh = distance * links->kwh_per_unit + (double)m.s / 3600 * w->type->auxiliary_kw;
    if (m.km != 0) m.energy_kwh += m.km * w->type->kwh_per_km;
    return m;
}

static const char *node_name(const struct eb_instance *ev, size_t node)
{
    size_t stops = ev->depots.count, trips = stops + ev->stop_count;
    if (node < stops) return ev->depots.items[node].id;
    if (node < trips) return ev->places.items[ev->stop[node - stops]].id;
    return node - trips < ev->trips.count ? ev->trips.items[node - trips].id : "?";
}

/* link: there is no way. */
static void tell_no_way(struct eb_walk *w, const char *from, const char *to, int64_t at_s)
{
    const char *what = az_arena_format(w->j->arena, "%s > %s", from, to);
    if (!what) w->j->status = AZ_NO_MEMORY;
    EB_WALK_BREACH(w, EB_RULE_link, at_s, 0, AZ_TEXT_PARAM("what", what ? what : ""));
}

/* stop_change: a drive from a stop where the bus has stood to another where it stands. Only what
 * follows tells whether it stands there. */
static void tell_stop_change(struct eb_walk *w)
{
    size_t e = w->e;
    if (w->off_slot == AZ_NO_INDEX) return;
    w->e = w->off_slot;
    int64_t at_s = EB_NO_TIME;
    if (w->j->ev->timed) eb_seconds(w->j->ev, w->block->events.items[w->e].start, &at_s);
    EB_WALK_BREACH(w, EB_RULE_stop_change, at_s, 0, EB_VALUE(0));
    w->e = e;
    w->off_slot = AZ_NO_INDEX;
}

static void check_stops(struct eb_walk *w, int64_t start, bool to_stop)
{
    const struct eb_instance *ev = w->j->ev;
    bool stop = is_stop(w, w->place, w->node);
    if (w->moved && stop) tell_stop_change(w);
    if (w->moved && !stop)
        tell_no_way(w, ev->links ? node_name(ev, w->node) : ev->places.items[w->place].id, "...",
                    start);
    bool stood = w->moved || w->stood || (!in_depot(w) && ev->timed && start != w->now);
    bool boundary = ev->T > 0 && start % eb_slot_s(ev) == 0;
    if (stop && stood && to_stop && !boundary) w->off_slot = w->e;
}

/* Drives from here to a place and a node (the one that the world knows). */
static void drive(struct eb_walk *w, const struct movement *m, int64_t start, int64_t end,
                  size_t place, size_t node)
{
    bool to_stop = is_stop(w, place, node), stop = is_stop(w, w->place, w->node);
    if (w->j->ev->timed && m->exists && end - start < m->s)
        EB_WALK_BREACH(w, EB_RULE_deadhead, start, minutes(m->s - (end - start)),
                       EB_VALUE(minutes(end - start)), EB_LIMIT(minutes(m->s)));
    check_stops(w, start, to_stop);
    bool straight =
        !w->moved && !w->stood && !in_depot(w) && (!stop || (start == w->now && !w->first));
    eb_walk_break(w, start, false);
    eb_walk_driven(w, start, m->s);
    if (!w->drives) w->out_s = start;
    w->drives = w->moved = true;
    w->in_s = w->since_s = end;
    w->no_break = !to_stop && !straight;
    w->first = w->stood = false;
    w->slot = -1;
    w->place = place;
    w->node = node;
    w->charge -= m->energy_kwh;
    eb_walk_window(w, start);
    w->j->km += m->km;
    w->j->deadhead_km += m->km;
    w->j->driven_kwh += m->energy_kwh;
    w->j->distance[w->type_index] += m->km * w->type->cost_jpy_per_km;
    w->j->link[w->type_index] += m->cost;
}

static void walk_drive(struct eb_walk *w, const struct eb_event *event, int64_t start, int64_t end)
{
    const struct eb_place *places = w->j->ev->places.items;
    size_t from = event->from.index, to = event->to.index;
    double before = w->charge;
    check_from(w, from, start);
    check_times(w, start, end);
    struct movement m = drive_between(w, from, to);
    if (!m.exists) tell_no_way(w, places[from].id, places[to].id, start);
    drive(w, &m, start, end, to, AZ_NO_INDEX);
    check_charge(w, event, before, w->charge);
    keep(w, start, end, from, m.km, m.energy_kwh, before);
}

/* The drive over an explicit link to a node that is now known: as the event that waits for it says,
 * or without event at once after a trip, else just in time for `next` (AZ_NO_INTEGER: nothing). */
static void link_to(struct eb_walk *w, size_t node, size_t place, int64_t next)
{
    const struct eb_instance *ev = w->j->ev;
    size_t e = w->e, from = w->place;
    double before = w->charge;
    if (w->waiting == AZ_NO_INDEX && w->node == node) return;
    struct movement m = link_between(w, w->node, node);
    int64_t start = w->now, end = w->now + m.s;
    if (w->waiting != AZ_NO_INDEX) {
        const struct eb_event *event = &w->block->events.items[w->waiting];
        w->e = w->waiting;
        w->waiting = AZ_NO_INDEX;
        eb_seconds(ev, event->start, &start);
        eb_seconds(ev, event->end, &end);
        if (!ev->timed) start = end = 0;
        if (!m.exists) tell_no_way(w, node_name(ev, w->node), node_name(ev, node), start);
        drive(w, &m, start, end, place, node);
        check_charge(w, event, before, w->charge);
        keep(w, start, end, from, m.km, m.energy_kwh, before);
    } else {
        bool waits = in_depot(w) || is_stop(w, w->place, w->node);
        if (next != AZ_NO_INTEGER && waits && next - m.s > start) start = next - m.s;
        end = next != AZ_NO_INTEGER && start + m.s > next ? next : start + m.s;
        if (!ev->timed) start = end = 0;
        if (!m.exists) tell_no_way(w, node_name(ev, w->node), node_name(ev, node), start);
        drive(w, &m, start, end, place, node);
    }
    w->e = e;
}

/* Over explicit links a drive waits until it is known where it leads. */
static void walk_link(struct eb_walk *w, int64_t start, int64_t end)
{
    check_times(w, start, end);
    if (w->waiting != AZ_NO_INDEX) tell_no_way(w, node_name(w->j->ev, w->node), "?", start);
    w->waiting = w->e;
}

/* --- trips --------------------------------------------------------------------------------------
 */

/* trip_time, turnaround */
static void check_trip_times(struct eb_walk *w, const struct eb_trip *trip, int64_t start,
                             int64_t end)
{
    const struct eb_instance *ev = w->j->ev;
    if (!ev->timed) return;
    double off = fmax(fabs((double)(start - trip->depart_s)), fabs((double)(end - trip->arrive_s)));
    if (off > 0) EB_WALK_BREACH(w, EB_RULE_trip_time, start, off / 60, EB_VALUE(off / 60));
    if (w->trip == AZ_NO_INDEX || start < w->trip_end_s) return;
    double gap = minutes(start - w->trip_end_s);
    if (eb_under(gap, ev->turnaround_min))
        EB_WALK_BREACH(w, EB_RULE_turnaround, start, ev->turnaround_min - gap, EB_VALUE(gap),
                       EB_LIMIT(ev->turnaround_min));
}

/* trip_once, trip_type; money of a trip that changes its bus. */
static void check_trip(struct eb_walk *w, size_t i, int64_t at_s)
{
    struct eb_judge *j = w->j;
    const struct eb_trip *trip = &j->ev->trips.items[i];
    const char *id = w->id;
    w->id = trip->id;
    if (j->runs[i]++ > 0 || j->ev->done[i])
        EB_WALK_BREACH(w, EB_RULE_trip_once, at_s, 0, EB_VALUE((double)j->runs[i]));
    if (!trip->serves[w->type_index])
        EB_WALK_BREACH(w, EB_RULE_trip_type, at_s, 0, AZ_TEXT_PARAM("value", w->type->id));
    w->id = id;
    size_t assigned = j->ev->assigned[i];
    if (assigned != AZ_NO_INDEX && assigned != w->bus_index) j->change += j->ev->change_price_jpy;
}

/* trip_prefix: soc_min + prefix_high <= charge at the start <= soc_max + prefix_low */
static double take_trip_energy(struct eb_walk *w, const struct eb_trip *trip, int64_t at_s)
{
    if (!w->type->has_battery || !trip->serves[w->type_index]) return 0;
    double low = w->min + trip->prefix_high[w->type_index];
    double high = w->max + trip->prefix_low[w->type_index];
    double energy = trip->energy_kwh[w->type_index];
    if (eb_under(w->charge, low) || eb_over(w->charge, high))
        EB_WALK_BREACH(w, EB_RULE_trip_prefix, at_s, fmax(low - w->charge, w->charge - high),
                       EB_VALUE(w->charge), eb_range(w->j, low, high));
    w->charge -= energy;
    w->j->driven_kwh += energy;
    return energy;
}

static void walk_trip(struct eb_walk *w, const struct eb_event *event, int64_t start, int64_t end)
{
    const struct eb_instance *ev = w->j->ev;
    size_t i = event->trip.index;
    const struct eb_trip *trip = &ev->trips.items[i];
    size_t node = AZ_NO_INDEX, from = ev->links ? AZ_NO_INDEX : trip->from.index;
    if (ev->links) {
        node = ev->depots.count + ev->stop_count + i;
        link_to(w, node, AZ_NO_INDEX, start);
    } else {
        check_from(w, from, start);
    }
    check_times(w, start, end);
    check_trip_times(w, trip, start, end);
    check_trip(w, i, start);
    eb_walk_break(w, start, true);
    eb_walk_driven(w, start, ev->timed ? end - start : 0);
    double before = w->charge, energy = take_trip_energy(w, trip, start);
    if (!w->drives) w->out_s = start;
    w->drives = true;
    w->moved = w->first = w->stood = w->no_break = false;
    w->slot = -1;
    w->off_slot = AZ_NO_INDEX;
    w->in_s = w->since_s = w->trip_end_s = end;
    w->trip = i;
    w->place = ev->links ? AZ_NO_INDEX : trip->to.index;
    w->node = node;
    w->j->km += trip->distance_km;
    w->j->distance[w->type_index] += trip->distance_km * w->type->cost_jpy_per_km;
    check_charge(w, event, before, w->charge);
    keep(w, start, end, from, trip->distance_km, energy, before);
}

/* --- stays --------------------------------------------------------------------------------------
 */

/* Is the rest of the block only standing? */
static bool is_over(const struct eb_walk *w)
{
    for (size_t e = w->e; e < w->block->events.count; e++)
        if (w->block->events.items[e].kind != EB_EVENT_STAY) return false;
    return true;
}

/* The stop that a stay means under explicit links: its charger's, else `from`; a depot where the
 * day begins or ends is none. */
static void link_to_stay(struct eb_walk *w, const struct eb_event *event, int64_t start)
{
    const struct eb_instance *ev = w->j->ev;
    const struct eb_depot *depots = ev->depots.items;
    size_t place = event->from.id ? event->from.index : AZ_NO_INDEX;
    if (event->charger.id) {
        place = ev->chargers.items[event->charger.index].place.index;
    } else if (place == AZ_NO_INDEX ||
               (w->node < ev->depots.count && depots[w->node].place.index == place) ||
               (is_over(w) && depots[w->end_depot].place.index == place)) {
        return;
    }
    if (w->j->stop_of[place] == AZ_NO_INDEX) return;
    link_to(w, ev->depots.count + w->j->stop_of[place], place, start);
}

static void walk_stay(struct eb_walk *w, const struct eb_event *event, int64_t start, int64_t end)
{
    const struct eb_instance *ev = w->j->ev;
    double before, charged = w->j->charged_kwh, discharged = w->j->discharged_kwh;
    if (ev->links)
        link_to_stay(w, event, start);
    else
        check_from(w, event->from.index, start);
    check_times(w, start, end);
    before = w->charge;
    if (event->charger.id && eb_event_charges(event)) {
        tell_stop_change(w);
        w->stood = true;
        eb_walk_charging(w, event, start, end);
    }
    check_charge(w, event, before, w->charge);
    keep(w, start, end, w->place, 0,
         w->j->discharged_kwh - discharged - (w->j->charged_kwh - charged), before);
}

static void walk_event(struct eb_walk *w, size_t e)
{
    const struct eb_event *event = &w->block->events.items[e];
    int64_t start = 0, end = 0;
    w->e = e;
    w->window_told = false;
    if (w->j->ev->timed) {
        if (event->kind == EB_EVENT_TRIP) {
            start = w->j->ev->trips.items[event->trip.index].depart_s;
            end = w->j->ev->trips.items[event->trip.index].arrive_s;
        }
        eb_seconds(w->j->ev, event->start, &start);
        eb_seconds(w->j->ev, event->end, &end);
    }
    if (event->kind == EB_EVENT_TRIP)
        walk_trip(w, event, start, end);
    else if (event->kind == EB_EVENT_STAY)
        walk_stay(w, event, start, end);
    else if (w->j->ev->links)
        walk_link(w, start, end);
    else
        walk_drive(w, event, start, end);
    w->any = true;
    if (end > w->now || !w->j->ev->timed) w->now = end;
}

/* --- whole blocks -------------------------------------------------------------------------------
 */

/* start_charge: one of the type's start charges, or the bus's own. */
static void begin_charge(struct eb_walk *w)
{
    const struct eb_type *type = w->type;
    double start = w->block ? w->block->start_kwh : NAN, nearest = NAN;
    w->min = w->bus ? w->bus->min_kwh : type->min_kwh;
    w->max = w->bus ? w->bus->max_kwh : type->max_kwh;
    if (!type->has_battery) return;
    for (size_t i = 0; !w->bus && i < type->start_count; i++)
        if (!(fabs(type->start_kwh[i] - start) >= fabs(nearest - start)))
            nearest = type->start_kwh[i];
    if (w->bus) nearest = w->bus->start_kwh;
    if (isnan(start)) start = nearest;
    w->start = w->charge = start;
    if (fabs(start - nearest) <= eb_slack(nearest)) return;
    struct az_param params[] = { EB_VALUE(start), EB_LIMIT(nearest) };
    eb_walk_breach(w, EB_RULE_start_charge, "start_kwh", AZ_NO_INDEX, EB_NO_TIME,
                   fabs(start - nearest), NAN, 2, params);
}

static void begin(struct eb_walk *w)
{
    const struct eb_instance *ev = w->j->ev;
    w->place = ev->depots.items[w->depot].place.index;
    w->node = w->depot;
    if (w->bus) {
        size_t place = w->bus->place.id ? w->bus->place.index : w->place;
        if (ev->links && place != w->place && w->j->stop_of[place] != AZ_NO_INDEX)
            w->node = ev->depots.count + w->j->stop_of[place];
        w->place = place;
        w->now = w->bus->available_s;
        w->driving_s = (int64_t)llround(w->bus->driving_min * 60);
        w->since_s = w->now - (int64_t)llround(w->bus->standing_min * 60);
    }
    w->first = true;
    w->trip = w->waiting = w->off_slot = AZ_NO_INDEX;
    w->slot = -1;
    begin_charge(w);
}

/* block_end: back in the depot. */
static void check_end(struct eb_walk *w)
{
    const struct eb_instance *ev = w->j->ev;
    const struct eb_depot *depot = &ev->depots.items[w->end_depot];
    bool wrong = ev->return_rule == EB_RETURN_OWN_DEPOT && w->end_depot != w->depot;
    w->off_slot = AZ_NO_INDEX;
    if (ev->links) {
        if (w->drives || w->waiting != AZ_NO_INDEX || w->node != w->depot || wrong)
            link_to(w, w->end_depot, depot->place.index, AZ_NO_INTEGER);
    } else if (w->place != depot->place.index) {
        wrong = true;
    }
    w->e = AZ_NO_INDEX;
    if (wrong)
        EB_WALK_BREACH(w, EB_RULE_block_end, ev->timed ? w->now : EB_NO_TIME, 0,
                       AZ_TEXT_PARAM("limit", ev->depots.items[w->depot].id));
}

/* end_charge: a cyclic end is at least the start; priced ends are money. */
static void check_end_charge(struct eb_walk *w)
{
    double need = w->bus ? w->bus->end_kwh : w->start;
    if (w->bus && isnan(need)) need = w->type->start_count > 0 ? w->type->start_kwh[0] : 0;
    if (!w->type->has_battery) return;
    if (w->type->end == EB_END_PRICED)
        w->j->end_value[w->type_index] -= (w->charge - w->start) * w->type->end_value_jpy_per_kwh;
    if (w->type->end != EB_END_CYCLIC || !eb_under(w->charge, need)) return;
    struct az_param params[] = { EB_VALUE(w->charge), EB_LIMIT(need) };
    eb_walk_breach(w, EB_RULE_end_charge, NULL, AZ_NO_INDEX, EB_NO_TIME, need - w->charge,
                   w->type->end_price_jpy_per_kwh, 2, params);
}

static void count_block(struct eb_walk *w)
{
    struct eb_judge *j = w->j;
    size_t types = j->ev->types.count;
    bool pulled_out = w->bus && az_time_given(w->bus->pulled_out);
    j->begin[w->depot * types + w->type_index]++;
    j->end[w->end_depot * types + w->type_index]++;
    if (!w->bus) j->fresh[w->depot * types + w->type_index]++;
    if (w->drives || pulled_out) j->used++;
    if (w->drives && !pulled_out) j->day[w->type_index] += w->type->cost_jpy_per_day;
}

/* bus_out_of_service: it runs nothing; its trips are not told once more. */
static void walk_broken(struct eb_walk *w)
{
    if (!w->block || w->block->events.count == 0) return;
    EB_WALK_BREACH(w, EB_RULE_bus_out_of_service, EB_NO_TIME, 0, EB_VALUE(0));
    for (size_t e = 0; e < w->block->events.count; e++)
        if (w->block->events.items[e].kind == EB_EVENT_TRIP)
            w->j->runs[w->block->events.items[e].trip.index]++;
}

static void walk_block(struct eb_walk *w)
{
    const struct eb_instance *ev = w->j->ev;
    w->e = AZ_NO_INDEX;
    w->type = &ev->types.items[w->type_index];
    if (w->bus && w->bus->out_of_service == 1) {
        walk_broken(w);
        return;
    }
    begin(w);
    for (size_t e = 0; w->block && e < w->block->events.count; e++) walk_event(w, e);
    w->e = AZ_NO_INDEX;
    w->window_told = false;
    check_end(w);
    check_end_charge(w);
    eb_walk_length(w);
    count_block(w);
    if (!w->bus && !w->drives) EB_WALK_BREACH(w, EB_RULE_block_stands, EB_NO_TIME, 0, EB_VALUE(0));
    if (!w->bus && ev->new_buses == 0)
        EB_WALK_BREACH(w, EB_RULE_new_bus, EB_NO_TIME, 0, EB_VALUE(0));
}

static void walk_one(struct eb_judge *j, size_t b)
{
    const struct eb_block *block = &j->plan->blocks.items[b];
    size_t bus = j->at.block_bus[b];
    struct eb_walk w = { .j = j, .block = block, .b = b, .bus_index = bus };
    w.id = block->id ? block->id : "?";
    w.bus = bus == AZ_NO_INDEX ? NULL : &j->ev->bus[bus];
    w.type_index = block->type.index;
    w.depot = block->depot.index;
    w.end_depot = block->end_depot.id ? block->end_depot.index : w.depot;
    w.e = AZ_NO_INDEX;
    if (bus != AZ_NO_INDEX && j->at.bus_block[bus] != b)
        EB_WALK_BREACH(&w, EB_RULE_bus_once, EB_NO_TIME, 0, EB_VALUE(0));
    walk_block(&w);
}

void eb_judge_blocks(struct eb_judge *j)
{
    for (size_t b = 0; b < j->plan->blocks.count && j->status == AZ_OK; b++) walk_one(j, b);
    for (size_t i = 0; i < j->ev->bus_count && j->status == AZ_OK; i++) {
        const struct eb_bus *bus = &j->ev->bus[i];
        struct eb_walk w = { .j = j, .bus = bus, .b = AZ_NO_INDEX, .id = bus->id };
        if (j->at.bus_block[i] != AZ_NO_INDEX) continue;
        w.bus_index = i;
        w.type_index = bus->type.index;
        w.depot = w.end_depot = bus->depot.index;
        walk_block(&w);
    }
}
