// `headroom serve`: a model file, answered for over HTTP until a signal or the parent ends it.
#pragma once
#include "base/expected.h"
#include "base/failure.h"
#include "serve/options.h"

namespace headroom::serve {
/// Loads, serves, drains, and returns when all is handed out: ExitCode::done after an orderly end. Blocks SIGTERM, SIGINT and
/// SIGHUP for the process and must run before any thread is started. A Failure says why it did not begin to serve.
[[nodiscard]] expected<ExitCode, Failure> serve(const Options& options);
}  // namespace headroom::serve
