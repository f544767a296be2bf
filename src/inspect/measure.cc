#include "inspect/measure.h"

#include <algorithm>
#include <vector>

#include "io/clock.h"

namespace headroom::inspect {
namespace {
constexpr Duration kLongEnough = std::chrono::milliseconds(200);
constexpr std::size_t kBatch = 1000;
constexpr std::size_t kMostSamples = 200'000;

double quantile(std::vector<double> samples, double q) {
  const auto at = samples.begin() + static_cast<std::ptrdiff_t>(q * static_cast<double>(samples.size() - 1));
  std::ranges::nth_element(samples, at);
  return *at;
}

model::Method method_of(const model::ModelInfo& info) {
  const bool has_proba = std::ranges::find(info.methods, model::Method::predict_proba) != info.methods.end();
  return has_proba ? model::Method::predict_proba : info.methods.front();
}

/// Nanoseconds of each call of `call`, after some to warm up.
template <class Call>
std::vector<double> time(Call call) {
  for (std::size_t i = 0; i < 100; ++i) call(i);
  std::vector<double> samples;
  const auto start = io::now();
  auto before = start;
  while (samples.size() < kMostSamples && before - start < kLongEnough) {
    call(samples.size());
    const auto after = io::now();
    samples.push_back(static_cast<double>(nanoseconds(after - before)));
    before = after;
  }
  return samples;
}
}  // namespace

Bench measure(const model::Model& model, const Table& table) {
  const auto method = method_of(model.info());
  const auto width = table.width();
  std::vector<double> batch;
  const auto all = table.rows();
  for (std::size_t i = 0; i < kBatch; ++i) {
    const auto row = all.dense().row(i % table.count());
    batch.insert(batch.end(), row.begin(), row.end());
  }
  model::Output output;
  model::Scratch scratch;
  const auto one = time([&](std::size_t i) {
    model.predict(method, model::Rows(MatrixView<const double>(batch.data() + i % kBatch * width, 1, width)), output, scratch);
  });
  const auto many = time([&](std::size_t) { model.predict(method, model::Rows(MatrixView<const double>(batch.data(), kBatch, width)), output, scratch); });
  return {quantile(one, 0.5), quantile(one, 0.99), quantile(many, 0.5) / static_cast<double>(kBatch)};
}
}  // namespace headroom::inspect
