/* draft.h - a whole plan in the making: every site has one option or none, integer statics are 0 or
 * 1, continuous ones stand where the LP left them (shortfalls follow what is short). Rows may be
 * broken at a price on the way; moves change one site or one static. */
#ifndef AZ_SITING_DRAFT_H
#define AZ_SITING_DRAFT_H

#include "formulations/siting/bound.h"

struct st_draft;

/* From a solution of the LP (or a whole point), whose fractional sites are rounded one after the
 * other so that rows are broken least by the prices. Lives in the arena. */
enum az_status st_draft_new(struct st_search *search, const struct st_prices *prices,
                            const struct st_point *point, struct az_arena *arena,
                            struct st_draft **draft);

/* Mends rows that are broken, then gets better by moves and pairs of moves among what is live,
 * which break none, until no pair is better or `work` moves were weighed. *whole: no row that is
 * there is broken. */
enum az_status st_draft_improve(struct st_draft *draft, int64_t work, bool *whole);

/* What a draft makes of an integer static of the LP. */
double st_draft_rounds(const struct st_static *column, double value);

/* As a point, in the arena. */
enum az_status st_draft_point(const struct st_draft *draft, struct az_arena *arena,
                              struct st_point *point);

/* Rows have come: what the draft has of them. */
enum az_status st_draft_rows(struct st_draft *draft);

/* A plan by rounding and `work` moves (0: only mended), offered; rows that it breaks come (core.c).
 */
enum az_status st_draft_plan(struct st_search *search, const struct st_prices *prices,
                             const struct st_point *point, int64_t work);

/* A plan from the prices alone, where that is easily had: offered to the search (first.c). */
enum az_status st_first_plan(struct st_search *search, const struct st_prices *prices);

#endif
