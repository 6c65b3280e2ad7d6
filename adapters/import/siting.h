/* siting.h - what imports of the siting kind share: the document they fill, and the words of what
 * they leave out or assume. */
#ifndef AZ_IMPORT_SITING_H
#define AZ_IMPORT_SITING_H

#include "adapters/format.h"

/* Codes; X(name, en, ja). */
/* clang-format off: its columns count Japanese letters by their bytes */
#define AZ_IMPORT_SITING_CODES(X)                                                                                                         \
    X(import_other_kind, "is an instance of {kind}, not of siting",                                                                       \
      "{kind} の入力です（siting ではありません）")                                                                                       \
    X(import_has_already, "the instance has {what} already: take it out first",                                                           \
      "入力にはすでに {what} があります。先に取り除いてください")                                                                         \
    X(import_first_year, "the first year is taken as {year}: --date says another",                                                        \
      "最初の年を {year} 年とします（--date で変えられます）")                                                                            \
    X(import_bad_bus, "there is no bus {bus}", "母線 {bus} がありません")                                                                 \
    X(import_slack_count, "{found} slack buses (type 3) in service, needs one",                                                           \
      "運転中の基準母線（type 3）が {found} 個あります（一つ必要）")                                                                      \
    X(import_parts, "{count} buses cannot be reached from the slack bus",                                                                 \
      "基準母線から届かない母線が {count} 個あります")                                                                                    \
    X(import_bad_branch, "resistance must be at least 0, reactance of a meshed grid above 0",                                             \
      "抵抗は 0 以上、網状系統のリアクタンスは正でなければなりません")                                                                    \
    X(import_bad_size, "a value is not finite or too large", "値が有限でないか大きすぎます")                                              \
    X(import_no_kv, "the voltage of the slack bus (baseKV) is not above 0",                                                               \
      "基準母線の電圧（baseKV）が正ではありません")                                                                                       \
    X(import_told_flat, "loads and plants are the same in every hour: profile {id}",                                                      \
      "負荷と発電所は全時間一定とします（プロファイル {id}）")                                                                            \
    X(import_told_out_of_service,                                                                                                         \
      "{branches} branches and {buses} buses out of service: left out",                                                                   \
      "停止中の枝 {branches} 本・母線 {buses} 個は取り込みません")                                                                        \
    X(import_told_shunts, "shunts at {count} buses: left out",                                                                            \
      "母線 {count} 個のシャントは取り込みません")                                                                                        \
    X(import_told_charging, "charging of {count} branches: left out",                                                                     \
      "枝 {count} 本の充電容量は取り込みません")                                                                                          \
    X(import_told_taps, "ratios of {count} transformers: left out, a feeder has none",                                                    \
      "変圧器 {count} 台の変圧比は取り込みません（配電線にはありません）")                                                                \
    X(import_told_shifts, "phase shifts of {count} branches: left out",                                                                   \
      "枝 {count} 本の移相は取り込みません")                                                                                              \
    X(import_told_generators,                                                                                                             \
      "{count} generators beside the slack: left out, a feeder has none (sites have existing PV)",                                        \
      "基準母線以外の発電機 {count} 台は取り込みません（配電線にはありません。地点の既設設備とし" \
      "て入れてください）")                                                                                                               \
    X(import_told_idle_generators,                                                                                                        \
      "{count} generators out of service or without output: left out",                                                                    \
      "停止中または出力のない発電機 {count} 台は取り込みません")                                                                          \
    X(import_told_drawing_generators, "{count} generators that draw power: left out",                                                     \
      "出力が負の発電機 {count} 台は取り込みません")                                                                                      \
    X(import_told_negative_loads, "negative loads at {count} buses: left out",                                                            \
      "母線 {count} 個の負の負荷は取り込みません")                                                                                        \
    X(import_told_load_plants, "negative loads at {count} buses become plants",                                                           \
      "母線 {count} 個の負の負荷は発電所とします")                                                                                        \
    X(import_told_reactive,                                                                                                               \
      "reactive power at {count} buses: left out, as it is not drawn by a load",                                                          \
      "母線 {count} 個の無効電力は負荷が消費するものでないため取り込みません")                                                            \
    X(import_told_several_kv, "buses have several voltages: impedances are said at {kv} kV",                                              \
      "電圧の違う母線があります。インピーダンスは {kv} kV に換算します")                                                                  \
    X(import_told_several_limits,                                                                                                         \
      "voltage limits differ between buses: the narrowest hold for all, {low} to {high} p.u.",                                            \
      "電圧の上下限が母線により違います。最も狭い {low}～{high} p.u. を全体に用います")                                                   \
    X(import_told_dc,                                                                                                                     \
      "upstream is DC power flow: resistances, charging, reactive power and voltages are left "                                           \
      "out, MVA is taken as MW",                                                                                                          \
      "上位系統は直流法で扱います。抵抗・充電容量・無効電力・電圧は取り込まず、MVA を MW "           \
      "とします")                                                                                                                         \
    X(import_told_unlimited, "{count} branches have no rating",                                                                           \
      "定格のない枝が {count} 本あります")                                                                                                \
    X(import_needs_siting, "needs --into: an instance with prices, costs and profiles",                                                   \
      "--into が必要です（料金・費用・プロファイルのある入力）")                                                                          \
    X(import_options_on_map, "--table options: options are rows of a sheet (csv), a map has none",                                        \
      "--table options: 選択肢は表（csv）で取り込みます。地図にはありません")                                                             \
    X(import_name_not_public, "{header} is for public buildings only: leave it empty",                                                    \
      "{header} は公共施設だけに書けます。空にしてください")                                                                              \
    X(import_outside_japan, "{header}: the place is outside Japan, where the instance is",                                                \
      "{header}: 入力の地区は日本にありますが、この地点は日本の外です")                                                                   \
    X(import_swapped, "{header}: latitude and longitude are swapped",                                                                     \
      "{header}: 緯度と経度が逆です")                                                                                                     \
    X(import_list_length, "{header}: as many values as surfaces are needed",                                                              \
      "{header}: 面の数と値の数が合いません")                                                                                             \
    X(import_no_yield, "{header}: no profile is named; --profile says one for all",                                                       \
      "{header}: 発電プロファイルがありません（--profile で一括指定できます）")                                                           \
    X(import_bad_site_kind, "--site-kind {value} is not a kind of site",                                                                  \
      "--site-kind {value} という種別はありません")                                                                                       \
    X(import_property_twice, "property {header} is there twice", "属性 {header} が重複しています")                                        \
    X(import_bad_geometry, "the geometry is not a point or polygons as RFC 7946 has them",                                                \
      "図形が RFC 7946 の点または面ではありません")                                                                                       \
    X(import_bad_ring, "a ring has less than four positions, is not closed, or has no area",                                              \
      "輪が 4 点未満か、閉じていないか、面積がありません")                                                                                \
    X(import_wrong_order,                                                                                                                 \
      "a position is beyond latitude 90 or longitude 180: RFC 7946 says longitude first, degrees",                                        \
      "緯度 90 度または経度 180 度を超える座標があります（RFC 7946 は経度が先、単位は度です）")                                           \
    X(import_bad_crs, "coordinates are not longitude and latitude (WGS 84): convert them first",                                          \
      "座標が経緯度（WGS 84）ではありません。先に変換してください")                                                                       \
    X(import_told_ids, "{count} features have no id: named by their place in the file",                                                   \
      "識別子のない地物が {count} 件あり、ファイル中の順番で名付けます")                                                                  \
    X(import_told_properties, "properties that are not known, left out: {names}",                                                         \
      "不明な属性は取り込みません: {names}")                                                                                              \
    X(import_told_default, "{count} sites name no {member}: taken by their kind, or the only one",                                        \
      "{count} 地点に {member} がないため、種別と同名のもの、または唯一のものを用います")                                                 \
    X(import_told_lacking, "{count} sites have no {member}, and nothing tells which",                                                     \
      "{count} 地点に {member} がなく、どれを用いるか決められません")                                                                     \
    X(import_told_no_options,                                                                                                             \
      "{count} sites have neither options nor a menu: they cannot be chosen. Name a menu "                                                \
      "(--menu, "                                                                                                                         \
      "or the column) or import options (--table options)",                                                                               \
      "{count} 地点に選択肢もメニューもなく、採用できません。メニューを指定するか（--menu "             \
      "または列）、"                                                                                                                \
      "選択肢を取り込んでください（--table options）")                                                                                    \
    X(import_bad_default, "--{member} {value} is not in the instance",                                                                    \
      "--{member} {value} は入力にありません")                                                                                            \
    X(import_told_skipped,                                                                                                                \
      "{count} features of an exported map are of another kind (nodes, lines, ...): left out",                                            \
      "書き出した地図のほかの種類の地物（接続点・線路など）{count} 件は取り込みません")                                                   \
    X(import_told_by_area, "{count} sites by their area: {kw_per_m2} kW for each m2",                                                     \
      "{count} 地点は面積から容量を求めました（1 m2 あたり {kw_per_m2} kW）")                                                             \
    X(import_told_rows, "{added} added, {changed} changed", "追加 {added} 件、変更 {changed} 件")                                         \
    X(import_told_weak_emergency, "{count} branches carry less after an outage than before",                                              \
      "事故時の上限が平常時より小さい枝が {count} 本あります")
/* clang-format on */

#define AZ_IMPORT_SITING_DECLARE(name, en, ja) extern const struct az_code az_code_##name;
AZ_IMPORT_SITING_CODES(AZ_IMPORT_SITING_DECLARE)
#undef AZ_IMPORT_SITING_DECLARE

/* Sets a member, or adds to a list, and takes the value over; a NULL value is AZ_NO_MEMORY. */
enum az_status az_sti_set(json_t *object, const char *name, json_t *value);
enum az_status az_sti_append(json_t *list, json_t *value);

/* The text of a member, "" where there is none. */
const char *az_sti_text(const json_t *object, const char *name);

/* The instance to be filled: a copy of `into`, or a new one whose year is one typical day. NULL
 * with AZ_OK and a finding when `into` is of another kind. The reference is the caller's. */
enum az_status az_sti_begin(const struct az_import *import, const char *title,
                            struct az_findings *findings, json_t **document);

/* A list of the document, made when it is not there. Borrowed; NULL: no memory (or the member is
 * something else, which reading the instance will say). */
json_t *az_sti_list(json_t *object, const char *name);

/* The object of a list with this id; NULL: none. Borrowed. */
json_t *az_sti_find(const json_t *list, const char *id);

/* A profile that is 1 in every hour: one that is there, else a new one. In the arena. */
enum az_status az_sti_flat(json_t *document, struct az_arena *arena, const char **id);

/* Adds a source unless it is there. */
enum az_status az_sti_source(json_t *document, const char *source);

/* A number with 12 digits: what conversions add to it is cut off. */
json_t *az_sti_number(double value);

#endif
