/* kind.c - the mobile clinic as a kind of plan: az_kind_clinic. */
#include "formulations/clinic/instance.h"
#include "formulations/clinic/rules.h"

static void measure(const void *instance, enum az_sense *sense, const char **unit,
                    double *money_scale, struct az_time *valid_from, struct az_time *valid_until)
{
    const struct cl_instance *cl = instance;
    *sense = AZ_MINIMIZE;
    *unit = cl->money_unit ? cl->money_unit : "JPY";
    *money_scale = cl->scale;
    *valid_from = cl->start;
    *valid_until = az_time_add(cl->start, cl->days * CL_DAY_S);
}

static void gaps(const void *instance, double *gap, double *gap_abs)
{
    const struct cl_instance *cl = instance;
    *gap = cl->gap;
    *gap_abs = cl->gap_abs;
}

const struct az_formulation az_kind_clinic = {
    .name = "clinic",
    .schema = 1,
    .title = { "A week of mobile-clinic rounds", "移動診療の一週間の巡回" },
    .instance = &cl_instance_table,
    .plan = &cl_plan_table,
    .state = &cl_state_table,
    .rules = cl_rules,
    .rule_count = CL_RULE_COUNT,
    .size_words = "sites",
    .resolve = cl_resolve,
    .validate = cl_validate,
    .measure = measure,
    .gaps = gaps,
    .solve = cl_solve,
    .complete = cl_complete,
    .evaluate = cl_evaluate,
    .explain = cl_explain,
    .adopt = cl_adopt,
    .carry = cl_carry,
    .view = cl_view,
    .generate = cl_generate,
};
