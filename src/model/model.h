// What predicts. The seam between the rooms that make models (importers) and those that use them (serve, inspect).
#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/expected.h"
#include "model/rows.h"

namespace headroom::model {
/// A class label as the origin library holds it; JSON keeps the type.
using Label = std::variant<bool, std::int64_t, double, std::string>;

enum class Task : std::uint8_t { classification, regression, outlier, transform };
enum class Method : std::uint8_t { predict, predict_proba, decision_function, transform };
enum class DType : std::uint8_t { f64, f32, i64, typed };

/// What a feature holds, so that readers of rows know what to make of a cell. document: text of which the empty one is a document like
/// others, not a missing value. any: the model passes it on, or never looks at it.
enum class FeatureKind : std::uint8_t { number, text, document, any };

/// One line of `inspect`'s tree: a pipeline's steps, a forest's trees stay folded into its parameters.
struct Part {
  std::string name;       // step name, "" at the root
  std::string estimator;  // "RandomForestClassifier"
  std::vector<std::pair<std::string, std::string>> parameters;
  std::vector<Part> parts;
};

/// Where a feature's values usually lie, as far as the model itself knows: between a forest's smallest and largest threshold, or
/// three standard deviations around a scaler's mean. For documentation and made-up rows, never for checking. NaN: not known.
struct FeatureRange {
  double low;
  double high;
};

/// Classes of one output of a classifier that has several.
struct OutputClasses {
  std::vector<Label> labels;
  std::string dtype;   // as ModelInfo::classes_dtype
};

/// What a model says of itself. Immutable once compiled.
struct ModelInfo {
  std::string library;          // "scikit-learn"
  std::string library_version;  // as stamped in the file, "1.5.2"
  std::string estimator;        // class name of the outermost estimator
  Task task = Task::classification;
  std::size_t n_features = 0;
  std::vector<std::string> features;  // names; empty when the file has none
  std::vector<std::string> feature_examples;  // a text that the feature usually holds, "" where none is known; or empty
  std::vector<FeatureKind> feature_kinds;  // one a feature; empty: all are numbers
  std::size_t n_outputs = 0;          // columns that transform gives; 0: as many as there are features
  std::vector<Label> classes;         // empty for regression
  std::string classes_dtype;          // numpy's code of classes_, "<i8", "|b1", "<U10", "|O"; predict's .npy output has it
  std::vector<OutputClasses> output_classes;  // of a classifier of several outputs, which has no `classes`
  std::vector<FeatureRange> feature_ranges;  // one a feature, or empty
  std::vector<Method> methods;        // what this model can answer
  bool decision_is_ours = false;  // decision_function is Headroom's alone: what the origin wraps around the model asks predict_proba
  bool proba_by_class = true;         // predict_proba has a column for each class; an ONNX graph may say otherwise
  bool predict_is_first_largest = false;  // predict is the class of the first largest predict_proba, to the last bit: one call answers both
  Part tree;
  std::size_t bytes = 0;  // memory of the compiled form
  std::string kernel;     // how it computes: "scalar, 8 walks in flight, 8-byte nodes"; "" where there is only one way
};

/// Why a row is no input for this model, as the origin library would object.
struct RowError {
  std::size_t row;
  std::size_t column;   // n_features: the row as a whole
  std::string message;  // "Input X contains NaN."
};

/// A column of a transform that gives text. text borrows from the rows or from the model; data() == nullptr is a missing cell.
struct TypedColumn {
  ColumnType type = ColumnType::f64;   // f64 or text
  std::vector<double> f64;
  std::vector<std::string_view> text;
};

/// One method's answer, row-major [rows, columns]; exactly the vector of `dtype` is filled.
/// typed, by column: only of a transform that passes text on.
/// predict of a classifier: i64 indexes into ModelInfo::classes, columns = 1 (labels are the edge's business); of several outputs
/// one column each, indexes into its output_classes (predict_proba: their columns side by side); of several labels (neither kind
/// of classes) one column a label, 0 or 1.
struct Output {
  DType dtype = DType::f64;
  std::size_t rows = 0;
  std::size_t columns = 0;
  std::vector<double> f64;
  std::vector<float> f32;
  std::vector<std::int64_t> i64;
  std::vector<TypedColumn> typed;
};

/// Memory of a walk through trees.
struct CodedScratch {
  std::vector<std::byte> bytes;
  std::vector<std::uint32_t> at;
};

struct TokenScratch;   // a text vectorizer's, model/tokens.h
struct TensorScratch;  // an ONNX graph's, model/tensor.h

/// A thread's reusable memory for predict. Grows to what a call needs and stays, so that a warm call allocates nothing.
struct Scratch {
  std::vector<double> a, b, c;
  std::vector<float> floats, scores;
  std::vector<std::uint32_t> indexes;
  std::vector<std::int32_t> words;
  CodedScratch coded;
  std::vector<Column> columns;
  Output held[2];                      // what one step gives while the next one reads it
  std::shared_ptr<TokenScratch> tokens;
  std::shared_ptr<TensorScratch> tensors;
  std::vector<double> selected;        // rows on their way into a nested estimator, whose scratch this is
  Output answer;                       // of that estimator
  std::vector<std::unique_ptr<Scratch>> parts;  // one for each nested estimator
};

/// A compiled model: const, immutable, serves all threads at once.
class Model {
 public:
  virtual ~Model() = default;
  [[nodiscard]] virtual const ModelInfo& info() const noexcept = 0;

  /// Whether predict may be called with these rows: width, NaN, infinity, float32 overflow, types, as the origin's own checks.
  [[nodiscard]] virtual expected<void, RowError> validate(const Rows& rows) const = 0;

  /// Answers `method` for each row. rows: passed validate(). out: overwritten, memory reused.
  /// method: one of info().methods (CHECKed). scratch: this thread's. Cannot fail.
  /// Sources: the docstring of each model names the origin's function.
  virtual void predict(Method method, const Rows& rows, Output& out, Scratch& scratch) const noexcept = 0;
};
using ModelPtr = std::shared_ptr<const Model>;

/// Text of a label as JSON object keys and tables show it: 1, 2.5, true, setosa.
[[nodiscard]] std::string to_text(const Label& label);
}  // namespace headroom::model
