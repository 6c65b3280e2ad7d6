/* front.c - the other plans that an instance asks for: points of a Pareto front by the epsilon
 * constraint (Haimes, Lasdon, Wismer 1971), and scenarios of prices.
 *
 * Both ends come first. The end of the second aim is found with the cost as the level after it, so
 * that no plan as good there is cheaper. Points between ask for an evenly falling least amount of
 * the second aim, so that the plan before is one of theirs and they begin from it; whatever turns
 * out beaten by another is told by who compares them. */
#include <math.h>
#include <string.h>

#include "formulations/common/figures.h"
#include "formulations/siting/judge.h"
#include "formulations/siting/tables.h"
#include "formulations/siting/view.h"

#define LIMIT_ID "front"

/* "at least 1,234.5 t": of the second aim. */
static struct az_words amount_words(struct az_arena *arena, bool co2, double amount)
{
    struct st_viewer viewer = { .arena = arena };
    const char *number = st_number_text(&viewer, amount, co2 ? 1 : 0);
    struct az_words words = co2 ? AZ_WORDS(st_text(&viewer, "at least %s t CO2", number),
                                           st_text(&viewer, "CO2 %s t 以上", number))
                                : AZ_WORDS(st_text(&viewer, "at least %s people", number),
                                           st_text(&viewer, "%s 人以上", number));
    return viewer.no_memory ? (struct az_words){ NULL, NULL } : words;
}

/* The instance as it was written, without its scenarios. The front stays: it says which aim comes
 * first. */
static enum az_status copy_instance(const struct st_instance *in, struct az_arena *arena,
                                    struct st_instance **copy)
{
    void *made;
    AZ_TRY(az_copy(&st_instance_table, in, arena, &made));
    *copy = made;
    (*copy)->scenarios.count = 0;
    (*copy)->scenarios.items = NULL;
    return AZ_OK;
}

/* --- the front --------------------------------------------------------------------------------
 */

static double amount_of(const struct st_judge *j, int aim)
{
    return aim == ST_CO2 ? j->co2_t : j->people;
}

/* What a plan has of the second aim: as the judge has told in its results, else asked anew. */
static enum az_status reached(const struct st_instance *in, const struct st_plan *plan,
                              struct az_arena *arena, double *amount)
{
    struct st_judge j;
    struct az_judgement judgement = { 0 };
    const struct st_summary *told = plan->summary;
    *amount = NAN;
    if (told && in->front->second == ST_CO2) *amount = told->co2_t;
    if (told && in->front->second == ST_PEOPLE && told->people_covered >= 0)
        *amount = (double)told->people_covered;
    if (isfinite(*amount)) return AZ_OK;
    AZ_TRY(st_judge_all(&j, in, plan, false, arena, &judgement));
    *amount = amount_of(&j, in->front->second);
    return AZ_OK;
}

/* At least this much of the second aim, as one limit more. */
static enum az_status ask_for(struct st_instance *copy, int second, double amount,
                              struct az_arena *arena)
{
    size_t count = copy->limits.count;
    struct st_limit *limits = AZ_ARRAY(arena, count + 1, struct st_limit);
    if (!limits) return AZ_NO_MEMORY;
    if (count > 0) memcpy(limits, copy->limits.items, count * sizeof *limits);
    AZ_TRY(az_fields_default(&st_limit_table, &limits[count], arena));
    limits[count].id = LIMIT_ID;
    limits[count].what = second == ST_CO2 ? ST_CO2_T : ST_PEOPLE_COVERED;
    limits[count].min = amount;
    copy->limits.items = limits;
    copy->limits.count = count + 1;
    return AZ_OK;
}

/* Point p of the front in the order of making: 0 the least cost, 1 the most of the second, then
 * those between from the second to the first. */
static enum az_status make_point(const struct st_instance *in, size_t p, const void *const plans[],
                                 struct az_arena *arena, struct az_alternative *alternative)
{
    const struct st_front *front = in->front;
    bool co2 = front->second == ST_CO2;
    struct st_instance *copy;
    AZ_TRY(copy_instance(in, arena, &copy));
    copy->objective = p == 1 ? front->second : ST_COST;
    if (p == 1) copy->front = NULL; /* the objective says it then */
    *alternative =
        (struct az_alternative){ .instance = copy, .on_front = true, .start = AZ_NO_INDEX };
    if (p == 0) {
        alternative->id = "least-cost";
        alternative->name = in->hour_count > 0 ? (struct az_words){ "greatest net present value",
                                                                    "正味現在価値最大" }
                                               : (struct az_words){ "least cost", "費用最小" };
    } else if (p == 1) {
        alternative->id = co2 ? "most-co2" : "most-people";
        alternative->name = co2 ? (struct az_words){ "most carbon avoided", "CO2 削減最大" }
                                : (struct az_words){ "most people covered", "カバー人口最大" };
        alternative->start = 0;
    } else {
        double low = NAN, high = NAN;
        if (!plans[0] || !plans[1]) return AZ_NO_PLAN;
        AZ_TRY(reached(in, plans[0], arena, &low));
        AZ_TRY(reached(in, plans[1], arena, &high));
        if (!(high - low > az_slack(high))) return AZ_NO_PLAN;
        double amount =
            low + (high - low) * (double)(front->points - (int64_t)p) / (double)(front->points - 1);
        if (!co2) amount = ceil(amount - AZ_FEASIBILITY_TOLERANCE);
        AZ_TRY(ask_for(copy, front->second, amount, arena));
        alternative->id = az_arena_format(arena, "front-%zu", p - 1);
        alternative->name = amount_words(arena, co2, amount);
        for (alternative->start = p - 1; !plans[alternative->start];) alternative->start--;
        if (!alternative->id) return AZ_NO_MEMORY;
    }
    return alternative->name.en && alternative->name.ja ? AZ_OK : AZ_NO_MEMORY;
}

/* --- scenarios --------------------------------------------------------------------------------
 */

static void scale_price(struct st_price *price, double factor)
{
    for (size_t i = 0; price && i < price->steps.count; i++)
        price->steps.items[i].jpy_per_kwh *= factor;
}

/* Capital expenditure and, where they are sums of money, the subsidies for it: they stay the same
 * share. Caps on subsidies are the giver's and stay. */
static void scale_capex(struct st_instance *copy, double factor)
{
    for (size_t c = 0; c < copy->costs.count; c++) {
        struct st_costs *costs = &copy->costs.items[c];
        for (size_t i = 0; i < costs->pv.count; i++) costs->pv.items[i].jpy_per_unit *= factor;
        for (size_t i = 0; i < costs->battery.count; i++)
            costs->battery.items[i].jpy_per_unit *= factor;
        costs->fixed_jpy *= factor;
        costs->battery_jpy_per_kw *= factor;
    }
    for (size_t s = 0; s < copy->sites.count; s++)
        for (size_t o = 0; o < copy->sites.items[s].options.count; o++) {
            struct st_option *option = &copy->sites.items[s].options.items[o];
            option->capex_jpy *= factor; /* NAN stays absent */
            option->subsidy_jpy *= factor;
        }
}

static enum az_status make_scenario(const struct st_instance *in, size_t index,
                                    struct az_arena *arena, struct az_alternative *alternative)
{
    const struct st_scenario *scenario = &in->scenarios.items[index];
    struct st_instance *copy;
    AZ_TRY(copy_instance(in, arena, &copy));
    for (size_t t = 0; t < copy->tariffs.count; t++) {
        scale_price(copy->tariffs.items[t].ppa, scenario->ppa_factor);
        scale_price(copy->tariffs.items[t].retail, scenario->retail_factor);
        scale_price(copy->tariffs.items[t].surplus, scenario->surplus_factor);
    }
    scale_capex(copy, scenario->capex_factor);
    *alternative =
        (struct az_alternative){ .id = scenario->id,
                                 .name = az_name_words(arena, scenario->name, scenario->id),
                                 .instance = copy,
                                 .start = AZ_NO_INDEX };
    return alternative->name.en ? AZ_OK : AZ_NO_MEMORY;
}

/* --- the interface ------------------------------------------------------------------------------
 */

static enum az_status make(const void *instance, size_t i, const void *const plans[],
                           struct az_arena *arena, struct az_alternative *alternative)
{
    const struct st_instance *in = instance;
    size_t points = in->front ? (size_t)in->front->points : 0;
    if (i < points) return make_point(in, i, plans, arena, alternative);
    if (i - points < in->scenarios.count) return make_scenario(in, i - points, arena, alternative);
    return AZ_NOT_FOUND;
}

/* What an instance knows beside money, that of the front first; the same for it and for all that is
 * made of it. Returns how many. */
static size_t find_aims(const struct st_instance *in, int aim[2])
{
    bool people_first = (in->front ? in->front->second : in->objective) == ST_PEOPLE;
    size_t count = 0;
    if (in->coverage && people_first) aim[count++] = ST_PEOPLE;
    if (in->carbon) aim[count++] = ST_CO2;
    if (in->coverage && !people_first) aim[count++] = ST_PEOPLE;
    return count;
}

static size_t axes(const void *instance, struct az_axis axis[AZ_AXES])
{
    static const struct az_axis co2 = { { "CO2 avoided", "CO2 削減量" }, "t", AZ_MAXIMIZE, 1 };
    static const struct az_axis people = {
        { "People covered", "カバー人口" }, "people", AZ_MAXIMIZE, 0
    };
    const struct st_instance *in = instance;
    const struct az_axis money = { { "Net present value", "正味現在価値" },
                                   in->money_unit ? in->money_unit : "JPY",
                                   AZ_MAXIMIZE,
                                   0 };
    int aim[2];
    size_t count = find_aims(in, aim);
    axis[count > 0 ? 1 : 0] = money;
    if (count > 0) axis[0] = aim[0] == ST_CO2 ? co2 : people;
    if (count > 1) axis[2] = aim[1] == ST_CO2 ? co2 : people;
    return count + 1;
}

static enum az_status values(const void *instance, const void *plan, struct az_arena *arena,
                             double value[AZ_AXES])
{
    const struct st_instance *in = instance;
    struct st_judge j;
    struct az_judgement judgement = { 0 };
    int aim[2];
    size_t count = find_aims(in, aim);
    AZ_TRY(st_judge_all(&j, in, plan, false, arena, &judgement));
    value[count > 0 ? 1 : 0] = -judgement.cost;
    if (count > 0) value[0] = amount_of(&j, aim[0]);
    if (count > 1) value[2] = amount_of(&j, aim[1]);
    return AZ_OK;
}

const struct az_alternatives st_alternatives = { make, axes, values };
