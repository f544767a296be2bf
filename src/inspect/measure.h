// How long predictions take on this machine.
#pragma once
#include "base/expected.h"
#include "inspect/report.h"
#include "inspect/table.h"
#include "model/model.h"

namespace headroom::inspect {
/// Times single rows (each for itself, for about a fifth of a second) and batches of 1000 made of the table's rows in turn, with
/// predict_proba where the model has it. The table passed validate() and is not empty.
[[nodiscard]] Bench measure(const model::Model& model, const Table& table);
}  // namespace headroom::inspect
