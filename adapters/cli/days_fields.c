/* days_fields.c - the tables of the VARIANTS file and of a study over days. */
#include "adapters/cli/days.h"

#define W AZ_EN_JA
#define MOST 1e15

/* A number that azumi writes. */
#define TOLD(S, M, U, LABEL_EN, LABEL_JA, MEANING_EN, MEANING_JA)                            \
    AZ_NUMBER(S, M, AZ_F_RESULT, U, AZ_NO_MIN, AZ_NO_MAX, NAN, AZ_EN_JA(LABEL_EN, LABEL_JA), \
              AZ_EN_JA(MEANING_EN, MEANING_JA))
#define COUNTED(S, M, LABEL_EN, LABEL_JA, MEANING_EN, MEANING_JA)                   \
    AZ_INTEGER(S, M, AZ_F_RESULT, NULL, 0, MOST, NAN, AZ_EN_JA(LABEL_EN, LABEL_JA), \
               AZ_EN_JA(MEANING_EN, MEANING_JA))
#define WORDS(S)                                                                   \
    AZ_TEXT(S, words_en, AZ_F_RESULT, W("Words (English)", "説明（英語）"),        \
            W("what it is, in English", "英語での名称")),                          \
        AZ_TEXT(S, words_ja, AZ_F_RESULT, W("Words (Japanese)", "説明（日本語）"), \
                W("what it is, in Japanese", "日本語での名称"))

/* --- sums --- */

static const struct az_field money_rows[] = {
    AZ_TEXT(struct az_days_money, item, AZ_F_RESULT, W("Item", "項目"),
            W("what the money is for", "金額の項目")),
    AZ_TEXT(struct az_days_money, owner, AZ_F_RESULT, W("Owner", "所有者"),
            W("who pays (or earns, below 0)", "負担者（負は収入）")),
    TOLD(struct az_days_money, amount_jpy, "JPY", "Amount", "金額", "amount", "金額"),
    WORDS(struct az_days_money),
};
static const struct az_table money_table =
    AZ_TABLE("money of days", struct az_days_money, money_rows, NULL,
             W("an amount by item and owner", "項目と所有者別の金額"));
static const struct az_field money_item = AZ_ITEM_OBJECT(&money_table);

static const struct az_field figure_rows[] = {
    AZ_TEXT(struct az_days_figure, figure, AZ_F_RESULT, W("Figure", "数値"),
            W("code of what is counted", "数値のコード")),
    AZ_TEXT(struct az_days_figure, of, AZ_F_RESULT, W("Of", "対象"),
            W("id of what it belongs to; empty: the whole", "対象の識別子。空なら全体")),
    AZ_TEXT(struct az_days_figure, month, AZ_F_RESULT, W("Month", "月"),
            W("billing month, 2025-04; empty: all days", "料金月（2025-04）。空なら全日")),
    TOLD(struct az_days_figure, value, NULL, "Value", "値", "value", "値"),
    AZ_TEXT(struct az_days_figure, unit, AZ_F_RESULT, W("Unit", "単位"), W("unit", "単位")),
    COUNTED(struct az_days_figure, decimals, "Decimals", "小数点以下の桁数", "how it is shown",
            "表示の桁数"),
    WORDS(struct az_days_figure),
};
static const struct az_table figure_table =
    AZ_TABLE("figure of days", struct az_days_figure, figure_rows, NULL,
             W("what plans come to beside money", "金額以外の集計値"));
static const struct az_field figure_item = AZ_ITEM_OBJECT(&figure_table);

static const struct az_field sum_rows[] = {
    TOLD(struct az_days_sum, cost_jpy, "JPY", "Cost", "費用",
         "cost without penalties: the sum of money", "費用（違反の費用を除く）。金額内訳の合計"),
    TOLD(struct az_days_sum, penalty_jpy, "JPY", "Penalty", "違反の費用",
         "price of the rules that were conceded", "譲歩した規則の費用"),
    AZ_LIST_OF(struct az_days_sum, money, AZ_F_RESULT, &money_item, W("Money", "金額内訳"),
               W("cost by item and owner", "項目と所有者別の費用")),
    AZ_LIST_OF(struct az_days_sum, figures, AZ_F_RESULT, &figure_item, W("Figures", "集計値"),
               W("what it comes to beside money", "金額以外の集計値")),
};
static const struct az_table sum_table =
    AZ_TABLE("sum of days", struct az_days_sum, sum_rows, NULL, W("what days come to", "日の集計"));

/* --- days and variants --- */

static const struct az_field day_rows[] = {
    AZ_TEXT(struct az_days_day, date, AZ_F_RESULT, W("Date", "日付"),
            W("the day, 2025-04-05", "日付（2025-04-05）")),
    AZ_BOOLEAN(struct az_days_day, anew, AZ_F_RESULT, 0, W("Begins anew", "新たに開始"),
               W("begins from the variant's own state, not from the day before",
                 "前日からではなく、案自身の初期状態から始まる")),
    AZ_OBJECT(struct az_days_day, sum, AZ_F_RESULT, &sum_table, W("Sum", "集計"),
              W("what is kept of the plan; absent without one",
                "計画のうち採用した部分。計画がなければ省略")),
    TOLD(struct az_days_day, open_jpy, "JPY", "Not proven", "未証明の額",
         "objective less bound of the whole plan", "計画全体の目的値と限界値の差"),
    TOLD(struct az_days_day, gap, NULL, "Gap", "ギャップ", "relative gap of the whole plan",
         "計画全体の相対ギャップ"),
    TOLD(struct az_days_day, seconds, "s", "Seconds", "秒数", "time to plan the day",
         "計画に要した時間"),
    AZ_DOCUMENT(struct az_days_day, certificate, AZ_F_RESULT, W("Certificate", "証明書"),
                W("of the whole plan; without a plan it says why",
                  "計画全体の証明書。計画がなければその理由")),
    AZ_DOCUMENT(struct az_days_day, problem, AZ_F_RESULT, W("Problem", "問題"),
                W("why nobody could make a plan (RFC 9457)", "計画を立てられなかった理由")),
};
static const struct az_table day_table =
    AZ_TABLE("day of a variant", struct az_days_day, day_rows, NULL,
             W("one day of one variant", "ある案のある一日"));
static const struct az_field day_item = AZ_ITEM_OBJECT(&day_table);

static const struct az_field difference_rows[] = {
    COUNTED(struct az_days_difference, days, "Days", "日数", "days on which both have a plan",
            "両方に計画のある日数"),
    AZ_OBJECT(
        struct az_days_difference, sum, AZ_F_RESULT, &sum_table, W("Sum", "差の集計"),
        W("the variant less the base; below 0 it costs less", "案から基準を引いた差。負なら安い")),
    TOLD(struct az_days_difference, capital_jpy, "JPY", "Capital", "投資の負担",
         "yearly cost of the investment for so many days", "投資の年間費用のこの日数分"),
    TOLD(struct az_days_difference, net_jpy, "JPY", "Net", "差引",
         "difference of cost and capital together", "費用の差と投資の負担の合計"),
    TOLD(struct az_days_difference, payback_years, "years", "Payback", "回収年数",
         "years after which the investment is earned back, every day being like these on average",
         "毎日がこの期間の平均並みのとき、投資を回収するまでの年数"),
};
static const struct az_table difference_table =
    AZ_TABLE("difference", struct az_days_difference, difference_rows, NULL,
             W("a variant against the base", "基準との差"));

/* Members that a person writes. */
#define ASKED                                                                                                 \
    { AZ_ROW_(struct az_days_variant, id, AZ_T_TEXT, AZ_F_REQUIRED | AZ_F_ID),                                \
      .label = W("Id", "識別子"),                                                                             \
      .meaning = W("unique; `base` is the instance as it is", "重複不可。base はもとの入力") },               \
        AZ_TEXT(struct az_days_variant, name, 0, W("Name", "名称"),                                           \
                W("for people: 日本語 / English", "表示名（日本語 / English）")),                             \
        AZ_DOCUMENT(struct az_days_variant, changes, AZ_F_REQUIRED, W("Changes", "変更点"),                   \
                    W("merge patch of the instance (RFC 7396); lists by id: "                                 \
                      "{\"batteries\": {\"new\": {...}, \"old\": null}}",                                     \
                      "入力へのマージパッチ（RFC 7396）。一覧は識別子ごとに書ける: " \
                      "{\"batteries\": {\"new\": {...}, \"old\": null}}")),                                   \
        AZ_NUMBER(struct az_days_variant, capex_jpy, 0, "JPY", 0, MOST, NAN,                                  \
                  W("Investment", "投資額"),                                                                  \
                  W("paid once for the variant", "この案のための初期投資")),                                  \
        { AZ_ROW_(struct az_days_variant, life_years, AZ_T_NUMBER, AZ_F_ABOVE_MIN),                           \
          .unit = "years",                                                                                    \
          .min = 0,                                                                                           \
          .max = 200,                                                                                         \
          .def = NAN,                                                                                         \
          .required_if = { .field = "capex_jpy" },                                                            \
          .label = W("Life", "耐用年数"),                                                                     \
          .meaning = W("years over which the investment is paid back", "投資額を割り振る年数") },             \
        AZ_NUMBER(struct az_days_variant, discount_rate, AZ_F_DEFAULT, NULL, 0, 1, 0.03,                      \
                  W("Discount rate", "割引率"), W("for a year", "年あたり")),                                 \
        AZ_NUMBER(struct az_days_variant, operation_jpy_per_year, AZ_F_DEFAULT, "JPY/year", -MOST,            \
                  MOST, 0, W("Operation", "運転維持費"),                                                      \
                  W("yearly cost beside the plans' own", "計画の費用のほかに毎年かかる費用"))

static const struct az_field asked_variant_rows[] = { ASKED };
static const struct az_table asked_variant_table =
    AZ_TABLE("variant", struct az_days_variant, asked_variant_rows, NULL,
             W("another tariff, a new battery", "別の料金、新しい蓄電池など"));
static const struct az_field asked_variant_item = AZ_ITEM_OBJECT(&asked_variant_table);

static const struct az_field asked_rows[] = {
    AZ_TEXT(struct az_days_asked, kind, 0, W("Kind", "種類"),
            W("kind of the instance", "入力の種類")),
    AZ_TEXT(struct az_days_asked, title, 0, W("Title", "題名"), W("for people", "表示用の題名")),
    AZ_LIST_OF(struct az_days_asked, variants, AZ_F_REQUIRED | AZ_F_NOT_EMPTY, &asked_variant_item,
               W("Variants", "案"), W("what to compare with the base", "基準と比べる案")),
};
const struct az_table az_days_asked_table =
    AZ_TABLE("VARIANTS", struct az_days_asked, asked_rows, NULL,
             W("variants of an instance, for azumi study", "azumi study で比べる案の一覧"));

static const struct az_field variant_rows[] = {
    ASKED,
    TOLD(struct az_days_variant, yearly_jpy, "JPY/year", "Yearly cost", "投資の年間費用",
         "investment as equal yearly payments at the discount rate, and operation",
         "割引率による投資額の年賦と運転維持費"),
    COUNTED(struct az_days_variant, days_planned, "Days planned", "計画した日数",
            "days with a plan", "計画のある日数"),
    COUNTED(struct az_days_variant, days_missing, "Days missing", "計画のない日数",
            "days without a plan: the sums leave them out", "計画のない日数。集計に入らない"),
    AZ_OBJECT(struct az_days_variant, sum, AZ_F_RESULT, &sum_table, W("Sum", "集計"),
              W("of all days with a plan", "計画のある全日の集計")),
    TOLD(struct az_days_variant, worst_gap, NULL, "Worst gap", "最大ギャップ",
         "the highest of all days", "全日のうち最大の相対ギャップ"),
    TOLD(struct az_days_variant, open_jpy, "JPY", "Not proven", "未証明の額",
         "objectives less bounds of all plans: differences below it are not proven",
         "全計画の目的値と限界値の差の合計。これより小さい差は証明されていない"),
    TOLD(struct az_days_variant, seconds, "s", "Seconds", "秒数", "time to plan all days",
         "全日の計画に要した時間"),
    AZ_OBJECT(struct az_days_variant, difference, AZ_F_RESULT, &difference_table,
              W("Difference", "基準との差"), W("from the base; absent of the base", "基準との差")),
    AZ_LIST_OF(struct az_days_variant, days, AZ_F_RESULT, &day_item, W("Days", "日"),
               W("day by day", "日ごとの結果")),
};
static const struct az_table variant_table =
    AZ_TABLE("variant of a study", struct az_days_variant, variant_rows, NULL,
             W("a variant and what its days come to", "案とその集計"));
static const struct az_field variant_item = AZ_ITEM_OBJECT(&variant_table);

/* --- the study --- */

static const struct az_field text_item = AZ_ITEM_TEXT;
static const struct az_field document_item = AZ_ITEM_DOCUMENT;

static const struct az_field study_rows[] = {
    AZ_TEXT(struct az_days_study, kind, AZ_F_RESULT, W("Kind", "種類"),
            W("kind of the plans", "計画の種類")),
    AZ_TEXT(struct az_days_study, instance_sha256, AZ_F_RESULT, W("Instance", "入力"),
            W("SHA-256 of the base", "基準の入力の SHA-256")),
    AZ_TEXT(struct az_days_study, unit, AZ_F_RESULT, W("Unit of money", "金額の単位"),
            W("of everything that is named jpy here", "jpy と名の付く値の単位")),
    TOLD(struct az_days_study, horizon_h, "h", "Horizon", "計画期間",
         "how far ahead each day is planned", "各日の計画の長さ"),
    TOLD(struct az_days_study, kept_h, "h", "Kept", "採用時間", "how much of each plan is kept",
         "各計画のうち採用する長さ"),
    AZ_LIST_OF(struct az_days_study, dates, AZ_F_RESULT, &text_item, W("Dates", "日付"),
               W("the chosen days", "選んだ日")),
    AZ_LIST_OF(struct az_days_study, files, AZ_F_RESULT, &text_item, W("Files", "ファイル"),
               W("where series come from", "系列の出典")),
    AZ_LIST_OF(struct az_days_study, variants, AZ_F_RESULT, &variant_item, W("Variants", "案"),
               W("the base first", "先頭が基準")),
    AZ_LIST_OF(struct az_days_study, axes, AZ_F_RESULT, &document_item, W("Axes", "軸"),
               W("empty: plans of days have none", "空（日ごとの計画には軸がない）")),
    AZ_LIST_OF(struct az_days_study, plans, AZ_F_RESULT, &document_item, W("Plans", "計画"),
               W("with --plans: {id, name, changes, plan, certificate} of each day, to be read by "
                 "--plan ID; changes: members of the base that differ",
                 "--plans を付けたとき、日ごとの {id, name, changes, plan, certificate}。--plan ID "
                 "で読める。changes は基準と異なる項目")),
};
const struct az_table az_days_study_table =
    AZ_TABLE("STUDY over days", struct az_days_study, study_rows, NULL,
             W("a base and variants over chosen days", "選んだ日での基準と各案の比較"));

bool az_days_is_study(const json_t *json)
{
    return json_is_array(json_object_get(json, "variants")) &&
           json_is_array(json_object_get(json, "dates"));
}
