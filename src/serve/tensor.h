// Tensors of the Open Inference Protocol V2 as requests bring them: described, not yet understood.
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/expected.h"

namespace headroom::serve {
enum class TensorType : std::uint8_t { boolean, u8, u16, u32, u64, i8, i16, i32, i64, f16, f32, f64, bytes };

/// "FP64": as the protocol calls it.
[[nodiscard]] std::string_view name_of(TensorType type) noexcept;
/// nullopt for a name that the protocol does not have.
[[nodiscard]] std::optional<TensorType> tensor_type(std::string_view name) noexcept;
/// Bytes of an element; 0 for BYTES, whose elements have a length each.
[[nodiscard]] std::size_t size_of(TensorType type) noexcept;

/// What is wrong with a request of the protocol: its status, and a sentence.
struct InferError {
  std::uint16_t status = 400;
  std::string message;
};

/// One input. Its elements, in row-major order, are in what `given` says.
struct Tensor {
  enum class Given : std::uint8_t { raw, numbers, texts };
  std::string_view name;
  TensorType type = TensorType::f64;
  std::vector<std::uint64_t> shape;
  Given given = Given::raw;
  std::string_view raw;                  // little-endian, without padding; of BYTES each element behind its length, 32 bits
  std::vector<double> numbers;           // whole ones beyond 2^53 are rounded, as numpy rounds what becomes a float64
  std::vector<std::string_view> texts;   // a missing one has data() == nullptr

  /// Elements that the shape asks for; nullopt above `most`.
  [[nodiscard]] std::optional<std::size_t> count(std::size_t most) const noexcept;
  void clear() noexcept;
};

/// The numbers of a tensor that is not BYTES, for each element one: out[i * step]. count: as the shape asks. Refuses raw bytes of another size.
[[nodiscard]] expected<void, InferError> read_numbers(const Tensor& tensor, std::size_t count, double* out, std::size_t step);
/// The texts of a BYTES tensor, views of its memory.
[[nodiscard]] expected<void, InferError> read_texts(const Tensor& tensor, std::size_t count, std::string_view* out, std::size_t step);

/// What is asked for.
struct AskedOutput {
  std::string_view name;
  std::optional<bool> binary;          // as raw bytes; else what the request says for all
  std::uint32_t classification = 0;    // k > 0: the k best classes as texts instead (classification extension)
};

/// POST /v2/models/M/infer, or ModelInferRequest: described. Views borrow from what it was read from.
struct InferRequest {
  std::string_view id;
  bool binary_by_default = false;
  std::uint64_t priority = 0;     // 1 is the highest; 0: none is asked for
  std::uint64_t timeout_us = 0;   // 0: none
  std::vector<AskedOutput> outputs;   // empty: all

  [[nodiscard]] const std::vector<Tensor>& inputs() const noexcept { return inputs_; }
  [[nodiscard]] std::size_t n_inputs() const noexcept { return used_; }
  /// The next input, empty; memory of earlier requests is used again.
  Tensor& add_input();
  void clear() noexcept;

 private:
  std::vector<Tensor> inputs_;
  std::size_t used_ = 0;
};
}  // namespace headroom::serve
