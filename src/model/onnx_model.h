// A model that is an ONNX graph.
#pragma once
#include <optional>
#include <vector>

#include "model/compiled.h"
#include "model/tensor_program.h"

namespace headroom::model {
/// predict: of a classifier indexes into its classes; else numbers in the type that the graph gives. predict_proba, decision_function:
/// the graph's other output. Rows are cast to the types of the graph's inputs, as a caller of ONNX Runtime must: a number that does
/// not fit float32 is infinite. A row's answer does not depend on the rows beside it: the importer has tried.
/// Source of each operator: its kernel's comment.
class OnnxModel final : public Compiled {
 public:
  struct Input {
    Element element = Element::f32;
    std::size_t columns = 1;
    bool is_vector = false;      // [n], not [n, columns]
  };
  struct Answer {
    Method method = Method::predict;
    std::vector<std::uint32_t> slots;   // their columns side by side
    std::size_t columns = 1;            // of all of them
    std::size_t blocks = 1;             // a slot is [blocks, n, …]: a classifier of several outputs gives one block for each
    bool is_label = false;
    Element element = Element::f32;     // of all of them
  };
  struct Spec {
    TensorProgram program;
    std::vector<Input> inputs;     // one for each of program.inputs; their columns side by side are a row
    std::vector<Answer> answers;
    bool checks_values = false;    // a row's values may be refused: validate() must run the program
    bool checks_labels = false;    // and see that the labels are classes
  };
  /// classes: of each column of the label, texts or integers; none if there is no label or it is served as a number.
  OnnxModel(Spec spec, const std::vector<std::vector<Label>>& classes);
  [[nodiscard]] expected<void, RowError> validate(const Rows& rows) const override;
  void predict(Method method, const Rows& rows, Output& out, Scratch& scratch) const noexcept override;

  /// Fills an input's tensor with rows [first, first + count).
  static void fill(const Input& input, std::size_t column, const Rows& rows, std::size_t first, Tensor& tensor);

 private:
  Trouble run(const Rows& rows, std::size_t first, std::size_t count, TensorScratch& scratch) const;
  template <class Use>
  void each_chunk(const Rows& rows, TensorScratch& scratch, const Use& use) const;
  /// The label's place among the classes of its column, −1 if it is none of them.
  template <class T>
  [[nodiscard]] std::int64_t index_of(const T& label, std::size_t column) const noexcept;
  /// The first row of a run whose label is no class.
  [[nodiscard]] std::optional<std::size_t> row_without_class(TensorScratch& scratch) const noexcept;
  void copy_labels(const Tensor& tensor, std::size_t columns, std::int64_t* out) const noexcept;

  /// From a label to its index.
  struct LabelMap {
    std::vector<std::pair<std::int64_t, std::int64_t>> whole;   // sorted
    std::vector<std::pair<std::string, std::int64_t>> texts;
  };
  Spec spec_;
  std::vector<LabelMap> labels_;   // one for each column; none: labels are numbers
};
}  // namespace headroom::model
