// Compiled with -mavx512vl -mavx512dq.
#if defined(__x86_64__)
#include "model/linear_kernels_code.h"

namespace headroom::model {
extern const LinearKernels kLinearKernelsAvx512;
constinit const LinearKernels kLinearKernelsAvx512 = {"AVX-512", dots, softmaxes, exps};
}  // namespace headroom::model
#endif
