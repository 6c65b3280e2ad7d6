/* view_words.c - what the view calls things: sites, elements, limits, hours, prices, reasons. */
#include <stdarg.h>
#include <string.h>

#include "formulations/siting/tables.h"
#include "formulations/siting/view.h"

/* --- texts --------------------------------------------------------------------------------------
 */

const char *st_text(struct st_viewer *viewer, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    const char *text = az_arena_format_list(viewer->arena, format, arguments);
    va_end(arguments);
    if (!text) viewer->no_memory = true;
    return text ? text : "";
}

/* Thousands with commas, no zeros behind the last digit that counts. */
const char *st_number_text(struct st_viewer *viewer, double value, int decimals)
{
    char plain[64], text[96];
    size_t length = 0;
    if (!isfinite(value) || fabs(value) >= 1e15) return isfinite(value) ? "" : "–";
    snprintf(plain, sizeof plain, "%.*f", decimals, fabs(value));
    if (strchr(plain, '.')) {
        char *end = plain + strlen(plain);
        while (end[-1] == '0') *--end = 0;
        if (end[-1] == '.') *--end = 0;
    }
    size_t whole = strcspn(plain, ".");
    if (value < 0 && strcmp(plain, "0") != 0) length = (size_t)snprintf(text, sizeof text, "−");
    for (size_t i = 0; plain[i]; i++) {
        if (i > 0 && i < whole && (whole - i) % 3 == 0) text[length++] = ',';
        text[length++] = plain[i];
    }
    text[length] = 0;
    return st_text(viewer, "%s", text);
}

struct az_words st_join(struct st_viewer *viewer, struct az_words a, struct az_words b,
                        struct az_words between)
{
    if (!*a.en && !*a.ja) return b;
    if (!*b.en && !*b.ja) return a;
    return AZ_WORDS(st_text(viewer, "%s%s%s", a.en, between.en, b.en),
                    st_text(viewer, "%s%s%s", a.ja, between.ja, b.ja));
}

struct az_words st_and(struct st_viewer *viewer, struct az_words a, struct az_words b)
{
    return st_join(viewer, a, b, AZ_WORDS(", ", "、"));
}

const char *st_money_unit(const struct st_viewer *viewer)
{
    return viewer->in->money_unit ? viewer->in->money_unit : "JPY";
}

#define OKU 1e8 /* 億円: amounts from here on are told in it, in English in millions */

static struct az_words plain_money(struct st_viewer *viewer, double money)
{
    const char *unit = st_money_unit(viewer), *text = st_number_text(viewer, money, 0);
    bool yen = strcmp(unit, "JPY") == 0;
    return AZ_WORDS(st_text(viewer, "%s %s", text, unit),
                    st_text(viewer, "%s %s", text, yen ? "円" : unit));
}

struct az_words st_money_words(struct st_viewer *viewer, double money)
{
    if (strcmp(st_money_unit(viewer), "JPY") != 0 || !(fabs(money) >= OKU))
        return plain_money(viewer, money);
    return AZ_WORDS(st_text(viewer, "%s million JPY", st_number_text(viewer, money / 1e6, 1)),
                    st_text(viewer, "%s 億円", st_number_text(viewer, money / OKU, 2)));
}

struct az_words st_exact_words(struct st_viewer *viewer, double money)
{
    bool whole = fabs(fmod(money, OKU / 100)) < 0.5;
    return whole ? st_money_words(viewer, money) : plain_money(viewer, money);
}

/* --- sites, districts, operators ----------------------------------------------------------------
 */

struct az_words st_site_words(struct st_viewer *viewer, struct az_ref ref)
{
    const struct st_site *site = st_site_of(viewer, ref);
    return az_name_words(viewer->arena, site ? site->name : NULL, site ? site->id : ref.id);
}

struct az_words st_kind_words(int kind)
{
    static const struct az_words words[ST_KINDS] = { [ST_HOUSE] = { "houses", "住宅" },
                                                     [ST_FACTORY] = { "businesses",
                                                                      "工場・事業所" },
                                                     [ST_FARM] = { "farmland", "農地" },
                                                     [ST_PUBLIC] = { "public", "公共施設" },
                                                     [ST_COMMUNITY] = { "community", "地域共同" } };
    return kind >= 0 && kind < ST_KINDS ? words[kind] : AZ_WORDS("", "");
}

struct az_words st_district_words(struct st_viewer *viewer, struct az_ref ref)
{
    bool known = ref.id && ref.index < viewer->in->districts.count;
    const struct st_district *it = known ? &viewer->in->districts.items[ref.index] : NULL;
    return az_name_words(viewer->arena, it ? it->name : NULL, it ? it->id : ref.id);
}

struct az_words st_operator_words(struct st_viewer *viewer, size_t index)
{
    if (index >= viewer->in->operators.count) return AZ_WORDS("nobody", "該当なし");
    const struct st_operator *it = &viewer->in->operators.items[index];
    return az_name_words(viewer->arena, it->name, it->id);
}

/* --- elements and limits ------------------------------------------------------------------------
 */

/* The name of an element of the network, NULL where it has none. */
#define NAME_IN(list, id_)                       \
    for (size_t k_ = 0; k_ < (list).count; k_++) \
        if (strcmp((list).items[k_].id, (id_)) == 0) return (list).items[k_].name;

static const char *name_of_element(const struct st_instance *in, const char *id)
{
    NAME_IN(in->feeders, id)
    NAME_IN(in->banks, id)
    if (in->upstream) {
        NAME_IN(in->upstream->buses, id)
        NAME_IN(in->upstream->plants, id)
    }
    return NULL;
}

struct az_words st_element_words(struct st_viewer *viewer, const char *what, const char *id)
{
    static const struct {
        const char *what;
        struct az_words words;
    } known[] = { { "feeder", { "Feeder", "配電線" } }, { "bank", { "Bank", "バンク" } },
                  { "line", { "Line", "線路" } },       { "node", { "Node", "接続点" } },
                  { "circuit", { "Circuit", "回線" } }, { "outage", { "Circuit", "回線" } },
                  { "plant", { "Plant", "発電所" } } };
    struct az_words name =
        az_name_words(viewer->arena, id ? name_of_element(viewer->in, id) : NULL, id);
    for (size_t k = 0; what && k < sizeof known / sizeof known[0]; k++)
        if (strcmp(known[k].what, what) == 0)
            return AZ_WORDS(st_text(viewer, "%s %s", known[k].words.en, name.en),
                            st_text(viewer, "%s %s", known[k].words.ja, name.ja));
    return name;
}

/* Of whom a limit counts: "houses, Azumi, operator A"; "all". */
static struct az_words group_words(struct st_viewer *viewer, const struct st_limit *limit)
{
    struct az_words words = AZ_WORDS("", "");
    if (limit->kind >= 0) words = st_kind_words(limit->kind);
    if (limit->district.id)
        words = st_and(viewer, words, st_district_words(viewer, limit->district));
    if (limit->operator.id)
        words = st_and(viewer, words, st_operator_words(viewer, limit->operator.index));
    return words;
}

static const struct {
    struct az_words words;
    const char *en, *ja; /* units */
    double factor;
} whats[] = {
    [ST_COUNT] = { { "sites", "地点数" }, "", " か所", 1 },
    [ST_PV_KW] = { { "PV", "太陽光" }, " kW", " kW", 1 },
    [ST_BATTERY_KW] = { { "batteries", "蓄電池出力" }, " kW", " kW", 1 },
    [ST_BATTERY_KWH] = { { "batteries", "蓄電池容量" }, " kWh", " kWh", 1 },
    [ST_ROOF_SHARE] = { { "share of roofs with PV", "太陽光のある屋根の割合" }, " %", " %", 100 },
    [ST_CO2_T] = { { "avoided carbon of a year", "年間 CO2 削減量" }, " t", " t", 1 },
    [ST_PEOPLE_COVERED] = { { "people covered", "カバー人口" }, "", " 人", 1 },
    [ST_NPV_JPY] = { { "net present value", "正味現在価値" }, "", "", 1 }, /* in its unit */
};

struct az_words st_rule_words(struct st_viewer *viewer, const struct st_limit *limit)
{
    size_t what = limit->what >= 0 && limit->what <= ST_NPV_JPY ? (size_t)limit->what : 0;
    struct az_words group = group_words(viewer, limit), words = whats[what].words;
    if (*group.en)
        words = AZ_WORDS(st_text(viewer, "%s (%s)", words.en, group.en),
                         st_text(viewer, "%s（%s）", words.ja, group.ja));
    const double bound[2] = { limit->min, limit->max };
    static const char *const en[] = { "at least", "at most" }, *const ja[] = { "以上", "以下" };
    struct az_words bounds = AZ_WORDS("", "");
    for (size_t k = 0; k < 2; k++) {
        if (!isfinite(bound[k])) continue;
        const char *number = st_number_text(viewer, bound[k] * whats[what].factor, 1);
        struct az_words amount = AZ_WORDS(st_text(viewer, "%s%s", number, whats[what].en),
                                          st_text(viewer, "%s%s", number, whats[what].ja));
        if (what == ST_NPV_JPY) amount = st_exact_words(viewer, bound[k]);
        bounds = st_and(viewer, bounds,
                        AZ_WORDS(st_text(viewer, "%s %s", en[k], amount.en),
                                 st_text(viewer, "%s %s", amount.ja, ja[k])));
    }
    return AZ_WORDS(st_text(viewer, "%s: %s", words.en, bounds.en),
                    st_text(viewer, "%s：%s", words.ja, bounds.ja));
}

struct az_words st_budget_words(struct st_viewer *viewer, const struct st_budget *budget)
{
    int64_t first = viewer->in->first_year, from = budget->from_year, until = budget->until_year;
    if (from == AZ_NO_INTEGER) from = 0;
    if (until == AZ_NO_INTEGER) until = viewer->in->years - 1;
    struct az_words money = st_exact_words(viewer, budget->jpy), whose = AZ_WORDS("", "");
    if (budget->operator.id) whose = st_operator_words(viewer, budget->operator.index);
    return AZ_WORDS(st_text(viewer, "Budget %s%s%lld–%lld: %s", whose.en, *whose.en ? " " : "",
                            (long long)(first + from), (long long)(first + until), money.en),
                    st_text(viewer, "予算 %s%s%lld～%lld 年：%s", whose.ja, *whose.ja ? " " : "",
                            (long long)(first + from), (long long)(first + until), money.ja));
}

/* What an identifier in the network is. */
#define KIND_IN(list, id_, kind)                 \
    for (size_t k_ = 0; k_ < (list).count; k_++) \
        if (strcmp((list).items[k_].id, (id_)) == 0) return (kind);

static const char *what_of_element(const struct st_instance *in, const char *id)
{
    KIND_IN(in->feeders, id, "feeder")
    KIND_IN(in->banks, id, "bank")
    KIND_IN(in->lines, id, "line")
    KIND_IN(in->nodes, id, "node")
    if (in->upstream) KIND_IN(in->upstream->circuits, id, "circuit")
    return NULL;
}

struct az_words st_limit_words(struct st_viewer *viewer, const char *id)
{
    const struct st_instance *in = viewer->in;
    if (!id) return AZ_WORDS("", "");
    for (size_t k = 0; k < in->budgets.count; k++)
        if (strcmp(in->budgets.items[k].id, id) == 0)
            return st_budget_words(viewer, &in->budgets.items[k]);
    for (size_t k = 0; k < in->limits.count; k++)
        if (strcmp(in->limits.items[k].id, id) == 0)
            return st_rule_words(viewer, &in->limits.items[k]);
    for (size_t k = 0; k < in->districts.count; k++)
        if (strcmp(in->districts.items[k].id, id) == 0)
            return az_label_words(viewer->arena, AZ_WORDS("Coverage", "カバー"),
                                  az_name_words(viewer->arena, in->districts.items[k].name, id));
    return st_element_words(viewer, what_of_element(in, id), id);
}

/* --- hours, prices, reasons ---------------------------------------------------------------------
 */

struct az_words st_hour_words(struct st_viewer *viewer, int64_t hour)
{
    if (hour < 0 || hour >= (int64_t)viewer->in->hour_count) return AZ_WORDS("", "");
    const struct st_typical_day *day = &viewer->in->typical_days.items[hour / ST_HOURS];
    struct az_words name = az_name_words(viewer->arena, day->name, day->id);
    int clock = (int)(hour % ST_HOURS);
    return AZ_WORDS(st_text(viewer, "%s %02d:00", name.en, clock),
                    st_text(viewer, "%s %d 時", name.ja, clock));
}

struct az_words st_reason_words(const struct st_instance *in, size_t site, int reason)
{
    if (reason == ST_REASON_NO_OPTION && site < in->sites.count) {
        const struct st_site *it = &in->sites.items[site];
        if (it->decided == ST_OUT)
            return AZ_WORDS("it is decided to be left out", "不採用と決定済み");
        if (it->option_count == 0) return AZ_WORDS("it has no options", "選択肢がない");
        return AZ_WORDS("its host would pay more than before with every option",
                        "どの選択肢でも需要家の負担が従来より増える");
    }
    return st_reasons[reason >= 0 && reason < ST_REASONS ? reason : ST_REASON_UNTESTED].words;
}

struct az_words st_price_words(struct st_viewer *viewer, const struct st_price *price)
{
    struct az_words words = AZ_WORDS("", "");
    if (!price || price->steps.count == 0) {
        double flat = price ? price->year_jpy[0] : 0;
        const char *text = st_number_text(viewer, flat, 2);
        return AZ_WORDS(text, text);
    }
    for (size_t k = 1; k < price->steps.count; k++) {
        const struct st_price_step *step = &price->steps.items[k];
        const char *text = st_number_text(viewer, step->jpy_per_kwh, 2);
        long long from = (long long)step->from_year;
        if (price->by_operation <= 0) from += (long long)viewer->in->first_year;
        words =
            st_and(viewer, words,
                   price->by_operation > 0
                       ? AZ_WORDS(st_text(viewer, "%s from year %lld of operation", text, from + 1),
                                  st_text(viewer, "稼働 %lld 年目から %s", from + 1, text))
                       : AZ_WORDS(st_text(viewer, "%s from %lld", text, from),
                                  st_text(viewer, "%lld 年から %s", from, text)));
    }
    const char *first = st_number_text(viewer, price->steps.items[0].jpy_per_kwh, 2);
    words = *words.en ? AZ_WORDS(st_text(viewer, "%s (%s)", first, words.en),
                                 st_text(viewer, "%s（%s）", first, words.ja))
                      : AZ_WORDS(first, first);
    if (price->shape.id)
        words = AZ_WORDS(st_text(viewer, "%s (by the hour, mean)", words.en),
                         st_text(viewer, "%s（時間帯別、平均値）", words.ja));
    return words;
}
