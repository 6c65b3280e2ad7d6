/* explain.h - what the files that explain a siting instance share. Private to the kind. */
#ifndef AZ_SITING_EXPLAIN_H
#define AZ_SITING_EXPLAIN_H

#include "formulations/siting/part.h"
#include "formulations/siting/rules.h"
#include "formulations/siting/separate.h"

struct st_explainer {
    const struct st_instance *in;
    const struct az_engine *engine;
    const struct az_context *context;
    struct az_arena *arena;
    struct az_explanation *explanation;
    struct st_values *values; /* NULL: not computed in time */
};

/* A limit of the instance as it is named to people. side: 1 what is at most, -1 at least, 0 both.
 */
struct st_named {
    int thing; /* enum st_thing */
    size_t index;
    int side;
};

/* A context that has this share of the time that is left, and tells no progress. */
struct az_context st_explain_share(const struct st_explainer *e, double share);

/* The side by which a thing is named: 0 where one member limits both. */
int st_named_side(int thing, int side);

/* The rule of a thing. exports: what is above, of elements that one member limits both ways. */
enum st_rule st_named_rule(const struct st_instance *in, const struct st_named *named,
                           bool exports);

/* "the budget"; "the capacity of the feeder". */
struct az_words st_named_words(const struct st_named *named);

/* Id of what is named. */
const char *st_named_id(const struct st_instance *in, const struct st_named *named);

/* Calls with the path of the member that gives; paths live as long as the call. */
enum az_status st_named_path(const struct st_instance *in, const struct st_named *named,
                             enum az_status (*with)(void *data, const struct az_path *path),
                             void *data);

/* Why there is no plan, by limits that give. Sets what is proven. */
enum az_status st_explain_elastic(struct st_explainer *e);

/* What the plan leaves out, and what one more of each limit would bring: by the relaxation over all
 * options, or as the plan's summary tells it. */
enum az_status st_explain_plan(struct st_explainer *e, const struct st_plan *plan,
                               const struct az_judgement *judgement);

#endif
