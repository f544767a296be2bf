// From a path to a model that is ready to be served, or the reason why not.
#pragma once
#include <string>

#include "base/expected.h"
#include "base/failure.h"
#include "base/time.h"
#include "serve/options.h"
#include "serve/served_model.h"

namespace headroom::serve {
struct Loaded {
  ServedModel served;
  Instant begun;
  Instant ended;
};

/// Reads, imports, and has one row predicted.
[[nodiscard]] expected<Loaded, Failure> load(const Options& options);

/// "iris" for iris.joblib, and for iris/model.joblib.
[[nodiscard]] std::string name_of(const std::string& path);

/// Where the server is to be found, as the startup block says it.
struct Place {
  std::string url;      // "http://0.0.0.0:8000"; "" when connections are handed over
  int threads = 1;
  std::string tracing;  // "spans to …", "" = not exported
};
/// The block that is printed once the server is ready: five lines of text, or one line of JSON.
[[nodiscard]] std::string announcement(const Loaded& loaded, const Place& place, LogFormat format);
}  // namespace headroom::serve
