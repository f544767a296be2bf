// Rows of requests as columns, for a model that takes text.
#pragma once
#include <cstddef>
#include <string_view>
#include <vector>

#include "model/model.h"

namespace headroom::serve {
/// One thread's memory for them.
class TypedColumns {
 public:
  /// numbers, texts: row after row, `count` rows of info.n_features cells; a text without data() is missing, or the cell is a number. A column
  /// is text if the model says so, or if it passes on whatever comes and a text came. The rows borrow from `texts`' texts and from this.
  [[nodiscard]] model::Rows turn(const model::ModelInfo& info, const std::vector<double>& numbers, std::vector<std::string_view>& texts, std::size_t count);

 private:
  std::vector<double> numbers_;
  std::vector<std::string_view> texts_;
  std::vector<model::Column> columns_;
};
}  // namespace headroom::serve
