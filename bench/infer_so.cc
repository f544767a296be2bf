// The product as a library with two C functions, so that a harness which times other engines' C functions can time it in the same run.
// Built by the bench preset: build/bench/libheadroom_infer.so; bench/infer_vs_peers.sh uses it.
#include <algorithm>
#include <cstddef>
#include <fstream>
#include <iterator>
#include <memory>
#include <vector>

#include "importers/load.h"
#include "model/model.h"

namespace {
struct Loaded {
  headroom::model::ModelPtr model;
  headroom::model::Scratch scratch;
  headroom::model::Output out;
  std::size_t features = 0;
};
}  // namespace

/// nullptr if the file cannot be served, or has other features or classes. Never freed: the harness ends.
extern "C" void* hr_load(const char* file, int features, int classes) {
  std::ifstream input(file, std::ios::binary);
  const std::vector<char> bytes{std::istreambuf_iterator<char>(input), {}};
  auto model = headroom::importers::load_model(std::as_bytes(std::span(bytes)));
  if (!model || (*model)->info().n_features != static_cast<std::size_t>(features) || (*model)->info().classes.size() != static_cast<std::size_t>(classes)) return nullptr;
  auto loaded = std::make_unique<Loaded>();
  loaded->model = std::move(*model);
  loaded->features = static_cast<std::size_t>(features);
  return loaded.release();
}

/// rows: [n, features], checked as a request's rows are. proba: [n, classes]. One thread.
extern "C" void hr_predict(void* handle, const double* rows, int n, double* proba) {
  auto& loaded = *static_cast<Loaded*>(handle);
  const headroom::model::Rows view(headroom::MatrixView<const double>(rows, static_cast<std::size_t>(n), loaded.features));
  if (!loaded.model->validate(view)) return;
  loaded.model->predict(headroom::model::Method::predict_proba, view, loaded.out, loaded.scratch);
  if (loaded.out.dtype == headroom::model::DType::f32) std::ranges::copy(loaded.out.f32, proba);
  else std::ranges::copy(loaded.out.f64, proba);
}
