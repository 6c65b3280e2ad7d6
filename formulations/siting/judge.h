/* judge.h - what the files of the judge share. Private to the kind.
 *
 * The judge is written from the rules of rules.h and the arithmetic of instance.h. It shares with
 * models only the structs, the policy behind the meter (dispatch.h) and the cash flow (cash.h), and
 * never optimises. First a plan is laid out: whatever does not fit the instance is told and nothing
 * else of it is read. Then every choice is dispatched and paid, and what it injects is added to the
 * elements that carry it, each once with the loads of all sites: never sites times hours. Last come
 * the elements, the outages and the portfolio. */
#ifndef AZ_SITING_JUDGE_H
#define AZ_SITING_JUDGE_H

#include "formulations/common/judging.h"
#include "formulations/siting/cash.h"
#include "formulations/siting/rules.h"
#include "solver/linalg.h"

/* X(code, English, Japanese): what money is for. */
#define ST_MONEY(X)                                     \
    X(capex, "equipment", "設備費")                     \
    X(subsidy, "subsidies", "補助金")                   \
    X(operation, "operation", "運転維持費")             \
    X(rent, "rents", "賃料")                            \
    X(ppa, "agreed price of power", "PPA 料金")         \
    X(surplus, "exports", "余剰売電")                   \
    X(environmental, "environmental value", "環境価値") \
    X(reinforcement, "reinforcements", "系統増強")      \
    X(arming, "arming", "電制装置")                     \
    X(trips, "expected trips", "電制による逸失")        \
    X(delivery, "delivery", "配送")                     \
    X(carbon, "carbon", "炭素価格")

enum st_money_code {
#define ST_MONEY_NAME(code, en, ja) ST_MONEY_##code,
    ST_MONEY(ST_MONEY_NAME)
#undef ST_MONEY_NAME
};

/* --- laying out ---------------------------------------------------------------------------------
 */

enum st_element { ST_FEEDER, ST_BANK, ST_LINE };

/* A reinforcement that the plan chooses. */
struct st_laid_reinforcement {
    const struct st_reinforcement *it;
    enum st_element element;
    size_t index;      /* of the element */
    const char *owner; /* its id */
};

/* The plan in indices; usable only when misfit->count stays 0. */
struct st_layout {
    size_t *choice;                              /* [sites] entry of choices; AZ_NO_INDEX: none */
    const struct st_option **option;             /* [choices] */
    struct st_laid_reinforcement *reinforced;    /* [reinforcements of the plan] */
    double *feeder_adds, *bank_adds, *line_adds; /* [of the instance] kW, kW, kVA */
    bool *armed;                                 /* [plants] */
};

/* O(size of plan and instance). AZ_OK or AZ_NO_MEMORY. */
enum az_status st_lay_out(const struct st_instance *in, const struct st_plan *plan,
                          struct az_arena *arena, struct az_misfit *misfit,
                          struct st_layout *layout);

/* --- judging ------------------------------------------------------------------------------------
 */

/* What a choice is worth, for the summary. */
struct st_judged {
    struct st_energy first; /* of the first year of operation */
    double npv_jpy, host_npv_jpy, saving_jpy, irr, payback_years;
};

/* The hour in which an element is fullest: where it is nearest its limit, or furthest beyond;
 * without a limit, where the value is largest. */
struct st_fullest {
    bool known, limited;
    double value, limit; /* as struct st_loading has them */
    double beyond;       /* |value| less |limit|, or the other way round below a least voltage */
    double measure;      /* beyond, relative to max(1, |limit|) */
    size_t hour, outage; /* outage AZ_NO_INDEX: none */
};

/* The lines of a feeder as a tree over its nodes. */
struct st_tree {
    size_t count;
    size_t *node;           /* [count] in the instance */
    size_t *line;           /* [count] towards the root; AZ_NO_INDEX at the root */
    size_t *parent, *order; /* [count] as linalg.h has them, over 0 .. count - 1 */
    double *r, *x;          /* [count] per unit of 1 MVA */
};

/* The circuits upstream, m over n buses, without trips. */
struct st_circuits {
    size_t n, m;
    double *ptdf, *lodf; /* [m * n], [m * m] */
    bool *bridge;        /* [m] its outage parts the grid */
    double *flow;        /* [m * H] before a fault, kW */
};

/* Does a bus lie beyond a circuit whose outage parts the grid? */
bool st_is_beyond_outage(const struct st_circuits *c, size_t circuit, size_t bus);

/* One judgement. status: the first failure; everything after it does nothing. */
struct st_judge {
    const struct st_instance *in;
    const struct st_plan *plan;
    struct st_layout at;
    struct az_arena *arena;
    struct az_judgement *judgement;
    enum az_status status;
    size_t H;
    /* kW (kvar) of each hour, > 0 towards the grid; [element * H + hour] */
    double *node_p, *node_q, *feeder, *bank, *bus;
    double **export_kw; /* [choices] of those armed: [H]; others NULL */
    double *kwh;        /* [choices] self-consumed and exported, first year */
    struct st_year_cash
        *cash; /* [(operators + 1) * years] sums of what is chosen; last: of no operator */
    double *self_out_kwh;               /* [years] */
    double *hosts_jpy, *landowners_jpy; /* [years] */
    double spent_jpy;                   /* reinforcements and arming */
    double self_kwh, out_kwh, lost_kwh; /* of the first year of operation */
    bool *sufficient;                   /* [sites] shelters that are self-sufficient */
    int64_t *reached;                   /* [districts] of these within reach */
    bool *covered;                      /* [districts] */
    double people, co2_t;
    double arming_jpy, trips_jpy, trips_kwh; /* trips: expected in a year, undiscounted */
    double delivery_jpy;
    struct st_circuits circuits; /* n 0: none */
    struct st_tree *tree;        /* [feeders] count 0: no lines */
    struct st_judged *judged;    /* [choices]; NULL: not wanted */
    struct st_fullest *full_feeder, *full_bank, *full_line, *full_node; /* of all their kind */
    struct st_fullest *full_circuit, *full_outage;
};

/* judgement: as st_evaluate gives it, NAN for a plan that does not fit. j: cleared and filled;
 * j->cash is NULL when the plan does not fit. detailed: j->judged is filled. */
enum az_status st_judge_all(struct st_judge *j, const struct st_instance *in,
                            const struct st_plan *plan, bool detailed, struct az_arena *arena,
                            struct az_judgement *judgement);

/* A breach of a rule. pointer: into the plan; asset: what people are told. price: NAN for a firm
 * rule; in exact mode every rule is firm. */
void st_breach(struct st_judge *j, enum st_rule rule, const struct az_path *pointer,
               const struct az_path *asset, const char *id, double amount, double price,
               size_t param_count, const struct az_param params[]);
#define ST_PRICED(j, rule, pointer, asset, id, amount, price, ...)                  \
    st_breach((j), (rule), (pointer), (asset), (id), (amount), (price),             \
              sizeof((struct az_param[]){ __VA_ARGS__ }) / sizeof(struct az_param), \
              (struct az_param[]){ __VA_ARGS__ })
#define ST_BREACH(j, rule, pointer, asset, id, amount, ...) \
    ST_PRICED((j), (rule), (pointer), (asset), (id), (amount), NAN, __VA_ARGS__)

#define ST_VALUE(x) AZ_NUMBER_PARAM("value", az_shown_number(x))
#define ST_LIMIT(x) AZ_NUMBER_PARAM("limit", az_shown_number(x))
#define ST_WHAT(text) AZ_TEXT_PARAM("what", (text))

/* An hour of the typical days together as {hour}: "jan-weekday 12:00". */
struct az_param st_hour(struct st_judge *j, size_t hour);

/* Places in the plan, and of an element of the instance: valid in the calling function only. */
#define ST_CHOICE(j, i) AZ_ITEM(AZ_AT(NULL, "choices"), (i), (j)->plan->choices.items[i].site.id)
#define ST_CHOICES AZ_AT(NULL, "choices")
#define ST_OF(list, i, id) AZ_ITEM(AZ_AT(NULL, (list)), (i), (id))

/* amount in `code` of `owner`; nothing when 0. */
void st_money(struct st_judge *j, enum st_money_code code, const char *owner, double amount);

/* Choices: dispatch, cash, hosts, what they inject. With it the loads of all that is not chosen,
 * and shelters. */
void st_judge_choices(struct st_judge *j);

/* Money of operators, reinforcements, carbon; after the choices. */
void st_judge_money(struct st_judge *j);

/* Feeders, banks, lines, voltages. */
void st_judge_grid(struct st_judge *j);

/* Circuits before and after outages, trips, arming. */
void st_judge_upstream(struct st_judge *j);

/* Decisions, coverage, limits, budgets; after everything that costs. */
void st_judge_portfolio(struct st_judge *j);

/* Deliveries to customers. */
void st_judge_delivery(struct st_judge *j);

/* Is this hour fuller than the fullest so far? Takes it then. limit: NAN where there is none; of a
 * least value `low`. */
void st_fuller(struct st_fullest *fullest, double value, double limit, bool low, size_t hour,
               size_t outage);
/* Is the fullest hour beyond the limit, by more than the tolerance? */
bool st_is_beyond(const struct st_fullest *fullest);

/* Trees of the feeders with lines. */
enum az_status st_trees_new(const struct st_instance *in, struct az_arena *arena,
                            struct st_tree **trees);

#endif
