#include "serve/infer_rows.h"

#include <limits>
#include <string>

namespace headroom::serve {
namespace {
std::string shown(std::string_view name) { return "'" + std::string(name.substr(0, 80)) + "'"; }

std::string shape_text(const Tensor& tensor) {
  std::string text = "[";
  for (std::size_t i = 0; i < tensor.shape.size(); ++i) text += (i > 0 ? "," : "") + std::to_string(tensor.shape[i]);
  return text + "]";
}

bool is_typed(const ServedModel& served) { return !served.info().feature_kinds.empty(); }

/// Whether a column of such tensors may stand for the feature.
bool takes(const ServedModel& served, std::size_t feature, TensorType type) {
  using model::FeatureKind;
  const auto kind = is_typed(served) ? served.info().feature_kinds[feature] : FeatureKind::number;
  if (kind == FeatureKind::any) return true;
  return (type == TensorType::bytes) == (kind != FeatureKind::number);
}

std::size_t feature_of(const ServedModel& served, std::string_view name, std::size_t likely) {
  if (likely < served.features.size() && served.features[likely] == name) return likely;
  for (std::size_t j = 0; j < served.features.size(); ++j) {
    if (served.features[j] == name) return j;
  }
  return served.features.size();
}
}  // namespace

expected<void, InferError> InferRows::begin(std::uint64_t rows, std::size_t width, std::size_t max_rows) {
  if (rows == 0) return unexpected(InferError{400, "there is no row"});
  if (rows > max_rows) return unexpected(InferError{413, std::to_string(rows) + " rows, more than the " + std::to_string(max_rows) + " of --max-rows"});
  rows_ = static_cast<std::size_t>(rows);
  numbers_.assign(rows_ * width, std::numeric_limits<double>::quiet_NaN());
  return {};
}

expected<void, InferError> InferRows::from_one(const Tensor& tensor, const ServedModel& served, std::size_t max_rows) {
  const std::size_t width = served.features.size();
  const bool is_column = width == 1 && tensor.shape.size() == 1;
  if (!is_column && (tensor.shape.size() != 2 || tensor.shape[1] != width)) {
    return unexpected(InferError{400, "input " + shown(tensor.name) + " has the shape " + shape_text(tensor) + "; the model takes [rows," + std::to_string(width) + "]"});
  }
  // Before there is room for anything: a shape is only what somebody says.
  HEADROOM_TRY_VOID(begin(tensor.shape[0], width, max_rows));
  for (std::size_t j = 0; j < width; ++j) {
    if (!takes(served, j, tensor.type)) {
      const bool is_text = tensor.type != TensorType::bytes;
      return unexpected(InferError{400, "input " + shown(tensor.name) + " is " + std::string(name_of(tensor.type)) + ", but the feature " + shown(served.features[j]) + (is_text ? " is text: send BYTES, or a tensor for each feature" : " is a number")});
    }
  }
  if (tensor.type != TensorType::bytes) return read_numbers(tensor, rows_ * width, numbers_.data(), 1);
  texts_.assign(numbers_.size(), {});
  return read_texts(tensor, texts_.size(), texts_.data(), 1);
}

expected<void, InferError> InferRows::from_columns(const InferRequest& request, const ServedModel& served, std::size_t max_rows) {
  const std::size_t width = served.features.size();
  seen_.assign(width, false);
  for (std::size_t i = 0; i < request.n_inputs(); ++i) {
    const Tensor& tensor = request.inputs()[i];
    const std::size_t j = feature_of(served, tensor.name, i);
    if (j == width) return unexpected(InferError{400, "the model has no feature " + shown(tensor.name) + "; its metadata lists them"});
    if (seen_[j]) return unexpected(InferError{400, "input " + shown(tensor.name) + " is given twice"});
    seen_[j] = true;
    if (tensor.shape.empty() || tensor.shape.size() > 2 || (tensor.shape.size() == 2 && tensor.shape[1] != 1)) {
      return unexpected(InferError{400, "input " + shown(tensor.name) + " has the shape " + shape_text(tensor) + "; a feature by itself is [rows] or [rows,1]"});
    }
    if (i == 0) {
      HEADROOM_TRY_VOID(begin(tensor.shape[0], width, max_rows));
      if (is_typed(served)) texts_.assign(numbers_.size(), {});
    }
    if (tensor.shape[0] != rows_) return unexpected(InferError{400, "input " + shown(tensor.name) + " has " + std::to_string(tensor.shape[0]) + " rows, those before it " + std::to_string(rows_)});
    if (!takes(served, j, tensor.type)) {
      return unexpected(InferError{400, "input " + shown(tensor.name) + " is " + std::string(name_of(tensor.type)) + ", but the feature is " + (tensor.type == TensorType::bytes ? "a number" : "text (BYTES)")});
    }
    if (tensor.type == TensorType::bytes) {
      HEADROOM_TRY_VOID(read_texts(tensor, rows_, texts_.data() + j, width));
    } else {
      HEADROOM_TRY_VOID(read_numbers(tensor, rows_, numbers_.data() + j, width));
    }
  }
  std::string missing;
  for (std::size_t j = 0; j < width; ++j) {
    if (!seen_[j] && missing.size() < 200) missing += (missing.empty() ? "" : ", ") + served.features[j];
  }
  if (!missing.empty()) return unexpected(InferError{400, "inputs are missing: " + missing});
  return {};
}

expected<model::Rows, InferError> InferRows::of(const InferRequest& request, const ServedModel& served, std::size_t max_rows) {
  const std::size_t width = served.features.size();
  texts_.clear();
  const bool is_one = request.n_inputs() == 1 && (width == 1 || feature_of(served, request.inputs()[0].name, 0) == width || request.inputs()[0].shape.size() == 2);
  const auto done = is_one ? from_one(request.inputs()[0], served, max_rows) : from_columns(request, served, max_rows);
  if (!done) return unexpected(done.error());
  if (is_typed(served)) return by_column_.turn(served.info(), numbers_, texts_, rows_);
  return model::Rows(MatrixView<const double>(numbers_.data(), rows_, width));
}
}  // namespace headroom::serve
