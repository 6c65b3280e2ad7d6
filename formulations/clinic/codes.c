/* codes.c - the codes of codes.h as data. */
#include "formulations/clinic/codes.h"

#define CODE(name, en_, ja_) \
    const struct az_code cl_code_##name = { .code = #name, .words = { en_, ja_ } };
CL_CODES(CODE)
#undef CODE

const struct az_code *const cl_codes[] = {
#define ENTRY(name, en, ja) &cl_code_##name,
    CL_CODES(ENTRY)
#undef ENTRY
        NULL
};
