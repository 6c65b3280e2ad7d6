/* evaluate_fleet.c - the judge of all blocks together: fleet, depots, trips that nobody runs,
 * chargers and places. */
#include <math.h>

#include "formulations/evbus/judge.h"

/* A breach of all blocks together, about one thing. */
#define TELL_BLOCKS(j, rule, id_, amount, ...)                        \
    do {                                                              \
        const struct az_path *path_ = AZ_AT(NULL, "blocks");          \
        struct eb_where where_ = { path_, path_, (id_), EB_NO_TIME }; \
        EB_BREACH((j), (rule), &where_, (amount), NAN, __VA_ARGS__);  \
    } while (0)

/* --- fleet and depots ---------------------------------------------------------------------------
 */

/* Buses of `buses`: of a type (or any: AZ_NO_INDEX), of a depot (or any). */
static int64_t named(const struct eb_instance *ev, size_t depot, size_t type)
{
    int64_t count = 0;
    for (size_t i = 0; i < ev->bus_count; i++)
        if ((depot == AZ_NO_INDEX || ev->bus[i].depot.index == depot) &&
            (type == AZ_NO_INDEX || ev->bus[i].type.index == type))
            count++;
    return count;
}

/* Blocks of no bus of `buses` have what those leave, if anything. */
static bool too_many(int64_t fresh, int64_t owned, int64_t limit)
{
    return limit != AZ_NO_INTEGER && fresh > 0 && fresh + owned > limit;
}

/* fleet: buses of a type in all. */
static void judge_fleet_of(struct eb_judge *j, size_t type)
{
    const struct eb_instance *ev = j->ev;
    int64_t fresh = 0, owned = named(ev, AZ_NO_INDEX, type), limit = ev->types.items[type].count;
    for (size_t d = 0; d < ev->depots.count; d++) fresh += j->fresh[d * ev->types.count + type];
    if (!too_many(fresh, owned, limit)) return;
    TELL_BLOCKS(j, EB_RULE_fleet, ev->types.items[type].id, (double)(fresh + owned - limit),
                EB_VALUE((double)(fresh + owned)), EB_LIMIT((double)limit));
}

/* The capacity for a type: what the map says, none when it does not name it. */
static int64_t capacity_for(const struct eb_depot *depot, size_t type)
{
    if (!depot->capacities.items) return AZ_NO_INTEGER;
    for (size_t k = 0; k < depot->capacities.count; k++)
        if (depot->capacities.keys[k].index == type) return depot->capacities.items[k];
    return 0;
}

/* depot_capacity */
static void judge_capacity(struct eb_judge *j, size_t depot, size_t type, int64_t limit)
{
    const struct eb_instance *ev = j->ev;
    size_t types = ev->types.count;
    int64_t fresh = 0, owned = named(ev, depot, type);
    for (size_t v = 0; v < types; v++)
        if (type == AZ_NO_INDEX || v == type) fresh += j->fresh[depot * types + v];
    if (!too_many(fresh, owned, limit)) return;
    TELL_BLOCKS(j, EB_RULE_depot_capacity, ev->depots.items[depot].id,
                (double)(fresh + owned - limit), EB_VALUE((double)(fresh + owned)),
                EB_LIMIT((double)limit));
}

/* Does a block that is no bus's begin at the depot with the type's start charge k? */
static bool begins_with(const struct eb_judge *j, const struct eb_block *block, size_t depot,
                        size_t type, size_t k)
{
    const struct eb_type *it = &j->ev->types.items[type];
    if (block->bus.id || block->depot.index != depot || block->type.index != type) return false;
    return !it->has_battery || isnan(block->start_kwh) ||
           fabs(block->start_kwh - it->start_kwh[k]) <= eb_slack(it->start_kwh[k]);
}

/* depot_capacity: of a type and start charge no more blocks than trips that are planned and that it
 * may run, those of `buses` apart. */
static void judge_use(struct eb_judge *j, size_t depot, size_t type)
{
    const struct eb_instance *ev = j->ev;
    int64_t trips = 0;
    for (size_t i = 0; i < ev->trips.count; i++)
        trips += ev->trips.items[i].serves[type] && !ev->done[i];
    if (j->fresh[depot * ev->types.count + type] <= trips) return;
    size_t starts = ev->types.items[type].has_battery ? ev->types.items[type].start_count : 1;
    for (size_t k = 0; k < starts; k++) {
        int64_t fresh = 0;
        for (size_t b = 0; b < j->plan->blocks.count; b++)
            fresh += begins_with(j, &j->plan->blocks.items[b], depot, type, k);
        if (fresh <= trips) continue;
        TELL_BLOCKS(j, EB_RULE_depot_capacity, ev->depots.items[depot].id, (double)(fresh - trips),
                    EB_VALUE((double)fresh), EB_LIMIT((double)trips));
    }
}

/* depot_return: as many of each type end at a depot as begin there. */
static void judge_return(struct eb_judge *j, size_t depot, size_t type)
{
    size_t cell = depot * j->ev->types.count + type;
    if (j->ev->return_rule != EB_RETURN_COUNTS || j->end[cell] >= j->begin[cell]) return;
    TELL_BLOCKS(j, EB_RULE_depot_return, j->ev->depots.items[depot].id,
                (double)(j->begin[cell] - j->end[cell]), EB_VALUE((double)j->end[cell]),
                EB_LIMIT((double)j->begin[cell]));
}

/* trip_served, unserved_list */
static void judge_trips(struct eb_judge *j)
{
    const struct eb_instance *ev = j->ev;
    const struct az_path *list = AZ_AT(NULL, "unserved");
    size_t *listed = AZ_ARRAY(j->arena, ev->trips.count, size_t);
    if (!listed) {
        j->status = AZ_NO_MEMORY;
        return;
    }
    for (size_t k = 0; k < j->plan->unserved.count; k++) {
        size_t i = j->plan->unserved.items[k].trip.index;
        const struct eb_trip *trip = &ev->trips.items[i];
        const struct az_path *at = AZ_ITEM(list, k, trip->id);
        struct eb_where where = { at, at, trip->id, ev->timed ? trip->depart_s : EB_NO_TIME };
        if (listed[i] > 0 || j->runs[i] > 0 || ev->done[i])
            EB_BREACH(j, EB_RULE_unserved_list, &where, 0, NAN, EB_VALUE(0));
        listed[i] = k + 1;
    }
    for (size_t i = 0; i < ev->trips.count; i++) {
        const struct eb_trip *trip = &ev->trips.items[i];
        if (j->runs[i] > 0 || ev->done[i]) continue;
        const struct az_path *at = listed[i] > 0 ? AZ_ITEM(list, listed[i] - 1, trip->id) : list;
        struct eb_where where = { at, at, trip->id, ev->timed ? trip->depart_s : EB_NO_TIME };
        double price = isfinite(trip->unserved_jpy) ? trip->unserved_jpy : NAN;
        EB_BREACH(j, EB_RULE_trip_served, &where, 1, price, EB_VALUE(0));
        if (!isnan(price)) j->left_out += price;
    }
}

void eb_judge_fleet(struct eb_judge *j)
{
    const struct eb_instance *ev = j->ev;
    judge_trips(j);
    for (size_t v = 0; v < ev->types.count; v++) judge_fleet_of(j, v);
    for (size_t d = 0; d < ev->depots.count; d++) {
        const struct eb_depot *depot = &ev->depots.items[d];
        judge_capacity(j, d, AZ_NO_INDEX, depot->capacity);
        for (size_t v = 0; v < ev->types.count; v++) {
            judge_capacity(j, d, v, capacity_for(depot, v));
            judge_use(j, d, v);
            judge_return(j, d, v);
        }
    }
}

/* --- chargers and places ------------------------------------------------------------------------
 */

/* charger_choice: 0 <= in use <= count_max; what each beyond the count costs. */
static void judge_choice(struct eb_judge *j, size_t c)
{
    const struct eb_charger *charger = &j->ev->chargers.items[c];
    int64_t used = j->at.chargers[c];
    int64_t count = charger->count == AZ_NO_INTEGER ? 1 : charger->count;
    int64_t most = charger->count_max == AZ_NO_INTEGER ? count : charger->count_max;
    if (used == INT64_MAX) return;
    if (used < 0 || used > most) {
        const struct az_path *at = AZ_AT(AZ_AT(NULL, "chargers"), charger->id);
        struct eb_where where = { at, at, charger->id, EB_NO_TIME };
        EB_BREACH(j, EB_RULE_charger_choice, &where, (double)(used < 0 ? -used : used - most), NAN,
                  EB_VALUE((double)used), eb_range(j, 0, (double)most));
    }
    if (used > count)
        eb_money(j, EB_MONEY_charger, charger->id,
                 (double)(used - count) * charger->price_jpy_per_day);
}

/* charger_count: stays that use a bank in a slot. */
static void judge_count(struct eb_judge *j, size_t c)
{
    const struct eb_instance *ev = j->ev;
    const struct az_path *at = AZ_AT(AZ_AT(NULL, "chargers"), ev->chargers.items[c].id);
    int64_t limit = j->at.chargers[c] < 0 ? 0 : j->at.chargers[c];
    for (size_t t = 0; t < ev->T; t++) {
        int64_t uses = (int64_t)j->plugged[c * ev->T + t];
        if (uses <= limit) continue;
        struct eb_where where = { at, at, ev->chargers.items[c].id, (int64_t)t * eb_slot_s(ev) };
        EB_BREACH(j, EB_RULE_charger_count, &where, (double)(uses - limit), NAN,
                  EB_VALUE((double)uses), EB_LIMIT((double)limit));
    }
}

/* place_power, place_delivery: all banks of a place together. */
static void judge_place(struct eb_judge *j, const struct eb_place *place, size_t t, bool delivery)
{
    const struct eb_instance *ev = j->ev;
    const double *energy = delivery ? j->discharged : j->charged;
    double limit = place->power_limit_kw, sum = 0;
    if (delivery && !isnan(place->delivery_limit_kw)) limit = place->delivery_limit_kw;
    for (size_t k = 0; k < place->charger_count; k++) sum += energy[place->charger[k] * ev->T + t];
    if (isnan(limit) || !eb_over(sum, limit * ev->dt)) return;
    const struct az_path *at = AZ_AT(NULL, "blocks");
    struct eb_where where = { at, at, place->id, (int64_t)t * eb_slot_s(ev) };
    EB_BREACH(j, delivery ? EB_RULE_place_delivery : EB_RULE_place_power, &where,
              sum - limit * ev->dt, NAN, EB_VALUE(sum), EB_LIMIT(limit * ev->dt));
}

void eb_judge_chargers(struct eb_judge *j)
{
    const struct eb_instance *ev = j->ev;
    for (size_t c = 0; c < ev->chargers.count; c++) {
        judge_choice(j, c);
        judge_count(j, c);
    }
    for (size_t p = 0; p < ev->places.count; p++)
        for (size_t t = 0; t < ev->T; t++) {
            judge_place(j, &ev->places.items[p], t, false);
            judge_place(j, &ev->places.items[p], t, true);
        }
}
