#include <cstdio>
#include <memory>

#include "cli/commands.h"
#include "inspect/report.h"

namespace headroom::cli {
namespace {
struct Flags {
  inspect::InspectOptions options;
  bool json = false;
};

int run(const Flags& flags) {
  const auto report = inspect::inspect_file(flags.options);
  if (!report) return print(report.error());
  std::fputs((flags.json ? as_json(*report) : as_text(*report)).c_str(), stdout);
  if (report->error) {
    auto failure = importers::to_failure(*report->error, report->file);
    failure.code = report->exit_code();
    if (failure.code == ExitCode::fell_short) failure.remedy.clear();  // it says to inspect the file
    return print(failure);
  }
  return static_cast<int>(report->exit_code());
}
}  // namespace

Action add_inspect(CLI::App& command) {
  auto flags = std::make_shared<Flags>();
  command.add_option("FILE", flags->options.file, "Model file of scikit-learn, XGBoost, LightGBM, skops or ONNX; told by content, not by name")->required();
  command.add_option("--select", flags->options.load.select, "Key or index of the model inside a dict, tuple or list")->type_name("KEY")->group("What");
  command.add_option("--bench", flags->options.bench_rows, "Measure predictions here with the rows of this .npy or .csv file")->type_name("ROWS")->group("What");
  command.add_flag("--json", flags->json, "One JSON document instead of text")->group("Output");
  command.footer("Exit code: 0 servable, 1 readable but not servable, 2 refused or corrupt, 3 no such file.\n"
                 "Examples:\n"
                 "  headroom inspect examples/iris/model.joblib\n"
                 "  headroom inspect model.pkl --json --bench rows.npy");
  return [flags] { return run(*flags); };
}
}  // namespace headroom::cli
