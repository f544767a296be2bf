// What holds for every command: finding it, its flags from the command line, the environment and a file, help, exit codes.
#pragma once
#include <span>

#include "cli/command.h"

namespace headroom::cli {
/// Runs `argv` as one of `commands` and gives the exit code (docs/cli.md). A flag on the command line beats HEADROOM_FLAG in
/// the environment, which beats the file named by --config. Help goes to stdout, errors to stderr in at most five lines.
int run(std::span<const Command> commands, int argc, const char* const* argv);
}  // namespace headroom::cli
