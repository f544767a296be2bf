#include "cli/commands.h"
#include "cli/program.h"

int main(int argc, char** argv) { return headroom::cli::run(headroom::cli::kCommands, argc, argv); }
