/* numbers.h - files that are nothing but numbers between blanks, as benchmark sets have them. */
#ifndef AZ_NUMBERS_H
#define AZ_NUMBERS_H

#include <stdbool.h>
#include <stdint.h>

#include "adapters/import/input.h"

/* Where a reader stands. The first thing that is wrong becomes a finding with its line and column
 * (of characters, from 1), and every number after it is 0. */
struct az_numbers {
    const struct az_input *input;
    struct az_findings *findings;
    const char *at, *end;
    size_t line, column;
    bool failed;
};

void az_numbers_init(struct az_numbers *numbers, const struct az_input *input,
                     struct az_findings *findings);

/* The next number, in [minimum, maximum]; expected says in the finding what is wanted there. */
double az_numbers_next(struct az_numbers *numbers, double minimum, double maximum,
                       const char *expected);

/* The same when only a whole number will do. */
int64_t az_numbers_integer(struct az_numbers *numbers, int64_t minimum, int64_t maximum,
                           const char *expected);

/* Takes the next word if it is this one; otherwise nothing happens. */
bool az_numbers_word(struct az_numbers *numbers, const char *word);

/* Nothing but blanks may follow. */
void az_numbers_end(struct az_numbers *numbers);

#endif
