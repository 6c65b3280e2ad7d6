/* engine_cbc_mip.c - CBC as an engine, second half: the MILP through Cbc.
 *
 * Cbc's C interface has no way to look in while it runs but what it prints, and it prints to
 * stdout, which belongs to others. So the stream `stdout` is exchanged for one of our own while Cbc
 * runs: nothing gets out, and its lines tell of better solutions and bounds. They are put back
 * whenever the caller's report is called.
 *
 * What is believed of Cbc: solutions, when rounding them leaves them solutions, perhaps with the
 * continuous columns calculated anew; bounds that it told while its time was not over, never above
 * what it has found or was told to beat; the end of the tree, when that came in time. What of it
 * cuts off optima is left out: see set_parameters. */
#include <coin/Cbc_C_Interface.h>
#include <float.h>
#include <pthread.h>
#include <stdio.h>
#include <time.h>

#include "solver/engine_cbc.h"

#define REPORT_EVERY 0.2 /* seconds between two reports of the bound alone */
#define GAP_SHARE 0.98   /* of the asked gaps is asked of Cbc, whose rounding differs from ours */
#define PRIMAL_TOLERANCE 1e-9 /* of scaled rows: with 1e-7 plans of rounds missed some by 0.002 */
#define NO_SOLUTION 1e49      /* Cbc writes 1e+50 for it */
#define LONG_ERROR 1e-7       /* relative, of numbers that Cbc prints with 8 digits */
#define SHORT_ERROR 1e-5      /* the same with 6 digits */
#define TIME_MARGIN 0.1       /* seconds before the deadline that Cbc is to stop */
#define TIME_SHARE 0.98       /* of Cbc's time: from then on it may have been cut short anywhere */

/* stdout is one for the whole process: one Cbc at a time, but for those that a report starts. */
static pthread_mutex_t one_at_a_time = PTHREAD_RECURSIVE_MUTEX_INITIALIZER_NP;

/* One branch-and-bound. */
struct search {
    struct session *session;
    const struct az_mip_options *options;
    FILE *real_stdout, *stream;
    char line[512];
    size_t length;
    bool has_best, has_start;
    double best, bound; /* best: of the start (in session->x), or a value that Cbc told */
    double start_value;
    double wall_limit, cpu_limit; /* on the clocks of Cbc and Clp: see is_late */
    int64_t nodes;
    double last_report;
};

/* --- Cbc's own time --- */

static double seconds_of(clockid_t clock)
{
    struct timespec time;
    if (clock_gettime(clock, &time) != 0) return INFINITY; /* late is the safe answer */
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

/* Cbc gets so many seconds from now on, Clp below it as many of the whole process's CPU time. */
static void start_clocks(struct search *search, double seconds)
{
    search->wall_limit = seconds_of(CLOCK_MONOTONIC) + TIME_SHARE * seconds;
    search->cpu_limit = seconds_of(CLOCK_PROCESS_CPUTIME_ID) + TIME_SHARE * seconds;
}

/* Is Cbc's time over? An LP that time cuts short looks infeasible to Cbc, at the root and in its
 * tree: nodes go that hold solutions, and what it says then ("infeasible", "searched to its end",
 * the value of the continuous problem, the best possible one) proves nothing. Asked after a word
 * has been heard: what was said in time was calculated in time. */
static bool is_late(const struct search *search)
{
    return seconds_of(CLOCK_MONOTONIC) >= search->wall_limit ||
           seconds_of(CLOCK_PROCESS_CPUTIME_ID) >= search->cpu_limit;
}

/* --- what Cbc prints --- */

static double now(const struct search *search)
{
    const struct az_clock *clock = &search->session->context->clock;
    return clock->seconds(clock->data);
}

static void report(struct search *search, const double *x)
{
    if (!search->options->report) return;
    search->last_report = now(search);
    if (search->real_stdout) stdout = search->real_stdout;
    (void)search->options->report(search->options->data, search->has_best ? search->best : NAN,
                                  search->bound, x, search->nodes);
    if (search->stream) stdout = search->stream;
}

/* Takes a value in Cbc's sense that some solution has. True when it is better than all before. */
static bool told_solution(struct search *search, double value)
{
    if (fabs(value) >= NO_SOLUTION) return false;
    double objective = search->session->sign * value;
    if (search->has_best && !is_better(search->session->sense, objective, search->best))
        return false;
    search->has_best = true;
    search->best = objective;
    return true;
}

/* Takes a bound in Cbc's sense, of which the digits are true to the relative error; what was cut
 * off by a solution is bounded by that solution. */
static void told_bound(struct search *search, double value, double error)
{
    if (!(fabs(value) < NO_SOLUTION) || is_late(search)) return;
    enum az_sense sense = search->session->sense;
    double bound = search->session->sign * value;
    if (search->has_best) bound = weaker(sense, bound, search->best);
    if (!isnan(search->options->cutoff)) bound = weaker(sense, bound, search->options->cutoff);
    bound += (sense == AZ_MINIMIZE ? -1 : 1) * error * fabs(bound);
    if (is_better(sense, search->bound, bound)) search->bound = bound;
}

/* Cbc0010I After 2000 nodes, 6 on tree, -1914 best solution, best possible -1960.8 (5.07 seconds)
 * Cbc0012I Integer solution of -1914 found by DiveCoefficient after 16864 iterations and ...
 * Continuous objective value is -1984.23 - 0.00 seconds */
static void read_line(struct search *search)
{
    const char *text = search->line;
    double best, bound;
    long nodes;
    bool better = false;
    const char *words = strstr(text, "After ");
    if (words && sscanf(words, "After %ld nodes, %*d on tree, %lf best solution, best possible %lf",
                        &nodes, &best, &bound) == 3) {
        search->nodes = nodes;
        better = told_solution(search, best);
        told_bound(search, bound, LONG_ERROR);
    } else if ((words = strstr(text, "Integer solution of "))) {
        if (sscanf(words, "Integer solution of %lf", &best) == 1)
            better = told_solution(search, best);
    } else if (sscanf(text, "Continuous objective value is %lf", &bound) == 1) {
        told_bound(search, bound, SHORT_ERROR);
    } else if ((words = strstr(text, "cuts changed objective from "))) {
        if (sscanf(words, "cuts changed objective from %*f to %lf", &bound) == 1)
            told_bound(search, bound, SHORT_ERROR);
    } else {
        return;
    }
    if (better || now(search) - search->last_report >= REPORT_EVERY) report(search, NULL);
}

/* The write function of the stream that stands in for stdout. */
static ssize_t listen_to(void *cookie, const char *text, size_t size)
{
    struct search *search = cookie;
    const struct az_context *context = search->session->context;
    for (size_t i = 0; i < size; i++) {
        if (text[i] != '\n') {
            if (search->length + 1 < sizeof search->line) search->line[search->length++] = text[i];
            continue;
        }
        search->line[search->length] = '\0';
        if (context->log && search->length > 0)
            context->log(context->data, AZ_LOG_DEBUG, search->line);
        read_line(search);
        search->length = 0;
    }
    return (ssize_t)size;
}

static bool begin_listening(struct search *search)
{
    cookie_io_functions_t functions = { .write = listen_to };
    FILE *stream = fopencookie(search, "w", functions);
    if (!stream) return false;
    setvbuf(stream, NULL, _IOLBF, BUFSIZ);
    pthread_mutex_lock(&one_at_a_time);
    fflush(stdout);
    search->real_stdout = stdout;
    search->stream = stream;
    stdout = stream;
    return true;
}

static void end_listening(struct search *search)
{
    fflush(search->stream);
    stdout = search->real_stdout;
    pthread_mutex_unlock(&one_at_a_time);
    FILE *stream = search->stream;
    search->stream = NULL;
    fclose(stream);
}

/* --- into Cbc --- */

static void set_number(Cbc_Model *model, const char *name, double value)
{
    char text[40];
    snprintf(text, sizeof text, "%.15g", value);
    Cbc_setParameter(model, name, text);
}

static void set_parameters(Cbc_Model *model, struct search *search)
{
    const struct az_mip_options *options = search->options;
    const struct az_context *context = search->session->context;
    double left = seconds_left(context);
    Cbc_setParameter(model, "log", "1");
    Cbc_setParameter(model, "timeMode", "elapsed");
    double seconds = fmax(0.98 * left - TIME_MARGIN, 0.01);
    start_clocks(search, seconds);
    if (isfinite(left)) set_number(model, "sec", seconds);
    /* Parts of Cbc 2.10.8 and Cgl 0.60.3 cut off optima, models of which tests/data/engine keeps.
     * With preprocessing 9 of 3000 random models of up to 13 columns ended at another value, called
     * optimal; without it, but with probing and mixed-integer rounding, 2 of 1300. A knapsack cover
     * made from a row that was a Gomory cut took the optimum of a day of rounds away; where a start
     * or a cutoff is known, knapsack covers did so in 6 of 3000 small sitings. A flow cover did in
     * a day of buses. Without all of these none of 7000 random models of the kinds' shapes and none
     * of 1300 that the kinds make is answered wrongly, with starts and without, at any effort. A
     * time limit that ends the preprocessing crashes Cbc besides. */
    static const char *const unsound[] = { "preprocess",   "probingCuts",
                                           "twoMirCuts",   "mixedIntegerRoundingCuts",
                                           "knapsackCuts", "flowCoverCuts" };
    for (size_t k = 0; k < sizeof unsound / sizeof unsound[0]; k++)
        Cbc_setParameter(model, unsound[k], "off");
    set_number(model, "primalTolerance", PRIMAL_TOLERANCE);
    set_number(model, "ratioGap", GAP_SHARE * options->gap);
    set_number(model, "allowableGap", fmax(GAP_SHARE * options->gap_abs, 1e-10));
    double seed = (double)(context->seed % 1000000000);
    set_number(model, "randomSeed", seed + 1);
    set_number(model, "randomCbcSeed", seed + 1);
    if (options->node_limit > 0) set_number(model, "maxNodes", (double)options->node_limit);
    if (!isnan(options->cutoff))
        set_number(model, "cutoff", search->session->sign * options->cutoff);
    /* measured on unit commitment: few trial branchings, one round of cuts below the root */
    Cbc_setParameter(model, "strongBranching", "2");
    Cbc_setParameter(model, "trustPseudoCosts", "3");
    Cbc_setParameter(model, "passTreeCuts", "1");
    /* Gomory's cuts that are checked for support, range and violation (CglGMI): thousands of random
     * models kept their optima under them, and unit commitment is refuted in a third of the time */
    if (options->deep_cuts) Cbc_setParameter(model, "GMICuts", "on");
    /* beside a start of the caller's the heuristics cost more than they find */
    double enough = search->has_start ? 0.5 : 0;
    if (options->heuristic_effort <= enough) Cbc_setParameter(model, "heuristicsOnOff", "off");
}

/* The bounds of the MILP: integer columns rounded inwards. False: some column has no value left. */
static bool round_bounds(const struct session *session, double lower[], double upper[])
{
    for (size_t j = 0; j < session->columns.count; j++) {
        lower[j] = session->columns.lower[j];
        upper[j] = session->columns.upper[j];
        if (session->integer[j] && !round_inwards(&lower[j], &upper[j])) return false;
        if (isinf(lower[j])) lower[j] = -DBL_MAX;
        if (isinf(upper[j])) upper[j] = DBL_MAX;
    }
    return true;
}

/* Copies the model out of Clp. The offset is one more column, fixed at 1, so that Cbc's relative
 * gap is that of the whole objective. lower, upper: [columns + 1]. */
static bool load(Cbc_Model *model, struct session *session, double lower[], double upper[])
{
    Clp_Simplex *lp = session->lp;
    int n = (int)session->columns.count, m = (int)session->rows.count, entries = 0;
    const int *from = Clp_getVectorStarts(lp), *length = Clp_getVectorLengths(lp);
    for (int j = 0; j < n; j++) entries += length[j];
    int *start = malloc(((size_t)n + 2) * sizeof *start);
    int *index = malloc(((size_t)entries + 1) * sizeof *index);
    double *value = malloc(((size_t)entries + 1) * sizeof *value);
    double *cost = malloc(((size_t)n + 1) * sizeof *cost);
    bool loaded = start && index && value && cost;
    if (loaded) {
        int at = 0;
        for (int j = 0; j < n; j++) {
            size_t bytes = (size_t)length[j];
            start[j] = at;
            if (bytes == 0) continue;
            memcpy(index + at, Clp_getIndices(lp) + from[j], bytes * sizeof *index);
            memcpy(value + at, Clp_getElements(lp) + from[j], bytes * sizeof *value);
            at += length[j];
        }
        start[n] = start[n + 1] = at;
        memcpy(cost, Clp_objective(lp), (size_t)n * sizeof *cost);
        cost[n] = session->sign * session->offset;
        lower[n] = upper[n] = 1;
        Cbc_loadProblem(model, n + 1, m, start, index, value, lower, upper, cost, Clp_rowLower(lp),
                        Clp_rowUpper(lp));
        Cbc_setObjSense(model, 1);
        for (int j = 0; j < n; j++)
            if (session->integer[j]) Cbc_setInteger(model, j);
    }
    free(start);
    free(index);
    free(value);
    free(cost);
    return loaded;
}

/* The integer part of the start; Cbc finds the continuous part itself. */
static bool give_start(Cbc_Model *model, const struct session *session)
{
    int *index = malloc(session->integer_count * sizeof *index), count = 0;
    double *value = malloc(session->integer_count * sizeof *value);
    if (index && value) {
        for (size_t j = 0; j < session->columns.count; j++) {
            if (!session->integer[j]) continue;
            index[count] = (int)j;
            value[count++] = session->x[j];
        }
        Cbc_setMIPStartI(model, count, index, value);
    }
    bool given = index && value;
    free(index);
    free(value);
    return given;
}

/* --- solutions --- */

static double objective_of(const struct session *session, const double x[])
{
    const double *cost = Clp_objective(session->lp);
    double sum = 0;
    for (size_t j = 0; j < session->columns.count; j++) sum += cost[j] * x[j];
    return session->offset + session->sign * sum;
}

/* Does session->x keep every bound and every row? Without memory: no. */
static bool is_solution(const struct session *session)
{
    const int *from = Clp_getVectorStarts(session->lp);
    const int *length = Clp_getVectorLengths(session->lp), *index = Clp_getIndices(session->lp);
    const double *value = Clp_getElements(session->lp);
    double *activity = calloc(session->rows.count + 1, sizeof *activity);
    if (!activity) return false;
    for (size_t j = 0; j < session->columns.count; j++)
        for (int k = from[j]; k < from[j] + length[j]; k++)
            activity[index[k]] += value[k] * session->x[j];
    bool holds = sides_hold(&session->columns, session->x) && sides_hold(&session->rows, activity);
    free(activity);
    return holds;
}

/* Takes the caller's start when it is a solution: integers rounded, into session->x. */
static enum az_status take_start(struct search *search)
{
    struct session *session = search->session;
    const double *start = search->options->start;
    if (!start) return AZ_OK;
    for (size_t j = 0; j < session->columns.count; j++) {
        if (!isfinite(start[j])) return AZ_OK;
        session->x[j] = session->integer[j] ? round(start[j]) : start[j];
        if (fabs(session->x[j] - start[j]) > AZ_INTEGER_TOLERANCE) return AZ_OK;
    }
    search->has_start = is_solution(session);
    if (!search->has_start) return AZ_OK;
    search->has_best = true;
    search->best = search->start_value = objective_of(session, session->x);
    report(search, session->x);
    return AZ_OK;
}

/* Cbc keeps rows to a tolerance after scaling them: beside large coefficients what it finds may
 * miss them by far. The integers of session->x stay, an LP finds the rest anew, and the session's
 * own LP stays as it was. False: they leave no solution. */
static bool settle(struct session *session)
{
    Clp_Simplex *lp = session->lp;
    size_t n = session->columns.count, count = n + session->rows.count;
    bool has_basis = session->has_basis, fresh = session->fresh_columns;
    bool has_status = Clp_statusExists(lp);
    double tolerance = Clp_primalTolerance(lp);
    unsigned char *basis = malloc(count + 1);
    if (!basis) return false;
    if (has_status) memcpy(basis, Clp_statusArray(lp), count);
    for (size_t j = 0; j < n; j++)
        if (session->integer[j]) Clp_columnLower(lp)[j] = Clp_columnUpper(lp)[j] = session->x[j];
    Clp_setPrimalTolerance(lp, PRIMAL_TOLERANCE);
    struct az_solve_result result;
    bool settled = relax(session, &result) == AZ_OK && result.status == AZ_SOLVE_OPTIMAL;
    Clp_setPrimalTolerance(lp, tolerance);
    for (size_t j = 0; j < n; j++) {
        if (!session->integer[j]) {
            session->x[j] = Clp_primalColumnSolution(lp)[j];
        } else {
            Clp_columnLower(lp)[j] = fmax(session->columns.lower[j], -DBL_MAX);
            Clp_columnUpper(lp)[j] = fmin(session->columns.upper[j], DBL_MAX);
        }
    }
    if (has_status) memcpy(Clp_statusArray(lp), basis, count);
    session->has_basis = has_basis;
    session->fresh_columns = fresh;
    free(basis);
    return settled && is_solution(session);
}

/* Reads Cbc's solution into session->x unless the start is better. False: Cbc has one, or told of
 * one, that is none of the model. */
static bool take_solution(struct search *search, Cbc_Model *model)
{
    struct session *session = search->session;
    size_t n = session->columns.count;
    const double *found = Cbc_bestSolution(model);
    bool told = search->has_best;
    search->has_best = search->has_start;
    search->best = search->start_value;
    if (!found) return search->has_start || !told;
    double *start = malloc(n * sizeof *start);
    if (!start) return false;
    memcpy(start, session->x, n * sizeof *start);
    bool sound = true;
    for (size_t j = 0; j < n; j++) {
        session->x[j] = session->integer[j] ? round(found[j]) : found[j];
        sound = sound && fabs(session->x[j] - found[j]) <= 1e-4;
    }
    sound = sound && (is_solution(session) || settle(session));
    double value = sound ? objective_of(session, session->x) : NAN;
    if (sound && (!search->has_best || is_better(session->sense, value, search->best))) {
        search->has_best = true;
        search->best = value;
    } else {
        memcpy(session->x, start, n * sizeof *start);
    }
    free(start);
    return sound;
}

/* --- the solve --- */

/* What ended the search, and what it proves. */
struct ending {
    bool finished;   /* the whole tree was searched: nothing better than `value` exists */
    bool infeasible; /* and nothing at all was found */
    double value;    /* finished: what Cbc found, as it counts it; NAN: nothing */
};

enum { CBC_ENDED_WITH_SOLUTION, CBC_ENDED_WITHOUT, CBC_ENDED_BY_GAP, CBC_ENDED_BY_NODES };

static struct ending run_cbc(struct search *search, Cbc_Model *model)
{
    struct ending ending = { .value = NAN };
    Cbc_solve(model);
    bool late = is_late(search);
    int status = Cbc_status(model), second = Cbc_secondaryStatus(model);
    search->nodes = Cbc_getNodeCount(model);
    /* nodes were cut off by what Cbc has found, be it a solution of ours or not: before any bound
     */
    if (Cbc_bestSolution(model)) {
        ending.value = Cbc_getObjValue(model);
        told_solution(search, ending.value);
        ending.value *= search->session->sign;
    }
    if (second == CBC_ENDED_BY_GAP || second == CBC_ENDED_BY_NODES)
        told_bound(search, Cbc_getBestPossibleObjValue(model), 0);
    bool sound = take_solution(search, model);
    ending.finished = !late && sound && status == 0 &&
                      (second == CBC_ENDED_WITH_SOLUTION || second == CBC_ENDED_WITHOUT);
    ending.infeasible = ending.finished && !search->has_best;
    return ending;
}

/* No rows: every column sits at its better bound. */
static void solve_boxes(struct search *search, const double lower[], const double upper[],
                        struct az_solve_result *result)
{
    struct session *session = search->session;
    for (size_t j = 0; j < session->columns.count; j++) {
        double cost = Clp_objective(session->lp)[j];
        double side = cost > 0 ? lower[j] : cost < 0 ? upper[j] : fmin(fmax(0, lower[j]), upper[j]);
        if (fabs(side) == DBL_MAX) {
            result->status = AZ_SOLVE_UNBOUNDED;
            return;
        }
        session->x[j] = side;
    }
    session->has_x = true;
    result->status = AZ_SOLVE_OPTIMAL;
    result->objective = result->bound = objective_of(session, session->x);
}

static void conclude(struct search *search, struct ending ending, struct az_solve_result *result)
{
    struct session *session = search->session;
    enum az_sense sense = session->sense;
    result->nodes = search->nodes;
    session->has_x = search->has_best;
    if (ending.finished) {
        /* rounding its integers may make a solution dearer than what the tree was searched for */
        double proven = search->has_best ? search->best : -no_bound(sense);
        if (!isnan(ending.value)) proven = weaker(sense, proven, ending.value);
        if (!isnan(search->options->cutoff))
            proven = weaker(sense, proven, search->options->cutoff);
        search->bound = proven;
    }
    result->bound = search->bound;
    if (!search->has_best) {
        bool nothing = ending.infeasible && isnan(search->options->cutoff);
        result->status = nothing ? AZ_SOLVE_INFEASIBLE : AZ_SOLVE_UNKNOWN;
        return;
    }
    result->objective = search->best;
    result->bound = weaker(sense, search->bound, search->best);
    result->status = gap_is_closed(sense, search->options, search->best, result->bound)
                         ? AZ_SOLVE_OPTIMAL
                         : AZ_SOLVE_FEASIBLE;
}

/* Cbc has found nothing: the LP tells whether the model is unbounded. */
static enum az_status look_at_relaxation(struct search *search, struct az_solve_result *result)
{
    int64_t nodes = result->nodes;
    struct az_solve_result relaxed;
    AZ_TRY(relax(search->session, &relaxed));
    if (relaxed.status == AZ_SOLVE_UNBOUNDED || relaxed.status == AZ_SOLVE_INFEASIBLE) {
        *result = relaxed;
        result->nodes = nodes;
    }
    return AZ_OK;
}

static enum az_status branch_and_bound(struct search *search, double lower[], double upper[],
                                       struct az_solve_result *result)
{
    struct session *session = search->session;
    struct ending ending = { .value = NAN };
    if (sides_conflict(&session->columns) || sides_conflict(&session->rows) ||
        !round_bounds(session, lower, upper)) {
        ending = (struct ending){ .finished = true, .infeasible = true, .value = NAN };
        search->has_best = false;
        conclude(search, ending, result);
        return AZ_OK;
    }
    if (session->rows.count == 0) {
        solve_boxes(search, lower, upper, result);
        return AZ_OK;
    }
    AZ_TRY(take_start(search));
    if (must_stop(session->context)) {
        conclude(search, ending, result);
        return AZ_OK;
    }
    if (!begin_listening(search)) return AZ_NO_MEMORY;
    enum az_status status = AZ_NO_MEMORY;
    Cbc_Model *model = Cbc_newModel();
    if (load(model, session, lower, upper) && (!search->has_start || give_start(model, session))) {
        set_parameters(model, search);
        ending = run_cbc(search, model);
        status = AZ_OK;
    }
    Cbc_deleteModel(model);
    end_listening(search);
    if (status != AZ_OK) return status;
    conclude(search, ending, result);
    return search->has_best ? AZ_OK : look_at_relaxation(search, result);
}

enum az_status solve_mip(void *opaque, const struct az_mip_options *options,
                         struct az_solve_result *result)
{
    struct session *session = opaque;
    if (session->integer_count == 0) {
        enum az_status status = solve_lp(session, result);
        session->has_duals = false;
        return status;
    }
    struct search search = { .session = session,
                             .options = options,
                             .bound = no_bound(session->sense),
                             .last_report = -INFINITY };
    *result = (struct az_solve_result){ .status = AZ_SOLVE_UNKNOWN,
                                        .objective = NAN,
                                        .bound = no_bound(session->sense) };
    session->has_x = session->has_duals = false;
    size_t n = session->columns.count;
    double *lower = malloc((n + 1) * sizeof *lower), *upper = malloc((n + 1) * sizeof *upper);
    enum az_status status =
        lower && upper ? branch_and_bound(&search, lower, upper, result) : AZ_NO_MEMORY;
    free(lower);
    free(upper);
    return status;
}
