/* search.c - plans from weeks of tours: judged, offered, remembered. */
#include "formulations/clinic/search.h"

#include <math.h>
#include <string.h>

#include "solver/tolerances.h"

enum az_status cl_pool_add(struct cl_search *search, const struct cl_tour *tour)
{
    if (search->pool.count == search->pool_capacity) {
        search->pool_capacity = 2 * search->pool_capacity + 64;
        search->pool.items = az_arena_grow(search->arena, search->pool.items, search->pool.count,
                                           search->pool_capacity, sizeof *search->pool.items);
        if (!search->pool.items) return AZ_NO_MEMORY;
    }
    struct cl_tour *copy = AZ_NEW(search->arena, struct cl_tour);
    if (!copy) return AZ_NO_MEMORY;
    *copy = *tour;
    copy->stops = AZ_ARRAY(search->arena, tour->count, struct cl_tour_stop);
    if (!copy->stops) return AZ_NO_MEMORY;
    if (tour->count > 0) memcpy(copy->stops, tour->stops, tour->count * sizeof *copy->stops);
    search->pool.items[search->pool.count++] = copy;
    return AZ_OK;
}

/* What is left out, changes, the cost: each conditional on those before. */
void cl_tell_levels(struct cl_search *search)
{
    struct az_run *run = search->run;
    const struct az_run_options *asked = &run->options;
    const char *const names[] = { "unserved", "changes" };
    const double least[] = { search->unserved_min, search->changes_min };
    bool has = search->has_best, proven = has;
    if (search->cl->objective != CL_LEXICOGRAPHIC) return;
    for (size_t i = 0; i < 2; i++) {
        double price = has ? search->best.rank[i] : NAN;
        double slack = AZ_BOUND_TOLERANCE * fmax(asked->money_scale, price);
        proven = proven && price <= least[i] + slack;
        az_run_level(run, i, names[i], price, has ? fmin(least[i], price) : NAN, proven);
    }
    double cost = has ? search->best.cost + search->best.penalty : NAN;
    double bound = has && isfinite(run->bound) ? fmin(run->bound, cost) : NAN;
    proven = proven && cost - bound <=
                           fmax(asked->gap_abs, asked->gap * fmax(fabs(cost), asked->money_scale));
    az_run_level(run, 2, "cost", cost, bound, proven);
}

static struct az_judgement numbers_of(const struct az_judgement *judgement)
{
    struct az_judgement numbers = *judgement;
    numbers.concessions.count = numbers.violations.count = numbers.money.count = 0;
    numbers.concessions.items = NULL;
    numbers.violations.items = NULL;
    numbers.money.items = NULL;
    return numbers;
}

/* Where nothing is priced, every promise has to be kept. */
static bool keeps_promises(const struct cl_ground *ground, const struct cl_week *week)
{
    const struct cl_instance *cl = ground->cl;
    double missing = 0;
    if (cl->mode != CL_EXACT) return true;
    for (size_t a = 0; a < cl->appointment_count; a++)
        if (cl->appointment[a].status == CL_CONFIRMED && cl->appointment[a].day != AZ_NO_INDEX)
            missing += cl_promise_jpy(cl, a);
    for (size_t k = 0; k < week->tours.count; k++) missing -= week->tours.items[k].kept_jpy;
    for (size_t k = 0; k < week->online.count; k++)
        missing -= cl_kept_jpy(ground, &ground->ways.items[week->online.items[k].way]);
    return missing < 1e-6;
}

static enum az_status offer(struct cl_search *search, const struct cl_week *week,
                            struct az_arena *scratch, bool *judged)
{
    struct cl_plan *plan;
    struct az_judgement judgement = { 0 };
    if (!keeps_promises(&search->ground, week)) return AZ_OK;
    enum az_status status = cl_plan_of(&search->ground, week, scratch, &plan);
    if (status == AZ_NO_PLAN) return AZ_OK;
    AZ_TRY(status);
    AZ_TRY(cl_summarise(search->cl, scratch, plan));
    AZ_TRY(cl_evaluate(search->cl, plan, scratch, &judgement));
    if (judgement.violation_count > 0) {
        const struct az_breach *breach = &judgement.violations.items[0];
        char *words = az_breach_words(breach, AZ_ENGLISH, scratch);
        search->run->refused++;
        az_log(search->context, AZ_LOG_WARNING, "a plan is refused: %s: %s",
               breach->place ? breach->place : "", words ? words : "");
        return AZ_OK;
    }
    *judged = true;
    search->offered = numbers_of(&judgement);
    const struct az_run_options *asked = &search->run->options;
    if (search->has_best &&
        !az_judgement_is_better(asked->sense, asked->money_scale, &search->offered, &search->best))
        return AZ_OK;
    search->has_best = true;
    search->best = search->offered;
    for (size_t k = 0; k < week->tours.count; k++)
        AZ_TRY(cl_pool_add(search, &week->tours.items[k]));
    cl_tell_levels(search); /* whoever is told of the plan reads them */
    void *lasting; /* who keeps an offered plan keeps the pointer: it lives as long as the solve */
    AZ_TRY(az_copy(&cl_plan_table, plan, search->arena, &lasting));
    return az_run_offer(search->run, lasting);
}

enum az_status cl_offer(struct cl_search *search, const struct cl_week *week, bool *judged)
{
    *judged = false;
    struct az_arena *scratch = az_arena_new(NULL);
    if (!scratch) return AZ_NO_MEMORY;
    enum az_status status = offer(search, week, scratch, judged);
    az_arena_free(scratch);
    return status;
}
