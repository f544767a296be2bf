// Compiled with -mavx2.
#include "model/grove_top_kernel.h"

#if defined(__x86_64__)
namespace headroom::model {
extern const TopKernels kTopKernelsAvx2;
constinit const TopKernels kTopKernelsAvx2 = kernels_of<32>("AVX2");
}  // namespace headroom::model
#endif
