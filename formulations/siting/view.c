/* view.c - a siting plan as neutral figures: key numbers, and what all files of the view share. */
#include "formulations/siting/view.h"

#include <string.h>

#define MANY_JPY 1e8
#define MANY_KWH 1e6

/* --- what the plan has --------------------------------------------------------------------------
 */

const struct st_site *st_site_of(const struct st_viewer *viewer, struct az_ref ref)
{
    return ref.id && ref.index < viewer->in->sites.count ? &viewer->in->sites.items[ref.index]
                                                         : NULL;
}

const struct st_option *st_option_of(const struct st_viewer *viewer, const struct st_choice *choice)
{
    const struct st_site *site = st_site_of(viewer, choice->site);
    for (size_t o = 0; site && choice->option && o < site->option_count; o++)
        if (strcmp(site->option[o].id, choice->option) == 0) return &site->option[o];
    return NULL;
}

/* --- key numbers --------------------------------------------------------------------------------
 */

static void number(struct st_viewer *viewer, const char *en, const char *ja, double value,
                   const char *unit, int decimals, struct az_words note)
{
    if (isfinite(value))
        az_view_number(viewer->view, AZ_WORDS(en, ja), value, unit, decimals, note);
}

/* Large amounts are told in millions. */
static void money_number(struct st_viewer *viewer, const char *en, const char *ja, double value,
                         struct az_words note)
{
    const char *unit = st_money_unit(viewer);
    if (fabs(value) >= MANY_JPY)
        number(viewer, en, ja, value / 1e6, st_text(viewer, "million %s", unit), 1, note);
    else
        number(viewer, en, ja, value, unit, 0, note);
}

static void money_numbers(struct st_viewer *viewer)
{
    const struct st_summary *sum = viewer->sum;
    const struct az_judgement *judgement = viewer->judgement;
    bool carbon = viewer->in->carbon && viewer->in->carbon->price_jpy_per_t > 0;
    if (viewer->in->hour_count == 0) { /* nothing but costs */
        if (judgement) money_number(viewer, "Cost", "費用", judgement->cost, AZ_NO_NOTE);
        return;
    }
    money_number(viewer, "Net present value", "正味現在価値", sum->npv_jpy,
                 carbon ? AZ_WORDS("operators, less what is shared, and carbon at its price",
                                   "事業者収支から共通費を控除し、炭素価格を加算")
                        : AZ_WORDS("operators, less what is shared", "事業者収支から共通費を控除"));
    number(viewer, "Internal rate of return", "内部収益率（IRR）", 100 * sum->irr, "%", 2,
           AZ_WORDS("of the operators together", "事業者全体"));
    number(viewer, "Payback", "回収年数", sum->payback_years, "years", 1,
           AZ_WORDS("without interest", "割引なし"));
    struct az_words subsidy = st_money_words(viewer, sum->subsidy_jpy);
    money_number(viewer, "Equipment", "設備費", sum->capex_jpy,
                 sum->subsidy_jpy > 0 ? AZ_WORDS(st_text(viewer, "of it subsidies %s", subsidy.en),
                                                 st_text(viewer, "うち補助金 %s", subsidy.ja))
                                      : AZ_NO_NOTE);
    double saving = 0;
    for (size_t i = 0; i < viewer->plan->choices.count; i++)
        saving += viewer->plan->choices.items[i].host_saving_jpy;
    if (viewer->fits)
        money_number(viewer, "Hosts' saving", "需要家の節約額", saving,
                     AZ_WORDS("first year of each, all together", "各初年度の合計"));
}

/* Large amounts of energy are told in MWh. */
static void energy_number(struct st_viewer *viewer, const char *en, const char *ja, double kwh,
                          struct az_words note)
{
    if (fabs(kwh) >= MANY_KWH)
        number(viewer, en, ja, kwh / 1e3, "MWh", 0, note);
    else
        number(viewer, en, ja, kwh, "kWh", 0, note);
}

static void penalty_number(struct st_viewer *viewer)
{
    if (viewer->judgement && viewer->judgement->penalty > 0)
        money_number(viewer, "Price of conceded rules", "譲った規則の対価",
                     viewer->judgement->penalty,
                     AZ_WORDS("limits and coverage fallen short of", "下回った条件とカバー"));
}

static void energy_numbers(struct st_viewer *viewer)
{
    const struct st_summary *sum = viewer->sum;
    double made = sum->self_kwh + sum->export_kwh + sum->lost_kwh;
    const char *candidates = st_number_text(viewer, (double)viewer->in->sites.count, 0);
    number(viewer, "Sites", "採用地点", (double)viewer->plan->choices.count, "sites", 0,
           AZ_WORDS(st_text(viewer, "of %s candidates", candidates),
                    st_text(viewer, "候補 %s か所のうち", candidates)));
    if (viewer->in->hour_count == 0) return;
    number(viewer, "PV", "太陽光", sum->pv_kw, "kW", 0, AZ_NO_NOTE);
    number(viewer, "Batteries", "蓄電池", sum->battery_kwh, "kWh", 0, AZ_NO_NOTE);
    energy_number(viewer, "Self-consumption", "自家消費", sum->self_kwh,
                  AZ_WORDS("first year", "初年度"));
    energy_number(viewer, "Export", "余剰売電", sum->export_kwh, AZ_WORDS("first year", "初年度"));
    if (made > 0 && sum->lost_kwh > 0)
        number(viewer, "Curtailed", "出力制御による損失", 100 * sum->lost_kwh / made, "%", 2,
               AZ_WORDS("of what the sun gives", "発電できた量に対して"));
    if (viewer->in->carbon)
        number(viewer, "Avoided carbon", "CO2 削減量", sum->co2_t, "t", 1,
               AZ_WORDS("first year", "初年度"));
    if (viewer->in->coverage && sum->people_covered >= 0) {
        int64_t people = 0;
        for (size_t d = 0; d < viewer->in->districts.count; d++)
            people += viewer->in->districts.items[d].people;
        number(viewer, "People covered", "カバー人口", (double)sum->people_covered, "people", 0,
               AZ_WORDS(st_text(viewer, "of %s", st_number_text(viewer, (double)people, 0)),
                        st_text(viewer, "全 %s 人", st_number_text(viewer, (double)people, 0))));
    }
    if (sum->trips_kwh_per_year > 0)
        number(viewer, "Expected trips", "電制の期待量", sum->trips_kwh_per_year, "kWh", 1,
               AZ_WORDS("of a year, after outages", "年間（事故時の遮断）"));
}

static enum az_status fill_numbers(struct st_viewer *viewer)
{
    viewer->view->numbers.items = AZ_ARRAY(viewer->arena, 20, struct az_key_number);
    if (!viewer->view->numbers.items) return AZ_NO_MEMORY;
    money_numbers(viewer);
    energy_numbers(viewer);
    penalty_number(viewer);
    return AZ_OK;
}

/* --- the whole ----------------------------------------------------------------------------------
 */

/* What is minimised is the net present value with its sign turned, and the price of what is
 * conceded on top of it; without hours there are costs alone. */
struct az_aim st_aim(const void *instance, double penalty)
{
    const struct st_instance *in = instance;
    static const struct az_aim value = { { "Net present value", "正味現在価値" },
                                         { "a net present value", "正味現在価値" },
                                         true },
                               less = { { "Net present value less the price of conceded rules",
                                          "正味現在価値（譲った規則の対価を控除）" },
                                        { "a net present value, less the price of conceded rules,",
                                          "正味現在価値（譲った規則の対価を控除）" },
                                        true };
    if (in->hour_count == 0) return (struct az_aim){ .negated = false };
    return penalty > 0 ? less : value;
}

/* What is worth noting beside the notes of the instance. */
static enum az_status fill_notes(struct st_viewer *viewer)
{
    const struct st_instance *in = viewer->in;
    const struct st_summary *sum = viewer->sum;
    bool priced = sum->worths.count > 0;
    AZ_TRY(az_view_notes(viewer->view, viewer->arena, in->notes, in->sources.items,
                         in->sources.count));
    for (size_t k = 0; !priced && k < sum->loadings.count; k++)
        priced = sum->loadings.items[k].worth_jpy_per_kw > 0;
    if (!priced) return AZ_OK;
    size_t count = viewer->view->notes.count;
    struct az_words *notes = AZ_ARRAY(viewer->arena, count + 1, struct az_words);
    if (!notes) return AZ_NO_MEMORY;
    if (count > 0) memcpy(notes + 1, viewer->view->notes.items, count * sizeof *notes);
    notes[0] = AZ_WORDS(
        "What one unit or one kW more is worth is a price of the relaxation: it tells which limits "
        "weigh, and about how much. A difference below the gap of the certificate does not show "
        "when the plan is made anew with that limit eased.",
        "「1 単位緩めた価値」「1 kW 増の価値」は緩和問題の価格で、どの条件がどの程度効いているかの"
        "目安です。証明書のギャップより小さい差は、条件を緩めて解き直しても計画に現れません。");
    viewer->view->notes.items = notes;
    viewer->view->notes.count = count + 1;
    return AZ_OK;
}

/* Figures that are not known: shown nowhere. */
static const struct st_summary *no_summary(struct az_arena *arena)
{
    struct st_summary *sum = AZ_NEW(arena, struct st_summary);
    if (!sum) return NULL;
    *sum = (struct st_summary){ .npv_jpy = NAN,
                                .capex_jpy = NAN,
                                .subsidy_jpy = NAN,
                                .irr = NAN,
                                .payback_years = NAN,
                                .pv_kw = NAN,
                                .battery_kwh = NAN,
                                .self_kwh = NAN,
                                .export_kwh = NAN,
                                .lost_kwh = NAN,
                                .co2_t = NAN,
                                .trips_kwh_per_year = NAN,
                                .sites = -1,
                                .people_covered = -1,
                                .lowest_pu = NAN,
                                .highest_pu = NAN };
    return sum;
}

/* A copy of the plan with its results computed afresh. */
static enum az_status take_plan(struct st_viewer *viewer, const struct st_plan *plan)
{
    struct az_judgement judgement;
    void *copy;
    AZ_TRY(az_copy(&st_plan_table, plan, viewer->arena, &copy));
    AZ_TRY(st_evaluate(viewer->in, copy, viewer->arena, &judgement));
    struct st_plan *own = copy;
    viewer->fits = isfinite(judgement.cost);
    if (viewer->fits) AZ_TRY(st_summarise(viewer->in, viewer->arena, own));
    viewer->plan = own;
    viewer->sum = viewer->fits && own->summary ? own->summary : no_summary(viewer->arena);
    viewer->choice = AZ_ARRAY(viewer->arena, viewer->in->sites.count, size_t);
    if (!viewer->sum || !viewer->choice) return AZ_NO_MEMORY;
    for (size_t s = 0; s < viewer->in->sites.count; s++) viewer->choice[s] = AZ_NO_INDEX;
    for (size_t i = 0; i < own->choices.count; i++)
        if (st_site_of(viewer, own->choices.items[i].site))
            viewer->choice[own->choices.items[i].site.index] = i;
    return AZ_OK;
}

enum az_status st_view(const void *instance, const void *plan, const struct az_judgement *judgement,
                       struct az_arena *arena, struct az_view *view)
{
    const struct st_instance *in = instance;
    struct st_viewer viewer = { .in = in, .judgement = judgement, .arena = arena, .view = view };
    *view = (struct az_view){ 0 };
    view->title = in->title && *in->title
                      ? az_name_words(arena, in->title, NULL)
                      : AZ_WORDS("Where solar and batteries go", "太陽光・蓄電池の設置計画");
    view->aim = st_aim(in, judgement ? judgement->penalty : 0);
    view->plots.items = AZ_ARRAY(arena, 4, struct az_plot);
    view->maps.items = AZ_ARRAY(arena, 1, struct az_geo_map);
    view->tables.items = AZ_ARRAY(arena, 15, struct az_view_table);
    if (!view->plots.items || !view->maps.items || !view->tables.items) return AZ_NO_MEMORY;
    AZ_TRY(take_plan(&viewer, plan));
    AZ_TRY(fill_numbers(&viewer));
    AZ_TRY(st_view_cash(&viewer));
    AZ_TRY(st_view_loading(&viewer));
    AZ_TRY(st_view_network(&viewer));
    AZ_TRY(st_view_map(&viewer));
    AZ_TRY(st_view_tables(&viewer));
    AZ_TRY(st_view_page(&viewer));
    if (viewer.no_memory) return AZ_NO_MEMORY;
    return fill_notes(&viewer);
}
