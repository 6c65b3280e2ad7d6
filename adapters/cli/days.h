/* days.h - a base and variants of it over chosen days, side by side: the VARIANTS and STUDY
 * documents, what days add up to, and their picture. `azumi study --days`. */
#ifndef AZ_CLI_DAYS_H
#define AZ_CLI_DAYS_H

#include "adapters/cli/plans.h"
#include "adapters/report/report.h"

struct az_days_money {
    const char *item, *owner; /* as the judge says them */
    double amount_jpy;
    const char *words_en, *words_ja;
};

/* A figure of a kind (struct az_figure), added up. */
struct az_days_figure {
    const char *figure, *of, *month;
    double value;
    const char *unit;
    int64_t decimals;
    const char *words_en, *words_ja;
    /* derived */
    enum az_adding adding;
    double weight;
};

/* What a day, or several, come to. */
struct az_days_sum {
    double cost_jpy, penalty_jpy;
    AZ_LIST(struct az_days_money) money;
    AZ_LIST(struct az_days_figure) figures;
};

/* One day of one variant. */
struct az_days_day {
    const char *date;
    int anew;                /* boolean: begins from the variant's own state */
    struct az_days_sum *sum; /* of what is kept; absent without a plan */
    double open_jpy, gap;    /* of the whole plan: what is not proven */
    double seconds;
    struct az_document certificate, problem;
};

/* Against the base, over the days on which both have a plan. */
struct az_days_difference {
    int64_t days;
    struct az_days_sum *sum;
    double capital_jpy; /* yearly_jpy for so many days, less the base's */
    double net_jpy;
    double payback_years;
};

struct az_days_variant {
    const char *id;
    const char *name;
    struct az_document changes;
    double capex_jpy;     /* absent: none */
    double life_years;    /* required with capex */
    double discount_rate; /* default 0.03 */
    double operation_jpy_per_year;
    double yearly_jpy;
    int64_t days_planned, days_missing;
    struct az_days_sum *sum;
    double worst_gap, open_jpy, seconds;
    struct az_days_difference *difference; /* absent of the base */
    AZ_LIST(struct az_days_day) days;
};

/* A VARIANTS file. */
struct az_days_asked {
    const char *kind, *title;
    AZ_LIST(struct az_days_variant) variants;
};
extern const struct az_table az_days_asked_table;

#define AZ_BASE_ID "base"
#define AZ_BASE_NAME "今のまま / As it is"

/* Reads one for an instance of a kind. *document: the file, a new reference also when it is wrong;
 * *asked borrows from it. Everything wrong is told. An exit status. */
int az_cli_variants(struct az_cli *cli, const char *path, const char *kind, json_t **document,
                    struct az_days_asked **asked);

/* The instance of variant i: the base with its changes. A new reference also with findings. AZ_OK
 * or AZ_NO_MEMORY. */
enum az_status az_variant_document(const struct az_formulation *formulation, const json_t *base,
                                   const struct az_days_variant *variant, size_t i,
                                   struct az_findings *findings, json_t **document);

/* A STUDY file over days. The first variant is the base. */
struct az_days_study {
    const char *kind;
    const char *instance_sha256;
    const char *unit; /* of money */
    double horizon_h, kept_h;
    AZ_LIST(const char *) dates;
    AZ_LIST(const char *) files;
    AZ_LIST(struct az_days_variant) variants;
    AZ_LIST(struct az_document) axes, plans; /* of single plans, as other studies have them */
};
extern const struct az_table az_days_study_table;

/* --- adding up ---------------------------------------------------------------------------------
 */

/* A new sum of nothing; NULL without memory. */
struct az_days_sum *az_days_sum_new(struct az_arena *arena);

/* What a judged part comes to. Texts are copied. */
enum az_status az_days_sum_of(const struct az_judgement *judgement,
                              const struct az_figures *figures, struct az_arena *arena,
                              struct az_days_sum **sum);

/* Adds a day. AZ_OK or AZ_NO_MEMORY. */
enum az_status az_days_sum_add(struct az_days_sum *sum, const struct az_days_sum *day,
                               struct az_arena *arena);

/* Everything of a variant that follows from its days, and its difference from the base. base: the
 * variant itself when it is the base. AZ_OK or AZ_NO_MEMORY. */
enum az_status az_days_total(struct az_days_variant *variant, const struct az_days_variant *base,
                             struct az_arena *arena);

/* --- documents ---------------------------------------------------------------------------------
 */

/* Is it the document of a study over days? */
bool az_days_is_study(const json_t *json);

/* Reads one. What is wrong is a finding. AZ_OK or AZ_NO_MEMORY. */
enum az_status az_days_read(const json_t *document, struct az_arena *arena,
                            struct az_findings *findings, struct az_days_study **study);

/* Draws the study: what the variants come to, money, days. */
enum az_status az_days_view(const struct az_days_study *study, struct az_arena *arena,
                            struct az_view *view);

/* The same as a report, ready to be drawn. view: room for it. */
enum az_status az_days_report(const struct az_days_study *study,
                              const struct az_formulation *formulation, struct az_arena *arena,
                              enum az_language language, struct az_view *view,
                              struct az_report *report);

/* `azumi study` with --days: the whole command. An exit status. */
int az_cli_study_days(struct az_cli *cli);

#endif
