/* view_words.c - what the view calls things: days, places, people, care, promises, reasons. */
#include <stdarg.h>
#include <string.h>

#include "formulations/clinic/explain.h"
#include "formulations/clinic/view.h"

const char *cl_text(struct cl_viewer *viewer, const char *format, ...)
{
    va_list list, again;
    va_start(list, format);
    va_copy(again, list);
    int length = vsnprintf(NULL, 0, format, list);
    char *text = length < 0 ? NULL : AZ_ARRAY(viewer->arena, (size_t)length + 1, char);
    if (text) vsnprintf(text, (size_t)length + 1, format, again);
    va_end(again);
    va_end(list);
    if (!text) viewer->no_memory = true;
    return text ? text : "";
}

/* --- days --------------------------------------------------------------------------------------
 */

#define MONDAY 3 /* 1970-01-01 was a Thursday: its day number + 3 counts from a Monday */

static struct az_words date_words(struct cl_viewer *viewer, struct az_time time, bool is_short)
{
    static const char *const months[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                          "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
    static const char *const weekday[] = { "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun" };
    static const char *const youbi[] = { "月", "火", "水", "木", "金", "土", "日" };
    int year, month, day, minute;
    az_time_local(time, &year, &month, &day, &minute);
    int64_t local_s = time.utc_s + 60 * (int64_t)time.offset_min;
    int64_t number = (local_s - 60 * (int64_t)minute) / CL_DAY_S; /* times are after 1970 */
    int w = (int)(((number + MONDAY) % 7 + 7) % 7);
    if (is_short)
        return AZ_WORDS(cl_text(viewer, "%s %d", weekday[w], day),
                        cl_text(viewer, "%d日（%s）", day, youbi[w]));
    return AZ_WORDS(cl_text(viewer, "%s %d %s", weekday[w], day, months[(month + 11) % 12]),
                    cl_text(viewer, "%d月%d日（%s）", month, day, youbi[w]));
}

static struct az_words day_words(struct cl_viewer *viewer, size_t day, bool is_short)
{
    if (day == AZ_NO_INDEX) return AZ_WORDS("", "");
    struct az_time midnight = az_time_add(viewer->cl->start, (int64_t)day * CL_DAY_S);
    return date_words(viewer, midnight, is_short);
}

struct az_words cl_day_words(struct cl_viewer *viewer, size_t day)
{
    return day_words(viewer, day, false);
}

struct az_words cl_day_short(struct cl_viewer *viewer, size_t day)
{
    return day_words(viewer, day, true);
}

const char *cl_clock_text(struct cl_viewer *viewer, struct az_time time)
{
    int year, month, day, minute;
    if (!az_time_given(time)) return "";
    az_time_local(time, &year, &month, &day, &minute);
    return cl_text(viewer, "%02d:%02d", minute / 60, minute % 60);
}

struct az_words cl_moment_words(struct cl_viewer *viewer, struct az_time time)
{
    if (!az_time_given(time)) return AZ_WORDS("", "");
    struct az_words date = date_words(viewer, time, false);
    const char *clock = cl_clock_text(viewer, time);
    return AZ_WORDS(cl_text(viewer, "%s %s", date.en, clock),
                    cl_text(viewer, "%s %s", date.ja, clock));
}

size_t cl_day_of_time(const struct cl_viewer *viewer, struct az_time time)
{
    if (!az_time_given(time) || time.utc_s < viewer->cl->start.utc_s) return AZ_NO_INDEX;
    int64_t day = (time.utc_s - viewer->cl->start.utc_s) / CL_DAY_S;
    return day < viewer->cl->days ? (size_t)day : AZ_NO_INDEX;
}

/* --- places, vehicles, people -------------------------------------------------------------------
 */

static struct az_words join(struct cl_viewer *viewer, struct az_words words, const char *en,
                            const char *ja)
{
    return AZ_WORDS(cl_text(viewer, "%s%s", words.en, en), cl_text(viewer, "%s%s", words.ja, ja));
}

struct az_words cl_place_words(struct cl_viewer *viewer, size_t place)
{
    if (place >= viewer->cl->places.count) return AZ_WORDS("", "");
    const struct cl_place *it = &viewer->cl->places.items[place];
    return az_name_words(viewer->arena, it->name, it->id);
}

struct az_words cl_site_words(struct cl_viewer *viewer, struct az_ref ref)
{
    const struct cl_site *site = cl_site_of(viewer, ref);
    if (!site || site->place_index >= viewer->cl->places.count)
        return az_name_words(viewer->arena, NULL, ref.id);
    struct az_words place = cl_place_words(viewer, site->place_index);
    const char *name = viewer->cl->places.items[site->place_index].name;
    if (!name || !*name || strcmp(place.ja, site->id) == 0 || strcmp(place.en, site->id) == 0)
        return AZ_WORDS(site->id, site->id);
    return join(viewer, place, cl_text(viewer, " (%s)", site->id),
                cl_text(viewer, "（%s）", site->id));
}

struct az_words cl_site_short(struct cl_viewer *viewer, struct az_ref ref)
{
    const struct cl_site *site = cl_site_of(viewer, ref);
    size_t here = 0;
    for (size_t i = 0; site && i < viewer->cl->sites.count; i++)
        here += viewer->cl->sites.items[i].place_index == site->place_index;
    const struct cl_place *place = site && site->place_index < viewer->cl->places.count
                                       ? &viewer->cl->places.items[site->place_index]
                                       : NULL;
    if (here != 1 || !place || !place->name || !*place->name)
        return az_name_words(viewer->arena, NULL, ref.id);
    return cl_place_words(viewer, site->place_index);
}

struct az_words cl_vehicle_words(struct cl_viewer *viewer, struct az_ref ref)
{
    if (!ref.id || ref.index >= viewer->cl->vehicles.count)
        return az_name_words(viewer->arena, NULL, ref.id);
    const struct cl_vehicle *vehicle = &viewer->cl->vehicles.items[ref.index];
    return az_name_words(viewer->arena, vehicle->name, vehicle->id);
}

struct az_words cl_skill_words(struct cl_viewer *viewer, const struct cl_staff *staff)
{
    struct az_words words = AZ_WORDS("", "");
    for (size_t i = 0; i < staff->skills.count; i++) {
        struct az_words skill = cl_skill_word(staff->skills.items[i]);
        words = join(viewer, words, cl_text(viewer, "%s%s", i ? ", " : "", skill.en),
                     cl_text(viewer, "%s%s", i ? "・" : "", skill.ja));
    }
    if (staff->temporary != 1) return words;
    return join(viewer, words, *words.en ? ", temporary" : "temporary",
                *words.ja ? "・臨時" : "臨時");
}

struct az_words cl_crew_words(struct cl_viewer *viewer, const struct cl_round *round, bool skills)
{
    struct az_words words = AZ_WORDS("", "");
    for (size_t m = 0; m < round->members.count; m++) {
        struct az_ref ref = round->members.items[m];
        bool known = ref.id && ref.index < viewer->cl->staff.count;
        const char *id = ref.id ? ref.id : "";
        struct az_words can = known && skills
                                  ? cl_skill_words(viewer, &viewer->cl->staff.items[ref.index])
                                  : AZ_WORDS("", "");
        words = join(viewer, words, m ? ", " : "", m ? "、" : "");
        words = join(viewer, words, id, id);
        if (*can.en)
            words = join(viewer, words, cl_text(viewer, " (%s)", can.en),
                         cl_text(viewer, "（%s）", can.ja));
    }
    return words;
}

struct az_words cl_remote_words(struct cl_viewer *viewer, struct az_ref ref)
{
    if (!ref.id || ref.index >= viewer->cl->remote.count)
        return az_name_words(viewer->arena, NULL, ref.id);
    const struct cl_remote *remote = &viewer->cl->remote.items[ref.index];
    struct az_words name = az_name_words(viewer->arena, remote->organisation, remote->id);
    bool shared = false; /* is somebody else of the same role there? */
    for (size_t i = 0; i < viewer->cl->remote.count; i++) {
        const struct cl_remote *other = &viewer->cl->remote.items[i];
        shared = shared ||
                 (i != ref.index && other->role == remote->role && other->organisation &&
                  remote->organisation && strcmp(other->organisation, remote->organisation) == 0);
    }
    if (!remote->organisation || !*remote->organisation || !shared) return name;
    return join(viewer, name, cl_text(viewer, " (%s)", remote->id),
                cl_text(viewer, "（%s）", remote->id));
}

/* A dash at which no line ends. */
#define DASH "\u2060–\u2060"

/* --- visits -------------------------------------------------------------------------------------
 */

struct az_words cl_care_words(struct cl_viewer *viewer, struct az_ref ref)
{
    if (!ref.id || ref.index >= viewer->cl->cares.count)
        return az_name_words(viewer->arena, NULL, ref.id);
    const struct cl_care *care = &viewer->cl->cares.items[ref.index];
    struct az_words name = az_name_words(viewer->arena, care->name, care->id);
    return AZ_WORDS(cl_text(viewer, "Stage %d: %s", (int)care->stage, name.en),
                    cl_text(viewer, "第%d段階・%s", (int)care->stage, name.ja));
}

struct az_words cl_two_lines(struct cl_viewer *viewer, struct az_words a, struct az_words b)
{
    if (!*b.en) return a;
    if (!*a.en) return b;
    return AZ_WORDS(cl_text(viewer, "%s\n%s", a.en, b.en), cl_text(viewer, "%s\n%s", a.ja, b.ja));
}

static struct az_words one_booking(struct cl_viewer *viewer, const struct cl_booking *booking,
                                   const char *en, const char *ja)
{
    if (!booking) return AZ_WORDS("", "");
    struct az_words who = cl_remote_words(viewer, booking->remote);
    const char *from = cl_clock_text(viewer, booking->start);
    const char *until = cl_clock_text(viewer, booking->end);
    const char *slot = cl_clock_text(viewer, booking->slot);
    return AZ_WORDS(
        cl_text(viewer, "%s %s" DASH "%s\n%s, slot\u00a0%s", en, from, until, who.en, slot),
        cl_text(viewer, "%s %s" DASH "%s\n%s 枠%s", ja, from, until, who.ja, slot));
}

struct az_words cl_booking_words(struct cl_viewer *viewer, const struct cl_booking *doctor,
                                 const struct cl_booking *pharmacist)
{
    return cl_two_lines(viewer, one_booking(viewer, doctor, "Doctor", "医師"),
                        one_booking(viewer, pharmacist, "Pharmacist", "薬剤師"));
}

struct az_words cl_promise_words(struct cl_viewer *viewer, struct az_ref site, struct az_time start)
{
    const struct cl_instance *cl = viewer->cl;
    struct az_words words = AZ_WORDS("", "");
    if (!cl_site_of(viewer, site) || !az_time_given(start) || !viewer->judge.seen) return words;
    int64_t start_s = start.utc_s - cl->start.utc_s;
    for (size_t a = 0; a < cl->appointment_count; a++) {
        const struct cl_appointment *promise = &cl->appointment[a];
        const struct cl_seen *visit = NULL;
        if (promise->status != CL_CONFIRMED || promise->day == AZ_NO_INDEX) continue;
        if (promise->site.index != site.index) continue;
        bool kept = cl_is_kept(&viewer->judge, a, &visit);
        if (!visit || visit->start_s != start_s) continue;
        struct az_words was = visit->day == promise->day
                                  ? AZ_WORDS(cl_clock_text(viewer, promise->start),
                                             cl_clock_text(viewer, promise->start))
                                  : cl_moment_words(viewer, promise->start);
        bool exact = visit->start_s == promise->start_s;
        words = kept ? AZ_WORDS(cl_text(viewer, "✓ promised %s%s", was.en,
                                        exact ? ", kept" : ", within its tolerance"),
                                cl_text(viewer, "✓ 約束 %s%s", was.ja,
                                        exact ? " どおり" : "（許容の範囲内）"))
                     : AZ_WORDS(cl_text(viewer, "▲ promised %s, CHANGED", was.en),
                                cl_text(viewer, "▲ 約束 %s から変更", was.ja));
        if (kept) return words;
    }
    return words;
}

/* --- reasons ------------------------------------------------------------------------------------
 */

struct az_words cl_rule_words(const char *code)
{
    return cl_obstacle_words(cl_rule_of(code));
}

struct az_words cl_reason_words(struct cl_viewer *viewer, const struct cl_unserved *unserved)
{
    int reason = unserved ? unserved->reason : CL_REASON_UNTESTED;
    struct az_words words = cl_reason_choice(reason)->words;
    if (reason != CL_REASON_IMPOSSIBLE) return words;
    struct az_words rule = cl_rule_words(unserved->rule);
    return join(viewer, words, cl_text(viewer, ": %s", rule.en), cl_text(viewer, ": %s", rule.ja));
}
