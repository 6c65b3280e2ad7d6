/* codes.c - the codes of codes.h as data. */
#include "formulations/microgrid/codes.h"

#define CODE(name, en_, ja_) \
    const struct az_code mg_code_##name = { .code = #name, .words = { en_, ja_ } };
MG_CODES(CODE)
#undef CODE

const struct az_code *const mg_codes[] = {
#define ENTRY(name, en, ja) &mg_code_##name,
    MG_CODES(ENTRY)
#undef ENTRY
        NULL
};
