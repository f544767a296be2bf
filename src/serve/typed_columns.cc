#include "serve/typed_columns.h"

#include <span>

#include "serve/example.h"

namespace headroom::serve {
model::Rows TypedColumns::turn(const model::ModelInfo& info, const std::vector<double>& numbers, std::vector<std::string_view>& texts, std::size_t count) {
  const std::size_t width = info.n_features;
  texts.resize(numbers.size());
  numbers_.resize(numbers.size());
  texts_.resize(numbers.size());
  columns_.assign(width, {});
  for (std::size_t j = 0; j < width; ++j) {
    bool is_text = takes_text(info, j);
    for (std::size_t i = 0; i < count; ++i) {
      numbers_[j * count + i] = numbers[i * width + j];
      texts_[j * count + i] = texts[i * width + j];
      is_text |= texts[i * width + j].data() != nullptr;
    }
    model::Column& column = columns_[j];
    column.type = is_text ? model::ColumnType::text : model::ColumnType::f64;
    if (is_text) {
      column.text = std::span<const std::string_view>(texts_).subspan(j * count, count);
    } else {
      column.f64 = std::span<const double>(numbers_).subspan(j * count, count);
    }
  }
  return {columns_, count};
}
}  // namespace headroom::serve
