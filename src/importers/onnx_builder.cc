#include "importers/onnx_builder.h"

#include <algorithm>

namespace headroom::importers {
namespace {
constexpr std::int64_t kNewestOpset = 28, kNewestMl = 5;
constexpr std::size_t kMostNodes = 200000;

std::string quoted(std::string_view name) { return "'" + formats::printable(name) + "'"; }
}  // namespace

Read<bool> OnnxBuilder::define(std::string_view name, std::uint32_t slot, const std::string& path) {
  if (name.empty() || names_.emplace(name, slot).second) return true;
  return unexpected(ImportError{"the name " + quoted(name) + " is given twice", path, 0});
}

std::uint32_t OnnxBuilder::new_slot() {
  facts_.emplace_back();
  for (auto& one : trials_) one.slots.emplace_back();
  return static_cast<std::uint32_t>(facts_.size() - 1);
}

Read<bool> OnnxBuilder::add_constants(const formats::OnnxGraph& graph) {
  for (std::size_t i = 0; i < graph.constants.size(); ++i) {
    const auto path = path_ + ".initializer[" + std::to_string(i) + "]";
    HEADROOM_TRY(tensor, constant_of(graph.constants[i], path));
    HEADROOM_TRY_VOID(define(graph.constants[i].name, kConstant + static_cast<std::uint32_t>(constants_.size()), path));
    constants_.push_back(std::move(tensor));
  }
  return true;
}

Read<std::uint32_t> OnnxBuilder::add_input(std::string_view name) {
  const auto slot = new_slot();
  facts_[slot].from_rows = true;
  HEADROOM_TRY_VOID(define(name, slot, path_ + ".input"));
  inputs_.push_back(slot);
  return slot;
}

std::optional<std::uint32_t> OnnxBuilder::find(std::string_view name) {
  if (const auto found = names_.find(name); found != names_.end()) return found->second;
  if (outer_ == nullptr) return std::nullopt;
  const auto outside = outer_->find(name);
  if (!outside) return std::nullopt;
  if (outer_->is_constant(*outside)) {
    const auto slot = kConstant + static_cast<std::uint32_t>(constants_.size());
    const auto& value = outer_->constants_[*outside - kConstant];
    model::Tensor& copy = constants_.emplace_back(value);
    if (!copy.made.empty()) copy.text.assign(copy.made.begin(), copy.made.end());
    names_.emplace(name, slot);
    return slot;
  }
  const auto slot = new_slot();
  facts_[slot] = outer_->facts_[*outside];
  for (std::size_t t = 0; t < kTrials; ++t) trials_[t].slots[slot] = outer_->trial(t, *outside);
  names_.emplace(name, slot);
  inputs_.push_back(slot);
  captured_.push_back(name);
  return slot;
}

const std::vector<std::uint32_t>* OnnxBuilder::find_sequence(std::string_view name) const {
  const auto found = sequences_.find(name);
  return found == sequences_.end() ? nullptr : &found->second;
}

const model::Tensor& OnnxBuilder::trial(std::size_t which, std::uint32_t slot) const { return is_constant(slot) ? constants_[slot - kConstant] : trials_[which].slots[slot]; }

bool OnnxBuilder::depends_on_rows(std::int64_t slot) const { return slot >= 0 && !is_constant(static_cast<std::uint32_t>(slot)) && facts_[static_cast<std::size_t>(slot)].from_rows; }

OnnxInput OnnxBuilder::describe(std::int64_t slot) const {
  OnnxInput out;
  if (slot < 0) return out;
  const auto& tensor = trial(0, static_cast<std::uint32_t>(slot));
  out.is_given = true;
  out.element = tensor.element;
  out.shape = tensor.shape;
  if (is_constant(static_cast<std::uint32_t>(slot))) out.constant = &tensor;
  return out;
}

Read<OnnxBuilder::Made> OnnxBuilder::resolve(const formats::OnnxNode& node, const std::string& path) {
  Made made;
  made.place = path + " (" + formats::printable(node.op) + ")";
  for (const auto name : node.inputs) {
    if (name.empty()) {
      made.in.push_back(-1);
      continue;
    }
    const auto slot = find(name);
    if (!slot) return unexpected(ImportError{"its input " + quoted(name) + " is given by no node before it: it is missing, or the nodes are out of order or form a cycle", made.place, node.offset});
    made.in.push_back(*slot);
  }
  return made;
}

/// A slot for each output of the operator, whether the graph wants it or not.
Read<bool> OnnxBuilder::name_outputs(const formats::OnnxNode& node, const std::string& path, std::size_t count, Made& made) {
  const std::size_t wanted = count == OnnxOp::kAny ? node.outputs.size() : count;
  if (node.outputs.empty() || node.outputs.size() > wanted) return unexpected(ImportError{std::to_string(node.outputs.size()) + " outputs, which " + formats::printable(node.op) + " does not have", path, node.offset});
  for (std::size_t k = 0; k < wanted; ++k) {
    const auto slot = new_slot();
    if (k < node.outputs.size()) HEADROOM_TRY_VOID(define(node.outputs[k], slot, made.place));
    made.out.push_back(slot);
  }
  return true;
}

Read<bool> OnnxBuilder::add_nodes(const formats::OnnxGraph& graph) {
  if (graph.nodes.size() > kMostNodes) return unexpected(ImportError{"more than " + std::to_string(kMostNodes) + " nodes", path_ + ".node", 0});
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) HEADROOM_TRY_VOID(add_node(graph.nodes[i], path_ + ".node[" + std::to_string(i) + "]"));
  return true;
}

Read<bool> OnnxBuilder::add_node(const formats::OnnxNode& node, const std::string& path) {
  const auto domain = node.domain == "ai.onnx" ? std::string_view() : node.domain;
  const auto known = opsets_.find(domain);
  // A file may leave out what it stamps elsewhere; operators of com.microsoft have had one version only.
  const std::int64_t opset = known != opsets_.end() ? known->second : 1;
  const std::int64_t newest = domain.empty() ? kNewestOpset : kNewestMl;
  const auto* op = find_onnx_op(domain, node.op);
  const bool is_special = domain.empty() && (node.op == "Constant" || node.op == "Scan" || node.op == "SequenceConstruct");
  if (op == nullptr && !is_special) {
    return unexpected(ImportError{"the operator " + formats::printable(node.op) + (domain.empty() ? "" : " of " + formats::printable(domain)) + " is not served", path + (node.name.empty() ? "" : " " + quoted(node.name)), node.offset});
  }
  if (opset > newest || opset < 1) return unexpected(ImportError{"opset " + std::to_string(opset) + (domain.empty() ? "" : " of " + std::string(domain)) + "; served are those up to " + std::to_string(newest), "model.opset_import", 0});
  if (is_special && node.op == "Scan") return add_scan(node, path);
  HEADROOM_TRY(made, resolve(node, path));
  if (is_special && node.op == "SequenceConstruct") {
    auto& sequence = sequences_[node.outputs.empty() ? std::string_view() : node.outputs[0]];
    for (const auto slot : made.in) sequence.push_back(static_cast<std::uint32_t>(std::max<std::int64_t>(slot, 0)));
    return true;
  }
  std::vector<OnnxInput> inputs;
  for (const auto slot : made.in) inputs.push_back(describe(slot));
  const OnnxNodeReader reader(node, path, opset, std::move(inputs));
  if (is_special) return add_constant_node(reader, node);
  std::size_t given = made.in.size();
  while (given > 0 && made.in[given - 1] < 0) --given;
  if (given < op->least || given > op->most) return reader.refuse(std::to_string(given) + " inputs");
  for (std::size_t i = 0; i < op->least; ++i) {
    if (made.in[i] < 0) return reader.refuse("its input " + std::to_string(i) + " is left out");
  }
  made.in.resize(given);
  for (std::size_t i = op->shaped_by; i < given; ++i) {
    if (depends_on_rows(made.in[i])) return reader.refuse("its shape depends on the values of a row");
  }
  HEADROOM_TRY(kernel, op->import(reader));
  HEADROOM_TRY_VOID(name_outputs(node, path, op->outputs, made));
  return add_step(reader, *op, std::move(made), std::move(kernel));
}

/// Whether an index among a row's values may be out of range.
bool OnnxBuilder::may_miss(const OnnxOp& op, const Made& made, const OnnxNodeReader& reader) const {
  if (op.troubles != nullptr && op.troubles(reader)) return true;
  if (op.index_input == OnnxOp::kNone || !depends_on_rows(made.in[op.index_input])) return false;
  const auto& below = facts_[static_cast<std::size_t>(made.in[op.index_input])].below;
  const auto& shape = reader.input(op.index_axis_of).shape;
  if (!below || shape.empty()) return true;
  const auto axis = reader.op() == "ArrayFeatureExtractor" ? static_cast<std::int64_t>(shape.size()) - 1 : model::axis_of(reader.whole("axis", 0).value_or(0), shape.size());
  return axis < 0 || shape[static_cast<std::size_t>(axis)] < *below;
}

Read<bool> OnnxBuilder::add_step(const OnnxNodeReader& reader, const OnnxOp& op, Made made, model::Kernel kernel) {
  const bool misses = may_miss(op, made, reader);
  troubles_ |= misses;
  HEADROOM_TRY_VOID(try_step(made, kernel, misses));
  keep_facts(reader, made);
  steps_.emplace_back(std::move(made), std::move(kernel));
  return true;
}

Read<bool> OnnxBuilder::try_step(const Made& made, const model::Kernel& kernel, bool is_lenient) {
  for (auto& memory : trials_) {
    std::vector<const model::Tensor*> in;
    std::vector<model::Tensor*> out;
    const auto which = static_cast<std::size_t>(&memory - trials_);
    for (const auto slot : made.in) in.push_back(slot < 0 ? nullptr : &trial(which, static_cast<std::uint32_t>(slot)));
    for (const auto slot : made.out) out.push_back(&memory.slots[slot]);
    if (steps_.empty() && which == 0) {
      for (auto& one : trials_) one.values_left = model::kMostValues / 4;   // so that runs of many rows have room
    }
    memory.is_trial = is_lenient;
    if (const auto trouble = kernel(model::Call{in, out, memory})) return unexpected(ImportError{trouble.what, made.place, 0});
  }
  return true;
}

void OnnxBuilder::keep_facts(const OnnxNodeReader& reader, const Made& made) {
  const auto op = reader.op();
  Facts facts;
  for (const auto slot : made.in) facts.from_rows |= depends_on_rows(slot);
  if (op == "Shape") facts.from_rows = false;
  const bool moves = op == "Identity" || op == "Cast" || op == "Reshape" || op == "Flatten" || op == "Squeeze" || op == "Unsqueeze" || op == "Transpose";
  if (moves && depends_on_rows(made.in[0])) facts.below = facts_[static_cast<std::size_t>(made.in[0])].below;
  const bool finds = op == "ArgMax" || op == "ArgMin" || op == "TopK";
  if (finds) {
    const auto& shape = reader.input(0).shape;
    const auto axis = model::axis_of(reader.whole("axis", op == "TopK" ? -1 : 0).value_or(0), shape.size());
    const auto& with_two_rows = trial(1, static_cast<std::uint32_t>(made.in[0])).shape;
    if (axis >= 0 && with_two_rows[static_cast<std::size_t>(axis)] == shape[static_cast<std::size_t>(axis)]) facts.below = shape[static_cast<std::size_t>(axis)];
  }
  for (const auto slot : made.out) facts_[slot] = facts;
}

Read<bool> OnnxBuilder::add_constant_node(const OnnxNodeReader& reader, const formats::OnnxNode& node) {
  HEADROOM_TRY_VOID(reader.only({"value", "value_float", "value_floats", "value_int", "value_ints", "value_string", "value_strings"}));
  if (node.attributes.size() != 1 || node.outputs.size() != 1) return reader.refuse("needs one value");
  const auto& attribute = node.attributes[0];
  model::Tensor out;
  if (attribute.name == "value") {
    HEADROOM_TRY(tensor, reader.tensor("value"));
    HEADROOM_TRY(made, constant_of(*tensor, reader.place("value")));
    out = std::move(made);
  } else if (attribute.name.starts_with("value_float")) {
    out.f32 = attribute.reals;
    if (attribute.name == "value_float") out.f32 = {attribute.real.value_or(0)};
    if (attribute.name == "value_floats") out.shape = {static_cast<std::int64_t>(out.f32.size())};
  } else if (attribute.name.starts_with("value_int")) {
    out.element = model::Element::i64;
    out.i64 = attribute.wholes;
    if (attribute.name == "value_int") out.i64 = {attribute.whole.value_or(0)};
    if (attribute.name == "value_ints") out.shape = {static_cast<std::int64_t>(out.i64.size())};
  } else {
    out.element = model::Element::text;
    out.made.assign(attribute.texts.begin(), attribute.texts.end());
    if (attribute.name == "value_string") out.made = {std::string(attribute.text.value_or(std::string_view()))};
    if (attribute.name == "value_strings") out.shape = {static_cast<std::int64_t>(out.made.size())};
    out.text.assign(out.made.begin(), out.made.end());
  }
  HEADROOM_TRY_VOID(define(node.outputs[0], kConstant + static_cast<std::uint32_t>(constants_.size()), reader.place()));
  constants_.push_back(std::move(out));
  return true;
}

model::Trouble OnnxBuilder::rerun(std::size_t which) {
  auto& memory = trials_[which];
  memory.values_left = model::kMostValues;
  memory.is_trial = troubles_;
  for (const auto& [made, kernel] : steps_) {
    std::vector<const model::Tensor*> in;
    std::vector<model::Tensor*> out;
    for (const auto slot : made.in) in.push_back(slot < 0 ? nullptr : &trial(which, static_cast<std::uint32_t>(slot)));
    for (const auto slot : made.out) out.push_back(&memory.slots[slot]);
    if (const auto trouble = kernel(model::Call{in, out, memory})) return trouble;
  }
  return model::kFine;
}

std::uint32_t OnnxBuilder::slot_in_program(std::uint32_t slot) const { return is_constant(slot) ? slot - kConstant : slot + static_cast<std::uint32_t>(constants_.size()); }

model::TensorProgram OnnxBuilder::take(const std::vector<std::uint32_t>& outputs) {
  model::TensorProgram program;
  program.slots = facts_.size() + constants_.size();
  for (auto& [made, kernel] : steps_) {
    model::TensorProgram::Step& step = program.steps.emplace_back();
    step.run = std::move(kernel);
    step.place = std::move(made.place);
    for (const auto slot : made.in) step.in.push_back(slot < 0 ? -1 : static_cast<std::int32_t>(slot_in_program(static_cast<std::uint32_t>(slot))));
    for (const auto slot : made.out) step.out.push_back(static_cast<std::int32_t>(slot_in_program(slot)));
  }
  for (const auto slot : inputs_) program.inputs.push_back(slot_in_program(slot));
  for (const auto slot : outputs) program.outputs.push_back(slot_in_program(slot));
  program.constants = std::move(constants_);
  return program;
}
}  // namespace headroom::importers
