/* evaluate_survival.c - survival: every outage that the island must live through, followed slot by
 * slot on the plan's witness. Which witnesses a plan has, what is served, and the balances are
 * here; the devices of an island are in evaluate_island.c. */
#include <string.h>

#include "formulations/common/calendar.h"
#include "formulations/microgrid/judge_island.h"

/* --- the shape of witnesses ---------------------------------------------------------------------
 */

struct shape {
    struct az_misfit *misfit;
    const struct az_path *path; /* of the asset's entry */
    size_t length;              /* slots of the outage */
};

static void check_series(const struct shape *s, const char *member, const struct az_series *series)
{
    const struct az_path *path = AZ_AT(s->path, member);
    if (!series->values) return;
    if (series->count != s->length) {
        az_misfit_tell(s->misfit, path);
        return;
    }
    for (size_t k = 0; k < series->count; k++)
        if (!isfinite(series->values[k])) {
            az_misfit_tell(s->misfit, AZ_ITEM(path, k, NULL));
            return;
        }
}

/* The entry of every asset in a map of the witness, NULL where there is none; keys that are
 * nobody's, or somebody's second, are told. */
static enum az_status find_entries(struct mg_judge *j, struct az_misfit *misfit,
                                   const struct az_path *path, const struct az_ref keys[],
                                   size_t key_count, size_t count, size_t **at)
{
    *at = AZ_ARRAY(j->arena, count, size_t);
    if (!*at) return AZ_NO_MEMORY;
    for (size_t i = 0; i < count; i++) (*at)[i] = AZ_NO_INDEX;
    for (size_t k = 0; k < key_count; k++) {
        size_t asset = keys[k].index;
        if (asset >= count || (*at)[asset] != AZ_NO_INDEX)
            az_misfit_tell(misfit, AZ_AT(path, keys[k].id ? keys[k].id : "?"));
        else
            (*at)[asset] = k;
    }
    return AZ_OK;
}

/* Points to the entries of a map and checks the series named. */
#define LAY(map_, count_, ...)                                                                     \
    do {                                                                                           \
        const struct az_path *map_path_ = AZ_AT(path, #map_);                                      \
        size_t *at_;                                                                               \
        AZ_TRY(find_entries(j, misfit, map_path_, witness->map_.keys, witness->map_.count, count_, \
                            &at_));                                                                \
        laid->map_ = az_arena_array(j->arena, count_, sizeof *laid->map_);                         \
        if (!laid->map_) return AZ_NO_MEMORY;                                                      \
        for (size_t i_ = 0; i_ < (count_); i_++) {                                                 \
            if (at_[i_] == AZ_NO_INDEX) continue;                                                  \
            laid->map_[i_] = &witness->map_.items[at_[i_]];                                        \
            const struct shape s_ = { misfit, AZ_AT(map_path_, witness->map_.keys[at_[i_]].id),    \
                                      length };                                                    \
            const struct {                                                                         \
                const char *name;                                                                  \
                const struct az_series *series;                                                    \
            } members_[] = { __VA_ARGS__ };                                                        \
            for (size_t m_ = 0; m_ < sizeof members_ / sizeof members_[0]; m_++)                   \
                check_series(&s_, members_[m_].name, members_[m_].series);                         \
        }                                                                                          \
    } while (0)

#define SERIES(map_, member_)              \
    {                                      \
#member_, &laid->map_[i_]->member_ \
    }

static enum az_status lay_witness(struct mg_judge *j, struct az_misfit *misfit,
                                  const struct az_path *path, const struct mg_witness *witness,
                                  size_t length, struct mg_laid_witness *laid)
{
    const struct mg_instance *mg = j->mg;
    laid->given = true;
    LAY(units, mg->units.count, SERIES(units, on), SERIES(units, power_kw));
    LAY(renewables, mg->renewables.count, SERIES(renewables, used_kw));
    LAY(batteries, mg->batteries.count, SERIES(batteries, charge_kw),
        SERIES(batteries, discharge_kw), SERIES(batteries, energy_kwh));
    LAY(converters, mg->converters.count, SERIES(converters, on), SERIES(converters, forward_in_kw),
        SERIES(converters, forward_out_kw), SERIES(converters, backward_in_kw),
        SERIES(converters, backward_out_kw));
    LAY(loads, mg->loads.count, SERIES(loads, unserved_kw));
    LAY(ponds, mg->ponds.count, SERIES(ponds, level_kwh), SERIES(ponds, spill_kw));
    return AZ_OK;
}

/* The start that a witness is for; AZ_NO_INDEX when it is none of this survival's. */
static size_t start_of(const struct mg_instance *mg, const struct mg_survival *survival,
                       const struct mg_witness *witness)
{
    int64_t seconds, slot = mg->slot_minutes * 60;
    if (!az_seconds_since(mg->start, witness->start, &seconds)) return AZ_NO_INDEX;
    if (seconds < 0 || seconds % slot != 0) return AZ_NO_INDEX;
    size_t s = (size_t)(seconds / slot);
    return s >= survival->starts.first && s < survival->starts.last ? s : AZ_NO_INDEX;
}

static enum az_status lay_survival(struct mg_judge *j, struct az_misfit *misfit, size_t v,
                                   const struct mg_survival_plan *plan)
{
    const struct mg_survival *survival = &j->mg->survivals.items[v];
    const struct az_path *path = AZ_AT(AZ_AT(AZ_AT(NULL, "survivals"), survival->id), "witnesses");
    for (size_t k = 0; k < plan->witnesses.count; k++) {
        const struct mg_witness *witness = &plan->witnesses.items[k];
        const struct az_path *item = AZ_ITEM(path, k, NULL);
        size_t s = start_of(j->mg, survival, witness);
        struct mg_laid_witness *laid =
            s == AZ_NO_INDEX ? NULL : &j->witnesses[v][s - survival->starts.first];
        if (!laid || laid->given) {
            az_misfit_tell(misfit, AZ_AT(item, "start"));
            continue;
        }
        laid->index = k;
        AZ_TRY(lay_witness(j, misfit, item, witness, mg_outage_slots(j->mg, survival, s), laid));
    }
    return AZ_OK;
}

enum az_status mg_lay_witnesses(struct mg_judge *j, const struct mg_plan *plan,
                                struct az_misfit *misfit)
{
    const struct mg_instance *mg = j->mg;
    size_t *at;
    j->witnesses = AZ_ARRAY(j->arena, mg->survivals.count, struct mg_laid_witness *);
    if (!j->witnesses) return AZ_NO_MEMORY;
    AZ_TRY(find_entries(j, misfit, AZ_AT(NULL, "survivals"), plan->survivals.keys,
                        plan->survivals.count, mg->survivals.count, &at));
    for (size_t v = 0; v < mg->survivals.count; v++) {
        const struct mg_window *starts = &mg->survivals.items[v].starts;
        j->witnesses[v] = AZ_ARRAY(j->arena, starts->last - starts->first, struct mg_laid_witness);
        if (!j->witnesses[v]) return AZ_NO_MEMORY;
        if (at[v] != AZ_NO_INDEX) AZ_TRY(lay_survival(j, misfit, v, &plan->survivals.items[at[v]]));
    }
    return AZ_OK;
}

/* --- what is served -----------------------------------------------------------------------------
 */

size_t mg_outage_slots(const struct mg_instance *mg, const struct mg_survival *survival, size_t s)
{
    size_t known = mg->T + (mg->outlook ? (size_t)mg->outlook->slots : 0);
    return known - s < survival->length ? known - s : survival->length;
}

/* Critical demand of a load in slot k of the outage, kW. */
static double critical_demand(const struct mg_outage *o, size_t load, size_t k)
{
    const struct mg_instance *mg = o->j->mg;
    const struct mg_load *item = &mg->loads.items[load];
    size_t t = o->s + k;
    if (t < mg->T) return item->critical_share * item->demand_kw.values[t];
    for (size_t i = 0; i < mg->outlook->loads.count; i++)
        if (mg->outlook->loads.keys[i].index == load)
            return item->critical_share * mg->outlook->loads.items[i].values[t - mg->T];
    return 0;
}

void mg_island_breach(const struct mg_outage *o, enum mg_rule rule, const char *map, const char *id,
                      const char *member, size_t k, double amount, double value, double limit)
{
    struct mg_judge *j = o->j;
    if (j->status != AZ_OK) return;
    const struct az_path *survival = AZ_AT(AZ_AT(NULL, "survivals"), o->survival->id);
    const struct az_path *witness = AZ_ITEM(AZ_AT(survival, "witnesses"), o->witness->index, NULL);
    const struct az_path *entry = AZ_AT(AZ_AT(witness, map), id);
    const struct az_path *path = member ? AZ_ITEM(AZ_AT(entry, member), k, NULL) : entry;
    struct az_path asset = { .up = AZ_AT(NULL, "survivals"),
                             .name = o->survival->id,
                             .label = o->survival->name };
    struct az_where where = { path, AZ_AT(AZ_AT(&asset, map), id), id,
                              az_slot_time(j->mg->start, j->mg->slot_minutes, o->s) };
    struct az_param params[] = { AZ_NUMBER_PARAM("value", az_shown_number(value)),
                                 AZ_NUMBER_PARAM("limit", az_shown_number(limit)),
                                 AZ_NUMBER_PARAM("slot", (double)k) };
    j->status = az_judge_breach(j->judgement, j->arena, &mg_rules[rule], &where, amount, false, 0,
                                3, params);
}

/* At its price where it has one; /survivals/ID/witnesses/K. */
static void tell_unserved(const struct mg_outage *o, double asked, double missing)
{
    struct mg_judge *j = o->j;
    double price = o->survival->price_jpy_per_kwh;
    bool conceded = j->mg->mode == MG_SERVICE && !isnan(price);
    size_t index = o->witness->given ? o->witness->index : o->s - o->survival->starts.first;
    struct az_path asset = { .up = AZ_AT(NULL, "survivals"),
                             .name = o->survival->id,
                             .label = o->survival->name };
    struct az_where where = { AZ_ITEM(AZ_AT(&asset, "witnesses"), index, NULL), &asset,
                              o->survival->id,
                              az_slot_time(j->mg->start, j->mg->slot_minutes, o->s) };
    struct az_param params[] = { AZ_NUMBER_PARAM("value", az_shown_number(asked - missing)),
                                 AZ_NUMBER_PARAM("limit", az_shown_number(asked)) };
    if (j->status == AZ_OK)
        j->status = az_judge_breach(j->judgement, j->arena, &mg_rules[MG_RULE_survival_served],
                                    &where, missing, conceded, price, 2, params);
}

/* survival_served: every kWh of critical demand, or at its price; without a witness nothing is
 * served */
static void judge_served(const struct mg_outage *o)
{
    const struct mg_instance *mg = o->j->mg;
    double asked = 0, missing = 0;
    for (size_t i = 0; i < mg->loads.count; i++) {
        if (!o->inside[mg->loads.items[i].grid.index]) continue;
        const struct mg_load_plan *load = o->witness->given ? o->witness->loads[i] : NULL;
        for (size_t k = 0; k < o->length; k++) {
            double demand = critical_demand(o, i, k),
                   unserved = load ? mg_at(&load->unserved_kw, k) : 0;
            if (o->witness->given && (az_under(unserved, 0) || az_over(unserved, demand)))
                mg_island_breach(o, MG_RULE_survival_load, "loads", mg->loads.items[i].id,
                                 "unserved_kw", k, fmax(-unserved, unserved - demand), unserved,
                                 demand);
            asked += demand * mg->dt;
            missing += (o->witness->given ? unserved : demand) * mg->dt;
        }
    }
    if (!(missing > az_slack(0))) return;
    tell_unserved(o, asked, missing);
}

/* --- balance ------------------------------------------------------------------------------------
 */

/* What flows into a grid of the island in a slot, unserved load apart, and out of it. kW */
static void sum_flows(const struct mg_outage *o, size_t g, size_t k, double *in, double *out)
{
    const struct mg_instance *mg = o->j->mg;
    const struct mg_laid_witness *w = o->witness;
    *in = *out = 0;
    for (size_t i = 0; i < mg->units.count; i++)
        if (w->units[i] && mg->units.items[i].grid.index == g)
            *in += mg_at(&w->units[i]->power_kw, k);
    for (size_t i = 0; i < mg->renewables.count; i++)
        if (w->renewables[i] && mg->renewables.items[i].grid.index == g)
            *in += mg_at(&w->renewables[i]->used_kw, k);
    for (size_t i = 0; i < mg->batteries.count; i++)
        if (w->batteries[i] && mg->batteries.items[i].grid.index == g) {
            *in += mg_at(&w->batteries[i]->discharge_kw, k);
            *out += mg_at(&w->batteries[i]->charge_kw, k);
        }
    for (size_t i = 0; i < mg->converters.count; i++) {
        const struct mg_converter_plan *flow = w->converters[i];
        if (!flow) continue;
        if (mg->converters.items[i].from_grid.index == g) {
            *out += mg_at(&flow->forward_in_kw, k);
            *in += mg_at(&flow->backward_out_kw, k);
        }
        if (mg->converters.items[i].to_grid.index == g) {
            *out += mg_at(&flow->backward_in_kw, k);
            *in += mg_at(&flow->forward_out_kw, k);
        }
    }
}

/* survival_balance: what flows in is what flows out; survival_formed: nothing flows in a grid that
 * nothing forms */
static void judge_grid(const struct mg_outage *o, size_t g)
{
    const struct mg_instance *mg = o->j->mg;
    const char *id = mg->grids.items[g].id;
    for (size_t k = 0; k < o->length; k++) {
        double in, out, unserved = 0;
        sum_flows(o, g, k, &in, &out);
        for (size_t i = 0; i < mg->loads.count; i++) {
            if (mg->loads.items[i].grid.index != g) continue;
            const struct mg_load_plan *load = o->witness->loads[i];
            out += critical_demand(o, i, k);
            unserved += load ? mg_at(&load->unserved_kw, k) : 0;
        }
        if (fabs(in + unserved - out) > az_slack(fmax(fabs(in + unserved), fabs(out))))
            mg_island_breach(o, MG_RULE_survival_balance, "grids", id, NULL, k,
                             fabs(in + unserved - out), in + unserved, out);
        if (in > az_slack(0) && !o->formed[g * o->length + k])
            mg_island_breach(o, MG_RULE_survival_formed, "grids", id, NULL, k, in, in, 0);
    }
}

/* --- the outage ---------------------------------------------------------------------------------
 */

static void judge_outage(struct mg_outage *o)
{
    const struct mg_instance *mg = o->j->mg;
    judge_served(o);
    if (!o->witness->given) return;
    mg_island_forms(o);
    if (o->j->status != AZ_OK) return;
    for (size_t i = 0; i < mg->units.count; i++) mg_island_unit(o, i);
    for (size_t i = 0; i < mg->renewables.count; i++) mg_island_renewable(o, i);
    for (size_t i = 0; i < mg->batteries.count; i++) mg_island_battery(o, i);
    for (size_t i = 0; i < mg->converters.count; i++) mg_island_converter(o, i);
    for (size_t i = 0; i < mg->ponds.count; i++) mg_island_pond(o, i);
    for (size_t g = 0; g < mg->grids.count; g++)
        if (o->inside[g]) judge_grid(o, g);
}

void mg_judge_survival(struct mg_judge *j, size_t v)
{
    const struct mg_instance *mg = j->mg;
    struct mg_outage o = { .j = j, .survival = &mg->survivals.items[v] };
    o.inside = AZ_ARRAY(j->arena, mg->grids.count, bool);
    o.usable = AZ_ARRAY(j->arena, mg->converters.count, bool);
    o.formed = AZ_ARRAY(j->arena, mg->grids.count * o.survival->length, bool);
    if (!o.inside || !o.usable || !o.formed) {
        j->status = AZ_NO_MEMORY;
        return;
    }
    for (size_t k = 0; k < o.survival->grids.count; k++)
        o.inside[o.survival->grids.items[k].index] = true;
    for (size_t k = 0; k < o.survival->converters.count; k++)
        o.usable[o.survival->converters.items[k].index] = true;
    for (o.s = o.survival->starts.first; o.s < o.survival->starts.last; o.s++) {
        o.length = mg_outage_slots(mg, o.survival, o.s);
        o.witness = &j->witnesses[v][o.s - o.survival->starts.first];
        judge_outage(&o);
    }
}
