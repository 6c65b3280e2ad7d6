/* plan.h - the microgrid kind: what a plan is, every member with its unit. Part of instance.h,
 * whose head says the arithmetic.
 *
 * Series have a value for each slot; those of a witness one for each slot of its outage. */
#ifndef AZ_MICROGRID_PLAN_H
#define AZ_MICROGRID_PLAN_H

#include "formulations/fields.h"

struct mg_unit_plan {
    struct az_series on; /* 0 or 1 */
    struct az_series power_kw;
    struct az_series reserve_up_kw, reserve_down_kw; /* absent: zeros */
};
struct mg_renewable_plan {
    struct az_series used_kw;
};
struct mg_battery_plan {
    struct az_series charge_kw, discharge_kw;
    struct az_series energy_kwh;                     /* at the end of each slot */
    struct az_series reserve_up_kw, reserve_down_kw; /* absent: zeros */
    AZ_MAP(double)
    departed_kwh;               /* by reservation: what its vehicles left with together; absent: all
                                   there is when nobody stays, else what the reservation asks for */
    struct az_ref shelter_grid; /* where it stands in a blackout; absent: on its own grid */
    struct az_series corridor_low_kwh, corridor_high_kwh; /* results: charges at the end of a slot
                                                             from which the rules can still be kept
                                                             to the end, see results.h */
};
struct mg_converter_plan {
    struct az_series on; /* absent: where input flows */
    struct az_series forward_in_kw, forward_out_kw, backward_in_kw, backward_out_kw;
    struct az_series forward_reserve_kw, backward_reserve_kw; /* absent: zeros; of input */
};
struct mg_connection_plan {
    struct az_series import_kw, export_kw;
    struct az_series change_kw; /* result: net import less the submitted one */
};
struct mg_load_plan {
    struct az_series unserved_kw;    /* absent: zeros; conceded */
    struct az_series interrupted_kw; /* absent: zeros; by contract */
};
struct mg_pond_plan {
    struct az_series level_kwh; /* at the end of each slot */
    struct az_series spill_kw;  /* absent: zeros */
};
struct mg_shiftable_plan {
    struct az_time start;      /* absent: does not start within the horizon */
    struct az_series power_kw; /* result */
};
struct mg_flexible_plan {
    struct az_series power_kw;
};
struct mg_commitment_plan {
    struct az_series short_kw; /* absent: zeros */
};
struct mg_arming_plan {
    struct az_series armed;      /* 0 or 1 */
    struct az_series tripped_kw; /* stands ready to be tripped */
};
struct mg_line_plan {
    AZ_MAP(struct mg_arming_plan) arming; /* by armable asset; absent: never armed */
};
struct mg_absorbers {
    AZ_LIST(const char *) up;   /* who gives more where supply is short, the first one first */
    AZ_LIST(const char *) down; /* who gives less where there is too much */
};
struct mg_grid_plan {
    struct az_series marginal_price_jpy_per_kwh; /* result: what one more kWh of load costs */
    AZ_LIST(struct mg_absorbers)
    deviation_order; /* result, a slot each: between slots, who follows
                        what differs from the forecast */
};

/* What a scenario does once the decisions here and now stand; absent maps: as in the plan. */
struct mg_dispatch {
    AZ_MAP(struct mg_unit_plan) units; /* power and reserve; on is the plan's */
    AZ_MAP(struct mg_renewable_plan) renewables;
    AZ_MAP(struct mg_battery_plan) batteries;
    AZ_MAP(struct mg_converter_plan) converters;
    AZ_MAP(struct mg_connection_plan) connections;
    AZ_MAP(struct mg_load_plan) loads;
    AZ_MAP(struct mg_pond_plan) ponds;
    AZ_MAP(struct mg_flexible_plan) flexible_loads;
    AZ_MAP(struct mg_commitment_plan) commitments;
    AZ_MAP(struct mg_line_plan) lines; /* what is tripped; armed is the plan's */
};

/* How the island lives through an outage that begins with a slot. */
struct mg_witness {
    struct az_time start;
    AZ_MAP(struct mg_unit_plan) units;
    AZ_MAP(struct mg_renewable_plan) renewables;
    AZ_MAP(struct mg_battery_plan) batteries;
    AZ_MAP(struct mg_converter_plan) converters;
    AZ_MAP(struct mg_load_plan) loads; /* unserved: of the critical part */
    AZ_MAP(struct mg_pond_plan) ponds;
};
struct mg_survival_plan {
    AZ_LIST(struct mg_witness) witnesses; /* in the order of their starts, one for each start */
};

struct mg_money_item {
    const char *item, *owner;
    double amount_jpy;
};
enum mg_change_kind {
    MG_CHANGE_ON,      /* of a unit or converter: 0 or 1 */
    MG_CHANGE_RUN,     /* of a shiftable load: 0 or 1 */
    MG_CHANGE_POWER,   /* kW; of batteries discharge less charge, of converters forward less
                          backward input */
    MG_CHANGE_SHED,    /* kW that a load does without, unserved and interrupted */
    MG_CHANGE_EXCHANGE /* kW, import less export */
};
/* What a plan does otherwise than the one before it: over slots that change in one way. */
struct mg_change {
    const char *asset; /* "units/gas" */
    int what;
    struct az_time from, until;
    double before, after; /* means over the slots */
};
#define MG_CHANGE_SHARE 0.02 /* of the asset's largest power in both plans: less is no change */
#define MG_CHANGE_KW 0.5     /* nor is this */
struct mg_summary {          /* result, for people; the judge recomputes and never reads it */
    double cost_jpy, penalty_jpy;
    AZ_LIST(struct mg_money_item) money;
    double co2_kg, local_share, imported_kwh, exported_kwh, curtailed_kwh, unserved_kwh;
    AZ_MAP(double) billed_peak_kw; /* by connection: highest interval of the start's month */
    double interrupted_kwh;
    double blackout_survival_h; /* in a blackout: until critical load goes unserved */
    AZ_MAP(struct az_series)
    survival_h; /* by survival: hours lived through at least, by slot of the start */
    AZ_MAP(struct az_series)
    island_h; /* by grid with critical load: the same of the grid by itself */
    AZ_LIST(struct mg_change)
    changes; /* against the plan before, where one was given: switches, powers, exchange */
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
    AZ_MAP(struct mg_pond_plan) ponds;
    AZ_MAP(struct mg_shiftable_plan) shiftables;
    AZ_MAP(struct mg_flexible_plan) flexible_loads;
    AZ_MAP(struct mg_commitment_plan) commitments;
    AZ_MAP(struct mg_line_plan) lines;
    AZ_MAP(struct mg_survival_plan) survivals;
    AZ_MAP(struct mg_dispatch) scenarios;
    AZ_MAP(struct mg_grid_plan) grids;
    struct mg_summary *summary;
    /* derived */
    struct mg_plan *before; /* of an adopted plan: the earlier one in this horizon's slots, series
                               only, NAN where it does not say; else NULL */
};

#endif
