/* calendar.c - slots, months and metering intervals on the local clock. */
#include "formulations/common/calendar.h"

bool az_divides_hour(int64_t minutes)
{
    return minutes > 0 && 60 % minutes == 0;
}

static int local_minute(struct az_time time)
{
    int year, month, day, minute;
    az_time_local(time, &year, &month, &day, &minute);
    return minute;
}

bool az_on_slot(struct az_time time, int64_t minutes)
{
    return time.utc_s % 60 == 0 && local_minute(time) % minutes == 0;
}

struct az_time az_slot_time(struct az_time start, int64_t slot_minutes, size_t t)
{
    return az_time_add(start, (int64_t)t * slot_minutes * 60);
}

bool az_whole_slots(double hours, int64_t slot_minutes, size_t most, size_t *slots)
{
    double slot_hours = (double)slot_minutes / 60;
    double exact = hours / slot_hours;
    if (exact >= (double)most) {
        *slots = most;
        return true;
    }
    double nearest = round(exact);
    bool whole = fabs(nearest - exact) * slot_hours <= AZ_HOURS_TOLERANCE;
    *slots = (size_t)(whole ? nearest : floor(exact));
    return whole;
}

int64_t az_month_number(struct az_time time)
{
    int year, month, day, minute;
    az_time_local(time, &year, &month, &day, &minute);
    return (int64_t)year * 12 + month - 1;
}

bool az_is_month_start(struct az_time time)
{
    return az_month_number(time) != az_month_number(az_time_add(time, -1));
}

bool az_metering_of(struct az_time start, int64_t slot_minutes, int64_t metering_minutes,
                    struct az_metering *metering)
{
    *metering = (struct az_metering){ .slots = 1 };
    if (slot_minutes >= metering_minutes) return slot_minutes % metering_minutes == 0;
    if (metering_minutes % slot_minutes != 0) return false;
    metering->slots = (size_t)(metering_minutes / slot_minutes);
    metering->offset = (size_t)(local_minute(start) % metering_minutes / slot_minutes);
    return true;
}
