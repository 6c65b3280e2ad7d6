/* japanese.h - numbers, dates, clocks and weekdays as offices write them.
 *
 * All of these take text that az_plain has made plain: full-width forms become ASCII, half-width
 * kana full-width, all kinds of dashes "-", wave dashes "~", control characters blanks, and blanks
 * around it are gone. */
#ifndef AZ_JAPANESE_H
#define AZ_JAPANESE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "solver/base/arena.h"

/* Plain text of valid UTF-8; squeeze: without any blanks at all, to compare. NULL: no memory. */
char *az_plain(const char *text, bool squeeze, struct az_arena *arena);

/* "3", "1,500", "2回", "¥800", "90分", "5.5 kW", "120㎡". False when it is no number. */
bool az_plain_number(const char *text, double *value);

/* A date as "2026-12-02" in buffer: 令和8年12月2日, R8.12.2, 2026/12/2, 2026-12-02, 20261202,
 * 12月2日(水), 12/2. Without a year it is the date nearest to `near` (a date in that form), or with
 * `past` the last one that is not after it. */
bool az_plain_date(const char *text, const char *near, bool past, char buffer[11]);

/* A clock as "09:30" in buffer: 9:30, 9時半, 9時30分, 午後1時, 24:00. */
bool az_plain_clock(const char *text, char buffer[6]);

/* Hours "9:00-12:00", "9時~12時", "9時から12時まで"; 午前 is 09:00-12:00, 午後 13:00-17:00 and
 * 終日 09:00-17:00 (*guessed is set). */
bool az_plain_hours(const char *text, char from[6], char until[6], bool *guessed);

/* Days of the week, bit 0 Monday: 月水金, 月・水曜日, 月-金, 平日, 毎日, mon, Tuesday. */
bool az_plain_weekdays(const char *text, unsigned *days);

/* Takes blanks beside dashes and before brackets away: "9:00 - 12:00" is one item. */
void az_plain_join(char *text);

/* Cuts a list in place: at commas and Japanese ones, semicolons, middle dots, slashes (where
 * `slashes`), line ends and blanks. *rest is where it goes on; NULL past the last item. */
char *az_plain_item(char **rest, bool slashes);

#endif
