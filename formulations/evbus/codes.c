/* codes.c - the codes of codes.h as data. */
#include "formulations/evbus/codes.h"

#define CODE(name, en_, ja_) \
    const struct az_code eb_code_##name = { .code = #name, .words = { en_, ja_ } };
EB_CODES(CODE)
#undef CODE

const struct az_code *const eb_codes[] = {
#define ENTRY(name, en, ja) &eb_code_##name,
    EB_CODES(ENTRY)
#undef ENTRY
        NULL
};
