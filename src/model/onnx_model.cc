#include "model/onnx_model.h"

#include <algorithm>

#include "model/answer.h"
#include "model/check_rows.h"
#include "model/typed.h"

namespace headroom::model {
namespace {
/// Rows that go through the graph at once: enough to share the cost of a step, few enough to stay in the cache.
constexpr std::size_t kChunk = 64;

/// Tensors of the rows of count numbers from `first`: out[0 … count · columns).
template <class T>
void copy_numbers(const Rows& rows, std::size_t column, std::size_t columns, std::size_t first, std::vector<T>& out) {
  const std::size_t count = out.size() / columns;
  for (std::size_t j = 0; j < columns; ++j) {
    if (!rows.is_dense() && rows.columns()[column + j].type == ColumnType::i64) {
      const auto whole = rows.columns()[column + j].i64;
      for (std::size_t i = 0; i < count; ++i) out[i * columns + j] = static_cast<T>(whole[first + i]);
      continue;
    }
    const Cells cells(rows, column + j);
    for (std::size_t i = 0; i < count; ++i) out[i * columns + j] = static_cast<T>(cells.number(first + i));
  }
}

/// Whether a number can be a value of an integer or boolean input.
bool fits(Element element, double value) {
  switch (element) {
    case Element::i64: return value == std::floor(value) && value >= -0x1p63 && value < 0x1p63;
    case Element::i32: return value == std::floor(value) && value >= -0x1p31 && value < 0x1p31;
    case Element::flag: return value == 0 || value == 1;
    default: return true;
  }
}

const char* name_of(Element element) {
  switch (element) {
    case Element::i64: return "a 64-bit integer";
    case Element::i32: return "a 32-bit integer";
    case Element::flag: return "0 or 1";
    case Element::text: return "text";
    default: return "a number";
  }
}

TensorScratch& tensors(Scratch& scratch) {
  if (scratch.tensors == nullptr) scratch.tensors = std::make_shared<TensorScratch>();
  return *scratch.tensors;
}

/// Values of [blocks, n, …] to columns [at, …) of out, [n, columns]: the blocks side by side.
template <class T>
void copy_columns(const std::vector<T>& values, std::size_t blocks, std::size_t n, T* out, std::size_t columns) noexcept {
  const std::size_t width = values.size() / n / blocks;
  for (std::size_t k = 0; k < blocks; ++k) {
    for (std::size_t i = 0; i < n; ++i) std::copy_n(values.data() + (k * n + i) * width, width, out + i * columns + k * width);
  }
}
}  // namespace

OnnxModel::OnnxModel(Spec spec, const std::vector<std::vector<Label>>& classes) : spec_(std::move(spec)) {
  for (const auto& list : classes) {
    LabelMap& map = labels_.emplace_back();
    for (std::size_t k = 0; k < list.size(); ++k) {
      if (const auto* text = std::get_if<std::string>(&list[k])) map.texts.emplace_back(*text, static_cast<std::int64_t>(k));
      if (const auto* whole = std::get_if<std::int64_t>(&list[k])) map.whole.emplace_back(*whole, static_cast<std::int64_t>(k));
    }
    std::sort(map.texts.begin(), map.texts.end());
    std::sort(map.whole.begin(), map.whole.end());
  }
  ModelInfo& info = edit_info();
  for (const auto& input : spec_.inputs) {
    for (std::size_t j = 0; j < input.columns; ++j) info.feature_kinds.push_back(input.element == Element::text ? FeatureKind::document : FeatureKind::number);
  }
  info.n_features = info.feature_kinds.size();
  for (const auto& answer : spec_.answers) info.methods.push_back(answer.method);
  info.bytes = spec_.program.bytes();
}

void OnnxModel::fill(const Input& input, std::size_t column, const Rows& rows, std::size_t first, Tensor& tensor) {
  const std::size_t count = static_cast<std::size_t>(tensor.shape[0]);
  tensor.element = input.element;
  if (!input.is_vector) tensor.shape = {static_cast<std::int64_t>(count), static_cast<std::int64_t>(input.columns)};
  if (input.element == Element::text) {
    tensor.text.resize(count * input.columns);
    for (std::size_t j = 0; j < input.columns; ++j) {
      for (std::size_t i = 0; i < count; ++i) tensor.text[i * input.columns + j] = rows.columns()[column + j].text[first + i];
    }
    return;
  }
  with_type(input.element, [&](auto a) {
    using T = decltype(a);
    if constexpr (!std::is_same_v<T, std::string_view>) {
      tensor.list<T>().resize(count * input.columns);
      copy_numbers(rows, column, input.columns, first, tensor.list<T>());
    }
  });
}

Trouble OnnxModel::run(const Rows& rows, std::size_t first, std::size_t count, TensorScratch& scratch) const {
  spec_.program.prepare(scratch);
  scratch.values_left = kMostValues;
  scratch.is_trial = false;
  std::size_t column = 0;
  for (std::size_t k = 0; k < spec_.inputs.size(); ++k) {
    Tensor& tensor = spec_.program.slot(scratch, spec_.program.inputs[k]);
    tensor.shape.assign(1, static_cast<std::int64_t>(count));
    fill(spec_.inputs[k], column, rows, first, tensor);
    column += spec_.inputs[k].columns;
  }
  return spec_.program.run(scratch);
}

/// Calls use(first, count, trouble) for runs of rows that together are all of them. Runs that are too large are cut in two.
template <class Use>
void OnnxModel::each_chunk(const Rows& rows, TensorScratch& scratch, const Use& use) const {
  std::size_t size = kChunk;
  for (std::size_t first = 0; first < rows.count();) {
    const std::size_t count = std::min(size, rows.count() - first);
    const auto trouble = run(rows, first, count, scratch);
    if (trouble && count > 1) {
      size = count / 2;
      continue;
    }
    use(first, count, trouble);
    first += count;
  }
}

expected<void, RowError> OnnxModel::validate(const Rows& rows) const {
  if (rows.width() != info().n_features) return check_width(rows, info());
  std::size_t column = 0;
  for (const auto& input : spec_.inputs) {
    for (std::size_t j = 0; j < input.columns; ++j, ++column) {
      const Cells cells(rows, column);
      const bool is_text = input.element == Element::text;
      if (!is_text && !cells.is_text() && (input.element == Element::f32 || input.element == Element::f64)) continue;
      for (std::size_t i = 0; i < rows.count(); ++i) {
        const bool is_right = is_text ? cells.is_text() && cells.text(i).data() != nullptr : !cells.is_text() && fits(input.element, cells.number(i));
        if (!is_right) return unexpected(RowError{i, column, column_name(info(), column) + " takes " + name_of(input.element)});
      }
    }
  }
  if (!spec_.checks_values) return {};
  TensorScratch scratch;
  expected<void, RowError> result;
  each_chunk(rows, scratch, [&](std::size_t first, std::size_t, Trouble trouble) {
    if (!result) return;
    if (const auto row = !trouble && spec_.checks_labels ? row_without_class(scratch) : std::nullopt) {
      result = unexpected(RowError{first + *row, info().n_features, "the graph gives a label that is none of its classes"});
    }
    if (trouble) result = unexpected(RowError{first, 0, std::string("the graph meets ") + trouble.what});
  });
  return result;
}

template <class T>
std::int64_t OnnxModel::index_of(const T& label, std::size_t column) const noexcept {
  if constexpr (std::is_floating_point_v<T>) {
    if (!(label >= T{-0x1p53} && label <= T{0x1p53})) return -1;
    return static_cast<T>(static_cast<std::int64_t>(label)) == label ? index_of(static_cast<std::int64_t>(label), column) : -1;
  } else if constexpr (!std::is_same_v<T, std::string_view> && !std::is_same_v<T, std::int64_t>) {
    return index_of(static_cast<std::int64_t>(label), column);
  } else {
    if (labels_.empty()) return -1;
    const auto& sorted = [&]() -> const auto& {
      if constexpr (std::is_same_v<T, std::string_view>) return labels_[column].texts; else return labels_[column].whole;
    }();
    const auto at = std::lower_bound(sorted.begin(), sorted.end(), label, [](const auto& pair, const auto& value) { return pair.first < value; });
    return at != sorted.end() && at->first == label ? at->second : -1;
  }
}

std::optional<std::size_t> OnnxModel::row_without_class(TensorScratch& scratch) const noexcept {
  std::optional<std::size_t> row;
  for (const auto& answer : spec_.answers) {
    if (!answer.is_label || row) continue;
    const Tensor& tensor = spec_.program.value(scratch, answer.slots[0]);
    with_type(tensor.element, [&](auto a) {
      const auto& list = tensor.list<decltype(a)>();
      for (std::size_t i = 0; i < list.size() && !row; ++i) {
        if (index_of(list[i], i % answer.columns) < 0) row = i / answer.columns;
      }
    });
  }
  return row;
}

void OnnxModel::copy_labels(const Tensor& tensor, std::size_t columns, std::int64_t* out) const noexcept {
  with_type(tensor.element, [&](auto a) {
    using T = decltype(a);
    const auto& list = tensor.list<T>();
    for (std::size_t i = 0; i < list.size(); ++i) {
      if (labels_.empty()) {
        if constexpr (!std::is_same_v<T, std::string_view>) out[i] = static_cast<std::int64_t>(list[i]);
        continue;
      }
      out[i] = index_of(list[i], i % columns);
      CHECK(out[i] >= 0);   // the importer knows all labels that come, or validate() has seen these
    }
  });
}

void OnnxModel::predict(Method method, const Rows& rows, Output& out, Scratch& scratch) const noexcept {
  const auto found = std::find_if(spec_.answers.begin(), spec_.answers.end(), [&](const Answer& one) { return one.method == method; });
  CHECK(found != spec_.answers.end());
  const Answer& answer = *found;
  TensorScratch& memory = tensors(scratch);
  if (answer.is_label) {
    static_cast<void>(answer_indexes(out, rows.count(), answer.columns));
  } else if (answer.element == Element::f32) {
    out.dtype = DType::f32;
    out.rows = rows.count();
    out.columns = answer.columns;
    out.f32.resize(rows.count() * answer.columns);
  } else {
    static_cast<void>(answer_numbers(out, rows.count(), answer.columns));
  }
  each_chunk(rows, memory, [&](std::size_t first, std::size_t count, Trouble trouble) {
    CHECK(!trouble);   // the importer has tried a single row, and validate() these ones
    std::size_t at = 0;
    for (const auto slot : answer.slots) {
      const Tensor& tensor = spec_.program.value(memory, slot);
      const std::size_t begin = first * answer.columns + at;
      if (answer.is_label) copy_labels(tensor, answer.columns, out.i64.data() + begin);
      else if (answer.element == Element::f32) copy_columns(tensor.f32, answer.blocks, count, out.f32.data() + begin, answer.columns);
      else copy_columns(tensor.f64, answer.blocks, count, out.f64.data() + begin, answer.columns);
      at += tensor.count() / count;
    }
  });
}
}  // namespace headroom::model
