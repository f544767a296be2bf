// What the Open Inference Protocol says of the server and of a model: metadata, configuration, statistics, the repository's index.
#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "serve/infer_schema.h"

namespace headroom::serve {
/// GET /v2. The extensions are those that are really served.
[[nodiscard]] std::string server_metadata(std::string_view version);

/// GET /v2/models/M. versions: all of the model that are served.
[[nodiscard]] std::string model_metadata(const ServedModel& served, const InferSchema& schema, std::span<const std::string> versions);

/// GET /v2/models/M/config: as much of Triton's ModelConfig as its tools read. Any number of rows is one request, so max_batch_size is 0 and each
/// shape has its first dimension open.
[[nodiscard]] std::string model_config(const ServedModel& served, const InferSchema& schema);

/// How often and how long: successes in the parts of a request that Triton tells, failures as a whole. Nanoseconds.
struct InferCounts {
  std::uint64_t succeeded = 0, succeeded_ns = 0;
  std::uint64_t failed = 0, failed_ns = 0;
  std::uint64_t rows = 0;
  std::uint64_t queue_ns = 0, input_ns = 0, infer_ns = 0, output_ns = 0;   // of the successes
  std::uint64_t last_ms = 0;   // since 1970; 0: none yet
};
/// One entry of GET /v2/models/stats.
[[nodiscard]] std::string model_statistics(std::string_view name, std::string_view version, const InferCounts& counts);

/// An entry of POST /v2/repository/index.
struct RepositoryEntry {
  std::string name, version;
  bool is_ready = true;
  std::string reason;   // why it is not, or what is wrong with a newer file
};
[[nodiscard]] std::string repository_index(std::span<const RepositoryEntry> entries);
}  // namespace headroom::serve
