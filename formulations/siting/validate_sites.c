/* validate_sites.c - sites, their options, decisions and equipment. */
#include "formulations/siting/validate.h"

size_t st_candidates(const struct st_site *site, const struct st_option **first, bool *must)
{
    *must = site->decided == ST_IN;
    *first = site->option;
    if (site->decided == ST_OUT || site->option_count == 0) return 0;
    if (site->decided_index == AZ_NO_INDEX) return site->option_count;
    *first = &site->option[site->decided_index];
    return 1;
}

/* --- options ------------------------------------------------------------------------------------
 */

/* A listed option that has no price of its own. costs: or NULL. */
static void validate_capex(const struct st_validator *v, const struct st_site *site,
                           const struct st_costs *costs, const struct st_option *option,
                           const struct az_path *at, const struct az_path *site_at)
{
    if (!isnan(option->capex_jpy)) return;
    if (!costs) {
        AZ_FIND0(v->findings, &st_code_capex_missing, AZ_AT(at, "capex_jpy"));
        return;
    }
    if (option->pv_kw > 0 && costs->pv.count == 0)
        AZ_FIND(v->findings, &st_code_no_pv_price, AZ_AT(site_at, "costs"),
                AZ_TEXT_PARAM("value", site->costs.id), AZ_TEXT_PARAM("option", option->id),
                AZ_NUMBER_PARAM("kw", option->pv_kw));
    if (option->battery_kwh > 0 && costs->battery.count == 0)
        AZ_FIND(v->findings, &st_code_no_battery_price, AZ_AT(site_at, "costs"),
                AZ_TEXT_PARAM("value", site->costs.id), AZ_TEXT_PARAM("option", option->id),
                AZ_NUMBER_PARAM("kwh", option->battery_kwh));
}

/* capex: what it costs in force. */
static void validate_option(const struct st_validator *v, const struct st_site *site,
                            const struct st_option *option, double capex, const struct az_path *at)
{
    double room = fmax(0, st_surfaces_kw(site) - site->existing_pv_kw);
    if (option->pv_kw > st_above(room))
        AZ_FIND(v->findings, &st_code_surfaces_too_small, AZ_AT(at, "pv_kw"),
                AZ_NUMBER_PARAM("value", option->pv_kw), AZ_NUMBER_PARAM("maximum", room),
                AZ_NUMBER_PARAM("over", option->pv_kw - room));
    if (option->battery_kwh > 0 && option->battery_kw <= 0)
        AZ_FIND(v->findings, &st_code_battery_without_power, AZ_AT(at, "battery_kw"),
                AZ_NUMBER_PARAM("kwh", option->battery_kwh));
    if (option->year >= v->in->years)
        AZ_FIND(v->findings, &st_code_year_outside, AZ_AT(at, "year"),
                AZ_NUMBER_PARAM("value", (double)option->year),
                AZ_NUMBER_PARAM("maximum", (double)v->in->years - 1));
    if (option->subsidy_jpy > st_above(capex))
        AZ_FIND(v->findings, &st_code_subsidy_above_capex, AZ_AT(at, "subsidy_jpy"),
                AZ_NUMBER_PARAM("value", option->subsidy_jpy), AZ_NUMBER_PARAM("maximum", capex),
                AZ_NUMBER_PARAM("over", option->subsidy_jpy - capex));
}

/* What a menu makes, from option `made` on, and the costs have no price for: the first of each. */
static void validate_made(const struct st_validator *v, const struct st_site *site,
                          const struct st_costs *costs, size_t made, const struct az_path *at)
{
    bool pv = costs->pv.count > 0, battery = costs->battery.count > 0;
    for (size_t o = made; o < site->option_count && !(pv && battery); o++) {
        struct st_option option = site->option[o];
        if (!(option.pv_kw > 0 && !pv) && !(option.battery_kwh > 0 && !battery)) continue;
        option.capex_jpy = NAN;
        if (pv) option.pv_kw = 0;
        if (battery) option.battery_kwh = 0;
        validate_capex(v, site, costs, &option, at, at);
        pv = pv || option.pv_kw > 0;
        battery = battery || option.battery_kwh > 0;
    }
}

static void validate_options(const struct st_validator *v, const struct st_site *site,
                             const struct az_path *at)
{
    size_t i = st_index(site->costs, v->in->costs.count);
    const struct st_costs *costs = i == AZ_NO_INDEX ? NULL : &v->in->costs.items[i];
    size_t made = 0; /* those in force come first, in their order */
    for (size_t k = 0; k < site->options.count; k++) {
        const struct st_option *option = &site->options.items[k];
        const struct az_path *item = AZ_ITEM(AZ_AT(at, "options"), k, option->id);
        bool in_force = made < site->option_count && site->option[made].id == option->id;
        double capex = in_force ? site->option[made++].capex_jpy : option->capex_jpy;
        validate_capex(v, site, costs, option, item, at);
        validate_option(v, site, option, capex, item);
    }
    if (!site->menu.id) return;
    if (costs)
        validate_made(v, site, costs, made, at);
    else
        AZ_FIND(v->findings, &st_code_menu_without_costs, AZ_AT(at, "costs"),
                AZ_TEXT_PARAM("value", site->menu.id));
}

/* --- sites --------------------------------------------------------------------------------------
 */

/* too_much: no site has its options, which has been told. */
static void validate_decision(const struct st_validator *v, const struct st_site *site,
                              bool too_much, const struct az_path *at)
{
    if (site->decided_option && site->decision != ST_IN)
        AZ_FIND0(v->findings, &st_code_decided_without_in, AZ_AT(at, "decided_option"));
    if (site->decided != ST_IN || too_much) return;
    if (site->option_count == 0)
        AZ_FIND0(v->findings, &st_code_decided_without_options, AZ_AT(at, "decision"));
    else if (site->decided_option && site->decided_index == AZ_NO_INDEX) {
        const char *ids = st_option_ids(site, v->arena);
        AZ_FIND(v->findings, &st_code_decided_unknown, AZ_AT(at, "decided_option"),
                AZ_TEXT_PARAM("value", site->decided_option),
                AZ_NUMBER_PARAM("count", (double)site->option_count),
                AZ_TEXT_PARAM("options", ids ? ids : "..."));
    }
}

static void validate_state(const struct st_validator *v)
{
    const struct az_path *list = AZ_AT(AZ_AT(NULL, "state"), "built");
    for (size_t k = 0; v->in->state && k < v->in->state->built.count; k++) {
        const struct st_built *built = &v->in->state->built.items[k];
        if (built->battery_kwh > 0 && built->battery_kw <= 0)
            AZ_FIND(v->findings, &st_code_battery_without_power,
                    AZ_AT(AZ_ITEM(list, k, built->site.id), "battery_kw"),
                    AZ_NUMBER_PARAM("kwh", built->battery_kwh));
    }
}

void st_validate_sites(const struct st_validator *v)
{
    bool too_much = true;
    for (size_t i = 0; i < v->in->sites.count; i++)
        too_much = too_much && !v->in->sites.items[i].option;
    for (size_t i = 0; i < v->in->sites.count; i++) {
        const struct st_site *site = &v->in->sites.items[i];
        const struct az_path *at = ST_ITEM_AT("sites", i, site->id);
        st_validate_load(v, site->load, site->year_kwh, at);
        validate_options(v, site, at);
        validate_decision(v, site, too_much, at);
        if (site->existing_battery_kwh > 0 && site->existing_battery_kw <= 0)
            AZ_FIND(v->findings, &st_code_battery_without_power, AZ_AT(at, "existing_battery_kw"),
                    AZ_NUMBER_PARAM("kwh", site->existing_battery_kwh));
    }
    validate_state(v);
}
