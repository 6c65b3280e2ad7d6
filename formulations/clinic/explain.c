/* explain.c - why there is no plan, what a plan leaves out and why, and what would help.
 *
 * A plan is sought like any other, with the reasons of what it leaves out. Where there is none,
 * sites that nobody can visit even in an empty week come first, each with the rule that stands in
 * its way and by how much; where every site is possible by itself, the week is told what it lacks
 * for all of them (explain_give.c). Then what would help (explain_relief.c). */
#include "formulations/clinic/explain.h"

#include <math.h>
#include <string.h>

#include "formulations/clinic/resolve.h"
#include "solver/tolerances.h"

#define PLAN_SHARE 0.5 /* of the time, for a plan */
#define MARGIN 0.05    /* of the time, at most a second: the answer is out by the deadline */
#define GAP 0.001      /* asked of the plan */

/* --- reasons -----------------------------------------------------------------------------------
 */

enum az_status cl_explain_reason(struct cl_explainer *e, enum cl_rule rule,
                                 const struct az_path *path, double amount, struct az_time at,
                                 struct az_words words)
{
    return az_explanation_reason(e->explanation, e->arena, &cl_rules[rule], path, amount, at,
                                 words);
}

struct az_context cl_explain_share(const struct cl_explainer *e, double share)
{
    struct az_context context = *e->context;
    if (isfinite(context.deadline))
        context.deadline = az_now(e->context) + share * fmax(0, az_time_left(e->context));
    context.progress = NULL;
    return context;
}

static struct az_time no_time(void)
{
    return (struct az_time){ .utc_s = AZ_NO_INTEGER };
}

/* --- a plan -------------------------------------------------------------------------------------
 */

enum az_status cl_keep_plan(void *data, const void *plan, double *objective, bool *kept)
{
    struct cl_keeper *keeper = data;
    struct az_judgement judgement = { 0 };
    double scale = keeper->cl->scale;
    *kept = false;
    AZ_TRY(cl_evaluate(keeper->cl, plan, keeper->arena, &judgement));
    if (judgement.violation_count > 0) return AZ_INVALID;
    *objective = judgement.cost + judgement.penalty;
    if (keeper->plan && keeper->run->retelling)
        *kept = !az_judgement_is_better(AZ_MINIMIZE, scale, &keeper->judgement, &judgement);
    else
        *kept = !keeper->plan ||
                az_judgement_is_better(AZ_MINIMIZE, scale, &judgement, &keeper->judgement);
    if (!*kept) return AZ_OK;
    keeper->plan = plan;
    keeper->judgement = judgement;
    return AZ_OK;
}

static enum az_status find_plan(const struct cl_explainer *e, struct cl_keeper *keeper,
                                struct az_run *run, struct cl_search *search,
                                struct az_arena *arena)
{
    struct az_context context = cl_explain_share(e, PLAN_SHARE);
    struct az_run_options options = { .sense = AZ_MINIMIZE,
                                      .gap = isnan(e->cl->gap) ? GAP : e->cl->gap,
                                      .gap_abs = isnan(e->cl->gap_abs) ? 1 : e->cl->gap_abs,
                                      .money_scale = e->cl->scale };
    *keeper = (struct cl_keeper){ .cl = e->cl, .arena = arena, .run = run };
    az_run_begin(run, &context, e->engine, &options);
    run->judge = cl_keep_plan;
    run->data = keeper;
    *search = (struct cl_search){
        .cl = e->cl, .engine = e->engine, .context = &context, .run = run, .arena = arena
    };
    AZ_TRY(cl_solve_search(search, NULL));
    search->context = e->context;
    search->run = NULL;
    return AZ_OK;
}

/* --- what it leaves out -------------------------------------------------------------------------
 */

static const char *unit_of(const struct cl_instance *cl)
{
    return cl->money_unit ? cl->money_unit : "JPY";
}

/* "s1, s4" */
static const char *displaced_of(const struct cl_unserved *it, struct az_arena *arena)
{
    const char *text = "";
    for (size_t k = 0; text && k < it->displaced.count; k++)
        text = az_arena_format(arena, "%s%s%s", text, k > 0 ? ", " : "", it->displaced.items[k].id);
    return text;
}

static struct az_words displaces_words(const struct cl_explainer *e, const struct cl_unserved *it)
{
    const char *others = displaced_of(it, e->arena), *unit = unit_of(e->cl), *en = "", *ja = "";
    if (!others) return (struct az_words){ NULL, NULL };
    if (isfinite(it->price_bound_jpy)) {
        en = az_arena_format(e->arena, " (at least %.0f)", it->price_bound_jpy);
        ja = az_arena_format(e->arena, "（少なくとも %.0f）", it->price_bound_jpy);
    }
    if (!en || !ja) return (struct az_words){ NULL, NULL };
    if (isnan(it->price_jpy))
        return (struct az_words){
            az_arena_format(e->arena,
                            "left out: it cannot be served together with what must be: %s", others),
            az_arena_format(e->arena, "見送り: 必ず訪問する %s と両立しません", others)
        };
    if (*others && it->price_jpy < 0)
        return (struct az_words){
            az_arena_format(e->arena,
                            "left out: serving it would displace %s, which comes first, though it "
                            "would cost %.0f %s less",
                            others, -it->price_jpy, unit),
            az_arena_format(
                e->arena,
                "見送り: 訪問すると優先する %s を押し出します（費用は %.0f %s 下がります）", others,
                -it->price_jpy, unit)
        };
    if (*others)
        return (struct az_words){
            az_arena_format(e->arena,
                            "left out: serving it would displace %s and cost %.0f %s more%s",
                            others, it->price_jpy, unit, en),
            az_arena_format(e->arena, "見送り: 訪問すると %s を押し出し、費用が %.0f %s 増えます%s",
                            others, it->price_jpy, unit, ja)
        };
    return (struct az_words){
        az_arena_format(e->arena, "left out: serving it would cost %.0f %s more%s", it->price_jpy,
                        unit, en),
        az_arena_format(e->arena, "見送り: 訪問すると費用が %.0f %s 増えます%s", it->price_jpy,
                        unit, ja)
    };
}

static struct az_words unserved_words(const struct cl_explainer *e, const struct cl_unserved *it)
{
    if (it->reason == CL_REASON_DISPLACES) return displaces_words(e, it);
    if (it->reason == CL_REASON_UNTESTED)
        return (struct az_words)AZ_EN_JA("left out: there was no time to test why",
                                         "見送り: 理由を検証する時間がありませんでした");
    struct az_words rule = cl_obstacle_words(cl_rule_of(it->rule));
    return (struct az_words){
        az_arena_format(e->arena, "left out: impossible even in an empty week: %s", rule.en),
        az_arena_format(e->arena, "見送り: ほかの訪問がなくても訪問できません: %s", rule.ja)
    };
}

static enum az_status tell_unserved(struct cl_explainer *e, const struct cl_plan *plan)
{
    for (size_t u = 0; u < plan->unserved.count; u++) {
        const struct cl_unserved *it = &plan->unserved.items[u];
        AZ_TRY(cl_explain_reason(e, cl_rule_of(it->rule),
                                 CL_ITEM_AT("sites", it->site.index, it->site.id), NAN, no_time(),
                                 unserved_words(e, it)));
    }
    return AZ_OK;
}

static enum az_status tell_plan(struct cl_explainer *e, const struct cl_keeper *keeper)
{
    const struct cl_summary *summary = keeper->plan->summary;
    long rounds = summary ? (long)summary->rounds : 0,
         visits = summary ? (long)(summary->visits + summary->online) : 0;
    double sum = keeper->judgement.cost + keeper->judgement.penalty;
    e->explanation->found = (struct az_words){
        az_arena_format(e->arena,
                        "rounds: %ld, visits: %ld, sites left out: %zu, objective: %.0f %s", rounds,
                        visits, keeper->plan->unserved.count, sum, unit_of(e->cl)),
        az_arena_format(e->arena, "巡回 %ld 回、訪問 %ld 件、見送り %zu か所、目的関数値 %.0f %s",
                        rounds, visits, keeper->plan->unserved.count, sum, unit_of(e->cl))
    };
    return e->explanation->found.en && e->explanation->found.ja ? AZ_OK : AZ_NO_MEMORY;
}

/* --- sites that nobody can visit ----------------------------------------------------------------
 */

static struct az_words impossible_words(const struct cl_explainer *e, enum cl_rule rule,
                                        size_t together)
{
    struct az_words words = cl_obstacle_words(rule);
    if (together <= 1) return words;
    return (struct az_words){ az_arena_format(e->arena, "%s (with other rules)", words.en),
                              az_arena_format(e->arena, "%s（ほかの規則とともに）", words.ja) };
}

/* Sites that must be served and that nobody can visit: each is a proof by itself. */
static enum az_status by_sites(struct cl_explainer *e, const struct cl_ground *ground)
{
    for (size_t i = 0; i < e->cl->sites.count; i++) {
        struct cl_obstacle obstacle;
        if (isfinite(e->cl->sites.items[i].left_out_jpy)) continue;
        if (az_must_stop(e->context)) return AZ_OK;
        AZ_TRY(cl_site_obstacle(ground, i, e->context, &obstacle));
        if (obstacle.possible || !obstacle.proven) continue;
        double amount = NAN;
        if (obstacle.together == 1)
            AZ_TRY(cl_obstacle_amount(ground, i, obstacle.rule, e->context, &amount));
        AZ_TRY(cl_explain_reason(e, obstacle.rule, CL_ITEM_AT("sites", i, e->cl->sites.items[i].id),
                                 amount, no_time(),
                                 impossible_words(e, obstacle.rule, obstacle.together)));
    }
    return AZ_OK;
}

static enum az_status explain_none(struct cl_explainer *e, bool infeasible, struct az_arena *arena)
{
    struct cl_ground ground;
    AZ_TRY(cl_ground_of(e->cl, arena, &ground));
    AZ_TRY(by_sites(e, &ground));
    e->explanation->proven = infeasible || e->explanation->reasons.count > 0;
    if (e->explanation->reasons.count > 0) {
        e->explanation->minimal = !az_must_stop(e->context);
        return AZ_OK;
    }
    return cl_explain_give(e, &ground, arena);
}

/* --- the whole ----------------------------------------------------------------------------------
 */

static enum az_status explain(struct cl_explainer *e, struct az_arena *arena)
{
    struct cl_keeper keeper;
    struct az_run run;
    struct cl_search search;
    AZ_TRY(find_plan(e, &keeper, &run, &search, arena));
    if (!keeper.plan) return explain_none(e, run.infeasible, arena);
    e->explanation->feasible = e->explanation->proven = true;
    e->explanation->minimal = true;
    AZ_TRY(tell_unserved(e, keeper.plan));
    AZ_TRY(tell_plan(e, &keeper));
    return cl_explain_reliefs(e, &search, &keeper, arena);
}

enum az_status cl_explain(const void *instance, const struct az_engine *engine,
                          const struct az_context *context, struct az_arena *arena,
                          struct az_explanation *explanation)
{
    struct az_context all = *context;
    if (isfinite(context->deadline)) all.deadline -= fmin(1, MARGIN * az_time_left(context));
    struct cl_explainer e = { .cl = instance,
                              .engine = engine,
                              .context = &all,
                              .arena = arena,
                              .explanation = explanation };
    memset(explanation, 0, sizeof *explanation);
    explanation->reasons.items = az_arena_take(arena, 0);
    explanation->reliefs.items = az_arena_take(arena, 0);
    if (!explanation->reasons.items || !explanation->reliefs.items) return AZ_NO_MEMORY;
    struct az_arena *own = az_arena_new(NULL);
    if (!own) return AZ_NO_MEMORY;
    enum az_status status = explain(&e, own);
    az_arena_free(own);
    return status;
}
