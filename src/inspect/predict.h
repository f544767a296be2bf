// `headroom predict`: a file of rows through a model, and the proof of parity.
#pragma once
#include <string>

#include "base/expected.h"
#include "base/failure.h"
#include "importers/load.h"

namespace headroom::inspect {
struct PredictOptions {
  std::string model;                // file
  std::string rows;                 // .npy or .csv file, or "-" for standard input
  std::string method = "predict";   // predict, predict_proba, decision_function or transform
  std::string output = "-";         // .npy or .csv file, or "-": CSV on standard output
  importers::LoadOptions load;
};

/// Writes the answers for all rows, or nothing: a row that the origin library would reject is a failure that names row, column
/// and value. Notes go to standard error.
[[nodiscard]] expected<void, Failure> predict(const PredictOptions& options);

/// The model in a file, or why not: what `predict` and `inspect --bench` begin with.
[[nodiscard]] expected<model::ModelPtr, Failure> open_model(const std::string& path, const importers::LoadOptions& options);
}  // namespace headroom::inspect
