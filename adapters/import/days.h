/* days.h - days in a row: which ones a person asks for, and the instance of each: a base on that
 * date, its series filled from files of prices and areas, with a state carried from before. */
#ifndef AZ_IMPORT_DAYS_H
#define AZ_IMPORT_DAYS_H

#include "adapters/format.h"

#define AZ_DAY_S ((int64_t)86400)

struct az_day {
    char date[16];  /* "2025-04-05" */
    int64_t number; /* days that follow each other have numbers that do */
};
struct az_day_list {
    size_t count;
    struct az_day *items;
};

#define AZ_MOST_DAYS 3700

/* Reads "2025-04-05..2025-04-11,2025-07-01"; "2025-04" is a month and "2025" a year. Days must
 * increase. What is wrong is a finding at path. AZ_OK or AZ_NO_MEMORY. */
enum az_status az_days_parse(const char *text, const struct az_path *path, struct az_arena *arena,
                             struct az_findings *findings, struct az_day_list *days);

/* Codes of what can be wrong with them; X(name, en, ja). */
#define AZ_DAYS_CODES(X)                                                                             \
    X(days_malformed,                                                                                \
      "{value} is neither a day (2025-04-05), a range of days (2025-04-05..2025-04-11), a "          \
      "month (2025-04) nor a year",                                                                  \
      "{value} は日付（2025-04-05）・期間（2025-04-05..2025-04-11）・月（2025-04）・" \
      "年のいずれでもありません")                                                                    \
    X(days_empty, "names no day", "日が指定されていません")                                          \
    X(days_backwards, "{value} ends before it begins", "{value} は終わりが始まりより前です")         \
    X(days_out_of_order, "{value} does not lie behind {before}: days must increase",                 \
      "{value} が {before} より後ではありません（日付順に指定してください）")                        \
    X(days_too_many, "has more than {maximum} days", "{maximum} 日を超えています")

#define AZ_DAYS_CODE(name, en, ja) extern const struct az_code az_code_##name;
AZ_DAYS_CODES(AZ_DAYS_CODE)
#undef AZ_DAYS_CODE

/* Where the series of a day come from. Without files they stay the base's own. */
struct az_day_files {
    struct az_inputs prices, areas; /* for the importers jepx and area */
};

/* The instance of a day: the base moved there as the importers do it (the time of day stays; every
 * time in it moves along), so many slots long, filled, with a state in the place of its own (NULL:
 * the base's). *document: a new reference; NULL with findings. AZ_OK or AZ_NO_MEMORY. */
enum az_status az_day_document(const struct az_day_files *files, const json_t *base,
                               const char *kind, const char *date, int64_t slots, json_t *state,
                               struct az_arena *arena, struct az_findings *findings,
                               json_t **document);

/* Events with a date of their own (objects of lists with an id and at least two times, a day long
 * at most) happen every day: adds to the instance of a day those of the days before and after that
 * meet its horizon, "morning:1" being the one a day later. follows: the day before was planned,
 * too; otherwise none is added that would be under way at the start. AZ_OK or AZ_NO_MEMORY. */
enum az_status az_day_repeat(const struct az_table *table, bool follows, json_t *document);

/* Gives a state carried from the day before the names that its events have today: what was
 * "morning" is "morning:-1". Entries of events that are over are left out. base: the instance with
 * its own events; today: the one they were repeated in. AZ_OK or AZ_NO_MEMORY. */
enum az_status az_day_rename(const struct az_formulation *formulation, const json_t *base,
                             const json_t *today, json_t *state);

#endif
