#include "model/booster.h"

#include <algorithm>
#include <cmath>

namespace headroom::model {
namespace {
constexpr std::size_t kFewRows = 8;      // fewer walk through several trees at once instead
constexpr FeatureRange kNoRange{std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::quiet_NaN()};

template <class T>
std::vector<T>& input_room(Scratch& scratch) {
  if constexpr (sizeof(T) == 4) return scratch.floats; else return scratch.c;
}
template <class T>
std::vector<T>& score_room(Scratch& scratch) {
  if constexpr (sizeof(T) == 4) return scratch.scores; else return scratch.a;
}
template <class T>
std::vector<T>& values_of(Output& out) {
  if constexpr (sizeof(T) == 4) return out.f32; else return out.f64;
}

/// Raw scores of all rows, added to what out[rows, groups] holds.
template <class Threshold, class Score>
void add_scores(const TreeBank<Threshold, Score>& bank, const BoosterInputs& inputs, MatrixView<const double> rows, std::size_t groups, Score* out,
                Scratch& scratch) noexcept {
  constexpr std::size_t kBlockRows = TreeBank<Threshold, Score>::kBlockRows;
  const std::size_t width = inputs.inputs.size();
  auto& room = input_room<Threshold>(scratch);
  room.resize(width * std::min(rows.rows(), kBlockRows));
  for (std::size_t first = 0; first < rows.rows(); first += kBlockRows) {
    const std::size_t count = std::min(kBlockRows, rows.rows() - first);
    bool any_missing = false;
    for (std::size_t i = 0; i < count; ++i) any_missing |= inputs.fill(rows.row(first + i), room.data() + i * width);
    if (count >= kFewRows && !bank.has_linear()) {
      bank.add_block({room.data(), count, width}, any_missing, out + first * groups, scratch.coded);
      continue;
    }
    for (std::size_t i = 0; i < count; ++i) bank.add_row(room.data() + i * width, any_missing, rows.row(first + i), out + (first + i) * groups, scratch.coded);
  }
}
}  // namespace

Booster::Booster(BoosterSpec spec, Bank bank) : spec_(std::move(spec)), bank_(std::move(bank)) {}

expected<void, RowError> Booster::validate(const Rows& rows) const {
  HEADROOM_TRY_VOID(check_width(rows, info()));
  HEADROOM_TRY_VOID(spec_.inputs.check(rows));
  if (!spec_.finite_only) return {};
  return check_rows(rows, info(), Nan::refuse, spec_.precision == Precision::f64 ? Width::f64 : Width::f32);
}

template <class Score>
void Booster::answer(Method method, MatrixView<const double> rows, Output& out, Scratch& scratch) const noexcept {
  const std::size_t groups = spec_.base.size();
  const ScoreLink& link = spec_.link;
  const bool is_label = method == Method::predict && link.is_classifier();
  const bool is_raw = method == Method::decision_function;
  std::vector<Score>& scores = is_raw ? values_of<Score>(out) : score_room<Score>(scratch);
  const std::size_t columns = link.columns(groups);
  scores.resize(rows.rows() * groups + columns);   // and room for one row's probabilities
  for (std::size_t i = 0; i < rows.rows(); ++i) {
    for (std::size_t k = 0; k < groups; ++k) scores[i * groups + k] = static_cast<Score>(spec_.base[k]);
  }
  std::visit([&](const auto& bank) {
    if constexpr (requires { add_scores(bank, spec_.inputs, rows, groups, scores.data(), scratch); }) add_scores(bank, spec_.inputs, rows, groups, scores.data(), scratch);
  }, bank_);
  if (spec_.divide != 0 && !is_raw) {
    for (std::size_t i = 0; i < rows.rows() * groups; ++i) scores[i] /= static_cast<Score>(spec_.divide);
  }
  out.rows = rows.rows();
  out.columns = is_raw ? groups : is_label ? 1 : method == Method::predict ? groups : columns;
  out.dtype = is_label ? DType::i64 : sizeof(Score) == 4 ? DType::f32 : DType::f64;
  Score* room = scores.data() + rows.rows() * groups;
  const auto scores_of = [&](std::size_t i) { return std::span<const Score>(scores.data() + i * groups, groups); };
  if (is_raw) {
    scores.resize(rows.rows() * groups);
  } else if (is_label) {
    out.i64.resize(rows.rows());
    for (std::size_t i = 0; i < rows.rows(); ++i) out.i64[i] = link.label(scores_of(i), room);
  } else if (method == Method::predict && link.answer == Answer::labels) {
    out.dtype = DType::f64;
    out.f64.resize(rows.rows() * groups);
    for (std::size_t i = 0; i < rows.rows(); ++i) {
      link.probabilities(scores_of(i), room);
      for (std::size_t k = 0; k < groups; ++k) out.f64[i * groups + k] = room[k] > Score{0.5} ? 1 : 0;
    }
  } else {
    values_of<Score>(out).resize(rows.rows() * out.columns);
    for (std::size_t i = 0; i < rows.rows(); ++i) link.probabilities(scores_of(i), values_of<Score>(out).data() + i * out.columns);
  }
}

void Booster::predict(Method method, const Rows& rows, Output& out, Scratch& scratch) const noexcept {
  CHECK(method != Method::transform);
  const auto matrix = spec_.inputs.densify(rows, scratch.b);
  spec_.precision == Precision::f32 ? answer<float>(method, matrix, out, scratch) : answer<double>(method, matrix, out, scratch);
}

Booster::Builder::Builder(BoosterSpec spec)
    : spec_(std::move(spec)),
      bank_(spec_.precision == Precision::f32         ? Bank(TreeBank<float, float>(spec_.width, spec_.base.size()))
            : spec_.precision == Precision::f32_sum64 ? Bank(TreeBank<float, double>(spec_.width, spec_.base.size()))
                                                      : Bank(TreeBank<double, double>(spec_.width, spec_.base.size()))) {
  CHECK(!spec_.base.empty() && (spec_.width == 1 || spec_.width == spec_.base.size()));
}

void Booster::Builder::reserve(std::size_t trees, std::size_t nodes) {
  std::visit([&](auto& bank) { bank.reserve(trees, nodes); }, bank_);
}

void Booster::Builder::add(const BoosterTree& tree) {
  std::visit([&](auto& bank) { bank.add(tree); }, bank_);
  for (std::size_t i = 0; i < tree.left.size(); ++i) {
    if (tree.left[i] < 0 || (!tree.set.empty() && tree.set[i] >= 0)) continue;
    if (!std::isfinite(tree.threshold[i])) continue;
    if (tree.feature[i] >= ranges_.size()) ranges_.resize(tree.feature[i] + std::size_t{1}, kNoRange);
    auto& range = ranges_[tree.feature[i]];
    if (!(range.low <= tree.threshold[i])) range.low = tree.threshold[i];   // the first one meets NaN
    if (!(range.high >= tree.threshold[i])) range.high = tree.threshold[i];
  }
}

std::shared_ptr<Booster> Booster::Builder::build() {
  std::visit([](auto& bank) { bank.finish(); }, bank_);
  const std::size_t bytes = std::visit([](const auto& bank) { return bank.bytes(); }, bank_);
  std::shared_ptr<Booster> booster(new Booster(std::move(spec_), std::move(bank_)));
  ModelInfo& info = booster->edit_info();
  const BoosterSpec& spec = booster->spec_;
  info.task = spec.link.answer == Answer::values ? Task::regression : Task::classification;
  info.n_features = spec.n_features;
  info.methods = spec.link.methods();
  info.feature_ranges.assign(spec.n_features, kNoRange);
  for (std::size_t j = 0; j < ranges_.size(); ++j) {
    auto& range = info.feature_ranges[spec.inputs.inputs[j].column];
    range = {std::fmin(range.low, ranges_[j].low), std::fmax(range.high, ranges_[j].high)};
  }
  info.bytes = bytes;
  info.kernel = std::visit([](const auto& bank) { return bank.kernel(); }, booster->bank_);
  for (const auto& table : spec.inputs.tables) {
    if (table.codes.empty()) continue;
    info.feature_kinds.resize(spec.n_features, FeatureKind::number);
    info.feature_kinds[table.column] = FeatureKind::text;
  }
  return booster;
}
}  // namespace headroom::model
