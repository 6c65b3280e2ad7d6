/* view.h - what the files that draw a week of rounds share. Private to the kind.
 *
 * A plan may come from anywhere, so nothing here relies on it being sound: references may lead
 * nowhere, times may be absent. What it says of its own results is not believed: all figures are
 * those of the judge, computed afresh. */
#ifndef AZ_CLINIC_VIEW_H
#define AZ_CLINIC_VIEW_H

#include "formulations/clinic/judge.h"
#include "formulations/common/figures.h"

struct cl_viewer {
    const struct cl_instance *cl;
    const struct cl_plan *plan;           /* a copy, its results computed afresh */
    const struct az_judgement *judgement; /* may be NULL */
    struct cl_judge judge;                /* of the copy; judge.seen NULL: it does not fit */
    struct az_arena *arena;
    struct az_view *view;
    bool no_memory; /* some text could not be made */
};

/* --- words (view_words.c) -----------------------------------------------------------------------
 */

/* A text of the arena; "" without memory, which the viewer remembers. */
const char *cl_text(struct cl_viewer *viewer, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* "Mon 30 Nov", "11月30日（月）"; and shorter: "Mon 30", "30日（月）". AZ_NO_INDEX: no words. */
struct az_words cl_day_words(struct cl_viewer *viewer, size_t day);
struct az_words cl_day_short(struct cl_viewer *viewer, size_t day);

/* A moment with its day: "Mon 30 Nov 09:30"; "" when absent. */
struct az_words cl_moment_words(struct cl_viewer *viewer, struct az_time time);
/* "09:30"; "" when absent. */
const char *cl_clock_text(struct cl_viewer *viewer, struct az_time time);
/* The day that a time is on; AZ_NO_INDEX. */
size_t cl_day_of_time(const struct cl_viewer *viewer, struct az_time time);

/* Names of what references point to; the id where they lead nowhere. A site by its place and its
 * id, and shortly by its place where no other site is there, else by its id. */
struct az_words cl_site_words(struct cl_viewer *viewer, struct az_ref ref);
struct az_words cl_site_short(struct cl_viewer *viewer, struct az_ref ref);
struct az_words cl_vehicle_words(struct cl_viewer *viewer, struct az_ref ref);
struct az_words cl_place_words(struct cl_viewer *viewer, size_t place);
/* "Stage 2: nurse". */
struct az_words cl_care_words(struct cl_viewer *viewer, struct az_ref ref);
/* "n1, d1"; with what each can: "n1 (nurse, driver)". */
struct az_words cl_crew_words(struct cl_viewer *viewer, const struct cl_round *round, bool skills);
struct az_words cl_skill_words(struct cl_viewer *viewer, const struct cl_staff *staff);
/* "City hospital"; "City hospital (doc-1)" where it has several of the role. */
struct az_words cl_remote_words(struct cl_viewer *viewer, struct az_ref ref);
/* Lines "Doctor 09:35–09:50" and "City hospital, slot 09:30" of both bookings; "" without any. */
struct az_words cl_booking_words(struct cl_viewer *viewer, const struct cl_booking *doctor,
                                 const struct cl_booking *pharmacist);
/* What was promised of a visit and whether it holds; "" when nothing was. */
struct az_words cl_promise_words(struct cl_viewer *viewer, struct az_ref site,
                                 struct az_time start);
/* Why a site is left out. */
struct az_words cl_reason_words(struct cl_viewer *viewer, const struct cl_unserved *unserved);

/* Two texts on lines of their own; the one that is not empty. */
struct az_words cl_two_lines(struct cl_viewer *viewer, struct az_words a, struct az_words b);

/* --- what the plan has --------------------------------------------------------------------------
 */

const struct cl_site *cl_site_of(const struct cl_viewer *viewer, struct az_ref ref); /* or NULL */
/* Is a site left out of the plan? In a plan that does not fit: does it list it so? */
bool cl_is_left_out(const struct cl_viewer *viewer, size_t site);
/* The plan's entry of a site that is left out, or NULL. */
const struct cl_unserved *cl_unserved_of(const struct cl_viewer *viewer, size_t site);

/* The rounds in the order of days, then of vehicles, then of leaving; [rounds]. NULL: no memory. */
const size_t *cl_round_order(struct cl_viewer *viewer);

/* Seconds since midnight of a day; false when the time is absent. */
bool cl_view_clock(const struct cl_viewer *viewer, size_t day, struct az_time time, double *clock);

/* --- figures ------------------------------------------------------------------------------------
 */

/* AZ_OK or AZ_NO_MEMORY. */
enum az_status cl_view_gantts(struct cl_viewer *viewer);
enum az_status cl_view_maps(struct cl_viewer *viewer);
/* The tables of cl_view_tables, and after them a page a round; the list has room for them. */
enum az_status cl_view_tables(struct cl_viewer *viewer);
enum az_status cl_view_pages(struct cl_viewer *viewer);

#endif
