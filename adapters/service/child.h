/* child.h - the solver child: one job, no store, no sockets, in a process of its own.
 *
 * Standard input carries one JSON object, {"request": ENVELOPE, "resume": PLAN}; standard output
 * carries the answer as lines of JSON, each an object with a "type":
 *   progress  {phase, seconds, objective, bound, gap, work}
 *   plan      {plan, certificate, memory_mib}: a better plan, judged by the child
 *   answer    {certificate, explanation, judgement, validation, memory_mib}: those there are; the
 *             last line
 *   problem   {problem, memory_mib}: an RFC 9457 problem document; the last line
 * memory_mib: the most that the child has had so far. What it tells past its limit is not taken.
 * The descriptor of the protocol is moved out of the libraries' way. What they print to standard
 * output goes nowhere; standard error is the parent's, with warnings and last words. */
#ifndef AZ_CHILD_H
#define AZ_CHILD_H

#include <stdint.h>

/* Where the child keeps its protocol, out of the way of standard output. */
#define AZ_CHILD_PROTOCOL_FD 3

/* Set in the child's environment. */
#define AZ_CHILD_VARIABLE "AZUMI_SOLVER_CHILD"

/* Stops by itself this long before the deadline, to have answered by then. Seconds. */
#define AZ_CHILD_MARGIN 0.1

/* Runs one job. until: the deadline on the machine's monotonic clock, in seconds. deaths: how many
 * children of the job have died; where the engine is free to choose each takes another than the one
 * before. Returns the exit status of the process: 0 when it answered, with a plan or a problem. */
int az_child_run(double until, int64_t deaths);

#endif
