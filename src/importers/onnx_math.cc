// Nodes that compute value by value, or along axes.
#include <algorithm>
#include <iterator>

#include "importers/onnx_ops.h"
#include "model/tensor_linear.h"
#include "model/tensor_math.h"
#include "model/tensor_reduce.h"

namespace headroom::importers {
using model::BinaryOp;
using model::UnaryOp;

namespace {
template <class T>
struct Named {
  std::string_view name;
  T op;
};

template <class T, std::size_t N>
T pick(const Named<T> (&names)[N], std::string_view name) {
  return std::find_if(std::begin(names), std::end(names), [&](const auto& one) { return one.name == name; })->op;
}

/// Up to opset 6 a second input was broadcast only if an attribute said so, from a named axis on.
Read<bool> check_broadcast(const OnnxNodeReader& node) {
  if (node.opset() < 7) return node.refuse("opset " + std::to_string(node.opset()) + " broadcasts by attributes, which is not served; convert the model with opset 7 or later");
  return true;
}
}  // namespace

Read<model::Kernel> import_binary(const OnnxNodeReader& node) {
  constexpr Named<BinaryOp> kNames[] = {{"Add", BinaryOp::add}, {"Sub", BinaryOp::sub}, {"Mul", BinaryOp::mul}, {"Div", BinaryOp::div}, {"Pow", BinaryOp::pow}, {"Mod", BinaryOp::mod}};
  HEADROOM_TRY_VOID(check_broadcast(node));
  HEADROOM_TRY_VOID(node.only({"fmod"}));
  HEADROOM_TRY(fmod, node.whole("fmod", 0));
  return model::binary_kernel(fmod != 0 ? BinaryOp::fmod : pick(kNames, node.op()));
}

Read<model::Kernel> import_variadic(const OnnxNodeReader& node) {
  constexpr Named<BinaryOp> kNames[] = {{"Sum", BinaryOp::add}, {"Mean", BinaryOp::add}, {"Min", BinaryOp::min}, {"Max", BinaryOp::max}};
  HEADROOM_TRY_VOID(node.only({}));
  return model::variadic_kernel(pick(kNames, node.op()), node.op() == "Mean");
}

Read<model::Kernel> import_compare(const OnnxNodeReader& node) {
  using model::CompareOp;
  constexpr Named<CompareOp> kNames[] = {{"Equal", CompareOp::equal}, {"Greater", CompareOp::greater}, {"Less", CompareOp::less}, {"GreaterOrEqual", CompareOp::greater_or_equal}, {"LessOrEqual", CompareOp::less_or_equal}};
  HEADROOM_TRY_VOID(check_broadcast(node));
  HEADROOM_TRY_VOID(node.only({}));
  return model::compare_kernel(pick(kNames, node.op()));
}

Read<model::Kernel> import_logic(const OnnxNodeReader& node) {
  using model::LogicOp;
  constexpr Named<LogicOp> kNames[] = {{"And", LogicOp::both}, {"Or", LogicOp::either}, {"Xor", LogicOp::one}};
  HEADROOM_TRY_VOID(check_broadcast(node));
  HEADROOM_TRY_VOID(node.only({}));
  return model::logic_kernel(pick(kNames, node.op()));
}

Read<model::Kernel> import_unary(const OnnxNodeReader& node) {
  constexpr Named<UnaryOp> kNames[] = {
      {"Neg", UnaryOp::neg}, {"Abs", UnaryOp::abs}, {"Sqrt", UnaryOp::sqrt}, {"Exp", UnaryOp::exp}, {"Log", UnaryOp::log}, {"Erf", UnaryOp::erf}, {"Sign", UnaryOp::sign},
      {"Floor", UnaryOp::floor}, {"Ceil", UnaryOp::ceil}, {"Round", UnaryOp::round}, {"Reciprocal", UnaryOp::reciprocal}, {"Sigmoid", UnaryOp::sigmoid}, {"Tanh", UnaryOp::tanh},
      {"Relu", UnaryOp::relu}, {"Softplus", UnaryOp::softplus}, {"Softsign", UnaryOp::softsign}, {"Sin", UnaryOp::sin}, {"Cos", UnaryOp::cos},
      {"LeakyRelu", UnaryOp::leaky_relu}, {"Elu", UnaryOp::elu}, {"HardSigmoid", UnaryOp::hard_sigmoid}};
  if (node.op() == "Not" || node.op() == "IsNaN") {
    HEADROOM_TRY_VOID(node.only({}));
    return node.op() == "Not" ? model::not_kernel() : model::is_nan_kernel();
  }
  const auto op = pick(kNames, node.op());
  if (op == UnaryOp::hard_sigmoid) {
    HEADROOM_TRY_VOID(node.only({"alpha", "beta"}));
    HEADROOM_TRY(alpha, node.real("alpha", 0.2F));
    HEADROOM_TRY(beta, node.real("beta", 0.5F));
    return model::unary_kernel(op, static_cast<double>(alpha), static_cast<double>(beta));
  }
  if (op == UnaryOp::leaky_relu || op == UnaryOp::elu) {
    HEADROOM_TRY_VOID(node.only({"alpha"}));
    HEADROOM_TRY(alpha, node.real("alpha", op == UnaryOp::elu ? 1.0F : 0.01F));
    return model::unary_kernel(op, static_cast<double>(alpha));
  }
  HEADROOM_TRY_VOID(node.only({}));
  return model::unary_kernel(op);
}

/// Up to opset 10 the limits are attributes.
Read<model::Kernel> import_clip(const OnnxNodeReader& node) {
  if (node.opset() >= 11) {
    HEADROOM_TRY_VOID(node.only({}));
    return model::clip_kernel();
  }
  HEADROOM_TRY_VOID(node.only({"min", "max"}));
  if (node.input(0).element != model::Element::f32) return node.refuse("takes floats only in opset " + std::to_string(node.opset()));
  HEADROOM_TRY(low, node.real("min", std::numeric_limits<float>::lowest()));
  HEADROOM_TRY(high, node.real("max", std::numeric_limits<float>::max()));
  auto limits = std::make_shared<std::pair<model::Tensor, model::Tensor>>();
  limits->first.f32 = {low};
  limits->second.f32 = {high};
  return [limits, clip = model::clip_kernel()](const model::Call& call) {
    const model::Tensor* in[] = {call.in[0], &limits->first, &limits->second};
    return clip(model::Call{in, call.out, call.scratch});
  };
}

Read<model::Kernel> import_where(const OnnxNodeReader& node) {
  HEADROOM_TRY_VOID(node.only({}));
  return model::where_kernel();
}

Read<model::Kernel> import_cast(const OnnxNodeReader& node) {
  HEADROOM_TRY_VOID(node.only({"to", "saturate", "round_mode"}));
  if (node.opset() < 6) return node.refuse("opset " + std::to_string(node.opset()) + " is not served", "to");
  HEADROOM_TRY(to, node.whole("to", 0));
  const auto element = to > 0 && to < 14 ? element_of(static_cast<formats::OnnxType>(to)) : std::nullopt;
  if (!element) return node.refuse("the type " + std::to_string(to) + " is not served", "to");
  const auto from = node.input(0).element;
  if ((from == model::Element::flag && *element == model::Element::text) || (from == model::Element::text && *element == model::Element::flag)) return node.refuse("booleans and texts are not converted", "to");
  return model::cast_kernel(*element);
}

Read<model::Kernel> import_reduce(const OnnxNodeReader& node) {
  using model::ReduceOp;
  constexpr Named<ReduceOp> kNames[] = {{"ReduceSum", ReduceOp::sum}, {"ReduceMean", ReduceOp::mean}, {"ReduceMax", ReduceOp::max}, {"ReduceMin", ReduceOp::min}, {"ReduceProd", ReduceOp::prod},
                                        {"ReduceL1", ReduceOp::l1}, {"ReduceL2", ReduceOp::l2}, {"ReduceSumSquare", ReduceOp::sum_square}, {"ReduceLogSum", ReduceOp::log_sum}, {"ReduceLogSumExp", ReduceOp::log_sum_exp}};
  HEADROOM_TRY_VOID(node.only({"axes", "keepdims", "noop_with_empty_axes"}));
  model::ReduceSpec spec;
  spec.op = pick(kNames, node.op());
  HEADROOM_TRY(axes, node.wholes("axes"));
  HEADROOM_TRY(keep, node.whole("keepdims", 1));
  HEADROOM_TRY(noop, node.whole("noop_with_empty_axes", 0));
  spec.axes = std::move(axes);
  spec.keep = keep != 0;
  spec.none_is_identity = noop != 0;
  return model::reduce_kernel(std::move(spec));
}

Read<model::Kernel> import_arg(const OnnxNodeReader& node) {
  HEADROOM_TRY_VOID(node.only({"axis", "keepdims", "select_last_index"}));
  HEADROOM_TRY(axis, node.whole("axis", 0));
  HEADROOM_TRY(keep, node.whole("keepdims", 1));
  HEADROOM_TRY(last, node.whole("select_last_index", 0));
  return model::arg_kernel({axis, keep != 0, node.op() == "ArgMin", last != 0});
}

Read<model::Kernel> import_top(const OnnxNodeReader& node) {
  HEADROOM_TRY_VOID(node.only({"axis", "k", "largest", "sorted"}));
  model::TopSpec spec;
  HEADROOM_TRY(axis, node.whole("axis", -1));
  HEADROOM_TRY(largest, node.whole("largest", 1));
  spec.axis = axis;
  spec.largest = largest != 0;
  if (node.opset() < 10) {
    HEADROOM_TRY(count, node.whole("k", -1));
    spec.count = count;
  }
  return model::top_kernel(spec);
}

Read<model::Kernel> import_softmax(const OnnxNodeReader& node) {
  HEADROOM_TRY_VOID(node.only({"axis"}));
  const bool flattens = node.opset() < 13;
  HEADROOM_TRY(axis, node.whole("axis", flattens ? 1 : -1));
  return model::softmax_kernel(axis, flattens, node.op() == "LogSoftmax");
}

Read<model::Kernel> import_lp_normalization(const OnnxNodeReader& node) {
  HEADROOM_TRY_VOID(node.only({"axis", "p"}));
  HEADROOM_TRY(axis, node.whole("axis", -1));
  HEADROOM_TRY(p, node.whole("p", 2));
  if (p != 1 && p != 2) return node.refuse("the norm " + std::to_string(p) + " is not known", "p");
  return model::lp_normalization_kernel(axis, p == 1);
}

Read<model::Kernel> import_running_sum(const OnnxNodeReader& node) {
  HEADROOM_TRY_VOID(node.only({"exclusive", "reverse"}));
  HEADROOM_TRY(exclusive, node.whole("exclusive", 0));
  HEADROOM_TRY(reverse, node.whole("reverse", 0));
  return model::running_sum_kernel(exclusive != 0, reverse != 0);
}

Read<model::Kernel> import_matmul(const OnnxNodeReader& node) {
  HEADROOM_TRY_VOID(node.only({}));
  return model::matmul_kernel();
}

Read<model::Kernel> import_gemm(const OnnxNodeReader& node) {
  HEADROOM_TRY_VOID(check_broadcast(node));
  HEADROOM_TRY_VOID(node.only({"alpha", "beta", "transA", "transB"}));
  HEADROOM_TRY(alpha, node.real("alpha", 1));
  HEADROOM_TRY(beta, node.real("beta", 1));
  HEADROOM_TRY(a, node.whole("transA", 0));
  HEADROOM_TRY(b, node.whole("transB", 0));
  return model::gemm_kernel({alpha, beta, a != 0, b != 0});
}

Read<model::Kernel> import_distance(const OnnxNodeReader& node) {
  HEADROOM_TRY_VOID(node.only({"metric"}));
  HEADROOM_TRY(metric, node.text("metric", "sqeuclidean"));
  if (metric != "sqeuclidean" && metric != "euclidean") return node.refuse("the metric " + formats::printable(metric) + " is not served", "metric");
  return model::distance_kernel(metric == "sqeuclidean");
}
}  // namespace headroom::importers
