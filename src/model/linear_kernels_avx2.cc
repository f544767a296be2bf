// Compiled with -mavx2.
#if defined(__x86_64__)
#include "model/linear_kernels_code.h"

namespace headroom::model {
extern const LinearKernels kLinearKernelsAvx2;
constinit const LinearKernels kLinearKernelsAvx2 = {"AVX2", dots, softmaxes, exps};
}  // namespace headroom::model
#endif
