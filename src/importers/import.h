// From an inert graph to a compiled model.
#pragma once
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/expected.h"
#include "formats/onnx.h"
#include "formats/value.h"
#include "importers/place.h"
#include "model/model.h"

namespace headroom::importers {
struct ImportOptions {
  std::string select;                 // as in LoadOptions
  std::vector<std::string> features;
  std::vector<std::string> classes;
};

/// The model in `graph`, which it does not borrow from; or the attribute that cannot be served exactly, and why. Any thread.
[[nodiscard]] expected<model::ModelPtr, ImportError> import_graph(const formats::Graph& graph, const ImportOptions& options = {});

/// The same for a document that XGBoost saved (JSON or UBJSON). file: what keeps the bytes that it borrows from; it goes as soon as it can.
[[nodiscard]] expected<model::ModelPtr, ImportError> import_xgboost_file(const formats::Graph& graph, const ImportOptions& options = {}, std::shared_ptr<const void> file = {});

/// The same for LightGBM's model text, and what keeps it.
[[nodiscard]] expected<model::ModelPtr, ImportError> import_lightgbm_file(std::string_view text, const ImportOptions& options = {}, std::shared_ptr<const void> file = {});

/// The same for an ONNX graph, which borrows from the file.
[[nodiscard]] expected<model::ModelPtr, ImportError> import_onnx_file(const formats::OnnxModel& model, const ImportOptions& options = {});

/// What those have in common: the budget of a file, and the names given for features and classes.
struct Budget;
[[nodiscard]] Budget budget_of(const formats::Graph& graph);
[[nodiscard]] Read<bool> rename(const Place& root, const ImportOptions& options, model::ModelInfo& info);

/// Names in the graph that no honest model has, most of them ways to run a program: what a scanner would report. With the offset.
[[nodiscard]] std::vector<formats::GlobalUse> suspicious_globals(const formats::Graph& graph);
/// Whether one of them would run, open or import something if Python loaded the file: such a file is never served.
[[nodiscard]] bool is_dangerous(std::string_view full_name);
}  // namespace headroom::importers
