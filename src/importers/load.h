// From the bytes of a file to a model that predicts, or to the reason why not: the one door for `serve`, `predict` and `inspect`.
#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
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

/// A name in the file that no honest model has.
struct Suspicion {
  std::string global;
  std::size_t offset = 0;
};

/// What a pickle or skops file tells beside its model.
struct FileFacts {
  int protocol = 0;                   // of a pickle
  std::uint64_t stream_bytes = 0;     // decompressed
  std::uint64_t trailing = 0;         // ignored bytes behind the pickle
  std::string root;                   // what the file holds
  std::vector<Suspicion> suspicious;  // the first 100
};

/// Reads, checks and compiles a model from `file`, the whole content of a model file; its format is told by content, never by name.
/// Nothing of the file is executed. The model keeps nothing of `file`. Limits: options.limits. Cannot throw. Any thread.
/// facts: where given, filled in as soon as the file could be read, also if its model cannot be served.
/// owner: where given, what keeps `file`. It is let go as soon as possible: a compressed file and its model are never in memory together.
[[nodiscard]] expected<model::ModelPtr, LoadError> load_model(std::span<const std::byte> file, const LoadOptions& options = {}, FileFacts* facts = nullptr,
                                                              std::shared_ptr<const void> owner = nullptr);

/// The error as people read it: what, `file` with byte offset and attribute path, what to do. Exit code 2.
[[nodiscard]] Failure to_failure(const LoadError& error, std::string_view file);
}  // namespace headroom::importers
