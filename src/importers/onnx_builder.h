// An ONNX graph becomes a program, node by node. Each step is tried as soon as it is made, with one, two and three rows: what
// cannot run is refused at its node, and every importer knows the types and shapes of its node's inputs.
#pragma once
#include <map>
#include <string>
#include <unordered_map>

#include "importers/estimator.h"
#include "importers/onnx_node.h"
#include "importers/onnx_ops.h"
#include "model/tensor_program.h"

namespace headroom::importers {
class OnnxBuilder {
 public:
  static constexpr std::size_t kTrials = 3;   // with 1, 2 and 3 rows
  using Opsets = std::map<std::string_view, std::int64_t>;

  /// path: "graph". outer: the builder of the graph around this one, whose values it may use; outlives this one.
  OnnxBuilder(const Opsets& opsets, std::string path, OnnxBuilder* outer = nullptr) : opsets_(opsets), path_(std::move(path)), outer_(outer) {}

  [[nodiscard]] Read<bool> add_constants(const formats::OnnxGraph& graph);
  /// An input; fill its trials' tensors (trial()) before nodes are added.
  [[nodiscard]] Read<std::uint32_t> add_input(std::string_view name);
  [[nodiscard]] Read<bool> add_nodes(const formats::OnnxGraph& graph);

  /// The slot that has a name; nothing if no node, constant or input before gives it.
  [[nodiscard]] std::optional<std::uint32_t> find(std::string_view name);
  /// The slots of a sequence that SequenceConstruct makes; nothing if the name is none.
  [[nodiscard]] const std::vector<std::uint32_t>* find_sequence(std::string_view name) const;
  [[nodiscard]] const model::Tensor& trial(std::size_t which, std::uint32_t slot) const;
  [[nodiscard]] model::Tensor& input_of_trial(std::size_t which, std::uint32_t slot) { return trials_[which].slots[slot]; }
  [[nodiscard]] bool is_constant(std::uint32_t slot) const { return slot >= kConstant; }
  /// A row's values may be refused while the program runs.
  [[nodiscard]] bool troubles() const { return troubles_; }
  /// Names of values of the outer graph that are used, each an input of this one; in the order of their use.
  [[nodiscard]] const std::vector<std::string_view>& captured() const { return captured_; }
  [[nodiscard]] bool has_outer() const { return outer_ != nullptr; }
  /// Runs the whole program again in a trial, after its inputs have been filled anew.
  [[nodiscard]] model::Trouble rerun(std::size_t which);

  /// The program so far. Slots given before are translated by slot_in_program().
  [[nodiscard]] model::TensorProgram take(const std::vector<std::uint32_t>& outputs);
  [[nodiscard]] std::uint32_t slot_in_program(std::uint32_t slot) const;

 private:
  static constexpr std::uint32_t kConstant = 1U << 30U;   // slots from here on are constants, while the graph is built
  struct Facts {
    bool from_rows = false;                    // its values depend on the rows
    std::optional<std::int64_t> below;         // integers of 0 … below − 1: positions along an axis
  };
  struct Made {
    std::vector<std::int64_t> in;              // slots; −1: left out
    std::vector<std::uint32_t> out;
    std::string place;
  };

  [[nodiscard]] Read<bool> add_node(const formats::OnnxNode& node, const std::string& path);
  [[nodiscard]] Read<bool> add_step(const OnnxNodeReader& reader, const OnnxOp& op, Made made, model::Kernel kernel);
  [[nodiscard]] Read<bool> add_scan(const formats::OnnxNode& node, const std::string& path);
  [[nodiscard]] Read<bool> add_constant_node(const OnnxNodeReader& reader, const formats::OnnxNode& node);
  [[nodiscard]] Read<Made> resolve(const formats::OnnxNode& node, const std::string& path);
  [[nodiscard]] Read<bool> name_outputs(const formats::OnnxNode& node, const std::string& path, std::size_t count, Made& made);
  [[nodiscard]] Read<bool> define(std::string_view name, std::uint32_t slot, const std::string& path);
  [[nodiscard]] Read<bool> try_step(const Made& made, const model::Kernel& kernel, bool is_lenient);
  [[nodiscard]] OnnxInput describe(std::int64_t slot) const;
  [[nodiscard]] bool depends_on_rows(std::int64_t slot) const;
  [[nodiscard]] bool may_miss(const OnnxOp& op, const Made& made, const OnnxNodeReader& reader) const;
  void keep_facts(const OnnxNodeReader& reader, const Made& made);
  std::uint32_t new_slot();

  const Opsets& opsets_;
  std::string path_;
  OnnxBuilder* outer_;
  std::unordered_map<std::string_view, std::uint32_t> names_;
  std::unordered_map<std::string_view, std::vector<std::uint32_t>> sequences_;
  std::vector<model::Tensor> constants_;
  std::vector<Facts> facts_;
  std::vector<std::uint32_t> inputs_;
  std::vector<std::pair<Made, model::Kernel>> steps_;
  std::vector<std::string_view> captured_;
  model::TensorScratch trials_[kTrials];
  bool troubles_ = false;
};
}  // namespace headroom::importers
