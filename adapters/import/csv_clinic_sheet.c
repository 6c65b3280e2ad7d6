/* csv_clinic_sheet.c - the columns of the office's sheets, and what stands in them. */
#include "adapters/import/csv_clinic.h"

#define FOR_SITES 1
#define FOR_STAFF 2

static const struct az_sheet_column columns[CS_COLUMNS] = {
    [CS_NUMBER] = { 3,
                    false,
                    "A-012",
                    { "番号", "number", "管理番号", "整理番号", "利用者番号", "患者番号",
                      "診察券番号", "カルテ番号", "職員番号", "no", "no.", "id" } },
    [CS_NAME] = { 3,
                  false,
                  "",
                  { "氏名", "name", "名前", "お名前", "患者名", "患者氏名", "利用者名", "訪問先",
                    "訪問先名", "施設名", "職員名" } },
    [CS_KANA] = { 3,
                  true,
                  NULL,
                  { "フリガナ", "kana", "ふりがな", "カナ", "カナ氏名", "よみ", "よみがな" } },
    [CS_ADDRESS] = { 3, false, "", { "住所", "address", "所在地", "自宅住所" } },
    [CS_PHONE] = { 3,
                   false,
                   "",
                   { "電話", "phone", "電話番号", "tel", "連絡先", "携帯", "携帯電話" } },
    [CS_REMARKS] = { 3,
                     true,
                     "",
                     { "備考", "remarks", "メモ", "特記事項", "注意", "病名", "既往歴", "生年月日",
                       "性別", "年齢", "家族", "緊急連絡先", "notes" } },
    [CS_PLACE] = { 1,
                   false,
                   "島内",
                   { "地区", "district", "地区名", "集落", "集落名", "町会", "場所", "place" } },
    [CS_LATITUDE] = { 1, false, "", { "緯度", "latitude", "lat" } },
    [CS_LONGITUDE] = { 1, false, "", { "経度", "longitude", "lon", "lng" } },
    [CS_VISITS] = { 1, false, "1回", { "訪問回数", "visits", "回数", "週回数" } },
    [CS_WEEKDAYS] = { 3,
                      false,
                      "月・水",
                      { "曜日", "weekdays", "希望曜日", "訪問曜日", "勤務曜日" } },
    [CS_DATES] = { 3, false, "12月2日", { "希望日", "dates", "訪問希望日", "訪問日", "勤務日" } },
    [CS_HOURS] = { 3,
                   false,
                   "9:00-12:00",
                   { "時間帯", "hours", "希望時間", "希望時間帯", "時間", "勤務時間" } },
    [CS_CLOSED] = { 3,
                    false,
                    "12/3",
                    { "不可日", "closed", "休み", "休業日", "不在日", "absent" } },
    [CS_LAST_VISIT] = { 1,
                        false,
                        "令和8年11月20日",
                        { "前回訪問日", "last_visit", "前回", "前回訪問", "最終訪問日",
                          "lastvisit" } },
    [CS_INTERVAL] = { 1,
                      false,
                      "14日",
                      { "間隔上限", "interval_max_days", "訪問間隔", "間隔", "interval" } },
    [CS_SPACING] = { 1, false, "2日", { "間隔下限", "spacing_min_days", "最短間隔", "spacing" } },
    [CS_PATIENTS] = { 1, false, "1人", { "人数", "patients", "患者数" } },
    [CS_STAGE] = { 1, false, "2", { "段階", "care", "ステージ", "診療形態", "stage" } },
    [CS_PRICE] = { 1,
                   false,
                   "20,000円",
                   { "見送り費用", "unserved_price_jpy", "見送りの費用", "price" } },
    [CS_FAMILIAR] = { 1, false, "", { "担当", "familiar", "担当者", "担当職員", "なじみの職員" } },
    [CS_BOOKED_DATE] = { 1, false, "12月2日", { "予約日", "booked_date", "約束日", "bookeddate" } },
    [CS_BOOKED_TIME] = { 1,
                         false,
                         "10:30",
                         { "予約時刻", "booked_time", "予約時間", "約束時刻", "bookedtime" } },
    [CS_STATUS] = { 1, false, "確定", { "状態", "status", "予約状態" } },
    [CS_SKILLS] = { 2, false, "看護師・運転", { "資格", "skills", "職種", "技能", "資格・技能" } },
    [CS_BREAK_MIN] = { 2, false, "60分", { "休憩", "break_min", "休憩分", "休憩時間" } },
    [CS_BREAK_HOURS] = { 2, false, "11:30-13:30", { "休憩時間帯", "break_hours", "休憩開始" } },
    [CS_OVERTIME_MIN] = { 2, false, "60分", { "時間外上限", "overtime_max_min", "残業上限" } },
    [CS_OVERTIME_PRICE] = { 2,
                            false,
                            "2,500円",
                            { "時間外単価", "overtime_price_jpy_per_h", "残業単価" } },
    [CS_DAY_COST] = { 2, false, "", { "日当", "cost_jpy_per_day" } },
    [CS_TEMPORARY] = { 2, false, "", { "臨時", "temporary" } },
};

/* Columns without which nothing can be made. */
static void check_columns(const struct cs_sheet *sheet)
{
    size_t missing = CS_COLUMNS;
    if (!az_cs_has(sheet, CS_NAME) && !az_cs_has(sheet, CS_NUMBER)) missing = CS_NAME;
    if (sheet->of_staff && !az_cs_has(sheet, CS_SKILLS)) missing = CS_SKILLS;
    if (sheet->of_staff && !az_cs_has(sheet, CS_HOURS)) missing = CS_HOURS;
    if (!sheet->of_staff && !az_cs_has(sheet, CS_PLACE) && !az_cs_has(sheet, CS_LATITUDE))
        missing = CS_PLACE;
    if (az_cs_has(sheet, CS_LATITUDE) != az_cs_has(sheet, CS_LONGITUDE))
        missing = az_cs_has(sheet, CS_LATITUDE) ? CS_LONGITUDE : CS_LATITUDE;
    if (az_cs_has(sheet, CS_BOOKED_DATE) != az_cs_has(sheet, CS_BOOKED_TIME))
        missing = az_cs_has(sheet, CS_BOOKED_DATE) ? CS_BOOKED_TIME : CS_BOOKED_DATE;
    if (az_cs_has(sheet, CS_INTERVAL) && !az_cs_has(sheet, CS_LAST_VISIT)) missing = CS_LAST_VISIT;
    if (missing != CS_COLUMNS) az_sheet_lacks(&sheet->rows, missing);
}

enum az_status az_cs_open(struct cs_sheet *sheet, const struct az_input *input)
{
    size_t before = az_findings_total(sheet->findings);
    sheet->rows = (struct az_sheet){ .columns = columns,
                                     .column_count = CS_COLUMNS,
                                     .of = sheet->of_staff ? FOR_STAFF : FOR_SITES,
                                     .arena = sheet->arena,
                                     .findings = sheet->findings,
                                     .told = sheet->import->told };
    AZ_TRY(az_sheet_open(&sheet->rows, input));
    if (az_findings_total(sheet->findings) == before) check_columns(sheet);
    return AZ_OK;
}

bool az_cs_has(const struct cs_sheet *sheet, enum cs_column column)
{
    return az_sheet_has(&sheet->rows, column);
}

const char *az_cs_cell(const struct cs_sheet *sheet, const struct az_csv_row *row,
                       enum cs_column column)
{
    return az_sheet_cell(&sheet->rows, row, column);
}

void az_cs_wrong(const struct cs_sheet *sheet, const struct az_csv_row *row, enum cs_column column,
                 const struct az_code *code)
{
    az_sheet_wrong(&sheet->rows, row, column, code);
}

bool az_cs_amount(const struct cs_sheet *sheet, const struct az_csv_row *row, enum cs_column column,
                  double least, double most, double *value)
{
    return az_sheet_amount(&sheet->rows, row, column, least, most, value);
}

bool az_cs_integer(const struct cs_sheet *sheet, const struct az_csv_row *row,
                   enum cs_column column, int64_t least, int64_t most, int64_t *value)
{
    return az_sheet_integer(&sheet->rows, row, column, least, most, value);
}

enum az_status az_csv_clinic_template(bool of_staff, enum az_language language,
                                      struct az_arena *arena, char **text)
{
    return az_sheet_template(columns, CS_COLUMNS, of_staff ? FOR_STAFF : FOR_SITES, language, arena,
                             text);
}
