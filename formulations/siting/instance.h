/* instance.h - the siting kind: what an instance and a plan are, every member with its unit.
 *
 * Members above the line "derived" of each struct are declared in fields*.c under the same name;
 * members below it are set by resolve*.c and have no row. Power is kW, energy kWh, money JPY unless
 * the instance names another unit; years are whole and counted from first_year (year 0). Without a
 * default or "absent:" a member is required.
 *
 * The question: which houses, factories, farms and public buildings get solar and batteries under
 * a power purchase agreement, how large and when, so that the operators' net present value is
 * greatest (after the avoided carbon or the people within reach of a shelter with power, where
 * these come first), no host pays more than before, and every feeder, bank and circuit carries it,
 * also after an outage.
 *
 * What the judge and every model share is the arithmetic below. Two functions are part of the
 * problem itself and stand once: dispatch behind the meter (dispatch.h) and cash flow (cash.h), for
 * objective, budget and report alike.
 *
 *   hours       A year is its typical days, each of 24 hours; day d stands for weight_days of them
 *               (365 together, to 1e-6 relative). H = 24 * typical days; hour h of a year counts
 *               hour_days[h] times. Profiles have H values of mean power: of a load in any unit
 *               (only the shape counts: the year's sum is the site's year_kwh), of a yield in kW
 *               for each kW installed.
 *   option      What a site may get: PV, a battery, or both, in one year. A site takes one of its
 *               options or none. Its options are those it lists and those that its menu makes, in
 *               that order; of both those only that the surfaces hold beside existing and built
 *               PV (a listed one that does not fit beside existing PV alone is an error), and of a
 *               menu no size twice and no id that is listed.
 *   yield       PV of an option stands on the site's surfaces in the order of their yearly yield,
 *               the best first (ties: the earlier), each up to its max_kw, existing PV before it.
 *               PV that they do not hold stands on the last (existing PV alone can be such); a site
 *               without surfaces has no sun. sun_h is the sum over them, that of the option never
 *               above its inverter_kw. A shelter's darkest typical day is that with the least sun.
 *   dispatch    Behind the meter, the same in every hour, a rule and no choice: sun serves the load
 *               first; what is over charges the battery as far as its power and room allow; what is
 *               still over is export: in the hours that `curtailments` name the share is lost,
 *               unless the site is firm, and of the rest what is above export_max_kw is lost. Where
 *               the sun is short the battery serves the load as far as power and charge allow, then
 *               the grid. A battery of b kWh holds usable_share * b; charging c for an hour stores
 *               efficiency * c, discharging d takes d / efficiency. Every typical day begins with
 *               the charge with which it ends: the least that repeats itself, found by running the
 *               day from empty until it does (to 1e-9 of what the battery holds). Equipment that a
 *               site has (existing, built) works together with the option's; what the option brings
 *               is the difference to the dispatch without it. All batteries of a site count with
 *               the efficiency and share of its costs (0.95 and 0.9 without).
 *   injection   of a site into its connection in hour h: export less what it draws from the grid;
 *               reactive: -tan(acos(load_power_factor)) * load - tan(acos(pv_power_factor)) * (sun
 *               that is not lost). Networks hold for the first year of operation of all options
 *               together, whatever their year: yields only fall.
 *   years       In year j of operation (from 0) the yield is (1 - degradation)^j of the first
 *               (0.005 without costs).
 *               Energies are dispatched for the first and the last year of the horizon; those of
 *               years between lie on the line between these. Before its year an option does
 *               nothing; loads stay as they are.
 *   parties     The operator pays capex less subsidy at the beginning of the option's year, and at
 *               the end of every year of the contract operation and rent; it earns the agreed price
 *               (ppa) for every kWh that the host consumes itself. The host saves the retail price
 *               for these. An export earns surplus + premium for `surplus_to`; a kWh
 *               self-consumed, and one exported in a year without a premium (absent or 0), earns
 *               the environmental value for `environmental_to`. Rent goes to the landowner, or to
 *               the host where there is none. After contract_years (or the horizon) everything is
 *               the host's: no agreed price and no rent, the host pays operation and earns export
 *               and value. A price with a shape is a mean: energy of hour h counts shape_h * 8760 /
 *               year's sum of the shape times. A site without a tariff has a contract of 20 years
 *               and prices of 0.
 *   saving      of a host in a year: (retail - agreed price) * self-consumption, and what else
 *               comes to it less what it pays. It is never negative within the contract: an option
 *               with a year in which it would be (below -1e-6 times retail * self-consumption, and
 *               by 1e-6 JPY at least) may not be chosen, and is told.
 *   present     A flow at the end of year k of the horizon counts (1 + rate)^-(k+1), one at its
 *               beginning (1 + rate)^-k; rate: the operator's, host_rate of the tariff, the
 *               landowner's, discount_rate of the instance for what nobody owns (also where there
 *               is no operator, no tariff). The horizon ends after `years`; nothing is worth
 *               anything then.
 *   cost        What is minimised: -(present value of all operators' flows) + reinforcements +
 *               arming + delivery (all at the beginning of year 0) + the present value of expected
 *               trips - carbon price * t, each year's at its end. Operators' net present value is
 *               -cost where nothing else is priced.
 *   carbon      t of a year: (self-consumption + export that an option brings) * co2_kg_per_kwh /
 *               1000. Where t stands without a year it is that of the first of operation, all
 *               options together.
 *   first       With objective co2 or people that comes before cost (a level of its own): as many t
 *               or people covered as can be, then the least cost.
 *   budget      Sum of capex less subsidy of options with a year in its years (and of its operator)
 *               + where it has no operator and its years begin with 0: reinforcements and arming.
 *               Undiscounted.
 *   capacity    Of a feeder: -capacity_kw <= sum of injections of its sites (those at its nodes
 *               too) - other loads (the feeder's and its nodes') <= capacity_kw, each with
 *               adds_kw of its reinforcements that are chosen. Of a bank: the same sum over its
 *               feeders and the sites at itself within [-capacity_kw, reverse_kw], both with
 *               adds_kw.
 *   voltage     A feeder with a root is a tree of its lines. Flow of a line is the sum of
 *               injections beyond it. Squared voltages (LinDistFlow, Baran and Wu 1989, losses left
 *               out), per unit: v_root = source_pu^2, v_to = v_from + 2 (r p + x q) / (1000 kv^2)
 *               with p, q kW, kvar towards the root; v within [v_min_pu^2, v_max_pu^2] and p^2 +
 *               q^2 <= (limit_kva + adds_kw)^2 at every line, in every hour. Rises are on the safe
 *               side, drops are not: an AC sweep of the chosen plan is told as a warning.
 *   circuits    Upstream, DC power flow over circuits with their reactances: f = PTDF times the
 *               injections of buses (banks and sites at them, less loads, plus plants), balanced at
 *               the slack. Before a fault |f| <= normal_kw. After the outage of circuit k (where
 *               `outage`) for every other circuit m in every hour |f_m + LODF_mk f_k - sum_g
 *               (PTDF_mg + LODF_mk PTDF_kg) d_gkh| <= emergency_kw with d_gkh in [0, output of g]
 *               what the armed plant or site g is tripped by, balanced at the slack. An outage that
 *               parts the grid: what lies beyond is lost without price, nothing there is tripped,
 *               circuits beyond carry nothing, and the rest balances at the slack. A site trips by
 *               its export at most. Each trip of an hour costs kW * lost_jpy_per_kwh *
 *               hour_days[h] * outage_hours_per_year / 8760 a year; arming costs arm_jpy once.
 *               Newcomers pay: it is part of the cost.
 *   coverage    A shelter is self-sufficient when, with its option and what exists, usable battery
 *               + sun of the darkest typical day * backup_hours / 24 >= critical_kw * backup_hours.
 *               A district is covered when `shelters` of these are within reach: as its `reaches`
 *               list them, else by road_factor times the great circle (6371.0088 km) within
 *               reach_km. Its people count when it is covered.
 *   limits      Sums over the chosen options of a district, kind and operator (each absent: all),
 *               at least `min` and at most `max`. A limit with shortfall_jpy may be missed
 *               downwards at that price for each unit; also a district that must be covered:
 *               service mode minimises these prices first, exact mode knows none.
 *   by hand     A plan made by hand is completed: its choices stay. Sites that are decided in and
 *               have no choice get the decided option, or the one that costs least of those that
 *               their hosts can agree to; where a budget does not hold they change to options that
 *               take less of it, those first that cost least for it. Reinforcements, plants that
 *               are armed, trips and deliveries are chosen at the least cost where the plan has no
 *               list of them (an empty one is an answer: none); a site is armed when it must be and
 *               its choice has no `armed` (false is an answer too). Arming is held to what the
 *               budgets leave, where that is possible. Nothing else is changed for a budget or a
 *               limit: what a plan does not keep then is told.
 *   delivery    Customers are served from chosen sites: the shares of each add up to 1, shares of a
 *               site that is not chosen are 0, amounts out of a site are at most its option's
 *               capacity. It costs share * delivery_jpy. Without customers nothing is served. */
#ifndef AZ_SITING_INSTANCE_H
#define AZ_SITING_INSTANCE_H

#include "formulations/formulation.h"

#define ST_HOURS 24 /* of a typical day */
#define ST_MAX_YEARS 40
#define ST_YEAR_DAYS 365.0
#define ST_YEAR_HOURS 8760.0

enum st_mode { ST_SERVICE, ST_EXACT }; /* exact: nothing is priced */
enum st_objective { ST_COST, ST_CO2, ST_PEOPLE };
enum st_kind { ST_HOUSE, ST_FACTORY, ST_FARM, ST_PUBLIC, ST_COMMUNITY, ST_KINDS };
enum st_decision { ST_FREE, ST_IN, ST_OUT };
enum st_party { ST_OPERATOR, ST_HOST };

/* A mean day of many. */
struct st_typical_day {
    const char *id; /* "jan-weekday" */
    const char *name;
    double weight_days; /* > 0 */
};

struct st_profile {
    const char *id;
    struct az_series values; /* "hours"; of a yield kW/kW, of a load any unit; >= 0 */
    /* derived */
    double year_sum; /* sum over the year's hours, each value times hour_days */
};

/* Hours in which a share of non-firm exports is curtailed. Several over one hour: the largest. */
struct st_curtailment {
    const char *id;
    AZ_LIST(struct az_ref) days;   /* typical days; absent: all */
    int64_t from_hour, until_hour; /* of the day, 0..24, the last excluded */
    double share;                  /* 0..1 of the export */
};

struct st_price_step {
    int64_t from_year;  /* default 0 */
    double jpy_per_kwh; /* until the next step */
};

/* A price by year. */
struct st_price {
    int by_operation;                    /* boolean, default false: years count from 0 at the first
                                            year of operation, not of the horizon */
    AZ_LIST(struct st_price_step) steps; /* the first from year 0, years increasing */
    int64_t last_year;                   /* absent: for ever; asked for later: an error */
    struct az_ref
        shape; /* profile: factor of the hour, scaled to mean 1 over the year; absent: 1 */
    /* derived */
    double year_jpy[ST_MAX_YEARS]; /* NAN after last_year */
};

struct st_tariff {
    const char *id;
    const char *name;
    struct st_price *ppa;             /* host to operator; absent: 0 */
    struct st_price *retail;          /* what the host pays the grid; absent: 0 */
    struct st_price *surplus;         /* for exports; absent: 0 */
    struct st_price *premium;         /* FIP, on top of surplus; absent: 0 */
    struct st_price *environmental;   /* absent: 0 */
    int surplus_to, environmental_to; /* enum st_party, default operator */
    int64_t contract_years;           /* >= 1; default 20 */
    double host_rate;                 /* per year, default 0.03 */
};

struct st_operator {
    const char *id;
    const char *name;
    double discount_rate; /* default 0.03 */
};

struct st_landowner {
    const char *id;
    double discount_rate; /* default 0.03 */
};

/* All of a size at the price of its class: the last whose `from` it reaches. */
struct st_cost_class {
    double from; /* kW or kWh; the first 0, increasing */
    double jpy_per_unit;
};

struct st_costs {
    const char *id;
    AZ_LIST(struct st_cost_class) pv;          /* JPY/kW by kW */
    AZ_LIST(struct st_cost_class) battery;     /* JPY/kWh by kWh; absent: options have no battery */
    double fixed_jpy;                          /* of an option, default 0 */
    double battery_jpy_per_kw;                 /* default 0 */
    double operation_jpy_per_kw_year;          /* of PV, default 0 */
    double battery_operation_jpy_per_kwh_year; /* default 0 */
    double rent_jpy_per_kw_year;               /* of PV, default 0 */
    double subsidy_share;                      /* of capex, default 0 */
    double subsidy_max_jpy;                    /* absent: no cap */
    double capex_change_per_year;              /* default 0; -0.03: falls 3 % a year */
    double degradation_per_year;               /* default 0.005 */
    double efficiency;                         /* one way, default 0.95 */
    double usable_share;                       /* default 0.9 */
};

/* Makes options: every PV size with every battery size in every year. */
struct st_menu {
    const char *id;
    AZ_LIST(double) pv_kw;         /* sizes, then */
    AZ_LIST(double) pv_share;      /* shares of what the surfaces hold beside existing PV */
    AZ_LIST(double) battery_hours; /* kWh for each kW of PV, then */
    AZ_LIST(double) battery_kwh;   /* sizes; both absent: only 0 */
    double battery_kw_per_kwh;     /* default 0.5 */
    AZ_LIST(int64_t) years;        /* absent: 0 */
    double inverter_share;         /* of PV kW, default 1 */
};

struct st_option {
    const char *id;                 /* of a list: required; of a menu: "pv50-b100-y0" */
    double pv_kw;                   /* default 0 */
    double inverter_kw;             /* absent: pv_kw */
    double battery_kwh, battery_kw; /* default 0; kw absent: half of kwh */
    int64_t year;                   /* default 0 */
    double capex_jpy, subsidy_jpy;  /* absent: by the site's costs; without costs capex is required,
                                       subsidy 0 */
    double operation_jpy_per_year, rent_jpy_per_year; /* absent: by costs; without costs 0 */
    double capacity;                                  /* of deliveries; absent: no limit */
};

/* Roof or land of one orientation. */
struct st_surface {
    const char *name;    /* "south 30" */
    struct az_ref yield; /* profile */
    double max_kw;
};

struct st_site {
    const char *id;
    const char *name;           /* public buildings only */
    int kind;                   /* enum st_kind */
    double latitude, longitude; /* absent: not on the map */
    struct az_ref district;     /* absent: none */
    struct az_ref connection;   /* "nodes|feeders|banks|upstream.buses"; absent: none */
    AZ_LIST(struct st_surface) surfaces;
    struct az_ref load;                                               /* profile; absent: no load */
    double year_kwh;                                                  /* required with load */
    double load_power_factor;                                         /* default 1 */
    double existing_pv_kw, existing_battery_kwh, existing_battery_kw; /* default 0 */
    struct az_ref tariff;                                             /* absent: all prices 0 */
    struct az_ref costs, menu;
    struct az_ref operator; /* absent: the first */
    struct az_ref landowner;
    AZ_LIST(struct st_option) options;
    int decision;               /* enum st_decision, default free */
    const char *decided_option; /* with decision in: this one; absent: any */
    double export_max_kw;       /* absent: no limit */
    int firm;                   /* boolean; absent: houses with less than 10 kW of PV in all */
    int armable;                /* boolean, default false: may be tripped after an outage */
    double arm_jpy, lost_jpy_per_kwh; /* default 0 */
    int shelter;                      /* boolean, default false */
    double critical_kw;               /* required of a shelter */
    /* derived */
    size_t option_count;      /* those in force: listed, then made by the menu */
    struct st_option *option; /* every member set */
    size_t operator_index;    /* AZ_NO_INDEX: there is no operator, its rate is discount_rate */
    size_t feeder, node, bank, bus; /* where it injects; AZ_NO_INDEX: nowhere. A site at a node has
                                       its feeder, bank, bus too */
    double built_pv_kw, built_battery_kwh, built_battery_kw; /* existing, and built by the state */
    int decided;          /* enum st_decision in force: free where the state has built what was `in`
                           */
    size_t decided_index; /* of `option`: decided_option when decided is in; AZ_NO_INDEX: any */
};

struct st_district {
    const char *id;
    const char *name;
    int64_t people;                 /* default 0 */
    double latitude, longitude;     /* required with coverage by distance */
    AZ_LIST(struct az_ref) reaches; /* sites: shelters in reach; absent: by distance */
    int must_be_covered;            /* boolean, default false */
    /* derived */
    size_t shelter_count;
    size_t *shelters; /* sites in reach, increasing */
};

/* --- networks ----------------------------------------------------------------------------------
 */

struct st_reinforcement {
    const char *id; /* of all reinforcements of the instance, once */
    double adds_kw; /* > 0; kVA of a line */
    double cost_jpy;
};

struct st_bank {
    const char *id;
    const char *name;
    double capacity_kw, reverse_kw; /* absent: no limit */
    struct az_ref bus;              /* upstream.buses; absent: none */
    AZ_LIST(struct st_reinforcement) reinforcements;
};

struct st_feeder {
    const char *id;
    const char *name;
    struct az_ref bank; /* absent: none */
    double capacity_kw; /* absent: no limit */
    struct az_ref load; /* profile of what is no site; absent: none */
    double year_kwh;    /* required with load */
    AZ_LIST(struct st_reinforcement) reinforcements;
    struct az_ref root;                   /* node; absent: no lines */
    double kv;                            /* required with root */
    double source_pu, v_min_pu, v_max_pu; /* default 1, 0.95, 1.05 */
    double pv_power_factor;               /* default 1; below it absorbs */
};

struct st_node {
    const char *id;
    struct az_ref feeder;
    struct az_ref load;         /* of what is no site; absent: none */
    double year_kwh;            /* required with load */
    double power_factor;        /* default 1 */
    double latitude, longitude; /* absent: not on the map */
    /* derived */
    size_t parent, line; /* node towards the root (the root: itself), line to it (AZ_NO_INDEX) */
};

struct st_line {
    const char *id;
    struct az_ref from, to; /* nodes of one feeder, in either direction */
    double r_ohm, x_ohm;    /* not both 0 */
    double limit_kva;       /* absent: none */
    AZ_LIST(struct st_reinforcement) reinforcements;
};

struct st_bus {
    const char *id;
    const char *name;
    struct az_ref load; /* profile; absent: none */
    double year_kwh;    /* required with load */
};

struct st_circuit {
    const char *id;
    struct az_ref from, to;         /* upstream.buses */
    double x_pu;                    /* > 0 */
    double normal_kw, emergency_kw; /* absent: no limit; emergency absent: as normal */
    int outage;                     /* boolean, default true: its outage is looked at */
    double outage_hours_per_year;   /* default 0 */
};

/* An existing plant, which may trip on behalf of newcomers. */
struct st_plant {
    const char *id;
    const char *name;
    struct az_ref bus;    /* upstream.buses */
    struct az_ref output; /* profile, kW per kW */
    double kw;
    int armable;                      /* boolean, default true */
    double arm_jpy, lost_jpy_per_kwh; /* default 0 */
};

struct st_upstream {
    AZ_LIST(struct st_bus) buses;
    AZ_LIST(struct st_circuit) circuits;
    AZ_LIST(struct st_plant) plants;
    struct az_ref slack; /* upstream.buses */
};

/* --- rules -------------------------------------------------------------------------------------
 */

struct st_coverage {
    int64_t shelters;     /* self-sufficient ones in reach, default 1 */
    double reach_km;      /* absent: districts list their shelters */
    double road_factor;   /* default 1.3 */
    double backup_hours;  /* default 24 */
    double shortfall_jpy; /* of a district that must be covered and is not; absent: never */
};

enum st_what {
    ST_COUNT,          /* sites chosen */
    ST_PV_KW,          /* kW */
    ST_BATTERY_KW,     /* kW: a virtual power plant */
    ST_BATTERY_KWH,    /* kWh */
    ST_ROOF_SHARE,     /* sites with PV, built included, of all with surfaces, built PV or an option
                          with PV: 0..1 */
    ST_CO2_T,          /* t in the first year of operation */
    ST_PEOPLE_COVERED, /* of the district, or all */
    ST_NPV_JPY         /* -cost of the plan, penalties left out; no group */
};

struct st_limit {
    const char *id;
    int what;               /* enum st_what */
    struct az_ref district; /* absent: all */
    int kind;               /* enum st_kind; absent (-1): all */
    struct az_ref operator; /* absent: all */
    double min, max;        /* absent: none; one at least */
    double shortfall_jpy;   /* per unit (share: per 0.01) short of min; absent: never short */
};

struct st_budget {
    const char *id;
    struct az_ref operator;        /* absent: all */
    int64_t from_year, until_year; /* of the horizon, both included; absent: from 0, to the last */
    double jpy;
};

struct st_carbon {
    double co2_kg_per_kwh;  /* >= 0 */
    double price_jpy_per_t; /* default 0 */
};

struct st_customer {
    const char *id;
    double amount;              /* default 0 */
    double latitude, longitude; /* absent: not on the map */
};

/* --- several plans -----------------------------------------------------------------------------
 */

/* Plans between the least cost and the most of `second`. */
struct st_front {
    int second;     /* enum st_objective: co2 or people */
    int64_t points; /* 2..50, the ends included */
};

/* The same sites at other prices: factors, default 1. That of capex counts for subsidies in JPY
 * too; their caps stay. */
struct st_scenario {
    const char *id;
    const char *name;
    double ppa_factor, retail_factor, surplus_factor, capex_factor;
};

/* What was built since the instance was written: becomes existing equipment. */
struct st_built {
    struct az_ref site;
    double pv_kw, battery_kwh, battery_kw; /* default 0 */
};
struct st_state {
    struct az_time at;
    AZ_LIST(struct st_built) built;
};

struct st_instance {
    const char *kind; /* "siting" */
    int64_t schema;
    const char *title, *notes;
    AZ_LIST(const char *) sources;
    int64_t first_year; /* calendar, of year 0 */
    int64_t years;      /* of the horizon, default 20 */
    int mode, objective;
    const char *money_unit; /* default "JPY" */
    double money_scale;   /* absent: 1e-3 of the capex of every site's largest option, 1 at least */
    double gap, gap_abs;  /* absent: those of the request */
    double discount_rate; /* of what nobody owns, default 0.03 */
    AZ_LIST(struct st_typical_day) typical_days; /* may be empty: then no profiles, no energy */
    AZ_LIST(struct st_profile) profiles;
    AZ_LIST(struct st_curtailment) curtailments;
    AZ_LIST(struct st_tariff) tariffs;
    AZ_LIST(struct st_operator) operators;
    AZ_LIST(struct st_landowner) landowners;
    AZ_LIST(struct st_costs) costs;
    AZ_LIST(struct st_menu) menus;
    AZ_LIST(struct st_site) sites;
    AZ_LIST(struct st_district) districts;
    AZ_LIST(struct st_bank) banks;
    AZ_LIST(struct st_feeder) feeders;
    AZ_LIST(struct st_node) nodes;
    AZ_LIST(struct st_line) lines;
    struct st_upstream *upstream;
    struct st_coverage *coverage;
    AZ_LIST(struct st_limit) limits;
    AZ_LIST(struct st_budget) budgets;
    struct st_carbon *carbon;
    AZ_LIST(struct st_customer) customers;
    struct az_matrix delivery_jpy; /* customers, sites: cost of serving all of it; null: cannot */
    struct st_front *front;
    AZ_LIST(struct st_scenario) scenarios;
    struct st_state *state;
    /* derived */
    size_t hour_count;
    double *hour_days;       /* [hour_count] days a year that each hour stands for */
    double *curtailed_share; /* [hour_count] of non-firm exports */
    double scale;            /* money_scale in force */
};

/* --- the plan ----------------------------------------------------------------------------------
 */

#define ST_ARMED_OPEN (-1)
struct st_choice {
    struct az_ref site;
    const char *option; /* id among the site's */
    int armed;          /* boolean; absent (ST_ARMED_OPEN): not armed, by hand: open */
    /* results, of this option */
    double pv_kw, battery_kwh;
    int64_t year;
    double capex_jpy, subsidy_jpy;
    double npv_jpy, irr, payback_years;   /* the operator's; irr, payback absent when none */
    double host_saving_jpy, host_npv_jpy; /* in the first year; present value of all */
    double self_kwh, export_kwh, lost_kwh, co2_t; /* of the first year */
};

/* What trips in an hour after an outage, so that every circuit keeps its emergency rating. */
struct st_trip {
    struct az_ref circuit; /* upstream.circuits: whose outage */
    struct az_ref plant;   /* "upstream.plants|sites" */
    int64_t hour;          /* of the typical days together, from 0 */
    double kw;
};

struct st_served {
    struct az_ref customer, site;
    double share; /* > 0 */
};

/* Results for people: the judge recomputes and never reads them. */
/* The hour in which an element is fullest, or the voltage nearest its limit. value > 0: exported
 * towards the grid above (circuits: from `from` to `to`); limit has its sign; of a line and a node
 * both are > 0. */
struct st_loading {
    const char *element, *what; /* "feeder", "bank", "line", "node", "circuit", "outage" */
    const char *outage;         /* circuit whose outage it is; absent: none */
    int64_t hour;
    double value, limit;     /* kW, kVA, per unit */
    double worth_jpy_per_kw; /* of one more, all hours together: a price of the relaxation, so
                                about; no voltage has one; absent: untold */
};
struct st_year_flow { /* JPY of the year, all operators; > 0 comes in */
    int64_t year;     /* calendar */
    double capex, subsidy, operation, rent, ppa, surplus, environmental, shared; /* shared:
                         reinforcements, arming, trips, delivery */
    double operators, hosts, landowners; /* what each gets in all */
};
enum st_reason {
    ST_REASON_UNTESTED,
    ST_REASON_NO_OPTION, /* none is allowed: no saving for the host, or decided out */
    ST_REASON_LOSES,     /* every option costs more than it brings, whatever the limits; told only
                            where nothing but the cost is aimed at */
    ST_REASON_LIMIT,     /* its room in a limit is worth more elsewhere */
    ST_REASON_SERVED,    /* what it could deliver is delivered better from elsewhere */
    ST_REASONS
};
struct st_left_out {
    struct az_ref site;
    int reason;
    const char *limit; /* the id that weighs most against it; absent: none */
    double lost_jpy;   /* what including it would cost in all, at least; absent: untold */
};
struct st_worth {      /* what one unit more of a limit would bring, about */
    const char *limit; /* id of a budget, limit, feeder, bank, line, node, circuit */
    double jpy_per_unit;
};
struct st_covered {
    struct az_ref district;
    int64_t shelters; /* self-sufficient ones in reach */
    int covered;
};
struct st_summary {
    double npv_jpy, capex_jpy, subsidy_jpy, irr, payback_years;
    double pv_kw, battery_kwh, self_kwh, export_kwh, lost_kwh, co2_t;
    double trips_kwh_per_year; /* expected */
    int64_t sites, people_covered;
    AZ_LIST(struct st_year_flow) years;
    AZ_LIST(struct st_loading) loadings;
    AZ_LIST(struct st_worth) worths;
    AZ_LIST(struct st_covered) coverage;
    AZ_LIST(struct st_left_out) left_out;
    double lowest_pu, highest_pu; /* AC sweep of the plan; absent: no lines */
    int64_t voltage_warnings;     /* nodes and hours outside their limits by AC, not by the rule */
};

struct st_plan {
    AZ_LIST(struct st_choice) choices;
    AZ_LIST(const char *) reinforcements; /* ids */
    AZ_LIST(struct az_ref) armed;         /* upstream.plants */
    AZ_LIST(struct st_trip) trips;
    AZ_LIST(struct st_served) served;
    struct st_summary *summary;
};

extern const struct az_table st_instance_table, st_plan_table, st_state_table;

/* --- the rooms of the kind ----------------------------------------------------------------------
 */

/* A plan in which nothing is chosen; customers are served by nobody. */
enum az_status st_plan_new(const struct st_instance *in, struct az_arena *arena,
                           struct st_plan **plan);

/* The summary of a plan (all but worths and left_out, which are kept where the plan has them) and
 * the results of its choices. */
enum az_status st_summarise(const struct st_instance *in, struct az_arena *arena,
                            struct st_plan *plan);

/* Contracts in formulation.h. */
enum az_status st_resolve(void *instance, struct az_arena *arena, struct az_findings *findings,
                          struct az_findings *assumptions);
enum az_status st_validate(const void *instance, struct az_arena *arena,
                           struct az_findings *findings);
/* Money codes: capex subsidy operation rent ppa surplus environmental, of an operator each;
 * reinforcement, of an element; arming trips delivery carbon. Penalty: what limits and coverage are
 * short of, at their prices. Rank: -t or -people where the objective says so. */
enum az_status st_evaluate(const void *instance, const void *plan, struct az_arena *arena,
                           struct az_judgement *judgement);
enum az_status st_solve(const void *instance, const struct az_solve_options *options,
                        struct az_run *run, struct az_arena *arena);
enum az_status st_complete(const void *instance, const void *partial,
                           const struct az_engine *engine, const struct az_context *context,
                           struct az_arena *arena, void **plan);
enum az_status st_explain(const void *instance, const struct az_engine *engine,
                          const struct az_context *context, struct az_arena *arena,
                          struct az_explanation *explanation);
enum az_status st_adopt(const void *instance, const void *previous_plan, struct az_arena *arena,
                        void **plan);
enum az_status st_carry(const void *instance, const void *plan, struct az_time at,
                        struct az_arena *arena, void **state, struct az_findings *findings);
enum az_status st_view(const void *instance, const void *plan, const struct az_judgement *judgement,
                       struct az_arena *arena, struct az_view *view);
struct az_aim st_aim(const void *instance, double penalty);
enum az_status st_generate(size_t size, uint64_t seed, struct az_arena *arena, void **instance);
extern const struct az_generate_extra st_generate_extras[];

/* The points of `front`, the ends first, then the scenarios. */
extern const struct az_alternatives st_alternatives;

#endif
