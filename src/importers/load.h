// From the bytes of a file to a model that predicts, or to the reason why not: the one door for `serve`, `predict` and `inspect`.
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/expected.h"
#include "base/failure.h"
#include "formats/limits.h"
#include "model/model.h"

namespace headroom::importers {
struct LoadOptions {
  formats::Limits limits;
  std::string select;                 // key or index inside a dict, tuple or list pickle; "" = the root is the model
  std::vector<std::string> features;  // names for a model that stores none; must fit its width
  std::vector<std::string> classes;   // names for a model's classes, in the order of classes_; must fit their number
};

enum class Refusal : std::uint8_t {
  corrupt,      // the bytes are no such format: damaged, cut off or over a limit
  unknown,      // the bytes are of no format that we know
  dangerous,    // names something that could run code if Python loaded it
  unservable,   // read completely, but it cannot be served exactly (or is no model)
};

struct LoadError {
  Refusal refusal = Refusal::corrupt;
  std::string what;                   // "the estimator SVC is not served yet", "pickle ends inside a string"
  std::string path;                   // attribute path, "model.steps[1][1].kernel"; "" where there is none
  std::optional<std::size_t> offset;  // byte in the decompressed stream, where known
  std::string remedy;                 // what to do; may be empty
};

/// Reads, checks and compiles a model from `file`, the whole content of a model file; its format is told by content, never by name.
/// Nothing of the file is executed. The model keeps nothing of `file`. Limits: options.limits. Cannot throw. Any thread.
[[nodiscard]] expected<model::ModelPtr, LoadError> load_model(std::span<const std::byte> file, const LoadOptions& options = {});

/// The error as people read it: what, `file` with byte offset and attribute path, what to do. Exit code 2.
[[nodiscard]] Failure to_failure(const LoadError& error, std::string_view file);
}  // namespace headroom::importers
