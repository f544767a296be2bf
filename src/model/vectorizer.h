// CountVectorizer, TfidfVectorizer, HashingVectorizer and TfidfTransformer.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "model/row_transform.h"
#include "model/tokens.h"

namespace headroom::model {
enum class RowNorm : std::uint8_t { none, l1, l2 };

/// Counts to weights: log(count) + 1 if sublinear, times idf, divided by the row's norm.
/// Source: sklearn.feature_extraction.text.TfidfTransformer.transform; sums run over the columns in order.
struct Weighting {
  bool sublinear = false;
  std::vector<double> idf;        // one a column, or empty
  RowNorm norm = RowNorm::none;
  void apply(std::span<double> row) const noexcept;
};

/// Text → column, by an open hash table that is built once.
class Vocabulary {
 public:
  static constexpr std::uint32_t kNone = 0xffffffff;
  explicit Vocabulary(std::vector<std::pair<std::string, std::uint32_t>> terms);
  [[nodiscard]] std::uint32_t find(std::string_view term) const noexcept;
  [[nodiscard]] std::size_t bytes() const noexcept { return text_.size() + slots_.size() * sizeof(Slot); }

 private:
  struct Slot {
    std::uint32_t begin = 0, length = 0, hash = 0, column = kNone;
  };
  std::string text_;
  std::vector<Slot> slots_;       // a power of two
};

/// Where terms go: into the columns of a vocabulary, or by their hash.
struct Vectorization {
  std::optional<Vocabulary> vocabulary;
  std::size_t n_columns = 0;
  bool alternate_sign = false;    // of hashes
  bool binary = false;
  Weighting weighting;
};

/// transform: one document a row → f64 [n, n_columns].  Sources: sklearn.feature_extraction.text.CountVectorizer, TfidfVectorizer,
/// HashingVectorizer; sklearn.feature_extraction._hashing_fast. Counts are equal to the last bit.
class Vectorizer final : public Compiled {
 public:
  Vectorizer(Tokenizer tokenizer, Vectorization how);
  [[nodiscard]] expected<void, RowError> validate(const Rows& rows) const override;
  void predict(Method method, const Rows& rows, Output& out, Scratch& scratch) const noexcept override;
  [[nodiscard]] double output_bound(double magnitude) const noexcept override;
  [[nodiscard]] bool takes_all_within(double) const noexcept override { return false; }   // a number is no document

 private:
  void count(std::string_view document, TokenScratch& scratch, std::span<double> row) const noexcept;
  Tokenizer tokenizer_;
  Vectorization how_;
};

/// TfidfTransformer: rows of counts to weights.
class TfidfTransform final : public RowTransform {
 public:
  TfidfTransform(std::size_t n_features, Weighting weighting);

 private:
  void transform_row(std::span<const double> in, double* out, Scratch& scratch) const noexcept override;
  Weighting weighting_;
};
}  // namespace headroom::model
