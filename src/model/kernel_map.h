// Nystroem and KernelPCA.
#pragma once
#include <vector>

#include "model/kernel.h"
#include "model/row_transform.h"

namespace headroom::model {
/// transform: the row's kernels with the anchors, centred if there are means (KernelCenterer), times a matrix.
/// Within rounding of the origin's matrix products.
/// Sources: sklearn.kernel_approximation.Nystroem.transform, sklearn.decomposition._kernel_pca.KernelPCA.transform.
class KernelMap final : public RowTransform {
 public:
  struct Spec {
    std::size_t n_features = 0;
    Kernel kernel;
    std::vector<double> anchors;   // [count, n_features]
    std::vector<double> means;     // [count]: of each anchor's kernels with all, or empty
    double mean = 0;               // of all of these
    std::vector<double> weights;   // [outputs, count]
  };
  explicit KernelMap(Spec spec);

 private:
  void transform_row(std::span<const double> in, double* out, Scratch& scratch) const noexcept override;
  Spec spec_;
  std::size_t count_;
};
}  // namespace headroom::model
