// Any forest and any rows: the compiled kernels say, in every batch size, exactly what the slow definition says.
#include <algorithm>
#include <cmath>
#include <cstring>

#include "base/check.h"
#include "testing/reference_model.h"
#include "testing/toy_forest.h"

using namespace headroom;

namespace {
/// Random in [0, 1), one in eight something odd; thresholds themselves are met because both are rounded to a grid at times.
double odd_value(Rng& rng, const std::vector<model::TreeSpec>& trees, bool with_nan) {
  switch (rng.below(8)) {
    case 0: return with_nan ? std::nan("") : -0.0;
    case 1: {
      const auto& tree = trees[rng.below(trees.size())];
      return tree.threshold[rng.below(tree.threshold.size())];
    }
    case 2: return 3e38;
    case 3: return -3e38;
    case 4: return 1e-310;
    default: return rng.uniform();
  }
}
}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 8) return 0;
  std::uint64_t seed = 0;
  std::memcpy(&seed, data, 8);
  const auto choice = [&](std::size_t i, std::size_t most) { return std::size_t{1} + (i < size ? data[i] % most : 0); };
  const testing_models::ToyForest shape{choice(8, 20), choice(9, 9) - 1, choice(10, 40), choice(11, 12), (choice(12, 2) == 1)};
  Rng rng(seed);
  const auto trees = testing_models::toy_trees(shape, rng);
  model::ForestSpec spec;
  spec.n_features = shape.features;
  spec.width = shape.classes;
  spec.nan = model::Nan::allow;
  const auto forest = testing_models::compile(spec, trees);
  const std::size_t n = choice(13, 150);
  const bool with_nan = choice(14, 2) == 1;
  std::vector<double> rows(n * shape.features);
  for (double& value : rows) value = odd_value(rng, trees, with_nan);
  model::Output out;
  model::Scratch scratch;
  for (const std::size_t batch : {std::size_t{1}, std::size_t{3}, std::size_t{8}, std::size_t{65}, n}) {
    for (std::size_t first = 0; first < n; first += batch) {
      const std::size_t count = std::min(batch, n - first);
      const MatrixView<const double> view(rows.data() + first * shape.features, count, shape.features);
      forest->predict(model::Method::predict_proba, view, out, scratch);
      for (std::size_t i = 0; i < count; ++i) {
        const auto want = testing_models::reference_forest(spec, trees, view.row(i));
        CHECK(std::equal(want.begin(), want.end(), out.f64.begin() + static_cast<std::ptrdiff_t>(i * shape.classes)));
      }
    }
  }
  return 0;
}
