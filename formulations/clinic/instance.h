/* instance.h - the clinic kind: what an instance and a plan are, every member with its unit.
 *
 * Members above the line "derived" of each struct are declared in fields*.c under the same name;
 * members below it are set by resolve*.c and have no row. Derived times are whole seconds since the
 * start, derived clocks whole seconds since the midnight of their day; day d begins at d * 86400.
 * Distances are metres. Money is JPY unless the instance names another unit.
 *
 * The question: on which days each site is visited, by which crew in which vehicle, in which order
 * and at what time, with which doctor and pharmacist on line; what is left out, and why.
 *
 * There is no member for a person's name, address, phone number or health: sites, staff and remote
 * people are identifiers. Names of places are public names (a hall, a district, a hospital).
 *
 * What the judge and every model share is this arithmetic; each implements it by itself:
 *
 *   days        The horizon has `days` days from the local midnight `start`. Days before state.at
 *               are over: what was visited on them is told by appointments that are done, and no
 *               round is planned on them any more. first_day is the first day that is planned;
 *               when state.at is within a day, rounds of that day leave, and its visits on line
 *               begin, at state.at or later.
 *   pattern     A site takes one of its patterns, a set of days on which it is visited, or is left
 *               out of the week at its price. Its patterns are those it lists; without a list,
 *               every set of `visits` of its allowed days in which two visits that follow each
 *               other are at least spacing_min_days and at most spacing_max_days apart, and the
 *               first at least spacing_min_days and at most interval_max_days after last_visit (or
 *               after a later visit that an appointment done before the start tells).
 *               Days are allowed that one of its windows opens on and that are neither the
 *               instance's holidays nor the site's closed days. A pattern contains every day on
 *               which the site's visit is done, and no other day that is over. A listed pattern
 *               has `visits` days, all of them allowed but for done ones, and may have a price. A
 *               site whose visits are all done has one pattern, those days, without price.
 *   left out    A site that takes no pattern costs unserved_price_jpy * visits that are not done
 *               yet. A site whose visits are all done is served. Without a price it must be
 *               served.
 *   care        Each visit is done as one of the site's cares, at the price that the site gives
 *               it. A visit lasts visit_min + patients * per_patient_min of the care, or longer
 *               where it waits for the pharmacist (see remote). A care that needs no crew (stage 1
 *               at home) takes remote slots only and no vehicle comes; it may begin at any moment
 *               of the site's windows. Such a visit is of the day on which it begins, and a visit
 *               of a round of the round's date.
 *   window      A visit begins within one of the site's windows of its day: start in [from,
 *               until]. It may end after the window closes, unless the window says that it is firm
 *               (ends_within): then it ends by `until`.
 *   remote      A care with a doctor needs one booking of a slot of a remote doctor with the
 *               specialty: the consultation begins doctor.after_min after the visit's start, takes
 *               doctor.minutes and lies within the slot. A care with a pharmacist needs one of a
 *               pharmacist likewise: it begins pharmacist.after_min after the visit's start or up
 *               to pharmacist.wait_max_min later (validated: not before the doctor's has ended),
 *               and a visit that waits lasts so much longer. A slot takes `capacity` bookings in
 *               all, those of visits that are done (state.booked) among them. With one slot of
 *               each [a, b] a visit may thus begin in [a_d - after_d, b_d - minutes_d - after_d]
 *               and [a_p - after_p - wait_p, b_p - minutes_p - after_p], and ends at
 *               max(start + duration, a_p + duration - after_p).
 *   crew        A round is one vehicle's day with its crew. Each position of the vehicle's `crew`
 *               (a skill) is filled by another member; there are at most `seats` members, and one
 *               at least where there are seats: a vehicle without positions and seats goes alone.
 *               With `crews` given, only they go out, as they are: positions and seats are not
 *               asked. Every skill that a care needs is one of some member of the crew, every
 *               piece of equipment is in the vehicle. A member is in one round a day, a vehicle
 *               (each of its `count`) in one round a day; those that have been out on the day of
 *               state.at (staff_out, vehicles_out) go out no more on it.
 *   shift       A round's work begins (it leaves, or its crew rests before leaving) at or after,
 *               and it returns at or before, the hours of its vehicle and the shifts of all
 *               members; a member may work overtime_max_min longer at overtime_price_jpy_per_h.
 *               Who has several shifts on a day works in the last of them that begins at or before
 *               the round's work does. A shift that ends after midnight belongs to the day on
 *               which it begins.
 *   route       A round begins at its vehicle's start place, makes its stops in order and returns
 *               to its end place. A stop is a visit, a break or a charge. Driving takes the travel
 *               time of the vehicle's profile on that day; who arrives early waits. A site is
 *               visited once a day at most. Loads of its visits add up to the vehicle's capacity
 *               at most.
 *   travel      Between places, per profile and day: 0 from a place to itself; else, the first
 *               that there is: the leg from place to place; the matrix; the districts' leg; the
 *               straight line times detour_factor at speed_kmh. A leg or matrix for the profile
 *               goes before one for all. Of the district's own legs (from a district to itself)
 *               those within it. Its time is multiplied by the factor of the day (slow_days),
 *               buffer_min is added, and it is rounded to whole seconds by `rounding`. A closure
 *               in force on the day sets the pairs that it lists impassable, or adds its detour,
 *               before factor and buffer. A pair without any of these cannot be driven.
 *   break       A crew's break is the longest of its members', to begin in the window that is
 *               common to theirs: from the latest break_from to the earliest break_until (of
 *               members whose shift has a break). A round that leaves before the window's end and
 *               returns after it has a break that begins within the window, lasts so long and lies
 *               between two drives: at a stop, before or after its visit, or at the start place
 *               before leaving (then the round's work begins with it). All members rest together.
 *               Where the windows have nothing in common, no round of the crew is out at their
 *               end.
 *   range       A vehicle with range_km leaves with it full; every drive takes its distance; a
 *               charge stop at a charger's place takes its minutes and gives back its km, at most
 *               to full. It is never below 0. A vehicle without range does not charge.
 *               What is planned, and the bound, knows rounds that go by one charger at most
 *               between two visits and stop there up to three times; the judge takes any.
 *   change      A visit that is confirmed is kept when the plan visits the site on its day within
 *               change_tolerance_min of its promised start; otherwise it costs its
 *               change_price_jpy (else the instance's), also when the site is left out. A draft
 *               costs nothing. Doing a site's visit by another crew is no change.
 *   continuity  A visit with a crew none of whom is among the site's `familiar` costs
 *               continuity_price_jpy; a site that has no familiar staff costs none.
 *   cost        vehicle: cost_jpy_per_day per round, cost_jpy_per_km of distance, cost_jpy_per_h
 *               of driving; staff: cost_jpy_per_day per round, overtime; prices of cares and
 *               patterns; continuity. The money's owners are vehicles, staff, sites.
 *   balance     the most minutes that one member of staff works in the plan (from leaving to
 *               returning, the break included), over all who have a shift on a day that is
 *               planned; of vehicles, each of their `count` taken alike, when there is no staff.
 *
 * order       `objective: lexicographic` has levels, each among the best plans of the level before:
 *             the price of what is left out; the price of changes; the cost. Of plans that are
 *             equal in these the one with the least balance is better: staff who are alike share
 *             the work evenly, and nothing is proven of it. `objective: weighted` is one sum: all
 *             of these with balance_price_jpy_per_h, of which the bound knows nothing but that it
 *             is not negative. */
#ifndef AZ_CLINIC_INSTANCE_H
#define AZ_CLINIC_INSTANCE_H

#include "formulations/formulation.h"

#define CL_DAY_S ((int64_t)86400)
#define CL_MAX_DAYS 28 /* days are bits of a pattern */

enum cl_mode { CL_SERVICE, CL_EXACT }; /* exact: nothing is priced */
enum cl_objective { CL_LEXICOGRAPHIC, CL_WEIGHTED };
enum cl_rounding { CL_ROUND_UP, CL_ROUND_NEAREST, CL_ROUND_DOWN };
enum cl_role { CL_DOCTOR, CL_PHARMACIST };
enum cl_status { CL_DRAFT, CL_CONFIRMED, CL_DONE };
enum cl_weekday { CL_MON, CL_TUE, CL_WED, CL_THU, CL_FRI, CL_SAT, CL_SUN };

/* Which days something holds on: those of the weekdays and dates that are listed; all without any
 * list. Dates are "2026-11-30", clocks "09:00" or "09:00:30", up to "47:59:59". */
struct cl_hours {            /* derived of every struct that says hours */
    uint32_t days;           /* bit d: day d; without those on which its owner is absent */
    int64_t from_s, until_s; /* clocks */
};

struct cl_place {
    const char *id;
    const char *name;           /* public */
    const char *district;       /* absent: none */
    double latitude, longitude; /* degrees, both or neither */
    /* derived */
    size_t district_index; /* into districts; AZ_NO_INDEX */
};

/* A consultation on line within a visit. */
struct cl_consultation {
    const char *specialty; /* absent: any */
    double minutes;
    double after_min;    /* default 0: since the visit's start */
    double wait_max_min; /* default 0: of the pharmacist only */
    /* derived */
    int64_t length_s, after_s, wait_s;
};

/* How a visit may be done. */
struct cl_care {
    const char *id;
    const char *name;
    int64_t stage;          /* 1 on line, 2 nurse and remote doctor, 3 clinic aboard */
    int crew;               /* boolean; absent: from stage 2 on */
    double visit_min;       /* fixed part */
    double per_patient_min; /* default 0 */
    AZ_LIST(const char *) skills, equipment;
    struct cl_consultation *doctor, *pharmacist;
    /* derived */
    uint64_t skill_set, equipment_set; /* bits over the instance's skills and equipment */
    bool needs_crew;
};

struct cl_window {
    AZ_LIST(int) weekdays;
    AZ_LIST(const char *) dates;
    const char *from, *until;
    int ends_within; /* boolean, default false: the visit ends by `until` too */
    /* derived */
    struct cl_hours hours;
};

struct cl_pattern {
    AZ_LIST(const char *) dates;
    double price_jpy; /* default 0 */
    /* derived */
    uint32_t days;
};

struct cl_offer { /* a care that a site may have */
    struct az_ref care;
    double price_jpy; /* default 0: of each visit done so */
};

/* A hamlet's hall, a home, a care facility. */
struct cl_site {
    const char *id;
    struct az_ref place;
    int64_t visits; /* default 1: wanted in the horizon */
    AZ_LIST(struct cl_pattern) patterns;
    int64_t spacing_min_days;          /* default 1 */
    int64_t spacing_max_days;          /* absent: none */
    const char *last_visit;            /* date */
    int64_t interval_max_days;         /* absent: none; needs last_visit */
    AZ_LIST(const char *) closed;      /* dates */
    AZ_LIST(struct cl_window) windows; /* at least one */
    int64_t patients;                  /* default 1 */
    double load;                       /* default 0: of the vehicle's capacity */
    AZ_LIST(struct cl_offer) care;     /* absent: the instance's cares, all of them, price 0 */
    double unserved_price_jpy; /* per visit; absent: the instance's; without either it is firm */
    AZ_LIST(struct az_ref) familiar; /* staff of last week */
    double continuity_price_jpy;     /* absent: the instance's */
    /* derived */
    size_t place_index;
    uint32_t allowed; /* days on which it may still be visited: planned, not done, a window that
                         is not over at earliest_s, no holiday, not closed */
    uint32_t done;    /* days on which it has been */
    int64_t last_day; /* of the last visit before the horizon, < 0; AZ_NO_INTEGER: not known */
    size_t pattern_count;
    struct cl_pattern *pattern; /* those in force, distinct days, the cheaper of two equal ones */
    double left_out_jpy;        /* of all visits not done; INFINITY: must be served */
    double continuity_jpy;      /* 0 without familiar staff */
    size_t option_count;        /* offers in force */
    struct cl_offer *option;
    int64_t *duration_s; /* [option_count] without waiting */
};

struct cl_shift {
    AZ_LIST(int) weekdays;
    AZ_LIST(const char *) dates;
    const char *from, *until;
    double break_min;                     /* default 0: none */
    const char *break_from, *break_until; /* required with break_min: the break begins in them */
    /* derived */
    struct cl_hours hours; /* days without absences, nor the day of state.staff_out */
    int64_t break_s, break_from_s, break_until_s;
};

struct cl_staff {
    const char *id;
    AZ_LIST(const char *) skills; /* "doctor", "nurse", "pharmacist", "driver", others */
    AZ_LIST(struct cl_shift) shifts;
    AZ_LIST(const char *) absent;    /* dates */
    double overtime_max_min;         /* default 0 */
    double overtime_price_jpy_per_h; /* default 0 */
    double cost_jpy_per_day;         /* default 0: per round */
    int temporary;                   /* boolean, default false: shown so */
    /* derived */
    uint64_t skill_set;
    int64_t overtime_s;
};

struct cl_vehicle {
    const char *id;
    const char *name;
    int64_t count;       /* default 1: equal ones */
    const char *profile; /* of travel; absent: the one for all */
    struct az_ref start; /* place */
    struct az_ref end;   /* absent: start */
    AZ_LIST(const char *) equipment;
    AZ_LIST(const char *) crew;           /* positions: a skill each; absent: none */
    int64_t seats;                        /* absent: as many as positions */
    double capacity;                      /* absent: no limit */
    double range_km;                      /* absent: no limit */
    const char *from, *until;             /* clocks; absent: the whole day */
    AZ_LIST(const char *) out_of_service; /* dates, of all of the count */
    double cost_jpy_per_day, cost_jpy_per_km, cost_jpy_per_h; /* default 0 */
    /* derived */
    uint64_t equipment_set;
    size_t profile_index;
    size_t start_place, end_place;
    uint32_t days;           /* in service */
    int64_t *fleet;          /* [days] how many may go out: 0 out of service; less vehicles_out */
    int64_t from_s, until_s; /* 0 and CL_DAY_S when absent */
    int64_t seat_count;
    size_t *position; /* [crew.count] the skill of each */
};

/* A crew that is given. */
struct cl_crew {
    const char *id;
    struct az_ref vehicle;
    AZ_LIST(struct az_ref) members;
    AZ_LIST(int) weekdays;
    AZ_LIST(const char *) dates;
    /* derived */
    uint32_t days; /* on which it goes out: vehicle in service, every member has a shift */
};

struct cl_slots {
    AZ_LIST(int) weekdays;
    AZ_LIST(const char *) dates;
    const char *from, *until;
    double each_min;  /* absent: one slot from `from` to `until`; whole ones only, no rest */
    int64_t capacity; /* default 1: bookings of each slot */
    /* derived */
    struct cl_hours hours;
};

/* A doctor or pharmacist who comes on line and does not travel. */
struct cl_remote {
    const char *id;
    const char *organisation; /* public name of a hospital or pharmacy */
    int role;
    AZ_LIST(const char *) specialties;
    AZ_LIST(struct cl_slots) slots;
    AZ_LIST(const char *) absent; /* dates */
};

/* A bookable slot: derived. */
struct cl_slot {
    size_t remote, day;
    int64_t from_s, until_s; /* since the start */
    int64_t capacity;        /* less state.booked */
};

struct cl_charger {
    const char *id;
    struct az_ref place;
    double minutes, gives_km;        /* of one stop */
    AZ_LIST(struct az_ref) vehicles; /* absent: all that have a range */
};

struct cl_matrix {
    const char *profile;           /* absent: all */
    AZ_LIST(struct az_ref) places; /* rows and columns; absent: the instance's, in order */
    struct az_matrix duration_s;   /* null: cannot be driven */
    struct az_matrix distance_m;   /* absent: from the straight lines with their detour, or 0
                                      without coordinates */
};

struct cl_leg {                              /* both ways unless one_way */
    struct az_ref from, to;                  /* places, */
    const char *from_district, *to_district; /* or districts */
    const char *profile;                     /* absent: all */
    double minutes;
    double km;   /* absent: as of a matrix without distances */
    int one_way; /* boolean, default false */
};

struct cl_closed_pair {
    struct az_ref from, to;
    const char *from_district, *to_district;
    double detour_min; /* absent: impassable; so much more than without the closure */
    double detour_km;  /* absent: 0 */
    int one_way;
};

/* A pass, a bridge. */
struct cl_closure {
    const char *id;
    const char *name;
    AZ_LIST(const char *) dates;          /* absent: every day */
    AZ_LIST(struct cl_closed_pair) pairs; /* of several for one drive the first; closures add */
    /* derived */
    uint32_t days;
};

struct cl_slow {
    AZ_LIST(const char *) dates; /* absent: every day */
    double factor;               /* of travel times */
};

struct cl_travel {
    AZ_LIST(struct cl_matrix) matrices;
    AZ_LIST(struct cl_leg) legs;
    double speed_kmh;                  /* absent: nothing is estimated from coordinates */
    double detour_factor;              /* default 1.4 */
    double buffer_min;                 /* default 0: each drive */
    AZ_LIST(struct cl_slow) slow_days; /* of several on a day the largest factor */
    int rounding; /* enum cl_rounding, default up: of travel times, to seconds */
};

struct cl_appointment {
    struct az_ref site;
    struct az_time start;    /* of the visit */
    int status;              /* enum cl_status, default draft */
    double change_price_jpy; /* absent: the instance's, and filled in so */
    /* derived */
    size_t day; /* calendar day; the one before when only a window of that one holds the start */
    int64_t start_s;
};

/* A slot that a visit which is done has booked. */
struct cl_booked {
    struct az_ref remote;
    struct az_time slot; /* start of the slot */
};

/* State, as carried: what `carry` makes. Appointments in place of the instance's, which hold when
 * the state has no list of them. No crew is out at that moment; of its day it says who has been. */
struct cl_state {
    struct az_time at;
    AZ_LIST(struct cl_appointment) appointments;
    AZ_LIST(struct az_ref) staff_out;    /* staff, once each */
    AZ_LIST(struct az_ref) vehicles_out; /* vehicles, once for each of its count */
    AZ_LIST(struct cl_booked) booked;    /* slots of the day, once for each booking */
};

/* Travel between places, one for each profile and set of days that are alike: derived. */
struct cl_roads {
    int64_t *duration_s; /* [places * places]; < 0: cannot be driven */
    double *distance_m;
};

struct cl_instance {
    const char *kind; /* "clinic" */
    int64_t schema;   /* default 1 */
    const char *title;
    const char *notes;
    AZ_LIST(const char *) sources;
    struct az_time start; /* local midnight */
    int64_t days;         /* 1 .. CL_MAX_DAYS; default 5 */
    int mode;             /* default service */
    int objective;        /* default lexicographic */
    const char *money_unit;
    double money_scale; /* absent: derived */
    double gap, gap_abs;
    AZ_LIST(const char *) holidays;
    double unserved_price_jpy;      /* per visit; absent: every site must be served */
    double change_price_jpy;        /* default 0 */
    double change_tolerance_min;    /* default 0 */
    double continuity_price_jpy;    /* default 0 */
    double balance_price_jpy_per_h; /* default 0: weighted only */
    AZ_LIST(struct cl_place) places;
    AZ_LIST(struct cl_care) cares;
    AZ_LIST(struct cl_site) sites;
    AZ_LIST(struct cl_staff) staff;
    AZ_LIST(struct cl_vehicle) vehicles;
    AZ_LIST(struct cl_crew) crews; /* given: only they go out */
    AZ_LIST(struct cl_remote) remote;
    AZ_LIST(struct cl_charger) chargers;
    struct cl_travel *travel;
    AZ_LIST(struct cl_closure) closures;
    AZ_LIST(struct cl_appointment) appointments;
    struct cl_state *state;
    /* derived */
    size_t first_day;   /* the first that is planned; days when the week is over */
    int64_t earliest_s; /* no round leaves earlier: state.at, or 0 */
    int64_t tolerance_s;
    double scale; /* money_scale; else of the week's cost, > 0 */
    size_t skill_count, equipment_count, district_count, profile_count;
    const char **skill, **equipment, **district; /* words, in the order of their first use */
    const char **profile;                        /* of the vehicles; "" of those without one */
    size_t slot_count; /* of days that are planned, sorted by day, from, until, remote */
    struct cl_slot *slot;
    size_t appointment_count; /* in force */
    struct cl_appointment *appointment;
    struct cl_roads *roads; /* [profiles * days], alike ones share their arrays */
};

/* --- the plan ----------------------------------------------------------------------------------
 */
enum cl_stop_kind { CL_STOP_VISIT, CL_STOP_BREAK, CL_STOP_CHARGE };
enum cl_reason { CL_REASON_UNTESTED, CL_REASON_IMPOSSIBLE, CL_REASON_DISPLACES };

struct cl_booking {
    struct az_ref remote;
    struct az_time start, end; /* of the consultation */
    struct az_time slot;       /* start of the slot booked */
};

/* A break that names no site needs no arrival; as the first stop it is at the start place and ends
 * before the round leaves. One that names a site comes before the visit of that site. */
struct cl_stop {
    int kind;
    struct az_ref site;    /* of a visit; of a break that is taken on arrival at its site */
    struct az_ref care;    /* of a visit */
    struct az_ref charger; /* of a charge */
    struct az_time arrival, start, end; /* a break without site: where the stop before is */
    struct cl_booking *doctor, *pharmacist;
    struct az_time latest_start; /* result: the latest that still keeps everything after it */
    double wait_min;             /* result: from arrival to start */
    double distance_km;          /* result: driven to here */
    double left_km;              /* result: range on arrival */
};

struct cl_round {
    const char *id; /* "r1" */
    const char *date;
    struct az_ref vehicle;
    AZ_LIST(struct az_ref) members; /* staff */
    struct az_time leaves, returns;
    AZ_LIST(struct cl_stop) stops;
    double distance_km, driving_min, work_min, overtime_min; /* result */
};

/* A visit on line, without a vehicle. */
struct cl_online {
    struct az_ref site, care;
    struct az_time start, end;
    struct cl_booking *doctor, *pharmacist;
};

struct cl_unserved {
    struct az_ref site;
    int reason;       /* result */
    const char *rule; /* result: code of what makes it impossible, even in an empty week */
    double price_jpy, price_bound_jpy; /* result: serving it costs so much more, and at least */
    AZ_LIST(struct az_ref) displaced;  /* result: sites that it would displace */
};

struct cl_change { /* result: the call list */
    struct az_ref site;
    struct az_time promised, start; /* start absent: cancelled */
};

struct cl_money_item {
    const char *item, *owner;
    double amount_jpy;
};

struct cl_load { /* result: of one member of staff in the plan */
    struct az_ref staff;
    double work_min, overtime_min;
    int64_t rounds;
};

struct cl_summary { /* result, for people; the judge recomputes and never reads it */
    double cost_jpy, penalty_jpy, balance_min;
    AZ_LIST(struct cl_money_item) money;
    int64_t rounds, visits, online, unserved;
    double distance_km, driving_min, work_min, overtime_min;
    AZ_LIST(struct cl_change) changes;
    AZ_LIST(struct cl_load) staff;
};

struct cl_plan {
    struct az_time start;
    int64_t days;
    AZ_LIST(struct cl_round) rounds;
    AZ_LIST(struct cl_online) online;
    AZ_LIST(struct cl_unserved) unserved;
    struct cl_summary *summary;
};

extern const struct az_table cl_instance_table, cl_plan_table, cl_state_table;

/* Visits of a site that are wanted and not done yet. */
int64_t cl_visits_left(const struct cl_site *site);

/* A site that is left out, its reason not tested. */
struct cl_unserved cl_left_out(const struct cl_instance *cl, size_t site);

/* An empty plan: every site that still has visits to come is unserved; no rounds. */
enum az_status cl_plan_new(const struct cl_instance *cl, struct az_arena *arena,
                           struct cl_plan **plan);

/* The summary of a plan and the results of its stops and rounds. */
enum az_status cl_summarise(const struct cl_instance *cl, struct az_arena *arena,
                            struct cl_plan *plan);

/* Does a doctor or pharmacist on line cover a specialty? NULL: any will do. */
bool cl_covers(const struct cl_remote *remote, const char *specialty);

/* What a skill is called: the word itself unless it is one of the four that are known. */
struct az_words cl_skill_word(const char *skill);

/* Name and words of why a site is left out; of enum cl_reason, untested for any other. */
const struct az_choice *cl_reason_choice(int reason);

/* What stands in the way of a site that is left out, in a few words, by its rule's code. */
struct az_words cl_rule_words(const char *code);

/* Travel of a vehicle on a day. */
static inline const struct cl_roads *cl_roads_of(const struct cl_instance *cl, size_t vehicle,
                                                 size_t day)
{
    return &cl->roads[cl->vehicles.items[vehicle].profile_index * (size_t)cl->days + day];
}

/* The rooms of the kind. Contracts in formulation.h. */
enum az_status cl_resolve(void *instance, struct az_arena *arena, struct az_findings *findings,
                          struct az_findings *assumptions);
enum az_status cl_validate(const void *instance, struct az_arena *arena,
                           struct az_findings *findings);
/* Money codes: vehicle_day distance driving staff_day overtime care pattern continuity; balance
 * when it is weighed. Penalty: sites left out and confirmed visits changed, at their prices. */
enum az_status cl_evaluate(const void *instance, const void *plan, struct az_arena *arena,
                           struct az_judgement *judgement);
enum az_status cl_solve(const void *instance, const struct az_solve_options *options,
                        struct az_run *run, struct az_arena *arena);
enum az_status cl_complete(const void *instance, const void *partial,
                           const struct az_engine *engine, const struct az_context *context,
                           struct az_arena *arena, void **plan);
enum az_status cl_explain(const void *instance, const struct az_engine *engine,
                          const struct az_context *context, struct az_arena *arena,
                          struct az_explanation *explanation);
enum az_status cl_adopt(const void *instance, const void *previous_plan, struct az_arena *arena,
                        void **plan);
enum az_status cl_carry(const void *instance, const void *plan, struct az_time at,
                        struct az_arena *arena, void **state, struct az_findings *findings);
enum az_status cl_view(const void *instance, const void *plan, const struct az_judgement *judgement,
                       struct az_arena *arena, struct az_view *view);
enum az_status cl_generate(size_t size, uint64_t seed, struct az_arena *arena, void **instance);

#endif
