/* format.h - how the world comes in and goes out: the registry of import and export formats.
 *
 * A format is one file under import/ or export/ and one line in format.c. Importers answer with an
 * instance as a JSON document, so that what the user wrote stays as it was written; exporters
 * answer with text. Neither prints; everything wrong in a file is a finding whose place names the
 * file and the line. */
#ifndef AZ_FORMAT_H
#define AZ_FORMAT_H

#include <jansson.h>

#include "adapters/import/input.h"
#include "formulations/formulation.h"

struct az_keyfile; /* keyfile.h */

/* What a call of an importer was given. */
struct az_import {
    const struct az_input *inputs; /* files, decompressed */
    size_t input_count;
    const json_t *into;      /* the instance to fill; NULL when none was given. Never changed. */
    const char *kind;        /* of the instance; from `into` when that says it; may be NULL */
    const char *date;        /* "2026-01-21": the horizon's first day; NULL: the instance's own */
    const char *area;        /* NULL: every area */
    const char *table;       /* csv: the list the rows belong to, "units"; NULL: series */
    const char *const *only; /* ids of the assets to fill; none: all */
    size_t only_count;
    int64_t slots;      /* 0, or the horizon's new length; other series repeat by the day */
    const char *routes; /* gtfs: route ids or parts of names, comma between; NULL: all */
    const struct az_input *side;      /* gtfs: what a timetable lacks, as JSON; NULL: defaults */
    struct az_findings *told;         /* what was assumed goes here; NULL: nowhere */
    int64_t customers;                /* solomon: the first so many; 0: all */
    double capacity;                  /* orlib-cap: of every site; 0: not given */
    const struct az_input *places;    /* osrm: ids of the rows, a line each; NULL: the instance's */
    const char *profile;              /* osrm: of the matrix; NULL: for all vehicles */
    const char *key;                  /* csv of clinic: path of the key file; NULL: none */
    const struct az_input *gazetteer; /* csv of clinic: names of places; NULL: none */
    const char *site_kind; /* csv, geojson of siting: of rows that name none; NULL: they must */
    double kw_per_m2;      /* the same: of roofs and land; 0: by the kind of site */
    const char *tariff, *costs, *menu; /* the same: of rows that name none; NULL: by the kind */
};

/* Is there one file, as formats of one case need it? Otherwise that is a finding. */
bool az_import_is_one_case(const struct az_import *import, struct az_findings *findings);

struct az_import_format {
    const char *name;
    struct az_words summary;
    bool needs_into;
    /* AZ_OK and *document (a new reference), or AZ_OK with findings and no document, or
     * AZ_NO_MEMORY. */
    enum az_status (*read)(const struct az_import *import, struct az_arena *arena,
                           struct az_findings *findings, json_t **document);
};

/* What a call of an exporter for people was given. */
struct az_export {
    const void *instance, *plan; /* linked, resolved */
    const void *previous; /* an earlier plan, linked to the same instance as far as its objects are
                             there: what of it is no more is told; NULL: none */
    enum az_language language;
    const struct az_keyfile *key; /* who stands behind the identifiers; NULL: they stay */
    int64_t revision;             /* icalendar: of this issue; < 0: as the instance's state says */
    bool apart;                   /* several files in place of one that has it all */
    struct az_findings *told;     /* what was left out goes here; NULL: nowhere */
};

/* Files of an export; the names have no folder. In the arena. */
struct az_export_file {
    const char *name, *bytes;
    size_t length;
};
struct az_export_files {
    size_t count;
    struct az_export_file *items;
};

/* The files as a zip, with one fixed time stamp, so that equal files are equal bytes. */
enum az_status az_export_zip(const struct az_export_files *files, struct az_arena *arena,
                             char **bytes, size_t *length);

struct az_export_format {
    const char *name;
    const char *kind; /* of plans that it writes; NULL: any */
    bool binary;      /* a file rather than text */
    bool marked;      /* begins with a byte order mark by itself */
    bool several;     /* `tell` knows `apart` */
    struct az_words summary;
    /* instance and plan: linked; a format of a kind wants them resolved, too. *text lives in the
     * arena. AZ_UNSUPPORTED: this plan cannot be said so. NULL: the format has `tell`. */
    enum az_status (*write)(const struct az_formulation *formulation, const void *instance,
                            const void *plan, struct az_arena *arena, char **text, size_t *length);
    /* The plan written into the files that its instance was imported from; NULL: the format has no
     * such thing. told: what was done. AZ_OK with findings and no text when it cannot be. */
    enum az_status (*fill)(const void *instance, const void *plan, const struct az_inputs *from,
                           struct az_arena *arena, struct az_findings *findings,
                           struct az_findings *told, char **text, size_t *length);
    /* In words for people and, with a key, with names: one file, or with `apart` several. NULL: the
     * format has `write`. AZ_UNSUPPORTED as above. */
    enum az_status (*tell)(const struct az_export *call, struct az_arena *arena,
                           struct az_export_files *files);
};

/* The registry; NULL when there is none (or past the last). */
const struct az_import_format *az_import_find(const char *name);
const struct az_import_format *az_import_at(size_t i);
const struct az_export_format *az_export_find(const char *name); /* the first of that name */
/* The format of a name for plans of a kind: the kind's own before one for any. */
const struct az_export_format *az_export_find_for(const char *name, const char *kind);
const struct az_export_format *az_export_at(size_t i);

/* The CSV template of a list of a kind ("units"), or of its series ("series"): a header and a line
 * of units. AZ_NOT_FOUND when the kind has no such list. */
enum az_status az_csv_template(const struct az_formulation *formulation, const char *table,
                               enum az_language language, struct az_arena *arena, char **text);

/* The empty sheet of the office for `import csv` of the clinic kind: headers and a row of examples.
 */
enum az_status az_csv_clinic_template(bool of_staff, enum az_language language,
                                      struct az_arena *arena, char **text);

/* The same for `import csv` of the siting kind. table: "" or "sites", "districts", "options". */
enum az_status az_csv_siting_template(const char *table, enum az_language language,
                                      struct az_arena *arena, char **text);

/* The table of the gtfs format's side file: the members of an instance of electric buses that a
 * timetable does not give, and how stops become places. Built in the arena; NULL: no memory. */
const struct az_table *az_gtfs_side_table(struct az_arena *arena);

/* Names of the lists that az_csv_template knows, NULL past the last. */
const char *az_csv_template_name(const struct az_formulation *formulation, size_t i);

/* Codes of what importing can find wrong; X(name, en, ja). */
#define AZ_IMPORT_CODES(X)                                                                                         \
    X(import_unreadable, "cannot be read: {reason}", "読めません: {reason}")                                       \
    X(import_too_large, "is larger than {maximum} bytes when unpacked",                                            \
      "展開すると {maximum} バイトを超えます")                                                                     \
    X(import_bad_archive, "is damaged: {reason}", "壊れています: {reason}")                                        \
    X(import_not_text, "is neither UTF-8 nor CP932 text", "UTF-8 でも CP932 でもありません")                       \
    X(import_not_format, "is not a file of this format: {what}", "この形式ではありません: {what}")                 \
    X(import_bad_number, "column {column}: {value} is not a number",                                               \
      "列 {column}: {value} は数ではありません")                                                                   \
    X(import_bad_value, "column {column}: {value} is not {expected}",                                              \
      "列 {column}: {value} は{expected}ではありません")                                                           \
    X(import_short_row, "has {found} columns, needs {expected}",                                                   \
      "列が {found} しかありません（{expected} 必要）")                                                            \
    X(import_bad_date, "{value} is not a date like 2026-01-21",                                                    \
      "{value} は 2026-01-21 のような日付ではありません")                                                          \
    X(import_bad_time, "{value} is not a time of day", "{value} は時刻ではありません")                             \
    X(import_missing_day, "there is no row for {date}", "{date} の行がありません")                                 \
    X(import_missing_period, "there is no row for {date} {time} (time code {code})",                               \
      "{date} {time}（時刻コード {code}）の行がありません")                                                        \
    X(import_duplicate_period, "{date} {time} is given again with another value",                                  \
      "{date} {time} が別の値で重複しています")                                                                    \
    X(import_needs_into, "needs an instance to fill (--into)", "書き込む入力が必要です（--into）")                 \
    X(import_needs_kind, "needs --kind or --into", "--kind か --into が必要です")                                  \
    X(import_no_area, "no connection has a price_area that the file holds ({area})",                               \
      "価格エリア {area} の受電点がありません")                                                                    \
    X(import_unknown_area, "{area} is not one of {areas}",                                                         \
      "{area} は {areas} のどれでもありません")                                                                    \
    X(import_nothing_filled, "nothing in the instance takes these series",                                         \
      "この系列を入れる項目がありません")                                                                          \
    X(import_no_asset, "there is no {id} in the instance", "{id} は入力にありません")                              \
    X(import_bad_horizon, "a horizon of {slots} slots does not fit: {reason}",                                     \
      "{slots} コマの期間にできません: {reason}")                                                                  \
    X(import_unknown_column, "column {column} is not known", "列 {column} は不明です")                             \
    X(import_unknown_table, "there is no list {table}; there are {tables}",                                        \
      "{table} という表はありません（{tables}）")                                                                  \
    X(import_missing_column, "column {column} is missing", "列 {column} がありません")                             \
    X(import_row_count, "has {found} rows of values, needs {expected}",                                            \
      "値の行が {found} 行です（{expected} 行必要）")                                                              \
    X(import_unsupported, "cannot be said in an instance: {what}", "入力で表せません: {what}")                     \
    X(import_few_customers, "has {found} customers, needs {expected}",                                             \
      "顧客が {found} 件しかありません（{expected} 件必要）")                                                      \
    X(import_odd_customers,                                                                                        \
      "has {found} customers: the public sets have 25, 50, 100, 200, 400, 600, 800 or 1000",                       \
      "顧客が {found} 件です（公開データは 25・50・100・200・400・600・800・1000 件）")                            \
    X(import_unservable, "customer {customer} cannot be served: {why}",                                            \
      "顧客 {customer} を訪問できません: {why}")                                                                   \
    X(import_route_limit, "a route may be at most {units} units long, as there is no limit",                       \
      "上限がないため、一つの経路は最長 {units} 単位とします")                                                     \
    X(import_twice, "{id} is named again", "{id} が重複しています")                                                \
    X(import_table_size, "has {found} rows, needs {expected}: one for each place",                                 \
      "{found} 行あります（場所の数 {expected} が必要）")                                                          \
    X(import_not_square, "has {found} cells in a table of {expected} rows: it must be square",                     \
      "{expected} 行の表なのに {found} 列です（正方でなければなりません）")                                        \
    X(import_bad_cell, "is neither null nor a number that travel can have",                                        \
      "所要時間・距離になる数でも null でもありません")                                                            \
    X(import_far_point, "lies {km} km from the place {id}: are the places in the same order?",                     \
      "場所 {id} から {km} km 離れています。場所の順序が違っていませんか")                                         \
    X(import_no_way, "{count} pairs have no way: they cannot be driven",                                           \
      "{count} 組には経路がなく、走行不可とします")                                                                \
    X(import_guessed_ways, "{count} pairs were estimated by the service, not routed",                              \
      "{count} 組は経路でなく推定値です")                                                                          \
    X(import_bad_key, "is not a key file: {reason}", "対応表のファイルではありません: {reason}")                   \
    X(import_open_key, "others may read this key file: chmod 600",                                                 \
      "この対応表は他の人も読めます（chmod 600 してください）")                                                    \
    X(import_key_touched, "has been changed in the meantime: nothing was written, import again",                   \
      "その間に変更されました。何も書いていません。もう一度取り込んでください")                                    \
    X(import_key_unwritten, "cannot be written: {reason}", "書けません: {reason}")                                 \
    X(import_needs_key, "needs --key FILE: names stay there",                                                      \
      "--key FILE が必要です（氏名はそこに残します）")                                                             \
    X(import_needs_date, "needs --into or --date: the first day",                                                  \
      "--into または --date（最初の日）が必要です")                                                                \
    X(import_needs_capacity, "needs --capacity: the file leaves the capacity open",                                \
      "--capacity が必要です（ファイルでは容量が未定です）")                                                       \
    X(import_no_headers,                                                                                           \
      "none of the headers is known: is it text in another encoding, or is the row of headers "                    \
      "missing?",                                                                                                  \
      "知っている見出しがありません。文字コードが違うか、見出しの行がありません")                                  \
    X(import_unknown_header,                                                                                       \
      "column {column}: the header is not known: see the template; # before it leaves the column "                 \
      "out",                                                                                                       \
      "{column} 列目: 見出しが不明です（ひな形を確認するか、先頭に # を付けて除いてください）")                    \
    X(import_header_twice, "columns {first} and {column} have the same header",                                    \
      "{first} 列目と {column} 列目の見出しが同じです")                                                            \
    X(import_open_quote, "column {column}: a quotation mark is never closed",                                      \
      "{column} 列目: 引用符が閉じていません")                                                                     \
    X(import_full_table, "has more than {columns} columns, or {cells} cells in all",                               \
      "列が {columns} を超えるか、セルが全部で {cells} を超えています")                                            \
    X(import_no_header, "column {column} has values but no header",                                                \
      "{column} 列目: 値がありますが見出しがありません")                                                           \
    X(import_shifted_row, "has {found} cells, the header has {expected}: columns may be shifted",                  \
      "セルが {found} 個です（見出しは {expected} 個）。列がずれていませんか")                                     \
    X(import_cell_empty, "column {column} ({header}) is empty",                                                    \
      "{column} 列目（{header}）が空です")                                                                         \
    X(import_cell_wrong, "column {column} ({header}): cannot be read; columns may be shifted",                     \
      "{column} 列目（{header}）を読み取れません。列がずれていませんか")                                           \
    X(import_cell_unknown,                                                                                         \
      "column {column} ({header}): is not known: see the base instance, the template, or the "                     \
      "gazetteer if there is one",                                                                                 \
      "{column} 列目（{header}）: "                                                                            \
      "登録がありません（元の入力、ひな形、あれば地名表を確認してください）")                                      \
    X(import_property_empty, "property {header} is empty", "属性 {header} が空です")                               \
    X(import_property_wrong, "property {header} cannot be read", "属性 {header} を読み取れません")                 \
    X(import_property_unknown, "property {header}: is not known in the base instance",                             \
      "属性 {header}: 元の入力に登録がありません")                                                                 \
    X(import_same_row, "is the same as row {row}", "{row} 行目と同じです")                                         \
    X(import_same_name,                                                                                            \
      "has the name of {id} with another address or number: taken as somebody else",                               \
      "{id} と同じ氏名ですが、住所または番号が違うので別の人とします")                                             \
    X(import_ignored_column, "column {column} stays out of the instance",                                          \
      "{column} 列目は取り込みません")                                                                             \
    X(import_default_hours, "{count} rows have no hours: taken as {hours}",                                        \
      "時間帯のない行が {count} 件あり、{hours} とします")                                                         \
    X(import_guessed_hours,                                                                                        \
      "{count} rows say morning, afternoon or all day: taken as 09:00-12:00, 13:00-17:00, "                        \
      "09:00-17:00",                                                                                               \
      "午前・午後・終日とだけある行が {count} 件あり、09:00-12:00、13:00-17:00、09:00-17:00 " \
      "とします")                                                                                                  \
    X(import_default_cares, "cares are assumed: {cares}; change them to the office's own",                         \
      "診療形態を仮に置きました: {cares}。実際のものに直してください")                                             \
    X(import_week_lacks,                                                                                           \
      "there are no {lists} yet: begin with --into an instance that has them, or import them "                     \
      "(--table)",                                                                                                 \
      "{lists} がまだありません（それらのある入力を --into に指定するか、--table "        \
      "で取り込んでください）")                                                                                    \
    X(import_rough_places,                                                                                         \
      "coordinates are kept to {digits} decimals, so that they show no house",                                     \
      "座標は家を特定しないよう小数 {digits} 桁に丸めました")                                                      \
    X(import_sites_stay, "{count} sites of the base are not in the sheet: they stay",                              \
      "元の入力にあって表にない訪問先 {count} 件は残します")

#define AZ_IMPORT_CODE_DECLARE(name, en, ja) extern const struct az_code az_code_##name;
AZ_IMPORT_CODES(AZ_IMPORT_CODE_DECLARE)
#undef AZ_IMPORT_CODE_DECLARE

#endif
