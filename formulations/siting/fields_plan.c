/* fields_plan.c - the members of a siting plan. */
#include "formulations/siting/tables.h"

#define RESULT(S, M, U, LABEL_EN, LABEL_JA, EN, JA)                                      \
    AZ_NUMBER(S, M, AZ_F_RESULT, U, AZ_NO_MIN, AZ_NO_MAX, NAN, ST_W(LABEL_EN, LABEL_JA), \
              ST_W(EN, JA))
#define NUMBER_OF(S, M, LABEL_EN, LABEL_JA, EN, JA) \
    AZ_INTEGER(S, M, AZ_F_RESULT, NULL, 0, 0, AZ_NO_INTEGER, ST_W(LABEL_EN, LABEL_JA), ST_W(EN, JA))

/* --- choices, trips, deliveries -----------------------------------------------------------------
 */

#define S struct st_choice
static const struct az_field choice_fields[] = {
    AZ_REFERENCE(S, site, AZ_F_REQUIRED, "sites", ST_W("Site", "地点"),
                 ST_W("site that is chosen", "採用する地点")),
    AZ_TEXT(S, option, AZ_F_REQUIRED | AZ_F_NOT_EMPTY, ST_W("Option", "選択肢"),
            ST_W("which of its options", "その地点のどの選択肢か")),
    AZ_BOOLEAN(
        S, armed, 0, NAN, ST_W("Armed", "電制の装備"),
        ST_W("it may trip after an outage; absent: no, or in a plan made by hand as needed",
             "事故時に遮断できるようにする。省略時は装備なし（手作りの計画では必要に応じて補う）")),
    RESULT(S, pv_kw, "kW", "PV", "太陽光", "PV of the option", "太陽光の規模"),
    RESULT(S, battery_kwh, "kWh", "Battery", "蓄電池", "battery of the option", "蓄電池の容量"),
    AZ_INTEGER(S, year, AZ_F_RESULT, "years", 0, 0, AZ_NO_INTEGER, ST_W("Year", "年"),
               ST_W("year in which it is built, from 0", "設置する年（0 から）")),
    RESULT(S, capex_jpy, "JPY", "Capital expenditure", "設備費", "before the subsidy",
           "補助を引く前の設備費"),
    RESULT(S, subsidy_jpy, "JPY", "Subsidy", "補助金", "of the capital expenditure",
           "設備費への補助"),
    RESULT(S, npv_jpy, "JPY", "Net present value", "正味現在価値", "of the operator",
           "事業者の正味現在価値"),
    RESULT(S, irr, NULL, "Rate of return", "内部収益率", "internal, of the operator; absent: none",
           "事業者の内部収益率（ないときは省略）"),
    RESULT(S, payback_years, "years", "Payback", "回収年数", "of the operator; absent: never",
           "事業者の投資回収年数（回収できないときは省略）"),
    RESULT(S, host_saving_jpy, "JPY", "Host's saving", "需要家の節約",
           "in the first year of operation", "運転初年度の需要家の節約額"),
    RESULT(S, host_npv_jpy, "JPY", "Host's value", "需要家の現在価値",
           "present value of all that the host saves", "需要家の節約の現在価値"),
    RESULT(S, self_kwh, "kWh", "Self-consumption", "自家消費", "in the first year of operation",
           "運転初年度の自家消費"),
    RESULT(S, export_kwh, "kWh", "Export", "売電", "in the first year of operation",
           "運転初年度の売電（逆潮流）"),
    RESULT(S, lost_kwh, "kWh", "Lost", "損失", "curtailed in the first year of operation",
           "運転初年度に制御などで失われる量"),
    RESULT(S, co2_t, "t", "Carbon avoided", "CO2 削減", "in the first year of operation",
           "運転初年度の CO2 削減量"),
};
#undef S
static const struct az_table choice_table =
    AZ_TABLE("choice", struct st_choice, choice_fields, NULL,
             ST_W("a site that is chosen, with its option", "採用する地点とその設備"));
static const struct az_field choice_item = AZ_ITEM_OBJECT(&choice_table);

#define S struct st_trip
static const struct az_field trip_fields[] = {
    AZ_REFERENCE(S, circuit, AZ_F_REQUIRED, "upstream.circuits", ST_W("Circuit", "回線"),
                 ST_W("whose outage it is", "事故を起こす回線")),
    AZ_REFERENCE(S, plant, AZ_F_REQUIRED, "upstream.plants|sites", ST_W("Plant", "遮断する電源"),
                 ST_W("plant or site that trips", "遮断する発電所または地点")),
    AZ_INTEGER(S, hour, AZ_F_REQUIRED, NULL, 0, (ST_MAX_DAYS * ST_HOURS) - 1, NAN,
               ST_W("Hour", "時間"),
               ST_W("of the typical days together, from 0", "代表日を通した時間の番号（0 から）")),
    ST_NEEDED(S, kw, "kW", ST_MAX_KW, ST_W("Power", "電力"),
              ST_W("that is tripped", "遮断する電力")),
};
#undef S
static const struct az_table trip_table =
    AZ_TABLE("trip", struct st_trip, trip_fields, NULL,
             ST_W("what trips in an hour after an outage", "事故時に遮断する電力"));
static const struct az_field trip_item = AZ_ITEM_OBJECT(&trip_table);

static const struct az_field served_fields[] = {
    AZ_REFERENCE(struct st_served, customer, AZ_F_REQUIRED, "customers", ST_W("Customer", "供給先"),
                 ST_W("who is served", "供給を受ける先")),
    AZ_REFERENCE(struct st_served, site, AZ_F_REQUIRED, "sites", ST_W("Site", "地点"),
                 ST_W("from where", "供給する地点")),
    AZ_NUMBER(struct st_served, share, AZ_F_REQUIRED, NULL, 0, 1, NAN, ST_W("Share", "割合"),
              ST_W("of what the customer needs", "供給先の必要量に対する割合")),
};
static const struct az_table served_table =
    AZ_TABLE("delivery", struct st_served, served_fields, NULL,
             ST_W("a customer that is served from a site", "地点から供給先への供給"));
static const struct az_field served_item = AZ_ITEM_OBJECT(&served_table);

/* --- summary ------------------------------------------------------------------------------------
 */

#define S struct st_year_flow
static const struct az_field year_flow_fields[] = {
    AZ_INTEGER(S, year, AZ_F_RESULT, NULL, 0, 0, AZ_NO_INTEGER, ST_W("Year", "年"),
               ST_W("calendar year", "西暦年")),
    RESULT(S, capex, "JPY", "Capital expenditure", "設備費", "at the beginning of the year",
           "年のはじめの設備費"),
    RESULT(S, subsidy, "JPY", "Subsidies", "補助金", "at the beginning of the year",
           "年のはじめの補助金"),
    RESULT(S, operation, "JPY", "Operation", "運転維持費", "of the operators",
           "事業者の運転維持費"),
    RESULT(S, rent, "JPY", "Rent", "賃料", "that the operators pay", "事業者が払う賃料"),
    RESULT(S, ppa, "JPY", "Agreed price", "PPA 収入", "that the hosts pay",
           "需要家が払う PPA の料金"),
    RESULT(S, surplus, "JPY", "Surplus", "売電収入", "that the operators earn for exports",
           "事業者の売電収入"),
    RESULT(S, environmental, "JPY", "Environmental value", "環境価値", "that the operators earn",
           "事業者の環境価値の収入"),
    RESULT(S, shared, "JPY", "Shared", "共通の費用", "reinforcements, arming, trips, deliveries",
           "増強・電制・遮断・配送の費用"),
    RESULT(S, operators, "JPY", "Operators", "事業者の計", "what the operators get in all",
           "事業者の収支の合計"),
    RESULT(S, hosts, "JPY", "Hosts", "需要家の計", "what the hosts get in all",
           "需要家の収支の合計"),
    RESULT(S, landowners, "JPY", "Landowners", "地権者の計", "what the landowners get in all",
           "地権者の収支の合計"),
};
#undef S
static const struct az_table year_flow_table =
    AZ_TABLE("flow of a year", struct st_year_flow, year_flow_fields, NULL,
             ST_W("money of a year; above 0 it comes in", "年ごとの収支（正は収入）"));
static const struct az_field year_flow_item = AZ_ITEM_OBJECT(&year_flow_table);

#define S struct st_loading
static const struct az_field loading_fields[] = {
    AZ_TEXT(S, element, AZ_F_RESULT, ST_W("Element", "設備"),
            ST_W("id of the element", "設備の識別子")),
    AZ_TEXT(S, what, AZ_F_RESULT, ST_W("What", "種類"),
            ST_W("feeder, bank, line, node, circuit, or outage: a circuit after one",
                 "feeder・bank・line・node・circuit、または outage（事故時の回線）")),
    AZ_TEXT(S, outage, AZ_F_RESULT, ST_W("Outage", "事故の回線"),
            ST_W("circuit whose outage it is", "事故を想定する回線")),
    AZ_INTEGER(S, hour, AZ_F_RESULT, NULL, 0, 0, AZ_NO_INTEGER, ST_W("Hour", "時間"),
               ST_W("in which it is fullest, or the voltage nearest its limit",
                    "最も余裕の小さい時間の番号")),
    RESULT(S, value, NULL, "Value", "値", "kW, kVA or per unit", "kW・kVA または単位法の値"),
    RESULT(S, limit, NULL, "Limit", "上限", "that it is held against", "比べる上限・下限"),
    RESULT(S, worth_jpy_per_kw, "JPY/kW", "Worth", "増強の価値",
           "of one more, all hours together: a price of the relaxation, so about; absent: untold",
           "1 kW 増やす価値（全時間の合計。緩和問題の価格なので目安。不明なら省略）"),
};
#undef S
static const struct az_table loading_table =
    AZ_TABLE("loading", struct st_loading, loading_fields, NULL,
             ST_W("how full an element of the networks is", "系統の設備の利用の度合い"));
static const struct az_field loading_item = AZ_ITEM_OBJECT(&loading_table);

const struct az_choice st_reasons[ST_REASONS] = {
    { "untested", ST_W("nobody has looked why", "理由は未検証") },
    { "no_option",
      ST_W("no option is allowed: it has none, none saves its host money, or it is decided out",
           "許される選択肢がない（選択肢なし、需要家の節約にならない、または不採用と決定）") },
    { "loses", ST_W("every option costs more than it brings", "どの選択肢も収支が赤字") },
    { "limit", ST_W("its room in a limit is worth more elsewhere",
                    "条件や系統の余裕がほかの地点でより活きる") },
    { "served", ST_W("its customers are served better from elsewhere",
                     "需要先はほかの地点から供給するほうが有利") },
};

static const struct az_field left_out_fields[] = {
    AZ_REFERENCE(struct st_left_out, site, AZ_F_RESULT, "sites", ST_W("Site", "地点"),
                 ST_W("site that is left out", "採用しない地点")),
    AZ_ENUM(struct st_left_out, reason, AZ_F_RESULT, st_reasons, NAN, ST_W("Reason", "理由"),
            ST_W("why it is left out", "採用しない理由")),
    AZ_TEXT(struct st_left_out, limit, AZ_F_RESULT, ST_W("Limit", "条件"),
            ST_W("id of what weighs most against it", "最も強く妨げるものの識別子")),
    RESULT(struct st_left_out, lost_jpy, "JPY", "Lost", "採用の損失",
           "what including it would cost in all, at least; 0: no loss is proven; absent: untold",
           "採用した場合に全体で失う額の下限（0 は損失が証明されていないこと、省略は不明）"),
};
static const struct az_table left_out_table =
    AZ_TABLE("site left out", struct st_left_out, left_out_fields, NULL,
             ST_W("a site that is left out, and why", "採用しない地点とその理由"));
static const struct az_field left_out_item = AZ_ITEM_OBJECT(&left_out_table);

static const struct az_field worth_fields[] = {
    AZ_TEXT(struct st_worth, limit, AZ_F_RESULT, ST_W("Limit", "条件"),
            ST_W("id of a budget, limit, feeder, bank, line, node or circuit",
                 "予算・条件・系統の設備の識別子")),
    RESULT(struct st_worth, jpy_per_unit, "JPY", "Worth", "価値",
           "what one unit more would bring, about: a price of the relaxation, below the gap it "
           "does not show in a plan made anew",
           "1 単位増やすとおおよそ得られる額（緩和問題の価格。ギャップより小さい差は解き直しても"
           "現れない）"),
};
static const struct az_table worth_table =
    AZ_TABLE("worth of a limit", struct st_worth, worth_fields, NULL,
             ST_W("what one unit more of a limit would bring", "条件を 1 単位緩めることの価値"));
static const struct az_field worth_item = AZ_ITEM_OBJECT(&worth_table);

static const struct az_field covered_fields[] = {
    AZ_REFERENCE(struct st_covered, district, AZ_F_RESULT, "districts", ST_W("District", "地区"),
                 ST_W("district", "地区")),
    NUMBER_OF(struct st_covered, shelters, "Shelters", "避難所",
              "self-sufficient ones within reach", "届く範囲の自立できる避難所の数"),
    AZ_BOOLEAN(struct st_covered, covered, AZ_F_RESULT, NAN, ST_W("Covered", "カバー"),
               ST_W("are these enough", "必要な数に足りるか")),
};
static const struct az_table covered_table =
    AZ_TABLE("coverage of a district", struct st_covered, covered_fields, NULL,
             ST_W("the shelters with power that a district has", "地区に届く避難所の状況"));
static const struct az_field covered_item = AZ_ITEM_OBJECT(&covered_table);

#define S struct st_summary
static const struct az_field summary_fields[] = {
    RESULT(S, npv_jpy, "JPY", "Net present value", "正味現在価値", "of all operators",
           "全事業者の正味現在価値"),
    RESULT(S, capex_jpy, "JPY", "Capital expenditure", "設備費", "of all options",
           "全選択肢の設備費"),
    RESULT(S, subsidy_jpy, "JPY", "Subsidies", "補助金", "of all options", "全選択肢の補助金"),
    RESULT(S, irr, NULL, "Rate of return", "内部収益率", "internal, of all operators together",
           "全事業者を合わせた内部収益率"),
    RESULT(S, payback_years, "years", "Payback", "回収年数", "of all operators together",
           "全事業者を合わせた回収年数"),
    RESULT(S, pv_kw, "kW", "PV", "太陽光", "of all options", "太陽光の合計"),
    RESULT(S, battery_kwh, "kWh", "Batteries", "蓄電池", "of all options", "蓄電池の合計"),
    RESULT(S, self_kwh, "kWh", "Self-consumption", "自家消費", "in the first year of operation",
           "運転初年度の自家消費"),
    RESULT(S, export_kwh, "kWh", "Export", "売電", "in the first year of operation",
           "運転初年度の売電（逆潮流）"),
    RESULT(S, lost_kwh, "kWh", "Lost", "損失", "curtailed in the first year of operation",
           "運転初年度に制御などで失われる量"),
    RESULT(S, co2_t, "t", "Carbon avoided", "CO2 削減", "in the first year of operation",
           "運転初年度の CO2 削減量"),
    RESULT(S, trips_kwh_per_year, "kWh/year", "Trips", "遮断量", "expected, a year",
           "年間の遮断量の期待値"),
    NUMBER_OF(S, sites, "Sites", "地点数", "sites chosen", "採用する地点の数"),
    NUMBER_OF(S, people_covered, "People covered", "カバー人口",
              "within reach of enough shelters with power", "電気の使える避難所が届く人口"),
    AZ_LIST_OF(S, years, AZ_F_RESULT, &year_flow_item, ST_W("Years", "年ごとの収支"),
               ST_W("money by year and party", "年別・当事者別の収支")),
    AZ_LIST_OF(S, loadings, AZ_F_RESULT, &loading_item, ST_W("Loadings", "系統の余裕"),
               ST_W("the fullest hour of each element", "設備ごとの最も厳しい時間")),
    AZ_LIST_OF(S, worths, AZ_F_RESULT, &worth_item, ST_W("Worths", "条件の価値"),
               ST_W("of the limits that bind", "効いている条件の価値")),
    AZ_LIST_OF(S, coverage, AZ_F_RESULT, &covered_item, ST_W("Coverage", "避難所の状況"),
               ST_W("by district", "地区ごとの状況")),
    AZ_LIST_OF(S, left_out, AZ_F_RESULT, &left_out_item, ST_W("Left out", "不採用"),
               ST_W("sites that are left out, and why", "採用しない地点とその理由")),
    RESULT(S, lowest_pu, "pu", "Lowest voltage", "最低電圧", "by an AC sweep of the plan",
           "交流計算による最低電圧"),
    RESULT(S, highest_pu, "pu", "Highest voltage", "最高電圧", "by an AC sweep of the plan",
           "交流計算による最高電圧"),
    NUMBER_OF(S, voltage_warnings, "Voltage warnings", "電圧の警告",
              "nodes and hours outside their limits by AC, not by the rule",
              "交流計算でだけ範囲を外れる接続点と時間の数"),
};
#undef S
static const struct az_table summary_table =
    AZ_TABLE("siting summary", struct st_summary, summary_fields, NULL,
             ST_W("key figures of the plan", "計画の主要な数値"));

/* --- the plan -----------------------------------------------------------------------------------
 */

static const struct az_field reinforcement_item = AZ_ITEM_TEXT;
static const struct az_field armed_item = AZ_ITEM_REFERENCE("upstream.plants");

#define S struct st_plan
static const struct az_field plan_fields[] = {
    AZ_LIST_OF(S, choices, AZ_F_REQUIRED, &choice_item, ST_W("Choices", "採用"),
               ST_W("sites that are chosen, with their options", "採用する地点と設備の一覧")),
    AZ_LIST_OF(S, reinforcements, AZ_F_UNIQUE, &reinforcement_item, ST_W("Reinforcements", "増強"),
               ST_W("ids of those that are chosen", "採用する増強の識別子")),
    AZ_LIST_OF(S, armed, AZ_F_UNIQUE, &armed_item, ST_W("Armed plants", "電制する発電所"),
               ST_W("existing plants that may trip", "電制装置を付ける既設の発電所")),
    AZ_LIST_OF(S, trips, 0, &trip_item, ST_W("Trips", "遮断"),
               ST_W("what trips after which outage", "事故ごとの遮断の一覧")),
    AZ_LIST_OF(S, served, 0, &served_item, ST_W("Deliveries", "供給"),
               ST_W("who is served from where", "供給先と地点の組の一覧")),
    AZ_OBJECT(S, summary, AZ_F_RESULT, &summary_table, ST_W("Summary", "要約"),
              ST_W("key figures, written by azumi", "主要な数値（azumi が書きます）")),
};
#undef S

const struct az_table st_plan_table =
    AZ_TABLE("siting plan", struct st_plan, plan_fields, NULL,
             ST_W("which sites get what, what is reinforced, armed and tripped",
                  "どの地点に何を置き、何を増強・電制するか"));
