// ONNX's operators that go value by value, with numpy's broadcasting. Arithmetic is done in the tensors' own type, as ONNX Runtime's
// CPU kernels do; exp and its like are the C library's, a few units in the last place from theirs.
#pragma once
#include "model/tensor.h"

namespace headroom::model {
enum class BinaryOp : std::uint8_t { add, sub, mul, div, pow, mod, fmod, min, max };
enum class CompareOp : std::uint8_t { equal, greater, less, greater_or_equal, less_or_equal };
enum class LogicOp : std::uint8_t { both, either, one };
enum class UnaryOp : std::uint8_t {
  neg, abs, sqrt, exp, log, erf, sign, floor, ceil, round, reciprocal, sigmoid, tanh, relu, softplus, softsign, sin, cos,
  leaky_relu, elu, hard_sigmoid, threshold,   // with parameters; threshold: Binarizer, x > alpha
};

/// Two inputs, any broadcast; pow's exponent may have a type of its own. Integers wrap; a division by zero gives 0.
[[nodiscard]] Kernel binary_kernel(BinaryOp op);
/// One and more inputs of one type, from left to right; is_mean: divided by their number.
[[nodiscard]] Kernel variadic_kernel(BinaryOp op, bool is_mean);
/// Two inputs of one type; texts only for equal.
[[nodiscard]] Kernel compare_kernel(CompareOp op);
[[nodiscard]] Kernel logic_kernel(LogicOp op);
/// One input of a float type; neg, abs, sign, relu and threshold also of integers.
[[nodiscard]] Kernel unary_kernel(UnaryOp op, double alpha = 0, double beta = 0);
[[nodiscard]] Kernel not_kernel();
[[nodiscard]] Kernel is_nan_kernel();
/// condition, if true, if false.
[[nodiscard]] Kernel where_kernel();
/// x, least, most; the last two are optional scalars.
[[nodiscard]] Kernel clip_kernel();
/// Floats are cut toward zero; texts are read as numbers and written as ONNX Runtime writes them.
[[nodiscard]] Kernel cast_kernel(Element to);
}  // namespace headroom::model
