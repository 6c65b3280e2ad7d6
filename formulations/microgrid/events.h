/* events.h - the microgrid kind: what binds several assets or happens in time (budgets, lines,
 * commitments, outages, the outlook, scenarios), and the carried state. Part of instance.h, whose
 * head says the arithmetic. */
#ifndef AZ_MICROGRID_EVENTS_H
#define AZ_MICROGRID_EVENTS_H

#include "formulations/fields.h"

/* Slots of the horizon: first .. last - 1; empty when first == last. */
struct mg_window {
    size_t first, last;
};
static inline bool mg_is_within(struct mg_window slots, size_t t)
{
    return t >= slots.first && t < slots.last;
}

/* --- budgets, lines, commitments ----------------------------------------------------------------
 */

/* Energy of some units in a window: fuel, water or a permit. */
struct mg_budget {
    const char *id;
    const char *name;
    AZ_LIST(struct az_ref) units;
    struct az_time from, until; /* absent: the horizon's start and end; on slot boundaries */
    double max_kwh;             /* absent: no limit */
    double min_kwh;             /* absent: none */
    double price_jpy_per_kwh;   /* absent: firm; per kWh above max or below min */
    /* derived */
    struct mg_window slots;
    bool closes;     /* the window ends within the horizon: then min is due */
    double used_kwh; /* carried energy of the window before the start */
};

/* A plant that may be tripped at once when a circuit of the line fails. */
struct mg_armable {
    struct az_ref asset;         /* units|renewables */
    double arming_jpy_per_h;     /* default 0: while armed */
    double tripping_jpy_per_kwh; /* default 0: on every kWh that stands ready to be tripped */
    struct az_ref paid_by;       /* owners; absent: the asset's owner */
};

/* A line or bank that several connection points share. */
struct mg_line {
    const char *id;
    const char *name;
    AZ_LIST(struct az_ref) connections;
    struct az_series base_kw;       /* default 0: what others send out over it; may be negative */
    struct az_series normal_kw;     /* what all circuits carry, either way */
    struct az_series emergency_kw;  /* absent: none; outward flow that is left after a fault */
    double limit_price_jpy_per_kwh; /* absent: both are firm */
    AZ_LIST(struct mg_armable) armable;
};

enum mg_reserve_way { MG_UP, MG_DOWN };
enum mg_terms_tag { MG_TERMS_DEMAND_RESPONSE, MG_TERMS_CAPACITY };

struct mg_demand_response {
    struct az_ref connection;
    struct az_series baseline_kw; /* import less export without the event; may be negative */
    double reduce_kw;
};
struct mg_capacity {
    struct az_ref grid;
    int direction; /* enum mg_reserve_way */
    double kw;
};

/* What is sold to the utility or an aggregator already and has to be kept. */
struct mg_commitment {
    const char *id;
    const char *name;
    struct az_variant terms;    /* demand_response or capacity */
    struct az_time from, until; /* on slot boundaries */
    double price_jpy_per_kwh;   /* absent: firm; per kWh short */
    double reward_jpy;          /* default 0: earned once, in the run where the window begins */
    struct az_ref owner;        /* who earns it */
    /* derived */
    struct mg_window slots;
    bool begins; /* the window begins within the horizon */
};

/* --- outages ------------------------------------------------------------------------------------
 */

/* A planned disconnection. */
struct mg_islanding {
    const char *id;
    const char *name;
    AZ_LIST(struct az_ref) connections; /* absent: all */
    struct az_time from, until;
    /* derived */
    struct mg_window slots; /* those that the time touches */
};

/* An outage that is there at the start. */
struct mg_blackout {
    struct az_time since;               /* at the start or before it */
    AZ_LIST(struct az_ref) connections; /* absent: all */
    struct az_time restoration;         /* absent: unknown; then survival comes before money */
    double recovery_h;                  /* default 24: after restoration, until reserve shares and
                                           end rules hold again */
    /* derived */
    struct mg_window slots; /* from 0; those before restoration, also in part */
    size_t recovered; /* first slot at whose end reserve shares hold again; T or more: never */
    size_t resumed;   /* first slot in which must-run units run again; T: none */
};

/* The island must live through an outage, whenever it begins. */
struct mg_survival {
    const char *id;
    const char *name;
    AZ_LIST(struct az_ref) grids;
    AZ_LIST(struct az_ref) converters; /* usable in the outage; absent: none */
    double hours;                      /* whole slots */
    struct az_time from, until; /* absent: the horizon's; outages begin with a slot in between */
    double price_jpy_per_kwh;   /* absent: firm; per kWh of critical load not served and start */
    /* derived */
    struct mg_window starts; /* slots with which an outage may begin; none in a blackout */
    size_t length;           /* slots */
};

/* What is known of the time after the horizon, for outages that begin near its end. */
struct mg_outlook {
    int64_t slots;
    AZ_MAP(struct az_series)
    loads;                               /* kW by load; every load with a critical share on a grid
                                            of a survival */
    AZ_MAP(struct az_series) renewables; /* kW by renewable, the low band; absent: 0 */
};

/* --- money and scenarios ------------------------------------------------------------------------
 */

struct mg_co2 {
    double price_jpy_per_kg;     /* default 0: money */
    double cap_kg;               /* absent: none; of the horizon */
    double cap_price_jpy_per_kg; /* absent: the cap is firm */
};

struct mg_local {
    double min_share;         /* of the energy that is served */
    double price_jpy_per_kwh; /* absent: firm; per kWh imported too much */
};

/* Another course of the day. What it does not name is as in the instance. */
struct mg_scenario {
    const char *id;
    const char *name;
    double probability;
    AZ_MAP(struct az_series) loads;      /* kW by load */
    AZ_MAP(struct az_series) renewables; /* kW by renewable, in place of the forecast */
    AZ_MAP(struct az_series) market;     /* JPY/kWh by connection with a market price */
};

/* --- state --------------------------------------------------------------------------------------
 */

/* State, as measured or carried. Everything may be absent. */
struct mg_unit_state {
    int on;
    double hours;    /* in that state, to `at`; absent: long enough for everything */
    double power_kw; /* absent: p_min when on */
};
struct mg_battery_state {
    double charge_kwh; /* of all of a fleet; vehicles that are away count as they left */
    AZ_MAP(double)
    away_kwh;       /* by reservation under way: what its vehicles left with; absent: the
                       charge it asks for */
    double due_kwh; /* least charge at the end without an end_share; absent: that at the start */
    struct az_ref shelter_grid; /* grids; where it stands in the blackout: its own or a shelter;
                                   absent: open */
};
struct mg_converter_state {
    double input_kw; /* forward less backward: may be negative */
};
struct mg_connection_state {
    double peak_kw;         /* highest metering interval of the month of `at` so far */
    double open_energy_kwh; /* imported in the interval open at `at` */
};
struct mg_pond_state {
    double level_kwh;
    double due_kwh; /* least level at the end without an end_share; absent: that at the start */
};
struct mg_budget_state {
    double used_kwh; /* in the window, to `at` */
};
struct mg_shiftable_state {
    int64_t run_slots; /* slots of the run behind us; the whole run: it is done */
};
struct mg_flexible_state {
    double used_kwh; /* in the window, to `at` */
};
struct mg_grid_state {
    int formed; /* boolean: in the slot before, a source held voltage and frequency */
};
/* What was forecast from `at` on, to fill gaps of the next one; as many values as are known. */
struct mg_forecasts {
    int64_t slot_minutes;
    AZ_MAP(struct az_series) loads;
    AZ_MAP(struct az_series) renewables;
    AZ_MAP(double) loads_before_kw; /* in the slot before `at` */
    AZ_MAP(double) renewables_before_kw;
};
/* What the horizon whose rest this is has seen before `at`. */
struct mg_so_far {
    double co2_kg;       /* default 0, each */
    double imported_kwh; /* by all connections */
    double served_kwh;   /* of loads of all kinds */
};
struct mg_state {
    struct az_time at; /* must be the instance's start */
    AZ_MAP(struct mg_unit_state) units;
    AZ_MAP(struct mg_battery_state) batteries;
    AZ_MAP(struct mg_converter_state) converters;
    AZ_MAP(struct mg_connection_state) connections;
    AZ_MAP(struct mg_pond_state) ponds;
    AZ_MAP(struct mg_budget_state) budgets;
    AZ_MAP(struct mg_shiftable_state) shiftables;
    AZ_MAP(struct mg_flexible_state) flexible_loads;
    AZ_MAP(struct mg_grid_state) grids;
    struct mg_forecasts *forecasts;
    struct mg_so_far *so_far; /* absent: the horizon begins */
};

#endif
