/* kind.c - the electric buses as a kind of plan: az_kind_evbus. */
#include "formulations/evbus/instance.h"
#include "formulations/evbus/rules.h"

static void measure(const void *instance, enum az_sense *sense, const char **unit,
                    double *money_scale, struct az_time *valid_from, struct az_time *valid_until)
{
    const struct eb_instance *ev = instance;
    *sense = AZ_MINIMIZE;
    *unit = ev->money_unit ? ev->money_unit : "JPY";
    *money_scale = ev->scale;
    *valid_from = ev->start;
    *valid_until = az_time_add(ev->start, ev->end_s);
}

static void gaps(const void *instance, double *gap, double *gap_abs)
{
    const struct eb_instance *ev = instance;
    *gap = ev->gap;
    *gap_abs = ev->gap_abs;
}

const struct az_formulation az_kind_evbus = {
    .name = "evbus",
    .schema = 1,
    .title = { "Electric buses that carry energy between two grids",
               "電気バス: 仕業・充放電と二つの系統の間の電力融通" },
    .instance = &eb_instance_table,
    .plan = &eb_plan_table,
    .state = &eb_state_table,
    .rules = eb_rules,
    .rule_count = EB_RULE_COUNT,
    .size_words = "trips",
    .resolve = eb_resolve,
    .validate = eb_validate,
    .measure = measure,
    .gaps = gaps,
    .solve = eb_solve,
    .complete = eb_complete,
    .evaluate = eb_evaluate,
    .explain = eb_explain,
    .adopt = eb_adopt,
    .carry = eb_carry,
    .view = eb_view,
    .generate = eb_generate,
};
