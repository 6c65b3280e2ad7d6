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

/* --- reasons in a plan (explain_forced.c) -------------------------------------------------------
 */

/* Tests why the best plan of the run leaves sites out, and tells the run of the same plan with its
 * reasons; a better plan that is met on the way is offered. After the search; the run's stop stays.
 */
enum az_status cl_reasons(struct cl_search *search);

#endif
