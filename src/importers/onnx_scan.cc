// Scan: its body is a graph, which becomes a program of its own.
#include "importers/onnx_builder.h"
#include "model/tensor_scan.h"

namespace headroom::importers {
Read<bool> OnnxBuilder::add_scan(const formats::OnnxNode& node, const std::string& path) {
  const auto known = opsets_.find("");
  const OnnxNodeReader reader(node, path, known == opsets_.end() ? 1 : known->second, {});
  HEADROOM_TRY_VOID(reader.only({"body", "num_scan_inputs", "scan_input_axes", "scan_input_directions", "scan_output_axes", "scan_output_directions"}));
  if (reader.opset() < 9) return reader.refuse("opset " + std::to_string(reader.opset()) + " is not served");
  if (outer_ != nullptr && outer_->outer_ != nullptr) return reader.refuse("graphs are nested too deep");
  for (const char* name : {"scan_input_directions", "scan_output_axes", "scan_output_directions"}) {
    HEADROOM_TRY(values, reader.wholes(name));
    for (const auto value : values) {
      if (value != 0) return reader.refuse("only 0 is served", name);
    }
  }
  const auto* body = reader.find("body");
  if (body == nullptr || body->graph == nullptr) return reader.refuse("there is no graph", "body");
  const formats::OnnxGraph& graph = *body->graph;
  HEADROOM_TRY(scanned, reader.whole("num_scan_inputs", 0));
  HEADROOM_TRY(made, resolve(node, path));
  const auto count = static_cast<std::int64_t>(made.in.size());
  if (scanned < 1 || scanned > count || graph.inputs.size() != made.in.size()) return reader.refuse("the inputs do not fit the body's", "num_scan_inputs");
  for (const auto slot : made.in) {
    if (slot < 0) return reader.refuse("an input is left out");
  }
  model::ScanSpec spec;
  spec.scanned = static_cast<std::size_t>(scanned);
  spec.states = made.in.size() - spec.scanned;
  HEADROOM_TRY(axes, reader.wholes("scan_input_axes"));
  if (axes.empty()) axes.assign(spec.scanned, 0);
  if (axes.size() != spec.scanned) return reader.refuse(std::to_string(axes.size()) + " axes, but " + std::to_string(spec.scanned) + " are needed", "scan_input_axes");
  OnnxBuilder inner(opsets_, path + ".body", this);
  for (std::size_t k = 0; k < made.in.size(); ++k) {
    HEADROOM_TRY(slot, inner.add_input(graph.inputs[k].name));
    for (std::size_t t = 0; t < kTrials; ++t) {
      const auto& outside = trial(t, static_cast<std::uint32_t>(made.in[k]));
      if (k < spec.states) {
        inner.trials_[t].slots[slot] = outside;
        continue;
      }
      auto& axis = axes[k - spec.states];
      axis = axis < 0 ? model::axis_of(axis, outside.rank()) : axis;
      if (axis < 0 || axis >= static_cast<std::int64_t>(outside.rank()) || outside.shape[static_cast<std::size_t>(axis)] == 0) return reader.refuse("there is nothing to scan along the axis", "scan_input_axes");
      model::copy_slice(outside, static_cast<std::size_t>(axis), 0, inner.trials_[t].slots[slot]);
    }
  }
  spec.axes = std::move(axes);
  HEADROOM_TRY_VOID(inner.add_constants(graph));
  HEADROOM_TRY_VOID(inner.add_nodes(graph));
  std::vector<std::uint32_t> outputs;
  for (const auto& output : graph.outputs) {
    const auto slot = inner.find(output.name);
    if (!slot) return reader.refuse("its output '" + formats::printable(output.name) + "' is given by no node", "body");
    outputs.push_back(*slot);
  }
  if (outputs.size() < spec.states) return reader.refuse("the body has fewer outputs than states", "body");
  for (const auto name : inner.captured()) made.in.push_back(*find(name));
  troubles_ |= inner.troubles();
  HEADROOM_TRY_VOID(name_outputs(node, path, outputs.size(), made));
  const bool is_lenient = inner.troubles();
  spec.body = inner.take(outputs);
  auto kernel = model::scan_kernel(std::move(spec));
  HEADROOM_TRY_VOID(try_step(made, kernel, is_lenient));
  for (const auto slot : made.out) facts_[slot].from_rows = true;
  steps_.emplace_back(std::move(made), std::move(kernel));
  return true;
}
}  // namespace headroom::importers
