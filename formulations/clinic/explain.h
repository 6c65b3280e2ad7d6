/* explain.h - why sites are left out, and what would help. Private to the kind.
 *
 * Every reason is tested: a site is impossible when nobody can visit it in a week that is empty but
 * for it, and it displaces others as the best plan with it says. Everything ends by counts; a
 * deadline or a cancel ends it earlier, and what was not tested then is said to be untested. */
#ifndef AZ_CLINIC_EXPLAIN_H
#define AZ_CLINIC_EXPLAIN_H

#include "formulations/clinic/rules.h"
#include "formulations/clinic/search.h"

/* --- empty weeks (explain_empty.c) --------------------------------------------------------------
 */

/* May a site be visited at all? */
struct cl_obstacle {
    bool alone;        /* in a week that is empty but for it */
    bool possible;     /* there, or where others are on the way to it */
    bool proven;       /* when it is not: no plan has it, whatever else it leaves out */
    enum cl_rule rule; /* what stands in the way when it is not possible alone: without this rule
                          alone it is; of several that do so only together the first */
    size_t together;   /* how many that are; 1: the rule alone; 0: not found in the time */
};

/* Tests a site of a week in one that is empty but for it: every crew, vehicle and slot is free. The
 * rule is looked for where it is proven impossible. */
enum az_status cl_site_obstacle(const struct cl_ground *ground, size_t site,
                                const struct az_context *context, struct cl_obstacle *obstacle);

/* What a rule that stands in the way of a site is called. */
struct az_words cl_obstacle_words(enum cl_rule rule);

/* The rule that stands in the way of a site that is not possible alone. */
enum az_status cl_site_rule(const struct cl_ground *ground, size_t site,
                            const struct az_context *context, struct cl_obstacle *obstacle);

/* By how much the rule must give at least, in its unit, so that somebody can visit the site in the
 * empty week; NAN where it is not a matter of more or less, or no amount alone will do. */
enum az_status cl_obstacle_amount(const struct cl_ground *ground, size_t site, enum cl_rule rule,
                                  const struct az_context *context, double *amount);

/* --- reasons in a plan (explain_forced.c) -------------------------------------------------------
 */

/* Tests why the best plan of the run leaves sites out, and tells the run of the same plan with its
 * reasons; a better plan that is met on the way is offered. After the search; the run's stop stays.
 */
enum az_status cl_reasons(struct cl_search *search);

/* --- why there is no plan, what would help (explain.c) ------------------------------------------
 */

/* A judge that keeps the best plan of one solve. */
struct cl_keeper {
    const struct cl_instance *cl;
    const struct az_run *run;
    struct az_arena *arena;
    const struct cl_plan *plan;
    struct az_judgement judgement;
};
enum az_status cl_keep_plan(void *data, const void *plan, double *objective, bool *kept);

struct cl_explainer {
    const struct cl_instance *cl;
    const struct az_engine *engine;
    const struct az_context *context;
    struct az_arena *arena; /* of the answer */
    struct az_explanation *explanation;
};

/* Adds a reason. amount: by how much the rule must give; NAN: nothing must. */
enum az_status cl_explain_reason(struct cl_explainer *e, enum cl_rule rule,
                                 const struct az_path *path, double amount, struct az_time at,
                                 struct az_words words);

/* The least of sites, vehicles, staff, bookings and promises that must give together so that there
 * is a plan, and whether all of them are needed (explain_give.c). */
enum az_status cl_explain_give(struct cl_explainer *e, const struct cl_ground *ground,
                               struct az_arena *arena);

/* What would help, over the tours of the search that has found the plan (explain_relief.c). */
enum az_status cl_explain_reliefs(struct cl_explainer *e, const struct cl_search *search,
                                  const struct cl_keeper *keeper, struct az_arena *arena);

/* A context of a share of the time that is left; nobody listens to it. */
struct az_context cl_explain_share(const struct cl_explainer *e, double share);

#endif
