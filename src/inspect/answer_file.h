// A method's answers as the bytes of a .npy or .csv file.
#pragma once
#include <string>

#include "model/model.h"

namespace headroom::inspect {
/// As numpy.save would write what the origin answers: labels in the dtype of classes_, text as <U, numbers as <f8; exact bits. output is not typed.
[[nodiscard]] std::string answers_as_npy(const model::ModelInfo& info, model::Method method, const model::Output& output);
/// A header (prediction; the classes; decision; the features) and a line a row; numbers in their shortest exact form.
[[nodiscard]] std::string answers_as_csv(const model::ModelInfo& info, model::Method method, const model::Output& output);
}  // namespace headroom::inspect
