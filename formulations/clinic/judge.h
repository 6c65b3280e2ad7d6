/* judge.h - what the files of the judge share. Private to the kind.
 *
 * The judge is written from the rules of rules.h and the arithmetic of instance.h, and never
 * optimises. With those who make plans it shares the instance's structs and the plan laid out
 * (layout.h), nothing that reasons: what a plan says is read once, what may be is decided twice.
 * Summary, view and carry, which speak of a plan that is there, ask the judge. A plan that
 * does not fit the instance is told and nothing else of it is read. Then every round is walked stop
 * by stop, its crew and visits are held against their rules, and last what the whole week shares:
 * patterns, promises, slots, staff and vehicles. */
#ifndef AZ_CLINIC_JUDGE_H
#define AZ_CLINIC_JUDGE_H

#include "formulations/clinic/layout.h"
#include "formulations/clinic/rules.h"

/* X(code, English, Japanese): what money is for. */
#define CL_MONEY(X)                               \
    X(vehicle_day, "vehicles", "車両")            \
    X(distance, "distance", "走行距離")           \
    X(driving, "driving", "走行時間")             \
    X(staff_day, "staff", "職員")                 \
    X(overtime, "overtime", "時間外勤務")         \
    X(care, "kinds of visit", "診療形態")         \
    X(pattern, "choice of days", "訪問日の組")    \
    X(continuity, "unfamiliar crews", "担当変更") \
    X(balance, "longest hours of one", "最長の勤務時間")

enum cl_money_code {
#define CL_MONEY_NAME(code, en, ja) CL_MONEY_##code,
    CL_MONEY(CL_MONEY_NAME)
#undef CL_MONEY_NAME
};

/* --- judging ------------------------------------------------------------------------------------
 */

/* A visit that the plan makes, on the road or on line. */
struct cl_seen {
    size_t site, option, day;
    int64_t start_s;
    size_t round, stop; /* on line: AZ_NO_INDEX and its index */
};

/* One judgement. status: the first failure of memory; everything after it does nothing. */
struct cl_judge {
    const struct cl_instance *cl;
    const struct cl_plan *plan;
    struct cl_layout at;
    struct az_arena *arena;
    struct az_judgement *judgement;
    enum az_status status;
    size_t seen_count;
    struct cl_seen *seen;  /* in the plan's order, rounds first */
    int64_t *booked;       /* [slots] */
    int64_t *staff_work_s; /* [staff] in the plan */
    int64_t *staff_overtime_s;
    int64_t *staff_rounds;
    int64_t *vehicle_work_s;  /* [vehicles] all of its count */
    uint32_t *staff_days;     /* [staff] on which they are out */
    uint32_t *site_days;      /* [sites] on which they are visited, without those done */
    double left_out, changes; /* JPY */
    double balance_min;
};

/* judgement: as cl_evaluate gives it, NAN for a plan that does not fit. j: cleared and filled;
 * j->seen is NULL when the plan does not fit. */
enum az_status cl_judge_all(struct cl_judge *j, const struct cl_instance *cl,
                            const struct cl_plan *plan, struct az_arena *arena,
                            struct az_judgement *judgement);

/* A breach of a rule. at_s: since the start, or CL_NO_TIME. price: NAN for a firm rule; in exact
 * mode every rule is firm. */
#define CL_NO_TIME INT64_MIN
void cl_breach(struct cl_judge *j, enum cl_rule rule, const struct az_path *at, const char *id,
               int64_t at_s, double amount, double price, size_t param_count,
               const struct az_param params[]);
#define CL_PRICED(j, rule, at, id, at_s, amount, price, ...)                        \
    cl_breach((j), (rule), (at), (id), (at_s), (amount), (price),                   \
              sizeof((struct az_param[]){ __VA_ARGS__ }) / sizeof(struct az_param), \
              (struct az_param[]){ __VA_ARGS__ })
#define CL_BREACH(j, rule, at, id, at_s, amount, ...) \
    CL_PRICED((j), (rule), (at), (id), (at_s), (amount), NAN, __VA_ARGS__)

#define CL_VALUE(x) AZ_NUMBER_PARAM("value", az_shown_number(x))
#define CL_LIMIT(x) AZ_NUMBER_PARAM("limit", az_shown_number(x))
/* Minutes for people, to a hundredth: a second makes a difference. */
static inline double cl_shown_minutes(int64_t seconds)
{
    return round((double)seconds / 0.6) / 100;
}
#define CL_VALUE_MIN(seconds) AZ_NUMBER_PARAM("value", cl_shown_minutes(seconds))
#define CL_LIMIT_MIN(seconds) AZ_NUMBER_PARAM("limit", cl_shown_minutes(seconds))
#define CL_WHAT(text) AZ_TEXT_PARAM("what", (text))
/* A skill in both languages. */
#define CL_WHAT_SKILL(skill)                        \
    AZ_TEXT_PARAM("what", cl_skill_word(skill).en), \
        AZ_TEXT_PARAM("what_ja", cl_skill_word(skill).ja)
static inline double cl_minutes(int64_t seconds)
{
    return (double)seconds / 60;
}

/* A moment as "value", "limit" or "what" of the words: "09:05" on the day on which it is said (day:
 * AZ_NO_INDEX: with the date). A stretch "09:00-12:00", and a date. */
struct az_param cl_clock(struct cl_judge *j, const char *name, size_t day, int64_t time_s);
struct az_param cl_stretch(struct cl_judge *j, const char *name, size_t day, int64_t from_s,
                           int64_t until_s);
struct az_param cl_date(struct cl_judge *j, const char *name, size_t day);

/* amount in `code` of `owner`; nothing when 0. */
void cl_money(struct cl_judge *j, enum cl_money_code code, const char *owner, double amount);

/* A round: its crew and vehicle; its way, stop by stop; its break. */
void cl_judge_crew(struct cl_judge *j, size_t round);
void cl_judge_way(struct cl_judge *j, size_t round);
void cl_judge_break(struct cl_judge *j, size_t round);

/* A visit: what it is, when, with whom on line. round: NULL on line. */
void cl_judge_visit(struct cl_judge *j, const struct az_path *at, size_t day,
                    const struct cl_laid_visit *visit, const struct cl_round *round);

/* How long a visit must last: with the waiting for its pharmacist. */
int64_t cl_visit_length_s(const struct cl_instance *cl, const struct cl_laid_visit *visit);

/* The window of its day that a visit begins in, one that it also ends in if there is one; NULL:
 * outside all. */
const struct cl_window *cl_window_of(const struct cl_site *site, size_t day, int64_t start_s,
                                     int64_t end_s);

/* What the week shares. */
void cl_judge_week(struct cl_judge *j);

/* Is a confirmed appointment kept by the visits of the plan? visit: out, of the site on that day or
 * else its first in the plan that keeps no other; NULL: it is not visited. */
bool cl_is_kept(const struct cl_judge *j, size_t appointment, const struct cl_seen **visit);

#endif
