/* status.h - the one list of things that a function of azumi can answer.
 *
 * A status says how a call went. How good a plan is stands in its certificate (run.h), and what is
 * wrong with an input stands in findings (findings.h): three different things, never mixed. */
#ifndef AZ_STATUS_H
#define AZ_STATUS_H

/* X(name, code, words) */
/* clang-format off */
#define AZ_STATUS_LIST(X)                                                           \
    X(AZ_OK, "ok", "done")                                                          \
    X(AZ_NO_MEMORY, "no_memory", "out of memory")                                   \
    X(AZ_INVALID, "invalid", "the input is wrong; the findings say where and why")  \
    X(AZ_INFEASIBLE, "infeasible", "proven to have no solution")                    \
    X(AZ_UNBOUNDED, "unbounded", "the objective has no limit")                      \
    X(AZ_NO_PLAN, "no_plan", "no plan was found in time")                           \
    X(AZ_DEADLINE, "deadline", "the deadline passed")                               \
    X(AZ_CANCELLED, "cancelled", "cancelled by the caller")                         \
    X(AZ_LIMIT, "limit", "a stated limit was reached")                              \
    X(AZ_NOT_FOUND, "not_found", "there is no such thing")                          \
    X(AZ_CONFLICT, "conflict", "the name is taken by something else")               \
    X(AZ_BUSY, "busy", "held by another process")                                   \
    X(AZ_UNSUPPORTED, "unsupported", "not available here")                          \
    X(AZ_NOT_CONNECTED, "not_connected", "a part of the network cannot be reached") \
    X(AZ_NUMERIC, "numeric", "the numbers are too badly conditioned")               \
    X(AZ_ENGINE, "engine", "the optimisation engine failed")                        \
    X(AZ_IO, "io", "reading or writing failed")                                     \
    X(AZ_FULL, "full", "there is no room left to write")                            \
    X(AZ_DAMAGED, "damaged", "what is stored is damaged")                           \
    X(AZ_SPOILT, "text_damaged", "what is stored of the job is damaged")            \
    X(AZ_INTERNAL, "internal", "a defect in azumi")
/* clang-format on */

enum az_status {
#define AZ_STATUS_NAME(name, code, words) name,
    AZ_STATUS_LIST(AZ_STATUS_NAME)
#undef AZ_STATUS_NAME
};

/* The stable code of a status, as it stands in messages ("no_memory"). Never NULL. */
const char *az_status_code(enum az_status status);

/* The status in English words. Never NULL. */
const char *az_status_words(enum az_status status);

/* Hands any status but AZ_OK up the stack. For functions that own nothing yet. */
#define AZ_TRY(call)                                        \
    do {                                                    \
        enum az_status az_try_status_ = (call);             \
        if (az_try_status_ != AZ_OK) return az_try_status_; \
    } while (0)

/* The same for functions with one cleanup label `done` and a variable `status`. */
#define AZ_GOTO(call)                   \
    do {                                \
        status = (call);                \
        if (status != AZ_OK) goto done; \
    } while (0)

#endif
