/* resolve_options.c - what stands at sites, and what they may get: listed options and those of
 * menus, with every member set. */
#include <stdlib.h>
#include <string.h>

#include "formulations/siting/resolve.h"

/* Sizes that differ by less are one: ids tell them apart to the watt. */
#define SIZE_STEPS 1000.0

double st_surfaces_kw(const struct st_site *site)
{
    double sum = 0;
    for (size_t k = 0; k < site->surfaces.count; k++) sum += site->surfaces.items[k].max_kw;
    return sum;
}

/* --- what is built ------------------------------------------------------------------------------
 */

static void resolve_built(struct st_instance *in)
{
    for (size_t i = 0; i < in->sites.count; i++) {
        struct st_site *site = &in->sites.items[i];
        site->built_pv_kw = site->existing_pv_kw;
        site->built_battery_kwh = site->existing_battery_kwh;
        site->built_battery_kw = site->existing_battery_kw;
        site->decided = site->decision;
        site->decided_index = AZ_NO_INDEX;
        site->operator_index = site->operator.id ? st_index(site->operator, in->operators.count)
                               : in->operators.count> 0 ? 0
                                                        : AZ_NO_INDEX;
    }
    for (size_t k = 0; in->state && k < in->state->built.count; k++) {
        const struct st_built *built = &in->state->built.items[k];
        size_t i = st_index(built->site, in->sites.count);
        if (i == AZ_NO_INDEX) continue;
        struct st_site *site = &in->sites.items[i];
        site->built_pv_kw += built->pv_kw;
        site->built_battery_kwh += built->battery_kwh;
        site->built_battery_kw += built->battery_kw;
        if (site->decision == ST_IN && (built->pv_kw > 0 || built->battery_kwh > 0))
            site->decided = ST_FREE;
    }
}

/* --- costs --------------------------------------------------------------------------------------
 */

static double class_price(const struct st_cost_class classes[], size_t count, double size)
{
    double price = 0;
    for (size_t k = 0; k < count && classes[k].from <= size; k++) price = classes[k].jpy_per_unit;
    return price * size;
}

static double capex_of(const struct st_costs *costs, const struct st_option *option)
{
    double sum = costs->fixed_jpy;
    if (option->pv_kw > 0) sum += class_price(costs->pv.items, costs->pv.count, option->pv_kw);
    if (option->battery_kwh > 0)
        sum += class_price(costs->battery.items, costs->battery.count, option->battery_kwh) +
               costs->battery_jpy_per_kw * option->battery_kw;
    return sum * pow(1 + costs->capex_change_per_year, (double)option->year);
}

/* Members that are absent, in the order in which they build on each other. costs: or NULL. */
static void fill_option(const struct st_costs *costs, struct st_option *option)
{
    if (isnan(option->inverter_kw)) option->inverter_kw = option->pv_kw;
    if (isnan(option->battery_kw)) option->battery_kw = option->battery_kwh / 2;
    if (isnan(option->capex_jpy)) option->capex_jpy = costs ? capex_of(costs, option) : 0;
    if (isnan(option->subsidy_jpy)) {
        double subsidy = costs ? costs->subsidy_share * option->capex_jpy : 0;
        bool capped = costs && !isnan(costs->subsidy_max_jpy);
        option->subsidy_jpy = capped ? fmin(subsidy, costs->subsidy_max_jpy) : subsidy;
    }
    if (isnan(option->operation_jpy_per_year))
        option->operation_jpy_per_year =
            costs ? costs->operation_jpy_per_kw_year * option->pv_kw +
                        costs->battery_operation_jpy_per_kwh_year * option->battery_kwh
                  : 0;
    if (isnan(option->rent_jpy_per_year))
        option->rent_jpy_per_year = costs ? costs->rent_jpy_per_kw_year * option->pv_kw : 0;
}

/* --- menus --------------------------------------------------------------------------------------
 */

/* Sizes of one kind, each once, in the order of the menu. */
struct size {
    double size;
    int64_t steps; /* that tell it from others */
};

struct sizes {
    struct size *items;
    size_t count, capacity;
};

static int64_t steps_of(double size)
{
    return llround(size * SIZE_STEPS);
}

static bool is_nothing(double size)
{
    return steps_of(size) == 0;
}

static void add_size(struct sizes *sizes, double size)
{
    int64_t steps = steps_of(size);
    for (size_t k = 0; k < sizes->count; k++)
        if (sizes->items[k].steps == steps) return;
    if (sizes->count < sizes->capacity) sizes->items[sizes->count++] = (struct size){ size, steps };
}

/* What a menu makes at a site, in scratch that is used over and over. */
struct maker {
    struct st_resolver *r;
    struct sizes pv, battery;
    const char **listed; /* sorted ids of the site's own options */
    size_t listed_count, listed_capacity;
};

static size_t menu_sizes(const struct st_menu *menu)
{
    size_t pv = menu->pv_kw.count + menu->pv_share.count;
    size_t battery = menu->battery_hours.count + menu->battery_kwh.count;
    return pv > battery ? pv : battery;
}

static bool menu_is_sound(const struct st_menu *menu)
{
    return menu_sizes(menu) <= ST_MAX_SIZES;
}

static void list_pv(struct maker *m, const struct st_menu *menu, const struct st_site *site)
{
    double room = fmax(0, st_surfaces_kw(site) - site->built_pv_kw);
    m->pv.count = 0;
    for (size_t k = 0; k < menu->pv_kw.count; k++)
        if (menu->pv_kw.items[k] <= st_above(room)) add_size(&m->pv, menu->pv_kw.items[k]);
    for (size_t k = 0; k < menu->pv_share.count; k++) {
        double share = menu->pv_share.items[k];
        if (is_nothing(share) || !is_nothing(share * room)) add_size(&m->pv, share * room);
    }
    if (menu->pv_kw.count + menu->pv_share.count == 0) add_size(&m->pv, 0);
}

static void list_battery(struct maker *m, const struct st_menu *menu, double pv_kw)
{
    m->battery.count = 0;
    for (size_t k = 0; k < menu->battery_hours.count; k++)
        add_size(&m->battery, menu->battery_hours.items[k] * pv_kw);
    for (size_t k = 0; k < menu->battery_kwh.count; k++)
        add_size(&m->battery, menu->battery_kwh.items[k]);
    if (menu->battery_hours.count + menu->battery_kwh.count == 0) add_size(&m->battery, 0);
}

/* A size as ids write it: "4.95", "50". */
static void print_size(double size, char text[32])
{
    snprintf(text, 32, "%.3f", size);
    char *end = text + strlen(text);
    while (end[-1] == '0') *--end = 0;
    if (end[-1] == '.') end[-1] = 0;
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static bool is_listed(const struct maker *m, const char *id)
{
    return m->listed_count > 0 &&
           bsearch(&id, m->listed, m->listed_count, sizeof *m->listed, by_text);
}

static enum az_status make_option(struct maker *m, const struct st_menu *menu, struct st_site *site,
                                  double pv_kw, double battery_kwh, int64_t year)
{
    char pv[32], battery[32], id[80];
    print_size(pv_kw, pv);
    print_size(battery_kwh, battery);
    snprintf(id, sizeof id, "pv%s-b%s-y%lld", pv, battery, (long long)year);
    if (is_listed(m, id)) return AZ_OK;
    struct st_option option = {
        .id = az_arena_text(m->r->arena, id),
        .pv_kw = pv_kw,
        .inverter_kw = menu->inverter_share * pv_kw,
        .battery_kwh = battery_kwh,
        .battery_kw = menu->battery_kw_per_kwh * battery_kwh,
        .year = year,
        .capex_jpy = NAN,
        .subsidy_jpy = NAN,
        .operation_jpy_per_year = NAN,
        .rent_jpy_per_year = NAN,
        .capacity = NAN,
    };
    if (!option.id) return AZ_NO_MEMORY;
    site->option[site->option_count++] = option;
    return AZ_OK;
}

/* Every PV size with every battery size in every year; counts when `make` is false. */
static enum az_status walk_menu(struct maker *m, const struct st_menu *menu, struct st_site *site,
                                bool make, size_t *count)
{
    static const int64_t now[] = { 0 };
    const int64_t *years = menu->years.items ? menu->years.items : now;
    size_t year_count = menu->years.items ? menu->years.count : 1;
    *count = 0;
    list_pv(m, menu, site);
    for (size_t p = 0; p < m->pv.count; p++) {
        struct size pv = m->pv.items[p];
        list_battery(m, menu, pv.size);
        for (size_t b = 0; b < m->battery.count; b++) {
            struct size battery = m->battery.items[b];
            if (pv.steps == 0 && battery.steps == 0) continue;
            *count += year_count;
            for (size_t y = 0; make && y < year_count; y++)
                AZ_TRY(make_option(m, menu, site, pv.size, battery.size, years[y]));
        }
    }
    return AZ_OK;
}

/* --- options of a site --------------------------------------------------------------------------
 */

/* Does a listed option fit beside what is built? One that does not fit beside existing PV alone is
 * an error, and stays. */
static bool is_in_force(const struct st_site *site, const struct st_option *option)
{
    double room = st_surfaces_kw(site);
    return option->pv_kw <= st_above(fmax(0, room - site->built_pv_kw)) ||
           option->pv_kw > st_above(fmax(0, room - site->existing_pv_kw));
}

static const struct st_menu *menu_of(const struct st_instance *in, const struct st_site *site)
{
    size_t i = st_index(site->menu, in->menus.count);
    if (i == AZ_NO_INDEX || !menu_is_sound(&in->menus.items[i])) return NULL;
    return &in->menus.items[i];
}

static enum az_status count_options(struct maker *m, struct st_site *site, size_t *count)
{
    const struct st_menu *menu = menu_of(m->r->in, site);
    *count = 0;
    if (menu) AZ_TRY(walk_menu(m, menu, site, false, count));
    *count += site->options.count;
    return AZ_OK;
}

static enum az_status list_ids(struct maker *m, const struct st_site *site)
{
    m->listed_count = 0;
    if (site->options.count > m->listed_capacity) {
        m->listed_capacity = 2 * site->options.count;
        m->listed = AZ_ARRAY(m->r->arena, m->listed_capacity, const char *);
        if (!m->listed) return AZ_NO_MEMORY;
    }
    for (size_t o = 0; o < site->options.count; o++)
        m->listed[m->listed_count++] = site->options.items[o].id;
    if (m->listed_count > 1) qsort(m->listed, m->listed_count, sizeof *m->listed, by_text);
    return AZ_OK;
}

static enum az_status make_options(struct maker *m, struct st_site *site, size_t capacity)
{
    const struct st_instance *in = m->r->in;
    const struct st_menu *menu = menu_of(in, site);
    size_t costs = st_index(site->costs, in->costs.count), count;
    if (!(site->option = AZ_ARRAY(m->r->arena, capacity, struct st_option))) return AZ_NO_MEMORY;
    for (size_t o = 0; o < site->options.count; o++)
        if (is_in_force(site, &site->options.items[o]))
            site->option[site->option_count++] = site->options.items[o];
    if (menu) {
        AZ_TRY(list_ids(m, site));
        AZ_TRY(walk_menu(m, menu, site, true, &count));
    }
    for (size_t o = 0; o < site->option_count; o++) {
        fill_option(costs == AZ_NO_INDEX ? NULL : &in->costs.items[costs], &site->option[o]);
        if (site->decided == ST_IN && site->decided_option && site->decided_index == AZ_NO_INDEX &&
            strcmp(site->option[o].id, site->decided_option) == 0)
            site->decided_index = o;
    }
    return AZ_OK;
}

#define SHOWN_IDS 12

const char *st_option_ids(const struct st_site *site, struct az_arena *arena)
{
    const char *text = "-";
    for (size_t o = 0; text && o < site->option_count && o < SHOWN_IDS; o++)
        text = o == 0 ? site->option[o].id
                      : az_arena_format(arena, "%s, %s", text, site->option[o].id);
    return text && site->option_count > SHOWN_IDS ? az_arena_format(arena, "%s, ...", text) : text;
}

/* Counts of every site; fits: they are not too many. Counting ends where they are. */
static enum az_status count_all(struct maker *m, size_t counts[], bool *fits)
{
    const struct st_instance *in = m->r->in;
    double total = 0, hours = (double)in->hour_count;
    double most = hours > 0 ? floor(ST_MAX_OPTION_HOURS / hours) : INFINITY;
    const struct az_path *path = AZ_AT(NULL, "sites");
    *fits = false;
    if (in->sites.count > ST_MAX_SITES) {
        AZ_FIND(m->r->findings, &st_code_too_many_sites, path,
                AZ_NUMBER_PARAM("value", (double)in->sites.count),
                AZ_NUMBER_PARAM("maximum", ST_MAX_SITES));
        return AZ_OK;
    }
    for (size_t i = 0; i < in->sites.count && total <= ST_MAX_OPTIONS; i++) {
        AZ_TRY(count_options(m, &in->sites.items[i], &counts[i]));
        total += (double)counts[i];
    }
    if (total > ST_MAX_OPTIONS)
        AZ_FIND(m->r->findings, &st_code_too_many_options, path,
                AZ_NUMBER_PARAM("maximum", ST_MAX_OPTIONS));
    else if (st_has_network(in) && total > most)
        AZ_FIND(m->r->findings, &st_code_too_many_option_hours, path,
                AZ_NUMBER_PARAM("value", total), AZ_NUMBER_PARAM("hours", hours),
                AZ_NUMBER_PARAM("maximum", most));
    else
        *fits = true;
    return AZ_OK;
}

static enum az_status maker_begin(struct maker *m)
{
    const struct st_instance *in = m->r->in;
    size_t most = 1;
    for (size_t i = 0; i < in->menus.count; i++) {
        size_t sizes = menu_sizes(&in->menus.items[i]);
        if (!menu_is_sound(&in->menus.items[i]))
            AZ_FIND(m->r->findings, &st_code_too_many_sizes,
                    ST_ITEM_AT("menus", i, in->menus.items[i].id),
                    AZ_NUMBER_PARAM("value", (double)sizes),
                    AZ_NUMBER_PARAM("maximum", ST_MAX_SIZES));
        else if (sizes > most)
            most = sizes;
    }
    m->pv.capacity = m->battery.capacity = most;
    m->pv.items = AZ_ARRAY(m->r->arena, most, struct size);
    m->battery.items = AZ_ARRAY(m->r->arena, most, struct size);
    return m->pv.items && m->battery.items ? AZ_OK : AZ_NO_MEMORY;
}

enum az_status st_resolve_options(struct st_resolver *r)
{
    struct st_instance *in = r->in;
    struct maker m = { .r = r };
    bool fits;
    resolve_built(in);
    for (size_t i = 0; i < in->sites.count; i++) {
        in->sites.items[i].option_count = 0;
        in->sites.items[i].option = NULL;
    }
    size_t *counts = AZ_ARRAY(r->arena, in->sites.count, size_t);
    if (!counts) return AZ_NO_MEMORY;
    AZ_TRY(maker_begin(&m));
    AZ_TRY(count_all(&m, counts, &fits));
    for (size_t i = 0; fits && i < in->sites.count; i++)
        AZ_TRY(make_options(&m, &in->sites.items[i], counts[i]));
    return AZ_OK;
}
