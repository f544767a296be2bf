#include "experiment/experiment.h"

#include <memory>

#include "cli/commands.h"
#include "generated/version.h"

namespace headroom::cli {
Action add_experiment(CLI::App& command) {
  auto options = std::make_shared<experiment::ExperimentOptions>();
  options->version = kVersion;
  command.add_option("FILE.yml", options->file, "What to serve, scale and load, step by step")->required();
  command.add_option("-o,--out,--output", options->out, "Folder of the report, instead of the file's `report`")->type_name("FOLDER")->group("Where");
  command.footer("Examples:\n"
                 "  headroom experiment examples/iris/experiment.yml\n"
                 "  headroom experiment my.yml --out results/today");
  return [options] { return static_cast<int>(experiment::run_experiment(*options, print)); };
}
}  // namespace headroom::cli
