/* formulation.h - what every kind of plan implements, and the registry of kinds.
 *
 * Service, command, page, report and schema talk to this interface only. Instances and plans are
 * the kind's own structs, described by its field tables. Data flows one way: read -> az_link ->
 * resolve -> validate -> solve (plans offered to the run, each judged) -> view. */
#ifndef AZ_FORMULATION_H
#define AZ_FORMULATION_H

#include "formulations/fields.h"
#include "formulations/view.h"
#include "solver/run.h"

/* One rule that the judge knows. Static. */
struct az_rule {
    struct az_code code; /* words: templates over the breach's params, amount and unit included */
    bool priceable;      /* may an instance price it? Physics may not. */
    const char *unit;    /* of the amount: "kW", "kWh", "min" */
};

/* One breach of a rule. Declared and priced: a concession. Anything else: a violation. */
struct az_breach {
    const struct az_rule *rule;
    const char *pointer, *place; /* into the plan */
    struct az_time at;           /* start of the slot or event; absent when the rule has none */
    double amount;               /* by how much, in the rule's unit */
    double price, cost;          /* concessions: per unit, and together */
    struct az_param params[AZ_FINDING_PARAMS];
    size_t param_count;
};

/* An amount of money in the objective, by item and owner. */
struct az_money {
    struct az_words item;
    const char *code;  /* "import", "start_up" */
    const char *owner; /* "" when nobody in particular */
    double amount;     /* > 0 costs, < 0 earns */
};

#define AZ_RANKS 2

/* What the judge says. Lists live in the arena it was given. */
struct az_judgement {
    double cost, penalty; /* objective = cost + penalty */
    /* The order among plans: the penalty, unless it is weighed; then ranks, the least first; then
     * the objective; then what comes after it. weighed: prices of breaches are exchange rates, part
     * of one sum with the cost. rank: what a kind's instance puts before the objective (trips left
     * out, buses), and after: what it puts behind it (the longest hours), 0 where nothing is. They
     * belong to the instance: the same for all of its plans, but for the values of rank and after.
     * In levels (az_run_level) ranks are told between "penalty" and "cost", `after` behind "cost".
     */
    bool weighed;
    double rank[AZ_RANKS], after;
    AZ_LIST(struct az_breach) concessions;
    AZ_LIST(struct az_breach) violations; /* at most 1000 kept; violation_count has them all */
    size_t violation_count;
    AZ_LIST(struct az_money) money; /* sums to cost */
};

/* Adds to a judgement, zeroed at first; for judges. A concession adds its cost to the penalty.
 * Money adds its amount to the cost; items of the same code and owner become one. Texts are kept as
 * they are: static, or of the same arena. AZ_NO_MEMORY or AZ_OK. */
enum az_status az_judgement_breach(struct az_judgement *judgement, struct az_arena *arena,
                                   bool conceded, struct az_breach breach);
enum az_status az_judgement_money(struct az_judgement *judgement, struct az_arena *arena,
                                  struct az_money money);

/* What the order compares of a judgement, without its lists, to be kept beside a plan. */
struct az_judgement az_judgement_order(const struct az_judgement *judgement);

/* Is a judgement better than the best so far? The penalty comes first unless it is weighed, then
 * the ranks, to a tolerance of their own size, then the objective; objectives that are equal to
 * their tolerance are told apart by what comes after them, and to the last digit where that is the
 * same.
 * Everyone who keeps the best of many plans asks here, so that all keep the same one. */
bool az_judgement_is_better(enum az_sense sense, double money_scale,
                            const struct az_judgement *judgement, const struct az_judgement *best);

/* A rule's words about one breach: its parameters, amount and unit, and the price where there is
 * one. NULL: no memory. */
char *az_breach_words(const struct az_breach *breach, enum az_language language,
                      struct az_arena *arena);

/* Why an instance has no plan. */
struct az_reason {
    const struct az_rule *rule;
    const char *pointer, *place; /* into the instance */
    struct az_time at;
    double amount; /* by how much it must give at least, jointly with the other reasons; NAN:
                      nothing must, the words say it all */
    bool sum;      /* amount is the sum over all slots, and at is the slot that gives most */
    struct az_words words; /* what stands in the way, "spinning reserve"; may be empty */
};

/* A limit of the instance that holds its plans back. */
struct az_relief {
    const char *pointer, *place; /* into the instance */
    struct az_words words;       /* what one step more is: "one charger more" */
    double gain;                 /* what it would bring, in money, about: between relaxations */
};

struct az_explanation {
    bool feasible; /* there is a plan after all */
    bool proven;   /* infeasibility itself is proven */
    bool minimal;  /* leaving any one reason out would not do; false: not all were tested */
    AZ_LIST(struct az_reason) reasons; /* of a feasible instance: of what its plan leaves out */
    struct az_words found;             /* what the plan that was found is like; may be empty */
    AZ_LIST(struct az_relief) reliefs; /* the largest gain first; may be empty */
    bool all_limits; /* every limit was tried: those not among reliefs bring nothing */
};

/* Adds a reason to a list that only this function adds to. Pointer and place are the path's, in the
 * arena. AZ_NO_MEMORY also for words that are not there. */
enum az_status az_explanation_reason(struct az_explanation *explanation, struct az_arena *arena,
                                     const struct az_rule *rule, const struct az_path *path,
                                     double amount, struct az_time at, struct az_words words);

struct az_solve_options {
    const void *start; /* NULL, or a full plan on this instance's horizon (from `adopt`) */
    /* NULL or "auto", "compact", "columns". What a kind or an instance cannot be solved by, it is
     * not: the run says which method it was. */
    const char *method;
};

/* Another plan that an instance asks for: a point between two aims, a scenario of prices. */
struct az_alternative {
    const char *id;
    struct az_words name;
    void *instance; /* a copy with its changes: linked, not resolved */
    bool on_front;  /* a point of the front: those that another one beats are told */
    size_t start;   /* the alternative whose plan is a good start; AZ_NO_INDEX: none */
};

/* What the plans of alternatives are compared by. */
struct az_axis {
    struct az_words label;
    const char *unit;
    enum az_sense better; /* less or more */
    int decimals;
};
#define AZ_AXES 3

struct az_alternatives {
    /* Alternative i. plans[j]: of those before, NULL where none was found. AZ_NO_PLAN: there is no
     * such one after all (no room between two ends); AZ_NOT_FOUND past the last. */
    enum az_status (*make)(const void *instance, size_t i, const void *const plans[],
                           struct az_arena *arena, struct az_alternative *alternative);
    /* How many axes; a front is drawn over the first two. */
    size_t (*axes)(const void *instance, struct az_axis axes[AZ_AXES]);
    /* Where a plan lies on them. */
    enum az_status (*values)(const void *instance, const void *plan, struct az_arena *arena,
                             double value[AZ_AXES]);
};

/* How the values of a figure become one over several days. */
enum az_adding { AZ_ADD_SUM, AZ_ADD_MOST, AZ_ADD_LEAST, AZ_ADD_MEAN };

/* What a plan comes to beside its money, in a form that adds up over days. */
struct az_figure {
    const char *code;      /* "billed_peak" */
    struct az_words label; /* static */
    const char *of;        /* id of what it belongs to; "": the whole */
    const char *month;     /* "2025-04" where it is counted by the billing month; "" */
    const char *unit;      /* NULL: none */
    int decimals;
    enum az_adding adding;
    double value, weight; /* weight: of a mean, >= 0 */
};
struct az_figures {
    size_t count;
    struct az_figure *items;
};

/* Adds a figure to a list that only this function adds to. AZ_NO_MEMORY or AZ_OK. */
enum az_status az_figures_add(struct az_figures *figures, struct az_arena *arena,
                              struct az_figure figure);

/* What a kind that has `carry` says for days in a row (`study --days`), each planned further ahead
 * than is kept of it. */
struct az_chaining {
    /* Instance and plan have been cut to what is kept, read and linked, not resolved: what holds
     * for the whole horizon or for its end is asked no more, so that the judge counts the money of
     * the part alone. Money of parts that follow each other through `carry` adds up. */
    void (*open_end)(void *instance, void *plan);
    /* What such a part comes to once it has been resolved. */
    enum az_status (*figures)(const void *instance, const void *plan, struct az_arena *arena,
                              struct az_figures *figures);
    /* Days were left out: state, whose moment is the next day's start, is that of an instance; of
     * the one before it takes what belongs to the calendar (a billed peak while its month lasts).
     */
    enum az_status (*resume)(void *state, const void *carried, struct az_arena *arena);
};

/* What a random instance can have beside (`generate --with NAME`). */
struct az_generate_extra {
    const char *name;
    struct az_words words;
    /* Adds it to an instance that `generate` made: reproducible from the seed, still feasible. */
    enum az_status (*add)(void *instance, uint64_t seed, struct az_arena *arena);
};

struct az_formulation {
    const char *name; /* "microgrid" */
    int schema;       /* version of its tables */
    struct az_words title;
    const struct az_table *instance, *plan;
    const struct az_table *state; /* what `carry` makes; a member of the instance has this table */
    const struct az_rule *rules;
    size_t rule_count;
    const char *size_words; /* what `generate --size` counts: "assets" */

    /* After az_link: indices, slots, derived members, repairs of measured input allowed by the
     * instance's own policy, each told as a finding in assumptions. Called once per instance. */
    enum az_status (*resolve)(void *instance, struct az_arena *arena, struct az_findings *findings,
                              struct az_findings *assumptions);

    /* The rules that span fields. Finds every problem. Called after resolve without findings. */
    enum az_status (*validate)(const void *instance, struct az_arena *arena,
                               struct az_findings *findings);

    /* How the run measures: sense, the unit of money, its scale for the gap, and how long a plan
     * holds. */
    void (*measure)(const void *instance, enum az_sense *sense, const char **unit,
                    double *money_scale, struct az_time *valid_from, struct az_time *valid_until);

    /* Defaults that depend on the instance: gap and gap_abs that a benchmark importer wrote. NAN:
     * nothing to say. */
    void (*gaps)(const void *instance, double *gap, double *gap_abs);

    /* First make a plan, then improve it, then prove it; every plan through az_run_offer, every
     * bound through az_run_bound. Returns AZ_OK also when it ran out of time. */
    enum az_status (*solve)(const void *instance, const struct az_solve_options *options,
                            struct az_run *run, struct az_arena *arena);

    /* A partial plan made by hand becomes a full one: what is absent is chosen, what is given is
     * kept. AZ_INFEASIBLE when what is given cannot be completed: the plan is then as given, with
     * zeros, for the judge to name. AZ_DEADLINE when time ran out before that was known. */
    enum az_status (*complete)(const void *instance, const void *partial,
                               const struct az_engine *engine, const struct az_context *context,
                               struct az_arena *arena, void **plan);

    /* The judge: never optimises, shares nothing with the models but the structs. */
    enum az_status (*evaluate)(const void *instance, const void *plan, struct az_arena *arena,
                               struct az_judgement *judgement);

    enum az_status (*explain)(const void *instance, const struct az_engine *engine,
                              const struct az_context *context, struct az_arena *arena,
                              struct az_explanation *explanation);

    /* An earlier plan, on its own horizon, as a start for this instance. AZ_NO_PLAN when nothing of
     * it fits. */
    enum az_status (*adopt)(const void *instance, const void *previous_plan, struct az_arena *arena,
                            void **plan);

    /* State at a moment of a plan (a slot boundary in its horizon, its end included). AZ_INVALID
     * with findings otherwise. */
    enum az_status (*carry)(const void *instance, const void *plan, struct az_time at,
                            struct az_arena *arena, void **state, struct az_findings *findings);

    /* The same for what is left of the instance itself from that moment on: what it grants or asks
     * over its whole horizon goes on, and does not begin anew. NULL: `carry`. */
    enum az_status (*carry_rest)(const void *instance, const void *plan, struct az_time at,
                                 struct az_arena *arena, void **state,
                                 struct az_findings *findings);

    enum az_status (*view)(const void *instance, const void *plan,
                           const struct az_judgement *judgement, struct az_arena *arena,
                           struct az_view *view);

    /* What the objective is called where its value is told, as the view has it; penalty: the price
     * of conceded rules in it. NULL: a cost. */
    struct az_aim (*aim)(const void *instance, double penalty);

    /* A random instance of about this size: reproducible from the seed, always feasible. */
    enum az_status (*generate)(size_t size, uint64_t seed, struct az_arena *arena, void **instance);
    const struct az_generate_extra *generate_extras; /* ended by a NULL name; NULL: none */

    const struct az_alternatives *alternatives; /* NULL: the kind knows none */
    const struct az_chaining *chaining;         /* NULL: its plans are not chained by days */
};

/* All kinds: one line a kind in formulations/registry.c (tests register the probe kind there
 * through AZ_TEST_KINDS). */
const struct az_formulation *az_formulation_find(const char *name);
const struct az_formulation *az_formulation_at(size_t i); /* NULL past the last */

#endif
