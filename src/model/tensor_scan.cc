#include "model/tensor_scan.h"

#include <algorithm>

namespace headroom::model {
namespace {
void copy_tensor(const Tensor& from, Tensor& to) {
  to.element = from.element;
  to.shape = from.shape;
  with_type(from.element, [&](auto a) { to.list<decltype(a)>() = from.list<decltype(a)>(); });
}

class Scan {
 public:
  explicit Scan(ScanSpec spec) : spec_(std::move(spec)) {}

  Trouble run(const Call& call) const {
    auto& memory = call.scratch;
    if (memory.nested == nullptr) memory.nested = std::make_unique<TensorScratch>();
    TensorScratch& inner = *memory.nested;
    spec_.body.prepare(inner);
    inner.is_trial = memory.is_trial;
    std::size_t rounds = 0;
    if (!count_rounds(call, rounds)) return kWrongShape;
    // A round costs at least this much, so that no file can ask for many of them.
    const std::uint64_t cost = 16 * (spec_.body.steps.size() + 1);
    for (std::size_t k = 0; k < call.in.size(); ++k) {
      if (k < spec_.states || k >= spec_.states + spec_.scanned) copy_tensor(*call.in[k], input(inner, k));
    }
    for (std::size_t round = 0; round < rounds; ++round) {
      if (memory.values_left < cost) return kTooLarge;
      memory.values_left -= cost;
      for (std::size_t k = 0; k < spec_.scanned; ++k) copy_slice(*call.in[spec_.states + k], static_cast<std::size_t>(spec_.axes[k]), round, input(inner, spec_.states + k));
      inner.values_left = memory.values_left;
      if (const auto trouble = spec_.body.run(inner)) return trouble;
      if (const auto trouble = collect(call, inner, round, rounds)) return trouble;
      if (round + 1 == rounds) continue;
      for (std::size_t k = 0; k < spec_.states; ++k) copy_tensor(*call.out[k], input(inner, k));
    }
    return kFine;
  }

 private:
  Tensor& input(TensorScratch& inner, std::size_t k) const { return spec_.body.slot(inner, spec_.body.inputs[k]); }

  bool count_rounds(const Call& call, std::size_t& rounds) const {
    for (std::size_t k = 0; k < spec_.scanned; ++k) {
      const Tensor& one = *call.in[spec_.states + k];
      const auto axis = static_cast<std::size_t>(spec_.axes[k]);
      if (axis >= one.rank()) return false;
      const auto size = static_cast<std::size_t>(one.shape[axis]);
      if (k > 0 && size != rounds) return false;
      rounds = size;
    }
    return rounds > 0;
  }

  /// Takes a round's outputs: states as they are, slices behind those before.
  Trouble collect(const Call& call, TensorScratch& inner, std::size_t round, std::size_t rounds) const {
    for (std::size_t k = 0; k < call.out.size(); ++k) {
      const Tensor& value = spec_.body.value(inner, spec_.body.outputs[k]);
      if (k < spec_.states) {
        copy_tensor(value, *call.out[k]);
        continue;
      }
      const bool fits = with_type(value.element, [&](auto a) {
        using T = decltype(a);
        if (round == 0) {
          Shape& shape = call.scratch.shape;
          shape.assign(1, static_cast<std::int64_t>(rounds));
          shape.insert(shape.end(), value.shape.begin(), value.shape.end());
          if (call.make<T>(k, shape) == nullptr) return false;
        }
        auto& list = call.out[k]->list<T>();
        const auto& from = value.list<T>();
        if (call.out[k]->element != value.element || list.size() != from.size() * rounds) return false;
        std::copy(from.begin(), from.end(), list.begin() + static_cast<std::ptrdiff_t>(from.size() * round));
        return true;
      });
      if (!fits) return kWrongShape;
    }
    return kFine;
  }

  ScanSpec spec_;
};
}  // namespace

void copy_slice(const Tensor& from, std::size_t axis, std::size_t at, Tensor& to) {
  to.element = from.element;
  to.shape.assign(from.shape.begin(), from.shape.begin() + static_cast<std::ptrdiff_t>(axis));
  to.shape.insert(to.shape.end(), from.shape.begin() + static_cast<std::ptrdiff_t>(axis) + 1, from.shape.end());
  const std::size_t before = from.count(0, axis);
  const std::size_t behind = from.count(axis + 1, from.rank());
  const auto size = static_cast<std::size_t>(from.shape[axis]);
  with_type(from.element, [&](auto a) {
    using T = decltype(a);
    auto& list = to.list<T>();
    list.resize(before * behind);
    for (std::size_t i = 0; i < before; ++i) std::copy_n(from.list<T>().data() + (i * size + at) * behind, behind, list.data() + i * behind);
  });
}

Kernel scan_kernel(ScanSpec spec) {
  return [scan = std::make_shared<const Scan>(std::move(spec))](const Call& call) { return scan->run(call); };
}
}  // namespace headroom::model
