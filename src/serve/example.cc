#include "serve/example.h"

#include <algorithm>
#include <cmath>

#include "http/byte_buffer.h"
#include "http/reply.h"
#include "serve/encode.h"

namespace headroom::serve {
using model::FeatureKind;

namespace {
// The middle of each feature's range, to two digits, where the model knows it.
std::vector<double> middle_row(const model::ModelInfo& info) {
  std::vector<double> row(info.n_features, 1.0);
  for (std::size_t i = 0; i < std::min(row.size(), info.feature_ranges.size()); ++i) {
    const double middle = (info.feature_ranges[i].low + info.feature_ranges[i].high) / 2;
    const bool is_one_value = info.feature_ranges[i].low == info.feature_ranges[i].high;
    if (std::isfinite(middle)) row[i] = std::abs(middle) < 1e6 && !is_one_value ? std::round(middle * 100) / 100 : middle;
  }
  return row;
}
}  // namespace

bool takes_text(const model::ModelInfo& info, std::size_t feature) noexcept {
  return feature < info.feature_kinds.size() && (info.feature_kinds[feature] == FeatureKind::text || info.feature_kinds[feature] == FeatureKind::document);
}

ExampleRow ExampleRow::of(const model::Model& model) {
  const auto& info = model.info();
  const std::size_t width = info.n_features;
  ExampleRow row;
  for (std::size_t i = 0; i < width && !info.feature_kinds.empty(); ++i) {
    row.is_text_.push_back(takes_text(info, i));
    const bool is_known = i < info.feature_examples.size() && !info.feature_examples[i].empty();
    row.texts_.push_back(is_known ? info.feature_examples[i] : "text");
  }
  Memory memory;
  for (auto& numbers : {middle_row(info), std::vector<double>(width, 1.0), std::vector<double>(width, 0.0), std::vector<double>(width, 0.5)}) {
    row.numbers_ = numbers;
    if (model.validate(row.rows(memory))) return row;
  }
  return {};
}

std::string ExampleRow::json(std::size_t feature) const {
  http::ByteBuffer out;
  if (!is_text(feature)) {
    append_double(out, numbers_[feature]);
    return std::string(out.view());
  }
  out.append('"');
  http::append_escaped(out, texts_[feature]);
  out.append('"');
  return std::string(out.view());
}

model::Rows ExampleRow::rows(Memory& memory) const {
  if (std::ranges::find(is_text_, true) == is_text_.end()) return {MatrixView<const double>(numbers_.data(), 1, numbers_.size())};
  auto& columns = memory.columns;
  columns.assign(size(), {});
  memory.texts.assign(texts_.begin(), texts_.end());
  for (std::size_t i = 0; i < size(); ++i) {
    columns[i].type = is_text_[i] ? model::ColumnType::text : model::ColumnType::f64;
    if (is_text_[i]) {
      columns[i].text = {&memory.texts[i], 1};
    } else {
      columns[i].f64 = {&numbers_[i], 1};
    }
  }
  return {columns, 1};
}
}  // namespace headroom::serve
