/* instance.h - the microgrid kind: what an instance and a plan are, every member with its unit.
 *
 * Members above the line "derived" of each struct are declared in fields.c under the same name;
 * members below it are set by resolve.c and have no row. T is the number of slots, dt their length
 * in hours. Series have T values. Slot t covers [start + t dt, start + (t+1) dt).
 *
 * What the judge and every model share is this arithmetic; each implements it by itself:
 *
 *   metering    A connection's demand is the average import over a metering interval of the
 *               local clock: (energy imported in the interval's slots within the horizon, plus
 *               the carried open energy in the interval open at the start) / (meter_slots dt).
 *               An interval still open at the end of the horizon is divided by its whole length
 *               too: a lower estimate, that the next run continues through the carried open
 *               energy. Interval of slot t: (t + meter_offset) / meter_slots. Slots longer than
 *               an interval count as their own.
 *   demand      charge * max(0, highest demand of the month - incumbent_kw[month]), each month
 *               once.
 *   months      are those of the local time at the start's offset; no interval straddles two.
 *   units       power above minimum q = on ? power - p_min : 0, q before the start from power0.
 *               q(t) + r(t) - q(t-1) <= ramp_up, q(t-1) - q(t) <= ramp_down in every slot, those
 *               of a start and a stop too. power + r <= p_max while on; <= start_kw in the slot
 *               of a start; <= stop_kw in the last slot before a stop (power0 when it stops in
 *               slot 0). r = 0 while off and for trial units. Availability `planned`: off, or 0
 *               used.
 *   outages     a unit that is on before the start and unavailable in slot 0 is taken as just
 *               stopped (no stop cost, minimum down time from 0); an outage within the carried
 *               minimum up time ends it, slots0 then counting the slots cut off as served. Later
 *               outages bind as decisions do: limits and ramps hold before them.
 *   start-up    physical: a start in slot t after d slots off (carried ones included) costs the
 *               last tier with tier_lag <= d. pglib: the cheapest tier that rows (7) and (15)
 *               allow, see evaluate_start.c.
 *   batteries   energy(t) = energy(t-1) + charge_efficiency charge dt - discharge dt /
 *               discharge_efficiency, within [min, max]; >= floor at the end of every slot.
 *               Taper: charge(t) <= charge_max - (charge_max - taper_full) (energy(t-1) - from)
 *               / (max - from), from = taper_from_share capacity.
 *   converters  one direction a slot. While on, input is in [min_transfer, max of the direction]
 *               and output = input - no_load - segment losses, >= 0; off: all zero. On without
 *               input is possible only where no_load and min_transfer are 0.
 *   balance     of a grid: units + used + discharge - charge + import - export + converter
 *               outputs - converter inputs = demand - unserved.
 *   prices      in service mode a rule with a price is conceded: limits, served load and unit
 *               reserve per kWh (kW short times dt), a battery's reserve per kWh short at the
 *               end of each slot, its end charge once. In exact mode nothing is conceded,
 *               whatever prices say.
 *
 * A site with a meter of its own (a public facility with its load, PV and battery) is a grid of its
 * own with one connection point. A direct-current link between converters is a grid of frequency 0:
 * its battery and its EVs stand on it. */
#ifndef AZ_MICROGRID_INSTANCE_H
#define AZ_MICROGRID_INSTANCE_H

#include "formulations/formulation.h"

enum mg_mode { MG_SERVICE, MG_EXACT }; /* exact: nothing is priced, as in benchmarks */
enum mg_tier_rule { MG_TIER_PHYSICAL, MG_TIER_PGLIB }; /* pglib: row (7) of the library's model */
enum mg_source {
    MG_HYDRO,
    MG_SOLAR,
    MG_WIND,
    MG_BIOMASS,
    MG_GEOTHERMAL,
    MG_WASTE,
    MG_GAS,
    MG_DIESEL,
    MG_THERMAL,
    MG_OTHER
};
enum mg_availability {
    MG_RUNNING,
    MG_TRIAL,
    MG_PLANNED
}; /* trial: no reserve; planned: not used */
enum mg_out_of_range { MG_REJECT, MG_CLAMP };

/* Slots that are long enough for every rule: the carried time of a state that nobody measured. */
#define MG_LONG ((size_t)1 << 40)

struct mg_owner {
    const char *id;
    const char *name;
};

struct mg_grid {
    const char *id;
    const char *name;
    double frequency_hz;              /* 50, 60, or 0 for direct current */
    struct az_series reserve_up_kw;   /* spinning reserve from units on this grid; default 0 */
    double reserve_price_jpy_per_kwh; /* absent: the reserve is firm */
};

/* Where the grid meets the utility. */
struct mg_connection {
    const char *id;
    const char *name;
    struct az_ref grid, owner;
    const char *price_area;                    /* "tokyo", "chubu": for the JEPX importer */
    struct az_series market_price_jpy_per_kwh; /* wholesale price; or the two prices themselves: */
    struct az_series import_price_jpy_per_kwh; /* absent: market price + import_fee */
    struct az_series export_price_jpy_per_kwh; /* absent: market price - export_fee */
    double import_fee_jpy_per_kwh;             /* default 0: retailer's margin, levy, losses */
    double export_fee_jpy_per_kwh;             /* default 0 */
    double wheeling_fee_jpy_per_kwh;           /* default 0: on every kWh imported */
    struct az_series import_limit_kw;          /* absent: no limit */
    struct az_series export_limit_kw;          /* absent: no limit; 0: no export */
    double limit_price_jpy_per_kwh;            /* absent: both limits are firm */
    double demand_charge_jpy_per_kw;           /* default 0: on what the plan adds to the month's
                                                  highest metering interval, once, not per hour */
    double demand_floor_kw;                    /* default 0: a peak the month reaches in any case */
    int64_t metering_minutes; /* default 30: interval whose average is the demand */
    /* derived */
    double *buy, *sell;     /* [T] JPY/kWh, fees included but wheeling apart */
    size_t meter_slots;     /* slots in a metering interval; 1 when slots are longer */
    size_t meter_offset;    /* slots of the first interval that lie before the start */
    size_t month_count;     /* billing months in the horizon */
    size_t *month;          /* [T] 0 .. month_count-1: month of the interval's local start */
    double peak_kw;         /* carried peak of the month of the start, 0 without one */
    double *incumbent_kw;   /* [month_count] max(demand_floor, peak_kw in the first month) */
    double open_energy_kwh; /* carried energy of the interval open at the start */
};

struct mg_start_tier {
    double off_h; /* this tier holds for at least so many hours off */
    double cost_jpy;
};

struct mg_cost_point {
    double power_kw;
    double cost_jpy_per_h; /* everything at that power, no-load cost included */
};

/* The two ways to say a unit's running cost. */
struct mg_price_cost {
    double energy_jpy_per_kwh;
    double no_load_jpy_per_h; /* default 0: while on */
};
struct mg_curve_cost {
    AZ_LIST(struct mg_cost_point) points; /* convex, first at p_min_kw, last at p_max_kw */
};
enum mg_cost_tag { MG_COST_PRICE, MG_COST_CURVE };

/* A unit that is committed: on or off in every slot. Power is 0 or in [p_min, p_max]. Ramps act on
 * the power above minimum (0 when off), and spinning reserve counts in the up-ramp. */
struct mg_unit {
    const char *id;
    const char *name;
    struct az_ref grid, owner;
    int source;       /* enum mg_source */
    int availability; /* enum mg_availability, default running */
    double p_min_kw, p_max_kw;
    double ramp_up_kw_per_h;     /* absent: none */
    double ramp_down_kw_per_h;   /* absent: none */
    double start_limit_kw;       /* most power + reserve in the slot of a start; absent: p_max */
    double stop_limit_kw;        /* most power + reserve in the last slot before a stop */
    double min_up_h, min_down_h; /* default 0; whole slots */
    int must_run;                /* boolean, default false */
    struct az_series available;  /* 1 or 0 per slot, default 1; 0: must be off (outage) */
    AZ_LIST(struct mg_start_tier) start_tiers; /* hottest first; absent: free starts */
    double stop_cost_jpy;                      /* default 0 */
    struct az_variant cost;                    /* price or curve; absent: no running cost */
    double co2_kg_per_kwh;                     /* default 0 */
    int out_of_range; /* enum mg_out_of_range, default reject: a measured power outside
                         [p_min, p_max], or above 0 while off */
    /* derived */
    double ramp_up_kw, ramp_down_kw; /* per slot; INFINITY when none */
    double start_kw, stop_kw;        /* start_limit, stop_limit; at most p_max */
    bool usable;                     /* availability is not planned */
    bool gives_reserve;              /* availability is running */
    size_t min_up, min_down;         /* slots, >= 1 */
    size_t tier_count;
    size_t *tier_lag;                   /* [tier_count] slots off; the first is <= min_down */
    double *tier_cost;                  /* [tier_count] JPY */
    size_t point_count;                 /* >= 1; points of the cost curve */
    double *point_kw, *point_jpy_per_h; /* [point_count]; first at p_min, last at p_max */
    int on0;                            /* carried state at the start */
    size_t slots0;                      /* whole slots in that state; MG_LONG when unknown */
    double power0_kw;                   /* 0 when off */
    size_t fixed_on, fixed_off;         /* first slots that min up (down) time still binds */
};

struct mg_renewable {
    const char *id;
    const char *name;
    struct az_ref grid, owner;
    int source;
    int availability;
    struct az_series forecast_kw;
    struct az_series low_kw, high_kw;     /* absent: the forecast */
    struct az_series minimum_kw;          /* default 0: what cannot be curtailed */
    double energy_jpy_per_kwh;            /* default 0: paid for every kWh used (a PPA) */
    double curtailment_price_jpy_per_kwh; /* default 0 */
};

struct mg_battery {
    const char *id;
    const char *name;
    struct az_ref grid, owner;
    double capacity_kwh;
    double charge_max_kw, discharge_max_kw;         /* at the grid's side */
    double charge_efficiency, discharge_efficiency; /* default 0.95 each */
    double soc_min_share, soc_max_share;            /* default 0 and 1: the device's window */
    double reserve_share;                           /* default 0.3: kept in normal operation */
    double reserve_price_jpy_per_kwh;               /* absent: firm; per kWh short and slot */
    double taper_from_share; /* absent: none; above it charging power falls in a line ... */
    double taper_full_kw;    /* ... to this at soc_max; default 0; from the charge at slot start */
    double throughput_cost_jpy_per_kwh; /* default 0: per kWh discharged at the grid's side */
    double end_share;                   /* absent: at least the charge at the start */
    double end_price_jpy_per_kwh;       /* absent: the end charge is firm; per kWh short */
    double end_value_jpy_per_kwh; /* given: no end rule; every kWh above the start earns this, every
                                     kWh below costs it */
    int out_of_range;             /* enum mg_out_of_range, default reject: a measured start charge
                                     outside the device's window */
    /* derived */
    double min_kwh, max_kwh; /* the device's window */
    double floor_kwh;        /* max(min, reserve_share * capacity) */
    double start_kwh;        /* from the state; without one: the floor or half the capacity, the
                                larger of the two, told */
    double end_kwh;          /* least charge at the end; -INFINITY without an end rule */
};

struct mg_loss_segment {
    double up_to_kw;   /* of input; increasing, the last one at least both directions' capacity */
    double loss_share; /* of the input within the segment; not decreasing */
};

/* Carries energy between two grids: output = input - no_load (while on) - segment losses. */
struct mg_converter {
    const char *id;
    const char *name;
    struct az_ref from_grid, to_grid, owner;
    double forward_max_kw, backward_max_kw; /* input, from -> to and to -> from */
    double min_transfer_kw;                 /* default 0: least input while on */
    double no_load_kw;                      /* default 0: lost at the output side while on */
    double loss_share;                      /* default 0: proportional; or in segments: */
    AZ_LIST(struct mg_loss_segment) loss_segments;
    double ramp_kw_per_h;   /* absent: none; on forward less backward input */
    double fee_jpy_per_kwh; /* default 0: per kWh of input */
    /* derived */
    size_t segment_count; /* >= 1 */
    double *segment_kw;   /* [segment_count] widths, the last one INFINITY */
    double *segment_loss; /* [segment_count] */
    double ramp_kw;       /* per slot; INFINITY when none */
    double input0_kw;     /* carried: forward less backward */
    bool has_input0;
    bool needs_on; /* on/off matters: no-load loss or minimum transfer */
};

struct mg_load {
    const char *id;
    const char *name;
    struct az_ref grid, owner;
    struct az_series demand_kw;
    double unserved_price_jpy_per_kwh; /* default 1000 in service mode; exact: never unserved */
};

/* State, as measured or carried. Everything may be absent. */
struct mg_unit_state {
    int on;
    double hours;    /* in that state, to `at`; absent: long enough for everything */
    double power_kw; /* absent: p_min when on */
};
struct mg_battery_state {
    double charge_kwh;
};
struct mg_converter_state {
    double input_kw; /* forward less backward: may be negative */
};
struct mg_connection_state {
    double peak_kw;         /* highest metering interval of the month of `at` so far */
    double open_energy_kwh; /* imported in the interval open at `at` */
};
struct mg_state {
    struct az_time at; /* must be the instance's start */
    AZ_MAP(struct mg_unit_state) units;
    AZ_MAP(struct mg_battery_state) batteries;
    AZ_MAP(struct mg_converter_state) converters;
    AZ_MAP(struct mg_connection_state) connections;
};

struct mg_instance {
    const char *kind; /* "microgrid", optional in the document */
    int64_t schema;   /* default 1 */
    const char *title;
    const char *notes;
    AZ_LIST(const char *) sources; /* where the numbers come from */
    struct az_time start;
    int64_t slot_minutes; /* 5 .. 60, a divisor of 60; default 30 */
    int64_t slots;
    int mode;               /* default service */
    int tier_rule;          /* default physical */
    const char *money_unit; /* default "JPY"; benchmarks write their own */
    double money_scale;     /* absent: derived from the instance's prices and energy */
    double gap, gap_abs;    /* absent: the service's defaults */
    AZ_LIST(struct mg_owner) owners;
    AZ_LIST(struct mg_grid) grids;
    AZ_LIST(struct mg_connection) connections;
    AZ_LIST(struct mg_unit) units;
    AZ_LIST(struct mg_renewable) renewables;
    AZ_LIST(struct mg_battery) batteries;
    AZ_LIST(struct mg_converter) converters;
    AZ_LIST(struct mg_load) loads;
    struct mg_state *state;
    /* derived */
    size_t T;
    double dt;    /* hours */
    double scale; /* money_scale; else 1 in exact mode, and in service mode a tenth of what the load
                     would cost at the mean purchase price; > 0 */
};

/* --- the plan -----------------------------------------------------------------------------------
 */
struct mg_unit_plan {
    struct az_series on; /* 0 or 1 */
    struct az_series power_kw;
    struct az_series reserve_up_kw; /* absent: zeros */
};
struct mg_renewable_plan {
    struct az_series used_kw;
};
struct mg_battery_plan {
    struct az_series charge_kw, discharge_kw;
    struct az_series energy_kwh; /* at the end of each slot */
};
struct mg_converter_plan {
    struct az_series on; /* absent: where input flows */
    struct az_series forward_in_kw, forward_out_kw, backward_in_kw, backward_out_kw;
};
struct mg_connection_plan {
    struct az_series import_kw, export_kw;
};
struct mg_load_plan {
    struct az_series unserved_kw; /* absent: zeros */
};
struct mg_grid_plan {
    struct az_series marginal_price_jpy_per_kwh; /* result: what one more kWh of load costs */
};
struct mg_money_item {
    const char *item, *owner;
    double amount_jpy;
};
struct mg_summary { /* result, for people; the judge recomputes and never reads it */
    double cost_jpy, penalty_jpy;
    AZ_LIST(struct mg_money_item) money;
    double co2_kg, local_share, imported_kwh, exported_kwh, curtailed_kwh, unserved_kwh;
    AZ_MAP(double) billed_peak_kw; /* by connection: highest interval of the start's month */
};
struct mg_plan {
    struct az_time start;
    int64_t slot_minutes, slots;
    AZ_MAP(struct mg_unit_plan) units;
    AZ_MAP(struct mg_renewable_plan) renewables;
    AZ_MAP(struct mg_battery_plan) batteries;
    AZ_MAP(struct mg_converter_plan) converters;
    AZ_MAP(struct mg_connection_plan) connections;
    AZ_MAP(struct mg_load_plan) loads;
    AZ_MAP(struct mg_grid_plan) grids;
    struct mg_summary *summary;
};

extern const struct az_table mg_instance_table, mg_plan_table, mg_state_table;

/* An empty plan for the instance: every asset has its entry, in the instance's order (so that entry
 * i is asset i), with series of zeros; battery energies stay at the start charge. */
enum az_status mg_plan_new(const struct mg_instance *mg, struct az_arena *arena,
                           struct mg_plan **plan);

/* The rooms of the kind. Contracts in formulation.h. */
enum az_status mg_resolve(void *instance, struct az_arena *arena, struct az_findings *findings,
                          struct az_findings *assumptions);
enum az_status mg_validate(const void *instance, struct az_arena *arena,
                           struct az_findings *findings);
/* Cost and penalty are NAN, and nothing else is judged, when the plan's shape is wrong. Money
 * codes: import export wheeling demand_charge unit_energy start_up stop renewable_energy
 * curtailment battery_throughput battery_end_value converter_fee. */
enum az_status mg_evaluate(const void *instance, const void *plan, struct az_arena *arena,
                           struct az_judgement *judgement);
enum az_status mg_carry(const void *instance, const void *plan, struct az_time at,
                        struct az_arena *arena, void **state, struct az_findings *findings);
enum az_status mg_generate(size_t size, uint64_t seed, struct az_arena *arena, void **instance);

#endif
