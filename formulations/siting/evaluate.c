/* evaluate.c - the judge of sitings as a whole. The plan is laid out in evaluate_shape.c; choices
 * are dispatched and paid in evaluate_money.c; feeders and banks are in evaluate_grid.c, circuits
 * in evaluate_upstream.c, the portfolio in evaluate_rules.c. */
#include <string.h>

#include "formulations/siting/judge.h"
#include "formulations/siting/resolve.h"

static const struct az_money money_items[] = {
#define MONEY(code_, en_, ja_) { .code = #code_, .item = { en_, ja_ } },
    ST_MONEY(MONEY)
#undef MONEY
};

/* --- telling ------------------------------------------------------------------------------------
 */

struct az_param st_hour(struct st_judge *j, size_t hour)
{
    const char *day = j->in->typical_days.items[hour / ST_HOURS].id;
    const char *text = az_arena_format(j->arena, "%s %02zu:00", day, hour % ST_HOURS);
    if (!text) j->status = AZ_NO_MEMORY;
    return AZ_TEXT_PARAM("hour", text ? text : "");
}

void st_breach(struct st_judge *j, enum st_rule rule, const struct az_path *pointer,
               const struct az_path *asset, const char *id, double amount, double price,
               size_t param_count, const struct az_param params[])
{
    if (j->status != AZ_OK) return;
    bool conceded = st_rules[rule].priceable && j->in->mode == ST_SERVICE && !isnan(price);
    struct az_where where = { pointer, asset, id ? id : "", { .utc_s = AZ_NO_INTEGER } };
    j->status = az_judge_breach(j->judgement, j->arena, &st_rules[rule], &where, amount, conceded,
                                price, param_count, params);
}

void st_money(struct st_judge *j, enum st_money_code code, const char *owner, double amount)
{
    if (j->status != AZ_OK || amount == 0) return;
    struct az_money money = money_items[code];
    money.owner = owner;
    money.amount = amount;
    j->status = az_judgement_money(j->judgement, j->arena, money);
}

/* What does not fit, for people; of an option that its site does not have, those that it has:
 * "choices/0 (a)/option: pv9 (pv3, pv5)". NULL: no memory. */
static const char *name_misfit(const struct st_judge *j, const struct az_path *path,
                               const char *place)
{
    const struct az_path *item = path->up;
    if (!place || !path->name || strcmp(path->name, "option") != 0 || !item || item->name ||
        item->index >= j->plan->choices.count)
        return place;
    const struct st_choice *choice = &j->plan->choices.items[item->index];
    if (choice->site.index >= j->in->sites.count || !choice->option) return place;
    const char *ids = st_option_ids(&j->in->sites.items[choice->site.index], j->arena);
    return ids ? az_arena_format(j->arena, "%s: %s (%s)", place, choice->option, ids) : NULL;
}

/* A plan that does not fit is told place by place. */
static void tell_misfit(void *data, const struct az_path *path)
{
    struct st_judge *j = data;
    const char *place = az_path_place(path, j->arena), *what = name_misfit(j, path, place);
    if (j->status != AZ_OK) return;
    if (what)
        ST_BREACH(j, ST_RULE_plan_shape, path, path, place, 0, ST_WHAT(what));
    else
        j->status = AZ_NO_MEMORY;
}

/* --- the fullest hour ---------------------------------------------------------------------------
 */

void st_fuller(struct st_fullest *fullest, double value, double limit, bool low, size_t hour,
               size_t outage)
{
    bool limited = isfinite(limit);
    double size = fabs(value), beyond = low ? fabs(limit) - size : size - fabs(limit);
    double measure = limited ? beyond / fmax(1, fabs(limit)) : size;
    if (fullest->known && fullest->limited && !limited) return;
    if (fullest->known && fullest->limited == limited && !(measure > fullest->measure)) return;
    *fullest = (struct st_fullest){ .known = true,
                                    .limited = limited,
                                    .value = value,
                                    .limit = limited ? limit : NAN,
                                    .beyond = beyond,
                                    .measure = measure,
                                    .hour = hour,
                                    .outage = outage };
}

bool st_is_beyond(const struct st_fullest *fullest)
{
    return fullest->known && fullest->limited && fullest->measure > AZ_FEASIBILITY_TOLERANCE;
}

/* --- the whole ----------------------------------------------------------------------------------
 */

#define ROOM(j, member, count, type) ((j)->member = AZ_ARRAY((j)->arena, (count), type))

static enum az_status make_room(struct st_judge *j, bool detailed)
{
    const struct st_instance *in = j->in;
    size_t H = j->H, years = (size_t)in->years, choices = j->plan->choices.count;
    size_t circuits = in->upstream ? in->upstream->circuits.count : 0;
    size_t buses = in->upstream ? in->upstream->buses.count : 0;
    bool all = ROOM(j, node_p, in->nodes.count * H, double) &&
               ROOM(j, node_q, in->nodes.count * H, double) &&
               ROOM(j, feeder, in->feeders.count * H, double) &&
               ROOM(j, bank, in->banks.count * H, double) && ROOM(j, bus, buses * H, double) &&
               ROOM(j, export_kw, choices, double *) && ROOM(j, kwh, choices, double) &&
               ROOM(j, cash, (in->operators.count + 1) * years, struct st_year_cash) &&
               ROOM(j, self_out_kwh, years, double) && ROOM(j, hosts_jpy, years, double) &&
               ROOM(j, landowners_jpy, years, double) &&
               ROOM(j, sufficient, in->sites.count, bool) &&
               ROOM(j, reached, in->districts.count, int64_t) &&
               ROOM(j, covered, in->districts.count, bool) &&
               ROOM(j, full_feeder, in->feeders.count, struct st_fullest) &&
               ROOM(j, full_bank, in->banks.count, struct st_fullest) &&
               ROOM(j, full_line, in->lines.count, struct st_fullest) &&
               ROOM(j, full_node, in->nodes.count, struct st_fullest) &&
               ROOM(j, full_circuit, circuits, struct st_fullest) &&
               ROOM(j, full_outage, circuits, struct st_fullest);
    if (!all || (detailed && !ROOM(j, judged, choices, struct st_judged))) return AZ_NO_MEMORY;
    return AZ_OK;
}

/* What comes before the cost: as many t, or people, as can be. */
static void set_order(struct st_judge *j)
{
    if (j->in->objective == ST_CO2) j->judgement->rank[0] = -j->co2_t;
    if (j->in->objective == ST_PEOPLE) j->judgement->rank[0] = -j->people;
}

enum az_status st_judge_all(struct st_judge *j, const struct st_instance *in,
                            const struct st_plan *plan, bool detailed, struct az_arena *arena,
                            struct az_judgement *judgement)
{
    struct az_misfit misfit = { .tell = tell_misfit, .data = j };
    *j = (struct st_judge){
        .in = in, .plan = plan, .arena = arena, .judgement = judgement, .H = in->hour_count
    };
    *judgement = (struct az_judgement){ 0 };
    AZ_TRY(st_lay_out(in, plan, arena, &misfit, &j->at));
    if (misfit.count > 0) {
        judgement->cost = judgement->penalty = NAN;
        return j->status;
    }
    AZ_TRY(make_room(j, detailed));
    AZ_TRY(st_trees_new(in, arena, &j->tree));
    st_judge_choices(j);
    st_judge_grid(j);
    st_judge_upstream(j);
    st_judge_delivery(j);
    st_judge_money(j);
    st_judge_portfolio(j);
    set_order(j);
    return j->status;
}

enum az_status st_evaluate(const void *instance, const void *plan, struct az_arena *arena,
                           struct az_judgement *judgement)
{
    struct st_judge j;
    return st_judge_all(&j, instance, plan, false, arena, judgement);
}
