/* view.h - what the files that draw a siting plan share. Private to the kind.
 *
 * A plan may come from anywhere, so nothing here relies on it being sound: references may lead
 * nowhere. What it says of its own results is not believed: all figures are computed afresh by the
 * judge, but for what only a solve can know (what a limit is worth, why a site is left out), which
 * stays as the plan tells it. */
#ifndef AZ_SITING_VIEW_H
#define AZ_SITING_VIEW_H

#include "formulations/common/figures.h"
#include "formulations/siting/instance.h"

#define ST_SHOWN_ROWS 1000  /* of a table, at most: a page is no data base */
#define ST_NEARLY_FULL 0.95 /* of a limit */

struct st_viewer {
    const struct st_instance *in;
    const struct st_plan *plan;           /* a copy, its results computed afresh */
    const struct st_summary *sum;         /* of the copy; all absent when it does not fit */
    const struct az_judgement *judgement; /* may be NULL */
    size_t *choice;                       /* [sites] entry of choices; AZ_NO_INDEX: none */
    struct az_arena *arena;
    struct az_view *view;
    bool fits;
    bool no_memory; /* some text could not be made */
};

/* --- words (view_words.c) -----------------------------------------------------------------------
 */

/* A text of the arena; "" without memory, which the viewer remembers. */
const char *st_text(struct st_viewer *viewer, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* "1,234.5" without needless zeros. */
const char *st_number_text(struct st_viewer *viewer, double value, int decimals);

/* Lists in words: a, then b with something (a comma) between; only one of them where the other is
 * empty. */
struct az_words st_join(struct st_viewer *viewer, struct az_words a, struct az_words b,
                        struct az_words between);
struct az_words st_and(struct st_viewer *viewer, struct az_words a, struct az_words b);

const char *st_money_unit(const struct st_viewer *viewer);
/* Money for people: "30,000 JPY", 「30,000 円」; large amounts "7,514.6 million JPY", 「75.15
 * 億円」. st_money_words: rounded; st_exact_words: short only where nothing is lost. */
struct az_words st_money_words(struct st_viewer *viewer, double money);
struct az_words st_exact_words(struct st_viewer *viewer, double money);

/* A site by its name, else by its id; the id where the reference leads nowhere. */
struct az_words st_site_words(struct st_viewer *viewer, struct az_ref ref);
struct az_words st_kind_words(int kind);
struct az_words st_district_words(struct st_viewer *viewer, struct az_ref ref);
struct az_words st_operator_words(struct st_viewer *viewer, size_t index);
/* "Feeder Shiga", "Line l3", by an identifier and what it is ("feeder", "node", ...). */
struct az_words st_element_words(struct st_viewer *viewer, const char *what, const char *id);
/* What an identifier of a limit, budget or element of the network is called. */
struct az_words st_limit_words(struct st_viewer *viewer, const char *id);
/* "at most 40 sites of houses in Azumi"; "budget of 30,000,000 JPY, 2027 to 2029". */
struct az_words st_rule_words(struct st_viewer *viewer, const struct st_limit *limit);
struct az_words st_budget_words(struct st_viewer *viewer, const struct st_budget *budget);
/* "January weekday 12:00"; "" beyond the hours. */
struct az_words st_hour_words(struct st_viewer *viewer, int64_t hour);
/* Why a site is left out. */
struct az_words st_reason_words(const struct st_instance *in, size_t site, int reason);
/* "24 JPY/kWh (2027-2030), then 8.3"; "0" without one. */
struct az_words st_price_words(struct st_viewer *viewer, const struct st_price *price);

/* --- what the plan has --------------------------------------------------------------------------
 */

const struct st_site *st_site_of(const struct st_viewer *viewer, struct az_ref ref); /* or NULL */
/* The option of a choice, or NULL. */
const struct st_option *st_option_of(const struct st_viewer *viewer,
                                     const struct st_choice *choice);

/* --- the network (view_network.c) ---------------------------------------------------------------
 */

bool st_is_node(const struct st_loading *it);
/* Share of the limit in use; NAN without one. */
double st_share_of(const struct st_loading *it);
const char *st_loading_unit(const struct st_loading *it); /* of no node: "kW", "kVA" */
/* "Bank b1, reverse flow", "Circuit l3, l4 out". */
struct az_words st_loading_words(struct st_viewer *viewer, const struct st_loading *it);

/* --- figures ------------------------------------------------------------------------------------
 */

/* AZ_OK or AZ_NO_MEMORY. The lists of the view have room for what each adds at most. */
enum az_status st_view_map(struct st_viewer *viewer);
enum az_status st_view_cash(struct st_viewer *viewer);    /* 2 plots, 1 table */
enum az_status st_view_loading(struct st_viewer *viewer); /* 2 plots */
enum az_status st_view_network(struct st_viewer *viewer); /* 4 tables */
enum az_status st_view_tables(struct st_viewer *viewer);  /* 7 tables */
enum az_status st_view_page(struct st_viewer *viewer);    /* 1 table */

#endif
