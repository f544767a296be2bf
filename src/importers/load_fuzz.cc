// Any bytes as a model file: refused with a reason, or a model that answers without harm.
#include <cstdint>
#include <span>
#include <vector>

#include "base/check.h"
#include "importers/load.h"

using namespace headroom;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  importers::LoadOptions options;
  options.limits.inflated_floor = 1U << 20U;
  options.limits.graph_floor = 16U << 20U;
  const auto loaded = importers::load_model(std::as_bytes(std::span(data, size)), options);
  if (!loaded) {
    CHECK(!loaded.error().what.empty());
    CHECK(!importers::to_failure(loaded.error(), "model").what.empty());
    return 0;
  }
  const auto& info = (*loaded)->info();
  const std::vector<double> zeros(info.n_features * 9, 0.5);
  model::Output out;
  model::Scratch scratch;
  for (const std::size_t count : {std::size_t{1}, std::size_t{9}}) {
    const model::Rows rows(MatrixView<const double>(zeros.data(), count, info.n_features));
    if (!(*loaded)->validate(rows)) continue;
    for (const auto method : info.methods) {
      (*loaded)->predict(method, rows, out, scratch);
      CHECK(out.rows == count);
      for (std::size_t i = 0; out.dtype == model::DType::i64 && !info.classes.empty() && i < count; ++i) CHECK(static_cast<std::size_t>(out.i64[i]) < info.classes.size());
    }
  }
  return 0;
}
