/* kind.c - the microgrid as a kind of plan: az_kind_microgrid. */
#include "formulations/microgrid/instance.h"
#include "formulations/microgrid/rules.h"
#include "formulations/microgrid/search.h"
#include "formulations/microgrid/view.h"

static void measure(const void *instance, enum az_sense *sense, const char **unit,
                    double *money_scale, struct az_time *valid_from, struct az_time *valid_until)
{
    const struct mg_instance *mg = instance;
    *sense = AZ_MINIMIZE;
    *unit = mg->money_unit ? mg->money_unit : "JPY";
    *money_scale = mg->scale;
    *valid_from = mg->start;
    *valid_until = az_time_add(mg->start, mg->slots * mg->slot_minutes * 60);
}

static void gaps(const void *instance, double *gap, double *gap_abs)
{
    const struct mg_instance *mg = instance;
    *gap = mg->gap;
    *gap_abs = mg->gap_abs;
}

const struct az_formulation az_kind_microgrid = {
    .name = "microgrid",
    .schema = 1,
    .title = { "Microgrid: unit commitment and dispatch",
               "マイクログリッド: 起動停止計画と需給運用" },
    .instance = &mg_instance_table,
    .plan = &mg_plan_table,
    .state = &mg_state_table,
    .rules = mg_rules,
    .rule_count = MG_RULE_COUNT,
    .size_words = "assets",
    .resolve = mg_resolve,
    .validate = mg_validate,
    .measure = measure,
    .gaps = gaps,
    .solve = mg_solve,
    .complete = mg_complete,
    .evaluate = mg_evaluate,
    .explain = mg_explain,
    .adopt = mg_adopt,
    .carry = mg_carry,
    .carry_rest = mg_carry_rest,
    .view = mg_view,
    .generate = mg_generate,
    .generate_extras = mg_generate_extras,
    .chaining = &mg_chaining,
};
