/* explain.h - why there is no plan, or what holds a plan back; shared by explain*.c only.
 *
 * Every part ends by counts (nodes, rounds, limits tried). Where the caller sets a deadline the
 * parts also have shares of the time until then, so that the later ones get their turn; without one
 * no clock ends any of them. */
#ifndef AZ_EVBUS_EXPLAIN_H
#define AZ_EVBUS_EXPLAIN_H

#include "formulations/evbus/duty.h"
#include "formulations/evbus/rules.h"

struct eb_explainer {
    const struct eb_instance *ev;
    const struct az_engine *engine;
    const struct az_context *context;
    struct az_arena *arena; /* of the answer */
    struct az_explanation *explanation;
    struct eb_source *sources;
    size_t source_count;
};

/* Adds a reason. amount: by how much the rule must give; NAN: nothing must. */
enum az_status eb_explain_reason(struct eb_explainer *e, enum eb_rule rule,
                                 const struct az_path *path, double amount, struct az_time at,
                                 struct az_words words);

/* By column generation: a plan, what it leaves out and why, and the limits that
 * hold it back with what one step more of each would bring; or, when every trip of those that must
 * run cannot, the fewest that are in the way, and what would help. */
enum az_status eb_explain_columns(struct eb_explainer *e);

#endif
