/* problem_rows.h - families of rows and statics of the siting problem, in the order of adding. */
#ifndef AZ_SITING_PROBLEM_ROWS_H
#define AZ_SITING_PROBLEM_ROWS_H

#include "formulations/siting/problem.h"

/* Reinforcements, arming, coverage, shortfalls. */
enum az_status st_problem_statics(struct st_problem *problem);

/* Rows over groups of options. */
enum az_status st_problem_budgets(struct st_problem *problem);
enum az_status st_problem_limits(struct st_problem *problem);

/* Rows of entries. */
enum az_status st_problem_coverage(struct st_problem *problem);
enum az_status st_problem_deliveries(struct st_problem *problem);
enum az_status st_problem_arming(struct st_problem *problem);

/* The static of a kind and its first index; AZ_NO_INDEX: none. */
size_t st_find_static(const struct st_problem *problem, int kind, size_t a);

#endif
