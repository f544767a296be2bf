// What a model takes and gives in the terms of the Open Inference Protocol: tensors with names, types and shapes.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "model/model.h"
#include "serve/served_model.h"
#include "serve/tensor.h"

namespace headroom::serve {
/// A tensor of shape [rows, columns].
struct TensorSpec {
  std::string name;
  TensorType type = TensorType::f64;
  std::size_t columns = 1;
};

/// The classes of one output of `predict` as elements of a tensor. Filled is the one that fits the type of that tensor; texts always.
struct LabelElements {
  std::vector<std::int64_t> whole;    // BOOL and INT64
  std::vector<double> real;           // FP64
  std::vector<std::string> text;      // BYTES, and what the classification extension says
};

struct InferOutput {
  TensorSpec tensor;
  model::Method method = model::Method::predict;
};

/// Immutable, made once a model.
struct InferSchema {
  std::vector<TensorSpec> inputs;      // one with all features, named "predict" as MLServer's clients call it; of a model that takes text one a feature
  std::vector<InferOutput> outputs;    // named as the methods: predict, predict_proba, decision_function
  std::size_t given = 0;               // the first so many are given where a request asks for none, and stand in the metadata
  std::vector<LabelElements> labels;   // of a classifier: one, or one a column of predict
};

/// Asks the model once for the types of its answers.
[[nodiscard]] InferSchema schema_of(const ServedModel& served);
}  // namespace headroom::serve
