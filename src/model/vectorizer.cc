#include "model/vectorizer.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>

namespace headroom::model {
namespace {
std::uint32_t scramble(std::uint32_t k) noexcept { return std::rotl(k * 0xcc9e2d51U, 15) * 0x1b873593U; }

/// MurmurHash3 x86 32 with seed 0 (Appleby's algorithm; the origin hashes the UTF-8 of a term with it).
std::uint32_t murmur3(std::string_view text) noexcept {
  std::uint32_t hash = 0;
  std::size_t i = 0;
  for (; i + 4 <= text.size(); i += 4) {
    std::uint32_t block = 0;
    std::memcpy(&block, text.data() + i, 4);
    hash = std::rotl(hash ^ scramble(block), 13) * 5 + 0xe6546b64U;
  }
  std::uint32_t tail = 0;
  for (std::size_t k = text.size(); k > i; --k) tail = (tail << 8U) | static_cast<unsigned char>(text[k - 1]);
  if (i < text.size()) hash ^= scramble(tail);
  hash ^= static_cast<std::uint32_t>(text.size());
  hash = (hash ^ (hash >> 16U)) * 0x85ebca6bU;
  hash = (hash ^ (hash >> 13U)) * 0xc2b2ae35U;
  return hash ^ (hash >> 16U);
}
}  // namespace

void Weighting::apply(std::span<double> row) const noexcept {
  double sum = 0;
  for (std::size_t j = 0; j < row.size(); ++j) {
    double& value = row[j];
    if (value == 0) continue;
    if (sublinear) value = std::log(value) + 1;
    if (!idf.empty()) value *= idf[j];
    sum += norm == RowNorm::l1 ? std::fabs(value) : value * value;
  }
  if (norm == RowNorm::none || sum == 0) return;
  const double by = norm == RowNorm::l1 ? sum : std::sqrt(sum);
  for (double& value : row) value /= by;
}

Vocabulary::Vocabulary(std::vector<std::pair<std::string, std::uint32_t>> terms) : slots_(std::bit_ceil(2 * terms.size() + 1)) {
  for (const auto& [term, column] : terms) {
    const std::uint32_t hash = murmur3(term);
    std::size_t at = hash & (slots_.size() - 1);
    while (slots_[at].column != kNone) at = (at + 1) & (slots_.size() - 1);
    slots_[at] = {static_cast<std::uint32_t>(text_.size()), static_cast<std::uint32_t>(term.size()), hash, column};
    text_ += term;
  }
}

std::uint32_t Vocabulary::find(std::string_view term) const noexcept {
  const std::uint32_t hash = murmur3(term);
  for (std::size_t at = hash & (slots_.size() - 1); slots_[at].column != kNone; at = (at + 1) & (slots_.size() - 1)) {
    const Slot& slot = slots_[at];
    if (slot.hash == hash && std::string_view(text_).substr(slot.begin, slot.length) == term) return slot.column;
  }
  return kNone;
}

Vectorizer::Vectorizer(Tokenizer tokenizer, Vectorization how) : tokenizer_(std::move(tokenizer)), how_(std::move(how)) {
  CHECK(how_.n_columns > 0 && (how_.weighting.idf.empty() || how_.weighting.idf.size() == how_.n_columns));
  ModelInfo& info = edit_info();
  info.task = Task::transform;
  info.n_features = 1;
  info.n_outputs = how_.n_columns;
  info.feature_kinds = {FeatureKind::document};
  info.feature_examples = {"some words of text"};
  info.methods = {Method::transform};
  info.bytes = (how_.vocabulary ? how_.vocabulary->bytes() : 0) + how_.weighting.idf.size() * sizeof(double);
}

expected<void, RowError> Vectorizer::validate(const Rows& rows) const {
  HEADROOM_TRY_VOID(check_width(rows, info()));
  if (rows.count() == 0) return {};
  if (!has_text(rows)) return unexpected(RowError{0, 0, "a document is needed, text, not a number"});
  for (std::size_t i = 0; i < rows.count(); ++i) {
    if (rows.columns()[0].text[i].data() == nullptr) return unexpected(RowError{i, 0, "np.nan is an invalid document, expected byte or unicode string."});
  }
  return {};
}

void Vectorizer::count(std::string_view document, TokenScratch& scratch, std::span<double> row) const noexcept {
  tokenizer_.each_term(document, scratch, [&](std::string_view term) {
    if (how_.vocabulary) {
      const auto column = how_.vocabulary->find(term);
      if (column != Vocabulary::kNone) row[column] = how_.binary ? 1 : row[column] + 1;
      return;
    }
    const auto hash = static_cast<std::int64_t>(static_cast<std::int32_t>(murmur3(term)));
    // |INT32_MIN| does not fit the origin's int; it takes this way around.
    const auto n = static_cast<std::int64_t>(row.size());
    const std::int64_t column = hash == INT32_MIN ? (INT32_MAX - (n - 1)) % n : std::abs(hash) % n;
    double& value = row[static_cast<std::size_t>(column)];
    value = how_.binary ? 1 : value + (how_.alternate_sign && hash < 0 ? -1 : 1);
  });
}

void Vectorizer::predict(Method method, const Rows& rows, Output& out, Scratch& scratch) const noexcept {
  CHECK(method == Method::transform);
  out.dtype = DType::f64;
  out.rows = rows.count();
  out.columns = how_.n_columns;
  out.f64.assign(out.rows * out.columns, 0.0);
  if (scratch.tokens == nullptr) scratch.tokens = std::make_shared<TokenScratch>();
  for (std::size_t i = 0; i < out.rows; ++i) {
    const std::span<double> row(out.f64.data() + i * out.columns, out.columns);
    count(rows.columns()[0].text[i], *scratch.tokens, row);
    how_.weighting.apply(row);
  }
}

double Vectorizer::output_bound(double magnitude) const noexcept {
  double bound = 1e12;   // terms in a document
  for (const double idf : how_.weighting.idf) bound = std::isnan(idf) ? std::numeric_limits<double>::infinity() : std::max(bound, 1e12 * std::fabs(idf));
  return magnitude >= 0 ? bound : magnitude;
}

TfidfTransform::TfidfTransform(std::size_t n_features, Weighting weighting) : RowTransform(n_features, n_features, Nan::refuse), weighting_(std::move(weighting)) {
  CHECK(weighting_.idf.empty() || weighting_.idf.size() == n_features);
  edit_info().bytes = weighting_.idf.size() * sizeof(double);
}

void TfidfTransform::transform_row(std::span<const double> in, double* out, Scratch& scratch) const noexcept {
  static_cast<void>(scratch);
  std::copy_n(in.data(), info().n_features, out);
  weighting_.apply({out, info().n_features});
}
}  // namespace headroom::model
