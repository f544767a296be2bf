// What the Open Inference Protocol shows of a model, and what a thread needs to answer it.
#pragma once
#include <functional>
#include <string>
#include <vector>

#include "serve/infer_answer.h"
#include "serve/infer_documents.h"
#include "serve/infer_json.h"
#include "serve/infer_rows.h"
#include "serve/infer_schema.h"

namespace headroom::serve {
/// Of the whole server; constant while it runs.
struct InferFace {
  std::string version;   // of the model: its folder's name, "1" without one
  InferSchema schema;
  std::string server, metadata, config;   // JSON
  std::function<InferCounts()> counts;     // any thread
};
[[nodiscard]] InferFace face_of(const ServedModel& served, std::string_view server_version);

/// One thread's memory for requests of the protocol.
struct InferRoom {
  InferDecoder decoder;
  InferRequest raw;   // a body that is nothing but a tensor
  InferRows rows;
  std::vector<PlannedOutput> planned;
  std::vector<model::Output> answers;          // one a planned output
  std::vector<const model::Output*> views;
};
}  // namespace headroom::serve
