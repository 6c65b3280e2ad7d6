/* view_network.c - tables of the network: how full it is, what holds the plan back and what more
 * would bring, reinforcements, what trips after an outage. */
#include <string.h>

#include "formulations/siting/view.h"

#define NEAR_PU 0.001 /* of a voltage's limit */

bool st_is_node(const struct st_loading *it)
{
    return it->what && strcmp(it->what, "node") == 0;
}

double st_share_of(const struct st_loading *it)
{
    return st_is_node(it) || !(fabs(it->limit) > 0) ? NAN : fabs(it->value) / fabs(it->limit);
}

struct az_words st_loading_words(struct st_viewer *viewer, const struct st_loading *it)
{
    struct az_words words = st_element_words(viewer, it->what, it->element);
    bool either = it->what && (strcmp(it->what, "feeder") == 0 || strcmp(it->what, "bank") == 0);
    if (either && it->value > 0)
        words = AZ_WORDS(st_text(viewer, "%s, reverse flow", words.en),
                         st_text(viewer, "%s の逆潮流", words.ja));
    if (!it->outage) return words;
    return AZ_WORDS(st_text(viewer, "%s, %s out", words.en, it->outage),
                    st_text(viewer, "%s（%s 事故後）", words.ja, it->outage));
}

const char *st_loading_unit(const struct st_loading *it)
{
    return it->what && strcmp(it->what, "line") == 0 ? "kVA" : "kW";
}

static double worth_of(const struct st_viewer *viewer, const char *id)
{
    for (size_t k = 0; id && k < viewer->sum->worths.count; k++)
        if (viewer->sum->worths.items[k].limit &&
            strcmp(viewer->sum->worths.items[k].limit, id) == 0)
            return viewer->sum->worths.items[k].jpy_per_unit;
    return NAN;
}

/* --- loadings -----------------------------------------------------------------------------------
 */

static enum az_status loading_table(struct st_viewer *viewer)
{
    size_t count = viewer->sum->loadings.count;
    if (count == 0) return AZ_OK;
    if (count > ST_SHOWN_ROWS) count = ST_SHOWN_ROWS;
    struct az_view_table *table = az_view_table(
        viewer->view, viewer->arena,
        AZ_WORDS("Every element in its fullest hour", "各設備の最も厳しい時間"), 6, count);
    if (!table) return AZ_NO_MEMORY;
    table->place = AZ_TABLE_FOLDED;
    az_view_column(table, AZ_WORDS("Element", "設備"), NULL);
    az_view_column(table, AZ_WORDS("Hour", "時間"), NULL);
    az_view_column(table, AZ_WORDS("Value (kW, kVA, p.u.)", "値（kW・kVA・p.u.）"), NULL);
    az_view_column(table, AZ_WORDS("Limit", "限度"), NULL);
    az_view_column(table, AZ_WORDS("In use", "利用率"), "%");
    az_view_column(
        table,
        AZ_WORDS("One kW more is worth about (see notes)", "1 kW 増の価値（目安。注記参照）"),
        st_money_unit(viewer));
    for (size_t k = 0; k < count; k++) {
        const struct st_loading *it = &viewer->sum->loadings.items[k];
        struct az_cell *cells = az_view_row(table);
        int decimals = st_is_node(it) ? 4 : 1;
        cells[0] = az_cell_words(st_loading_words(viewer, it));
        cells[1] = az_cell_words(st_hour_words(viewer, it->hour));
        cells[2] = az_cell_number(fabs(it->value), decimals);
        cells[3] = az_cell_number(fabs(it->limit), decimals);
        cells[4] = az_cell_number(100 * st_share_of(it), 1);
        cells[5] = az_cell_number(it->worth_jpy_per_kw, 0);
    }
    return AZ_OK;
}

/* --- limits -------------------------------------------------------------------------------------
 */

static bool counts(const struct st_viewer *viewer, const struct st_limit *limit, size_t site)
{
    const struct st_site *it = &viewer->in->sites.items[site];
    if (limit->kind >= 0 && it->kind != limit->kind) return false;
    if (limit->operator.id && it->operator_index != limit->operator.index) return false;
    return !limit->district.id || (it->district.id && it->district.index == limit->district.index);
}

static double people_of(const struct st_viewer *viewer, const struct st_limit *limit)
{
    double people = 0;
    for (size_t k = 0; k < viewer->sum->coverage.count; k++) {
        const struct st_covered *it = &viewer->sum->coverage.items[k];
        bool here = !limit->district.id || limit->district.index == it->district.index;
        if (here && it->covered == 1 && it->district.index < viewer->in->districts.count)
            people += (double)viewer->in->districts.items[it->district.index].people;
    }
    return people;
}

/* What a site adds to a limit of sums. */
static double part_of(const struct st_viewer *viewer, const struct st_limit *limit, size_t site)
{
    const struct st_site *it = &viewer->in->sites.items[site];
    size_t at = viewer->choice[site];
    const struct st_choice *choice = at == AZ_NO_INDEX ? NULL : &viewer->plan->choices.items[at];
    const struct st_option *option = choice ? st_option_of(viewer, choice) : NULL;
    if (limit->what == ST_ROOF_SHARE)
        return it->built_pv_kw > 0 || (option && option->pv_kw > 0) ? 1 : 0;
    if (!option) return 0;
    switch (limit->what) {
    case ST_COUNT:
        return 1;
    case ST_PV_KW:
        return option->pv_kw;
    case ST_BATTERY_KW:
        return option->battery_kw;
    case ST_BATTERY_KWH:
        return option->battery_kwh;
    case ST_CO2_T:
        return choice->co2_t;
    default:
        return 0;
    }
}

static double used_of(const struct st_viewer *viewer, const struct st_limit *limit)
{
    double sum = 0, roofs = 0;
    if (limit->what == ST_PEOPLE_COVERED) return people_of(viewer, limit);
    if (limit->what == ST_NPV_JPY) return viewer->sum->npv_jpy;
    for (size_t s = 0; s < viewer->in->sites.count; s++) {
        const struct st_site *site = &viewer->in->sites.items[s];
        if (!counts(viewer, limit, s)) continue;
        sum += part_of(viewer, limit, s);
        roofs += site->surfaces.count > 0 || site->built_pv_kw > 0 || part_of(viewer, limit, s) > 0;
    }
    if (limit->what != ST_ROOF_SHARE) return sum;
    return roofs > 0 ? 100 * sum / roofs : 0;
}

/* Reinforcements and arming of the plan. */
static double shared_jpy(const struct st_viewer *viewer)
{
    double sum = 0;
    for (size_t k = 0; viewer->judgement && k < viewer->judgement->money.count; k++) {
        const struct az_money *money = &viewer->judgement->money.items[k];
        bool shared =
            strcmp(money->code, "reinforcement") == 0 || strcmp(money->code, "arming") == 0;
        if (shared) sum += money->amount;
    }
    return sum;
}

static double spent_of(const struct st_viewer *viewer, const struct st_budget *budget)
{
    const struct st_instance *in = viewer->in;
    int64_t from = budget->from_year, until = budget->until_year;
    if (from == AZ_NO_INTEGER) from = 0;
    if (until == AZ_NO_INTEGER) until = in->years - 1;
    double sum = !budget->operator.id && from == 0 ? shared_jpy(viewer) : 0;
    for (size_t i = 0; i < viewer->plan->choices.count; i++) {
        const struct st_choice *choice = &viewer->plan->choices.items[i];
        const struct st_site *site = st_site_of(viewer, choice->site);
        const struct st_option *option = st_option_of(viewer, choice);
        if (!option || option->year < from || option->year > until) continue;
        if (budget->operator.id && site->operator_index != budget->operator.index) continue;
        sum += option->capex_jpy - option->subsidy_jpy;
    }
    return sum;
}

/* Whole numbers as such; large ones without decimals. */
static struct az_cell amount_cell(double value)
{
    return az_cell_number(value, value == round(value) || !(fabs(value) < 1000) ? 0 : 1);
}

static void limit_row(struct az_view_table *table, struct az_words words, double used, double least,
                      double most, const char *unit, double worth)
{
    struct az_cell *cells = az_view_row(table);
    bool binds = (isfinite(least) && used <= least + 1e-6 * fmax(1, fabs(least))) ||
                 (isfinite(most) && used >= most - 1e-6 * fmax(1, fabs(most))) || worth > 0;
    cells[0] = az_cell_words(words);
    cells[0].strong = binds;
    cells[1] = amount_cell(used);
    cells[2] = amount_cell(least);
    cells[3] = amount_cell(most);
    cells[4] = az_cell_number(worth, fabs(worth) < 100 ? 3 : 0);
    cells[5] = strcmp(unit, "JPY") == 0 ? az_cell_words(AZ_WORDS("JPY", "円")) : az_cell_text(unit);
}

static const char *limit_unit(const struct st_viewer *viewer, const struct st_limit *limit)
{
    static const char *const units[] = {
        [ST_COUNT] = "",       [ST_PV_KW] = "kW", [ST_BATTERY_KW] = "kW",  [ST_BATTERY_KWH] = "kWh",
        [ST_ROOF_SHARE] = "%", [ST_CO2_T] = "t",  [ST_PEOPLE_COVERED] = ""
    };
    if (limit->what == ST_NPV_JPY) return st_money_unit(viewer);
    return limit->what >= 0 && limit->what < ST_NPV_JPY ? units[limit->what] : "";
}

static bool is_full(const struct st_loading *it)
{
    if (st_is_node(it)) return fabs(it->value - it->limit) <= NEAR_PU;
    return st_share_of(it) >= ST_NEARLY_FULL;
}

/* What more of an element is worth, told where it is fullest: a circuit is there as it is and after
 * every outage. */
static double worth_here(const struct st_viewer *viewer, const struct st_loading *it)
{
    double worth =
        isfinite(it->worth_jpy_per_kw) ? it->worth_jpy_per_kw : worth_of(viewer, it->element);
    for (size_t k = 0; worth > 0 && k < viewer->sum->loadings.count; k++) {
        const struct st_loading *other = &viewer->sum->loadings.items[k];
        bool same = other != it && other->element && it->element &&
                    strcmp(other->element, it->element) == 0;
        if (same && st_share_of(other) > st_share_of(it)) return NAN;
    }
    return worth;
}

static void element_row(struct st_viewer *viewer, struct az_view_table *table,
                        const struct st_loading *it)
{
    struct az_words hour = st_hour_words(viewer, it->hour), words = st_loading_words(viewer, it);
    bool low = st_is_node(it) && it->limit < 1;
    double limit = fabs(it->limit); /* words tell the direction */
    words = AZ_WORDS(st_text(viewer, "%s (%s)", words.en, hour.en),
                     st_text(viewer, "%s（%s）", words.ja, hour.ja));
    limit_row(table, words, fabs(it->value), low ? limit : NAN, low ? NAN : limit,
              st_is_node(it) ? "p.u." : st_loading_unit(it), worth_here(viewer, it));
    struct az_cell *cells = &table->cells[(table->row_count - 1) * table->columns.count];
    for (size_t c = 1; st_is_node(it) && c < 4; c++) cells[c].decimals = 4;
}

static void limit_columns(struct st_viewer *viewer, struct az_view_table *table)
{
    az_view_column(table, AZ_WORDS("Limit (strong: it binds)", "条件（太字は制約中）"), NULL);
    az_view_column(table, AZ_WORDS("The plan has", "計画の値"), NULL);
    az_view_column(table, AZ_WORDS("at least", "下限"), NULL);
    az_view_column(table, AZ_WORDS("at most", "上限"), NULL);
    az_view_column(table,
                   AZ_WORDS("Eased by one unit, worth about (see notes)",
                            "1 単位緩めた価値（目安。注記参照）"),
                   st_money_unit(viewer));
    az_view_column(table, AZ_WORDS("Unit", "単位"), NULL);
}

/* A budget, and what it counts: with what nobody owns where it is of all from the beginning. */
static struct az_words spending_words(struct st_viewer *viewer, const struct st_budget *budget)
{
    struct az_words words = st_budget_words(viewer, budget);
    bool from_start = budget->from_year == AZ_NO_INTEGER || budget->from_year == 0;
    double shared = !budget->operator.id && from_start ? shared_jpy(viewer) : 0;
    if (!(shared > 0))
        return AZ_WORDS(st_text(viewer, "%s (equipment less subsidies)", words.en),
                        st_text(viewer, "%s（設備費から補助金を控除）", words.ja));
    struct az_words money = st_money_words(viewer, shared);
    return AZ_WORDS(st_text(viewer,
                            "%s (equipment less subsidies, and grid reinforcements and arming of "
                            "%s)",
                            words.en, money.en),
                    st_text(viewer, "%s（設備費から補助金を控除、系統増強・電制装置の %s を含む）",
                            words.ja, money.ja));
}

/* Limits, budgets, and the elements of the network that are full or worth something. */
static enum az_status limit_table(struct st_viewer *viewer)
{
    const struct st_instance *in = viewer->in;
    const struct st_summary *sum = viewer->sum;
    size_t rows = in->limits.count + in->budgets.count;
    bool *told = AZ_ARRAY(viewer->arena, sum->loadings.count, bool);
    if (!told) return AZ_NO_MEMORY;
    for (size_t k = 0; k < sum->loadings.count; k++) {
        const struct st_loading *it = &sum->loadings.items[k];
        told[k] = rows < ST_SHOWN_ROWS && (is_full(it) || worth_here(viewer, it) > 0);
        rows += told[k];
    }
    if (rows == 0 || !viewer->fits) return AZ_OK;
    struct az_view_table *table =
        az_view_table(viewer->view, viewer->arena,
                      AZ_WORDS("What holds the plan back", "計画を制約する条件"), 6, rows);
    if (!table) return AZ_NO_MEMORY;
    limit_columns(viewer, table);
    for (size_t k = 0; k < in->budgets.count; k++)
        limit_row(table, spending_words(viewer, &in->budgets.items[k]),
                  spent_of(viewer, &in->budgets.items[k]), NAN, in->budgets.items[k].jpy,
                  st_money_unit(viewer), worth_of(viewer, in->budgets.items[k].id));
    for (size_t k = 0; k < in->limits.count; k++) {
        const struct st_limit *limit = &in->limits.items[k];
        double factor = limit->what == ST_ROOF_SHARE ? 100 : 1;
        limit_row(table, st_rule_words(viewer, limit), used_of(viewer, limit), factor * limit->min,
                  factor * limit->max, limit_unit(viewer, limit), worth_of(viewer, limit->id));
    }
    for (size_t k = 0; k < sum->loadings.count; k++)
        if (told[k]) element_row(viewer, table, &sum->loadings.items[k]);
    return AZ_OK;
}

/* --- reinforcements -----------------------------------------------------------------------------
 */

static void reinforcement_row(struct st_viewer *viewer, struct az_view_table *table,
                              const char *what, const char *element,
                              const struct st_reinforcement *it)
{
    struct az_cell *cells = az_view_row(table);
    cells[0] = az_cell_text(it->id);
    cells[1] = az_cell_words(st_element_words(viewer, what, element));
    cells[2] = az_cell_number(it->adds_kw, 0);
    cells[3] = az_cell_number(it->cost_jpy, 0);
}

/* Rows of the reinforcements of a list of elements that the plan has. */
#define REINFORCEMENTS_OF(list, what_)                                                    \
    for (size_t e = 0; e < (list).count; e++)                                             \
        for (size_t k = 0; k < (list).items[e].reinforcements.count; k++) {               \
            const struct st_reinforcement *it = &(list).items[e].reinforcements.items[k]; \
            if (is_chosen(viewer, it->id) && table->row_count < rows)                     \
                reinforcement_row(viewer, table, (what_), (list).items[e].id, it);        \
        }

static bool is_chosen(const struct st_viewer *viewer, const char *id)
{
    for (size_t k = 0; k < viewer->plan->reinforcements.count; k++)
        if (viewer->plan->reinforcements.items[k] &&
            strcmp(viewer->plan->reinforcements.items[k], id) == 0)
            return true;
    return false;
}

static enum az_status reinforcement_table(struct st_viewer *viewer)
{
    const struct st_instance *in = viewer->in;
    size_t rows = viewer->plan->reinforcements.count;
    if (rows == 0) return AZ_OK;
    struct az_view_table *table =
        az_view_table(viewer->view, viewer->arena, AZ_WORDS("Reinforcements", "系統増強"), 4, rows);
    if (!table) return AZ_NO_MEMORY;
    az_view_column(table, AZ_WORDS("Reinforcement", "増強"), NULL);
    az_view_column(table, AZ_WORDS("Of", "対象"), NULL);
    az_view_column(table, AZ_WORDS("Adds", "増分"), "kW");
    az_view_column(table, AZ_WORDS("Costs", "費用"), st_money_unit(viewer));
    REINFORCEMENTS_OF(in->banks, "bank")
    REINFORCEMENTS_OF(in->feeders, "feeder")
    REINFORCEMENTS_OF(in->lines, "line")
    return AZ_OK;
}

/* --- trips --------------------------------------------------------------------------------------
 */

struct tripped {
    const struct st_trip *first;
    size_t hours;
    double most_kw, kwh, jpy; /* expected in a year */
};

static bool is_same_trip(const struct st_trip *a, const struct st_trip *b)
{
    return a->circuit.index == b->circuit.index && a->plant.index == b->plant.index &&
           a->plant.collection == b->plant.collection;
}

/* Trips of the same plant after the same outage, together. */
static size_t gather_trips(const struct st_viewer *viewer, struct tripped list[])
{
    const struct st_instance *in = viewer->in;
    size_t count = 0;
    for (size_t t = 0; t < viewer->plan->trips.count; t++) {
        const struct st_trip *trip = &viewer->plan->trips.items[t];
        bool known = in->upstream && trip->circuit.index < in->upstream->circuits.count &&
                     trip->hour >= 0 && trip->hour < (int64_t)in->hour_count;
        if (!known || !isfinite(trip->kw)) continue;
        size_t k = 0;
        while (k < count && !is_same_trip(list[k].first, trip)) k++;
        if (k == count) list[count++] = (struct tripped){ .first = trip };
        double hours = in->upstream->circuits.items[trip->circuit.index].outage_hours_per_year;
        double kwh = trip->kw * in->hour_days[trip->hour] * hours / ST_YEAR_HOURS, price = 0;
        if (trip->plant.collection == 0 && trip->plant.index < in->upstream->plants.count)
            price = in->upstream->plants.items[trip->plant.index].lost_jpy_per_kwh;
        if (trip->plant.collection == 1 && trip->plant.index < in->sites.count)
            price = in->sites.items[trip->plant.index].lost_jpy_per_kwh;
        list[k].hours++;
        list[k].most_kw = fmax(list[k].most_kw, trip->kw);
        list[k].kwh += kwh;
        list[k].jpy += kwh * price;
    }
    return count;
}

static struct az_words plant_words(struct st_viewer *viewer, struct az_ref plant)
{
    if (plant.collection == 1) return st_site_words(viewer, plant);
    return st_element_words(viewer, "plant", plant.id);
}

static size_t count_armed(const struct st_viewer *viewer)
{
    size_t count = viewer->plan->armed.count;
    for (size_t i = 0; i < viewer->plan->choices.count; i++)
        count += viewer->plan->choices.items[i].armed == 1;
    return count;
}

static bool trips_any(const struct tripped list[], size_t count, int collection, size_t index)
{
    for (size_t k = 0; k < count; k++)
        if (list[k].first->plant.collection == collection && list[k].first->plant.index == index)
            return true;
    return false;
}

/* Armed, but tripped in no hour. */
static void idle_row(struct az_view_table *table, struct az_words words)
{
    struct az_cell *cells = az_view_row(table);
    cells[0] = az_cell_words(words);
    cells[1] = az_cell_words(AZ_WORDS("none", "なし"));
    for (size_t c = 2; c < 6; c++) cells[c] = az_cell_number(0, 0);
}

static enum az_status trip_table(struct st_viewer *viewer)
{
    const struct st_plan *plan = viewer->plan;
    struct tripped *list = AZ_ARRAY(viewer->arena, plan->trips.count, struct tripped);
    if (!list) return AZ_NO_MEMORY;
    size_t count = gather_trips(viewer, list), rows = count + count_armed(viewer);
    if (rows == 0) return AZ_OK;
    struct az_view_table *table = az_view_table(
        viewer->view, viewer->arena,
        AZ_WORDS("Armed plants, and what trips after an outage", "電制の対象と事故時の遮断"), 6,
        rows);
    if (!table) return AZ_NO_MEMORY;
    az_view_column(table, AZ_WORDS("Plant or site", "発電所・地点"), NULL);
    az_view_column(table, AZ_WORDS("Outage", "事故"), NULL);
    az_view_column(table, AZ_WORDS("Hours in which it trips", "遮断のある時間"), NULL);
    az_view_column(table, AZ_WORDS("At most", "最大"), "kW");
    az_view_column(table, AZ_WORDS("Expected a year", "年間期待量"), "kWh");
    az_view_column(table, AZ_WORDS("Expected loss a year", "年間期待損失"), st_money_unit(viewer));
    for (size_t k = 0; k < count; k++) {
        struct az_cell *cells = az_view_row(table);
        cells[0] = az_cell_words(plant_words(viewer, list[k].first->plant));
        cells[1] = az_cell_words(st_element_words(viewer, "circuit", list[k].first->circuit.id));
        cells[2] = az_cell_number((double)list[k].hours, 0);
        cells[3] = az_cell_number(list[k].most_kw, 0);
        cells[4] = az_cell_number(list[k].kwh, 1);
        cells[5] = az_cell_number(list[k].jpy, 0);
    }
    for (size_t k = 0; k < plan->armed.count; k++)
        if (!trips_any(list, count, 0, plan->armed.items[k].index))
            idle_row(table, plant_words(viewer, plan->armed.items[k]));
    for (size_t i = 0; i < plan->choices.count; i++)
        if (plan->choices.items[i].armed == 1 &&
            !trips_any(list, count, 1, plan->choices.items[i].site.index))
            idle_row(table, st_site_words(viewer, plan->choices.items[i].site));
    return AZ_OK;
}

enum az_status st_view_network(struct st_viewer *viewer)
{
    AZ_TRY(limit_table(viewer));
    AZ_TRY(reinforcement_table(viewer));
    AZ_TRY(trip_table(viewer));
    return loading_table(viewer);
}
