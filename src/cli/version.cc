#include <cstdio>

#include "cli/commands.h"
#include "generated/version.h"

namespace headroom::cli {
Action add_version_info(CLI::App&) {
  return [] {
    std::printf("headroom %s (%s)\n", kVersion, kCompiler);
    return static_cast<int>(ExitCode::done);
  };
}
}  // namespace headroom::cli
