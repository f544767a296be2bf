// SVMClassifier, SVMRegressor. Source: ONNX Runtime, core/providers/cpu/ml/svmclassifier.cc, svmregressor.cc, ml_common.h.
#include <algorithm>

#include "model/tensor_linear.h"

namespace headroom::model {
namespace {
/// Kernel of a row with `count` vectors. RBF's distance is summed in float32 from left to right, as there.
void kernels(const OnnxSvm& spec, std::span<const float> row, std::span<const float> vectors, float constant, float* out) {
  for (std::size_t at = 0; at < vectors.size(); at += row.size()) {
    if (spec.kernel == SvmKernel::rbf) {
      float sum = 0;
      for (std::size_t j = 0; j < row.size(); ++j) {
        const float gap = row[j] - vectors[at + j];
        sum += gap * gap;
      }
      *out++ = std::exp(-spec.gamma * sum);
      continue;
    }
    double sum = 0;
    for (std::size_t j = 0; j < row.size(); ++j) sum += static_cast<double>(row[j]) * static_cast<double>(vectors[at + j]);
    if (spec.kernel == SvmKernel::linear) {
      *out++ = static_cast<float>(sum + static_cast<double>(constant));
      continue;
    }
    const auto inner = static_cast<float>(static_cast<double>(spec.gamma) * sum + static_cast<double>(spec.coef0));
    if (spec.kernel == SvmKernel::sigmoid) *out++ = std::tanh(inner);
    else if (spec.degree == 2) *out++ = inner * inner;
    else if (spec.degree == 3) *out++ = inner * inner * inner;
    else *out++ = std::pow(inner, spec.degree);
  }
}

/// libsvm's multiclass_probability in float32. pairs: [k, k]; room: [k · k + k].
void couple(std::size_t k, const float* pairs, float* room, float* p) {
  float* q = room;
  float* qp = room + k * k;
  const float eps = 0.005F / static_cast<float>(k);
  for (std::size_t t = 0; t < k; ++t) {
    p[t] = 1.0F / static_cast<float>(k);
    q[t * k + t] = 0;
    for (std::size_t j = 0; j < t; ++j) {
      q[t * k + t] += pairs[j * k + t] * pairs[j * k + t];
      q[t * k + j] = q[j * k + t];
    }
    for (std::size_t j = t + 1; j < k; ++j) {
      q[t * k + t] += pairs[j * k + t] * pairs[j * k + t];
      q[t * k + j] = -pairs[j * k + t] * pairs[t * k + j];
    }
  }
  for (int loop = 0; loop < 100; ++loop) {
    float pqp = 0;
    for (std::size_t i = 0; i < k; ++i) {
      qp[i] = 0;
      for (std::size_t j = 0; j < k; ++j) qp[i] += q[i * k + j] * p[j];
      pqp += p[i] * qp[i];
    }
    float worst = 0;
    for (std::size_t i = 0; i < k; ++i) worst = std::max(worst, std::fabs(qp[i] - pqp));
    if (worst < eps) return;
    for (std::size_t i = 0; i < k; ++i) {
      const float diff = (-qp[i] + pqp) / q[i * k + i];
      p[i] += diff;
      pqp = (pqp + diff * (diff * q[i * k + i] + 2 * qp[i])) / (1 + diff) / (1 + diff);
      for (std::size_t j = 0; j < k; ++j) {
        qp[j] = (qp[j] + diff * q[i * k + j]) / (1 + diff);
        p[j] /= 1 + diff;
      }
    }
  }
}

class Classifier {
 public:
  explicit Classifier(OnnxSvm spec) : spec_(std::move(spec)) {
    std::int64_t first = 0;
    for (const auto count : spec_.vectors_per_class) {
      begins_.push_back(first);
      first += count;
    }
    classes_ = spec_.labels.size();
    pairs_ = classes_ * (classes_ - 1) / 2;
    has_proba_ = !spec_.prob_a.empty();
    is_linear_ = spec_.n_vectors == 0;
    columns_ = is_linear_ || has_proba_ ? classes_ : classes_ > 2 ? pairs_ : 2;
    all_positive_ = std::all_of(spec_.coefficients.begin(), spec_.coefficients.end(), [](float c) { return c >= 0; });
  }

  Trouble run(const Call& call) const {
    MatrixView<const float> rows;
    if (!float_rows(*call.in[0], call.scratch.floats, rows)) return kWrongType;
    if (rows.columns() != spec_.n_features) return kWrongShape;
    float* out = call.make<float>(1, {static_cast<std::int64_t>(rows.rows()), static_cast<std::int64_t>(columns_)});
    if (out == nullptr) return kTooLarge;
    std::vector<float>& room = call.scratch.more_floats;
    room.resize(spec_.n_vectors + pairs_ + classes_ + 2 * classes_ * classes_ + classes_);   // kernels, decisions, votes, two matrices, a vector
    auto& chosen = call.scratch.indexes;
    chosen.clear();
    for (std::size_t i = 0; i < rows.rows(); ++i, out += columns_) {
      chosen.push_back(is_linear_ ? linear(rows.row(i), out) : vote(rows.row(i), room, out));
      finish(out);
    }
    return write_labels(call, spec_.labels, chosen);
  }

 private:
  std::int64_t linear(std::span<const float> row, float* out) const {
    kernels(spec_, row, spec_.coefficients, spec_.rho[0], out);
    const float* best = std::max_element(out, out + classes_);
    if (classes_ != 2) return best - out;
    if ((all_positive_ && *best >= 0.5F) || (*best > 0 && !all_positive_)) return 1;
    return best - out;
  }

  std::int64_t vote(std::span<const float> row, std::vector<float>& room, float* out) const {
    float* kernel = room.data();
    float* decisions = kernel + spec_.n_vectors;
    float* votes = decisions + pairs_;
    kernels(spec_, row, spec_.vectors, 0, kernel);
    std::fill_n(votes, classes_, 0.0F);
    std::size_t pair = 0;
    for (std::size_t i = 0; i + 1 < classes_; ++i) {
      for (std::size_t j = i + 1; j < classes_; ++j, ++pair) {
        const double sum = part(kernel, j, i, part(kernel, i, j - 1, 0)) + static_cast<double>(spec_.rho[pair]);
        decisions[pair] = static_cast<float>(sum);
        votes[sum > 0 ? i : j] += 1;
      }
    }
    const auto best = std::max_element(votes, votes + classes_) - votes;
    if (has_proba_) probabilities(decisions, votes + classes_, out);
    else std::copy_n(decisions, pairs_, out);
    return best;
  }

  /// Adds to `sum` what the vectors of class `of` give with row `coefficients` of them.
  double part(const float* kernel, std::size_t of, std::size_t coefficients, double sum) const {
    const auto begin = static_cast<std::size_t>(begins_[of]);
    const float* weights = spec_.coefficients.data() + coefficients * spec_.n_vectors + begin;
    for (std::size_t m = 0; m < static_cast<std::size_t>(spec_.vectors_per_class[of]); ++m) sum += static_cast<double>(weights[m] * kernel[begin + m]);
    return sum;
  }

  void probabilities(const float* decisions, float* room, float* out) const {
    float* pairs = room;
    std::size_t index = 0;
    for (std::size_t i = 0; i + 1 < classes_; ++i) {
      for (std::size_t j = i + 1; j < classes_; ++j, ++index) {
        const float raw = 1 - onnx_logistic(decisions[index] * spec_.prob_a[index] + spec_.prob_b[index]);
        const float p = std::min(std::max(raw, 1.0e-7F), 1 - 1.0e-7F);
        pairs[i * classes_ + j] = p;
        pairs[j * classes_ + i] = 1 - p;
      }
    }
    couple(classes_, pairs, room + classes_ * classes_, out);
  }

  void finish(float* out) const {
    const bool is_pair = !is_linear_ && !has_proba_ && classes_ == 2;
    if (!is_pair) {
      if (columns_ > 1) transform_scores(spec_.transform, std::span(out, columns_));
      return;
    }
    const float score = out[0];
    if (spec_.transform == PostTransform::probit) {
      out[0] = onnx_probit(score);
      out[1] = 0;
    } else {
      out[0] = spec_.transform == PostTransform::none ? -score : 1 - score;
      out[1] = score;
    }
  }

  OnnxSvm spec_;
  std::vector<std::int64_t> begins_;
  std::size_t classes_ = 0, pairs_ = 0, columns_ = 0;
  bool has_proba_ = false, is_linear_ = false, all_positive_ = false;
};

Trouble regress(const OnnxSvm& spec, const Call& call) {
  MatrixView<const float> rows;
  if (call.in[0]->element != Element::f32 || !float_rows(*call.in[0], call.scratch.floats, rows)) return kWrongType;
  if (rows.columns() != spec.n_features) return kWrongShape;
  float* out = call.make<float>(0, {static_cast<std::int64_t>(rows.rows()), 1});
  if (out == nullptr) return kTooLarge;
  std::vector<float>& kernel = call.scratch.more_floats;
  kernel.resize(std::max<std::size_t>(spec.n_vectors, 1));
  for (std::size_t i = 0; i < rows.rows(); ++i) {
    float value = 0;
    if (spec.n_vectors == 0) {
      kernels(spec, rows.row(i), spec.coefficients, spec.rho[0], &value);
    } else {
      kernels(spec, rows.row(i), spec.vectors, 0, kernel.data());
      double sum = static_cast<double>(spec.rho[0]);
      for (std::size_t m = 0; m < spec.n_vectors; ++m) sum += static_cast<double>(kernel[m]) * static_cast<double>(spec.coefficients[m]);
      value = static_cast<float>(sum);
    }
    *out++ = !spec.one_class ? value : value > 0 ? 1.0F : -1.0F;
  }
  return kFine;
}
}  // namespace

Kernel svm_classifier_kernel(OnnxSvm spec) {
  return [svm = std::make_shared<const Classifier>(std::move(spec))](const Call& call) { return svm->run(call); };
}
Kernel svm_regressor_kernel(OnnxSvm spec) {
  return [spec = std::make_shared<const OnnxSvm>(std::move(spec))](const Call& call) { return regress(*spec, call); };
}
}  // namespace headroom::model
