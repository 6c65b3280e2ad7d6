/* view_page.c - one page for the council: what the plan brings, and all that it rests on. */
#include <string.h>

#include "formulations/siting/tables.h"
#include "formulations/siting/view.h"

#define FACTS 11
#define ROWS 40
#define MOST_PRICES 4 /* tariffs that are told one by one */
#define MOST_CURTAILMENTS 4
#define MOST_RULES 10 /* budgets and limits */

static void add_fact(struct st_viewer *viewer, struct az_view_table *table, const char *en,
                     const char *ja, const char *value_en, const char *value_ja)
{
    (void)viewer;
    if (table->facts.count == FACTS) return;
    table->facts.items[table->facts.count++] =
        (struct az_fact){ AZ_WORDS(en, ja), AZ_WORDS(value_en, value_ja) };
}

static void add_row(struct az_view_table *table, const char *en, const char *ja,
                    struct az_words words)
{
    if (table->row_count == ROWS || (!*words.en && !*words.ja)) return;
    struct az_cell *cells = az_view_row(table);
    cells[0] = az_cell_words(AZ_WORDS(en, ja));
    cells[0].strong = true;
    cells[1] = az_cell_words(words);
}

/* --- what the plan brings -----------------------------------------------------------------------
 */

static void money_fact(struct st_viewer *viewer, struct az_view_table *table, const char *en,
                       const char *ja, double value)
{
    if (!isfinite(value)) return;
    struct az_words money = st_money_words(viewer, value);
    add_fact(viewer, table, en, ja, money.en, money.ja);
}

/* What of the net present value is avoided carbon at its price: money that nobody pays. */
static double carbon_worth(const struct st_viewer *viewer)
{
    double worth = 0;
    for (size_t k = 0; viewer->judgement && k < viewer->judgement->money.count; k++)
        if (strcmp(viewer->judgement->money.items[k].code, "carbon") == 0)
            worth -= viewer->judgement->money.items[k].amount;
    return worth;
}

static void add_facts(struct st_viewer *viewer, struct az_view_table *table)
{
    const struct st_instance *in = viewer->in;
    const struct st_summary *sum = viewer->sum;
    long long first = (long long)in->first_year, last = first + (long long)in->years - 1;
    add_fact(viewer, table, "Years", "計画期間",
             st_text(viewer, "%lld–%lld (%lld years)", first, last, (long long)in->years),
             st_text(viewer, "%lld～%lld 年（%lld 年間）", first, last, (long long)in->years));
    const char *kw = st_number_text(viewer, sum->pv_kw, 0);
    const char *kwh = st_number_text(viewer, sum->battery_kwh, 0);
    size_t chosen = viewer->plan->choices.count;
    const char *taken = st_number_text(viewer, (double)chosen, 0);
    const char *all = st_number_text(viewer, (double)in->sites.count, 0);
    if (isfinite(sum->pv_kw))
        add_fact(viewer, table, "Sites", "採用地点",
                 st_text(viewer, "%s of %s: PV %s kW, batteries %s kWh", taken, all, kw, kwh),
                 st_text(viewer, "%s か所（候補 %s か所）：太陽光 %s kW、蓄電池 %s kWh", taken, all,
                         kw, kwh));
    money_fact(viewer, table, "Net present value", "正味現在価値", sum->npv_jpy);
    double carbon = carbon_worth(viewer);
    if (carbon != 0)
        money_fact(viewer, table, "of it carbon at its price", "（うち CO2 削減の価値）", carbon);
    if (isfinite(sum->irr))
        add_fact(viewer, table, "Internal rate of return", "内部収益率（IRR）",
                 st_text(viewer, "%.1f %%", 100 * sum->irr),
                 st_text(viewer, "%.1f %%", 100 * sum->irr));
    if (isfinite(sum->payback_years))
        add_fact(viewer, table, "Payback", "回収年数",
                 st_text(viewer, "%.1f years", sum->payback_years),
                 st_text(viewer, "%.1f 年", sum->payback_years));
    money_fact(viewer, table, "Equipment", "設備費", sum->capex_jpy);
    money_fact(viewer, table, "Subsidies of the equipment", "設備費への補助金", sum->subsidy_jpy);
    double saving = 0;
    for (size_t i = 0; i < chosen; i++) saving += viewer->plan->choices.items[i].host_saving_jpy;
    money_fact(viewer, table, "Hosts save in the first year", "需要家の節約（初年度）", saving);
    if (in->carbon && isfinite(sum->co2_t))
        add_fact(viewer, table, "Avoided carbon", "CO2 削減量",
                 st_text(viewer, "%s t a year", st_number_text(viewer, sum->co2_t, 1)),
                 st_text(viewer, "年間 %s t", st_number_text(viewer, sum->co2_t, 1)));
    if (in->coverage && sum->people_covered >= 0)
        add_fact(viewer, table, "People covered", "カバー人口",
                 st_number_text(viewer, (double)sum->people_covered, 0),
                 st_text(viewer, "%s 人", st_number_text(viewer, (double)sum->people_covered, 0)));
}

/* --- money --------------------------------------------------------------------------------------
 */

static struct az_words tariff_words(struct st_viewer *viewer, const struct st_tariff *tariff)
{
    struct az_words ppa = st_price_words(viewer, tariff->ppa);
    struct az_words retail = st_price_words(viewer, tariff->retail);
    struct az_words surplus = st_price_words(viewer, tariff->surplus);
    struct az_words words = { st_text(viewer, "agreed price %s, grid %s, exports %s JPY/kWh",
                                      ppa.en, retail.en, surplus.en),
                              st_text(viewer, "PPA 単価 %s、小売単価 %s、余剰買取単価 %s（円/kWh）",
                                      ppa.ja, retail.ja, surplus.ja) };
    if (tariff->premium) {
        struct az_words premium = st_price_words(viewer, tariff->premium);
        words = st_and(viewer, words,
                       AZ_WORDS(st_text(viewer, "premium %s", premium.en),
                                st_text(viewer, "プレミアム %s", premium.ja)));
    }
    if (tariff->environmental) {
        struct az_words value = st_price_words(viewer, tariff->environmental);
        words = st_and(viewer, words,
                       AZ_WORDS(st_text(viewer, "environmental value %s", value.en),
                                st_text(viewer, "環境価値 %s", value.ja)));
    }
    long long years = (long long)tariff->contract_years;
    return st_and(viewer, words,
                  AZ_WORDS(st_text(viewer, "contract of %lld years, the host's rate %.1f %%", years,
                                   100 * tariff->host_rate),
                           st_text(viewer, "契約 %lld 年、需要家の割引率 %.1f %%", years,
                                   100 * tariff->host_rate)));
}

static void price_rows(struct st_viewer *viewer, struct az_view_table *table)
{
    const struct st_instance *in = viewer->in;
    for (size_t k = 0; k < in->tariffs.count && k < MOST_PRICES; k++) {
        const struct st_tariff *tariff = &in->tariffs.items[k];
        struct az_words name = az_name_words(viewer->arena, tariff->name, tariff->id);
        add_row(table, st_text(viewer, "Prices: %s", name.en), st_text(viewer, "単価：%s", name.ja),
                tariff_words(viewer, tariff));
    }
    if (in->tariffs.count > MOST_PRICES) {
        size_t more = in->tariffs.count - MOST_PRICES;
        add_row(table, "Prices", "単価",
                AZ_WORDS(st_text(viewer, "%zu more tariffs in the instance", more),
                         st_text(viewer, "ほか %zu 種類（入力を参照）", more)));
    }
    struct az_words rates = AZ_WORDS("", "");
    for (size_t o = 0; o < in->operators.count; o++) {
        struct az_words name = st_operator_words(viewer, o);
        double rate = 100 * in->operators.items[o].discount_rate;
        rates = st_and(viewer, rates,
                       AZ_WORDS(st_text(viewer, "%s %.1f %%", name.en, rate),
                                st_text(viewer, "%s %.1f %%", name.ja, rate)));
    }
    rates = st_and(viewer, rates,
                   AZ_WORDS(st_text(viewer, "what nobody owns %.1f %%", 100 * in->discount_rate),
                            st_text(viewer, "共通費 %.1f %%", 100 * in->discount_rate)));
    add_row(table, "Discount rates", "割引率", rates);
    if (in->carbon)
        add_row(table, "Carbon", "CO2",
                AZ_WORDS(st_text(viewer, "%s kg/kWh, %s JPY/t",
                                 st_number_text(viewer, in->carbon->co2_kg_per_kwh, 3),
                                 st_number_text(viewer, in->carbon->price_jpy_per_t, 0)),
                         st_text(viewer, "%s kg/kWh、%s 円/t",
                                 st_number_text(viewer, in->carbon->co2_kg_per_kwh, 3),
                                 st_number_text(viewer, in->carbon->price_jpy_per_t, 0))));
}

/* --- energy -------------------------------------------------------------------------------------
 */

static struct az_words curtailment_words(struct st_viewer *viewer, const struct st_curtailment *it)
{
    struct az_words days = AZ_WORDS("", "");
    for (size_t k = 0; k < it->days.count; k++) {
        size_t d = it->days.items[k].index;
        if (d >= viewer->in->typical_days.count) continue;
        const struct st_typical_day *day = &viewer->in->typical_days.items[d];
        days = st_and(viewer, days, az_name_words(viewer->arena, day->name, day->id));
    }
    if (it->days.count == 0) days = AZ_WORDS("every day", "毎日");
    const char *share = st_number_text(viewer, 100 * it->share, 1);
    int from = (int)it->from_hour, until = (int)it->until_hour;
    return AZ_WORDS(st_text(viewer, "%s %d:00–%d:00: %s %%", days.en, from, until, share),
                    st_text(viewer, "%s %d～%d 時：%s %%", days.ja, from, until, share));
}

static void energy_rows(struct st_viewer *viewer, struct az_view_table *table)
{
    const struct st_instance *in = viewer->in;
    if (in->hour_count == 0) return;
    add_row(table, "Year", "1 年の扱い",
            AZ_WORDS(st_text(viewer, "%zu typical days of 24 hours stand for 365 days",
                             in->typical_days.count),
                     st_text(viewer, "代表日 %zu 日（各 24 時間）で 365 日を代表",
                             in->typical_days.count)));
    add_row(
        table, "Behind the meter", "需要家内の運用",
        AZ_WORDS("sun serves the load first, what is over charges the battery, the rest is "
                 "exported; where it is short the battery serves, then the grid",
                 "発電はまず自家消費、余剰は蓄電池に充電、残りを売電。不足は蓄電池、次に系統から"));
    struct az_words hours = AZ_WORDS("", "");
    size_t curtailments = in->curtailments.count;
    for (size_t k = 0; k < curtailments && k < MOST_CURTAILMENTS; k++)
        hours = st_and(viewer, hours, curtailment_words(viewer, &in->curtailments.items[k]));
    if (curtailments > MOST_CURTAILMENTS) {
        size_t more = curtailments - MOST_CURTAILMENTS;
        hours = st_and(
            viewer, hours,
            AZ_WORDS(st_text(viewer, "%zu more", more), st_text(viewer, "ほか %zu 件", more)));
    }
    add_row(
        table, "Curtailed exports", "出力制御",
        in->curtailments.count == 0
            ? AZ_WORDS("none", "なし")
            : AZ_WORDS(st_text(viewer, "%s of exports that are not firm (houses below 10 kW are)",
                               hours.en),
                       st_text(viewer, "%s（ノンファームの売電分。10 kW 未満の住宅は対象外）",
                               hours.ja)));
    double low = INFINITY, high = -INFINITY;
    for (size_t k = 0; k < in->costs.count; k++) {
        low = fmin(low, 100 * in->costs.items[k].degradation_per_year);
        high = fmax(high, 100 * in->costs.items[k].degradation_per_year);
    }
    if (low <= high) {
        const char *a = st_number_text(viewer, low, 2), *b = st_number_text(viewer, high, 2);
        add_row(table, "Yield falls by", "発電量の低下",
                low == high
                    ? AZ_WORDS(st_text(viewer, "%s %% a year", a), st_text(viewer, "年 %s %%", a))
                    : AZ_WORDS(st_text(viewer, "%s to %s %% a year", a, b),
                               st_text(viewer, "年 %s～%s %%", a, b)));
    }
}

/* --- network and rules --------------------------------------------------------------------------
 */

static void network_rows(struct st_viewer *viewer, struct az_view_table *table)
{
    const struct st_instance *in = viewer->in;
    struct az_words words = AZ_WORDS("", "");
    if (in->banks.count > 0)
        words = AZ_WORDS(st_text(viewer, "banks: %zu", in->banks.count),
                         st_text(viewer, "バンク %zu", in->banks.count));
    if (in->feeders.count > 0)
        words = st_and(viewer, words,
                       AZ_WORDS(st_text(viewer, "feeders: %zu", in->feeders.count),
                                st_text(viewer, "配電線 %zu", in->feeders.count)));
    if (in->lines.count > 0)
        words = st_and(
            viewer, words,
            AZ_WORDS(st_text(viewer, "lines with their voltages: %zu (linear flow without losses)",
                             in->lines.count),
                     st_text(viewer, "線路 %zu と電圧（損失を略した線形潮流）", in->lines.count)));
    if (in->upstream)
        words = st_and(viewer, words,
                       AZ_WORDS(st_text(viewer, "circuits: %zu, also after the outage of one",
                                        in->upstream->circuits.count),
                                st_text(viewer, "上位系統 %zu 回線（1 回線事故時も）",
                                        in->upstream->circuits.count)));
    add_row(table, "Network that is checked", "検査した系統",
            *words.en ? words : AZ_WORDS("none", "なし"));
    const struct st_summary *sum = viewer->sum;
    if (in->lines.count > 0 && isfinite(sum->lowest_pu) && isfinite(sum->highest_pu))
        add_row(
            table, "Voltage with losses", "損失を含む電圧",
            AZ_WORDS(st_text(viewer, "%.4f to %.4f p.u.; %lld nodes and hours outside limits",
                             sum->lowest_pu, sum->highest_pu,
                             (long long)(sum->voltage_warnings > 0 ? sum->voltage_warnings : 0)),
                     st_text(viewer, "%.4f～%.4f p.u.（限度外 %lld 点・時間）", sum->lowest_pu,
                             sum->highest_pu,
                             (long long)(sum->voltage_warnings > 0 ? sum->voltage_warnings : 0))));
}

static void rule_rows(struct st_viewer *viewer, struct az_view_table *table)
{
    const struct st_instance *in = viewer->in;
    const struct st_coverage *coverage = in->coverage;
    struct az_words rules = AZ_WORDS("", ""), between = AZ_WORDS("; ", "；");
    size_t told = 0;
    for (size_t k = 0; k < in->budgets.count && told < MOST_RULES; k++, told++)
        rules = st_join(viewer, rules, st_budget_words(viewer, &in->budgets.items[k]), between);
    for (size_t k = 0; k < in->limits.count && told < MOST_RULES; k++, told++)
        rules = st_join(viewer, rules, st_rule_words(viewer, &in->limits.items[k]), between);
    size_t more = in->budgets.count + in->limits.count - told;
    if (more > 0)
        rules =
            st_join(viewer, rules,
                    AZ_WORDS(st_text(viewer, "%zu more (see “What holds the plan back”)", more),
                             st_text(viewer, "ほか %zu 件（「計画を制約する条件」を参照）", more)),
                    between);
    add_row(table, "Budgets and limits", "予算・条件", rules);
    if (!coverage) return;
    long long shelters = (long long)coverage->shelters;
    const char *hours = st_number_text(viewer, coverage->backup_hours, 0);
    struct az_words reach = AZ_WORDS("as districts list them", "地区ごとの指定による");
    if (isfinite(coverage->reach_km)) {
        const char *km = st_number_text(viewer, coverage->reach_km, 1);
        reach = AZ_WORDS(st_text(viewer, "within %s km by road", km),
                         st_text(viewer, "道のり %s km 以内", km));
    }
    add_row(table, "A district is covered by", "地区のカバー",
            AZ_WORDS(st_text(viewer,
                             "shelters: %lld, each of which lasts %s hours without the grid, %s",
                             shelters, hours, reach.en),
                     st_text(viewer, "停電時に %s 時間自立できる避難所 %lld か所（%s）", hours,
                             shelters, reach.ja)));
}

/* Sites that are left out for the same reason, in the same words. */
struct reason {
    struct az_words words;
    size_t count;
};
#define MOST_REASONS 8

static void count_reason(struct reason list[MOST_REASONS], struct az_words words)
{
    size_t k = 0;
    while (k + 1 < MOST_REASONS && list[k].count > 0 && strcmp(list[k].words.en, words.en) != 0)
        k++;
    list[k].words = words;
    list[k].count++;
}

/* Sites that are left out, by reason. */
static enum az_status left_out_words(struct st_viewer *viewer, struct az_words *words)
{
    const struct st_instance *in = viewer->in;
    struct reason list[MOST_REASONS] = { { { 0 }, 0 } };
    int *reason = AZ_ARRAY(viewer->arena, in->sites.count, int); /* zero: untested */
    if (!reason) return AZ_NO_MEMORY;
    for (size_t k = 0; k < viewer->sum->left_out.count; k++) {
        const struct st_left_out *it = &viewer->sum->left_out.items[k];
        if (st_site_of(viewer, it->site)) reason[it->site.index] = it->reason;
    }
    for (size_t s = 0; s < in->sites.count; s++)
        if (viewer->choice[s] == AZ_NO_INDEX) count_reason(list, st_reason_words(in, s, reason[s]));
    *words = AZ_WORDS("", "");
    for (size_t k = 0; k < MOST_REASONS && list[k].count > 0; k++) {
        const char *count = st_number_text(viewer, (double)list[k].count, 0);
        *words = st_join(viewer, *words,
                         AZ_WORDS(st_text(viewer, "%s: %s", count, list[k].words.en),
                                  st_text(viewer, "%s か所：%s", count, list[k].words.ja)),
                         AZ_WORDS("; ", "；"));
    }
    return AZ_OK;
}

enum az_status st_view_page(struct st_viewer *viewer)
{
    const struct st_instance *in = viewer->in;
    struct az_words title = AZ_WORDS("Summary for the council", "計画の概要（議会説明用）");
    struct az_view_table *table = az_view_table(viewer->view, viewer->arena, title, 2, ROWS);
    if (!table) return AZ_NO_MEMORY;
    table->place = AZ_TABLE_PAGE;
    table->no_room = true;
    table->facts.items = AZ_ARRAY(viewer->arena, FACTS, struct az_fact);
    if (!table->facts.items) return AZ_NO_MEMORY;
    az_view_column(table, AZ_WORDS("Assumption", "前提"), NULL);
    az_view_column(table, AZ_WORDS("What is taken", "内容"), NULL);
    add_facts(viewer, table);
    int aim = in->objective >= 0 && in->objective < ST_OBJECTIVES ? in->objective : 0;
    add_row(table, "Aim", "目的", st_objectives[aim].words);
    price_rows(viewer, table);
    energy_rows(viewer, table);
    network_rows(viewer, table);
    rule_rows(viewer, table);
    add_row(table, "Hosts", "需要家",
            AZ_WORDS("no host pays more than before in any year of its contract",
                     "契約期間のどの年も、需要家の支払いは従来を上回らない"));
    struct az_words left_out;
    AZ_TRY(left_out_words(viewer, &left_out));
    add_row(table, "Left out", "不採用", left_out);
    return AZ_OK;
}
