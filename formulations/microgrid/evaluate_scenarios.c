/* evaluate_scenarios.c - the dispatch of every scenario is judged with its series; money and
 * concessions count with its probability. */
#include "formulations/microgrid/judge.h"
#include "formulations/microgrid/scenarios.h"

/* Rules about what is decided before anybody knows which scenario comes. */
static bool is_here_and_now(enum mg_rule rule)
{
    switch (rule) {
    case MG_RULE_unit_on_off:
    case MG_RULE_unit_unavailable:
    case MG_RULE_unit_must_run:
    case MG_RULE_unit_min_up:
    case MG_RULE_unit_min_down:
    case MG_RULE_line_armed:
    case MG_RULE_departure_charge:
    case MG_RULE_shiftable_start:
    case MG_RULE_shiftable_run:
        return true;
    default:
        return false;
    }
}

double mg_rule_weight(const struct mg_judge *j, enum mg_rule rule)
{
    if (is_here_and_now(rule)) return j->scenario ? 0 : 1;
    return j->weight;
}

static void judge_scenario(struct mg_judge *whole, const struct mg_plan *plan, size_t k)
{
    struct mg_judge j = { .mg = &whole->mg->views[k],
                          .arena = whole->arena,
                          .judgement = whole->judgement,
                          .scenario = &whole->mg->scenarios.items[k] };
    struct az_path path = { .up = AZ_AT(NULL, "scenarios"),
                            .name = j.scenario->id,
                            .label = j.scenario->name };
    struct az_misfit misfit = { .tell = mg_tell_misfit, .data = &j };
    j.root = &path;
    struct mg_plan *merged;
    j.weight = j.scenario->probability;
    whole->status = mg_scenario_plan(whole->mg, plan, k, whole->arena, &merged);
    if (whole->status == AZ_OK)
        whole->status = mg_flows_lay(j.mg, merged, j.arena, &misfit, &j.flows);
    if (whole->status != AZ_OK) return;
    if (misfit.count == 0)
        mg_judge_all(&j);
    else
        whole->judgement->cost = whole->judgement->penalty = NAN;
    whole->status = j.status;
}

/* An entry of the plan that is no scenario's, or the second of one. */
static void judge_entries(struct mg_judge *j, const struct mg_plan *plan)
{
    for (size_t i = 0; i < plan->scenarios.count; i++) {
        const struct az_ref *key = &plan->scenarios.keys[i];
        bool known = key->index < j->mg->scenarios.count;
        for (size_t o = 0; o < i && known; o++) known = plan->scenarios.keys[o].index != key->index;
        if (known) continue;
        mg_tell_misfit(j, AZ_AT(AZ_AT(NULL, "scenarios"), key->id ? key->id : "?"));
        j->judgement->cost = j->judgement->penalty = NAN;
    }
}

void mg_judge_scenarios(struct mg_judge *j, const struct mg_plan *plan)
{
    judge_entries(j, plan);
    for (size_t k = 0; k < j->mg->scenarios.count && j->status == AZ_OK; k++)
        judge_scenario(j, plan, k);
}
