// A model as the server offers it: with its name, the names of its features, and its labels already written as JSON.
#pragma once
#include <cstddef>
#include <string>
#include <vector>

#include "base/expected.h"
#include "model/model.h"
#include "serve/example.h"

namespace headroom::serve {
/// What /predict answers with. number: one, or a list of them; of a classifier of several outputs a list of labels.
enum class AnswerKind : std::uint8_t { probabilities, scores, label, number };

/// Immutable; serves all threads.
struct ServedModel {
  std::string name;
  model::ModelPtr model;
  AnswerKind kind = AnswerKind::label;
  std::vector<std::string> features;     // the model's names, or x0, x1, … as scikit-learn calls nameless columns
  std::vector<std::string> label_json;   // of each class: "setosa" with its quotes, 1, true
  std::vector<std::string> label_key;    // its text as a key of an object: "setosa":, "1":
  std::vector<std::vector<std::string>> output_label_json;   // the same for each output of a classifier of several: kind is number
  ExampleRow example;

  [[nodiscard]] const model::ModelInfo& info() const noexcept { return model->info(); }
};

/// The model cannot be served: a sentence why not.
struct NotServable {
  std::string reason;
};

[[nodiscard]] expected<ServedModel, NotServable> offer(model::ModelPtr model, std::string name);
}  // namespace headroom::serve
