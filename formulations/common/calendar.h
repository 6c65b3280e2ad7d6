/* calendar.h - slots on the local clock: whole slots of a duration, months, metering intervals.
 *
 * Local time is that of the offset a time carries; nothing knows daylight saving, which Japan has
 * not. Slot lengths divide an hour, so that no slot or interval straddles an hour or a midnight. */
#ifndef AZ_CALENDAR_H
#define AZ_CALENDAR_H

#include "formulations/fields.h"

/* How far a duration may be from a whole number of slots, in hours. */
#define AZ_HOURS_TOLERANCE 1e-6

/* Does the length divide an hour? */
bool az_divides_hour(int64_t minutes);

/* Does the time stand on a slot boundary of its local clock? minutes: a divisor of 60. */
bool az_on_slot(struct az_time time, int64_t minutes);

/* The start of slot t. */
struct az_time az_slot_time(struct az_time start, int64_t slot_minutes, size_t t);

/* Slots in a duration, rounded down; true when it was whole to AZ_HOURS_TOLERANCE. hours >= 0;
 * durations beyond `most` slots give `most`. */
bool az_whole_slots(double hours, int64_t slot_minutes, size_t most, size_t *slots);

/* Months since year 0 of the local date: differences count months. */
int64_t az_month_number(struct az_time time);

/* Is it the first moment of a local month? */
bool az_is_month_start(struct az_time time);

/* Metering intervals over slots: interval of slot t is (t + offset) / slots. */
struct az_metering {
    size_t slots;  /* in an interval; 1 when slots are at least as long */
    size_t offset; /* slots of the first interval that lie before the start */
};

/* False when an interval is not a whole number of slots. start: on a slot; both lengths divide 60.
 */
bool az_metering_of(struct az_time start, int64_t slot_minutes, int64_t metering_minutes,
                    struct az_metering *metering);

#endif
