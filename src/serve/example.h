// One row that the model accepts: what /health predicts and the docs show.
#pragma once
#include <cstddef>
#include <string>
#include <vector>

#include "model/model.h"

namespace headroom::serve {
class ExampleRow {
 public:
  /// Tried in turn: the middle of each feature's range and a text that the feature usually holds, then ones, zeros, halves. Empty if
  /// the model accepts none.
  [[nodiscard]] static ExampleRow of(const model::Model& model);

  [[nodiscard]] bool empty() const noexcept { return numbers_.empty(); }
  [[nodiscard]] std::size_t size() const noexcept { return numbers_.size(); }
  [[nodiscard]] bool is_text(std::size_t feature) const noexcept { return !is_text_.empty() && is_text_[feature]; }
  /// A number, or a text in quotes.
  [[nodiscard]] std::string json(std::size_t feature) const;
  /// memory: for a row with text. The rows borrow from it and from this.
  struct Memory {
    std::vector<model::Column> columns;
    std::vector<std::string_view> texts;
  };
  [[nodiscard]] model::Rows rows(Memory& memory) const;

 private:
  std::vector<double> numbers_;              // one a feature
  std::vector<std::string> texts_;           // the same, or empty: all are numbers
  std::vector<bool> is_text_;
};

/// Whether the feature's cells are texts in a request.
[[nodiscard]] bool takes_text(const model::ModelInfo& info, std::size_t feature) noexcept;
}  // namespace headroom::serve
