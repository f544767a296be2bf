// The table of commands; each stands in a file of its own name.
#pragma once
#include "cli/command.h"

namespace headroom::cli {
Action add_version_info(CLI::App& command);

inline constexpr Command kCommands[] = {
    {"version", "Print the version and what it was built with", add_version_info},
};
}  // namespace headroom::cli
