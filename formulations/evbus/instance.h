/* instance.h - the evbus kind: what an instance and a plan are, every member with its unit.
 *
 * Members above the line "derived" of each struct are declared in fields*.c under the same name;
 * members below it are set by resolve*.c and have no row. Times of trips and buses are exact and
 * never round to slots; energy is bought, sold and balanced in slots. T is the number of slots, dt
 * their length in hours; slot t covers [start + t dt, start + (t+1) dt). Derived times are whole
 * seconds since the start.
 *
 * The question: which bus runs which trips, and where and when it charges and discharges, so that
 * buses, kilometres, energy and wear less what delivered energy earns cost least.
 *
 * What the judge and every model share is this arithmetic; each implements it by itself:
 *
 *   bus-day     A block is the day of one bus: it begins at its depot at the start (a bus of
 *               `buses`: where and when that says) and ends at its depot at the end of the horizon.
 *               Between them it has trips, deadheads and stays, without gap or overlap, each
 *               beginning at the place where the one before ends; time that no event covers is a
 *               wait there. A bus that does nothing but stand is no block, costs nothing and
 *               neither charges nor discharges; a bus of `buses` always has a block, in which it
 *               may charge without driving (one that is missing: it stands where it is). With
 *               slots every event lies in the horizon. Trips that are done are run no more.
 *   connection  From the end of a trip (or the depot) to the start of the next (or the depot) a
 *               bus drives straight, or to one stop with a charger, stays, and drives on; or from
 *               stop to stop, then leaving a stop for another one at a slot boundary (without
 *               slots: one stop at most). At least turnaround_min pass between two trips, driving
 *               included. It drives at once and waits where it arrives, except when it leaves a
 *               stop (or the depot) to be there in time; whoever waits earlier or drives slower
 *               gains nothing by it (see drivers). Every drive leads to the start of the next
 *               trip, to a stop or to the end depot. A depot whose place has a charger is a stop,
 *               but no slot boundary is needed to be there in time for the end of the horizon, and
 *               a stop may be passed without standing there.
 *   energy      of a movement of type v, kWh, out of the battery:
 *                 distance_km * kwh_per_km(v, temperature) + ascent_m * climb_kwh_per_m
 *                 - descent_m * descent_kwh_per_m + distance_km * load_share * load_kwh_per_km
 *                 + duration_h * auxiliary_kw
 *               unless the trip or deadhead says its energy for the type. kwh_per_km is
 *               interpolated over the temperatures given, constant beyond them. Drives are empty
 *               (load_share 0). A drive takes the time it needs, however long its event lasts.
 *   prefix      Along a trip the battery gives prefix_high at most and prefix_low at least
 *               (negative on a descent) at any point since its start, both including 0 and the
 *               whole trip: charge at the start is in [soc_min + prefix_high, soc_max +
 *               prefix_low]. With a profile they follow its points; without one, a movement
 *               descends first and climbs then when that matters for neither side being
 *               underestimated: prefix_high = max(0, energy), prefix_low = min(0, energy).
 *               Along a profile load, time and climbs that the trip says beyond its profile go with
 *               the distance, so that the energy is linear between points and its extremes are at
 *               points.
 *   charging    Stays with a charger have energies per slot at the grid's side: charge_kwh and
 *               discharge_kwh >= 0, not both in one slot. With o the hours that the stay overlaps
 *               the slot and s the charge at the beginning of that overlap:
 *                 charge    <= o * min(charger's charge_kw, type's charge_kw, curve(s))
 *                 discharge <= o * min(charger's discharge_kw, type's discharge_kw)
 *                 s_after = s + charge * charge_efficiency - discharge / discharge_efficiency
 *               with s_after in [soc_min, soc_max], and s_after >= discharge_floor when discharge
 *               > 0. The curve is piecewise linear, concave, at the grid's side: the least of the
 *               lines through neighbouring points (and of its first point where they fall from
 *               there), never below 0.
 *               Stays that follow each other at one place are one stay. Without slots a stay is a
 *               slot of its own: charged_kwh <= hours * power * charge_efficiency (without times:
 *               anything), nothing is discharged and no chargers are counted.
 *   reserves    Every bus keeps reserve_share of its battery above soc_min, a bus of `buses` its
 *               reserve_kwh when that is more: windows begin there, no floor is below.
 *   chargers    In a slot a charger serves one stay: stays with charge or discharge > 0 at a bank
 *               in slot t are at most its count (a bus that comes back within the slot counts
 *               again), or what the plan chooses for it: 0 .. count_max, at its price for each
 *               beyond count. Energy drawn (delivered) by all banks of a place in a slot is at
 *               most power_limit_kw (delivery_limit_kw) * dt.
 *   end         cyclic: the charge at the end is at least the charge at the start (what the next
 *               day begins with); free: anything; priced: each kWh above the start earns, each
 *               below costs end_value_jpy_per_kwh. A bus of `buses` in a cyclic type ends with at
 *               least its end_kwh. A storage ends with at least start_share of its capacity,
 *               whatever the state says that it begins with.
 *   start       A bus begins with one of its type's start_shares (a choice of the plan; one share:
 *               given), a bus of `buses` with its charge_kwh.
 *   return      own_depot: a bus ends where it began (a bus of `buses`: at its depot). counts: at
 *               every depot at least as many of each type end as begin there. A bus of `buses`
 *               begins at its depot here, wherever it is.
 *   fleet       Buses of `buses` (out of service or not) take their room in their depots'
 *               capacities and their types' counts; other blocks have what is left, if anything.
 *               Of these no more of a type begin at a depot with one of its start charges than
 *               there are trips to be planned that it may run.
 *   grid        in every slot: supply - delivery + converters in - converters out + storage out -
 *               storage in = charged - discharged by buses (all kWh, grid's side). Supply is drawn
 *               from the steps of `supply` at their prices, delivery goes to the steps of `demand`
 *               at their values; no step takes more than its power * dt. Lines validate that no
 *               value in a slot is above a price in it, so that the grid alone earns nothing.
 *   drivers     driving = trips and deadheads. A break of at least shortest_break_min begins anew;
 *               the sum of driving since is at most longest_driving_min. A break is all the time
 *               at one stop, or where a bus of `buses` begins (standing_min included), or before a
 *               trip: after the drive straight from the trip before (or from a place on the road
 *               where a bus of `buses` begins), or without any drive. A wait after the drive from
 *               a stop or the depot, and one before a drive from a place that is no stop, is no
 *               break. From leaving the depot the first time (pulled_out) to coming back the last
 *               time: at most longest_block_min.
 *   cost        a block that drives costs its type's cost_jpy_per_day once (not when it has pulled
 *               out before the start), distance * cost_jpy_per_km, wear * kWh discharged (grid's
 *               side), explicit link costs; a converter its fee, a storage its wear; a chosen
 *               charger price_jpy_per_day; a trip run by another bus than `assigned` says:
 *               change_price_jpy. The money's owners are types, grids, converters, storages,
 *               banks.
 *
 * order       Prices are prices: a trip left out at unserved_price_jpy and a kWh short of a cyclic
 *             end at end_price_jpy_per_kwh are concessions, told one by one, but weighed against
 *             the cost, never put before it: `objective: cost` is the one sum of cost and penalty,
 *             for the judge, the run, the bound and the gap alike. (Putting breaches first would
 *             leave trips out to fill batteries, or run a bus at any cost to a price that says what
 *             a trip is worth.) `objective: fleet_then_cost` has levels, each among the best plans
 *             of the level before: the price of all trips left out, where any may be (a fleet is
 *             not small because it does not run the timetable); the fleet, which is the number of
 *             blocks of no bus of `buses`; then the same one sum.
 *
 * Explicit links (benchmarks): a matrix over the nodes depots, charging places, trips, in the
 * order of their lists, gives distance; null: there is no such link. Trips may then have no times,
 * and only the links say what may follow what; with times, time is checked too. A link takes
 * distance * minutes_per_unit, rounded to the second, and distance * kwh_per_unit besides the
 * energy of its km and minutes. Every change of node is a link, with or without a deadhead event
 * for it; the nodes are the trips, the stays (the charger's place, else `from`, when it is a stop)
 * and the depots at both ends. */
#ifndef AZ_EVBUS_INSTANCE_H
#define AZ_EVBUS_INSTANCE_H

#include "formulations/formulation.h"

enum eb_mode { EB_SERVICE, EB_EXACT };             /* exact: nothing is priced */
enum eb_objective { EB_COST, EB_FLEET_THEN_COST }; /* lexicographic: buses, then cost */
enum eb_end { EB_END_CYCLIC, EB_END_FREE, EB_END_PRICED };
enum eb_return { EB_RETURN_OWN_DEPOT, EB_RETURN_COUNTS };
enum eb_out_of_range { EB_REJECT, EB_CLAMP };

/* A step of a supply or demand curve. */
struct eb_step {
    struct az_series power_kw;          /* absent: no limit */
    struct az_series price_jpy_per_kwh; /* supply: what it costs; demand: what it earns */
};

struct eb_grid {
    const char *id;
    const char *name;
    double frequency_hz;            /* 50, 60 or 0 */
    AZ_LIST(struct eb_step) supply; /* a surplus of hydro is a step that costs next to nothing */
    AZ_LIST(struct eb_step) demand; /* absent: nothing can be delivered */
};

/* Two grids, linear loss: out = in (1 - loss_share). */
struct eb_converter {
    const char *id;
    const char *name;
    struct az_ref from_grid, to_grid;
    double forward_max_kw, backward_max_kw; /* input */
    double loss_share;                      /* default 0 */
    double fee_jpy_per_kwh;                 /* default 0: of input */
};

/* A stationary battery beside the buses; ends at least as full as it begins. */
struct eb_storage {
    const char *id;
    const char *name;
    struct az_ref grid;
    double capacity_kwh;
    double charge_max_kw, discharge_max_kw;         /* grid's side */
    double charge_efficiency, discharge_efficiency; /* default 0.95 */
    double soc_min_share, soc_max_share;            /* default 0.1, 1 */
    double start_share;                             /* default 0.5 */
    double wear_jpy_per_kwh;                        /* default 0: per kWh discharged, grid's side */
};

struct eb_place {
    const char *id;
    const char *name;
    struct az_ref grid;         /* absent: no grid here */
    double latitude, longitude; /* degrees; absent: only explicit deadheads lead here */
    double elevation_m;       /* absent: drives to and from here are level, told where it matters */
    double power_limit_kw;    /* absent: none; all chargers here together */
    double delivery_limit_kw; /* absent: power_limit_kw */
    /* derived */
    size_t charger_count;  /* banks here */
    const size_t *charger; /* [charger_count] */
};

struct eb_depot {
    const char *id;
    const char *name;
    struct az_ref place;
    int64_t capacity;           /* absent: none; buses of all types that begin here */
    AZ_MAP(int64_t) capacities; /* by type; a type that is not named: none when the map is given */
    /* derived */
    int64_t *limit; /* [types] buses of the type that may begin here: capacities, capacity, the
                       type's count and the number of trips, the least of them; 0: not here */
};

/* A bank of equal chargers at a place. */
struct eb_charger {
    const char *id;
    const char *name;
    struct az_ref place;
    int64_t count;     /* default 1 (filled in by resolve); absent with no_limit */
    int no_limit;      /* boolean, default false: any number of buses (benchmarks) */
    int64_t count_max; /* absent: count (filled in by resolve); up to so many may be chosen */
    double price_jpy_per_day;                       /* default 0: of each chosen beyond count */
    double charge_kw;                               /* grid side, at most */
    double discharge_kw;                            /* default 0: none */
    double charge_efficiency, discharge_efficiency; /* default 0.95 each */
    AZ_LIST(struct az_ref) types;                   /* absent: every type */
    /* derived */
    bool *serves; /* [types] */
    size_t grid;  /* of its place; AZ_NO_INDEX: energy costs nothing and is not balanced */
};

struct eb_consumption {
    double temperature_c;
    double kwh_per_km;
};
struct eb_curve_point {
    double soc_share;
    double power_kw;
};

struct eb_type {
    const char *id;
    const char *name;
    double battery_kwh;           /* absent: a bus without battery limits */
    double soc_min_share;         /* default 0.1 */
    double soc_max_share;         /* default 0.9 */
    double discharge_floor_share; /* absent: soc_min_share; never discharged to a grid below it */
    AZ_LIST(double) start_shares; /* absent: soc_max_share alone */
    int end;                      /* enum eb_end, default cyclic */
    double end_value_jpy_per_kwh; /* required if priced */
    double end_price_jpy_per_kwh; /* absent: a cyclic end is firm; else per kWh short */
    int64_t count;                /* absent: no limit; buses of this type in all */
    double cost_jpy_per_day;      /* default 0 */
    double cost_jpy_per_km;       /* default 0 */
    double wear_jpy_per_kwh;      /* default 0: per kWh discharged to a grid, grid's side */
    double charge_kw;             /* absent: the charger's */
    double discharge_kw;          /* absent: the charger's; 0: never */
    AZ_LIST(struct eb_curve_point) charge_curve; /* absent: flat; concave, grid's side */
    AZ_LIST(struct eb_consumption) consumption;  /* by temperature, increasing */
    double climb_kwh_per_m;                      /* default 0 */
    double descent_kwh_per_m;                    /* default 0: recovered; at most climb_kwh_per_m */
    double load_kwh_per_km;                      /* default 0: at load_share 1 over empty */
    double auxiliary_kw;                         /* default 0: while on a trip or deadhead */
    /* derived */
    bool has_battery;
    double min_kwh, max_kwh, floor_kwh; /* window; floor of discharging; reserves included */
    double kwh_per_km;                  /* at the instance's temperature */
    size_t start_count;
    double *start_kwh;  /* [start_count]; without battery one, 0 */
    size_t curve_count; /* lines of the curve: power <= base + slope * charge; 0: flat */
    double *curve_base_kw, *curve_slope_kw_per_kwh;
};

struct eb_profile_point {
    double distance_km; /* from the trip's start, increasing */
    double elevation_m;
};
struct eb_trip_energy {
    double energy_kwh;
    double prefix_high_kwh; /* absent: max(0, energy) */
    double prefix_low_kwh;  /* absent: min(0, energy) */
};

/* A trip of the timetable, or a task of the same shape: a shelter that a bus supplies is a trip
 * that stays where it is and takes energy. */
struct eb_trip {
    const char *id;
    const char *name;      /* line and headsign for people */
    const char *route;     /* GTFS route_id */
    const char *gtfs_trip; /* GTFS trip_id, when the id was made from it */
    struct az_ref from, to;
    struct az_time departure, arrival;
    double distance_km;         /* default 0 */
    double ascent_m, descent_m; /* absent: from the profile or the places */
    AZ_LIST(struct eb_profile_point) profile;
    double load_share;                    /* default 0.3 */
    AZ_MAP(struct eb_trip_energy) energy; /* by type; absent: from distance and climb */
    AZ_LIST(struct az_ref) types;         /* absent: every type */
    double unserved_price_jpy;            /* absent: the instance's; without either it is firm */
    struct az_ref bus; /* a bus of `buses` or the state's: who runs it in the plan that stands;
                          index into ev->bus, set by resolve */
    int shelter;       /* boolean, default false: supply, not transport */
    /* derived */
    bool has_times;
    int64_t depart_s, arrive_s;
    bool *serves;                                  /* [types] */
    double *energy_kwh, *prefix_high, *prefix_low; /* [types] */
    double unserved_jpy;                           /* INFINITY: must be served */
};

/* What is known of an empty drive; both ways are separate. */
struct eb_deadhead {
    struct az_ref from, to; /* places */
    double duration_min, distance_km;
    double ascent_m, descent_m; /* absent: from the places' elevations */
    AZ_MAP(double) energy_kwh;  /* by type */
};

/* Drives between places that `deadheads` does not name, from coordinates. */
struct eb_travel {
    double speed_kmh;     /* default 25 */
    double detour_factor; /* default 1.3: road over straight line */
    double longest_km;    /* default 40: no drive further than that */
};

/* Explicit links over depots, charging places (places with chargers, in the order of places) and
 * trips. Rows from, columns to. */
struct eb_links {
    struct az_matrix distance; /* null: no link; nodes x nodes */
    double cost_jpy_per_unit;  /* default 1 */
    double km_per_unit;        /* default 0 */
    double minutes_per_unit;   /* default 0 */
    double kwh_per_unit;       /* default 0 */
};

struct eb_drivers {
    double longest_driving_min; /* absent: none */
    double shortest_break_min;  /* required with longest_driving_min */
    double longest_block_min;   /* absent: none */
};

/* A bus that is known one by one: in service, or with a charge of its own. */
struct eb_bus {
    const char *id;
    const char *name;
    struct az_ref type, depot;
    struct az_ref place;       /* where it is, or comes free; absent: its depot */
    struct az_time available;  /* absent: the start */
    double charge_kwh;         /* absent: the type's first start share; at `available` */
    double driving_min;        /* default 0: driven since its last break */
    double standing_min;       /* default 0: at its place since, before `available` */
    struct az_time pulled_out; /* absent: still in its depot */
    double end_kwh;            /* absent: the type's first start charge; needed if cyclic */
    double reserve_kwh;        /* default 0: kept above the window's lower end (disaster) */
    int out_of_service;        /* boolean, default false: broken down, runs nothing */
    int out_of_range;          /* enum eb_out_of_range, default reject: measured charge */
    /* derived */
    int64_t available_s;
    double start_kwh, min_kwh, max_kwh;
    int64_t block_used_s; /* since pulled_out, to the start */
};

/* State, as measured or carried: what `carry` makes. */
struct eb_state {
    struct az_time at;             /* the instance's start */
    AZ_LIST(struct eb_bus) buses;  /* in place of the instance's of the same id, and more */
    AZ_LIST(const char *) done;    /* trips run or under way: no longer planned */
    AZ_MAP(const char *) assigned; /* trip -> bus of the plan that stands (ids) */
    AZ_MAP(double) storages;       /* kWh */
};

struct eb_instance {
    const char *kind; /* "evbus" */
    int64_t schema;   /* default 1 */
    const char *title;
    const char *notes;
    AZ_LIST(const char *) sources;
    struct az_time start;
    int64_t slot_minutes; /* 5 .. 60, a divisor of 60; default 15 */
    int64_t slots;        /* 0: no energy is balanced (benchmarks) */
    int mode;             /* default service */
    int objective;        /* default cost */
    int return_rule;      /* "return": default own_depot */
    const char *money_unit;
    double money_scale; /* absent: derived */
    double gap, gap_abs;
    double temperature_c;      /* absent: 15 (filled in by resolve, told where it matters) */
    double turnaround_min;     /* default 0 */
    double reserve_share;      /* default 0: of the battery, kept by every bus above the window's
                                  lower end (disaster); a bus keeps the more of it and its own */
    double unserved_price_jpy; /* absent: every trip must run */
    double change_price_jpy;   /* default 0: of a trip that changes its bus */
    int new_buses;             /* boolean, default true: buses beyond `buses` may be used */
    AZ_LIST(struct eb_grid) grids;
    AZ_LIST(struct eb_converter) converters;
    AZ_LIST(struct eb_storage) storages;
    AZ_LIST(struct eb_place) places;
    AZ_LIST(struct eb_depot) depots;
    AZ_LIST(struct eb_charger) chargers;
    AZ_LIST(struct eb_type) types;
    AZ_LIST(struct eb_trip) trips;
    AZ_LIST(struct eb_deadhead) deadheads;
    struct eb_travel *travel; /* absent: only `deadheads` (and staying where one is) */
    struct eb_links *links;   /* absent: from places */
    struct eb_drivers *drivers;
    AZ_LIST(struct eb_bus) buses;
    struct eb_state *state;
    /* derived */
    size_t T;
    double dt;        /* hours */
    int64_t end_s;    /* T * slot; without slots nothing has to be home by then, and it is the last
                         arrival, or 0 */
    bool timed;       /* trips have times */
    bool has_energy;  /* some type has a battery */
    double scale;     /* money_scale; else the trips' share of a day's cost, > 0 */
    size_t bus_count; /* buses in force: state's over the instance's, the rest */
    struct eb_bus *bus; /* [bus_count] */
    bool *done;         /* [trips] not planned any more */
    size_t *assigned;   /* [trips] index into bus, AZ_NO_INDEX */
    bool leaves_out;    /* some trip that is planned may be left out at a price */
    size_t stop_count;  /* charging places */
    size_t *stop;       /* [stop_count] places */
    /* Drives between places, row-major [places * places]; drive_s < 0: none. 0 on the diagonal. */
    int64_t *drive_s;
    double *drive_km, *drive_ascent_m, *drive_descent_m;
    double *drive_kwh; /* [types * places * places] */
};

/* --- the plan -----------------------------------------------------------------------------------
 */
enum eb_event_kind { EB_EVENT_TRIP, EB_EVENT_DEADHEAD, EB_EVENT_STAY };

struct eb_event {
    int kind;
    struct az_ref trip;        /* of a trip */
    struct az_ref from, to;    /* places; of a stay the same; absent under explicit links */
    struct az_time start, end; /* absent without times */
    double distance_km;        /* result */
    double energy_kwh;         /* result: out of the battery; of a stay its discharge less charge */
    double soc_before_kwh, soc_after_kwh; /* result; absent without battery */
    /* a stay that charges */
    struct az_ref charger;
    int64_t first_slot;                        /* of the lists */
    AZ_LIST(double) charge_kwh, discharge_kwh; /* per slot, grid's side; absent: none */
    double charged_kwh;                        /* without slots: into the battery during the stay */
};

struct eb_block {
    const char *id;    /* "b1"; the id of a bus of `buses` when it is one */
    struct az_ref bus; /* by id, of the instance's or its state's buses (not linked: index is not
                          set); absent: any bus of the type */
    struct az_ref type, depot;
    struct az_ref end_depot; /* absent: depot */
    double start_kwh;        /* absent without battery */
    AZ_LIST(struct eb_event) events;
};

struct eb_grid_plan {
    AZ_LIST(struct az_series) supply_kwh; /* one series a step of the instance's list */
    AZ_LIST(struct az_series) demand_kwh;
    struct az_series marginal_price_jpy_per_kwh; /* result */
};
struct eb_converter_plan {
    struct az_series forward_in_kwh, backward_in_kwh;
};
struct eb_storage_plan {
    struct az_series charge_kwh, discharge_kwh; /* grid's side */
    struct az_series energy_kwh;                /* at the end of each slot */
};
struct eb_unserved {
    struct az_ref trip;
    int reason; /* enum eb_reason; result: why it is left out */
};
enum eb_reason { EB_REASON_COST, EB_REASON_ENERGY, EB_REASON_TIME, EB_REASON_NO_BUS };

struct eb_carried { /* result: energy of one block carried from grid to grid */
    const char *block;
    struct az_ref from_grid, to_grid;
    double carried_kwh; /* discharged into to_grid less what was charged there */
    double earned_jpy;  /* delivered value less price of the energy at the marginal prices */
};
struct eb_money_item {
    const char *item, *owner;
    double amount_jpy;
};
struct eb_change { /* result */
    struct az_ref trip;
    const char *from_bus, *to_bus;
};
struct eb_summary { /* result, for people; the judge recomputes and never reads it */
    double cost_jpy, penalty_jpy;
    AZ_LIST(struct eb_money_item) money;
    int64_t buses, trips, unserved;
    double distance_km, deadhead_km, driven_kwh, charged_kwh, discharged_kwh;
    AZ_LIST(struct eb_carried) carried;
    AZ_LIST(struct eb_change) changes;
};
struct eb_plan {
    struct az_time start;
    int64_t slot_minutes, slots;
    AZ_LIST(struct eb_block) blocks;
    AZ_LIST(struct eb_unserved) unserved;
    AZ_MAP(int64_t) chargers; /* by bank: how many are used, where they are chosen */
    AZ_MAP(struct eb_grid_plan) grids;
    AZ_MAP(struct eb_converter_plan) converters;
    AZ_MAP(struct eb_storage_plan) storages;
    struct eb_summary *summary;
};

extern const struct az_table eb_instance_table, eb_plan_table, eb_state_table;

/* An empty plan: every trip that is planned is unserved; grids, converters, storages and chargers
 * in the instance's order, flows 0, storages at rest, each bank with its count; no blocks. */
enum az_status eb_plan_new(const struct eb_instance *ev, struct az_arena *arena,
                           struct eb_plan **plan);

/* The rooms of the kind. Contracts in formulation.h. */
enum az_status eb_resolve(void *instance, struct az_arena *arena, struct az_findings *findings,
                          struct az_findings *assumptions);
enum az_status eb_validate(const void *instance, struct az_arena *arena,
                           struct az_findings *findings);
/* Money codes: bus_day distance link energy_bought energy_delivered wear converter_fee
 * storage_wear charger change end_value. Penalty: unserved trips and short ends at their prices. */
enum az_status eb_evaluate(const void *instance, const void *plan, struct az_arena *arena,
                           struct az_judgement *judgement);
enum az_status eb_solve(const void *instance, const struct az_solve_options *options,
                        struct az_run *run, struct az_arena *arena);
enum az_status eb_complete(const void *instance, const void *partial,
                           const struct az_engine *engine, const struct az_context *context,
                           struct az_arena *arena, void **plan);
enum az_status eb_explain(const void *instance, const struct az_engine *engine,
                          const struct az_context *context, struct az_arena *arena,
                          struct az_explanation *explanation);
enum az_status eb_adopt(const void *instance, const void *previous_plan, struct az_arena *arena,
                        void **plan);
enum az_status eb_carry(const void *instance, const void *plan, struct az_time at,
                        struct az_arena *arena, void **state, struct az_findings *findings);
enum az_status eb_view(const void *instance, const void *plan, const struct az_judgement *judgement,
                       struct az_arena *arena, struct az_view *view);
enum az_status eb_generate(size_t size, uint64_t seed, struct az_arena *arena, void **instance);

#endif
