/* solve_view.h - a plan that was just made, for people: key numbers and the HTML report. */
#ifndef AZ_SOLVE_VIEW_H
#define AZ_SOLVE_VIEW_H

#include "adapters/cli/plans.h"
#include "adapters/report/report.h"

/* Judges and views the plan; prints its key numbers to out (NULL: not) and writes the report (path
 * NULL: not). data: the prepared instance; its plan is set. An exit status. */
int az_cli_show_plan(struct az_cli *cli, struct az_cli_case *data, const json_t *plan,
                     const json_t *certificate, FILE *out, const char *report_path);

/* Writes a report as an HTML file. An exit status. */
int az_cli_write_report(struct az_cli *cli, const struct az_report *report, const char *path);

/* Draws a report on standard output, heeding --colour and --width where the command has them. An
 * exit status. */
int az_cli_draw(struct az_cli *cli, const struct az_report *report);

#endif
