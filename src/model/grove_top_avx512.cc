// Compiled with -mavx512bw -mavx512vl.
#include "model/grove_top_kernel.h"

#if defined(__x86_64__)
namespace headroom::model {
extern const TopKernels kTopKernelsAvx512;
constinit const TopKernels kTopKernelsAvx512 = kernels_of<64>("AVX-512");
}  // namespace headroom::model
#endif
