/* days_run.h - a study over days under way: what its days share, and one day of one variant.
 * Private to the files of `azumi study --days`. */
#ifndef AZ_CLI_DAYS_RUN_H
#define AZ_CLI_DAYS_RUN_H

#include "adapters/cli/days.h"
#include "adapters/cli/drive_plan.h"
#include "adapters/import/days.h"

/* A variant on its way through the days. */
struct az_days_course {
    struct az_days_variant *variant;
    json_t *document; /* the base with its changes; owned */
    json_t *state;    /* carried from the last day that has a plan, at first its own; owned */
    int64_t last;     /* the number of that day; -1: there is none */
};

struct az_days_run {
    struct az_cli *cli;
    struct az_cli_case base;
    struct az_cli_driver driver;
    struct az_day_list days;
    struct az_day_files files;
    struct az_days_study study;
    struct az_days_course *courses; /* [study.variants.count], the base first */
    json_t *nothing;                /* the base's changes; owned */
    json_t *asked;                  /* the VARIANTS document; owned; NULL: none */
    json_t *options;                /* of every request; owned */
    json_t *plans;                  /* documents of single plans; owned; NULL: not wanted */
    double deadline_s, until;       /* for each plan; for all, INFINITY: none */
    bool useless;                   /* no solver could do anything: nothing is written */
    double written;                 /* when the study was written last */
    int64_t slots, kept;            /* of the horizon, of a day */
};

/* Everything that is wrong with the instance of a day is found; with nothing found *instance is
 * resolved. document: of the day. AZ_OK also with findings, or AZ_NO_MEMORY. */
enum az_status az_days_prepare(const struct az_formulation *formulation, const json_t *document,
                               struct az_arena *arena, struct az_findings *findings,
                               void **instance);

/* Plans day d of a course, judges what is kept of it and carries its state. The course's entry of
 * the day is filled in any case; it has no sum when there is no plan. An exit status, told:
 * AZ_EXIT_NO when there is just no plan. */
int az_days_plan(struct az_days_run *run, struct az_days_course *course, size_t d);

/* The variants that are asked for, the base first: the file (NULL: none) read, every variant's
 * instance made and tried on the first day. Everything wrong is told. An exit status. */
int az_days_variants(struct az_days_run *run, const char *path);

#endif
