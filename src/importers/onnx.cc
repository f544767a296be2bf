// An ONNX file: its graph as a program, its inputs as features, its outputs as answers.
#include <algorithm>
#include <cstring>

#include "importers/import.h"
#include "importers/onnx_answer.h"
#include "importers/onnx_builder.h"
#include "importers/onnx_width.h"
#include "model/onnx_model.h"

namespace headroom::importers {
namespace {
using model::Element;
using model::Method;
using model::Tensor;

constexpr std::size_t kMostFeatures = 1U << 20U;

tl::unexpected<ImportError> refuse(std::string what, std::string path) { return unexpected(ImportError{std::move(what), std::move(path), 0}); }

struct Inputs {
  std::vector<model::OnnxModel::Input> all;
  std::vector<std::uint32_t> slots;
  std::vector<std::string> features;   // empty if one matrix is all
};

/// Made-up values of row `row`, different in every row and column.
void fill_trial(const model::OnnxModel::Input& input, std::size_t rows, std::size_t turn, Tensor& tensor) {
  tensor.element = input.element;
  tensor.shape = {static_cast<std::int64_t>(rows)};
  if (!input.is_vector) tensor.shape.push_back(static_cast<std::int64_t>(input.columns));
  model::with_type(input.element, [&](auto a) {
    using T = decltype(a);
    auto& list = tensor.list<T>();
    list.clear();
    for (std::size_t i = 0; i < rows * input.columns; ++i) {
      const std::size_t seed = (turn * input.columns + i) * 2654435761U % 1000;
      if constexpr (std::is_same_v<T, std::string_view>) list.emplace_back("");
      else if constexpr (std::is_same_v<T, std::uint8_t>) list.push_back(seed % 2);
      else if constexpr (std::is_integral_v<T>) list.push_back(static_cast<T>(seed % 5));
      else list.push_back(static_cast<T>(seed) / T{250} - T{1});
    }
  });
}

Read<model::OnnxModel::Input> read_input(const formats::OnnxModel& file, const formats::OnnxValue& value, const std::string& path) {
  if (!value.is_tensor) return refuse("the input is no tensor", path);
  const auto element = element_of(value.type);
  if (!element) return refuse(std::string("inputs of ") + name_of(value.type) + " are not served", path);
  model::OnnxModel::Input input{*element, 1, false};
  if (!value.shape || value.shape->empty() || value.shape->size() > 2) return refuse("the input is no matrix [rows, features]", path);
  input.is_vector = value.shape->size() == 1;
  if (input.is_vector) return input;
  auto columns = value.shape->back();
  if (columns < 1) columns = onnx_width(file.graph, value.name);
  if (columns < 1) return refuse("the file does not say how many features the input has; convert the model with an initial type like FloatTensorType([None, 4])", path);
  if (static_cast<std::uint64_t>(columns) > kMostFeatures) return refuse("an input of " + std::to_string(columns) + " features", path);
  input.columns = static_cast<std::size_t>(columns);
  return input;
}

Read<Inputs> add_inputs(const formats::OnnxModel& file, OnnxBuilder& builder) {
  Inputs out;
  for (std::size_t i = 0; i < file.graph.inputs.size(); ++i) {
    const auto& value = file.graph.inputs[i];
    if (builder.find(value.name)) continue;   // old files list their constants as inputs, too
    HEADROOM_TRY(input, read_input(file, value, "graph.input[" + std::to_string(i) + "] '" + formats::printable(value.name) + "'"));
    HEADROOM_TRY(slot, builder.add_input(value.name));
    for (std::size_t t = 0; t < OnnxBuilder::kTrials; ++t) fill_trial(input, t + 1, 0, builder.input_of_trial(t, slot));
    out.all.push_back(input);
    out.slots.push_back(slot);
    for (std::size_t j = 0; j < input.columns; ++j) out.features.push_back(std::string(value.name) + (input.columns == 1 ? "" : "_" + std::to_string(j)));
    if (out.features.size() > kMostFeatures) return refuse("more than " + std::to_string(kMostFeatures) + " features", "graph.input");
  }
  if (out.all.empty()) return refuse("the graph has no input", "graph.input");
  if (out.all.size() == 1) out.features.clear();
  return out;
}

/// An output that can be served. Its slots' columns stand side by side, each slot is [blocks, rows, …].
struct Answerable {
  std::string_view name;
  std::vector<std::uint32_t> slots;
  std::size_t blocks = 1;
};

/// How a slot has its rows: 1 as [rows, …] (or [1, rows]), k as [k, rows, …], 0 in no such way.
std::size_t blocks_of(const OnnxBuilder& builder, std::uint32_t slot) {
  if (builder.is_constant(slot)) return 0;
  bool is_plain = true;
  bool is_flat = true;
  bool is_blocks = true;
  const std::int64_t blocks = builder.trial(0, slot).shape.size() == 3 ? builder.trial(0, slot).shape[0] : 0;
  for (std::size_t t = 0; t < OnnxBuilder::kTrials; ++t) {
    const auto& tensor = builder.trial(t, slot);
    const auto rows = static_cast<std::int64_t>(t + 1);
    is_plain &= !tensor.shape.empty() && tensor.shape[0] == rows;
    is_flat &= tensor.count() == t + 1;
    is_blocks &= blocks > 0 && tensor.shape.size() == 3 && tensor.shape[0] == blocks && tensor.shape[1] == rows;
  }
  return is_plain || is_flat ? 1 : is_blocks ? static_cast<std::size_t>(blocks) : 0;
}

/// Bits of a row of a tensor [blocks, rows, …].
std::string bits(const Tensor& tensor, std::size_t blocks, std::size_t rows, std::size_t row) {
  std::string out;
  model::with_type(tensor.element, [&](auto a) {
    using T = decltype(a);
    const auto& list = tensor.list<T>();
    const std::size_t width = list.size() / rows / blocks;
    for (std::size_t at = 0; at < blocks * width; ++at) {
      const T value = list[(at / width * rows + row) * width + at % width];
      if constexpr (std::is_same_v<T, std::string_view>) out.append(value).append(1, '\0');
      else if (value == value) out.append(reinterpret_cast<const char*>(&value), sizeof(T));
      else out += "nan";
    }
  });
  return out;
}

/// What an output answers for a row does not depend on the other rows.
Read<bool> check_rows(OnnxBuilder& builder, const Inputs& inputs, const std::vector<Answerable>& outputs) {
  const auto all_bits = [&](std::size_t which, std::size_t row) {
    std::string out;
    for (const auto& output : outputs) {
      for (const auto slot : output.slots) out += bits(builder.trial(which, slot), output.blocks, which + 1, row);
    }
    return out;
  };
  std::vector<std::string> alone;   // the rows of the largest trial, one by one
  for (std::size_t row = 0; row < OnnxBuilder::kTrials; ++row) {
    for (std::size_t k = 0; k < inputs.all.size(); ++k) fill_trial(inputs.all[k], 1, row, builder.input_of_trial(0, inputs.slots[k]));
    if (const auto trouble = builder.rerun(0)) return refuse(trouble.what, "graph");
    alone.push_back(all_bits(0, 0));
  }
  for (std::size_t t = 1; t < OnnxBuilder::kTrials; ++t) {
    for (std::size_t row = 0; row <= t; ++row) {
      if (all_bits(t, row) != alone[row]) return refuse("what it answers for a row depends on the rows beside it", "graph.output");
    }
  }
  return true;
}

/// The outputs with a row for each row; the first one must be such.
Read<std::vector<Answerable>> find_outputs(const formats::OnnxGraph& graph, OnnxBuilder& builder) {
  std::vector<Answerable> out;
  for (std::size_t k = 0; k < graph.outputs.size(); ++k) {
    const std::string path = "graph.output[" + std::to_string(k) + "] '" + formats::printable(graph.outputs[k].name) + "'";
    Answerable one{graph.outputs[k].name, {}, 1};
    if (const auto* sequence = builder.find_sequence(one.name)) {
      one.slots = *sequence;
    } else {
      const auto slot = builder.find(one.name);
      if (!slot) return refuse("no node gives the output", path);
      one.slots.push_back(*slot);
    }
    if (one.slots.empty()) return refuse("the sequence is empty", path);
    one.blocks = blocks_of(builder, one.slots[0]);
    bool is_fit = one.blocks > 0;
    for (const auto slot : one.slots) is_fit &= blocks_of(builder, slot) == one.blocks && builder.trial(0, slot).element == builder.trial(0, one.slots[0]).element;
    if (is_fit) out.push_back(std::move(one));
    else if (k == 0) return refuse("the output has no row for each row of the input", path);
  }
  if (out.empty()) return refuse("the graph has no output", "graph.output");
  return out;
}

class Answers {
 public:
  Answers(const formats::OnnxGraph& graph, const OnnxBuilder& builder, const std::vector<Answerable>& outputs) : graph_(graph), builder_(builder), outputs_(outputs) {}

  Read<bool> read() {
    if (is_real(0)) {
      info.task = model::Task::regression;
      add(Method::predict, 0, 1, false);
      return true;
    }
    HEADROOM_TRY_VOID(read_label());
    if (outputs_.size() > 1 && is_real(1)) read_scores();
    return true;
  }

  model::ModelInfo info;
  std::vector<model::OnnxModel::Answer> all;
  std::vector<std::vector<model::Label>> labels;
  bool labels_are_certain = true;

 private:
  [[nodiscard]] Element element(std::size_t k) const { return builder_.trial(0, outputs_[k].slots[0]).element; }
  [[nodiscard]] bool is_real(std::size_t k) const { return element(k) == Element::f32 || element(k) == Element::f64; }
  [[nodiscard]] std::size_t columns(std::size_t k) const {
    std::size_t sum = 0;
    for (const auto slot : outputs_[k].slots) sum += builder_.trial(0, slot).count();
    return sum;
  }

  /// Outputs [first, last) as one answer.
  void add(Method method, std::size_t first, std::size_t last, bool is_label) {
    model::OnnxModel::Answer answer;
    answer.method = method;
    answer.is_label = is_label;
    answer.element = element(first);
    answer.blocks = outputs_[first].blocks;
    answer.columns = 0;
    for (std::size_t k = first; k < last; ++k) {
      for (const auto slot : outputs_[k].slots) answer.slots.push_back(builder_.slot_in_program(slot));
      answer.columns += columns(k);
    }
    all.push_back(std::move(answer));
  }

  Read<bool> read_label() {
    const bool has_scores = outputs_.size() > 1 && is_real(1);
    if (outputs_[0].slots.size() != 1 || outputs_[0].blocks != 1) return refuse("the labels are a sequence", "graph.output[0]");
    const std::size_t width = columns(0);
    auto found = onnx_labels(graph_, outputs_[0].name, width, has_scores ? columns(1) : 0);
    if (auto zipped = onnx_zip_labels(graph_); !found && !zipped.empty() && width == 1) found = OnnxClasses{{std::move(zipped)}, false};
    const bool is_text = element(0) == Element::text;
    if (!found && is_text) return refuse("its labels cannot be told from the graph", "graph.output[0]");
    add(Method::predict, 0, 1, true);
    info.task = model::Task::classification;
    const bool is_outlier = found && width == 1 && has_scores && columns(1) == 1 && std::all_of(found->columns[0].begin(), found->columns[0].end(), [](const auto& one) { return one == model::Label(std::int64_t{-1}) || one == model::Label(std::int64_t{1}); });
    if (is_outlier) info.task = model::Task::outlier;
    if (is_outlier || !found) return true;
    const auto is_yes_no = [](const auto& list) { return std::all_of(list.begin(), list.end(), [](const auto& one) { return one == model::Label(std::int64_t{0}) || one == model::Label(std::int64_t{1}); }); };
    if (width > 1 && has_scores && columns(1) == width && std::all_of(found->columns.begin(), found->columns.end(), is_yes_no)) return true;   // several labels, each 0 or 1
    labels = std::move(found->columns);
    labels_are_certain = found->certain;
    info.classes_dtype = is_text ? "|O" : "<i8";
    if (width == 1) info.classes = labels[0];
    for (std::size_t k = 0; width > 1 && k < width; ++k) info.output_classes.push_back({labels[k], info.classes_dtype});
    return true;
  }

  void read_scores() {
    std::size_t classes = 0;
    for (const auto& list : labels) classes += list.size();
    // ZipMap's option "columns": an output for each class.
    bool is_spread = outputs_.size() == classes + 1 && labels.size() == 1 && classes > 1;
    for (std::size_t k = 1; is_spread && k < outputs_.size(); ++k) is_spread = is_real(k) && columns(k) == 1 && element(k) == element(1);
    if (is_spread) return add(Method::predict_proba, 1, outputs_.size(), false);
    const bool is_multilabel = labels.empty() && info.task == model::Task::classification && columns(0) > 1 && columns(1) == columns(0);
    info.proba_by_class = (columns(1) == classes && outputs_[1].name != "scores") || is_multilabel;
    if (!info.proba_by_class) add(Method::decision_function, 1, 2, false);
    // Whatever it holds, it is what converters name probabilities; where a column is no class's, it is served as scores.
    if (info.task == model::Task::classification) add(Method::predict_proba, 1, 2, false);
  }

  const formats::OnnxGraph& graph_;
  const OnnxBuilder& builder_;
  const std::vector<Answerable>& outputs_;
};

model::Part describe(const formats::OnnxModel& file) {
  model::Part tree;
  tree.estimator = "ONNX graph";
  for (const auto& [domain, version] : file.opsets) tree.parameters.emplace_back("opset " + (domain.empty() ? std::string("ai.onnx") : formats::printable(domain)), std::to_string(version));
  constexpr std::size_t kMost = 200;
  for (const auto& node : file.graph.nodes) {
    if (tree.parts.size() == kMost) break;
    tree.parts.push_back({formats::printable(node.name, 40), formats::printable(node.op), {}, {}});
  }
  return tree;
}
}  // namespace

Read<model::ModelPtr> import_onnx_file(const formats::OnnxModel& file, const ImportOptions& options) {
  const Place root(formats::Value(), "model");
  if (!options.select.empty()) return root.refuse("--select: an ONNX file holds one model");
  if (file.graph.nodes.empty()) return refuse("the graph has no node", "graph.node");
  OnnxBuilder builder(file.opsets, "graph");
  HEADROOM_TRY_VOID(builder.add_constants(file.graph));
  HEADROOM_TRY(inputs, add_inputs(file, builder));
  HEADROOM_TRY_VOID(builder.add_nodes(file.graph));
  HEADROOM_TRY(outputs, find_outputs(file.graph, builder));
  HEADROOM_TRY_VOID(check_rows(builder, inputs, outputs));
  Answers answers(file.graph, builder, outputs);
  HEADROOM_TRY_VOID(answers.read());
  std::vector<std::uint32_t> slots;
  for (const auto& output : outputs) slots.insert(slots.end(), output.slots.begin(), output.slots.end());
  model::OnnxModel::Spec spec;
  spec.checks_labels = !answers.labels_are_certain;
  spec.checks_values = builder.troubles() || spec.checks_labels;
  spec.program = builder.take(slots);
  spec.inputs = inputs.all;
  spec.answers = std::move(answers.all);
  const auto model = std::make_shared<model::OnnxModel>(std::move(spec), answers.labels);
  model::ModelInfo& info = model->edit_info();
  info.task = answers.info.task;
  info.proba_by_class = answers.info.proba_by_class;
  info.classes = std::move(answers.info.classes);
  info.classes_dtype = std::move(answers.info.classes_dtype);
  info.output_classes = std::move(answers.info.output_classes);
  info.features = std::move(inputs.features);
  info.library = file.producer.empty() ? "ONNX" : formats::printable(file.producer);
  info.library_version = formats::printable(file.producer_version);
  info.estimator = "ONNX graph";
  info.tree = describe(file);
  HEADROOM_TRY_VOID(rename(root, options, info));
  return model::ModelPtr(model);
}
}  // namespace headroom::importers
