/* view_tables.c - tables of a siting plan: kinds and districts, what is chosen and what is left
 * out, coverage, deliveries, money. */
#include <stdlib.h>
#include <string.h>

#include "formulations/siting/view.h"

#define FEW_ROWS 40 /* more are folded */

static enum az_table_place place_of(size_t rows)
{
    return rows > FEW_ROWS ? AZ_TABLE_FOLDED : AZ_TABLE_BODY;
}

static struct az_view_table *new_table(struct st_viewer *viewer, const char *en, const char *ja,
                                       size_t columns, size_t rows)
{
    return az_view_table(viewer->view, viewer->arena, AZ_WORDS(en, ja), columns, rows);
}

static double known(double value)
{
    return isfinite(value) ? value : 0;
}

/* --- kinds and districts ------------------------------------------------------------------------
 */

struct group {
    size_t sites, chosen;
    double kw, kwh, npv, saving, co2;
};

static void add_site(const struct st_viewer *viewer, size_t site, struct group *group)
{
    size_t at = viewer->choice[site];
    group->sites++;
    if (at == AZ_NO_INDEX) return;
    const struct st_choice *choice = &viewer->plan->choices.items[at];
    const struct st_option *option = st_option_of(viewer, choice);
    group->chosen++;
    if (option) {
        group->kw += option->pv_kw;
        group->kwh += option->battery_kwh;
    }
    group->npv += known(choice->npv_jpy);
    group->saving += known(choice->host_saving_jpy);
    group->co2 += known(choice->co2_t);
}

static void group_row(struct az_view_table *table, struct az_words words, const struct group *group)
{
    struct az_cell *cells = az_view_row(table);
    cells[0] = az_cell_words(words);
    cells[1] = az_cell_number((double)group->sites, 0);
    cells[2] = az_cell_number((double)group->chosen, 0);
    cells[3] = az_cell_number(group->kw, 0);
    cells[4] = az_cell_number(group->kwh, 0);
    cells[5] = az_cell_number(group->npv, 0);
    cells[6] = az_cell_number(group->saving, 0);
    cells[7] = az_cell_number(group->co2, 1);
}

static void group_columns(struct st_viewer *viewer, struct az_view_table *table,
                          struct az_words first)
{
    const char *unit = st_money_unit(viewer);
    az_view_column(table, first, NULL);
    az_view_column(table, AZ_WORDS("Candidates", "候補"), NULL);
    az_view_column(table, AZ_WORDS("Chosen", "採用"), NULL);
    az_view_column(table, AZ_WORDS("PV", "太陽光"), "kW");
    az_view_column(table, AZ_WORDS("Batteries", "蓄電池"), "kWh");
    az_view_signed_column(table, AZ_WORDS("Net present value", "正味現在価値"), unit, AZ_SIGN_GAIN);
    az_view_signed_column(table, AZ_WORDS("Hosts' saving, first year", "需要家の節約（初年度）"),
                          unit, AZ_SIGN_GAIN);
    az_view_signed_column(table, AZ_WORDS("Avoided carbon", "CO2 削減量"), "t", AZ_SIGN_GAIN);
}

/* What is no site's of its own: what the plan's value has beside the sum of the sites. */
#define SHARED 5

static size_t shared_values(const struct st_viewer *viewer, struct az_words words[SHARED],
                            double value[SHARED])
{
    static const struct {
        const char *code;
        struct az_words words;
    } shared[SHARED] = {
        { "reinforcement", { "Grid reinforcements", "系統増強費" } },
        { "arming", { "Arming of plants for trips", "電制装置費" } },
        { "trips", { "Expected trips after outages", "電制による期待損失" } },
        { "delivery", { "Deliveries", "配送費" } },
        { "carbon", { "Avoided carbon at its price", "CO2 削減の価値" } },
    };
    size_t count = 0;
    for (size_t i = 0; viewer->judgement && i < SHARED; i++) {
        double sum = 0;
        for (size_t k = 0; k < viewer->judgement->money.count; k++)
            if (strcmp(viewer->judgement->money.items[k].code, shared[i].code) == 0)
                sum -= viewer->judgement->money.items[k].amount;
        if (sum == 0) continue;
        words[count] = shared[i].words;
        value[count++] = sum;
    }
    return count;
}

/* The sums of the sites, what they share, and the value of the plan. */
static void total_rows(struct st_viewer *viewer, struct az_view_table *table,
                       const struct group *all)
{
    struct az_words words[SHARED];
    double value[SHARED];
    size_t count = shared_values(viewer, words, value);
    struct group total = *all;
    if (count > 0) group_row(table, AZ_WORDS("All sites", "地点の計"), all);
    for (size_t i = 0; i < count; i++) {
        struct az_cell *cells = az_view_row(table);
        cells[0] = az_cell_words(words[i]);
        for (size_t c = 1; c < 8; c++) cells[c] = az_cell_text("");
        cells[5] = az_cell_number(value[i], 0);
        total.npv += value[i];
    }
    group_row(table, AZ_WORDS("Total", "合計"), &total);
}

static enum az_status kind_table(struct st_viewer *viewer)
{
    const struct st_instance *in = viewer->in;
    struct group kinds[ST_KINDS] = { { 0 } }, all = { 0 };
    struct az_view_table *table =
        new_table(viewer, "By kind of site", "種別ごとの内訳", 8, ST_KINDS + SHARED + 2);
    if (!table) return AZ_NO_MEMORY;
    group_columns(viewer, table, AZ_WORDS("Kind", "種別"));
    for (size_t s = 0; s < in->sites.count; s++) {
        int kind = in->sites.items[s].kind;
        if (kind >= 0 && kind < ST_KINDS) add_site(viewer, s, &kinds[kind]);
        add_site(viewer, s, &all);
    }
    for (int k = 0; k < ST_KINDS; k++)
        if (kinds[k].sites > 0) group_row(table, st_kind_words(k), &kinds[k]);
    total_rows(viewer, table, &all);
    return AZ_OK;
}

static enum az_status district_table(struct st_viewer *viewer)
{
    const struct st_instance *in = viewer->in;
    size_t districts = in->districts.count;
    struct group all = { 0 };
    if (districts == 0) return AZ_OK;
    struct group *of = AZ_ARRAY(viewer->arena, districts + 1, struct group);
    struct az_view_table *table =
        new_table(viewer, "By district", "地区ごとの内訳", 8, districts + SHARED + 3);
    if (!of || !table) return AZ_NO_MEMORY;
    table->place = place_of(districts);
    group_columns(viewer, table, AZ_WORDS("District", "地区"));
    for (size_t s = 0; s < in->sites.count; s++) {
        const struct st_site *site = &in->sites.items[s];
        bool known_district = site->district.id && site->district.index < districts;
        add_site(viewer, s, &of[known_district ? site->district.index : districts]);
        add_site(viewer, s, &all);
    }
    for (size_t d = 0; d <= districts; d++) {
        struct az_ref ref = { .id = d < districts ? in->districts.items[d].id : NULL, .index = d };
        if (of[d].sites == 0) continue;
        group_row(table,
                  d < districts ? st_district_words(viewer, ref)
                                : AZ_WORDS("of no district", "地区なし"),
                  &of[d]);
    }
    total_rows(viewer, table, &all);
    return AZ_OK;
}

/* --- what is chosen -----------------------------------------------------------------------------
 */

struct ranked {
    size_t at;
    double value;
};

/* The most first; ties to the earlier. */
static int comes_first(const void *a, const void *b)
{
    const struct ranked *x = a, *y = b;
    if (x->value != y->value) return x->value > y->value ? -1 : 1;
    return x->at < y->at ? -1 : x->at > y->at;
}

/* What all rows begin with: site, kind, district. */
static void site_cells(struct st_viewer *viewer, struct az_ref ref, struct az_cell cells[])
{
    const struct st_site *site = st_site_of(viewer, ref);
    cells[0] = az_cell_words(st_site_words(viewer, ref));
    cells[1] = az_cell_words(st_kind_words(site ? site->kind : -1));
    cells[2] = az_cell_words(site && site->district.id ? st_district_words(viewer, site->district)
                                                       : AZ_WORDS("", ""));
}

static void chosen_row(struct st_viewer *viewer, const struct st_choice *choice,
                       struct az_cell cells[])
{
    const struct st_option *option = st_option_of(viewer, choice);
    long long year = option ? (long long)(viewer->in->first_year + option->year) : 0;
    site_cells(viewer, choice->site, cells);
    cells[0].strong = true;
    cells[3] = az_cell_text(option ? st_text(viewer, "%lld", year) : choice->option);
    cells[4] = az_cell_number(option ? option->pv_kw : NAN, 1);
    cells[5] = az_cell_number(option ? option->battery_kwh : NAN, 1);
    cells[6] = az_cell_number(option ? option->capex_jpy : NAN, 0);
    cells[7] = az_cell_number(option ? option->subsidy_jpy : NAN, 0);
    cells[8] = az_cell_number(choice->npv_jpy, 0);
    cells[9] = az_cell_number(100 * choice->irr, 1);
    cells[10] = az_cell_number(choice->payback_years, 1);
    cells[11] = az_cell_number(choice->host_saving_jpy, 0);
    cells[12] = az_cell_number(choice->co2_t, 2);
}

static void chosen_columns(struct st_viewer *viewer, struct az_view_table *table)
{
    const char *unit = st_money_unit(viewer);
    az_view_column(table, AZ_WORDS("Site", "地点"), NULL);
    az_view_column(table, AZ_WORDS("Kind", "種別"), NULL);
    az_view_column(table, AZ_WORDS("District", "地区"), NULL);
    az_view_column(table, AZ_WORDS("Year", "年"), NULL);
    az_view_column(table, AZ_WORDS("PV", "太陽光"), "kW");
    az_view_column(table, AZ_WORDS("Battery", "蓄電池"), "kWh");
    az_view_column(table, AZ_WORDS("Equipment", "設備費"), unit);
    az_view_column(table, AZ_WORDS("Subsidy", "補助金"), unit);
    az_view_signed_column(table, AZ_WORDS("Net present value", "正味現在価値"), unit, AZ_SIGN_GAIN);
    az_view_signed_column(table, AZ_WORDS("IRR", "IRR"), "%", AZ_SIGN_GAIN);
    az_view_column(table, AZ_WORDS("Payback", "回収"), "years");
    az_view_signed_column(table, AZ_WORDS("Host saves in the first year", "需要家の節約（初年度）"),
                          unit, AZ_SIGN_GAIN);
    az_view_column(table, AZ_WORDS("Avoided carbon", "CO2 削減量"), "t");
}

/* A title that tells how many rows of all are there. */
static struct az_words title_of(struct st_viewer *viewer, const char *en, const char *ja,
                                size_t shown, size_t count)
{
    const char *part = st_number_text(viewer, (double)shown, 0);
    const char *all = st_number_text(viewer, (double)count, 0);
    if (shown == count)
        return AZ_WORDS(st_text(viewer, "%s: %s", en, all), st_text(viewer, "%s %s か所", ja, all));
    return AZ_WORDS(st_text(viewer, "%s: %s of %s; all are in the exports", en, part, all),
                    st_text(viewer, "%s %s か所中 %s か所（全件は書き出しで）", ja, all, part));
}

static enum az_status chosen_table(struct st_viewer *viewer)
{
    size_t count = viewer->plan->choices.count;
    size_t rows = count < ST_SHOWN_ROWS ? count : ST_SHOWN_ROWS;
    struct ranked *order = AZ_ARRAY(viewer->arena, count, struct ranked);
    if (!order) return AZ_NO_MEMORY;
    if (count == 0) return AZ_OK;
    for (size_t i = 0; i < count; i++) {
        double npv = viewer->plan->choices.items[i].npv_jpy;
        order[i] = (struct ranked){ i, isfinite(npv) ? npv : -INFINITY };
    }
    qsort(order, count, sizeof *order, comes_first);
    struct az_words title = title_of(viewer, "Chosen sites, by net present value",
                                     "採用地点（正味現在価値の順）", rows, count);
    struct az_view_table *table = az_view_table(viewer->view, viewer->arena, title, 13, rows);
    if (!table) return AZ_NO_MEMORY;
    table->place = place_of(count);
    chosen_columns(viewer, table);
    for (size_t i = 0; i < rows; i++)
        chosen_row(viewer, &viewer->plan->choices.items[order[i].at], az_view_row(table));
    return AZ_OK;
}

/* --- what is left out ---------------------------------------------------------------------------
 */

/* The plan's entry of each site that is left out; [sites]. */
static const struct st_left_out **entries(struct st_viewer *viewer)
{
    const struct st_left_out **entry =
        AZ_ARRAY(viewer->arena, viewer->in->sites.count, const struct st_left_out *);
    for (size_t k = 0; entry && k < viewer->sum->left_out.count; k++) {
        const struct st_left_out *it = &viewer->sum->left_out.items[k];
        if (st_site_of(viewer, it->site)) entry[it->site.index] = it;
    }
    return entry;
}

static enum az_status left_out_table(struct st_viewer *viewer)
{
    const struct st_instance *in = viewer->in;
    const struct st_left_out **entry = entries(viewer);
    if (!entry) return AZ_NO_MEMORY;
    size_t count = 0;
    for (size_t s = 0; s < in->sites.count; s++) count += viewer->choice[s] == AZ_NO_INDEX;
    size_t rows = count < ST_SHOWN_ROWS ? count : ST_SHOWN_ROWS;
    if (count == 0) return AZ_OK;
    struct az_words title = title_of(viewer, "Sites left out", "採用しない地点", rows, count);
    struct az_view_table *table = az_view_table(viewer->view, viewer->arena, title, 6, rows);
    if (!table) return AZ_NO_MEMORY;
    table->place = place_of(count);
    az_view_column(table, AZ_WORDS("Site", "地点"), NULL);
    az_view_column(table, AZ_WORDS("Kind", "種別"), NULL);
    az_view_column(table, AZ_WORDS("District", "地区"), NULL);
    az_view_column(table, AZ_WORDS("Reason", "理由"), NULL);
    az_view_column(table, AZ_WORDS("What weighs most", "最も重い条件"), NULL);
    az_view_column(table,
                   AZ_WORDS("Including it costs at least", "採用する場合の損失（少なくとも）"),
                   st_money_unit(viewer));
    for (size_t s = 0; s < in->sites.count && table->row_count < rows; s++) {
        if (viewer->choice[s] != AZ_NO_INDEX) continue;
        struct az_cell *cells = az_view_row(table);
        const struct st_left_out *it = entry[s];
        site_cells(viewer, (struct az_ref){ .id = in->sites.items[s].id, .index = s }, cells);
        cells[3] = az_cell_words(st_reason_words(in, s, it ? it->reason : ST_REASON_UNTESTED));
        cells[4] = az_cell_words(st_limit_words(viewer, it ? it->limit : NULL));
        cells[5] = az_cell_number(it && it->lost_jpy >= 0.5 ? it->lost_jpy : NAN, 0);
    }
    return AZ_OK;
}

/* --- coverage -----------------------------------------------------------------------------------
 */

static enum az_status coverage_table(struct st_viewer *viewer)
{
    const struct st_instance *in = viewer->in;
    const struct st_summary *sum = viewer->sum;
    if (!in->coverage || sum->coverage.count == 0) return AZ_OK;
    struct az_view_table *table = new_table(viewer, "Shelters with power within reach",
                                            "電気の使える避難所のカバー", 6, sum->coverage.count);
    if (!table) return AZ_NO_MEMORY;
    az_view_column(table, AZ_WORDS("District", "地区"), NULL);
    az_view_column(table, AZ_WORDS("People", "人口"), NULL);
    az_view_column(table, AZ_WORDS("Shelters in reach", "届く避難所"), NULL);
    az_view_column(table, AZ_WORDS("of these self-sufficient", "うち自立"), NULL);
    az_view_column(table, AZ_WORDS("Needed", "必要"), NULL);
    az_view_column(table, AZ_WORDS("Covered", "カバー"), NULL);
    for (size_t k = 0; k < sum->coverage.count; k++) {
        const struct st_covered *it = &sum->coverage.items[k];
        bool there = it->district.index < in->districts.count;
        const struct st_district *district =
            there ? &in->districts.items[it->district.index] : NULL;
        struct az_cell *cells = az_view_row(table);
        cells[0] = az_cell_words(st_district_words(viewer, it->district));
        cells[1] = az_cell_number(district ? (double)district->people : NAN, 0);
        cells[2] = az_cell_number(district ? (double)district->shelter_count : NAN, 0);
        cells[3] = az_cell_number((double)it->shelters, 0);
        cells[4] = az_cell_number((double)in->coverage->shelters, 0);
        bool must = district && district->must_be_covered > 0;
        cells[5] = az_cell_words(it->covered == 1 ? AZ_WORDS("yes", "済")
                                 : must ? AZ_WORDS("no, but it must be", "未（必須）")
                                        : AZ_WORDS("no", "未"));
        cells[5].strong = it->covered != 1 && must;
    }
    return AZ_OK;
}

/* --- deliveries ---------------------------------------------------------------------------------
 */

/* What each site that is chosen delivers. */
static enum az_status delivery_table(struct st_viewer *viewer)
{
    const struct st_instance *in = viewer->in;
    const struct st_plan *plan = viewer->plan;
    if (in->customers.count == 0) return AZ_OK;
    double *amount = AZ_ARRAY(viewer->arena, in->sites.count, double);
    double *cost = AZ_ARRAY(viewer->arena, in->sites.count, double);
    size_t *customers = AZ_ARRAY(viewer->arena, in->sites.count, size_t), rows = 0;
    if (!amount || !cost || !customers) return AZ_NO_MEMORY;
    for (size_t k = 0; k < plan->served.count; k++) {
        const struct st_served *it = &plan->served.items[k];
        bool both = it->site.index < in->sites.count && it->customer.index < in->customers.count;
        if (!both || !isfinite(it->share)) continue;
        size_t s = it->site.index, at = it->customer.index * in->delivery_jpy.columns + s;
        customers[s]++;
        amount[s] += it->share * in->customers.items[it->customer.index].amount;
        if (in->delivery_jpy.values && s < in->delivery_jpy.columns)
            cost[s] += known(it->share * in->delivery_jpy.values[at]);
    }
    for (size_t i = 0; i < plan->choices.count; i++)
        rows += st_site_of(viewer, plan->choices.items[i].site) != NULL;
    if (rows == 0) return AZ_OK;
    struct az_view_table *table = new_table(viewer, "Deliveries", "配送", 5, rows);
    if (!table) return AZ_NO_MEMORY;
    table->place = place_of(rows);
    az_view_column(table, AZ_WORDS("From", "供給地点"), NULL);
    az_view_column(table, AZ_WORDS("Customers", "需要先"), NULL);
    az_view_column(table, AZ_WORDS("Amount", "量"), NULL);
    az_view_column(table, AZ_WORDS("Capacity", "能力"), NULL);
    az_view_column(table, AZ_WORDS("Cost", "費用"), st_money_unit(viewer));
    for (size_t i = 0; i < plan->choices.count; i++) {
        const struct st_choice *choice = &plan->choices.items[i];
        const struct st_option *option = st_option_of(viewer, choice);
        if (!st_site_of(viewer, choice->site)) continue;
        struct az_cell *cells = az_view_row(table);
        cells[0] = az_cell_words(st_site_words(viewer, choice->site));
        cells[1] = az_cell_number((double)customers[choice->site.index], 0);
        cells[2] = az_cell_number(amount[choice->site.index], 1);
        cells[3] = az_cell_number(option ? option->capacity : NAN, 1);
        cells[4] = az_cell_number(cost[choice->site.index], 0);
    }
    return AZ_OK;
}

/* --- money --------------------------------------------------------------------------------------
 */

static struct az_words owner_words(struct st_viewer *viewer, const char *owner)
{
    for (size_t o = 0; owner && o < viewer->in->operators.count; o++)
        if (strcmp(viewer->in->operators.items[o].id, owner) == 0)
            return st_operator_words(viewer, o);
    return owner && *owner ? st_limit_words(viewer, owner) : AZ_WORDS("", "");
}

static void money_row(struct az_view_table *table, struct az_words item, struct az_words owner,
                      double amount)
{
    struct az_cell *cells = az_view_row(table);
    cells[0] = az_cell_words(item);
    cells[1] = az_cell_words(owner);
    cells[2] = az_cell_number(amount, 0);
}

/* The cost, item by item; what comes in lowers it. */
static enum az_status money_table(struct st_viewer *viewer)
{
    const struct az_judgement *judgement = viewer->judgement;
    if (!judgement || !isfinite(judgement->cost)) return AZ_OK;
    struct az_view_table *table = new_table(viewer, "Present values of the plan", "現在価値の内訳",
                                            3, judgement->money.count + 3);
    if (!table) return AZ_NO_MEMORY;
    az_view_column(table, AZ_WORDS("Item", "項目"), NULL);
    az_view_column(table, AZ_WORDS("Of", "対象"), NULL);
    az_view_column(table, AZ_WORDS("Cost (below zero: income)", "費用（負は収入）"),
                   st_money_unit(viewer));
    for (size_t k = 0; k < judgement->money.count; k++) {
        const struct az_money *money = &judgement->money.items[k];
        money_row(table, money->item, owner_words(viewer, money->owner), money->amount);
    }
    if (judgement->penalty > 0) {
        money_row(table, AZ_WORDS("Cost of the plan", "計画の費用"), AZ_WORDS("", ""),
                  judgement->cost);
        money_row(table, AZ_WORDS("Conceded rules", "譲った規則の対価"), AZ_WORDS("", ""),
                  judgement->penalty);
    }
    money_row(table, AZ_WORDS("Total", "合計"), AZ_WORDS("", ""),
              judgement->cost + judgement->penalty);
    return AZ_OK;
}

enum az_status st_view_tables(struct st_viewer *viewer)
{
    AZ_TRY(kind_table(viewer));
    AZ_TRY(district_table(viewer));
    AZ_TRY(chosen_table(viewer));
    AZ_TRY(left_out_table(viewer));
    AZ_TRY(coverage_table(viewer));
    AZ_TRY(delivery_table(viewer));
    return money_table(viewer);
}
