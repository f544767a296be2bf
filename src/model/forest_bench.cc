#include <benchmark/benchmark.h>

#include "testing/toy_forest.h"

namespace headroom::model {
namespace {
/// 100 trees on 4 features, three classes: the Iris model's shape at depth 4, and larger ones. items/s = rows/s.
void BM_Forest(benchmark::State& state) {
  Rng rng(42);
  testing_models::ToyForest shape;
  shape.depth = static_cast<std::size_t>(state.range(0));
  ForestSpec spec;
  spec.n_features = shape.features;
  spec.width = shape.classes;
  const auto forest = testing_models::compile(spec, testing_models::toy_trees(shape, rng));
  constexpr std::size_t kRows = 1024;
  const auto batch = static_cast<std::size_t>(state.range(1));
  std::vector<double> rows(kRows * shape.features);
  for (double& value : rows) value = rng.uniform();
  Output out;
  Scratch scratch;
  std::size_t first = 0;
  for (auto _ : state) {
    forest->predict(Method::predict_proba, MatrixView<const double>(rows.data() + first * shape.features, batch, shape.features), out, scratch);
    benchmark::DoNotOptimize(out.f64.data());
    first = first + 2 * batch > kRows ? 0 : first + batch;
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(batch));
}
BENCHMARK(BM_Forest)->ArgNames({"depth", "batch"})->Args({4, 1})->Args({8, 1})->Args({10, 1})->Args({4, 1000})->Args({8, 1000});
}  // namespace
}  // namespace headroom::model
