/* judge.h - what the files of the judge share. Private to the kind.
 *
 * The judge is written from the rules of rules.h and the arithmetic of instance.h. It shares with
 * models only the structs and how a plan is laid out (flows.h, scenarios.h), and never optimises.
 */
#ifndef AZ_MICROGRID_JUDGE_H
#define AZ_MICROGRID_JUDGE_H

#include "formulations/common/judging.h"
#include "formulations/microgrid/flows.h"
#include "formulations/microgrid/rules.h"

/* X(code, English, Japanese): what money is for. */
#define MG_MONEY(X)                                                        \
    X(import, "energy bought", "買電")                                     \
    X(export, "energy sold", "売電")                                       \
    X(wheeling, "wheeling", "託送料金")                                    \
    X(demand_charge, "demand charge", "デマンド料金")                      \
    X(unit_energy, "running units", "発電機の運転")                        \
    X(start_up, "start-ups", "起動")                                       \
    X(stop, "stops", "停止")                                               \
    X(renewable_energy, "renewable energy", "再エネ購入")                  \
    X(curtailment, "curtailment", "出力抑制")                              \
    X(battery_throughput, "battery wear", "蓄電池の充放電")                \
    X(battery_end_value, "battery charge at the end", "終了時の蓄電量")    \
    X(interruption, "interruption by contract", "契約遮断")                \
    X(flexible_load, "surplus sold to flexible loads", "追従負荷の購入")   \
    X(co2, "carbon dioxide", "CO2")                                        \
    X(imbalance_short, "drawn beyond the schedule", "不足インバランス")    \
    X(imbalance_long, "left of the schedule", "余剰インバランス")          \
    X(schedule_change, "changes to the submitted plan", "計画変更")        \
    X(arming, "arming plants", "電源の遮断待機")                           \
    X(tripping, "plants that stand ready to be tripped", "電源の遮断対象") \
    X(reward, "rewards", "約束の報酬")                                     \
    X(pond_end_value, "water at the end", "終了時の水量")                  \
    X(converter_fee, "converter fee", "融通料金")

enum mg_money_code {
#define MG_MONEY_NAME(code, en, ja) MG_MONEY_##code,
    MG_MONEY(MG_MONEY_NAME)
#undef MG_MONEY_NAME
};

struct mg_laid_witness;

/* One judgement. status: the first failure of memory; everything after it does nothing. */
struct mg_judge {
    const struct mg_instance *mg;
    struct mg_flows flows;
    struct mg_laid_witness **witnesses; /* [survivals.count][starts] */
    struct az_arena *arena;
    struct az_judgement *judgement;
    const bool *alone; /* [grids * T] outages leave it no connection, own or behind converters */
    const bool *dead;  /* [grids * T] so left alone, and nothing forms it */
    enum az_status status;
    const struct mg_scenario *scenario; /* NULL: the instance itself */
    const struct az_path *root;         /* of its part of the plan */
    double weight;                      /* its probability */
};

/* A place in the plan: /map/id/member/t, or /map/id in slot t where there is no member. */
struct mg_where {
    const char *map, *id, *name, *member;
    size_t t;
};

/* A breach of a rule. price: NAN for a firm rule; in exact mode every rule is firm. value, limit:
 * for the words; limit_low NAN, or the lower end of a range that ends at limit. */
void mg_breach(struct mg_judge *j, enum mg_rule rule, struct mg_where where, double amount,
               double price, double value, double limit_low, double limit);

/* The same of an entry of the map that the member is. */
void mg_breach_entry(struct mg_judge *j, enum mg_rule rule, struct mg_where where, const char *key,
                     double amount, double price, double value, double limit_low, double limit);

/* Adds an amount, JPY, weighted, to an owner's money. */
void mg_money(struct mg_judge *j, enum mg_money_code code, const struct az_ref *owner,
              double amount);

/* Every rule and all money of the flows that the judge holds. */
void mg_judge_all(struct mg_judge *j);

/* The same for the dispatch of every scenario, weighted. */
void mg_judge_scenarios(struct mg_judge *j, const struct mg_plan *plan);

/* How much a breach of a rule counts where the judge stands: rules about decisions here and now are
 * the instance's alone, others count with the probability of what breaks them. */
double mg_rule_weight(const struct mg_judge *j, enum mg_rule rule);

/* A plan that does not fit is told place by place. data: the judge. */
void mg_tell_misfit(void *data, const struct az_path *where);

/* Is the value 0 or 1, to the tolerance of integers? */
static inline bool mg_is_switch(double value)
{
    return fabs(value) <= AZ_INTEGER_TOLERANCE || fabs(value - 1) <= AZ_INTEGER_TOLERANCE;
}

/* Which grids outages leave alone, and which of those nothing of the plan forms: alone, dead. */
enum az_status mg_judge_dead(struct mg_judge *j);

/* The ways in which a converter may feed a grid: bits. */
enum mg_way { MG_NO_WAY = 0, MG_ONWARD = 1, MG_BACK = 2 };

/* The ways of a converter by its inputs; both while it is on without input. */
int mg_ways_of(const struct mg_converter *converter, bool on, double forward, double backward);

/* Forming by converters, over n slots: own[grids * n] is what units, batteries and connections
 * form, ways[converters * n] how converters carry. formed[grids * n] out: own, and what a forming
 * converter feeds from one of these. */
void mg_judge_formed(const struct mg_instance *mg, size_t n, const bool own[],
                     const signed char ways[], bool formed[]);

/* What comes out of a converter that is on for an input, kW. */
double mg_output_of(const struct mg_converter *converter, double input);

/* A fleet in a slot: who is there, from after the departures at its beginning to before the returns
 * at its end, and what they hold. kWh */
struct mg_fleet {
    double vehicles;
    double before, after; /* at the beginning and the end */
    double back;          /* at the end, those who return then included */
    double used;          /* on the way, by those who return at the end */
};
struct mg_fleet mg_fleet_at(const struct mg_judge *j, size_t battery, size_t t);

/* How many of a battery are at home before slot s begins, its departures not yet gone, and what
 * they hold together, kWh. */
void mg_fleet_before(const struct mg_judge *j, size_t battery, size_t s, double *vehicles,
                     double *energy);

/* Where a battery stands in slot t. */
size_t mg_place_of(const struct mg_instance *mg, const struct mg_flows *flows, size_t battery,
                   size_t t);

/* The charge that each one of a battery keeps at the end of slot t, kWh. */
double mg_kept_kwh(const struct mg_instance *mg, const struct mg_battery *battery, size_t t);

/* Is the grid cut off in slot t, and nothing forms it? */
static inline bool mg_is_dead(const struct mg_judge *j, size_t grid, size_t t)
{
    return j->dead[grid * j->mg->T + t];
}

/* The rules and the money of one asset. */
void mg_judge_unit(struct mg_judge *j, size_t i);
void mg_judge_renewable(struct mg_judge *j, size_t i);
void mg_judge_battery(struct mg_judge *j, size_t i);
void mg_judge_shelter(struct mg_judge *j, size_t i);
void mg_judge_departures(struct mg_judge *j, size_t i, size_t t);
void mg_judge_load(struct mg_judge *j, size_t i);
void mg_judge_converter(struct mg_judge *j, size_t i);
void mg_judge_connection(struct mg_judge *j, size_t i);
void mg_judge_shiftable(struct mg_judge *j, size_t i);
void mg_judge_flexible(struct mg_judge *j, size_t i);
void mg_judge_pond(struct mg_judge *j, size_t i);
void mg_judge_budget(struct mg_judge *j, size_t i);

/* What was traded, submitted and locked at a connection, in place of its import and export money.
 */
void mg_judge_schedule(struct mg_judge *j, size_t i);
void mg_judge_line(struct mg_judge *j, size_t i);
void mg_judge_commitment(struct mg_judge *j, size_t i);

/* What is sold of a grid's reserve in a direction (enum mg_reserve_way) in slot t, less what is
 * conceded. kW. */
double mg_sold_reserve(const struct mg_judge *j, size_t grid, int way, size_t t);

/* Is the unit armed for a line in slot t? */
bool mg_is_armed(const struct mg_judge *j, size_t unit, size_t t);

/* Carbon dioxide and the local share of the whole. */
void mg_judge_co2(struct mg_judge *j);
void mg_judge_local(struct mg_judge *j);

/* Lays out the witnesses of a plan, misfit being told what does not fit; then each outage that one
 * of the survivals asks for is followed on its witness. */
enum az_status mg_lay_witnesses(struct mg_judge *j, const struct mg_plan *plan,
                                struct az_misfit *misfit);
void mg_judge_survival(struct mg_judge *j, size_t v);

/* What a shiftable load draws in slot t, kW; what is under way at the start included. */
double mg_shiftable_power(const struct mg_judge *j, size_t i, size_t t);

/* What of a load's critical share is not served in slot t. kW */
double mg_critical_short(const struct mg_judge *j, size_t i, size_t t);

/* What is shut, dead or cannot start, and the rank of survival. */
void mg_judge_outages(struct mg_judge *j);

/* Slots from the start in which all critical load is served. */
size_t mg_served_slots(const struct mg_judge *j);

/* What batteries and converters may hold, and what every grid asks for. */
void mg_judge_reserves(struct mg_judge *j);

/* Cost of a start in slot t after off slots off (carried ones included). on: the unit's row. */
double mg_start_cost(const struct mg_instance *mg, const struct mg_unit *unit, const double on[],
                     size_t t, size_t off);

#endif
