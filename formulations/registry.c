/* registry.c - the kinds of plan that azumi knows. A new kind adds one line. */
#include <string.h>

#include "formulations/formulation.h"

#define AZ_KINDS(X) X(microgrid) X(evbus) X(clinic) X(siting)

#define DECLARE(name) extern const struct az_formulation az_kind_##name;
#define ENTRY(name) &az_kind_##name,

AZ_KINDS(DECLARE)
#ifdef AZ_TEST_KINDS
#define AZ_KINDS_OF_TESTS(X) X(probe)
AZ_KINDS_OF_TESTS(DECLARE)
#else
#define AZ_KINDS_OF_TESTS(X)
#endif

static const struct az_formulation *const kinds[] = { AZ_KINDS(ENTRY) AZ_KINDS_OF_TESTS(ENTRY) };

const struct az_formulation *az_formulation_at(size_t i)
{
    return i < sizeof kinds / sizeof kinds[0] ? kinds[i] : NULL;
}

const struct az_formulation *az_formulation_find(const char *name)
{
    for (size_t i = 0; name && az_formulation_at(i); i++)
        if (strcmp(kinds[i]->name, name) == 0) return kinds[i];
    return NULL;
}
