#include "model/onnx_trees.h"

#include <algorithm>

#include "model/tensor_linear.h"

namespace headroom::model {
namespace {
/// A node in half a cache line's quarter: the mode and the way of NaN stand in the upper bits of the feature.
template <class T>
struct FlatNode {
  T threshold;
  std::uint32_t what;
  std::uint32_t yes, no;
};
constexpr std::uint32_t kFeatureBits = 27, kNanBit = 1U << 31U;
constexpr std::uint32_t kFeatureMask = (1U << kFeatureBits) - 1;

template <class T>
struct Weight {
  std::uint32_t target;
  T value;
};

template <class T>
using Score = TreeScore<T>;

template <class T>
class Ensemble {
 public:
  explicit Ensemble(const OnnxTrees& trees)
      : roots(trees.roots), n_targets(trees.n_targets), n_features(trees.n_features), aggregate(trees.aggregate), transform(trees.transform), labels(trees.labels) {
    bool has_member = false;
    for (const auto& node : trees.nodes) {
      const auto mode = static_cast<std::uint32_t>(node.mode) << kFeatureBits;
      nodes_.push_back({static_cast<T>(node.threshold), node.feature | mode | (node.nan_is_true ? kNanBit : 0), node.yes, node.no});
      has_member |= node.mode == TreeMode::member;
      if (node.mode == TreeMode::leaf) continue;
      if (only_ == TreeMode::leaf) only_ = node.mode;
      is_mixed_ |= node.mode != only_;
    }
    is_mixed_ |= has_member;
    for (const auto& weight : trees.weights) weights_.push_back({weight.target, static_cast<T>(weight.value)});
    for (const auto value : trees.base) base.push_back(static_cast<T>(value));
    for (const auto& set : trees.sets) {
      auto& sorted = sets_.emplace_back();
      for (const auto value : set) sorted.push_back(static_cast<T>(value));
      std::sort(sorted.begin(), sorted.end());
    }
  }

  /// Calls use(a leaf's weights) for each tree in order.
  template <class Use>
  void each_leaf(const T* row, const Use& use) const {
    if (is_mixed_) return walk([&](T x, const FlatNode<T>& node) { return compare(static_cast<TreeMode>(node.what >> kFeatureBits & 15U), x, node.threshold); }, row, use);
    switch (only_) {
      case TreeMode::leq: return walk([](T x, const FlatNode<T>& node) { return x <= node.threshold; }, row, use);
      case TreeMode::lt: return walk([](T x, const FlatNode<T>& node) { return x < node.threshold; }, row, use);
      default: return walk([&](T x, const FlatNode<T>& node) { return compare(only_, x, node.threshold); }, row, use);
    }
  }

  std::vector<std::uint32_t> roots;
  std::vector<T> base;
  std::size_t n_targets, n_features;
  Aggregate aggregate;
  PostTransform transform;
  OnnxLabels labels;

 private:
  bool compare(TreeMode mode, T x, T threshold) const noexcept {
    switch (mode) {
      case TreeMode::leaf: return false;
      case TreeMode::leq: return x <= threshold;
      case TreeMode::lt: return x < threshold;
      case TreeMode::gte: return x >= threshold;
      case TreeMode::gt: return x > threshold;
      case TreeMode::eq: return x == threshold;
      case TreeMode::neq: return x != threshold;
      case TreeMode::member: break;
    }
    const auto& set = sets_[static_cast<std::size_t>(threshold)];
    return x == x && std::binary_search(set.begin(), set.end(), x);
  }

  template <class Goes, class Use>
  void walk(const Goes& goes, const T* row, const Use& use) const {
    for (const auto root : roots) {
      const FlatNode<T>* node = &nodes_[root];
      while ((node->what >> kFeatureBits & 15U) != 0) {
        const T x = row[node->what & kFeatureMask];
        const bool is_yes = goes(x, *node) || ((node->what & kNanBit) != 0 && x != x);
        node = &nodes_[is_yes ? node->yes : node->no];
      }
      use(std::span(weights_).subspan(node->yes, node->no));
    }
  }

  std::vector<FlatNode<T>> nodes_;
  std::vector<Weight<T>> weights_;
  std::vector<std::vector<T>> sets_;
  TreeMode only_ = TreeMode::leaf;
  bool is_mixed_ = false;
};

/// Rows of x as T, each at least as wide as the trees ask; nullptr otherwise.
template <class T>
const T* rows_of(const Tensor& x, std::size_t n_features, std::vector<float>& buffer, std::size_t& count) {
  if (x.rank() == 0 || x.rank() > 2 || x.columns() < n_features) return nullptr;
  count = x.rank() == 1 ? 1 : static_cast<std::size_t>(x.shape[0]);
  if (x.element == element_of<T>()) return x.list<T>().data();
  if constexpr (std::is_same_v<T, float>) {
    MatrixView<const float> rows;
    if (x.element != Element::f64 && float_rows(x, buffer, rows)) return rows.data();
  }
  return nullptr;
}

/// Joins a leaf's weight.
template <class T>
void join(Aggregate aggregate, Score<T>& score, T value) noexcept {
  switch (aggregate) {
    case Aggregate::sum: case Aggregate::average: score.value += value; break;
    case Aggregate::min: score.value = !score.is_set || value < score.value ? value : score.value; break;
    case Aggregate::max: score.value = !score.is_set || value > score.value ? value : score.value; break;
  }
  score.is_set = true;
}

/// Per row: scores, and their values on their way out. Values take the buffer that rows of T do not need.
template <class T>
struct Room {
  std::vector<Score<T>>& scores;
  std::vector<T>& values;
};
Room<float> room_of(TensorScratch& scratch, float) { return {scratch.float_scores, scratch.more_floats}; }
Room<double> room_of(TensorScratch& scratch, double) { return {scratch.double_scores, scratch.numbers}; }

template <class T, class Out>
Trouble regress(const Ensemble<T>& trees, const Call& call) {
  const Tensor& x = *call.in[0];
  std::size_t count = 0;
  const T* row = rows_of<T>(x, trees.n_features, call.scratch.floats, count);
  if (row == nullptr) return kWrongShape;
  Out* out = call.make<Out>(0, {static_cast<std::int64_t>(count), static_cast<std::int64_t>(trees.n_targets)});
  if (out == nullptr) return kTooLarge;
  const auto memory = room_of(call.scratch, T{});
  auto& scores = memory.scores;
  auto& values = memory.values;
  const auto n_trees = static_cast<T>(trees.roots.size());
  for (std::size_t i = 0; i < count; ++i, row += x.columns(), out += trees.n_targets) {
    scores.assign(trees.n_targets, Score<T>{0, false});
    trees.each_leaf(row, [&](std::span<const Weight<T>> weights) {
      if (trees.n_targets == 1) return join(trees.aggregate, scores[0], weights[0].value);
      for (const auto& weight : weights) join(trees.aggregate, scores[weight.target], weight.value);
    });
    values.clear();
    for (std::size_t k = 0; k < trees.n_targets; ++k) {
      T value = scores[k].value;
      if (trees.aggregate == Aggregate::average) value /= n_trees;
      if (trees.base.size() == trees.n_targets) value += trees.base[k];
      values.push_back(value);
    }
    if (trees.n_targets > 1) transform_scores(trees.transform, std::span(values));
    else if (trees.transform == PostTransform::probit) values[0] = static_cast<T>(onnx_probit(static_cast<float>(values[0])));
    for (std::size_t k = 0; k < trees.n_targets; ++k) out[k] = static_cast<Out>(values[k]);
  }
  return kFine;
}

/// What two classes make of their scores. ONNX says little here; this is what ONNX Runtime does.
template <class T>
class TwoClasses {
 public:
  TwoClasses(const Ensemble<T>& trees, bool is_binary, bool all_positive) : trees_(trees), is_binary_(is_binary), all_positive_(all_positive) {}

  /// The label's index. out: two values.
  std::int64_t finish(Score<T>* scores, float* out) const {
    bool is_pair = true;          // else only the first score counts
    int second = -1;              // what the other score is: 0 and 1: 1 − s, 2 and 3: −s
    if (trees_.base.size() == 2) {
      if (scores[1].is_set) {
        scores[1].value = trees_.base[1] + scores[0].value;
        scores[0].value = -scores[1].value;
      } else {
        scores[1].value += trees_.base[1];
        scores[0].value += trees_.base[0];
      }
    } else {
      if (trees_.base.size() == 1) scores[0].value += trees_.base[0];
      else second = 3;
      is_pair = scores[1].is_set;
    }
    const T weight = is_pair && scores[1].is_set ? scores[1].value : scores[0].is_set ? scores[0].value : T{0};
    const bool is_yes = is_binary_ && all_positive_ ? weight > T{0.5} : weight > 0;
    if (is_binary_) second = all_positive_ ? 0 : 2;
    if (is_pair) {
      T values[] = {scores[0].value, scores[1].value};
      transform_scores(trees_.transform, std::span<T>(values));
      out[0] = static_cast<float>(values[0]);
      out[1] = static_cast<float>(values[1]);
    } else {
      single(scores[0].value, second, out);
    }
    return is_yes ? 1 : 0;
  }

 private:
  void single(T score, int second, float* out) const {
    out[0] = static_cast<float>(score);
    out[1] = 0;
    if (trees_.transform == PostTransform::probit) {
      out[0] = onnx_probit(out[0]);
    } else if (second == 0) {
      out[0] = static_cast<float>(1 - score);
      out[1] = static_cast<float>(score);
    } else if (second > 0 && trees_.transform == PostTransform::logistic) {
      out[0] = onnx_logistic(static_cast<float>(-score));
      out[1] = onnx_logistic(static_cast<float>(score));
    } else if (second > 0) {
      out[0] = static_cast<float>(-score);
      out[1] = static_cast<float>(score);
    }
  }
  const Ensemble<T>& trees_;
  bool is_binary_, all_positive_;
};

template <class T>
std::int64_t finish_many(const Ensemble<T>& trees, const Room<T>& room, float* out) {
  auto& scores = room.scores;
  for (std::size_t k = 0; k < trees.base.size(); ++k) {
    scores[k].value += trees.base[k];
    scores[k].is_set = true;
  }
  std::int64_t best = -1;
  for (std::size_t k = 0; k < scores.size(); ++k) {
    if (scores[k].is_set && (best < 0 || scores[k].value > scores[static_cast<std::size_t>(best)].value)) best = static_cast<std::int64_t>(k);
  }
  room.values.clear();
  for (const auto& score : scores) room.values.push_back(score.value);
  transform_scores(trees.transform, std::span(room.values));
  for (const T value : room.values) *out++ = static_cast<float>(value);
  return std::max<std::int64_t>(best, 0);
}

template <class T>
struct Classifier {
  Ensemble<T> trees;
  bool is_binary = false, all_positive = true;

  explicit Classifier(const OnnxTrees& from) : trees(from) {
    bool is_one = true;
    for (const auto& weight : from.weights) {
      all_positive &= !(weight.value < 0);
      is_one &= weight.target == from.weights[0].target;
    }
    is_binary = from.n_targets == 2 && is_one;
  }

  Trouble run(const Call& call) const {
    const Tensor& x = *call.in[0];
    std::size_t count = 0;
    const T* row = rows_of<T>(x, trees.n_features, call.scratch.floats, count);
    if (row == nullptr) return kWrongShape;
    float* out = call.make<float>(1, {static_cast<std::int64_t>(count), static_cast<std::int64_t>(trees.n_targets)});
    if (out == nullptr) return kTooLarge;
    auto own = room_of(call.scratch, T{});
    auto& chosen = call.scratch.indexes;
    chosen.clear();
    const TwoClasses<T> two(trees, is_binary, all_positive);
    for (std::size_t i = 0; i < count; ++i, row += x.columns(), out += trees.n_targets) {
      own.scores.assign(trees.n_targets, Score<T>{0, false});
      trees.each_leaf(row, [&](std::span<const Weight<T>> weights) {
        for (const auto& weight : weights) join(Aggregate::sum, own.scores[weight.target], weight.value);
      });
      chosen.push_back(trees.n_targets > 2 ? finish_many(trees, own, out) : two.finish(own.scores.data(), out));
    }
    return write_labels(call, trees.labels, chosen);
  }
};
}  // namespace

Kernel tree_classifier_kernel(const OnnxTrees& trees, Element input) {
  if (input == Element::f64) return [model = std::make_shared<const Classifier<double>>(trees)](const Call& call) { return model->run(call); };
  return [model = std::make_shared<const Classifier<float>>(trees)](const Call& call) { return model->run(call); };
}

Kernel tree_regressor_kernel(const OnnxTrees& trees, Element input) {
  if (input != Element::f64) return [model = std::make_shared<const Ensemble<float>>(trees)](const Call& call) { return regress<float, float>(*model, call); };
  if (trees.answers_double) return [model = std::make_shared<const Ensemble<double>>(trees)](const Call& call) { return regress<double, double>(*model, call); };
  return [model = std::make_shared<const Ensemble<double>>(trees)](const Call& call) { return regress<double, float>(*model, call); };
}
}  // namespace headroom::model
