/* instance.h - the microgrid kind: what an instance and a plan are, every member with its unit.
 *
 * The plan is in plan.h; lines, commitments, outages, scenarios and the state are in events.h.
 * Members above the line "derived" of each struct are declared in fields*.c under the same name;
 * members below it are set by resolve*.c and have no row. T is the number of slots, dt their length
 * in hours. Series have T values. Slot t covers [start + t dt, start + (t+1) dt).
 *
 * What the judge and every model share is this arithmetic; each implements it by itself:
 *
 *   metering    A connection's demand is the average import over a metering interval of the local
 *               clock: (energy imported in the interval's slots within the horizon, plus the
 *               carried open energy in the interval open at the start) / (meter_slots dt). An
 *               interval still open at the end of the horizon is divided by its whole length too: a
 *               lower estimate, that the next run continues through the carried open energy.
 *               Interval of slot t: (t + meter_offset) / meter_slots. Slots longer than an interval
 *               count as their own.
 *   demand      charge * max(0, highest demand of the month - incumbent_kw[month]), each month
 *               once.
 *   months      are those of the local time at the start's offset; no interval straddles two.
 *   units       power above minimum q = on ? power - p_min : 0, q before the start from power0.
 *               q(t) + r(t) - q(t-1) <= ramp_up, q(t-1) - q(t) <= ramp_down in every slot, those of
 *               a start and a stop too. power + r <= p_max while on; <= start_kw in the slot of a
 *               start; <= stop_kw in the last slot before a stop (power0 when it stops in slot 0).
 *               r = 0 while off and for trial units. Availability `planned`: off, or 0 used.
 *   outages     a unit that is on before the start and unavailable in slot 0 is taken as just
 *               stopped (no stop cost, minimum down time from 0); an outage within the carried
 *               minimum up time ends it, slots0 then counting the slots cut off as served. Later
 *               outages bind as decisions do: limits and ramps hold before them.
 *   start-up    physical: a start in slot t after d slots off (carried ones included) costs the
 *               last tier with tier_lag <= d. pglib: the cheapest tier that rows (7) and (15)
 *               allow, see evaluate_start.c.
 *   batteries   energy(t) = energy(t-1) + charge_efficiency charge dt - discharge dt /
 *               discharge_efficiency, within [min, max]; >= floor at the end of every slot. It is
 *               judged by the sum from the start: tolerances of slots do not add up. So of ponds.
 *               Taper: charge(t) <= charge_max - (charge_max - taper_full) (energy(t-1) - from) /
 *               (max - from), from = taper_from_share capacity.
 *   converters  one direction a slot. While on, input is in [min_transfer, max of the direction]
 *               and output = input - no_load - segment losses, >= 0; off: all zero. On without
 *               input is possible only where no_load and min_transfer are 0.
 *   balance     of a grid: units + used + discharge - charge + import - export + converter outputs
 *               - converter inputs = demand - unserved.
 *   prices      in service mode a rule with a price is conceded: limits, served load and unit
 *               reserve per kWh (kW short times dt), a battery's reserve per kWh short at the end
 *               of each slot, its end charge once. In exact mode nothing is conceded, whatever
 *               prices say.
 *
 *   windows     A time that is given as from and until is [from, until). Of budgets, commitments
 *               and flexible loads it stands on slot boundaries, since energy is counted; of
 *               outages and reservations it holds in every slot that it touches. A window that does
 *               not meet the horizon has no effect, and that is told.
 *   reserves    Up and down, in kW, each slot. Units: up as above; down r <= power - p_min and
 *               q(t-1) - q(t) + r <= ramp_down while on; a unit that is off, on trial or planned
 *               gives none, an armed one none up. Batteries that give reserve, with e the energy at
 *               the end of the slot and h the grid's reserve_hours: up <= discharge_max - discharge
 *               + charge, up h / discharge_efficiency <= max(0, e - floor); down <= what taper
 *               leaves of charge_max, - charge + discharge, down h charge_efficiency <= max - e.
 *               Converters that give reserve hand on upward reserve only: forward r <= forward_max
 *               - forward_in + backward_in; with standby losses (needs_on) <= forward_max -
 *               forward_in while they run forward, backward_in - min_transfer while backward, 0
 *               while off; x(t) + r - x(t-1) <= ramp, x = forward less backward input. It takes r
 *               from the from-grid's sum and adds r (1 - highest segment loss) to the to-grid's;
 *               backward likewise. A grid's sum, firmly at least 0, is at least reserve_up (_down)
 *               plus the capacity sold there less what its commitments concede; and, where it
 *               covers its largest unit, sum - r_j >= power_j for every unit j on it. Short: kW
 *               times dt, of the largest unit's rule for the j that falls shortest. In the slots of
 *               a blackout nothing is asked.
 *   ponds       level(t) = level(t-1) + (inflow - sum over its units (water_factor power +
 *               water_no_load on) - spill) dt within [min, capacity], 0 <= spill <= spill_max;
 *               where an outage cuts off the grid of one of its units spill has no limit. Levels
 *               count as energy of a plant with water_factor 1. End rule and end value as of
 *               batteries.
 *   budgets     carried used_kwh + energy of the units in the window's slots <= max; >= min when
 *               the window ends within the horizon. Nothing is prorated; one without a beginning of
 *               its own begins with each horizon, and what the state carries counts in it too.
 *   rest        What is left of an instance from a moment on is one with the part before it: there
 *               the state also carries what windows without a beginning of their own have used,
 *               what batteries and ponds without an end_share have to reach (due_kwh: what they
 *               began with), and what counts against the CO2 cap and the local share (so_far). For
 *               the next horizon nothing of this is carried.
 *   fleets      A battery entry stands for `count` equal ones: its numbers are each one's, plan and
 *               state are the sums. A reservation takes `vehicles` of them away in the slots that
 *               it touches, a .. b. They leave at the beginning of a with L together
 *               (departed_kwh), vehicles min <= L <= vehicles max, and L >= vehicles depart_share
 *               capacity or short at its price; with nobody left at home, L is all that is at home.
 *               The plan's energy counts them with L while away; at the end of b it falls by what
 *               was used, min(vehicles used_kwh, L - vehicles min). Powers, taper, window, floor
 *               and reserve of a slot are those of the vehicles present with the energy that is not
 *               away; right after a departure, too, the rest lies in the window of those who stay.
 *   loads       0 <= interrupted <= demand sum(share), at the steps' prices, the cheapest first
 *               (money, borne by the load's owner); 0 <= unserved <= demand - interrupted, conceded
 *               at the unserved price, of which what exceeds (1 - critical_share) demand -
 *               interrupted at the critical price. Who is shed first is cheapest: on a grid, prices
 *               do not rise with the tier. Both join the balance.
 *   shiftables  One start within the horizon, or none; its power is run_kw from there, also beyond
 *               the horizon. None is a breach unless a start after the horizon still ends in time.
 *               One that is under way goes on; one that cannot start any more is left out, told.
 *   flexible    min <= power <= max; each kWh is worth its value to the owner (income). Energy of
 *               the window within [min_kwh, max_kwh], carried and due as of budgets.
 *   trade       Between connections of a grid, buying at one and selling at another, it must not
 *               pay without end: by a limit of one of them or of a line, by what demand costs, by a
 *               lock, a promise to buy less, the carbon cap or the local share; else it is refused.
 *   schedules   Where something was traded in a slot: net import - scheduled net = short - long;
 *               the scheduled energy is settled at buy and sell, short bought and long sold at the
 *               imbalance prices. Elsewhere buy and sell as before. Wheeling and demand are of the
 *               actual import. Each kWh of |net - submitted| costs change_price; in locked slots
 *               net = submitted. All of it stands in a planned islanding and lapses in a blackout.
 *   lines       flow = base + sum over its connections (export - import). |flow| <= normal; flow -
 *               sum of tripped <= emergency; 0 <= tripped <= power of the asset while armed, else
 *               0. Armed hours and the kWh that stand ready to be tripped cost paid_by, who
 *               compensates the owner's loss.
 *   commitments demand response: import - export <= baseline - reduce + short. Capacity: see
 *               reserves. The reward is earned in the run where the window begins.
 *   islandings  The connections named: import = export = 0. A grid of which an outage shuts a
 *               connection and leaves none is formed in a slot by a forming unit that is on, a
 *               forming battery that is present, or a forming converter that is on and whose other
 *               grid is formed by a unit, a battery or a live connection. The same holds of a grid
 *               without connections while outages shut all those of the grids to which converters
 *               lead from it, over others without; where these have none it is its own. A converter
 *               that is on without input may feed either side. Not formed: every flow on it is 0,
 *               what cannot be curtailed, what a run under way draws and what a flexible load must
 *               take included; must-run units need not run.
 *   blackout    As an islanding from the start to the slot before restoration, or to the end.
 *               Reservations that would begin in it lapse, and commitments, schedules, locks and
 *               reserves in its slots. A unit that is off starts only with black_start, or where
 *               its grid was formed in the slot before (the state's in the first). One that was on
 *               before the start may have tripped where its grid is cut off, if the blackout began
 *               less than a slot before the start, or the grid was not formed then: ramp, stop
 *               limit and minimum up time do not hold for a stop in the first slot. Floors of
 *               batteries fall to min, end rules and must-run units wait until recovery_h after
 *               restoration. A battery with shelter grids stands on its own or one of them in all
 *               slots of the blackout: where the state says that it stands, if it says so.
 *               Restoration unknown: among plans, first the most survival, the slots from the start
 *               until a critical share goes unserved; then money.
 *   survival    For every start s of the window, over `length` slots or as far as is known: no
 *               connection of the grids is live, other grids are not there, only the converters
 *               named work; loads ask for critical_share demand; renewables give at most the low
 *               band; batteries begin with energy(s-1) of those at home, those just back included,
 *               who stay, and use all down to min; ponds begin with level(s-1); a unit that was on
 *               in slot s-1 goes on from its power or stops, which is a trip: neither ramp nor stop
 *               limit binds it; a unit with black_start may start black_start_h after s, others
 *               not; ramps of units that are on, start limits, taper, losses, ponds and the forming
 *               rule hold, a converter's ramp from the outage's second slot on; minimum times,
 *               spill_max, reserves and end rules do not. Beyond the horizon inflow and
 *               availability are as in the last slot. The plan's witness of each start shows it;
 *               what it leaves unserved goes short at the price, and without a witness everything
 *               does. What a witness says against this is never priced.
 *   co2         kg of units and imports by their factors; the price is money of the asset's owner,
 *               the cap is of the horizon.
 *   local       imported <= (1 - min_share) (demand - interrupted - unserved + shiftables +
 *               flexible loads), kWh of the horizon.
 *   scenarios   on/off, arming, shiftable starts, departures and shelters are the same in all; the
 *               rest is each one's own. Money and concessions are expectations, the instance itself
 *               having the probability that is left. What cannot be curtailed is at most a
 *               scenario's forecast. Survival is asked of the instance itself.
 *   repair      A null in demand or forecast is filled by the first method of on_missing that can:
 *               previous (state.forecasts at the same time), typical (the asset's typical_kw),
 *               neighbours (a line between the values around, that of the slot before the start
 *               being the state's, in gaps of at most MG_NEIGHBOUR_HOURS). None can: the instance
 *               is refused. A null in a band is the forecast; a band is widened to hold a filled
 *               one. Told by ranges.
 *
 * A site with a meter of its own (a public facility with its load, PV and battery) is a grid of its
 * own with one connection point. A direct-current link between converters is a grid of frequency 0:
 * its battery and its EVs stand on it. */
#ifndef AZ_MICROGRID_INSTANCE_H
#define AZ_MICROGRID_INSTANCE_H

#include "formulations/formulation.h"
#include "formulations/microgrid/events.h"
#include "formulations/microgrid/plan.h"

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
enum mg_repair { MG_PREVIOUS, MG_TYPICAL, MG_NEIGHBOURS };
#define MG_NEIGHBOUR_HOURS 2.0 /* longest gap that neighbours fill */

/* Slots that are long enough for every rule: the carried time of a state that nobody measured. */
#define MG_LONG ((size_t)1 << 40)

struct mg_owner {
    const char *id;
    const char *name;
};

struct mg_grid {
    const char *id;
    const char *name;
    double frequency_hz;                   /* 50, 60, or 0 for direct current */
    struct az_series reserve_up_kw;        /* default 0 */
    double reserve_price_jpy_per_kwh;      /* absent: the reserve upward is firm */
    struct az_series reserve_down_kw;      /* default 0 */
    double reserve_down_price_jpy_per_kwh; /* absent: firm */
    double reserve_hours;                  /* default 0.5: how long a battery's reserve must last */
    int covers_largest_unit; /* boolean, default false: the others' reserve replaces any unit */
    /* derived */
    bool formed0; /* carried: formed in the slot before the start */
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
    struct az_series scheduled_import_kw, scheduled_export_kw; /* already traded; null or absent:
                                                                  not traded in that slot */
    struct az_series imbalance_short_jpy_per_kwh;              /* required with a schedule */
    struct az_series imbalance_long_jpy_per_kwh; /* required with a schedule; <= short */
    struct az_series submitted_import_kw, submitted_export_kw; /* of the plan before; null: none */
    double change_price_jpy_per_kwh; /* default 0: each kWh that differs from the submitted plan */
    struct az_series locked;         /* default 0; 1: as submitted */
    double lock_price_jpy_per_kwh;   /* absent: locked slots are firm; per kWh that differs */
    double co2_kg_per_kwh;           /* default 0: of imported energy */
    /* derived */
    double *scheduled_kw;   /* [T] net import, NAN where nothing is traded */
    double *submitted_kw;   /* [T] net import, NAN where nothing was submitted */
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
    int out_of_range;        /* enum mg_out_of_range, default reject: a measured power outside
                                [p_min, p_max], or above 0 while off */
    struct az_ref pond;      /* ponds; absent: water is no limit */
    double water_factor;     /* default 1: kWh of the pond for each kWh */
    double water_no_load_kw; /* default 0: while on */
    int grid_forming;        /* boolean, default false */
    int black_start;         /* boolean, default false: starts on a dead grid */
    double black_start_h;    /* default 0.5: from an outage to such a start */
    /* derived */
    size_t black_start_slots;
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
    bool may_trip; /* was on when a blackout cut its grid off: fixed_on only while it is on */
    bool *excused; /* [T] must-run does not bind in any case; NULL: never */
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
    struct az_series typical_kw;          /* absent: none; fills gaps of the forecast */
};

/* Water above a plant. */
struct mg_pond {
    const char *id;
    const char *name;
    struct az_ref owner;
    double capacity_kwh, min_kwh; /* of energy at the turbine; min: default 0 */
    struct az_series inflow_kw;   /* default 0 */
    double spill_max_kw;          /* absent: no limit */
    double end_share;             /* absent: at least the level at the start */
    double end_price_jpy_per_kwh; /* absent: the end level is firm; per kWh short */
    double end_value_jpy_per_kwh; /* given: no end rule, as of batteries */
    int out_of_range;             /* enum mg_out_of_range, default reject */
    /* derived */
    double start_kwh; /* from the state; without one half way between min and capacity, told */
    double end_kwh;   /* least level at the end; -INFINITY without an end rule */
};

/* Vehicles of a fleet that are away. */
struct mg_reservation {
    const char *id;
    struct az_time from, until;
    int64_t vehicles;                /* default 1; all away in a slot together at most count */
    double depart_share;             /* default 0: charge to leave with, of each one's capacity */
    double used_kwh;                 /* default 0: each one's, on the way */
    double depart_price_jpy_per_kwh; /* absent: firm; per kWh short on leaving */
    /* derived */
    struct mg_window slots; /* away; empty: beyond the horizon, or lapsed in a blackout */
    bool under_way;         /* left before the start */
    bool departs;           /* within the horizon */
    bool returns;           /* within the horizon */
    double left_kwh;        /* under way: what all its vehicles left with */
    size_t number;          /* among the reservations of all batteries */
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
    int gives_reserve;            /* boolean, default false */
    int grid_forming;             /* boolean, default false */
    int64_t count;                /* default 1: so many equal ones, see fleets */
    AZ_LIST(struct mg_reservation) reservations;
    AZ_LIST(struct az_ref) shelter_grids; /* grids; absent: none */
    /* derived: of one of them, but start and end of all */
    double *present;         /* [T] how many are there in each slot */
    double *home;            /* [T] how many are there at the end of each slot */
    double min_kwh, max_kwh; /* the device's window */
    double floor_kwh;        /* max(min, reserve_share * capacity) */
    double start_kwh;        /* from the state; without one: the floor or half the capacity, the
                                larger of the two, told */
    double end_kwh;          /* least charge at the end; -INFINITY without an end rule */
    int stands0; /* carried, in a blackout: 0 on its own grid, k on shelter k - 1; -1: open */
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
    int out_of_range;       /* enum mg_out_of_range, default reject: a measured input beyond the
                               capacity of its direction */
    int gives_reserve;      /* boolean, default false */
    int grid_forming;       /* boolean, default false: forms the grid that it feeds */
    /* derived */
    double worst_loss;    /* highest segment loss */
    size_t segment_count; /* >= 1 */
    double *segment_kw;   /* [segment_count] widths, the last one INFINITY */
    double *segment_loss; /* [segment_count] */
    double ramp_kw;       /* per slot; INFINITY when none */
    double input0_kw;     /* carried: forward less backward */
    bool has_input0;
    bool needs_on; /* on/off matters: no-load loss or minimum transfer */
};

struct mg_step {
    double share; /* of the demand */
    double price_jpy_per_kwh;
};

struct mg_load {
    const char *id;
    const char *name;
    struct az_ref grid, owner;
    struct az_series demand_kw;
    double unserved_price_jpy_per_kwh; /* default 1000 in service mode; exact: never unserved */
    double critical_share;             /* default 0 */
    double critical_price_jpy_per_kwh; /* absent: ten times the unserved price */
    int64_t tier;                      /* default 1: shed last */
    AZ_LIST(struct mg_step) steps;     /* interruptible by contract; absent: nothing */
    struct az_series typical_kw;       /* absent: none; fills gaps of the demand */
    /* derived */
    double critical_jpy_per_kwh;
    double interruptible_share; /* of all steps */
};

/* A run of known shape whose start is free. */
struct mg_shiftable {
    const char *id;
    const char *name;
    struct az_ref grid, owner;
    AZ_LIST(double) run_kw; /* a value for each slot of the run */
    struct az_time earliest, latest_end;
    double skip_price_jpy; /* absent: must run; else the price of leaving it out */
    /* derived */
    struct mg_window starts; /* slots with which it may start; empty: none */
    bool may_wait;           /* a start after the horizon still ends in time */
    size_t run_slots0;       /* under way at the start: slots behind it */
    bool done;
};

/* A load that follows surplus and pays its own price. */
struct mg_flexible {
    const char *id;
    const char *name;
    struct az_ref grid, owner;
    struct az_series min_kw;            /* default 0 */
    struct az_series max_kw;            /* required */
    struct az_series value_jpy_per_kwh; /* default 0: what a kWh is worth to its owner */
    struct az_time from, until;         /* window of the energy; absent: the horizon */
    double min_kwh, max_kwh;            /* absent: none */
    double energy_price_jpy_per_kwh;    /* absent: the energy is firm; per kWh above or below */
    /* derived */
    struct mg_window slots;
    bool closes;
    double used_kwh;
};

struct mg_packs;

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
    AZ_LIST(struct mg_pond) ponds;
    AZ_LIST(struct mg_budget) budgets;
    AZ_LIST(struct mg_shiftable) shiftables;
    AZ_LIST(struct mg_flexible) flexible_loads;
    AZ_LIST(struct mg_line) lines;
    AZ_LIST(struct mg_commitment) commitments;
    AZ_LIST(struct mg_islanding) islandings;
    struct mg_blackout *blackout;
    AZ_LIST(struct mg_survival) survivals;
    struct mg_outlook *outlook;
    struct mg_co2 *co2;
    struct mg_local *local;
    AZ_LIST(struct mg_scenario) scenarios;
    AZ_LIST(int) on_missing; /* enum mg_repair, in the order to try; absent: gaps are refused */
    struct mg_state *state;
    /* derived */
    size_t reservation_count;  /* of all batteries */
    signed char *shut;         /* [connections * T] 1 planned islanding, 2 blackout, 0 live */
    bool *tied;                /* [grids * T] has a live connection */
    bool *cut;                 /* [grids * T] outages leave it no connection: it must be formed */
    size_t dark;               /* slots of the blackout: 0 .. dark - 1 */
    size_t recovering;         /* slots at whose end it has not recovered: 0 .. recovering - 1 */
    size_t resuming;           /* slots at whose start it has not, or only within it */
    double base_probability;   /* what the scenarios leave; 0 below MG_NO_PROBABILITY */
    struct mg_instance *views; /* [scenarios.count] the instance as each scenario sees it: with its
                                  series, without scenarios and survival */
    size_t T;
    double dt;              /* hours */
    struct mg_packs *packs; /* of a solve's own copy (packs.h), else NULL */
    double scale; /* money_scale; else 1 in exact mode, and in service mode a tenth of what the load
                     would cost at the mean purchase price; > 0 */
};

#define MG_NO_PROBABILITY 1e-9

extern const struct az_table mg_instance_table, mg_plan_table, mg_state_table;

/* An empty plan for the instance: every asset has its entry, in the instance's order (so that entry
 * i is asset i), with series of zeros; battery energies stay at the start charge. */
enum az_status mg_plan_new(const struct mg_instance *mg, struct az_arena *arena,
                           struct mg_plan **plan);

/* Writes the levels of ponds that follow from a plan's units and spills; the plan is one of
 * mg_plan_new. */
void mg_carry_levels(const struct mg_instance *mg, struct mg_plan *plan);

/* Value t of a series that covers it, or what stands for an absent one. */
static inline double mg_series_at(const struct az_series *series, size_t t, double absent)
{
    return series->values ? series->values[t] : absent;
}

/* The rooms of the kind. Contracts in formulation.h. */
enum az_status mg_resolve(void *instance, struct az_arena *arena, struct az_findings *findings,
                          struct az_findings *assumptions);
enum az_status mg_validate(const void *instance, struct az_arena *arena,
                           struct az_findings *findings);
/* Cost and penalty are NAN, and nothing else is judged, when the plan's shape is wrong. Money
 * codes: import export wheeling demand_charge unit_energy start_up stop renewable_energy
 * curtailment battery_throughput battery_end_value pond_end_value interruption flexible_load co2
 * imbalance_short imbalance_long schedule_change arming tripping reward converter_fee. */
enum az_status mg_evaluate(const void *instance, const void *plan, struct az_arena *arena,
                           struct az_judgement *judgement);
enum az_status mg_carry(const void *instance, const void *plan, struct az_time at,
                        struct az_arena *arena, void **state, struct az_findings *findings);
enum az_status mg_carry_rest(const void *instance, const void *plan, struct az_time at,
                             struct az_arena *arena, void **state, struct az_findings *findings);
extern const struct az_chaining mg_chaining;
enum az_status mg_generate(size_t size, uint64_t seed, struct az_arena *arena, void **instance);
extern const struct az_generate_extra mg_generate_extras[];

#endif
