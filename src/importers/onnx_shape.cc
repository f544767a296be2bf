// Nodes that move values about.
#include "importers/onnx_ops.h"
#include "model/tensor_shape.h"

namespace headroom::importers {
Read<model::Kernel> import_identity(const OnnxNodeReader& node) {
  HEADROOM_TRY_VOID(node.only({}));
  return model::identity_kernel();
}

Read<model::Kernel> import_reshape(const OnnxNodeReader& node) {
  HEADROOM_TRY_VOID(node.only({"shape", "allowzero"}));
  HEADROOM_TRY(keeps_zero, node.whole("allowzero", 0));
  HEADROOM_TRY(fixed, node.maybe_wholes("shape"));
  return model::reshape_kernel(node.opset() < 5 ? std::move(fixed) : std::nullopt, keeps_zero != 0);
}

Read<model::Kernel> import_flatten(const OnnxNodeReader& node) {
  HEADROOM_TRY_VOID(node.only({"axis"}));
  HEADROOM_TRY(axis, node.whole("axis", 1));
  return model::flatten_kernel(axis);
}

/// Squeeze and Unsqueeze: up to opset 12 the axes are an attribute.
Read<model::Kernel> import_squeeze(const OnnxNodeReader& node) {
  HEADROOM_TRY_VOID(node.only({"axes"}));
  HEADROOM_TRY(axes, node.maybe_wholes("axes"));
  if (node.op() == "Unsqueeze" && node.opset() < 13 && !axes) return node.refuse("the attribute is missing", "axes");
  if (node.opset() < 13 && !axes) axes.emplace();
  if (node.opset() >= 13) axes.reset();
  return node.op() == "Squeeze" ? model::squeeze_kernel(std::move(axes)) : model::unsqueeze_kernel(std::move(axes));
}

Read<model::Kernel> import_transpose(const OnnxNodeReader& node) {
  HEADROOM_TRY_VOID(node.only({"perm"}));
  HEADROOM_TRY(order, node.wholes("perm"));
  return model::transpose_kernel(std::move(order));
}

Read<model::Kernel> import_shape(const OnnxNodeReader& node) {
  HEADROOM_TRY_VOID(node.only({"start", "end"}));
  HEADROOM_TRY(start, node.whole("start", 0));
  std::optional<std::int64_t> end;
  if (node.find("end") != nullptr) {
    HEADROOM_TRY(given, node.whole("end", 0));
    end = given;
  }
  return model::shape_kernel(start, end);
}

Read<model::Kernel> import_constant_of_shape(const OnnxNodeReader& node) {
  HEADROOM_TRY_VOID(node.only({"value"}));
  HEADROOM_TRY(given, node.tensor("value"));
  model::Tensor value;
  value.f32 = {0};
  if (given != nullptr) {
    HEADROOM_TRY(made, constant_of(*given, node.place("value")));
    if (made.element == model::Element::text || made.count() != 1) return node.refuse("must be one number", "value");
    value = std::move(made);
  }
  return model::constant_of_shape_kernel(std::move(value));
}

Read<model::Kernel> import_expand(const OnnxNodeReader& node) {
  HEADROOM_TRY_VOID(node.only({}));
  return model::expand_kernel();
}

Read<model::Kernel> import_tile(const OnnxNodeReader& node) {
  HEADROOM_TRY_VOID(node.only({}));
  if (node.opset() < 6) return node.refuse("opset " + std::to_string(node.opset()) + " is not served");
  return model::tile_kernel();
}

Read<model::Kernel> import_concat(const OnnxNodeReader& node) {
  HEADROOM_TRY_VOID(node.only({"axis"}));
  HEADROOM_TRY(axis, node.whole("axis", 1));
  return model::concat_kernel(axis);
}

/// The sizes are an attribute up to opset 12; from 18 on their number may be one.
Read<model::Kernel> import_split(const OnnxNodeReader& node) {
  HEADROOM_TRY_VOID(node.only({"axis", "split", "num_outputs"}));
  HEADROOM_TRY(axis, node.whole("axis", 0));
  HEADROOM_TRY(sizes, node.maybe_wholes("split"));
  HEADROOM_TRY(parts, node.whole("num_outputs", static_cast<std::int64_t>(node.outputs())));
  if (parts != static_cast<std::int64_t>(node.outputs())) return node.refuse("there are " + std::to_string(node.outputs()) + " outputs", "num_outputs");
  return model::split_kernel(axis, std::move(sizes));
}

Read<model::Kernel> import_slice(const OnnxNodeReader& node) {
  HEADROOM_TRY_VOID(node.only({"axes", "starts", "ends"}));
  model::SliceSpec spec;
  if (node.opset() < 10) {
    HEADROOM_TRY(starts, node.wholes("starts"));
    HEADROOM_TRY(ends, node.wholes("ends"));
    HEADROOM_TRY(axes, node.maybe_wholes("axes"));
    spec = {std::move(starts), std::move(ends), std::move(axes)};
  } else if (node.inputs().size() < 3) {
    return node.refuse("has no starts and ends");
  }
  return model::slice_kernel(std::move(spec));
}

Read<model::Kernel> import_gather(const OnnxNodeReader& node) {
  HEADROOM_TRY_VOID(node.only({"axis"}));
  HEADROOM_TRY(axis, node.whole("axis", 0));
  return node.op() == "Gather" ? model::gather_kernel(axis) : model::gather_elements_kernel(axis);
}

Read<model::Kernel> import_feature_extractor(const OnnxNodeReader& node) {
  HEADROOM_TRY_VOID(node.only({}));
  return model::feature_extractor_kernel();
}
}  // namespace headroom::importers
